"""How a pair weighs: its severity, the exemptions that surely apply or still could, and what a person must look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning import relations
from planning.conditions import fits, read_bool
from planning.findings import OpenExemption, Reason, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.judge.hits import Hit, PartDraft
    from planning.settings import Settings

WEAK = frozenset({"status_missing", "attribute_missing", "not_announced"})
"""With one of these a finding is at most a reminder: what is not known is not forbidden."""


def weigh_hits(hits: Sequence[Hit], settings: Settings, draft: PartDraft) -> list[Hit]:
    """
    Weigh pairs.

    Parameters
    ----------
    draft
        Told what an exemption surely covers.

    Returns
    -------
        The pairs that are conflicts, each with its severity.
    """
    kept, exempt = [], []
    for hit in hits:
        if _exempts(hit):
            exempt.append(hit.subject_ref.name)
        elif _weigh(hit, settings):
            kept.append(hit)
    if exempt:
        names = tuple(dict.fromkeys(exempt))
        draft.exempt += names
        draft.reasons.append(Reason("exempt", {"count": len(names), "names": "、".join(names[:5])}))
    return kept


def _exempts(hit: Hit) -> bool:
    return any(
        exemption.applies is not None and exemption.effect == "exempt" and exemption.applies.fits(hit.case).holds
        for exemption in hit.rule.exemptions
    )


def _weigh(hit: Hit, settings: Settings) -> bool:
    """Give a hit its severity; False if it is no conflict."""
    rule = hit.rule
    severity, missing = rule.weigh(hit.case, plan_in_force=settings.county_plan_in_force)
    if severity is None and not missing:
        return False
    lowered = severity in {None, Severity.PROHIBITED} and bool(missing)
    code = "attribute_missing" if lowered else "attribute_open"
    hit.needs_review += tuple(Reason(code, {"column": name}) for name in missing)
    severity = Severity.REMINDER if severity is None else severity
    open_exemptions = []
    for exemption in rule.exemptions:
        answer = None if exemption.applies is None else exemption.applies.fits(hit.case)
        if answer is not None and answer.holds:
            severity = max(severity, Severity(exemption.effect), key=lambda s: s.rank)
            hit.details += (Reason("exemption_applied", {"title": exemption.title}),)
        elif answer is None or answer.holds is None:
            open_exemptions.append(OpenExemption(exemption.title, exemption.evidence))
    hit.exemptions = tuple(open_exemptions)
    for kind, effect in rule.segments.items():
        if effect == "reminder" and (hit.extra.get(f"on_{kind}") or fits(hit.subject_record, {kind: True}).holds):
            severity = Severity.REMINDER
            hit.details += (Reason("on_segment", {"kind": kind}),)
    if rule.needs_announced and not _is_announced(hit):
        hit.needs_review += (Reason("not_announced", {"name": hit.against_ref.name}),)
    if any(reason.code in WEAK for reason in hit.needs_review):
        severity = Severity.REMINDER
    hit.severity = severity
    return True


def _is_announced(hit: Hit) -> bool:
    """Whether the object was drawn and announced; of a layer as a whole, every feature."""
    whole = hit.pair.against == relations.WHOLE_LAYER and not hit.against.bare
    records = hit.against.records if whole else [hit.against_record]
    return all(read_bool(record.get("announced")) is True for record in records)
