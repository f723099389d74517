"""The laws of a rule on a day: what each says of itself, what is not known of it, and when it came and went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.dates import surely_from
from planning.rulebook import law_note
from web.views.rulebook_filter import cited_laws
from web.views.rulebook_words import law_title
from web.views.severity import status_words
from web.words import _

if TYPE_CHECKING:
    from datetime import date

    from planning.rule import Law, Rule
    from planning.rulebook import Rulebook


@dataclass(frozen=True)
class LawText:
    """One article that a rule stands on."""

    name: str
    article: str
    status: str
    verified: bool
    state: str
    """Whether the law applies on the day: in words, with its days."""
    in_force: bool
    version: str
    notes: tuple[str, ...]
    """What is said of the article and of the law itself, and what is not known of them."""
    doubtful: bool
    """Whether anything is not known: the text, or the day on which the law began."""


@dataclass(frozen=True)
class LawSpan:
    """How long one law applied, for the timeline."""

    title: str
    start: date
    end: date | None
    """First day on which it no longer applied; None while it does."""
    words: str
    """Its days as precisely as they are known, and what took its place."""
    in_force: bool


def law_texts(rule: Rule, rulebook: Rulebook, as_of: date) -> tuple[LawText, ...]:
    """Return every article of a rule, those in force on the day first."""
    texts = []
    for basis in rule.basis:
        law = rulebook.laws.get(basis.law)
        notes = [basis.note] if basis.note else []
        if law is not None and (unknown := law_note(law)):
            notes.append(unknown)
        texts.append(
            LawText(
                name=basis.law if law is None else _full_name(law),
                article=basis.article,
                status=status_words(basis.status),
                verified=basis.status == "verified",
                state=_("未登记施行日期") if law is None else _state_words(law, rulebook, as_of),
                in_force=law is None or law.in_force(as_of),
                version="" if law is None else _version_words(law),
                notes=tuple(notes),
                doubtful=basis.status in {"partial", "unverified"} or (law is not None and not law.dates_seen),
            )
        )
    return tuple(sorted(texts, key=lambda text: not text.in_force))


def law_spans(rule: Rule, rulebook: Rulebook, as_of: date) -> tuple[LawSpan, ...]:
    """Return the laws of a rule and of its numbers with their days, the oldest first."""
    laws = [law for key in cited_laws(rule) if (law := rulebook.laws.get(key)) is not None]
    spans = [
        LawSpan(
            title=law_title(law.key, rulebook),
            start=surely_from(law.in_force_from),
            end=None if law.in_force_until is None else surely_from(law.in_force_until),
            words=_days_words(law, rulebook),
            in_force=law.in_force(as_of),
        )
        for law in laws
    ]
    return tuple(sorted(spans, key=lambda span: (span.start, span.title)))


def doubt_words(rule: Rule, rulebook: Rulebook) -> str:
    """
    Say how far a rule is not verified, and where.

    Returns
    -------
        Empty for a rule whose text and laws were all seen.
    """
    open_ones = [basis for basis in rule.basis if basis.status in {"partial", "unverified"}]
    if rule.verification not in {"partial", "unverified"} and not open_ones:
        return ""
    named = [
        _("{law} {article}（{status}）").format(
            law=law_title(basis.law, rulebook), article=basis.article, status=status_words(basis.status)
        )
        for basis in open_ones
    ]
    words = _("依据没有全部核对原文：{laws}。使用前须查原文。")
    return words.format(laws=_("；").join(named) or status_words(rule.verification))


def _full_name(law: Law) -> str:
    return law.name if law.number in law.name else _("{name}（{number}）").format(name=law.name, number=law.number)


def _version_words(law: Law) -> str:
    return " · ".join(part for part in (law.issuer, law.version) if part)


def _state_words(law: Law, rulebook: Rulebook, as_of: date) -> str:
    days = _days_words(law, rulebook)
    if law.in_force(as_of):
        return _("{day} 有效：{days}").format(day=as_of.isoformat(), days=days)
    if surely_from(law.in_force_from) > as_of:
        return _("{day} 尚未施行：{days}").format(day=as_of.isoformat(), days=days)
    return _("{day} 已失效：{days}").format(day=as_of.isoformat(), days=days)


def _days_words(law: Law, rulebook: Rulebook) -> str:
    words = _("自 {start} 起").format(start=law.in_force_from)
    if law.in_force_until is not None:
        words = _("{start} 起，{end} 止").format(start=law.in_force_from, end=law.in_force_until)
    if law.repealed_by is not None:
        words = _("{days}，由《{law}》代替").format(days=words, law=law_title(law.repealed_by, rulebook))
    return words
