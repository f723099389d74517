"""What the screen 冲突检测 says: four numbers, the findings that pass the filter, and every rule's verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from planning.findings import Severity, Verdict
from web.views.card import finding_flags, main_number
from web.views.numbers import count_words
from web.views.plan_names import department_words, feature_name, rule_title
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
    departments: tuple[str, ...] = ()
    """Chinese names, as the rules write them."""
    townships: tuple[str, ...] = ()

    def passes(self, finding: Finding) -> bool:
        """Whether a finding is wanted."""
        return (
            (not self.severities or finding.severity.value in self.severities)
            and (not self.rules or finding.rule_id in self.rules)
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
    pair: str
    township: str
    number: str
    """With what must be known before it: 临界, 待核."""


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
    gaps = [result for result in run.results if result.reasons]
    whole = sum(result.verdict is Verdict.NOT_CHECKED for result in gaps)
    note = _("条规则有未检测的部分 · 整条 {n} 条").format(n=count_words(whole))
    definition = _("缺图层、图层范围不全或依据当日未施行的规则；未检测不等于没有冲突。")
    changes = {"conflict_view": "verdicts", "only_not_checked": not only_not_checked}
    look = verdict_look(Verdict.NOT_CHECKED)
    return (*numbers, BigNumber(look, count_words(len(gaps)), note, definition, only_not_checked, changes))


def select_findings(run: CheckRun, wanted: FindingFilter) -> tuple[Finding, ...]:
    """Return the findings that pass, most severe and largest first."""
    return tuple(finding for finding in run.findings if wanted.passes(finding))


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
            pair=f"{finding.subject.name or finding.subject.id} × {feature_name(finding.against)}",
            township=_("、").join(finding.townships) or "—",
            number="\n".join((main_number(finding), " · ".join(finding_flags(finding)))).strip(),
        )
        for finding in findings
    )


def list_titles() -> tuple[str, ...]:
    """Return the titles of the list."""
    return (_("级别"), _("规则"), _("主体 × 对象"), _("乡镇"), _("数量"))


def list_widths_px() -> tuple[int, ...]:
    """Return the widths of the columns: the words of a severity are longer in English."""
    return (96, 54, 184, 62, 120) if language() == "en" else (68, 54, 192, 60, 146)


def finding_table(rows: Sequence[FindingRow]) -> Styler:
    """Return the list as a table; the severity's colour is beside its mark and word."""
    titles = list_titles()
    frame = pd.DataFrame(
        [(row.look.words, row.rule_id, row.pair, row.township, row.number) for row in rows],
        columns=list(titles),
    )
    colours = [f"color: {row.look.colour}; font-weight: 600" for row in rows]
    return frame.style.apply(lambda _column: colours, subset=[titles[0]])


def filter_choices(run: CheckRun) -> dict[str, tuple[tuple[str, str], ...]]:
    """
    Return what the findings can be filtered by.

    Returns
    -------
        `rules`, `departments`, `townships`: pairs of value and words, only of what the run has found.
    """
    found = run.findings
    rules = {finding.rule_id: f"{finding.rule_id} {rule_title(finding)}" for finding in found}
    departments = {name: department_words(name) for finding in found for name in departments_of(finding)}
    townships = {name: name for finding in found for name in finding.townships}
    return {
        "rules": tuple(sorted(rules.items())),
        "departments": tuple(sorted(departments.items())),
        "townships": tuple(sorted(townships.items())),
    }


def list_words(shown: int, total: int) -> str:
    """Say how many of all findings are listed."""
    if shown == total:
        return _("共 {n} 处").format(n=count_words(total))
    return _("列出 {shown} 处，共 {total} 处").format(shown=count_words(shown), total=count_words(total))


def row_of(rows: Sequence[FindingRow], finding_id: str | None) -> int | None:
    """Return the place of a finding in the list."""
    return next((index for index, row in enumerate(rows) if row.finding_id == finding_id), None)


def run_words(run: CheckRun) -> str:
    """Say in one line what was checked: rules, layers, day."""
    return _("{rules} 条规则 · {layers} 个图层 · 按 {day} 有效的规定").format(
        rules=count_words(len(run.results)),
        layers=count_words(len(run.inputs)),
        day=run.as_of.isoformat(),
    )


def progress_words(done: int, total: int, rule: str) -> tuple[float, str]:
    """Return the share done, 0 to 1, and words that say which rule is being checked."""
    if done >= total:
        return 1.0, _("正在汇总结果…")
    return done / total, _("正在检测第 {n} 条，共 {total} 条：{rule}").format(n=done + 1, total=total, rule=rule)
