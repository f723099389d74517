"""Known answers against hand-made runs: each of the ways in which an answer can come out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from shapely.geometry import box

from planning.findings import CheckRun, FeatureRef, Finding, Part, Reason, RuleResult, Severity, Verdict
from planning.rulebook import read_rulebook
from planning.self_test import AS_OF, Outcome, Seed, SeedError, compare_seeds, read_seeds
from planning.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

CONDITIONAL, PROHIBITED = Severity.CONDITIONAL, Severity.PROHIBITED


def found(subject: str, against: str, severity: Severity = CONDITIONAL, layers: str = "road esr") -> Finding:
    one, other = layers.split()
    return Finding(
        finding_id=f"{subject}-{against}",
        rule_id="EC-02",
        rule_title="",
        rule_title_en="",
        severity=severity,
        subject=FeatureRef(one, subject, subject, ""),
        against=FeatureRef(other, against, against, ""),
        geometry=box(106, 32, 107, 33),
        area_m2=1.0,
        length_m=None,
        distance_m=None,
        excess_m=None,
        share_pct=None,
        pieces=1,
        townships=(),
        law_day=AS_OF,
        citations=(),
        values=(),
        details=(),
        procedure="",
        exemptions=(),
        lead_department="",
        assumptions=(),
        needs_review=(),
        stands_for=(),
        borderline=False,
        certain=True,
        arbitration=3,
    )


def part(judged: int = 5, reasons: tuple[Reason, ...] = (), existing: tuple[str, ...] = ()) -> Part:
    return Part("road", "esr", Verdict.NOT_CHECKED, reasons, judged, existing, (), 0, 0.0, 0.0)


def run_of(*findings: Finding, parts: tuple[Part, ...] = (part(),)) -> CheckRun:
    result = RuleResult(
        rule_id="EC-02",
        title="",
        title_en="",
        group="",
        lead_department="",
        verdict=Verdict.CONFLICT,
        reasons=(),
        citations=(),
        parts=parts,
        findings=findings,
        seconds=0.0,
    )
    return CheckRun(date(2026, 11, 22), "0123456789ab", "", Settings(), (), (result,))


def seed(kind: str, severity: str = "", subject: str = "s303", against: str = "e1") -> Seed:
    return Seed("EC-02", kind, "road", subject, "esr", against, severity, "")


@pytest.mark.parametrize(
    ("known", "findings", "outcome"),
    [
        (seed("conflict", "conditional"), [found("s303", "e1")], Outcome.FOUND),
        (seed("conflict"), [found("s303", "e1", PROHIBITED)], Outcome.FOUND),
        (seed("conflict", "prohibited"), [found("s303", "e1")], Outcome.WRONG_SEVERITY),
        (seed("conflict", "conditional"), [found("s303", "e2")], Outcome.MISSED),
        (seed("conflict", "conditional", against="*"), [found("s303", "*")], Outcome.FOUND),
        (seed("near_miss"), [], Outcome.SILENT),
        (seed("near_miss"), [found("s303", "e1")], Outcome.FALSE_ALARM),
        (seed("exempt"), [], Outcome.SILENT),
        (seed("exempt"), [found("s303", "e1")], Outcome.FALSE_ALARM),
        (seed("exempt", "reminder"), [found("s303", "e1", Severity.REMINDER)], Outcome.SILENT),
        (seed("exempt", "reminder"), [found("s303", "e1")], Outcome.WRONG_SEVERITY),
    ],
)
def test_each_answer_has_its_outcome(known: Seed, findings: list[Finding], outcome: Outcome) -> None:
    (result,) = compare_seeds(run_of(*findings), [known]).results
    assert result.outcome is outcome


def test_other_findings_are_no_fault() -> None:
    test = compare_seeds(run_of(found("s303", "e1"), found("s411", "e9")), [seed("conflict")])
    assert test.failed == ()
    assert test.expected == test.count(Outcome.FOUND) == 1


def test_two_features_of_one_layer_may_stand_in_either_order() -> None:
    known = replace(seed("conflict"), subject_layer="esr", subject_id="e2", against_id="e1")
    (result,) = compare_seeds(run_of(found("e1", "e2", layers="esr esr")), [known]).results
    assert result.outcome is Outcome.FOUND


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ((part(judged=0, reasons=(Reason("layer_missing", {"layer": "公路"}),)),), Outcome.NOT_CHECKED),
        ((part(judged=0, reasons=(Reason("no_law_in_force"),)),), Outcome.NOT_CHECKED),
        ((), Outcome.NOT_CHECKED),
        ((part(judged=0),), Outcome.SILENT),
        ((part(judged=0, reasons=(Reason("exempt"),), existing=("S303",)),), Outcome.SILENT),
        ((part(judged=3, reasons=(Reason("value_missing"),)),), Outcome.SILENT),
    ],
)
def test_silence_of_a_rule_that_did_not_look_proves_nothing(parts: tuple[Part, ...], outcome: Outcome) -> None:
    (result,) = compare_seeds(run_of(parts=parts), [seed("near_miss")]).results
    assert result.outcome is outcome


def test_silence_of_a_rule_that_was_not_run_proves_nothing() -> None:
    (result,) = compare_seeds(run_of(), [replace(seed("near_miss"), rule_id="TR-01")]).results
    assert result.outcome is Outcome.NOT_CHECKED


def test_counts() -> None:
    seeds = [
        seed("conflict", "conditional"),
        seed("conflict", "prohibited"),
        seed("conflict", against="e9"),
        seed("near_miss"),
        seed("near_miss", against="e3"),
        seed("exempt", against="e4"),
    ]
    test = compare_seeds(run_of(found("s303", "e1")), seeds)
    counted = {outcome: test.count(outcome) for outcome in Outcome}
    assert counted == {
        Outcome.FOUND: 1,
        Outcome.WRONG_SEVERITY: 1,
        Outcome.MISSED: 1,
        Outcome.FALSE_ALARM: 1,
        Outcome.SILENT: 2,
        Outcome.NOT_CHECKED: 0,
    }
    assert (test.expected, test.quiet, len(test.failed)) == (3, 3, 3)


def test_the_answers_of_the_demonstration_county_name_rules_that_there_are() -> None:
    seeds = read_seeds()
    assert seeds
    assert {one.rule_id for one in seeds} <= set(read_rulebook().rules)
    assert {one.severity for one in seeds} <= {"", *Severity}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [("EC-02,perhaps,road,r,esr,e,,", "kind 'perhaps' is unknown"), ("EC-02,conflict,road,,esr,e,,", "subject_id")],
)
def test_a_bad_row_says_its_line(tmp_path: Path, row: str, sentence: str) -> None:
    path = tmp_path / "seeds.csv"
    head = "rule_id,kind,subject_layer,subject_id,against_layer,against_id,severity,note"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    with pytest.raises(SeedError, match=rf"seeds\.csv:2: .*{sentence}"):
        read_seeds(path)
