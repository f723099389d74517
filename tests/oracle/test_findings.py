"""
Every finding of a whole check, measured once more by PostGIS.

The evidence is cut anew out of the layers by PostGIS: nothing that the engine has cut or measured goes in.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

import pytest

from planning.check import check_layers
from planning.rulebook import read_rulebook
from tests.oracle.compare import lies_between
from tests.oracle.finding_row import AS_OF, COLUMNS, finding_row, left_out
from tests.oracle.rule_text import EXPRESSED, read_rule_texts, turns

if TYPE_CHECKING:
    from planning.findings import CheckRun, Finding
    from tests.oracle.conftest import County

RULES = read_rule_texts()
ASKED = [rule_id for rule_id, rule in RULES.items() if rule.relation in EXPRESSED]


@pytest.fixture(scope="module")
def run(county: County) -> CheckRun:
    return check_layers(county.layers, read_rulebook(), as_of=AS_OF)


@pytest.fixture(scope="module")
def told(county: County, run: CheckRun) -> dict[str, tuple[list[float | None], list[float | None]]]:
    """What PostGIS tells of each finding at least and at most: area, length, distance, share, whether it is there."""
    turn, load, ask = turns(RULES), county.postgis.load, county.postgis.ask
    load("replaces", ((rule.id, replaced) for rule in RULES.values() for replaced in rule.replaces))
    load("stretch", ((rule.id, *stretch) for rule in RULES.values() for stretch in rule.stretches))
    load("left_out", (row for rule in RULES.values() for row in left_out(rule, county.prepared)))
    columns = f"finding ({', '.join(COLUMNS)})"
    load(columns, (finding_row(f, RULES[f.rule_id], turn[f.rule_id], county.prepared) for f in asked(run)))
    least = ask("CALL cut_evidence(); SELECT * FROM told ORDER BY finding")
    most = ask("UPDATE finding SET widest = true; CALL cut_evidence(); SELECT * FROM told ORDER BY finding")
    return {one[0]: (_numbers(one), _numbers(other)) for one, other in zip(least, most, strict=True)}


def _numbers(row: list[str]) -> list[float | None]:
    return [float(number) if number else None for number in row[1:]]


@pytest.mark.parametrize("rule_id", ASKED)
def test_the_findings_tell_the_same_numbers(
    rule_id: str, run: CheckRun, told: dict[str, tuple[list[float | None], list[float | None]]]
) -> None:
    wrong = []
    for finding in asked(run, rule_id):
        ours = [finding.area_m2, finding.length_m, finding.distance_m, finding.share_pct, 1.0]
        least, most = told[finding.finding_id]
        if not all(starmap(lies_between, zip(ours, least, most, strict=True))):
            wrong.append(f"{finding.subject} {finding.against}: {ours} here, {least} to {most} in PostGIS")
    assert wrong == []


def test_the_county_has_something_to_compare(run: CheckRun) -> None:
    kinds = {RULES[finding.rule_id].relation for finding in asked(run)}
    assert {"overlap", "outside", "within_distance", "coverage"} <= kinds


def asked(run: CheckRun, *rule_ids: str) -> list[Finding]:
    return [finding for finding in run.findings if finding.rule_id in (rule_ids or ASKED)]
