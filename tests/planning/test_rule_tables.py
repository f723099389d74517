"""Every rule against its table in tests/rules/: numbers there can be worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from planning.check import check_layers
from planning.rulebook import read_rulebook
from tests.planning.plain import layer

TABLES = sorted((Path(__file__).parent.parent / "rules").glob("*.yaml"))
UNCHANGING = {"highway-2017", "jialing-2022"}
"""Laws that tables leave out: they stand beside a dated one."""
ABOUT = {"name", "as_of", "expect"}


def _cases() -> list[Any]:
    cases = []
    for path in TABLES:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        cases += [pytest.param(table["rule"], case, id=f"{table['rule']} {case['name']}") for case in table["cases"]]
    return cases


def test_every_rule_has_a_table() -> None:
    assert {path.stem for path in TABLES} == set(read_rulebook().rules)


def test_every_rule_is_tried_the_day_before_its_law() -> None:
    """A rule is not in force the day before `in_force_from`, and some case shows it."""
    for path in TABLES:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        shown = [c for c in table["cases"] if c["expect"].get("reason") == "rule_not_in_force"]
        if table["rule"] != "LN-02":  # the same day as LN-01, tried there
            assert shown, table["rule"]


@pytest.mark.parametrize(("rule_id", "case"), _cases())
def test_case(  # noqa: C901 - a table may say any of these
    rule_id: str, case: dict[str, Any]
) -> None:
    layers = {key: layer(key, features) for key, features in case.items() if key not in ABOUT}
    as_of = date.fromisoformat(str(case["as_of"]))
    run = check_layers(layers, read_rulebook(), as_of=as_of, rule_ids=[rule_id])
    (result,) = run.results
    expect = dict(case["expect"])

    assert result.verdict == expect.pop("verdict"), [r.code for r in result.reasons]
    if "reason" in expect:
        assert expect.pop("reason") in {reason.code for reason in result.reasons}
    if "existing" in expect:
        assert expect.pop("existing") == [name for part in result.parts for name in part.existing]
    if "dropped" in expect:
        assert result.dropped == expect.pop("dropped")
    if "dropped_area_m2" in expect:
        assert result.dropped_area_m2 == pytest.approx(expect.pop("dropped_area_m2"), rel=1e-6)
    if not expect:
        return
    (finding,) = result.findings
    if "laws" in expect:
        assert [c.law_key for c in finding.citations if c.law_key not in UNCHANGING] == expect.pop("laws")
    if "assumption" in expect:
        assert expect.pop("assumption") in {reason.code for reason in finding.assumptions}
    if "review" in expect:
        assert expect.pop("review") in {reason.code for reason in finding.needs_review}
    if "against" in expect:
        assert finding.against.id == expect.pop("against")
    for name, value in expect.items():
        have = getattr(finding, name)
        exact = value is None or isinstance(value, (str, bool))
        assert have == value if exact else have == pytest.approx(value, rel=1e-6), name
