"""The conflict card as HTML, in two parts: what is found, and below its buttons what the law says."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from web.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from web.views.card import Card, Certainty, ExemptionLine, Fact, LawLine, ValueLine
    from web.views.severity import Look


def card_html(card: Card) -> str:
    """Draw a whole card, where nothing stands between its parts."""
    return card_head_html(card) + card_body_html(card)


def card_head_html(card: Card) -> str:
    """Draw what is found: rule, severity, the two features, the numbers."""
    flags = "".join(f'<span class="dg-flag">{escape(flag)}</span>' for flag in card.flags)
    where = _("所在乡镇")
    badge = f"{card.look.words} · {_('疑似')}"
    return (
        f'<article class="dg-card dg-card-head" style="--severity:{card.look.colour}">'
        f"<header><h3><b>{escape(card.rule_id)}</b> {escape(card.title)}</h3>"
        f'<div class="dg-pills"><span class="dg-pill">{escape(badge)}</span>{_certainty(card.certainty)}{flags}</div>'
        f'</header><div class="dg-pair"><div><strong>{escape(card.subject.name)}</strong>'
        f"<small>{escape(card.subject.layer)}</small></div><i>×</i><div><strong>{escape(card.against.name)}</strong>"
        f'<small>{escape(card.against.layer)}</small></div><div class="dg-where">'
        f"<strong>{escape(card.townships)}</strong><small>{where}</small></div></div>"
        f'<div class="dg-facts">{"".join(_fact(fact) for fact in card.facts)}</div></article>'
    )


def card_body_html(card: Card) -> str:
    """Draw what the law says, what could exempt, what was assumed."""
    day = f'<p><span class="dg-day">{escape(card.law_day)}</span></p>' if card.law_day else ""
    laws = "".join(_law(law) for law in card.laws) or _("按本项目约定，无法律条文")
    rows = [
        _row(_("细目"), _lines(card.details)),
        _row(_("清单"), _lines(card.placeholders), "dg-review"),
        _row(_("依据"), day + laws),
        _row(_("数值"), "".join(_value(value) for value in card.values)),
        _row(_("程序"), escape(card.procedure)),
        _row(_("豁免"), _exemptions(card.exemptions)),
        _row(_("牵头"), escape(card.lead_department)),
        _row(_("假定"), _lines(card.assumptions)),
        _row(_("待核"), _lines(card.needs_review), "dg-review"),
        _row(_("代表规则"), escape(card.stands_for)),
    ]
    return (
        f'<article class="dg-card dg-card-body" style="--severity:{card.look.colour}"><dl>{"".join(rows)}</dl>'
        f"<footer><span>{escape(card.notice)}</span><code>{escape(card.finding_id)}</code></footer></article>"
    )


def legend_html(words: str, looks: Sequence[Look]) -> str:
    """Draw the line under the list: how many there are, and the key of the marks on the map."""
    items = "".join(f'<span style="color:{look.colour}">{look.mark}</span> {escape(look.word)}　' for look in looks)
    subject, against = _("主体"), _("对象")
    outline = f'<span class="dg-subject"></span> {subject}　<span class="dg-against"></span> {against}'
    return f'<p class="dg-note dg-legend"><b>{escape(words)}</b>　{items}{outline}</p>'


def _certainty(certainty: Certainty | None) -> str:
    if certainty is None:
        return ""
    return f'<span class="dg-sure dg-{certainty.key}" title="{escape(certainty.why)}">{escape(certainty.word)}</span>'


def _row(title: str, content: str, extra: str = "") -> str:
    return f'<dt class="{extra}">{title}</dt><dd class="{extra}">{content}</dd>' if content else ""


def _lines(texts: Iterable[str]) -> str:
    return "".join(f"<p>{escape(words)}</p>" for words in texts)


def _fact(fact: Fact) -> str:
    detail = f"<small>{escape(fact.detail)}</small>" if fact.detail else ""
    return f"<div><small>{escape(fact.label)}</small><b>{escape(fact.number)}</b>{detail}</div>"


def _law(law: LawLine) -> str:
    state = "dg-verified" if law.verified else "dg-unverified"
    version = f"<small>{escape(law.version)}</small>" if law.version else ""
    return f'<p>{escape(law.law)} {escape(law.article)} <span class="{state}">{escape(law.status)}</span>{version}</p>'


def _value(value: ValueLine) -> str:
    state = {"law": "dg-law", "changed": "dg-changed-value"}.get(value.of, "dg-own")
    return (
        f"<p>{escape(value.name)} <b>{escape(value.number)}</b> "
        f'<span class="{state}">{escape(value.kind)}</span><small>{escape(value.source)}</small></p>'
    )


def _exemptions(lines: Sequence[ExemptionLine]) -> str:
    """Each with what would show it: an exemption that nobody can show is none."""
    needed = _("须有")
    return "".join(
        f"<p>{escape(line.title)}"
        + (f"<small>{needed} {escape(line.evidence)}</small>" if line.evidence else "")
        + "</p>"
        for line in lines
    )
