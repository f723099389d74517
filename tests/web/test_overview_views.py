from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from web import cached, words
from web.geojson import encode_layer
from web.views.overview import (
    drawing_order,
    layer_details,
    layer_groups,
    line_legend,
    move_layer,
    search_entries,
    shown_keys,
    transport_projects,
)
from web.views.overview_html import details_html, place_html, projects_html
from web.views.place import find_place
from web.views.place_words import place_words

from .conftest import frame

if TYPE_CHECKING:
    from layers.schema import Layer

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def layers() -> dict[str, Layer]:
    return cached.layers(cached.fingerprint())


def test_the_panel_groups_layers_and_puts_the_upper_first(layers: dict[str, Layer]) -> None:
    groups = layer_groups(layers, drawing_order(layers, ()), shown_keys(layers, None), {"park": 0.4})
    assert [group.title for group in groups][:3] == ["行政区划", "交通（第八条）", "三区三线"]
    assert groups[0].rows[0].key == "county"
    assert {row.key: row.opacity for group in groups for row in group.rows}["park"] == 0.4


def test_first_view_leaves_the_old_townships_out(layers: dict[str, Layer]) -> None:
    assert "township_2017" not in shown_keys(layers, None)
    assert shown_keys(layers, ("road", "gone")) == {"road"}


def test_layers_move_one_step_and_stop_at_the_ends() -> None:
    assert move_layer(("a", "b", "c"), "a", up=True) == ("b", "a", "c")
    assert move_layer(("a", "b", "c"), "c", up=True) == ("a", "b", "c")
    assert move_layer(("a", "b", "c"), "a", up=False) == ("a", "b", "c")


def test_a_moved_order_survives_new_and_lost_layers(layers: dict[str, Layer]) -> None:
    order = drawing_order(layers, ("road", "gone", "park"))
    assert order[-2:] == ("road", "park")
    assert set(order) == set(layers)


def test_projects_show_both_lengths_with_units_and_the_one_that_is_not_drawn(layers: dict[str, Layer]) -> None:
    rows = {row.name: row for row in transport_projects(layers)}
    facts = {line.label: line.words for line in rows["G542 广元—万州"].lines}
    assert facts == {
        "条款": "第八条",
        "等级": "国道 · 二级公路",
        "县内公布里程": "75.00 km",
        "图上长度": "18.80 km",
        "线位": "推断线位",
    }
    outside = rows["绵广高速复线"]
    assert (outside.note, outside.swatch) == ("县域外，不绘制", "")
    assert {line.label: line.words for line in outside.lines}["图上长度"] == "未绘制"
    assert "旺苍通用机场" in rows


def test_details_say_that_a_layer_is_for_demonstration(layers: dict[str, Layer]) -> None:
    facts = {line.label: line.words for line in layer_details(layers["road"])}
    assert facts["可信程度"] == "合成，非实测，示意数据"
    assert facts["部门"] == "交通运输"
    assert {line.label: line.words for line in layer_details(layers["county"])}["可信程度"] == "公布的事实"


def test_search_knows_townships_projects_and_parks_with_room_about_points(layers: dict[str, Layer]) -> None:
    entries = {entry.label: entry.bounds for entry in search_entries(layers)}
    assert entries["东河镇（乡镇）"] == (106.2, 32.2, 106.3, 32.4)
    assert "经开区（产业园区）" in entries
    west, _, east, _ = entries["旺苍通用机场（机场）"]
    assert east - west == pytest.approx(0.02)
    assert not any("绵广" in label for label in entries)


def test_every_certainty_has_its_sign() -> None:
    assert [line.words for line in line_legend()] == ["公布线位", "推断线位", "示意线位"]


def test_text_from_data_is_escaped(layers: dict[str, Layer]) -> None:
    place = find_place(cached.places(cached.fingerprint()), 106.23, 32.23)
    html = place_html(place_words(place, (), reach_m=200))
    assert "&lt;b&gt;大巴山&lt;/b&gt;" in html
    assert "<b>大巴山</b>" not in html
    assert "<script" not in projects_html(transport_projects(layers)) + details_html(layer_details(layers["road"]))


def test_english_screen_has_english_words(layers: dict[str, Layer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_asked", [lambda: "en"])
    groups = layer_groups(layers, drawing_order(layers, ()), shown_keys(layers, None), {})
    assert groups[1].title == "Transport (clause 8)"
    labels = [line.label for row in transport_projects(layers) for line in row.lines]
    assert "Published length in the county" in labels


def test_numbers_that_json_does_not_know_do_not_reach_the_browser() -> None:
    shapes = [shapely.box(106, 32, 106.1, 32.1), shapely.Polygon()]
    document = json.loads(encode_layer("park", frame("park", shapes, name=["甲", "乙"], status=[np.nan, None])))
    assert [feature["properties"] for feature in document["features"]] == [{"name": "甲"}]
