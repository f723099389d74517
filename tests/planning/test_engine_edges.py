"""Odd data and odd rules: nothing is passed over in silence, and nothing is judged twice or by the wrong side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import yaml
from affine import Affine

from geodata.store import Workspace
from planning.arguments import settings_arguments
from planning.check import check_layers
from planning.conditions import is_missing
from planning.prepare import CheckError
from planning.rulebook import RuleError, read_rulebook
from planning.settings import Change, SettingError, Settings, read_settings
from planning.sources import Table, read_industry_access
from tests.planning.plain import layer
from tests.planning.plain_rule import rule, value
from tests.planning.plain_terrain import terrain

if TYPE_CHECKING:
    from pathlib import Path

    from planning.findings import RuleResult

AS_OF = date(2026, 11, 1)
HILL = {"cell_m": 10, "plane": {"east_pct": 50, "north_pct": 0, "base_m": 100}}


def box(name: str, *sides: float, **attributes: Any) -> dict[str, Any]:
    return {"id": name, "box": sides, **attributes}


def line(name: str, *points: tuple[float, float], **attributes: Any) -> dict[str, Any]:
    return {"id": name, "line": points, **attributes}


def point(name: str, x: float, y: float, **attributes: Any) -> dict[str, Any]:
    return {"id": name, "point": (x, y), **attributes}


@pytest.fixture
def judge(tmp_path: Path) -> Any:
    def _judge(raw: dict[str, Any], settings: Settings | None = None, **given: Any) -> RuleResult:
        path = tmp_path / "rule.yaml"
        path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        beside = {name: given.pop(name) for name in ("terrain", "tables") if name in given}
        layers = {key: layer(key, features) for key, features in given.items()}
        book = read_rulebook([path], only_extra=True)
        run = check_layers(layers, book, as_of=AS_OF, settings=settings or Settings(), **beside)
        return run.results[0]

    return _judge


def reasons(result: RuleResult) -> set[str]:
    return {reason.code for reason in result.reasons}


def test_a_point_needs_no_area(judge: Any) -> None:
    raw = rule(subject={"layers": ["shop"], "points": True})
    assert judge(raw, shop=[point("s", 5, 5)], zone=[box("z", 0, 0, 10, 10)]).verdict == "conflict"


@pytest.mark.parametrize("relation", ["outside", "straddle"])
def test_a_point_has_nothing_outside(judge: Any, relation: str) -> None:
    raw = rule(subject={"layers": ["shop"], "points": True}, relation=relation)
    result = judge(raw, shop=[point("s", 50, 5)], zone=[box("z", 0, 0, 10, 10)])
    assert (result.verdict, reasons(result)) == ("not_checked", {"subject_is_point"})


def test_features_approved_on_different_days_overlap_all_the_same(judge: Any) -> None:
    raw = rule(
        relation="self_overlap", subject={"layers": ["right"], "planned_only": True}, against={"layers": ["right"]}
    )
    rights = [box(day, 0, 0, 10, 10, status="planned", approval_date=day) for day in ("2021-01-01", "2022-01-01")]
    assert judge(raw, right=rights).verdict == "conflict"


def test_what_is_not_known_of_the_second_of_two_counts_too(judge: Any) -> None:
    side = {"layers": ["right"], "where": {"right": {"kind": "a"}}}
    raw = rule(relation="self_overlap", subject=side, against=side)
    result = judge(raw, right=[box("1", 0, 0, 10, 10, kind="a"), box("2", 0, 0, 10, 10, kind=None)])
    assert result.findings[0].severity == "reminder"


def test_a_day_that_cannot_be_read_is_told(judge: Any) -> None:
    raw = rule(subject={"layers": ["project"], "planned_only": True})
    zone = [box("z", 0, 0, 10, 10)]
    result = judge(raw, project=[box("p", 0, 0, 9, 9, status="planned", approval_date="二〇一九年")], zone=zone)
    assert "not_a_date" in {reason.code for reason in result.findings[0].needs_review}
    result = judge(raw, project=[box("p", 0, 0, 9, 9, status="planned", approval_date=20190101.0)], zone=zone)
    assert reasons(result) == {"approved_before_law"}


def test_joined_objects_keep_what_was_found_of_each(judge: Any) -> None:
    raw = rule(merge="subject", needs_announced=True, takes_land=True, subject={"layers": ["road", "project"]})
    raw["severity"]["cases"] = [{"when_against": {"kind": "free"}, "severity": "none"}]
    zones = [
        box("z", 0, 0, 10, 10, announced=True, kind="bound"),
        box("far", 500, 0, 510, 10, announced=True, kind="free"),
    ]
    result = judge(raw, project=[box("p", 0, 0, 10, 10)], zone=zones)
    assert [finding.severity for finding in result.findings] == ["prohibited"]
    assert judge(raw, project=[box("p", 500, 0, 510, 10)], zone=zones).findings == ()
    result = judge(raw, road=[line("r", (-5, 5), (30, 5), technical_class="二级公路")], zone=zones)
    assert result.findings[0].area_m2 is None, "there is no one object whose land could be taken"


def test_an_announced_whole_layer_is_announced(judge: Any) -> None:
    raw = rule(relation="outside", needs_announced=True)
    result = judge(raw, project=[box("p", 0, 0, 10, 10)], zone=[box("z", 100, 0, 120, 10, announced=True)])
    assert result.findings[0].severity == "prohibited"


def test_outside_asks_what_may_not_be_meant(judge: Any) -> None:
    raw = rule(relation="outside", against={"layers": ["zone"], "where": {"zone": {"kind": "a"}}})
    result = judge(raw, project=[box("p", 0, 0, 10, 10)], zone=[box("z", -5, -5, 20, 20, kind=None)])
    assert (result.verdict, reasons(result)) == ("not_checked", {"value_missing"})


def test_a_coverage_of_nothing_is_not_clear(judge: Any) -> None:
    raw = rule(
        relation="coverage",
        subject={"layers": ["township"]},
        against={"layers": ["county"], "where": {"county": {"kind": "a"}}},
    )
    result = judge(raw, township=[box("t", 0, 0, 10, 10)], county=[box("c", 0, 0, 10, 10, kind="b")])
    assert (result.verdict, reasons(result)) == ("not_checked", {"layer_empty"})


@pytest.mark.parametrize(
    ("feature", "verdict", "code"),
    [({"id": "z"}, "not_checked", "no_geometry"), ({"id": "z", "in_county": False}, "clear", "outside_county")],
)
def test_undrawn_objects_are_told_as_such(judge: Any, feature: dict[str, Any], verdict: str, code: str) -> None:
    result = judge(rule(), project=[box("p", 0, 0, 10, 10)], zone=[feature])
    assert (result.verdict, reasons(result)) == (verdict, {code})


def test_a_distance_that_compares_both_sides_is_chosen_for_each_subject(judge: Any) -> None:
    raw = rule(relation="within_distance", values={"distance_m": value(50, same=["river"]) + value(5)})
    projects = [box("other", 30, 0, 40, 10, river="y"), box("same", 30, 20, 40, 30, river="x")]
    result = judge(raw, project=projects, zone=[box("z", 0, 0, 10, 30, river="x")])
    assert [finding.subject.id for finding in result.findings] == ["same"]


def test_a_road_surveyed_in_part_is_judged_in_part(judge: Any) -> None:
    raw = rule(
        relation="within_distance", against={"layers": ["road"]}, from_land_edge=True, values={"distance_m": value(20)}
    )
    road, survey = line("r", (0, 0), (400, 0)), [box("u", -1, -5, 100, 5, land_class="1003")]
    result = judge(raw, project=[box("p", 300, 1, 310, 10)], road=[road], land_use=survey)
    assert (result.verdict, reasons(result)) == ("not_checked", {"half_width_unknown"})


def test_a_road_drawn_as_an_area_is_its_own_land(judge: Any) -> None:
    raw = rule(
        relation="within_distance", against={"layers": ["road"]}, from_land_edge=True, values={"distance_m": value(20)}
    )
    road = [box("r", 0, 0, 400, 8, technical_class="二级公路")]
    assert judge(raw, project=[box("p", 0, 30, 10, 40)], road=road).verdict == "clear"


def test_zones_of_both_sides_say_what_they_assume(judge: Any) -> None:
    raw = rule(
        subject={"layers": ["road"], "zone": {"road": "road_zone_m"}},
        against={
            "layers": ["railway"],
            "zone": {"railway": "rail_zone_m"},
            "where": {"railway": {"kind": "a"}},
        },
        from_land_edge=True,
        values={
            "min_area_m2": value(1),
            "road_zone_m": value({"national": 20, "county": 5}, by="road_class"),
            "rail_zone_m": value({"urban": 5, "other": 10}, by="zone", otherwise="other"),
        },
    )
    road = [line("r", (0, 0), (100, 0), road_class="national", technical_class="二级公路")]
    (finding,) = judge(raw, road=road, railway=[line("w", (0, 20), (100, 20), kind=None)]).findings
    assert finding.severity == "reminder"
    assert "class_assumed" in {reason.code for reason in finding.assumptions}
    assert [shown.value for shown in finding.values if shown.name == "road_zone_m"] == [20]  # noqa: PD011 - no frame


def test_a_road_in_pieces_is_one_object(judge: Any) -> None:
    raw = rule(
        against={"layers": ["road"], "zone": {"road": "road_zone_m"}},
        from_land_edge=True,
        values={"min_area_m2": value(1), "road_zone_m": value(20)},
    )
    road = [line("r", (0, 0), (400, 0), technical_class="二级公路")]
    survey = [box("u", -1, -5, 100, 5, land_class="1003")]
    (finding,) = judge(raw, project=[box("p", 50, 0, 150, 30)], road=road, land_use=survey).findings
    assert {"road_land_surveyed", "half_width_by_class"} <= {reason.code for reason in finding.assumptions}


def test_a_tunnel_finds_its_road_by_a_number_too(judge: Any) -> None:
    raw = rule(segments={"tunnel": "exempt"}, subject={"layers": ["road"]})
    course = ((-5, 5), (30, 5))
    tunnel = [line("t", *course, road=12.0)]
    assert judge(raw, road=[line("12", *course)], zone=[box("z", 0, 0, 10, 10)], tunnel=tunnel).verdict == "clear"


def test_a_crossing_on_a_bridge_or_under_the_railway_is_none(judge: Any) -> None:
    raw = rule(
        relation="line_crossing",
        subject={"layers": ["road"]},
        against={"layers": ["railway"]},
        segments={"tunnel": "exempt", "bridge": "exempt"},
        values={},
    )
    road, railway = [line("r", (0, 0), (100, 0))], [line("w", (20, -10), (20, 10), (60, 10), (60, -10))]
    (finding,) = judge(raw, road=road, railway=railway, bridge=[line("b", (10, 0), (30, 0), road="r")]).findings
    assert finding.pieces == 1
    (finding,) = judge(raw, road=road, railway=railway, tunnel=[line("b", (20, -5), (20, 5), road="w")]).findings
    assert finding.pieces == 1


def test_a_patch_without_a_class_of_slope_is_told(judge: Any) -> None:
    values = {"slope_deg": value({"I": 2}, by="grade"), "min_area_m2": value(1)}
    raw = rule(relation="raster_share", against={"layers": ["slope"]}, values=values)
    hill = terrain({"box": (-100, -100, 200, 200), **HILL})
    result = judge(raw, project=[box("p", 0, 0, 50, 50, grade="II")], terrain=hill)
    assert (result.verdict, reasons(result)) == ("not_checked", {"class_unknown"})


def test_a_turned_terrain_stops_its_own_rule_only(judge: Any) -> None:
    values = {"slope_deg": value(2), "min_area_m2": value(1)}
    raw = rule(relation="raster_share", against={"layers": ["slope"]}, values=values)
    hill = terrain({"box": (-100, -100, 200, 200), **HILL})
    turned = replace(hill.terrain, transform=hill.terrain.transform @ Affine.rotation(5))
    result = judge(raw, project=[box("p", 0, 0, 50, 50)], terrain=replace(hill, terrain=turned))
    assert (result.verdict, reasons(result)) == ("not_checked", {"error"})


RUNWAY = [line("rw", (-400, 0), (400, 0), elevation_m=500, code_number=2, approach_type="non_instrument")]
AIRPORT = [box("a", -500, -100, 500, 100)]


def obstacles(judge: Any, feature: dict[str, Any]) -> RuleResult:
    raw = rule(relation="obstacle_surface", against={"layers": ["runway"]}, values={"fence_m": value(5)})
    flat = terrain(
        {"box": (-900, -900, 900, 900), "cell_m": 30, "plane": {"east_pct": 0, "north_pct": 0, "base_m": 500}}
    )
    result: RuleResult = judge(raw, project=[feature], runway=RUNWAY, airport=AIRPORT, terrain=flat)
    return result


def test_a_mast_where_no_ground_is_known_is_not_clear(judge: Any) -> None:
    result = obstacles(judge, box("p", 2000, 0, 2010, 10, height_m=400))
    assert (result.verdict, reasons(result)) == ("not_checked", {"slope_unknown"})


def test_what_stands_at_the_fence_and_is_too_high_is_one_finding(judge: Any) -> None:
    (finding,) = obstacles(judge, box("p", -100, 100, -90, 103, height_m=400)).findings
    assert {reason.code for reason in finding.details} == {"in_fence_strip", "penetration"}
    assert finding.excess_m == pytest.approx(388, abs=1)


def test_a_point_can_stand_at_the_fence(judge: Any) -> None:
    (finding,) = obstacles(judge, point("p", -100, 102, height_m=0)).findings
    assert [reason.code for reason in finding.details] == ["in_fence_strip"]


def test_totals_count_only_what_surely_belongs(judge: Any) -> None:
    raw = rule(
        relation="total",
        subject={"layers": ["project"], "where": {"project": {"built": True}}},
        against={"layers": ["zone"], "where": {"zone": {"built": True}}},
        values={"tolerance_pct": value(0.1)},
    )
    for mine, theirs in ((True, None), (None, True)):
        projects = [box("p", 0, 0, 10, 10, built=mine)]
        result = judge(raw, project=projects, zone=[box("z", 0, 0, 9 if theirs else 10, 10, built=theirs)])
        assert (result.verdict, reasons(result)) == ("not_checked", {"value_missing"})


def test_a_line_has_no_recorded_area(judge: Any) -> None:
    values = {"abs_m2": value(1), "rel_pct": value(1)}
    raw = rule(relation="recorded_area", subject={"layers": ["*"]}, against={"layers": ["*"]}, values=values)
    result = judge(raw, river=[line("r", (0, 0), (1, 1), recorded_area_m2=500)])
    assert (result.verdict, reasons(result)) == ("not_checked", {"wrong_geometry"})


@pytest.mark.parametrize("finding_when", ["found", "absent"])
def test_nothing_is_looked_up_where_there_are_no_codes(judge: Any, finding_when: str) -> None:
    lookup = {"column": "unit", "key": "code", "finding_when": finding_when}
    raw = rule(relation="lookup", lookup=lookup, values={})
    project = [box("p", 0, 0, 1, 1, unit="51")]
    assert reasons(judge(raw, project=project, zone=[box("z", 0, 0, 9, 9)])) == {"value_missing"}
    raw["against"] = {"layers": ["industry_access"]}
    empty = Table("industry_access", "清单", "清单", (), "0" * 64, "手写", placeholder=False)
    result = judge(raw, project=project, tables=[empty])
    assert (result.verdict, reasons(result)) == ("not_checked", {"layer_empty"})


def test_a_lookup_heeds_which_records_are_meant(judge: Any) -> None:
    against = {"layers": ["zone"], "where": {"zone": {"kind": "a"}}}
    raw = rule(relation="lookup", lookup={"column": "unit", "key": "code"}, against=against, values={})
    zones = [box("z", 0, 0, 9, 9, code="51", kind="b")]
    assert judge(raw, project=[box("p", 0, 0, 1, 1, unit="51")], zone=zones).verdict == "clear"


def test_banks_are_chosen_river_by_river(judge: Any) -> None:
    raw = rule(
        relation="within_distance",
        against={"layers": ["river_bank"]},
        assumes=["bank_datum"],
        values={"distance_m": value(50)},
    )
    near = [box("p", 1000, 5, 1010, 10)]
    for names, datum, verdict in ((("X", "Y"), "outer", "not_checked"), ((None, None), "best", "conflict")):
        banks = [
            line("1", (0, 0), (100, 0), river=names[0], datum="outer"),
            line("2", (1000, 0), (1100, 0), river=names[1], datum="water_edge"),
        ]
        assert judge(raw, Settings(bank_datum=datum), project=near, river_bank=banks).verdict == verdict


def test_a_crown_below_nothing_is_not_known(judge: Any) -> None:
    raw = rule(
        relation="within_distance",
        against={"layers": ["tree"]},
        object_edge={"tree": "crown_m"},
        values={"distance_m": value(5)},
    )
    result = judge(raw, project=[box("p", 3, 0, 10, 10)], tree=[point("t", 0, 5, crown_m=-4)])
    assert reasons(result) == {"edge_unknown"}


@pytest.mark.parametrize(("table", "have"), [({True: 30, False: 10}, "是"), ({"1": 30, "2": 10}, 1.0)])
def test_classes_are_read_as_data_write_them(judge: Any, table: dict[Any, int], have: object) -> None:
    raw = rule(relation="within_distance", values={"distance_m": value(table, by="kind")})
    assert judge(raw, project=[box("p", 25, 0, 30, 10)], zone=[box("z", 0, 0, 10, 10, kind=have)]).verdict == "conflict"


def test_codes_may_stand_between_chinese_commas(judge: Any) -> None:
    cases = [{"listed": {"column": "code", "list": "codes"}, "severity": "prohibited"}]
    raw = rule(severity={"default": "none", "cases": cases})
    zone = [box("z", 0, 0, 10, 10, codes="2521，2614；33")]
    assert judge(raw, project=[box("p", 0, 0, 10, 10, code="2614")], zone=zone).verdict == "conflict"


def test_a_quote_left_open_in_the_list_of_industries_is_refused_with_its_line(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "county")
    (workspace.root / "tables").mkdir()
    content = 'code,name,access\n25,"炼油,禁止\n' + "26,化工,限制\n" * 20_000
    (workspace.root / "tables" / "industry_access.csv").write_text(content, encoding="utf-8")
    with pytest.raises(CheckError, match=r"industry_access\.csv:\d+: is not CSV"):
        read_industry_access(workspace)


def test_every_way_of_saying_nothing() -> None:
    assert all(is_missing(nothing) for nothing in (None, "", " ", float("nan"), pd.NA, pd.NaT))


def test_a_setting_is_repeated_exactly() -> None:
    changes = (Change("A", "b", 0, "", 1234567.0), Change("A", "b", 1, "c", 0.123456789))
    assert settings_arguments(Settings(changes=changes)) == ["--set", "A.b=1234567", "--set", "A.b#2.c=0.123456789"]


@pytest.mark.parametrize(
    "raw",
    [
        {"values": [1]},
        {"values": {"X-1": 5}},
        {"values": {"X-1": {"min_area_m2#0": 5}}},
        {"values": {"X-1": {"min_area_m2": "many"}}},
        {"half_widths": 5},
        {"half_widths": {"二级公路": [1, 2]}},
        {"half_widths": {"二级公路": ["a", 2, 3]}},
        {"county_plan_in_force": "no"},
    ],
)
def test_settings_of_another_form_are_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        read_settings(raw)
    with pytest.raises(SettingError):
        Settings(half_widths=(("二级公路", 1.0, 2.0, float("inf")),))


@pytest.mark.parametrize("change", [Change("X-1", "min_area_m2", -1, "", 5), Change("X-1", "min_area_m2", 0, "x", 5)])
def test_a_change_of_what_is_not_there_is_refused(judge: Any, change: Change) -> None:
    with pytest.raises(RuleError, match="X-1 min_area_m2"):
        judge(rule(), Settings(changes=(change,)), project=[box("p", 0, 0, 9, 9)], zone=[box("z", 0, 0, 9, 9)])


@pytest.mark.parametrize(
    ("x", "counts"),
    [
        (500, "outer"),  # the outer line is there: 900 m from it, and 960 m from the water's edge beside it
        (9500, "edge"),  # no outer line within 200 m: the water's edge counts
    ],
)
def test_the_best_bank_is_chosen_stretch_by_stretch(x: int, counts: str) -> None:
    banks = [
        {"id": "outer", "river": "东河", "datum": "outer", "demarcated": True, "line": [[0, 60], [5000, 60]]},
        {"id": "edge", "river": "东河", "datum": "water_edge", "demarcated": True, "line": [[0, 0], [10000, 0]]},
    ]
    project = [{"id": "x1", "status": "planned", "chemical": True, "box": [x, 960, x + 100, 990]}]
    layers = {"project": layer("project", project), "river_bank": layer("river_bank", banks)}
    run = check_layers(layers, read_rulebook(), as_of=date(2026, 11, 22), rule_ids=["WA-05"])
    assert [finding.against.id for finding in run.findings] == [counts]


def test_a_feature_without_an_id_cannot_be_named() -> None:
    farms = layer("permanent_farmland", [{"id": None, "name": "p", "box": [0, 0, 10, 10]}])
    redline = layer("ecological_redline", [{"id": "e1", "box": [0, 0, 10, 10]}])
    layers = {"permanent_farmland": farms, "ecological_redline": redline}
    with pytest.raises(CheckError, match="permanent_farmland: 1 features have no id"):
        check_layers(layers, read_rulebook(), as_of=date(2026, 11, 22), rule_ids=["LN-01"])


@pytest.mark.parametrize(
    ("activity", "y", "verdict"),
    [
        ("blasting", 100, "conflict"),  # within 200 m
        (None, 100, "not_checked"),  # perhaps blasting: not clear
        (None, 300, "clear"),  # too far for either
        ("general", 100, "clear"),
    ],
)
def test_a_larger_distance_that_may_be_meant_is_not_clear(activity: str | None, y: int, verdict: str) -> None:
    project = {"id": "x1", "status": "planned", "activity": activity, "box": [0, y, 10, y + 10]}
    layers = {
        "project": layer("project", [project]),
        "pipeline": layer("pipeline", [{"id": "p1", "line": [[-500, 0], [500, 0]]}]),
    }
    run = check_layers(layers, read_rulebook(), as_of=date(2026, 11, 22), rule_ids=["UT-01"])
    (part,) = (p for p in run.results[0].parts if p.subject_layer == "project")
    assert part.verdict == verdict
