"""The conflict card: one suspected conflict with its law, its evidence and its way out, in final words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.report.amounts import PLACEHOLDER, main_amount, speaking_details
from planning.report.certainty import CERTAIN, CERTAIN_WHY, POSSIBLE, POSSIBLE_WHY, certainty_key
from web.views.numbers import area_words, count_words, length_words, share_words, square_metres, value_words
from web.views.plan_names import (
    ITSELF,
    department_words,
    filled,
    layer_title,
    plan_title,
    reason_words,
    rule_title,
    value_name,
)
from web.views.severity import Look, severity_look, source_words, status_words
from web.words import _

if TYPE_CHECKING:
    from datetime import date

    from planning.findings import Citation, FeatureRef, Finding, OpenExemption, Value


@dataclass(frozen=True)
class Fact:
    """A number of the evidence, with what it measures."""

    label: str
    number: str
    detail: str = ""


@dataclass(frozen=True)
class LawLine:
    """One article, with the version and how far its text was verified."""

    law: str
    article: str
    version: str
    status: str
    verified: bool


@dataclass(frozen=True)
class ValueLine:
    """A number the rule uses; `of` tells the law's numbers from our own and from those changed for the run."""

    name: str
    number: str
    kind: str
    source: str
    of: str
    """`law`, `convention` or `changed`."""


@dataclass(frozen=True)
class ExemptionLine:
    """What could exempt or soften, and what a person must bring to show it."""

    title: str
    evidence: str
    """Empty where the rule names none."""


@dataclass(frozen=True)
class Certainty:
    """Whether it holds whatever the width of a road's land."""

    key: str
    """`certain` or `possible`."""
    word: str
    why: str


@dataclass(frozen=True)
class Side:
    """A feature in conflict: its name, and layer and plan below it."""

    name: str
    layer: str


@dataclass(frozen=True)
class Card:
    """All that a card says."""

    rule_id: str
    title: str
    look: Look
    certainty: Certainty | None
    """None where no assumed width decides."""
    flags: tuple[str, ...]
    subject: Side
    against: Side
    townships: str
    facts: tuple[Fact, ...]
    details: tuple[str, ...]
    placeholders: tuple[str, ...]
    """Which lists only hold the place of an official one."""
    laws: tuple[LawLine, ...]
    law_day: str
    """Empty where the law is that of the check's day."""
    values: tuple[ValueLine, ...]
    procedure: str
    exemptions: tuple[ExemptionLine, ...]
    lead_department: str
    assumptions: tuple[str, ...]
    needs_review: tuple[str, ...]
    stands_for: str
    finding_id: str
    notice: str


def card_view(finding: Finding, *, as_of: date, demonstration: bool) -> Card:
    """
    Put one finding into final words.

    Parameters
    ----------
    finding
        Not changed.
    as_of
        Day of the check: another law day is told.
    demonstration
        Whether the run used any demonstration layer: the card then says so.
    """
    notice = _("疑似冲突，是供主管部门判定的线索，不是认定结论。")
    if demonstration:
        notice = _("示意数据，非法定成果。") + notice
    law_day = ""
    if finding.law_day != as_of:
        law_day = _("按批准日 {day} 的规定").format(day=finding.law_day.isoformat())
    said = {detail.code: detail for detail in finding.details if detail.code == PLACEHOLDER}
    return Card(
        rule_id=finding.rule_id,
        title=rule_title(finding),
        look=severity_look(finding.severity),
        certainty=certainty(finding),
        flags=finding_flags(finding),
        subject=_side(finding.subject),
        against=_side(finding.against),
        townships=_("、").join(finding.townships) or _("乡镇不明"),
        facts=_facts(finding),
        details=tuple(reason_words(reason) for reason in finding.details if reason.code != PLACEHOLDER),
        placeholders=tuple(reason_words(reason) for reason in said.values()),
        laws=tuple(_law_line(citation) for citation in finding.citations),
        law_day=law_day,
        values=tuple(_value_line(value) for value in finding.values),
        procedure=finding.procedure,
        exemptions=tuple(_exemption_line(exemption) for exemption in finding.exemptions),
        lead_department=department_words(finding.lead_department),
        assumptions=tuple(reason_words(reason) for reason in finding.assumptions),
        needs_review=tuple(reason_words(reason) for reason in finding.needs_review),
        stands_for=_("、").join(finding.stands_for),
        finding_id=finding.finding_id,
        notice=notice,
    )


