from __future__ import annotations

import pytest
from shapely.geometry import box

from web import cached
from web.views.place import PlaceIndex, count_unchecked, find_place, findings_at, index_places, reach_m
from web.views.place_words import place_words

from .hand_made import RUN

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def index() -> PlaceIndex:
    return cached.places(cached.fingerprint())


def test_everything_at_a_place_is_found(index: PlaceIndex) -> None:
    place = find_place(index, 106.31, 32.3005)
    assert [(hit.key, hit.name) for hit in place.hits] == [("park", "经开区"), ("road", "G542 广元—万州")]
    assert (place.township, place.township_2017, place.county, place.in_county) == ("嘉川镇", "尚武镇", "旺苍县", True)
    assert set(place.absent) == {"ecological_redline", "airport"}
    assert "permanent_farmland" in place.without_data
    assert "road" not in place.without_data


def test_area_and_distance_are_on_the_ellipsoid(index: PlaceIndex) -> None:
    park, road = find_place(index, 106.31, 32.3005).hits
    assert park.area_m2 == pytest.approx(1_881.6 * 2_217.9, rel=2e-3)
    assert road.distance_m == pytest.approx(55.4, abs=0.2)


def test_a_line_counts_as_near_as_the_click_reaches(index: PlaceIndex) -> None:
    assert {hit.key for hit in find_place(index, 106.25, 32.303, within_m=400).hits} == {"road"}
    assert not find_place(index, 106.25, 32.303, within_m=300).hits


@pytest.mark.parametrize(("zoom", "reach"), [(16, 200.0), (10, 1_550.0)])
def test_a_click_reaches_twelve_pixels_and_two_hundred_metres(zoom: float, reach: float) -> None:
    assert reach_m(zoom, 32.3) == pytest.approx(reach, rel=0.02)


def test_outside_the_county_nothing_is_said_to_be_absent(index: PlaceIndex) -> None:
    words = place_words(find_place(index, 106.5, 32.25), (), reach_m=200)
    assert words.where == "南江县"
    assert "县域之外" in words.warning
    assert words.absent.names == ""


def test_a_layer_that_does_not_cover_the_place_is_not_known() -> None:
    layers = cached.layers(cached.fingerprint())
    index = index_places(layers, {"ecological_redline": box(106.2, 32.2, 106.25, 32.4).wkt})
    covered, uncovered = find_place(index, 106.21, 32.3), find_place(index, 106.35, 32.33)
    assert "ecological_redline" in covered.absent
    assert uncovered.outside_coverage == ("ecological_redline",)
    assert "ecological_redline" not in uncovered.absent
    assert "生态保护红线" in place_words(uncovered, None, reach_m=200).unknown[1].names


def test_findings_at_a_place() -> None:
    found = findings_at(RUN, 106.415, 32.51, within_m=200)
    assert "EC-02" in {finding.rule_id for finding in found}
    assert findings_at(RUN, 106.0, 32.0) == ()


def test_words_say_when_nothing_was_checked(index: PlaceIndex) -> None:
    place = find_place(index, 106.31, 32.3005)
    words = place_words(place, None, reach_m=200)
    assert "还没有检测" in words.conflicts_note
    assert words.applies[0].number == "417.73 公顷（6,265.9 亩）"
    assert words.near[0].number == "距此 55 m"
    assert words.before == "2017 年属尚武镇"
    assert place_words(place, (), reach_m=200).conflicts_title == "此处的疑似冲突（0）"


def test_words_say_when_not_everything_was_checked(index: PlaceIndex) -> None:
    place = find_place(index, 106.31, 32.3005)
    assert count_unchecked(RUN) > 0
    assert "不等于没有冲突" in place_words(place, (), reach_m=200, unchecked=count_unchecked(RUN)).conflicts_note
    assert place_words(place, (), reach_m=200).conflicts_note == ""
