"""The conflict card: one suspected conflict with its law, its evidence and its way out, in final words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.views.numbers import area_words, count_words, length_words, share_words, square_metres, value_words
from web.views.plan_names import (
    department_words,
    layer_title,
    plan_title,
    reason_words,
    rule_title,
    value_name,
)
from web.views.severity import Look, severity_look, source_words, status_words
from web.words import _

if TYPE_CHECKING:
    from planning.findings import Citation, FeatureRef, Finding, Value


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
    """A number the rule uses; `of_law` tells the law's numbers from our own."""

    name: str
    number: str
    kind: str
    source: str
    of_law: bool


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
    flags: tuple[str, ...]
    subject: Side
    against: Side
    townships: str
    facts: tuple[Fact, ...]
    laws: tuple[LawLine, ...]
    values: tuple[ValueLine, ...]
    procedure: str
    exemptions: str
    lead_department: str
    assumptions: tuple[str, ...]
    needs_review: tuple[str, ...]
    stands_for: str
    finding_id: str
    notice: str


def card_view(finding: Finding, *, demonstration: bool) -> Card:
    """
    Put one finding into final words.

    Parameters
    ----------
    finding
        Not changed.
    demonstration
        Whether the run used any demonstration layer: the card then says so.
    """
    notice = _("疑似冲突，是供主管部门判定的线索，不是认定结论。")
    if demonstration:
        notice = _("示意数据，非法定成果。") + notice
    return Card(
        rule_id=finding.rule_id,
        title=rule_title(finding),
        look=severity_look(finding.severity),
        flags=finding_flags(finding),
        subject=_side(finding.subject),
        against=_side(finding.against),
        townships=_("、").join(finding.townships) or _("乡镇不明"),
        facts=_facts(finding),
        laws=tuple(_law_line(citation) for citation in finding.citations),
        values=tuple(_value_line(value) for value in finding.values),
        procedure=finding.procedure,
        exemptions=finding.exemptions,
        lead_department=department_words(finding.lead_department),
        assumptions=tuple(reason_words(reason) for reason in finding.assumptions),
        needs_review=tuple(reason_words(reason) for reason in finding.needs_review),
        stands_for=_("、").join(finding.stands_for),
        finding_id=finding.finding_id,
        notice=notice,
    )


def finding_flags(finding: Finding) -> tuple[str, ...]:
    """Return what a reader must know before the number: near a threshold, or first to be looked at by a person."""
    flags = []
    if finding.borderline:
        flags.append(_("临界"))
    if finding.needs_review:
        flags.append(_("待核"))
    return tuple(flags)


def main_number(finding: Finding) -> str:
    """Return the one number that stands for a finding: its distance, else its length, else its area."""
    if finding.distance_m is not None:
        return _("距 {distance}").format(distance=length_words(finding.distance_m))
    if finding.length_m is not None:
        return length_words(finding.length_m)
    if finding.area_m2 is not None:
        return area_words(finding.area_m2)
    return _("{n} 处").format(n=count_words(finding.pieces))


def _facts(finding: Finding) -> tuple[Fact, ...]:
    facts = []
    if finding.distance_m is not None:
        facts.append(Fact(_("最近距离"), length_words(finding.distance_m), _("测地线距离")))
    if finding.length_m is not None:
        facts.append(Fact(_("穿越长度"), length_words(finding.length_m), _("椭球长度")))
    if finding.area_m2 is not None:
        label = _("按假定半宽占地") if finding.length_m is not None else _("涉及面积")
        facts.append(
            Fact(label, area_words(finding.area_m2), _("椭球面积 {m2}").format(m2=square_metres(finding.area_m2)))
        )
    facts.append(Fact(_("分布"), _("{n} 处").format(n=count_words(finding.pieces))))
    if finding.share_pct is not None:
        facts.append(Fact(_("占主体"), share_words(finding.share_pct), finding.subject.name))
    return tuple(facts)


def _side(feature: FeatureRef) -> Side:
    title, plan = layer_title(feature.layer), plan_title(feature.layer, feature.plan)
    return Side(feature.name or feature.id, title if title == plan else f"{title} · {plan}")


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
        of_law=value.source_kind == "law",
    )
