"""The differences of the two former plans by class and township: boxes whose areas anyone can work out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from geodata.store import Workspace
from layers.schema import read_layers
from planning.check import check_layers
from planning.plan_differences import Differences, find_differences
from planning.report.differences import differences_table
from planning.rulebook import read_rulebook
from tests.planning.plain import layer

LAND = [
    {"id": "l1", "built": True, "use": "residential", "box": [0, 0, 100, 100]},
    {"id": "l2", "built": False, "use": "farm", "box": [100, 0, 200, 100]},
    {"id": "l3", "built": True, "use": "industry", "box": [200, 0, 300, 100]},
    {"id": "l4", "built": False, "use": "farm", "box": [300, 0, 400, 100]},
    {"id": "l5", "built": True, "use": "public", "box": [400, 0, 500, 100]},
]
URBAN = [
    {"id": "u1", "built": False, "use": "green", "box": [0, 0, 100, 100]},  # A: 1 ha
    {"id": "u2", "built": True, "use": "residential", "box": [100, 0, 200, 100]},  # B: 1 ha
    {"id": "u3", "built": True, "use": "commerce", "box": [200, 0, 300, 100]},  # C: 1 ha
    {"id": "u4", "built": False, "use": "green", "box": [300, 0, 400, 100]},  # D: 1 ha
    {"id": "u5", "built": True, "use": "public", "box": [400, 0, 500, 100]},  # the same
]
TOWNSHIPS = [
    {"id": "t1", "name": "甲镇", "box": [0, 0, 150, 100]},
    {"id": "t2", "name": "乙镇", "box": [150, 0, 500, 100]},
]


def found(land: list[dict[str, Any]] = LAND, urban: list[dict[str, Any]] = URBAN, **more: Any) -> Differences:
    features = {"plan_land": land, "plan_urban": urban, "township": TOWNSHIPS, **more}
    return find_differences({key: layer(key, rows) for key, rows in features.items()})


def test_classes_and_townships() -> None:
    areas = {(a.letter, a.township): a.area_m2 for a in found().amounts}
    expected = {
        ("A", "甲镇"): 10_000,
        ("B", "甲镇"): 5_000,  # the block lies half in each
        ("B", "乙镇"): 5_000,
        ("C", "乙镇"): 10_000,
        ("D", "乙镇"): 10_000,
        ("E", "甲镇"): -5_000,  # 0.5 ha built in the urban plan, 1 ha in the other
        ("E", "乙镇"): 5_000,
    }
    assert areas == {key: pytest.approx(value, rel=1e-6) for key, value in expected.items()}


def test_totals_of_built_land() -> None:
    differences = found()
    assert differences.land_built_m2 == pytest.approx(30_000, rel=1e-6)
    assert differences.urban_built_m2 == pytest.approx(30_000, rel=1e-6)
    assert differences.total("B").area_m2 == pytest.approx(10_000, rel=1e-6)


def test_a_shifted_border_is_a_band_and_a_crumb_is_counted_apart() -> None:
    land = [{"id": "l1", "built": True, "use": "public", "box": [0, 0, 100, 300]}]
    shifted = [
        {"id": "u1", "built": False, "use": "green", "box": [0, 0, 4, 300]},  # 4 m x 300 m: a band
        {"id": "u2", "built": True, "use": "public", "box": [4, 0, 99, 300]},
        {"id": "u3", "built": False, "use": "green", "box": [99, 0, 100, 100]},  # 1 m x 100 m: a sliver
    ]
    differences = found(land, shifted)
    assert differences.total("F").area_m2 == pytest.approx(1_200, rel=1e-6)
    assert differences.total("A").count == 0
    assert (differences.slivers, differences.sliver_area_m2) == (1, pytest.approx(100, rel=1e-6))


def test_what_meets_a_control_line_is_said_besides() -> None:
    differences = found(ecological_redline=[{"id": "e1", "box": [0, 0, 20, 100]}])
    assert differences.total("G").area_m2 == pytest.approx(2_000, rel=1e-6)
    assert differences.total("A").area_m2 == pytest.approx(10_000, rel=1e-6)


def test_what_is_not_recorded_is_not_compared() -> None:
    differences = found([{"id": "l1", "built": None, "use": "public", "box": [0, 0, 100, 100]}])
    assert differences.unknown == 1
    assert differences.total("A").count == 0


def test_a_missing_plan_is_named() -> None:
    assert find_differences({"plan_land": layer("plan_land", LAND)}).missing == ("plan_urban",)


def test_a_report_tells_each_class_in_each_township() -> None:
    layers = {"plan_land": layer("plan_land", LAND), "plan_urban": layer("plan_urban", URBAN)}
    layers["township"] = layer("township", TOWNSHIPS)
    run = check_layers(layers, read_rulebook(), as_of=date(2026, 11, 22), rule_ids=["PL-01"])
    table = differences_table(layers, run)
    assert ("A 土规建设、城规非建设", "甲镇", "1", "1.00 公顷（15.0 亩）") in table.rows
    assert ("E 建设用地规模差（城规减土规）", "甲镇", "0", "−0.50 公顷（7.50 亩）") in table.rows
    assert "土规 3.00 公顷" in table.note
    del layers["plan_urban"]
    assert "缺少图层" in differences_table(layers, run).empty


def test_the_demonstration_county_has_one_of_each_of_the_first_three(demo_root: Any) -> None:
    differences = find_differences(read_layers(Workspace.open(demo_root)))
    for letter in "ABC":
        assert differences.total(letter).count >= 1, letter
    difference = differences.urban_built_m2 - differences.land_built_m2
    assert differences.total("E").area_m2 == pytest.approx(difference, abs=50.0)  # by township, and as a whole
