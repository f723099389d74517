"""The totals of a run: by rule, by severity, by township, by department; what was not checked, what was dropped."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from planning.findings import Severity, Verdict
from planning.numbers import NOTHING, area_words, length_words, sum_words
from planning.report.cards import layer_name
from planning.report.parts import Table
from planning.words import SEVERITIES, VERDICTS, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planning.findings import CheckRun, Finding, Part, RuleResult

_MEANING: Final[Mapping[Severity, str]] = {
    Severity.PROHIBITED: "依据不允许，应当避让、核减或退出；列明的例外除外",
    Severity.CONDITIONAL: "履行规定的论证或审批程序后可以",
    Severity.REMINDER: "不构成禁止，提请核实或衔接",
}
_SUM_NOTE = "面积、长度按条目相加；同一地块涉及几条规则时重复计入，不等于实际占地。"
_MOST_REASONS = 3
_MOST_NAMES = 12
_NO_TOWNSHIP = "（未归属乡镇）"


def verdict_words(result: RuleResult) -> str:
    """Say a rule's answer; what was not checked is told with its reason, also beside a conflict."""
    words = VERDICTS[result.verdict.value]
    reasons = list(dict.fromkeys(map(sentence, result.reasons)))
    if not reasons:
        return words
    shown = "；".join(reasons[:_MOST_REASONS])
    more = f"；等 {len(reasons)} 项，见“未检测事项及原因”" if len(reasons) > _MOST_REASONS else ""
    partly = "" if result.verdict is Verdict.NOT_CHECKED else "；部分未检测"
    return f"{words}{partly}，因为：{shown}{more}"


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


def not_checked(run: CheckRun) -> Table:
    """List everything that was not checked, with its reason: by rule and pair of layers."""
    rows: dict[tuple[str, str, str], None] = {}
    for result in run.results:
        rule = f"{result.rule_id} {result.title}"
        told = set()
        for part in result.parts:
            for words in map(sentence, part.reasons):
                told.add(words)
                rows[rule, _pair(part), words] = None
        for words in map(sentence, result.reasons):
            if words not in told:
                rows[rule, "整条规则", words] = None
    return Table(
        caption="未检测事项及原因",
        headings=("规则", "图层", "原因"),
        rows=tuple(rows),
        widths=(0.3, 0.27, 0.43),
        note="未检测不等于没有冲突；补充数据后应重新检测。",
        empty="所列规则对全部图层和范围都已检测。",
    )


def dropped(run: CheckRun) -> Table:
    """List what thresholds dropped, counted and summed."""
    rows = [
        (
            f"{result.rule_id} {_pair(part)}",
            f"{part.judged:,}",
            f"{part.dropped:,}",
            area_words(part.dropped_area_m2) if part.dropped_area_m2 > 0 else NOTHING,
            length_words(part.dropped_length_m) if part.dropped_length_m > 0 else NOTHING,
        )
        for result in run.results
        for part in result.parts
        if part.dropped
    ]
    count, area_m2 = (
        sum(result.dropped for result in run.results),
        sum(result.dropped_area_m2 for result in run.results),
    )
    return Table(
        caption="低于标准而未入台账的碎片",
        headings=("规则与图层", "已判要素", "碎片（对）", "碎片面积", "碎片长度"),
        rows=tuple(rows),
        widths=(0.42, 0.12, 0.12, 0.2, 0.14),
        note=f"合计 {count:,} 对，{area_words(area_m2)}。标准按一对要素的合计判断，不按单个碎块。",
        empty="没有低于标准的碎片。",
        numeric=(1, 2),
    )


def existing(run: CheckRun) -> Table:
    """List what already stands (存量): not judged, lest a report ask to pull down what was built lawfully."""
    rows = [
        (f"{result.rule_id} {_pair(part)}", f"{len(part.existing):,}", _names(part.existing))
        for result in run.results
        for part in result.parts
        if part.existing
    ]
    return Table(
        caption="存量（现状）要素，只列不判",
        headings=("规则与图层", "个数", "名称"),
        rows=tuple(rows),
        widths=(0.36, 0.09, 0.55),
        empty="没有存量要素。",
        numeric=(1,),
    )


def _names(names: Sequence[str]) -> str:
    shown = "、".join(names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} 等 {len(names):,} 个"


def _pair(part: Part) -> str:
    return f"{layer_name(part.subject_layer)} × {layer_name(part.against_layer)}"


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
    found = list(findings)
    area_m2 = sum(finding.area_m2 or 0.0 for finding in found)
    return sum_words(area_m2, sum(finding.length_m or 0.0 for finding in found))
