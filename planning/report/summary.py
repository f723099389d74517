"""The totals of a run: by rule, by severity, by township, by department."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from planning.findings import Severity, Verdict
from planning.numbers import sum_words
from planning.report.amounts import speaking_details
from planning.report.gaps import verdict_words
from planning.report.parts import Table
from planning.words import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planning.findings import CheckRun, Finding, RuleResult

_MEANING: Final[Mapping[Severity, str]] = {
    Severity.PROHIBITED: "依据不允许，应当避让、核减或退出；列明的例外除外",
    Severity.CONDITIONAL: "履行规定的论证或审批程序后可以",
    Severity.REMINDER: "不构成禁止，提请核实或衔接",
}
_SUM_NOTE = "面积、长度按条目相加；同一地块涉及几条规则时重复计入，不等于实际占地。"
_NO_TOWNSHIP = "（未归属乡镇）"


def by_rule(run: CheckRun) -> Table:
    """List every rule with its verdict, conflict, clear or not checked because, and its counts and sums."""
    rows = [
        (
            f"{result.rule_id} {result.title}",
            verdict_words(result),
            *_counts(result.findings),
            _sums(result.findings),
        )
        for result in run.results
    ]
    return Table(
        caption="按规则汇总",
        headings=("规则", "结论", "禁止", "有条件", "提示", "面积；长度"),
        rows=tuple(rows),
        widths=(0.25, 0.35, 0.065, 0.08, 0.065, 0.19),
        note=_SUM_NOTE + "“未发现冲突”只就已检测的图层和范围而言。",
        empty="没有规则参加检测。",
        numeric=(2, 3, 4),
    )


def by_group(run: CheckRun) -> Table:
    """Count rules by their answer and findings by severity, for each group of rules."""
    groups: dict[str, list[RuleResult]] = defaultdict(list)
    for result in run.results:
        groups[result.group].append(result)
    rows = []
    for group, results in groups.items():
        verdicts = (f"{sum(r.verdict is verdict for r in results):,}" for verdict in Verdict)
        rows.append((group, f"{len(results):,}", *verdicts, *_counts(f for r in results for f in r.findings)))
    return Table(
        caption="按规则组汇总",
        headings=("规则组", "规则", "有冲突", "未发现", "未检测", "禁止", "有条件", "提示"),
        rows=tuple(rows),
        widths=(0.16, 0.12, 0.12, 0.12, 0.12, 0.12, 0.12, 0.12),
        note="前四栏数规则，后三栏数疑似冲突。部分未检测的规则按其已有的结论计。",
        empty="没有规则参加检测。",
        numeric=(1, 2, 3, 4, 5, 6, 7),
    )


def by_severity(run: CheckRun) -> Table:
    """Count and sum each severity, with what it means."""
    rows = []
    for severity in Severity:
        found = [finding for finding in run.findings if finding.severity is severity]
        rows.append((SEVERITIES[severity.value], f"{len(found):,}", _sums(found), _MEANING[severity]))
    return Table(
        caption="按严重程度汇总",
        headings=("程度", "条数", "面积；长度", "含义"),
        rows=tuple(rows),
        widths=(0.12, 0.1, 0.33, 0.45),
        note=_SUM_NOTE,
        numeric=(1,),
    )


def by_township(run: CheckRun) -> Table:
    """Count by township; a finding in two townships counts in both."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in run.findings:
        for township in finding.townships or (_NO_TOWNSHIP,):
            groups[township].append(finding)
    return _grouped("按乡镇汇总", "乡镇", groups, "跨乡镇的冲突在所涉各乡镇分别计数，各行之和可大于总数。")


def by_department(run: CheckRun) -> Table:
    """Count by department; a finding led by two counts in both."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in run.findings:
        for department in filter(None, finding.lead_department.split("、")):
            groups[department].append(finding)
    return _grouped("按部门汇总", "牵头部门", groups, "几个部门共同牵头的冲突分别计数，各行之和可大于总数。")


def _grouped(caption: str, heading: str, groups: Mapping[str, Sequence[Finding]], note: str) -> Table:
    def place(item: tuple[str, Sequence[Finding]]) -> tuple[int, int, str]:
        name, found = item
        worst = sum(finding.severity is Severity.PROHIBITED for finding in found)
        return (-worst, -len(found), name)

    rows = [
        (name, *_counts(found), f"{len(found):,}", "、".join(sorted({finding.rule_id for finding in found})))
        for name, found in sorted(groups.items(), key=place)
    ]
    return Table(
        caption=caption,
        headings=(heading, "禁止", "有条件", "提示", "合计", "涉及规则"),
        rows=tuple(rows),
        widths=(0.24, 0.09, 0.1, 0.09, 0.09, 0.39),
        note=note,
        empty="没有疑似冲突。",
        numeric=(1, 2, 3, 4),
    )


def _counts(findings: Iterable[Finding]) -> tuple[str, str, str]:
    found = list(findings)
    prohibited, conditional, reminder = (
        f"{sum(finding.severity is severity for finding in found):,}" for severity in Severity
    )
    return prohibited, conditional, reminder


def _sums(findings: Iterable[Finding]) -> str:
    """Sum what is in conflict; the size of a feature whose attributes are at fault is no such thing."""
    found = [finding for finding in findings if not speaking_details(finding)]
    area_m2 = sum(finding.area_m2 or 0.0 for finding in found)
    return sum_words(area_m2, sum(finding.length_m or 0.0 for finding in found))
