"""Several rules on one place: which speaks, which gives way, and where a person must decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from planning.check import check_layers
from planning.findings import CheckRun, Severity
from planning.precedence import find_place
from planning.rulebook import read_rulebook
from tests.planning.plain import layer

AS_OF = date(2026, 11, 22)


def run_on(rules: list[str], **features: list[dict[str, Any]]) -> CheckRun:
    layers = {key: layer(key, rows) for key, rows in features.items()}
    return check_layers(layers, read_rulebook(), as_of=AS_OF, rule_ids=rules)


def test_a_place_is_ordered_by_what_binds_most() -> None:
    """Drinking-water zone 1 (rank 2) binds before farmland and redline (rank 3), which bind alike."""
    project = [{"id": "x1", "status": "planned", "box": [0, 0, 100, 100]}]
    zones = {
        "permanent_farmland": [{"id": "p1", "box": [0, 0, 100, 100]}],
        "ecological_redline": [{"id": "e1", "box": [0, 0, 100, 100]}],
    }
    run = run_on(["PB-01", "EC-01"], project=project, **zones)
    place = find_place(run.findings[0], run.findings)
    assert {finding.rule_id for finding in place.leading} == {"PB-01", "EC-01"}
    assert place.needs_person
    water = [{"id": "w1", "announced": True, "box": [0, 0, 100, 100]}]
    run = run_on(["PB-01", "EC-01", "WA-01"], project=project, drinking_water_1=water, **zones)
    place = find_place(run.findings[-1], run.findings)
    assert place.findings[0].rule_id == "WA-01"
    assert not place.needs_person
    assert {finding.rule_id for finding in place.findings} == {"WA-01", "PB-01", "EC-01"}


def test_findings_of_one_subject_elsewhere_are_another_place() -> None:
    run = run_on(
        ["PB-01", "EC-01"],
        project=[{"id": "x1", "status": "planned", "box": [0, 0, 300, 100]}],
        permanent_farmland=[{"id": "p1", "box": [0, 0, 100, 100]}],
        ecological_redline=[{"id": "e1", "box": [200, 0, 300, 100]}],
    )
    assert len(run.findings) == 2
    for finding in run.findings:
        assert find_place(finding, run.findings).findings == (finding,)


def test_what_only_reminds_does_not_silence_what_is_known() -> None:
    """Whether a project holds hazardous goods is not recorded: EC-06 reminds, and EC-08 still speaks."""
    run = run_on(
        ["EC-06", "EC-08"],
        project=[{"id": "x1", "status": "planned", "box": [0, 0, 100, 100]}],
        scenic_area=[{"id": "s1", "box": [0, 0, 100, 100]}],
    )
    severities = {finding.rule_id: finding.severity for finding in run.findings}
    assert severities == {"EC-06": Severity.REMINDER, "EC-08": Severity.CONDITIONAL}


def test_a_known_prohibition_takes_the_place_of_the_weaker_rule() -> None:
    run = run_on(
        ["EC-06", "EC-08"],
        project=[{"id": "x1", "status": "planned", "hazmat": True, "box": [0, 0, 100, 100]}],
        scenic_area=[{"id": "s1", "box": [0, 0, 100, 100]}],
    )
    (finding,) = run.findings
    assert (finding.rule_id, finding.severity, finding.stands_for) == ("EC-06", Severity.PROHIBITED, ("EC-08",))
