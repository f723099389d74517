from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from geodata.crs import wgs84_to_gcj02
from web import assets, cached
from web.routes import layer_url, routes, warm
from web.swatch import swatch_url

from .asgi import Client

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def client() -> Client:
    return Client(routes())


def url_of(key: str, **options: str) -> str:
    return layer_url(key, cached.layers(cached.fingerprint())[key].sha256, **options)


def test_a_layer_is_compressed_and_kept_for_ever(client: Client) -> None:
    answer = client.get(url_of("road"), accept_encoding="gzip")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    plain = client.get(url_of("road"), accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    assert plain.json() == answer.json()


def test_a_layer_has_what_drawing_needs_and_no_more(client: Client) -> None:
    document = client.get(url_of("road")).json()
    assert [feature["id"] for feature in document["features"]] == ["road-0", "road-1"], "null geometry is not drawn"
    assert set(document["features"][0]["properties"]) == {"name", "road_class", "certainty", "status"}
    assert "official_length_km" not in json.dumps(document)


def test_coordinates_have_six_decimals(client: Client) -> None:
    text = client.get(url_of("township", datum="gcj02")).text
    assert re.search(r"\d\.\d{6}\b", text)
    assert not re.search(r"\d\.\d{7}", text)


def test_gcj02_is_a_shift_for_display(client: Client) -> None:
    stored = client.get(url_of("airport")).json()["features"][0]["geometry"]["coordinates"]
    shifted = client.get(url_of("airport", datum="gcj02")).json()["features"][0]["geometry"]["coordinates"]
    lon, lat = wgs84_to_gcj02(*stored)
    assert shifted == pytest.approx([float(lon), float(lat)], abs=1e-6)
    assert client.get(url_of("airport") + "?datum=bd09").status_code == 400


def test_labels_stand_beside_the_features(client: Client) -> None:
    labels = client.get(url_of("township")).json()["labels"]
    assert [(label["text"], label["at"]) for label in labels] == [
        ("东河镇", [[32.25, 106.25]]),
        ("嘉川镇", [[32.25, 106.35]]),
    ]
    assert [label["text"] for label in client.get(url_of("road")).json()["labels"]] == ["G542", "旺苍—苍溪高速公路"]


@pytest.mark.parametrize(
    "path",
    [
        "/layers/road-0000000000000000.geojson",
        "/layers/nothing-0123456789abcdef.geojson",
        "/layers/road-.geojson",
        "/hillshade-0000000000000000.png",
        "/swatches/nothing-0.svg",
        "/vendor/../pyproject.toml",
        "/assets/../routes.py",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_own_files_and_signs_are_served(client: Client) -> None:
    signs = (swatch_url("road"), swatch_url("road", "inferred"))
    for url in (assets.own_url("map.js"), assets.own_url("map.css"), *signs):
        assert client.get(url).status_code == 200
    assert "stroke-dasharray" in client.get(swatch_url("road", "inferred")).text
    assert "stroke-dasharray" not in client.get(swatch_url("road", "published")).text


def test_browser_files_are_where_the_map_looks_for_them(client: Client) -> None:
    if not assets.VENDOR.exists():
        pytest.skip("start.py has not brought the browser files yet")
    import folium
    from folium import plugins

    assets.use_local_files()
    for kind in (folium.Map, plugins.Fullscreen, plugins.MousePosition):
        for _, url in (*kind.default_js, *kind.default_css):
            assert client.get(url).status_code == 200, url


def test_warming_reads_everything(workspace: Path) -> None:
    warm()
    assert cached.places(cached.fingerprint()).layers.keys() == cached.layers(cached.fingerprint()).keys()
