"""The known-answer test: on the demonstration county every planted conflict is found, and nothing else."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyproj
import pytest

import geodata.demo
from geodata.store import Workspace
from layers.schema import read_layers
from planning.check import check_layers
from planning.export import finding_rows
from planning.findings import CheckRun, Verdict
from planning.rulebook import read_rulebook

SEEDS = Path(geodata.demo.__file__).parent / "seeds.csv"
KEY = ("rule_id", "subject_layer", "subject_id", "against_layer", "against_id")


@pytest.fixture(scope="module")
def run(demo_root: Path) -> CheckRun:
    return check_layers(read_layers(Workspace.open(demo_root)), read_rulebook(), as_of=date(2026, 11, 22))


def test_the_planted_conflicts_are_found_and_nothing_else(run: CheckRun) -> None:
    with SEEDS.open(encoding="utf-8", newline="") as file:
        planted = {tuple(row[name] for name in KEY) for row in csv.DictReader(file)}
    found = {(f.rule_id, f.subject.layer, f.subject.id, f.against.layer, f.against.id) for f in run.findings}
    assert {key[0] for key in planted} == set(read_rulebook().rules)
    assert found - planted == set()
    assert planted - found == set()


def test_every_number_agrees_with_geographiclib(run: CheckRun) -> None:
    geod = pyproj.Geod(a=6378137.0, rf=298.257222101)
    assert run.findings
    for finding in run.findings:
        if finding.length_m is not None:
            parts = getattr(finding.geometry, "geoms", [finding.geometry])
            assert finding.length_m == pytest.approx(sum(geod.geometry_length(part) for part in parts), rel=1e-6)
        else:
            area, _ = geod.geometry_area_perimeter(finding.geometry)
            assert finding.area_m2 == pytest.approx(abs(area), rel=1e-6)
        assert finding.townships, finding.finding_id


def test_names_are_unique_and_demonstration_data_are_said(run: CheckRun) -> None:
    ids = [finding.finding_id for finding in run.findings]
    assert len(ids) == len(set(ids))
    assert run.uses_demonstration_data


def test_what_is_missing_is_said(run: CheckRun) -> None:
    """The county has no mining rights: the rules that ask for them say so beside what they did find."""
    (result,) = (r for r in run.results if r.rule_id == "PB-01")
    assert "采矿权" in " ".join(str(reason.params.get("layer", "")) for reason in result.reasons)
    assert result.verdict is Verdict.CONFLICT
    assert sum(result.dropped for result in run.results) >= 1


@pytest.mark.parametrize(
    ("as_of", "silent"),
    [(date(2026, 3, 14), {"EC-03", "EC-04"}), (date(2026, 3, 15), set()), (date(2021, 2, 28), {"WA-05", "EC-03"})],
)
def test_the_date_chooses_the_law(demo_root: Path, as_of: date, silent: set[str]) -> None:
    layers = read_layers(Workspace.open(demo_root))
    run = check_layers(layers, read_rulebook(), as_of=as_of, rule_ids=["EC-02", "EC-03", "EC-04", "WA-05"])
    unchecked = {r.rule_id for r in run.results if r.verdict is Verdict.NOT_CHECKED}
    assert silent <= unchecked
    assert bool(silent) == bool(unchecked)
    for result in run.results:
        if result.rule_id in silent:
            assert [reason.code for reason in result.reasons] == ["rule_not_in_force"]


def test_every_row_that_leaves_says_demonstration_and_how_far_its_law_was_seen(run: CheckRun) -> None:
    rows = finding_rows(run)
    assert rows
    assert all(row["note"].startswith("示意数据，非法定成果") for row in rows)
    laws = {row["rule_id"]: row["law"] for row in rows}
    assert "部分核实" in laws["LN-04"]
    assert "已核" in laws["EC-02"]
    assert not any("示意数据" in row["note"] for row in finding_rows(replace(run, inputs=())))