def certainty(finding: Finding) -> Certainty | None:
    """Say whether a finding holds for sure, where the assumed width of a road's land decides."""
    key = certainty_key(finding)
    if not key:
        return None
    word, why = (CERTAIN, CERTAIN_WHY) if key == "certain" else (POSSIBLE, POSSIBLE_WHY)
    return Certainty(key, _(word), _(why))


def finding_flags(finding: Finding) -> tuple[str, ...]:
    """Return what must be known before the number: near a threshold, to be looked at by a person, a list in waiting."""
    flags = []
    if finding.borderline:
        flags.append(_("临界"))
    if finding.needs_review:
        flags.append(_("待核"))
    if is_placeholder(finding):
        flags.append(_("占位清单"))
    return tuple(flags)


def is_placeholder(finding: Finding) -> bool:
    """Whether it rests on a list that only holds the place of an official one."""
    return any(detail.code == PLACEHOLDER for detail in finding.details)


def main_number(finding: Finding) -> str:
    """Return the one number that stands for a finding, or its first detail where it has no measure of its own."""
    return main_amount(finding, _, filled)


def _facts(finding: Finding) -> tuple[Fact, ...]:
    facts = []
    of_form = bool(speaking_details(finding))
    if of_form:
        facts.append(Fact(_("问题"), main_number(finding)))
    if finding.excess_m is not None:
        facts.append(Fact(_("高出限制面"), length_words(finding.excess_m)))
    if finding.distance_m is not None:
        facts.append(Fact(_("最近距离"), length_words(finding.distance_m), _("测地线距离")))
    if finding.length_m is not None:
        label = _("要素长度") if of_form else _("穿越长度")
        facts.append(Fact(label, length_words(finding.length_m), _("椭球长度")))
    if finding.area_m2 is not None:
        label = _("按假定半宽占地") if finding.length_m is not None else _("涉及面积")
        label = _("要素面积") if of_form else label
        facts.append(
            Fact(label, area_words(finding.area_m2), _("椭球面积 {m2}").format(m2=square_metres(finding.area_m2)))
        )
    if not of_form:
        facts.append(Fact(_("分布"), _("{n} 处").format(n=count_words(finding.pieces))))
        if finding.share_pct is not None:
            facts.append(Fact(_("占主体"), share_words(finding.share_pct), finding.subject.name))
    return tuple(facts)


def _side(feature: FeatureRef) -> Side:
    title, plan = layer_title(feature.layer), plan_title(feature.layer, feature.plan)
    if feature.layer == ITSELF:
        return Side(title, _("逐个要素核对"))
    below = title if plan in {title, "—", ""} else f"{title} · {plan}"
    return Side(feature.name or feature.id, below)


def _law_line(citation: Citation) -> LawLine:
    version = citation.version
    if citation.in_force_from and citation.in_force_from not in version:
        since = _("{date} 起施行").format(date=citation.in_force_from)
        version = _("，").join(part for part in (version, since) if part)
    if citation.note:
        version = " · ".join(part for part in (version, citation.note) if part)
    return LawLine(
        law=citation.law,
        article=citation.article,
        version=version,
        status=status_words(citation.status),
        verified=citation.status == "verified",
    )


def _value_line(value: Value) -> ValueLine:
    return ValueLine(
        name=value_name(value.name),
        number=value_words(value.value, value.unit),
        kind=source_words(value.source_kind),
        source=value.source,
        of=value.source_kind,
    )


def _exemption_line(exemption: OpenExemption) -> ExemptionLine:
    return ExemptionLine(exemption.title, exemption.evidence)
