from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import streamlit as st
from shapely.geometry import LineString, Point, box

from geodata.store import Provenance, Workspace
from web import routes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEMONSTRATION = Provenance(
    source="合成", source_date="2026-01", certainty="synthetic", demonstration=True, crs_source="declared"
)
REAL = Provenance(source="公布", source_date="2020-05", certainty="real", demonstration=False, crs_source="declared")


def frame(key: str, geometries: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    ids = [f"{key}-{number}" for number in range(len(geometries))]
    return gpd.GeoDataFrame({"id": ids, **columns}, geometry=geometries, crs="EPSG:4490")


@pytest.fixture(scope="session")
def workspace_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of 0.2 by 0.2 degrees with two townships, roads of every certainty and a name that tries HTML."""
    root = tmp_path_factory.mktemp("workspace") / "county"
    workspace = Workspace.create(root)

    def add(key: str, geometries: list[Any], provenance: Provenance = DEMONSTRATION, **columns: Any) -> None:
        workspace.add_layer(key, frame(key, geometries, **columns), provenance, added="2026-01-01T00:00:00+00:00")

    add("county", [box(106.2, 32.2, 106.4, 32.4)], REAL, name=["旺苍县"])
    add("neighbour_county", [box(106.4, 32.2, 106.6, 32.4)], REAL, name=["南江县"])
    add(
        "township",
        [box(106.2, 32.2, 106.3, 32.4), box(106.3, 32.2, 106.4, 32.4)],
        name=["东河镇", "嘉川镇"],
        seat_lon=[106.25, 106.35],
        seat_lat=[32.25, 32.25],
    )
    add("township_2017", [box(106.3, 32.2, 106.4, 32.4)], name=["尚武镇"], seat_lon=[106.35], seat_lat=[32.25])
    add("ecological_redline", [box(106.22, 32.22, 106.24, 32.24)], name=["<b>大巴山</b>"])
    add("park", [box(106.30, 32.30, 106.32, 32.32)], name=["经开区"])
    add(
        "road",
        [LineString([(106.2, 32.3), (106.4, 32.3)]), LineString([(106.2, 32.35), (106.5, 32.35)]), None],
        name=["G542 广元—万州", "旺苍—苍溪高速公路", "绵广高速复线"],
        road_class=["national", "expressway", "expressway"],
        technical_class=["二级公路", "", ""],
        status=["planned", "planned", "planned"],
        project=["G542 广元—万州", "旺苍—苍溪高速公路", "绵广高速复线"],
        clause=["第八条", "第八条", "第八条"],
        official_length_km=[75.0, float("nan"), float("nan")],
        drawn_length_km=[18.8, 28.2, float("nan")],
        certainty=["inferred", "schematic", "schematic"],
        in_county=[True, True, False],
        note=["", "", ""],
    )
    add("airport", [Point(106.38, 32.38)], name=["旺苍通用机场"], clause=["第八条"], project=["旺苍通用机场"],
        status=["planned"], certainty=["schematic"])  # fmt: skip
    return root


@pytest.fixture
def workspace(workspace_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DUOGUI_WORKSPACE", str(workspace_path))
    monkeypatch.delenv("DUOGUI_GAODE", raising=False)
    monkeypatch.delenv("DUOGUI_TIANDITU_TOKEN", raising=False)
    st.cache_resource.clear()
    routes.layer_bytes.cache_clear()
    yield workspace_path
    st.cache_resource.clear()
    routes.layer_bytes.cache_clear()
