"""What was not checked and why, grouped so that many rules stay readable, and what thresholds dropped."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from planning.findings import Verdict
from planning.judge.hits import INFORMS
from planning.numbers import NOTHING, area_words, length_words
from planning.report.cards import layer_name
from planning.report.parts import Table
from planning.words import VERDICTS, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from planning.findings import CheckRun, Part, Reason, RuleResult

MISSING: Final = "layer_missing"
_MOST_REASONS = 3
_MOST_LAYERS = 5
_TOLD_ELSEWHERE = frozenset({"exempt"})
"""Has an annex of its own."""


def open_reasons(result: RuleResult) -> tuple[Reason, ...]:
    """Return the reasons that leave something unchecked; others only explain a result."""
    return tuple(reason for reason in result.reasons if reason.code not in INFORMS)


def count_unchecked_rules(run: CheckRun) -> int:
    """Count the rules with any part that was not checked: to count only whole rules would show a 0 that is not true."""
    return sum(bool(open_reasons(result)) or result.verdict is Verdict.NOT_CHECKED for result in run.results)


def verdict_words(result: RuleResult) -> str:
    """Say a rule's answer; what was not checked is told with its reason, also beside a conflict."""
    words = VERDICTS[result.verdict.value]
    reasons = _said(open_reasons(result))
    if not reasons:
        return words
    shown = "；".join(reasons[:_MOST_REASONS])
    more = f"；等 {len(reasons)} 项，见“未检测事项及原因”" if len(reasons) > _MOST_REASONS else ""
    partly = "" if result.verdict is Verdict.NOT_CHECKED else "；部分未检测"
    return f"{words}{partly}，因为：{shown}{more}"


def missing_layers(run: CheckRun) -> Table:
    """List every layer that is missing, with the rules that ask for it: what to collect next."""
    rules: dict[str, dict[str, None]] = defaultdict(dict)
    for result in run.results:
        for reason in result.reasons:
            if reason.code == MISSING:
                rules[str(reason.params["layer"])][result.rule_id] = None
    ranked = sorted(rules.items(), key=lambda item: (-len(item[1]), item[0]))
    return Table(
        caption="缺少的图层和受影响的规则",
        headings=("图层", "规则数", "规则"),
        rows=tuple((layer, f"{len(found):,}", "、".join(found)) for layer, found in ranked),
        widths=(0.3, 0.1, 0.6),
        note="按受影响的规则数排列；补充这些图层后，所列规则的相应部分才能检测。未检测不等于没有冲突。",
        empty="规则所需的图层都有。",
        numeric=(1,),
    )


def other_reasons(run: CheckRun) -> Table:
    """List what was not checked for another reason: each reason once, with the rules and layers it keeps from that."""
    return Table(
        caption="未检测事项及原因",
        headings=("原因", "图层", "规则"),
        rows=_by_reason(run, lambda reason: reason.code not in INFORMS and reason.code != MISSING),
        widths=(0.44, 0.32, 0.24),
        note="未检测不等于没有冲突；补充数据后应重新检测。",
        empty="除缺少图层外，没有其他未检测的部分。",
    )


def notes(run: CheckRun) -> Table:
    """List what explains a result without leaving anything unchecked."""
    return Table(
        caption="检测范围的说明（不影响结论）",
        headings=("说明", "图层", "规则"),
        rows=_by_reason(run, lambda reason: reason.code in INFORMS and reason.code not in _TOLD_ELSEWHERE),
        widths=(0.44, 0.32, 0.24),
        empty="没有需要说明的情形。",
    )


def dropped(run: CheckRun) -> Table:
    """List what thresholds dropped, counted and summed."""
    rows = [
        (
            f"{result.rule_id} {pair_of_layers(part)}",
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


def pair_of_layers(part: Part) -> str:
    """`公路 × 生态保护红线`."""
    return f"{layer_name(part.subject_layer)} × {layer_name(part.against_layer)}"


def _said(reasons: Iterable[Reason]) -> list[str]:
    """Say reasons once each, missing layers in one sentence."""
    found = list(reasons)
    missing = dict.fromkeys(str(reason.params["layer"]) for reason in found if reason.code == MISSING)
    said = [f"缺少图层：{'、'.join(missing)}"] if missing else []
    return list(dict.fromkeys([*said, *(sentence(reason) for reason in found if reason.code != MISSING)]))


def _by_reason(run: CheckRun, wanted: Callable[[Reason], bool]) -> tuple[tuple[str, str, str], ...]:
    """Group by what is said, in the order in which it is first said."""
    rules: dict[str, dict[str, None]] = defaultdict(dict)
    parts: dict[str, list[Part]] = defaultdict(list)
    for result in run.results:
        for reason in filter(wanted, result.reasons):
            rules[sentence(reason)][result.rule_id] = None
        for part in result.parts:
            for reason in filter(wanted, part.reasons):
                rules[sentence(reason)][result.rule_id] = None
                parts[sentence(reason)].append(part)
    return tuple((words, _layers(parts[words]), "、".join(found)) for words, found in rules.items())


def _layers(parts: Collection[Part]) -> str:
    """Name the two sides of several parts."""
    if not parts:
        return "整条规则"
    subjects = list(dict.fromkeys(layer_name(part.subject_layer) for part in parts))
    objects = list(dict.fromkeys(layer_name(part.against_layer) for part in parts))
    return f"{_first(subjects)} × {_first(objects)}"


def _first(names: Sequence[str]) -> str:
    shown = "、".join(names[:_MOST_LAYERS])
    return shown if len(names) <= _MOST_LAYERS else f"{shown}等 {len(names)} 个图层"
