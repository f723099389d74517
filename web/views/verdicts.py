"""Every rule's verdict, and what it could not look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.findings import Verdict
from planning.report.gaps import open_reasons
from web.views.numbers import count_words, length_words, square_metres
from web.views.plan_names import department_words, layer_title, reason_words, reasons_words, rule_title
from web.views.severity import Look, verdict_look
from web.words import _

if TYPE_CHECKING:
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
    group: str
    look: Look
    words: str
    not_checked: tuple[str, ...]
    counts: tuple[str, ...]
    """Judged and existing features, and what fell under the threshold."""
    notes: tuple[str, ...]
    """What explains the answer without leaving anything unchecked."""
    parts: tuple[PartLine, ...]
    department: str


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
    results = [result for result in run.results if not only_not_checked or open_reasons(result)]
    return tuple(_verdict_row(result) for result in results)


def _verdict_row(result: RuleResult) -> VerdictRow:
    look = verdict_look(result.verdict)
    words = look.word
    if result.verdict is Verdict.CONFLICT:
        words = _("疑似冲突 {n} 处").format(n=count_words(len(result.findings)))
    blocked = open_reasons(result)
    return VerdictRow(
        rule_id=result.rule_id,
        title=rule_title(result),
        group=result.group,
        look=look,
        words=words,
        not_checked=reasons_words(blocked),
        counts=_counts(result),
        notes=reasons_words([reason for reason in result.reasons if reason not in blocked]),
        parts=tuple(_part_line(part) for part in result.parts),
        department=department_words(result.lead_department),
    )


def _counts(result: RuleResult) -> tuple[str, ...]:
    existing, exempt = _listed(result)
    dropped_length = sum(part.dropped_length_m for part in result.parts)
    counts = [_("判定 {n} 个要素").format(n=count_words(_judged(result)))]
    if existing:
        counts.append(_("存量 {n} 个只列不判").format(n=count_words(existing)))
    if exempt:
        counts.append(_("除外 {n} 个").format(n=count_words(exempt)))
    if result.dropped:
        amounts = [square_metres(result.dropped_area_m2)] if result.dropped_area_m2 else []
        amounts += [length_words(dropped_length)] if dropped_length else []
        counts.append(
            _("低于阈值舍去 {n} 处，合计 {amount}").format(
                n=count_words(result.dropped), amount=_("、").join(amounts) or square_metres(0.0)
            )
        )
    return tuple(counts)


def _judged(result: RuleResult) -> int:
    """Count the features judged: a layer held against two others has its features once."""
    judged: dict[str, int] = {}
    for part in result.parts:
        judged[part.subject_layer] = max(part.judged, judged.get(part.subject_layer, 0))
    return sum(judged.values())


def _listed(result: RuleResult) -> tuple[int, int]:
    """Count the features that were listed and not judged: what stands already, and what an exemption covers."""
    existing = {(part.subject_layer, name) for part in result.parts for name in part.existing}
    exempt = {(part.subject_layer, name) for part in result.parts for name in part.exempt}
    return len(existing), len(exempt)


def _part_line(part: Part) -> PartLine:
    return PartLine(
        verdict_look(part.verdict),
        f"{layer_title(part.subject_layer)} × {layer_title(part.against_layer)}",
        tuple(reason_words(reason) for reason in part.reasons),
    )
