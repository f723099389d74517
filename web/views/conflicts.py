"""What the screen 冲突检测 says: four numbers, the findings that pass the filter, and every rule's verdict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from planning.findings import Severity, Verdict
from planning.report.gaps import count_unchecked_rules
from planning.report.method import kind_of
from web.views.card import is_placeholder, main_number
from web.views.numbers import count_words
from web.views.plan_names import department_words, pair_name, rule_title
from web.views.severity import Look, severity_look, verdict_look
from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pandas.io.formats.style import Styler

    from planning.findings import CheckRun, Finding


@dataclass(frozen=True)
class FindingFilter:
    """What a planner wants to see; an empty choice means all."""

    severities: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """Ids of rules, or groups of rules: either is enough."""
    departments: tuple[str, ...] = ()
    """Chinese names, as the rules write them."""
    townships: tuple[str, ...] = ()
    certainty: str | None = None
    """`certain`, `possible` (only with a wider road's land), or None for both."""

    def passes(self, finding: Finding, group: str) -> bool:
        """Whether a finding is wanted; `group` is that of its rule."""
        return (
            (not self.severities or finding.severity.value in self.severities)
            and (not self.rules or not {finding.rule_id, group}.isdisjoint(self.rules))
            and (self.certainty is None or finding.certain is (self.certainty == "certain"))
            and (not self.departments or not set(self.departments).isdisjoint(departments_of(finding)))
            and (not self.townships or not set(self.townships).isdisjoint(finding.townships))
        )


@dataclass(frozen=True)
class BigNumber:
    """One of the four numbers on top, with what it counts."""

    look: Look
    number: str
    note: str
    definition: str
    chosen: bool
    """Whether it filters now."""
    changes: Mapping[str, object]
    """What a click chooses: fields of the session's state."""

    @property
    def label(self) -> str:
        """Markdown of the button: the number strong, its word emphasised, then what is counted."""
        return f"**{self.number}** *{self.look.words}* {self.note}"


@dataclass(frozen=True)
class FindingRow:
    """A row of the list."""

    finding_id: str
    look: Look
    rule_id: str
    flags: str
    """What must be known before the number: 可能, 临界, 待核, 占位."""
    pair: str
    township: str
    number: str


def departments_of(finding: Finding) -> tuple[str, ...]:
    """Return the departments that lead, one by one."""
    return tuple(name.strip() for name in finding.lead_department.split("、") if name.strip())


def big_numbers(
    run: CheckRun, *, severities: Sequence[str] = (), only_not_checked: bool = False
) -> tuple[BigNumber, ...]:
    """
    Count findings per severity, then the rules with a part that was not checked.

    Parameters
    ----------
    run
        Not changed.
    severities, only_not_checked
        What is filtered now: a click on a number that filters lets everything be seen again.
    """
    numbers = []
    for severity in Severity:
        rules = {finding.rule_id for finding in run.findings if finding.severity is severity}
        chosen = tuple(severities) == (severity.value,)
        numbers.append(
            BigNumber(
                severity_look(severity),
                count_words(run.count(severity)),
                _("处 · {n} 条规则").format(n=count_words(len(rules))),
                _("一条规则下、一对要素算一处；同一地点由更具体的规则代表。"),
                chosen,
                {"severities": () if chosen else (severity.value,), "conflict_view": "findings"},
            )
        )
    # A rule with one layer missing is not checked there: to count only whole rules would show a 0 that is not true.
    gaps = count_unchecked_rules(run)
    whole = sum(result.verdict is Verdict.NOT_CHECKED for result in run.results)
    note = _("条规则有未检测的部分 · 整条 {n} 条").format(n=count_words(whole))
    definition = _("缺图层、图层范围不全或依据当日未施行的规则；未检测不等于没有冲突。")
    changes = {"conflict_view": "verdicts", "only_not_checked": not only_not_checked}
    look = verdict_look(Verdict.NOT_CHECKED)
    return (*numbers, BigNumber(look, count_words(gaps), note, definition, only_not_checked, changes))


def select_findings(run: CheckRun, wanted: FindingFilter) -> tuple[Finding, ...]:
    """Return the findings that pass, most severe and largest first."""
    passing = {
        finding.finding_id
        for result in run.results
        for finding in result.findings
        if wanted.passes(finding, result.group)
    }
    return tuple(finding for finding in run.findings if finding.finding_id in passing)


def find_finding(run: CheckRun, finding_id: str | None) -> Finding | None:
    """Return the finding with this id, or None when the run has none such."""
    return next((finding for finding in run.findings if finding.finding_id == finding_id), None)


def finding_rows(findings: Iterable[Finding]) -> tuple[FindingRow, ...]:
    """Put findings into the words of the list."""
    return tuple(
        FindingRow(
            finding_id=finding.finding_id,
            look=severity_look(finding.severity),
            rule_id=finding.rule_id,
            flags=" ".join(_flags(finding)),
            pair=pair_name(finding),
            township=_("、").join(finding.townships) or "—",
            number=main_number(finding),
        )
        for finding in findings
    )


def _flags(finding: Finding) -> tuple[str, ...]:
    """Return in short what must be known before the number; what holds for sure goes without saying here."""
    flags = {
        _("可能"): not finding.certain,
        _("临界"): finding.borderline,
        _("待核"): bool(finding.needs_review),
        _("占位"): is_placeholder(finding),
    }
    return tuple(words for words, applies in flags.items() if applies)


def list_titles() -> tuple[str, ...]:
    """Return the titles of the list."""
    return (_("级别"), _("规则"), _("注"), _("主体 × 对象"), _("乡镇"), _("数量"))


def list_widths_px() -> tuple[int, ...]:
    """Return the widths of the columns: the words of a severity are longer in English."""
    return (92, 54, 76, 104, 54, 126) if language() == "en" else (58, 52, 42, 136, 54, 144)


def finding_table(rows: Sequence[FindingRow]) -> Styler:
    """Return the list as a table; the severity's colour is beside its mark and word."""
    titles = list_titles()
    frame = pd.DataFrame(
        [(row.look.words, row.rule_id, row.flags, row.pair, row.township, row.number) for row in rows],
        columns=list(titles),
    )
    colours = [f"color: {row.look.colour}; font-weight: 600" for row in rows]
    return frame.style.apply(lambda _column: colours, subset=[titles[0]])


def filter_choices(run: CheckRun) -> dict[str, tuple[tuple[str, str], ...]]:
    """
    Return what the findings can be filtered by.

    Returns
    -------
        `rules` (groups of rules, then rules), `departments`, `townships`, `certainties`: pairs of value and words,
        only of what the run has found.
    """
    found = run.findings
    counts = Counter(finding.rule_id for finding in found)
    groups: Counter[str] = Counter()
    for result in run.results:
        groups[result.group] += counts[result.rule_id]
    named = [
        (group, _("{group}类（{n} 处）").format(group=_(group), n=count_words(n))) for group, n in groups.items() if n
    ]
    rules = {finding.rule_id: f"{finding.rule_id} {rule_title(finding)}" for finding in found}
    departments = {name: department_words(name) for finding in found for name in departments_of(finding)}
    townships = {name: name for finding in found for name in finding.townships}
    return {
        "rules": (*named, *sorted(rules.items())),
        "departments": tuple(sorted(departments.items())),
        "townships": tuple(sorted(townships.items())),
        "certainties": (("certain", _("只看确定")), ("possible", _("只看可能"))),
    }


def list_words(shown: int, total: int, most_drawn: int) -> str:
    """
    Say how many of all findings are listed, and where the map shows only some of them.

    Parameters
    ----------
    shown, total
        Findings in the list and in the run.
    most_drawn
        How many the map draws at most, gravest first.
    """
    words = _("共 {n} 处").format(n=count_words(total))
    if shown != total:
        words = _("列出 {shown} 处，共 {total} 处").format(shown=count_words(shown), total=count_words(total))
    if shown > most_drawn:
        words += _("，图上只画最重的 {n} 处").format(n=count_words(most_drawn))
    return words


def row_of(rows: Sequence[FindingRow], finding_id: str | None) -> int | None:
    """Return the place of a finding in the list."""
    return next((index for index, row in enumerate(rows) if row.finding_id == finding_id), None)


def run_words(run: CheckRun) -> str:
    """Say in one line what was checked: rules, layers (the terrain and tables are none), day."""
    layers = sum(kind_of(layer) == "layer" for layer in run.inputs)
    return _("{rules} 条规则 · {layers} 个图层 · 按 {day} 有效的规定").format(
        rules=count_words(len(run.results)),
        layers=count_words(layers),
        day=run.as_of.isoformat(),
    )


def progress_words(done: int, total: int, rule: str) -> tuple[float, str]:
    """Return the share done, 0 to 1, and words that say which rule is being checked."""
    if done >= total:
        return 1.0, _("正在汇总结果…")
    return done / total, _("正在检测第 {n} 条，共 {total} 条：{rule}").format(n=done + 1, total=total, rule=rule)
