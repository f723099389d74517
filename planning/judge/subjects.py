"""Which features of a layer a rule judges, under the law of which day, and which it only lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planning.conditions import fits, is_missing, read_day
from planning.findings import Reason
from planning.judge.hits import listed
from planning.rule import NOTHING, Case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from planning.conditions import Record
    from planning.judge.hits import Inputs, PartDraft
    from planning.prepare import Prepared
    from planning.rule import Rule

PLANNED = ("planned", "extended")
"""`status` of what a plan wants to build; only that is judged where a rule says so."""

_STATUS_WORDS = {
    **dict.fromkeys(("现状", "既有", "已建", "建成"), "existing"),
    **dict.fromkeys(("规划", "拟建", "新建"), "planned"),
    **dict.fromkeys(("扩建", "改扩建"), "extended"),
}
"""What planners write for a status. 改建 is none of them: what it is differs by law, so a person must look."""

SHAPELESS = frozenset({"lookup", "required", "recorded_area", "total", "line_crossing", "obstacle_surface"})
"""Relations that take features of any kind of geometry, as `within_distance` does."""


@dataclass(frozen=True)
class Subjects:
    """Positions to judge by the day whose law counts, and what a person must look at first."""

    by_day: Mapping[date, list[int]]
    reviews: Mapping[int, tuple[Reason, ...]]


def choose_subjects(rule: Rule, layer: Prepared, inputs: Inputs, draft: PartDraft) -> Subjects:
    """
    Choose what a rule judges of a layer.

    Parameters
    ----------
    draft
        Told what stands already, what is exempt, and what no law of its day is known for.
    """
    by_day: dict[date, list[int]] = {}
    reviews: dict[int, tuple[Reason, ...]] = {}
    existing: list[str] = []
    exempt: list[str] = []
    lawless: list[str] = []
    usable = usable_features(rule, layer)
    for position, record in enumerate(layer.records):
        if not usable[position]:
            continue
        meant = fits(record, rule.subjects.where.get(layer.key, NOTHING))
        if meant.holds is False:
            continue
        review = [Reason("attribute_missing", {"column": c}) for c in meant.open]
        status = read_status(record) if rule.planned_only else PLANNED[0]
        if status == "existing":
            existing.append(layer.names[position])
            continue
        review += [] if status in PLANNED else [Reason("status_missing")]
        if is_exempt(rule, layer.key, record):
            exempt.append(layer.names[position])
            continue
        # Approval fixes the law for what is built; a zone or a record is held against the law of today.
        day = law_day(record, inputs.as_of) if rule.planned_only else inputs.as_of
        review += _unread_approval(record) if rule.planned_only else ()
        by_day.setdefault(day, []).append(position)
        reviews[position] = tuple(review)
    for day in [day for day in by_day if day != inputs.as_of and not is_in_force(rule, inputs, day)]:
        lawless += [f"{layer.names[position]}（{day}）" for position in by_day.pop(day)]
    draft.existing, draft.exempt = tuple(existing), tuple(exempt)
    if exempt:
        draft.reasons.append(listed("exempt", exempt))
    if lawless:
        draft.reasons.append(listed("approved_before_law", lawless))
    return Subjects(by_day, reviews)


def read_status(record: Record) -> str:
    """Read whether something is planned, extended or stands, in the words of data; what it says for anything else."""
    status = str(record.get("status", "")).strip()
    return _STATUS_WORDS.get(status, status)


def law_day(record: Record, as_of: date) -> date:
    """Return the day whose law counts: that of a project's approval, where it has one before the day of the check."""
    approved = read_day(record.get("approval_date"))
    return as_of if approved is None or approved > as_of else approved


def _unread_approval(record: Record) -> tuple[Reason, ...]:
    """Say that an approval's day cannot be read: then the law of today was taken."""
    value = record.get("approval_date")
    if is_missing(value) or read_day(value) is not None:
        return ()
    return (Reason("not_a_date", {"column": "approval_date", "value": str(value)}),)


def is_in_force(rule: Rule, inputs: Inputs, day: date) -> bool:
    """Whether a rule has its values and at least one article on a day."""
    return rule.has_values(day) and bool(inputs.rulebook.citations(rule, day))


def is_exempt(rule: Rule, layer: str, record: Record) -> bool:
    """Whether the subject's own attributes surely exempt it, whatever it meets."""
    case = Case(layer, "", record, NOTHING)
    stretch = {"tunnel": True, "bridge": True}
    return any(
        exemption.applies is not None
        and exemption.applies.subject_only
        and exemption.effect == "exempt"
        and exemption.applies.fits(case).holds
        for exemption in rule.exemptions
    ) or any(effect == "exempt" and fits(record, {kind: stretch[kind]}).holds for kind, effect in rule.segments.items())


def usable_features(rule: Rule, layer: Prepared) -> NDArray[np.bool_]:
    """Which features a relation can take: some any, the others those of the layer's kind."""
    if rule.relation == "within_distance" or rule.relation in SHAPELESS:
        return np.ones(len(layer.records), dtype=bool)
    return layer.of_kind


def names_of(layer: Prepared, positions: Sequence[int]) -> list[str]:
    """Names of some features."""
    return [layer.names[p] for p in positions]
