"""The conflict card, the verdict table and the matrix as HTML; every text from data is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.views.card import Card, Fact, LawLine, ValueLine
    from web.views.severity import Look
    from web.views.verdicts import Matrix, VerdictRow


def card_html(card: Card) -> str:
    """Draw one card."""
    flags = "".join(f'<span class="dg-flag">{escape(flag)}</span>' for flag in card.flags)
    rows = [
        _row(_("依据"), "".join(_law(law) for law in card.laws) or _("按本项目约定，无法律条文")),
        _row(_("数值"), "".join(_value(value) for value in card.values)),
        _row(_("程序"), escape(card.procedure)),
        _row(_("豁免"), escape(card.exemptions)),
        _row(_("牵头"), escape(card.lead_department)),
        _row(_("假定"), "".join(f"<p>{escape(words)}</p>" for words in card.assumptions)),
        _row(_("待核"), "".join(f"<p>{escape(words)}</p>" for words in card.needs_review), "dg-review"),
        _row(_("代表规则"), escape(card.stands_for)),
    ]
    where = _("所在乡镇")
    badge = f"{card.look.words} · {_('疑似')}"
    return (
        f'<article class="dg-card" style="--severity:{card.look.colour}">'
        f"<header><h3><b>{escape(card.rule_id)}</b> {escape(card.title)}</h3>"
        f'<div class="dg-pills"><span class="dg-pill">{escape(badge)}</span>{flags}</div></header>'
        f'<div class="dg-pair"><div><strong>{escape(card.subject.name)}</strong><small>{escape(card.subject.layer)}'
        f"</small></div><i>×</i><div><strong>{escape(card.against.name)}</strong><small>{escape(card.against.layer)}"
        f'</small></div><div class="dg-where"><strong>{escape(card.townships)}</strong>'
        f"<small>{where}</small></div></div>"
        f'<div class="dg-facts">{"".join(_fact(fact) for fact in card.facts)}</div>'
        f"<dl>{''.join(rows)}</dl>"
        f"<footer><span>{escape(card.notice)}</span><code>{escape(card.finding_id)}</code></footer></article>"
    )


def verdicts_html(rows: Sequence[VerdictRow]) -> str:
    """Draw the verdict of every rule."""
    heads = (_("规则"), _("结论"), _("未检测的部分与原因"), _("计数"), _("牵头"))
    body = "".join(_verdict(row) for row in rows)
    head = "".join(f"<th>{title}</th>" for title in heads)
    return f'<table class="dg-verdicts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def matrix_html(matrix: Matrix) -> str:
    """Draw rules by townships, with the key of the marks below."""
    head = "".join(f'<th title="{escape(name)}"><span>{escape(name)}</span></th>' for name in matrix.townships)
    body = "".join(
        f"<tr><th>{escape(rule)}</th>{''.join(_cell(look) for look in looks)}</tr>" for rule, looks in matrix.rows
    )
    table = f'<table class="dg-matrix"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>'
    note = _("● 疑似冲突　○ 未发现冲突　▨ 未检测（规则有任何一部分未检测，没有冲突的乡镇即记未检测）")
    return f'<div class="dg-scroll">{table}</div><p class="dg-note">{note}</p>'


def legend_html(words: str, looks: Sequence[Look]) -> str:
    """Draw the line under the list: how many there are, and the key of the marks on the map."""
    items = "".join(f'<span style="color:{look.colour}">{look.mark}</span> {escape(look.word)}　' for look in looks)
    subject, against = _("主体"), _("对象")
    outline = f'<span class="dg-subject"></span> {subject}　<span class="dg-against"></span> {against}'
    return f'<p class="dg-note dg-legend"><b>{escape(words)}</b>　{items}{outline}</p>'


def _row(title: str, content: str, extra: str = "") -> str:
    return f'<dt class="{extra}">{title}</dt><dd class="{extra}">{content}</dd>' if content else ""


def _fact(fact: Fact) -> str:
    detail = f"<small>{escape(fact.detail)}</small>" if fact.detail else ""
    return f"<div><small>{escape(fact.label)}</small><b>{escape(fact.number)}</b>{detail}</div>"


def _law(law: LawLine) -> str:
    state = "dg-verified" if law.verified else "dg-unverified"
    version = f"<small>{escape(law.version)}</small>" if law.version else ""
    return f'<p>{escape(law.law)} {escape(law.article)} <span class="{state}">{escape(law.status)}</span>{version}</p>'


def _value(value: ValueLine) -> str:
    state = "dg-law" if value.of_law else "dg-own"
    return (
        f"<p>{escape(value.name)} <b>{escape(value.number)}</b> "
        f'<span class="{state}">{escape(value.kind)}</span><small>{escape(value.source)}</small></p>'
    )


def _verdict(row: VerdictRow) -> str:
    gaps = "".join(f"<p>{escape(words)}</p>" for words in row.not_checked)
    pairs = "".join(
        f'<li><span style="color:{part.look.colour}">{part.look.mark}</span> {escape(part.pair)}</li>'
        for part in row.parts
    )
    if row.existing:
        words = _("存量：{names}").format(names=_("、").join(row.existing))
        pairs += f"<li>{escape(words)}</li>"
    title = _("逐对图层")
    more = f"<details><summary>{title}</summary><ul>{pairs}</ul></details>" if pairs else ""
    return (
        f"<tr><td><b>{escape(row.rule_id)}</b> {escape(row.title)}{more}</td>"
        f'<td class="dg-verdict"><span style="color:{row.look.colour}">{row.look.mark}</span> {escape(row.words)}</td>'
        f"<td>{gaps or '—'}</td><td>{'<br>'.join(escape(words) for words in row.counts)}</td>"
        f"<td>{escape(row.department)}</td></tr>"
    )


def _cell(look: Look) -> str:
    return f'<td style="color:{look.colour}" title="{escape(look.word)}">{look.mark}</td>'
