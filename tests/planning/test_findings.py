"""Findings: names that last, one finding per place where rules contradict, numbers that geographiclib confirms."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import pyproj
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.check import check_layers
from planning.findings import Severity, Verdict
from planning.prepare import CheckError
from planning.rulebook import read_rulebook
from tests.planning.plain import layer

if TYPE_CHECKING:
    from planning.findings import CheckRun

TODAY = date(2026, 11, 22)
BOOK = read_rulebook()


def _run(rules: list[str], **layers: list[dict[str, Any]]) -> CheckRun:
    return check_layers({k: layer(k, f) for k, f in layers.items()}, BOOK, as_of=TODAY, rule_ids=rules)


def _road(**more: Any) -> dict[str, Any]:
    return {"id": "s1", "name": "S1", "status": "planned", "technical_class": "三级公路", **more}


def test_the_reserve_takes_the_place_of_the_redline() -> None:
    """1,000 m of road: 400 m in the redline, of which 250 m in the reserve, of which 100 m in its core."""
    run = _run(
        ["EC-02", "EC-03", "EC-04"],
        road=[_road(line=[[0, 50], [1000, 50]])],
        ecological_redline=[{"id": "e1", "box": [100, 0, 500, 100]}],
        reserve_general=[{"id": "g1", "box": [150, 0, 400, 100]}],
        reserve_core=[{"id": "c1", "box": [200, 0, 300, 100]}],
    )
    lengths = {f.rule_id: f.length_m for f in run.findings}
    assert lengths == pytest.approx({"EC-03": 100, "EC-04": 150, "EC-02": 150}, rel=1e-6)
    areas = {f.rule_id: f.area_m2 for f in run.findings}
    assert areas == pytest.approx({"EC-03": 1400, "EC-04": 2100, "EC-02": 2100}, rel=1e-6)
    stands_for = {f.rule_id: f.stands_for for f in run.findings}
    assert stands_for == {"EC-03": ("EC-02", "EC-04"), "EC-04": ("EC-02",), "EC-02": ()}
    (redline,) = (f for f in run.findings if f.rule_id == "EC-02")
    assert [r.params["rule"] for r in redline.assumptions if r.code == "part_judged_elsewhere"] == ["EC-03", "EC-04"]


def test_wholly_replaced_leaves_one_finding() -> None:
    run = _run(
        ["EC-02", "EC-04"],
        road=[_road(line=[[0, 50], [1000, 50]])],
        ecological_redline=[{"id": "e1", "box": [200, 0, 300, 100]}],
        reserve_general=[{"id": "g1", "box": [150, 0, 400, 100]}],
    )
    (finding,) = run.findings
    assert (finding.rule_id, finding.stands_for) == ("EC-04", ("EC-02",))
    (result,) = (r for r in run.results if r.rule_id == "EC-02")
    assert result.dropped == 0


@pytest.mark.parametrize("rise", [0.1, 1 / 3, 0.7123456789])
def test_a_slanting_line_gives_way_though_it_is_cut_twice(rise: float) -> None:
    """The two cuts of one straight segment have ends that differ in the last digit and need not meet."""
    run = _run(
        ["EC-02", "EC-03"],
        road=[_road(line=[[0, 3.3], [1000, 3.3 + 1000 * rise]])],
        ecological_redline=[{"id": "e1", "box": [211.1, -9, 317.7, 900]}],
        reserve_core=[{"id": "c1", "box": [199.3, -9, 333.1, 900]}],
    )
    assert [(f.rule_id, f.stands_for) for f in run.findings] == [("EC-03", ("EC-02",))]


def test_a_neighbour_that_only_touches_does_not_replace() -> None:
    run = _run(
        ["EC-02", "EC-04"],
        road=[_road(line=[[0, 50], [1000, 50]])],
        ecological_redline=[{"id": "e1", "box": [200, 0, 300, 100]}],
        reserve_general=[{"id": "g1", "box": [300, 0, 400, 100]}],
    )
    stands_for = {f.rule_id: f.stands_for for f in run.findings}
    assert stands_for == {"EC-02": (), "EC-04": ()}


def test_without_the_stronger_rule_nothing_gives_way() -> None:
    run = _run(
        ["EC-02"],
        road=[_road(line=[[0, 50], [1000, 50]])],
        ecological_redline=[{"id": "e1", "box": [200, 0, 300, 100]}],
        reserve_general=[{"id": "g1", "box": [150, 0, 400, 100]}],
    )
    assert [f.rule_id for f in run.findings] == ["EC-02"]


def test_another_subject_does_not_give_way() -> None:
    run = _run(
        ["EC-02", "EC-04"],
        road=[_road(line=[[0, 50], [1000, 50]]), _road(id="s2", line=[[0, 150], [1000, 150]])],
        ecological_redline=[{"id": "e1", "box": [200, 0, 300, 200]}],
        reserve_general=[{"id": "g1", "box": [150, 0, 400, 100]}],
    )
    assert sorted((f.rule_id, f.subject.id) for f in run.findings) == [("EC-02", "s2"), ("EC-04", "s1")]


def test_townships_are_named_largest_part_first() -> None:
    run = _run(
        ["LN-01"],
        permanent_farmland=[{"id": "f1", "box": [0, 0, 100, 100]}],
        ecological_redline=[{"id": "e1", "box": [0, 0, 100, 100]}],
        township=[
            {"id": "t1", "name": "小镇", "box": [0, 0, 30, 100]},
            {"id": "t2", "name": "大镇", "box": [30, 0, 100, 100]},
            {"id": "t3", "name": "邻镇", "box": [100, 0, 200, 100]},
        ],
    )
    assert run.findings[0].townships == ("大镇", "小镇")


def test_a_layer_that_covers_half_says_so() -> None:
    """Clear where the redline layer speaks, not checked where it does not."""
    from dataclasses import replace

    import geopandas as gpd
    import shapely

    from tests.planning.plain import CRS, ORIGIN

    farmland = layer(
        "permanent_farmland", [{"id": "in", "box": [0, 0, 10, 10]}, {"id": "out", "box": [900, 0, 910, 10]}]
    )
    redline = layer("ecological_redline", [{"id": "e1", "box": [400, 400, 500, 500]}])
    half = gpd.GeoSeries([shapely.box(ORIGIN[0] - 1, ORIGIN[1] - 1, ORIGIN[0] + 500, ORIGIN[1] + 500)], crs=CRS)
    layers = {
        "permanent_farmland": farmland,
        "ecological_redline": replace(redline, coverage=half.to_crs(4490).iloc[0]),
    }
    (result,) = check_layers(layers, BOOK, as_of=TODAY, rule_ids=["LN-01"]).results
    assert result.verdict is Verdict.NOT_CHECKED
    assert [(r.code, r.params["names"]) for r in result.reasons] == [("outside_coverage", "out")]


def test_an_empty_layer_is_not_clear() -> None:
    from dataclasses import replace

    import geopandas as gpd

    from tests.planning.plain import CRS

    redline = layer("ecological_redline", [{"id": "e1", "box": [0, 0, 1, 1]}])
    empty = replace(redline, frame=gpd.GeoDataFrame(redline.frame.iloc[:0], crs=CRS))
    layers = {
        "permanent_farmland": layer("permanent_farmland", [{"id": "f", "box": [0, 0, 9, 9]}]),
        "ecological_redline": empty,
    }
    (result,) = check_layers(layers, BOOK, as_of=TODAY, rule_ids=["LN-01"]).results
    assert (result.verdict, [r.code for r in result.reasons]) == (Verdict.NOT_CHECKED, ["layer_empty"])


def test_a_bow_tie_is_repaired_and_said() -> None:
    run = _run(
        ["LN-01"],
        permanent_farmland=[{"id": "f1", "box": [0, 0, 100, 100]}],
        ecological_redline=[{"id": "e1", "boxes": [[0, 0, 60, 100], [40, 0, 100, 100]]}],
    )
    assert run.findings[0].area_m2 == pytest.approx(10_000, rel=1e-6)
    assert [r.code for r in run.findings[0].assumptions] == ["geometry_repaired"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"rule_ids": ["XX-1"]}, "XX-1"), ({"layers": {}}, "there is none")],
)
def test_a_check_that_cannot_run(change: dict[str, Any], sentence: str) -> None:
    layers = {"permanent_farmland": layer("permanent_farmland", [{"id": "f", "box": [0, 0, 9, 9]}])}
    arguments: dict[str, Any] = {"layers": layers, "rule_ids": ["LN-01"], **change}
    with pytest.raises(CheckError, match=sentence):
        check_layers(arguments["layers"], BOOK, as_of=TODAY, rule_ids=arguments["rule_ids"])


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(CheckError, match="'f1' is used twice"):
        _run(
            ["LN-01"],
            permanent_farmland=[{"id": "f1", "box": [0, 0, 9, 9]}, {"id": "f1", "box": [20, 0, 29, 9]}],
            ecological_redline=[{"id": "e1", "box": [0, 0, 9, 9]}],
        )


def test_severity_is_ranked() -> None:
    assert sorted(Severity, key=lambda s: s.rank) == [Severity.PROHIBITED, Severity.CONDITIONAL, Severity.REMINDER]


corner = st.integers(0, 900)
size = st.integers(5, 120)
boxes = st.lists(
    st.tuples(corner, corner, size, size).map(lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]]), max_size=6
)


def _named(prefix: str, drawn: list[list[int]]) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}{n}", "box": box} for n, box in enumerate(drawn)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(farms=boxes, redlines=boxes, noise=boxes, data=st.data())
def test_names_last(
    farms: list[list[int]], redlines: list[list[int]], noise: list[list[int]], data: st.DataObject
) -> None:
    """Neither the order of rows nor new features around them rename a finding or change its numbers."""
    farms, redlines = [*farms, [0, 0, 50, 50]], [*redlines, [25, 0, 75, 50]]
    before = _run(["LN-01"], permanent_farmland=_named("f", farms), ecological_redline=_named("e", redlines))
    shuffled = data.draw(st.permutations(_named("f", farms) + _named("noise", noise)))
    after = _run(
        ["LN-01"], permanent_farmland=shuffled, ecological_redline=data.draw(st.permutations(_named("e", redlines)))
    )
    numbers = {f.finding_id: f.area_m2 for f in before.findings}
    again = {f.finding_id: f.area_m2 for f in after.findings if not f.subject.id.startswith("noise")}
    assert len(numbers) == len(before.findings) >= 1
    assert again == pytest.approx(numbers, rel=1e-9)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(east=st.integers(-160_000, 160_000), north=st.integers(-800_000, 800_000), width=st.integers(2, 3000))
def test_area_agrees_with_geographiclib_anywhere_in_the_zone(east: int, north: int, width: int) -> None:
    """The evidence, measured apart by pyproj on the CGCS2000 ellipsoid, has the area the finding says."""
    at = [east, north, east + width, north + 40]
    run = _run(
        ["LN-01"],
        permanent_farmland=[{"id": "f1", "box": at}],
        ecological_redline=[{"id": "e1", "box": [at[0] + 1, at[1] - 5, at[2] + 50, at[3] - 7]}],
    )
    (finding,) = run.findings
    geod = pyproj.Geod(a=6378137.0, rf=298.257222101)
    area, _ = geod.geometry_area_perimeter(finding.geometry)
    assert finding.area_m2 == pytest.approx(abs(area), rel=1e-6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(east=st.integers(-160_000, 160_000), gap=st.integers(1, 998))
def test_distance_agrees_with_geographiclib(east: int, gap: int) -> None:
    """A kilometre is a kilometre on the ground, also at the edge of the zone where the plane is 0.03 % too long."""
    run = _run(
        ["WA-05"],
        chemical_park=[{"id": "k1", "status": "planned", "box": [east, gap, east + 50, gap + 2500]}],
        river_bank=[{"id": "b1", "demarcated": True, "line": [[east - 2000, 0], [east + 2000, 0]]}],
    )
    (finding,) = run.findings
    scale = gap / finding.distance_m if finding.distance_m else 1.0
    assert 1 - 1e-6 <= scale <= 1.0004
    # The strip from the park's near edge to one kilometre from the bank.
    assert finding.area_m2 == pytest.approx((1000 - finding.distance_m) * 50 / scale, rel=2e-4)


def test_a_kilometre_in_a_projection_that_stretches() -> None:
    """Web Mercator is 18 % too long here; a park 900 m away on the ground is still within one kilometre."""
    from dataclasses import replace

    layers = {
        "chemical_park": layer("chemical_park", [{"id": "k1", "status": "planned", "box": [0, 900, 50, 1500]}]),
        "river_bank": layer("river_bank", [{"id": "b1", "demarcated": True, "line": [[-2000, 0], [2000, 0]]}]),
    }
    stretched = {key: replace(one, frame=one.frame.to_crs(3857)) for key, one in layers.items()}
    for these in (layers, stretched):
        (finding,) = check_layers(these, BOOK, as_of=TODAY, rule_ids=["WA-05"]).findings
        assert finding.distance_m == pytest.approx(900, rel=1e-3)  # a straight line bends a little
        assert finding.area_m2 == pytest.approx(5000, rel=1e-3)


def test_a_projection_that_is_not_true_to_shape_is_not_worked_in() -> None:
    albers = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m"
    from dataclasses import replace

    one = layer("permanent_farmland", [{"id": "f1", "box": [0, 0, 9, 9]}])
    run = check_layers({one.key: replace(one, frame=one.frame.to_crs(albers))}, BOOK, as_of=TODAY, rule_ids=["LN-01"])
    assert "EPSG:4544" in run.working_crs


def test_a_tunnel_takes_no_land() -> None:
    run = _run(
        ["EC-02"],
        road=[_road(line=[[0, 50], [400, 50]], tunnel=True)],
        ecological_redline=[{"id": "e1", "box": [100, 0, 300, 100]}],
    )
    assert (run.findings[0].severity, run.findings[0].area_m2) == (Severity.REMINDER, None)


def test_a_schematic_road_is_said_beside_what_is_near_it() -> None:
    run = _run(
        ["TR-01"],
        building=[{"id": "b1", "status": "planned", "box": [0, 25, 10, 35]}],
        road=[_road(road_class="national", certainty="schematic", line=[[-500, 0], [600, 0]])],
    )
    assert [reason.code for reason in run.findings[0].needs_review] == ["course_schematic"]


@pytest.mark.parametrize("demarcated", [{}, {"demarcated": None}, {"demarcated": "不详"}])
def test_what_is_not_known_is_not_forbidden(demarcated: dict[str, Any]) -> None:
    """Only a demarcated bank forbids; where nobody says, a person must look."""
    run = _run(
        ["WA-05"],
        chemical_park=[{"id": "k1", "status": "planned", "box": [0, 500, 50, 600]}],
        river_bank=[{"id": "b1", **demarcated, "line": [[-2000, 0], [2000, 0]]}],
    )
    (finding,) = run.findings
    assert finding.severity is Severity.REMINDER
    assert [(r.code, dict(r.params)) for r in finding.needs_review] == [("attribute_missing", {"column": "demarcated"})]


def test_a_word_that_is_neither_yes_nor_no_is_not_no() -> None:
    run = _run(
        ["WA-05"],
        project=[{"id": "x1", "status": "planned", "chemical": "待定", "box": [0, 500, 50, 600]}],
        river_bank=[{"id": "b1", "demarcated": True, "line": [[-2000, 0], [2000, 0]]}],
    )
    assert [reason.code for reason in run.findings[0].needs_review] == ["attribute_missing"]


@pytest.mark.parametrize(("word", "found"), [("现状", 0), ("规划", 1), ("新建", 1), ("扩建", 1)])
def test_a_status_in_chinese(word: str, found: int) -> None:
    run = _run(
        ["EC-01"],
        park=[{"id": "p1", "status": word, "box": [0, 0, 100, 100]}],
        ecological_redline=[{"id": "e1", "box": [50, 0, 300, 100]}],
    )
    assert [f.severity for f in run.findings] == [Severity.PROHIBITED] * found


def test_a_namesake_outside_the_county_does_not_hide_a_lost_feature() -> None:
    run = _run(
        ["PB-02"],
        road=[
            {"id": "s1", "name": "S303", "status": "planned", "in_county": False},
            {"id": "s2", "name": "S303", "status": "planned", "in_county": True},
            _road(id="s3", line=[[0, 500], [400, 500]]),
        ],
        permanent_farmland=[{"id": "f1", "box": [100, 0, 250, 100]}],
    )
    reasons = [r for part in run.results[0].parts if part.subject_layer == "road" for r in part.reasons]
    assert [(r.code, r.params["count"]) for r in reasons] == [("outside_county", 1), ("no_geometry", 1)]


def test_evidence_falls_short_of_the_true_arc_as_little_as_is_said() -> None:
    """A disc of 1 km around the end of a bank: the polygon of its arc loses less than 0.01 % of its area."""
    run = _run(
        ["WA-05"],
        chemical_park=[{"id": "k1", "status": "planned", "box": [0, -2000, 2000, 2000]}],
        river_bank=[{"id": "b1", "demarcated": True, "line": [[-500, 0], [0, 0]]}],
    )
    half_disc = math.pi * 1000**2 / 2
    assert half_disc * (1 - 2e-4) < run.findings[0].area_m2 < half_disc
