"""What the screens say of a workspace that is not whole, and of names that nobody expects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import streamlit as st
from shapely.geometry import LineString, Point, box

from geodata.store import Workspace
from web import cached
from web.frame import fault_words
from web.geojson import encode_layer
from web.views.data_state import gap_words
from web.views.place import find_place, index_places

from .conftest import DEMONSTRATION, frame

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("DUOGUI_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    workspace = Workspace.create(tmp_path)
    workspace.add_layer(
        "park", frame("park", [box(106.2, 32.2, 106.3, 32.3)], name=[None]), DEMONSTRATION, added="2026"
    )
    return workspace


def test_each_fault_has_its_sentence(small: Workspace) -> None:
    for file in (small.root / "layers" / "park").iterdir():
        file.unlink()
    assert "产业园区" in fault_words(small.root)
    for file in small.root.glob("catalogue.sqlite*"):
        file.unlink()
    (small.root / "catalogue.sqlite").write_bytes(b"no database" * 500)
    assert "打不开或已损坏" in fault_words(small.root)
    (small.root / "catalogue.sqlite").unlink()
    assert "里没有数据" in fault_words(small.root)


def test_missing_county_and_townships_and_empty_layers_are_named(small: Workspace) -> None:
    small.add_layer("county", frame("county", [box(0, 0, 1, 1)], name=[""]).iloc[:0], DEMONSTRATION, added="2026")
    small.add_layer("river", frame("river", [Point(0, 0)], name=[""]).iloc[:0], DEMONSTRATION, added="2026")
    layers = cached.layers(cached.fingerprint())
    words = gap_words(layers)
    assert len(words) == 3
    assert "没有县界" in words[0]
    assert "没有乡镇界线" in words[1]
    place = find_place(index_places(layers, {}), 106.25, 32.25)
    assert place.in_county, "without a boundary nothing is outside it"
    assert [hit.name for hit in place.hits] == [""]


def test_labels_of_strange_names_stay_short_or_away() -> None:
    line = LineString([(106.2, 32.2), (106.3, 32.3)])
    roads = frame("road", [line, line, line], name=["很长的名字" * 60, None, "<b>x</b>"])
    texts = [label["text"] for label in json.loads(encode_layer("road", roads))["labels"]]
    assert sorted(map(len, texts)) == [8, 20]
    nameless = gpd.GeoDataFrame({"id": ["a"]}, geometry=[line], crs="EPSG:4490")
    assert json.loads(encode_layer("road", nameless))["labels"] == []
