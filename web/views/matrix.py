"""Every rule by every township: in conflict, clear, or not checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.findings import Severity, Verdict
from planning.report.gaps import open_reasons
from web.views.numbers import count_words
from web.views.plan_names import reasons_words, rule_title
from web.views.severity import Look, severity_look, verdict_look
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.schema import Layer
    from planning.findings import CheckRun, Finding, RuleResult

SHOWS = ("all", "conflict", "not_checked")
"""Which rows are wanted: all, those with a conflict, those with a part that was not checked."""


@dataclass(frozen=True)
class Cell:
    """One rule in one township."""

    mark: str
    """`prohibited`, `conditional` or `reminder` for the gravest conflict there, else `clear` or `not_checked`."""
    look: Look
    words: str
    """How many conflicts of each severity; empty where there is none."""


@dataclass(frozen=True)
class Row:
    """One rule in every township."""

    rule_id: str
    title: str
    why: str
    """What was not checked, and why; empty where everything was."""
    findings: str
    unchecked: str
    """In how many townships it was not checked."""
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Group:
    """The rules of one group."""

    title: str
    words: str
    """How many rules, how many with conflicts, how many not checked."""
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Matrix:
    """Verdicts by rule and township, with sums."""

    townships: tuple[str, ...]
    groups: tuple[Group, ...]
    sums: tuple[str, ...]
    """Conflicts of the rows that are shown, per township."""
    total: str
    """The same altogether: one in two townships counts once."""
    words: str
    """How many rules are shown, and what their answers are."""


def verdict_matrix(run: CheckRun, townships: Sequence[str], *, group: str | None = None, show: str = "all") -> Matrix:
    """
    Verdicts by rule and township.

    A township without a finding is clear only where the rule was checked everywhere: what was not checked is not
    told by township, so that a rule with any gap is not checked in every township without a finding.

    Parameters
    ----------
    run
        Not changed.
    townships
        Names, in the order of the columns.
    group
        Only rules of this group; None for all.
    show
        One of `SHOWS`.
    """
    wanted = [
        result
        for result in run.results
        if group in {None, result.group}
        and (show != "conflict" or result.findings)
        and (show != "not_checked" or open_reasons(result))
    ]
    groups: dict[str, list[RuleResult]] = {}
    for result in wanted:
        groups.setdefault(result.group, []).append(result)
    found = [finding for result in wanted for finding in result.findings]
    per_township = Counter(name for finding in found for name in finding.townships)
    return Matrix(
        townships=tuple(townships),
        groups=tuple(
            Group(_(name), _answers(results), tuple(_row(result, townships) for result in results))
            for name, results in groups.items()
        ),
        sums=tuple(count_words(per_township[name]) if per_township[name] else "" for name in townships),
        total=count_words(len(found)),
        words=_answers(wanted),
    )


def group_choices(run: CheckRun) -> dict[str, str]:
    """Return the groups of the rules that were run, in their order, with their titles."""
    return {result.group: _(result.group) for result in run.results}


def show_titles() -> dict[str, str]:
    """Return the titles of `SHOWS`."""
    return dict(zip(SHOWS, (_("全部规则"), _("只看有冲突"), _("只看未检测")), strict=True))


def township_names(layers: Mapping[str, Layer], run: CheckRun) -> tuple[str, ...]:
    """Names of all townships of the county; those of the findings where there is no township layer."""
    if "township" in layers:
        return tuple(layers["township"].frame["name"])
    return tuple(sorted({name for finding in run.findings for name in finding.townships}))


def _answers(results: Sequence[RuleResult]) -> str:
    of = Counter(result.verdict for result in results)
    partly = sum(bool(open_reasons(result)) for result in results) - of[Verdict.NOT_CHECKED]
    return _("{n} 条规则：有冲突 {hit}，未发现 {clear}，未检测 {gap}，部分未检测 {partly}").format(
        n=count_words(len(results)),
        hit=count_words(of[Verdict.CONFLICT]),
        clear=count_words(of[Verdict.CLEAR]),
        gap=count_words(of[Verdict.NOT_CHECKED]),
        partly=count_words(partly),
    )


def _row(result: RuleResult, townships: Sequence[str]) -> Row:
    there: dict[str, list[Finding]] = {name: [] for name in townships}
    for finding in result.findings:
        for name in finding.townships:
            there.setdefault(name, []).append(finding)
    blocked = open_reasons(result)
    elsewhere = verdict_look(Verdict.NOT_CHECKED if blocked or result.verdict is Verdict.NOT_CHECKED else Verdict.CLEAR)
    cells = tuple(_cell(there[name], elsewhere) for name in townships)
    unchecked = sum(cell.mark == Verdict.NOT_CHECKED.value for cell in cells)
    return Row(
        rule_id=result.rule_id,
        title=rule_title(result),
        why=_("；").join(reasons_words(blocked)),
        findings=count_words(len(result.findings)) if result.findings else "",
        unchecked=count_words(unchecked) if unchecked else "",
        cells=cells,
    )


def _cell(findings: Sequence[Finding], elsewhere: Look) -> Cell:
    if not findings:
        return Cell(elsewhere.key, elsewhere, "")
    counts = Counter(finding.severity for finding in findings)
    words = [
        _("{severity} {n} 处").format(severity=severity_look(severity).word, n=count_words(counts[severity]))
        for severity in Severity
        if counts[severity]
    ]
    gravest = min(counts, key=lambda severity: severity.rank)
    return Cell(gravest.value, verdict_look(Verdict.CONFLICT), _("、").join(words))
