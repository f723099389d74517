from __future__ import annotations

import json

import pytest

from layers.folium_style import evidence_style, feature_style, layer_style, style_function
from layers.schema import read_catalogue, read_marks


@pytest.mark.parametrize("key", list(read_catalogue()))
def test_layer_style_goes_into_json(key: str) -> None:
    style = layer_style(read_catalogue()[key])
    assert json.loads(json.dumps(style)) == style
    assert set(style) == {"path", "casing", "core", "varyBy", "variants", "dashByCertainty"}


def test_a_road_is_drawn_by_class_and_certainty() -> None:
    road = read_catalogue()["road"]
    national = feature_style(road, {"road_class": "national", "certainty": "inferred"})
    plain = feature_style(road, {"road_class": None, "certainty": None})
    assert national.stroke == road.style.variants["national"].stroke
    assert national.dash is not None
    assert plain == road.style


def test_a_land_class_has_its_own_fill_and_an_unknown_one_the_layers() -> None:
    land_use = read_catalogue()["land_use"]
    paddy, wood = (feature_style(land_use, {"land_class": code}) for code in ("0101", "0301"))
    assert (paddy.fill, wood.fill) == ("#F5F8DC", "#68B167")
    assert feature_style(land_use, {"land_class": "0001"}).fill == land_use.style.fill
    assert layer_style(land_use)["variants"]["0101"]["fillColor"] == "#F5F8DC"
    assert layer_style(read_catalogue()["road"])["variants"]["national"]["fillColor"] is None


def test_casing_lies_under_and_is_wider() -> None:
    style = layer_style(read_catalogue()["road"])
    assert style["casing"]["weight"] > style["path"]["weight"]
    assert style["casing"]["color"] == "#FFFFFF"


def test_style_function_takes_a_geojson_feature() -> None:
    style_of = style_function(read_catalogue()["railway"])
    assert style_of({"properties": {"certainty": "schematic"}})["dashArray"] == "2 6"
    assert style_of({"properties": None})["dashArray"] is None


@pytest.mark.parametrize("mark", list(read_marks()))
def test_evidence_style_goes_into_json(mark: str) -> None:
    style = evidence_style(mark)
    assert json.loads(json.dumps(style)) == style


def test_only_the_prohibited_is_striped() -> None:
    assert evidence_style("prohibited")["hatch"] == {"kind": "stripes", "angle": 45.0, "color": "#B3261E"}
    assert evidence_style("conditional")["hatch"] is None
    assert evidence_style("not_checked")["hatch"]["kind"] == "dots"
