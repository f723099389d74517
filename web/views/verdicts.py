"""Every rule's verdict, and what it could not look at: as rows, and by township."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.findings import Verdict
from web.views.numbers import count_words, length_words, square_metres
from web.views.plan_names import department_words, layer_title, reason_words, reasons_words, rule_title
from web.views.severity import Look, verdict_look
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.schema import Layer
    from planning.findings import CheckRun, Part, RuleResult


@dataclass(frozen=True)
class PartLine:
    """One pair of layers under a rule."""

    look: Look
    pair: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class VerdictRow:
    """What one rule answers, and beside a conflict also what it could not look at."""

    rule_id: str
    title: str
    look: Look
    words: str
    not_checked: tuple[str, ...]
    counts: tuple[str, ...]
    """Judged and existing features, and what fell under the threshold."""
    existing: tuple[str, ...]
    parts: tuple[PartLine, ...]
    department: str


@dataclass(frozen=True)
class Matrix:
    """Verdicts by rule and township."""

    townships: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Look, ...]], ...]
    """Rule id with title, then one look per township."""


def verdict_rows(run: CheckRun, *, only_not_checked: bool = False) -> tuple[VerdictRow, ...]:
    """
    Every rule with its verdict.

    Parameters
    ----------
    run
        Not changed.
    only_not_checked
        Keep only rules that were not checked, or not everywhere.
    """
    results = [result for result in run.results if not only_not_checked or result.reasons]
    return tuple(_verdict_row(result) for result in results)


def verdict_matrix(run: CheckRun, townships: Sequence[str]) -> Matrix:
    """
    Verdicts by rule and township.

    A township without a finding is clear only where the rule was checked everywhere: what was not checked is not
    told by township, so that a rule with any gap is not checked in every township without a finding.
    """
    rows = []
    for result in run.results:
        hit = {name for finding in result.findings for name in finding.townships}
        elsewhere = Verdict.NOT_CHECKED if result.reasons else Verdict.CLEAR
        looks = tuple(verdict_look(Verdict.CONFLICT if name in hit else elsewhere) for name in townships)
        rows.append((f"{result.rule_id} {rule_title(result)}", looks))
    return Matrix(tuple(townships), tuple(rows))


def township_names(layers: Mapping[str, Layer], run: CheckRun) -> tuple[str, ...]:
    """Names of all townships of the county; those of the findings where there is no township layer."""
    if "township" in layers:
        return tuple(layers["township"].frame["name"])
    return tuple(sorted({name for finding in run.findings for name in finding.townships}))


def _verdict_row(result: RuleResult) -> VerdictRow:
    look = verdict_look(result.verdict)
    words = look.word
    if result.verdict is Verdict.CONFLICT:
        words = _("疑似冲突 {n} 处").format(n=count_words(len(result.findings)))
    return VerdictRow(
        rule_id=result.rule_id,
        title=rule_title(result),
        look=look,
        words=words,
        not_checked=reasons_words(result.reasons),
        counts=_counts(result),
        existing=_features(result)[1],
        parts=tuple(_part_line(part) for part in result.parts),
        department=department_words(result.lead_department),
    )


def _counts(result: RuleResult) -> tuple[str, ...]:
    judged, existing = _features(result)
    dropped_length = sum(part.dropped_length_m for part in result.parts)
    counts = [_("判定 {n} 个要素").format(n=count_words(judged))]
    if existing:
        counts.append(_("存量 {n} 个只列不判").format(n=count_words(len(existing))))
    if result.dropped:
        amounts = [square_metres(result.dropped_area_m2)] if result.dropped_area_m2 else []
        amounts += [length_words(dropped_length)] if dropped_length else []
        counts.append(
            _("低于阈值舍去 {n} 处，合计 {amount}").format(
                n=count_words(result.dropped), amount=_("、").join(amounts) or square_metres(0.0)
            )
        )
    return tuple(counts)


def _features(result: RuleResult) -> tuple[int, tuple[str, ...]]:
    """Count the features judged and name the existing ones: a layer held against two others has its features once."""
    judged: dict[str, int] = {}
    for part in result.parts:
        judged[part.subject_layer] = max(part.judged, judged.get(part.subject_layer, 0))
    existing = dict.fromkeys((part.subject_layer, name) for part in result.parts for name in part.existing)
    return sum(judged.values()), tuple(name for _layer, name in existing)


def _part_line(part: Part) -> PartLine:
    return PartLine(
        verdict_look(part.verdict),
        f"{layer_title(part.subject_layer)} × {layer_title(part.against_layer)}",
        tuple(reason_words(reason) for reason in part.reasons),
    )
