"""Where a road's land ends: surveyed patches first, then the road bed, then the class with three values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from planning.check import check_layers
from planning.rulebook import read_rulebook
from planning.settings import Settings
from tests.planning.plain import layer

if TYPE_CHECKING:
    from planning.findings import Finding

AS_OF = date(2026, 11, 22)
NATIONAL = {"id": "r1", "road_class": "national", "technical_class": "二级公路", "line": [[0, 0], [1000, 0]]}


def found(building: list[float], road: dict[str, Any], settings: Settings = Settings(), **more: Any) -> list[Finding]:  # noqa: B008
    features = {"building": [{"id": "b1", "status": "planned", "box": building}], "road": [road], **more}
    layers = {key: layer(key, rows) for key, rows in features.items()}
    run = check_layers(layers, read_rulebook(), as_of=AS_OF, rule_ids=["TR-01"], settings=settings)
    return list(run.findings)


@pytest.mark.parametrize(
    ("y", "certain"),
    [
        (26.9, True),  # 7 + 20 m: within the zone even with the low half-width
        (27.1, False),
        (29.9, False),  # 10 + 20 m: within it with the default one
        (37.9, False),  # 18 + 20 m: only with the high one
    ],
)
def test_a_class_gives_three_edges(y: float, certain: bool) -> None:
    (finding,) = found([0, y, 10, y + 10], NATIONAL)
    assert finding.certain is certain
    only_high = any(reason.code == "only_with_high_width" for reason in finding.needs_review)
    assert only_high is (y > 30)
    assert finding.distance_m == pytest.approx(y - 10, rel=1e-6)


def test_beyond_the_high_edge_is_nothing() -> None:
    assert found([0, 38.1, 10, 48], NATIONAL) == []


def test_a_recorded_road_bed_comes_before_the_class() -> None:
    road = NATIONAL | {"roadbed_m": 20.0}  # 10 m and a strip of 1, 4 or 10 m
    (finding,) = found([0, 30.9, 10, 40], road)
    assert finding.certain
    assert [reason.code for reason in finding.assumptions] == ["half_width_from_roadbed"]
    (finding,) = found([0, 31.1, 10, 41], road)
    assert not finding.certain


def test_surveyed_land_comes_first_and_is_no_assumption() -> None:
    land = [{"id": "l1", "land_class": "1003", "box": [-10, -12, 1010, 12]}]
    (finding,) = found([0, 31.9, 10, 40], NATIONAL, land_use=land)  # 19.9 m from the patch
    assert finding.certain
    assert finding.distance_m == pytest.approx(19.9, rel=1e-5)
    assert [reason.code for reason in finding.assumptions] == ["road_land_surveyed"]
    assert found([0, 32.1, 10, 40], NATIONAL, land_use=land) == []


def test_where_the_survey_ends_the_class_goes_on() -> None:
    land = [{"id": "l1", "land_class": "1003", "box": [-10, -12, 500, 12]}]
    (finding,) = found([900, 29, 910, 40], NATIONAL, land_use=land)
    assert [reason.code for reason in finding.assumptions] == ["half_width_by_class"]


def test_land_of_another_class_is_no_road_land() -> None:
    land = [{"id": "l1", "land_class": "1004", "box": [-10, -12, 1010, 12]}]
    assert found([0, 38.1, 10, 48], NATIONAL, land_use=land) == []


def test_half_widths_can_be_set_for_one_run() -> None:
    settings = Settings(half_widths=(("二级公路", 15.0, 15.0, 15.0),))
    (finding,) = found([0, 34.9, 10, 45], NATIONAL, settings)
    assert finding.certain
    assert [reason.code for reason in finding.assumptions] == ["half_width_changed"]
