"""One rule as HTML: what it compares, its numbers, its laws. Every text from a rule file is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from web.views.rulebook_detail import ExemptionLine, LayerLine, RuleDetail, SeverityLine
    from web.views.rulebook_law import LawText
    from web.views.rulebook_values import ValueClass, ValueRow
    from web.views.severity import Look


def head_html(rule: RuleDetail) -> str:
    """Draw the name of a rule, how far it was verified, and what the last check said."""
    tags = "".join(f'<span class="dg-tag">{escape(tag)}</span>' for tag in rule.tags)
    if rule.local:
        local = _("本地规则")
        tags = f'<span class="dg-tag dg-local">{local}</span>{tags}'
    state = "dg-verified" if rule.verification.verified else "dg-unverified"
    looks = "".join(_look(look) for look in rule.looks)
    doubt = f'<p class="dg-doubt">{escape(rule.doubt)}</p>' if rule.doubt else ""
    mark, colour = (
        ("—", "") if rule.last.look is None else (rule.last.look.mark, f' style="color:{rule.last.look.colour}"')
    )
    reasons = "".join(f"<small>{escape(reason)}</small>" for reason in rule.last.reasons[:3])
    last, kept = _("上次检测"), _("规则与法律文本保留中文原文。")
    said = f'<p class="dg-last">{last} <b{colour}>{mark}</b> {escape(rule.last.words)}{reasons}</p>'
    note = f'<p class="dg-note">{kept}</p>' if language() == "en" else ""
    return (
        f'<header class="dg-rule"><h2><b>{escape(rule.id)}</b> {escape(rule.title)}</h2>'
        f'<p class="dg-tags"><span class="{state}">{escape(rule.verification.words)}</span>{looks}{tags}</p>'
        f'<p class="dg-summary">{escape(rule.summary)}</p>{doubt}{said}{note}</header>'
    )


def judging_html(rule: RuleDetail) -> str:
    """Draw how a rule judges, and who decides then."""
    first = _("从上到下，取第一条符合的")
    order = f"<small>{first}</small>" if len(rule.severities) > 1 else ""
    title_subjects, title_objects = _("主体"), _("对象")
    sides = (
        f'<div class="dg-sides"><div><h4>{title_subjects}</h4>{_layers(rule.subjects)}</div><i>×</i>'
        f"<div><h4>{title_objects}</h4>{_layers(rule.objects)}</div></div>"
    )
    rows = [
        _row(_("比较"), escape(rule.relation)),
        _row(_("界限"), _lines(rule.limits)),
        _row(_("口径"), _lines(rule.manner)),
        _row(_("级别"), "".join(_severity(line) for line in rule.severities) + order),
        _row(_("豁免"), "".join(_exemption(line) for line in rule.exemptions) or _("规则没有列出豁免情形")),
        _row(_("程序"), escape(rule.procedure)),
        _row(_("牵头"), escape(rule.departments)),
        _row(_("位次"), escape(rule.rank)),
        _row(_("代替"), escape(rule.replaces)),
        _row(_("让位于"), escape(rule.replaced_by)),
        _row(_("说明"), escape(rule.notes)),
        _row(_("文件"), f"<code>{escape(rule.source)}</code>"),
    ]
    return f'<section class="dg-judging">{sides}<dl>{"".join(rows)}</dl></section>'


def values_html(rows: Sequence[ValueRow]) -> str:
    """Draw the numbers of a rule with their days and sources."""
    if not rows:
        words = _("这条规则没有数值界限。")
        return f'<p class="dg-note">{words}</p>'
    heads = (_("数值"), _("起用"), _("来源"))
    head = "".join(f"<th>{title}</th>" for title in heads)
    body = "".join(_value(row) for row in rows)
    return f'<table class="dg-values"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def laws_html(laws: Sequence[LawText]) -> str:
    """Draw the articles of a rule with what is not known of them."""
    return f'<ul class="dg-laws">{"".join(_law(law) for law in laws)}</ul>'


def _look(look: Look) -> str:
    return f'<span class="dg-look" style="color:{look.colour}">{escape(look.words)}</span>'


def _row(title: str, content: str) -> str:
    return f"<dt>{title}</dt><dd>{content}</dd>" if content else ""


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _layers(lines: Sequence[LayerLine]) -> str:
    """Draw layers without conditions in one line, the others below each other."""
    plain = _("、").join(line.title for line in lines if not line.condition)
    items = f"<p>{escape(plain)}</p>" if plain else ""
    for line in lines:
        if line.condition:
            items += f"<p>{escape(line.title)}<small>{escape(line.condition)}</small></p>"
    return items


def _severity(line: SeverityLine) -> str:
    none = _("不作冲突")
    look = f'<span class="dg-look dg-none">{none}</span>' if line.look is None else _look(line.look)
    return f'<p class="dg-case">{look}<span>{escape(line.case)}</span></p>'


def _exemption(line: ExemptionLine) -> str:
    evidence = _("{name}：{value}").format(name=_("材料"), value=line.evidence) if line.evidence else ""
    return (
        f'<p>{escape(line.title)} <span class="dg-tag">{escape(line.effect)}</span>'
        f"<small>{escape(line.proof)}</small>" + (f"<small>{escape(evidence)}</small>" if evidence else "") + "</p>"
    )


def _value(row: ValueRow) -> str:
    state = "dg-law" if row.of_law else "dg-own"
    classes = "".join(_class(one) for one in row.classes)
    details = [row.meant] if row.meant else []
    if row.by:
        details.append(_("按“{column}”分级").format(column=row.by))
    if row.otherwise:
        details.append(_("未填的按“{words}”（本项目约定）").format(words=row.otherwise))
    small = "".join(f"<small>{escape(words)}</small>" for words in details)
    not_then = _("此日不适用")
    since = escape(row.since) + ("" if row.in_force else f"<small>{not_then}</small>")
    return (
        f'<tr class="{"" if row.in_force else "dg-past"}"><td><b>{escape(row.title)}</b>{small}'
        f'<div class="dg-classes">{classes}</div></td><td>{since}</td>'
        f'<td><span class="{state}">{escape(row.kind)}</span> {escape(row.source)}</td></tr>'
    )


def _class(one: ValueClass) -> str:
    title = f"<small>{escape(one.title)}</small>" if one.title else ""
    changed = f"<em>→ {escape(one.changed)}</em>" if one.changed else ""
    return f"<span>{title}<b>{escape(one.number)}</b>{changed}</span>"


def _law(law: LawText) -> str:
    state = "dg-verified" if law.verified else "dg-unverified"
    look = "dg-open" if law.doubtful else ""
    notes = "".join(f'<small class="{look}">{escape(note)}</small>' for note in law.notes)
    return (
        f'<li class="{"" if law.in_force else "dg-past"}">{escape(law.name)} <b>{escape(law.article)}</b> '
        f'<span class="{state}">{escape(law.status)}</span><small>{escape(law.state)}</small>'
        f"<small>{escape(law.version)}</small>{notes}</li>"
    )
