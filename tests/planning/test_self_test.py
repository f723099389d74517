"""The known-answer test: on the demonstration county every planted conflict is found, and nothing that must not be."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pyproj
import pytest
import shapely
from shapely.geometry.polygon import orient

import geodata.demo
from geodata.store import Workspace
from layers.schema import read_layers
from planning.__main__ import main
from planning.check import check_layers
from planning.export import finding_rows
from planning.findings import CheckRun, Verdict
from planning.rulebook import read_rulebook
from planning.self_test import AS_OF, SelfTest, compare_seeds, read_seeds
from planning.sources import read_industry_access, read_workspace_terrain

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEDS = Path(geodata.demo.__file__).parent / "seeds.csv"


def check(root: Path, as_of: date = AS_OF, rule_ids: Sequence[str] | None = None) -> CheckRun:
    workspace = Workspace.open(root)
    return check_layers(
        read_layers(workspace),
        read_rulebook(),
        as_of=as_of,
        rule_ids=rule_ids,
        terrain=read_workspace_terrain(workspace),
        tables=[read_industry_access(workspace)],
    )


@pytest.fixture(scope="module")
def run(demo_root: Path) -> CheckRun:
    return check(demo_root)


@pytest.fixture(scope="module")
def answers(run: CheckRun) -> SelfTest:
    return compare_seeds(run, read_seeds())


def test_every_rule_has_a_conflict_a_near_miss_and_an_exempt_case() -> None:
    kinds = defaultdict(set)
    with SEEDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["note"]
            kinds[row["rule_id"]].add(row["kind"])
    assert kinds == {rule_id: {"conflict", "near_miss", "exempt"} for rule_id in read_rulebook().rules}


def test_all_planted_conflicts_are_found_and_nothing_that_must_not_be(answers: SelfTest) -> None:
    assert [(result.seed.rule_id, result.seed.subject_id, result.outcome) for result in answers.failed] == []
    assert answers.expected >= 76
    assert answers.quiet >= 2 * 76


def test_every_number_agrees_with_geographiclib(run: CheckRun) -> None:
    geod = pyproj.Geod(a=6378137.0, rf=298.257222101)
    measured = 0
    for finding in run.findings:
        parts = getattr(finding.geometry, "geoms", [finding.geometry])
        dimension = shapely.get_dimensions(finding.geometry)
        if finding.length_m is not None:
            assert finding.length_m == pytest.approx(sum(geod.geometry_length(part) for part in parts), rel=1e-6)
        elif dimension == 2:
            # geographiclib counts a ring by the way it runs: shells one way, holes the other.
            area = sum(geod.geometry_area_perimeter(orient(part))[0] for part in parts)
            assert finding.area_m2 == pytest.approx(area, rel=1e-6)
        else:
            assert finding.area_m2 is None  # a point, or a line whose length says nothing
        measured += dimension > 0
    assert measured > 300


def test_findings_lie_in_townships(run: CheckRun, demo_root: Path) -> None:
    townships = Workspace.open(demo_root).read_layer("township").union_all()
    placed = gpd.GeoSeries([finding.geometry for finding in run.findings], crs=4490).intersects(townships)
    for finding, inside in zip(run.findings, placed, strict=True):
        assert bool(finding.townships) >= bool(inside), finding.finding_id


def test_names_are_unique_and_demonstration_data_are_said(run: CheckRun) -> None:
    ids = [finding.finding_id for finding in run.findings]
    assert len(ids) == len(set(ids))
    assert run.uses_demonstration_data


def test_silence_is_never_clear(run: CheckRun) -> None:
    """What the county lacks, or a rule could not look at, is said by the rule."""
    for result in run.results:
        if result.verdict is Verdict.CLEAR:
            assert not [reason for part in result.parts for reason in part.reasons if reason.code == "layer_missing"]
        for part in result.parts:
            assert part.verdict is not Verdict.NOT_CHECKED or part.reasons, (result.rule_id, part)
    assert sum(result.dropped for result in run.results) >= 1


def test_a_missing_layer_is_said(demo_root: Path) -> None:
    layers = read_layers(Workspace.open(demo_root))
    del layers["mine_right"]
    (result,) = check_layers(layers, read_rulebook(), as_of=AS_OF, rule_ids=["PB-01"]).results
    assert "采矿权" in " ".join(str(reason.params.get("layer", "")) for reason in result.reasons)
    assert result.verdict is Verdict.CONFLICT


@pytest.mark.parametrize(
    ("as_of", "silent"),
    [
        (date(2017, 10, 6), {"EC-02", "EC-03", "EC-04", "WA-05"}),  # the day before the former reserve regulation
        (date(2017, 10, 7), {"EC-02", "WA-05"}),
        (date(2021, 2, 28), {"EC-02", "WA-05"}),
        (date(2021, 3, 1), {"EC-02"}),
        (date(2026, 3, 15), set()),
    ],
)
def test_the_date_chooses_the_law(demo_root: Path, as_of: date, silent: set[str]) -> None:
    run = check(demo_root, as_of, ["EC-02", "EC-03", "EC-04", "WA-05"])
    unchecked = {r.rule_id for r in run.results if "rule_not_in_force" in {reason.code for reason in r.reasons}}
    assert unchecked == silent
    for result in run.results:
        if result.rule_id in silent:
            assert result.verdict is Verdict.NOT_CHECKED
            assert not result.findings


def test_every_row_that_leaves_says_demonstration_and_how_far_its_law_was_seen(run: CheckRun) -> None:
    rows = finding_rows(run)
    assert rows
    assert all(row["note"].startswith("示意数据，非法定成果") for row in rows)
    laws = {row["rule_id"]: row["law"] for row in rows}
    assert "部分核实" in laws["LN-04"]
    assert "已核" in laws["EC-02"]
    real = replace(run, inputs=())
    assert not any("示意数据，非法定成果" in row["note"] for row in finding_rows(real))


def test_what_rests_on_a_placeholder_list_only_reminds_and_says_so(run: CheckRun) -> None:
    findings = [finding for finding in run.findings if finding.rule_id == "IN-01"]
    assert findings
    for finding in findings:
        assert finding.severity.value == "reminder"
        assert "table_placeholder" in {reason.code for reason in finding.details}


def test_the_command_line_runs_it_too(demo_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--workspace", str(demo_root)]) == 0
    said = capsys.readouterr().out
    assert "漏检 0" in said
    assert "误报 0" in said
