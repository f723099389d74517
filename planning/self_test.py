"""
The self-test with known answers: what was planted in the demonstration county, held against what a check says of it.

A seed is a conflict that must be found, a near miss that must not, or a case that a rule lets pass.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import geodata.demo
from layers.schema import read_layers
from planning.check import check_layers
from planning.sources import read_industry_access, read_workspace_terrain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geodata.store import Workspace
    from planning.findings import CheckRun, Finding, RuleResult
    from planning.rulebook import Rulebook

SEEDS = Path(geodata.demo.__file__).with_name("seeds.csv")
AS_OF = date(2026, 11, 22)
"""Day of the law for which the answers are written."""

CONFLICT, NEAR_MISS, EXEMPT = "conflict", "near_miss", "exempt"


class SeedError(ValueError):
    """A table of known answers that cannot be used: names the line, the value and the remedy."""


class Outcome(StrEnum):
    """What became of a seed."""

    FOUND = "found"
    MISSED = "missed"
    WRONG_SEVERITY = "wrong_severity"
    SILENT = "silent"
    """Not found, as it should be."""
    FALSE_ALARM = "false_alarm"
    NOT_CHECKED = "not_checked"
    """Not found, but the rule did not look there."""


GOOD = frozenset({Outcome.FOUND, Outcome.SILENT})


@dataclass(frozen=True)
class Seed:
    """One known answer."""

    rule_id: str
    kind: str
    """`conflict`, `near_miss` or `exempt`."""
    subject_layer: str
    subject_id: str
    against_layer: str
    against_id: str
    """`*` for a layer as a whole."""
    severity: str
    """That of the finding; empty: any. An exempt case with a severity may be found with it, and with no other."""
    note: str


@dataclass(frozen=True)
class SeedResult:
    """One known answer with what the check said."""

    seed: Seed
    outcome: Outcome
    found_severity: str
    """Empty where nothing was found."""


@dataclass(frozen=True)
class SelfTest:
    """All known answers with what the check said."""

    results: tuple[SeedResult, ...]
    as_of: date
    rulebook_version: str

    def count(self, *outcomes: Outcome) -> int:
        """Count the answers that became one of some outcomes."""
        return sum(result.outcome in outcomes for result in self.results)

    @property
    def expected(self) -> int:
        """How many conflicts must be found."""
        return sum(result.seed.kind == CONFLICT for result in self.results)

    @property
    def quiet(self) -> int:
        """How many near misses and exempt cases there are."""
        return len(self.results) - self.expected

    @property
    def failed(self) -> tuple[SeedResult, ...]:
        """All that is not as it should be."""
        return tuple(result for result in self.results if result.outcome not in GOOD)


def read_seeds(path: Path = SEEDS) -> tuple[Seed, ...]:
    """
    Read the known answers of the demonstration county.

    Raises
    ------
    SeedError
        For a row whose kind is unknown or that lacks a column.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [(reader.line_num, row) for row in reader]
    return tuple(_seed(row, f"{path.name}:{line}") for line, row in rows)


def compare_seeds(run: CheckRun, seeds: Iterable[Seed]) -> SelfTest:
    """
    Hold known answers against a run.

    Parameters
    ----------
    run
        A check of the demonstration county. Not changed; findings that no seed names are no fault.
    seeds
        The known answers.
    """
    found: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in run.findings:
        found[_key_of(finding)].append(finding)
    results = {result.rule_id: result for result in run.results}
    outcomes = tuple(_compare(seed, _findings_of(seed, found), results.get(seed.rule_id)) for seed in seeds)
    return SelfTest(outcomes, run.as_of, run.rulebook_version)


def run_self_test(
    workspace: Workspace,
    rulebook: Rulebook,
    as_of: date = AS_OF,
    progress: Callable[[int, int, str], None] | None = None,
) -> SelfTest:
    """
    Check the demonstration county with the usual settings and hold the known answers against it.

    Parameters
    ----------
    workspace
        The demonstration county's. Not changed.
    rulebook
        Rules to test.
    as_of
        Day whose law is asked; the answers are written for `AS_OF`.
    progress
        Told rules done, rules in all, and the rule that is next.

    Raises
    ------
    CheckError, RuleError, GeodataError
        As a check does.
    """
    run = check_layers(
        read_layers(workspace),
        rulebook,
        as_of=as_of,
        terrain=read_workspace_terrain(workspace),
        tables=[read_industry_access(workspace)],
        progress=progress,
    )
    return compare_seeds(run, read_seeds())


def _seed(row: dict[str, str | None], where: str) -> Seed:
    values = {name: (row.get(name) or "").strip() for name in Seed.__dataclass_fields__}
    values["kind"] = values["kind"] or CONFLICT
    if values["kind"] not in {CONFLICT, NEAR_MISS, EXEMPT}:
        raise SeedError(f"{where}: kind {values['kind']!r} is unknown. Write {CONFLICT}, {NEAR_MISS} or {EXEMPT}.")
    for name in ("rule_id", "subject_layer", "subject_id", "against_layer", "against_id"):
        if not values[name]:
            raise SeedError(f"{where}: {name} is empty. Fill it in.")
    return Seed(**values)


def _key_of(finding: Finding) -> tuple[str, ...]:
    subject, against = finding.subject, finding.against
    return finding.rule_id, subject.layer, subject.id, against.layer, against.id


def _findings_of(seed: Seed, found: dict[tuple[str, ...], list[Finding]]) -> Sequence[Finding]:
    """Return the findings of a seed; two features of one layer may stand in either order."""
    subject, against = (seed.subject_layer, seed.subject_id), (seed.against_layer, seed.against_id)
    there = found.get((seed.rule_id, *subject, *against), [])
    if not there and seed.subject_layer == seed.against_layer:
        return found.get((seed.rule_id, *against, *subject), [])
    return there


def _compare(seed: Seed, findings: Sequence[Finding], result: RuleResult | None) -> SeedResult:
    severities = [finding.severity.value for finding in findings]
    fitting = [severity for severity in severities if seed.severity in {"", severity}]
    said = (fitting or severities or [""])[0]
    if seed.kind == CONFLICT:
        outcome = Outcome.FOUND if fitting else _not_found(severities)
    elif not severities:
        outcome = Outcome.SILENT if _looked(seed, result) else Outcome.NOT_CHECKED
    elif seed.kind == EXEMPT and seed.severity:
        outcome = Outcome.SILENT if len(fitting) == len(severities) else Outcome.WRONG_SEVERITY
    else:
        outcome = Outcome.FALSE_ALARM
    return SeedResult(seed, outcome, said)


def _not_found(severities: Sequence[str]) -> Outcome:
    return Outcome.WRONG_SEVERITY if severities else Outcome.MISSED


def _looked(seed: Seed, result: RuleResult | None) -> bool:
    """Whether a rule looked at the two layers of a seed at all: silence proves nothing where it did not."""
    if result is None:
        return False
    parts = [part for part in result.parts if part.subject_layer == seed.subject_layer]
    pairs = [part for part in parts if part.against_layer == seed.against_layer] or parts
    return any(part.judged or part.existing or part.exempt or not part.reasons for part in pairs)
