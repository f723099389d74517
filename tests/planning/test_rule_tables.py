"""Every rule against its table in tests/rules/: numbers there can be worked out by hand."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from planning.check import check_layers
from planning.rulebook import Rulebook, read_rulebook
from planning.settings import read_settings
from planning.sources import Table
from planning.words import sentence
from tests.planning.plain import layer
from tests.planning.plain_terrain import terrain

if TYPE_CHECKING:
    from planning.findings import Finding, RuleResult

TABLES = sorted((Path(__file__).parent.parent / "rules").glob("*.yaml"))
UNCHANGING = {"highway-2017", "jialing-2022"}
"""Laws that tables leave out: they stand beside a dated one."""
ABOUT = {"name", "as_of", "settings", "terrain", "tables", "expect"}
OF_RESULT = ("verdict", "reason", "existing", "exempt", "dropped", "dropped_area_m2", "count")
CODES = {"assumption": "assumptions", "review": "needs_review", "detail": "details"}


@cache
def rulebook() -> Rulebook:
    return read_rulebook()


def _cases() -> list[Any]:
    cases = []
    for path in TABLES:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        cases += [pytest.param(table["rule"], case, id=f"{table['rule']} {case['name']}") for case in table["cases"]]
    return cases


def _table(key: str, rows: list[dict[str, Any]]) -> Table:
    return Table(key, key, key, tuple(rows), "0" * 64, "手写", placeholder=False)


def test_every_rule_has_a_table() -> None:
    assert {path.stem for path in TABLES} == set(rulebook().rules)


def test_every_table_shows_a_conflict_a_clear_answer_and_the_day_before_the_law() -> None:
    """A rule is not in force the day before `in_force_from`, and some case shows it."""
    for path in TABLES:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        verdicts = {case["expect"]["verdict"] for case in table["cases"]}
        assert {"conflict", "clear"} <= verdicts, table["rule"]
        reasons = {case["expect"].get("reason") for case in table["cases"]}
        assert reasons & {"rule_not_in_force", "no_law_in_force"}, table["rule"]


@pytest.mark.parametrize(("rule_id", "case"), _cases())
def test_case(rule_id: str, case: dict[str, Any]) -> None:
    layers = {key: layer(key, features) for key, features in case.items() if key not in ABOUT}
    run = check_layers(
        layers,
        rulebook(),
        as_of=date.fromisoformat(str(case["as_of"])),
        rule_ids=[rule_id],
        terrain=terrain(case["terrain"]) if "terrain" in case else None,
        tables=[_table(key, rows) for key, rows in case.get("tables", {}).items()],
        settings=read_settings(case.get("settings", {})),
    )
    (result,) = run.results
    expect = dict(case["expect"])
    compare_result(result, {name: expect.pop(name) for name in OF_RESULT if name in expect})
    if expect:
        (finding,) = result.findings
        compare_finding(finding, expect)


def compare_result(result: RuleResult, expect: dict[str, Any]) -> None:
    have = {
        "verdict": str(result.verdict),
        "existing": [name for part in result.parts for name in part.existing],
        "exempt": list(dict.fromkeys(name for part in result.parts for name in part.exempt)),
        "dropped": result.dropped,
        "dropped_area_m2": pytest.approx(result.dropped_area_m2, rel=1e-6),
        "count": len(result.findings),
    }
    reasons = {reason.code for reason in result.reasons}
    if "reason" in expect:
        assert expect.pop("reason") in reasons
    assert expect == {name: have[name] for name in expect}, [sentence(reason) for reason in result.reasons]


def compare_finding(finding: Finding, expect: dict[str, Any]) -> None:
    for name, field in CODES.items():
        if name in expect:
            assert expect.pop(name) in {reason.code for reason in getattr(finding, field)}
    if "laws" in expect:
        assert [c.law_key for c in finding.citations if c.law_key not in UNCHANGING] == expect.pop("laws")
    if "exemption" in expect:
        assert expect.pop("exemption") in {exemption.title for exemption in finding.exemptions}
    if "certainty" in expect:
        assert expect.pop("certainty") == ("certain" if finding.certain else "possible")
    if "stands_for" in expect:
        assert expect.pop("stands_for") == list(finding.stands_for)
    if "against" in expect:
        assert finding.against.id == expect.pop("against")
    if "subject" in expect:
        assert finding.subject.id == expect.pop("subject")
    for name, value in expect.items():
        have = getattr(finding, name)
        exact = value is None or isinstance(value, (str, bool))
        assert have == value if exact else have == pytest.approx(value, rel=1e-6), name
