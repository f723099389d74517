"""The verdict table, the matrix and the lists of what was not judged as HTML; every text from data is escaped."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from planning.findings import Severity, Verdict
from web.views.severity import severity_look, verdict_look
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.views.matrix import Cell, Group, Matrix, Row
    from web.views.plan_differences import DifferenceTable
    from web.views.stock import StockList, StockRow
    from web.views.verdicts import VerdictRow


def verdicts_html(rows: Sequence[VerdictRow]) -> str:
    """Draw the verdict of every rule, by group."""
    heads = (_("规则"), _("结论"), _("未检测的部分与原因"), _("计数"), _("牵头"))
    body = "".join(
        f'<tr class="dg-group"><th colspan="{len(heads)}">{escape(_(group))}</th></tr>'
        f"{''.join(_verdict(row) for row in of_group)}"
        for group, of_group in groupby(rows, key=lambda row: row.group)
    )
    head = "".join(f"<th>{title}</th>" for title in heads)
    return f'<table class="dg-verdicts"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def matrix_html(matrix: Matrix) -> str:
    """Draw rules by townships: the names of both stay in sight while it is scrolled."""
    head = "".join(f'<th title="{escape(name)}"><span>{escape(name)}</span></th>' for name in matrix.townships)
    sums = "".join(f"<td>{escape(number)}</td>" for number in matrix.sums)
    found, gaps, together, rule = _("处数"), _("未检测乡镇"), _("疑似冲突合计（处）"), _("规则")
    body = "".join(_group(group, len(matrix.townships)) for group in matrix.groups)
    return (
        '<div class="dg-scroll"><table class="dg-matrix"><thead><tr>'
        f'<th class="dg-rule">{rule}</th><th class="dg-count"><span>{found}</span></th>'
        f'<th class="dg-count"><span>{gaps}</span></th>{head}</tr></thead><tbody>{body}</tbody>'
        f'<tfoot><tr><th class="dg-rule">{together}</th><td class="dg-count">{escape(matrix.total)}</td>'
        f'<td class="dg-count"></td>{sums}</tr></tfoot></table></div>'
    )


def matrix_legend_html(words: str) -> str:
    """Draw the key of the marks, with what the rows add up to."""
    conflict = verdict_look(Verdict.CONFLICT).mark
    severities = "".join(
        f"<span>{_mark(severity.value, conflict)}{escape(severity_look(severity).word)}</span>" for severity in Severity
    )
    others = "".join(
        f"<span>{_mark(verdict.value, verdict_look(verdict).mark)}{escape(verdict_look(verdict).word)}</span>"
        for verdict in (Verdict.CLEAR, Verdict.NOT_CHECKED)
    )
    note = _("规则有任何一部分未检测的，没有冲突的乡镇即记未检测；跨乡镇的冲突在各乡镇分别计数。")
    title = _("疑似冲突")
    return (
        f'<p class="dg-note dg-marks"><b>{title}</b>{severities}{others}</p>'
        f'<p class="dg-note" title="{escape(note)}">{escape(words)}</p>'
    )


def stock_html(view: StockList) -> str:
    """Draw a list of what was listed and not judged."""
    if not view.rows:
        return f'<p class="dg-note">{escape(view.empty)}</p>'
    heads = (_("规则"), _("图层"), _("个数"), _("名称"))
    head = "".join(f"<th>{title}</th>" for title in heads)
    body = "".join(_stock_row(row) for row in view.rows)
    return f'<table class="dg-verdicts dg-stock"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def differences_html(view: DifferenceTable) -> str:
    """Draw the differences of the two former plans."""
    notes = "".join(f'<p class="dg-note">{escape(words)}</p>' for words in view.notes)
    if not view.rows:
        return notes
    heads = (_("类别"), _("含义"), _("处数"), _("合计"), _("分乡镇"))
    head = "".join(f"<th>{title}</th>" for title in heads)
    body = "".join(
        f"<tr><td><b>{row.letter}</b></td><td>{escape(row.meaning)}</td><td>{row.count}</td>"
        f"<td>{escape(row.total)}</td><td>{escape(_('；').join(row.townships)) or '—'}</td></tr>"
        for row in view.rows
    )
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'{notes}<table class="dg-verdicts dg-differences">{table}</table>'


def _verdict(row: VerdictRow) -> str:
    gaps = "".join(f"<p>{escape(words)}</p>" for words in row.not_checked)
    pairs = "".join(
        f'<li><span style="color:{part.look.colour}">{part.look.mark}</span> {escape(part.pair)}</li>'
        for part in row.parts
    )
    notes = "".join(f"<li>{escape(words)}</li>" for words in row.notes)
    title = _("逐对图层")
    more = f"<details><summary>{title}</summary><ul>{pairs}{notes}</ul></details>" if pairs or notes else ""
    return (
        f"<tr><td><b>{escape(row.rule_id)}</b> {escape(row.title)}{more}</td>"
        f'<td class="dg-verdict"><span style="color:{row.look.colour}">{row.look.mark}</span> {escape(row.words)}</td>'
        f"<td>{gaps or '—'}</td><td>{'<br>'.join(escape(words) for words in row.counts)}</td>"
        f"<td>{escape(row.department)}</td></tr>"
    )


def _group(group: Group, townships: int) -> str:
    head = (
        f'<tr class="dg-group"><th class="dg-rule" colspan="3">{escape(group.title)}</th>'
        f'<td colspan="{townships}">{escape(group.words)}</td></tr>'
    )
    return head + "".join(_row(row) for row in group.rows)


def _row(row: Row) -> str:
    title = f"{row.rule_id} {row.title}" + (f"\n{row.why}" if row.why else "")
    return (
        f'<tr><th class="dg-rule" title="{escape(title)}"><b>{escape(row.rule_id)}</b> {escape(row.title)}</th>'
        f'<td class="dg-count">{escape(row.findings)}</td><td class="dg-count dg-gaps">{escape(row.unchecked)}</td>'
        f"{''.join(_cell(cell) for cell in row.cells)}</tr>"
    )


def _cell(cell: Cell) -> str:
    said = f' title="{escape(cell.words)}"' if cell.words else ""
    if cell.mark == Verdict.NOT_CHECKED.value:  # the whole cell is hatched: a gap must not look like a blank
        said = ' class="dg-n"'
    return f"<td{said}>{_mark(cell.mark, cell.look.mark)}</td>"


def _mark(key: str, sign: str) -> str:
    """Draw a mark: shape and pattern come from the style sheet, the sign stays in the text."""
    return f'<i class="dg-m dg-m-{key}">{sign}</i>'


def _stock_row(row: StockRow) -> str:
    names = escape(row.names)
    if row.more:
        names = f"<details><summary>{names}</summary>{escape(row.more)}</details>"
    return (
        f"<tr><td><b>{escape(row.rule_id)}</b> {escape(row.title)}</td><td>{escape(row.layer)}</td>"
        f"<td>{escape(row.count)}</td><td>{names}</td></tr>"
    )
