"""The four numbers of a check, each a filter; the verdict of every rule, by township too; what was not judged."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.export import stock_csv
from web import cached
from web.session import choose, current, widget
from web.views.conflicts import big_numbers
from web.views.matrix import group_choices, show_titles, township_names, verdict_matrix
from web.views.plan_differences import difference_table
from web.views.stock import stock_lists
from web.views.verdict_html import differences_html, matrix_html, matrix_legend_html, stock_html, verdicts_html
from web.views.verdicts import verdict_rows
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.findings import CheckRun


def apply(changes: Mapping[str, object]) -> None:
    """Copy what a button stands for into the state."""
    choose(**changes)


def copy(key: str, field: str) -> None:
    """
    Copy a widget into a field of the state.

    The numbers on top change the same fields: so each choice has a widget of its own, and the state is what counts.
    """
    choose(**{field: widget(key)})


def draw_numbers(run: CheckRun) -> None:
    """Draw the four numbers; a click filters by one, a second click shows everything again."""
    state = current()
    numbers = big_numbers(run, severities=state.severities, only_not_checked=state.only_not_checked)
    with st.container(key="numbers"):
        for column, number in zip(st.columns(4), numbers, strict=True):
            column.button(
                number.label,
                key=f"number-{number.look.key}",
                help=number.definition,
                type="primary" if number.chosen else "secondary",
                width="stretch",
                on_click=apply,
                args=(number.changes,),
            )


def draw_verdicts(run: CheckRun) -> None:
    """Draw every rule with its verdict."""
    only = current().only_not_checked
    key = f"only-not-checked-{only}"
    st.toggle(_("只看有未检测部分的规则"), value=only, key=key, on_change=copy, args=(key, "only_not_checked"))
    st.html(verdicts_html(verdict_rows(run, only_not_checked=only)))


def draw_matrix(run: CheckRun, fingerprint: str) -> None:
    """Draw verdicts by rule and township, with a filter and the key of the marks."""
    townships = township_names(cached.layers(fingerprint), run)
    if not townships:
        st.info(_("没有乡镇图层，不能按乡镇列出结论。导入乡镇界线后重新运行检测。"))
        return
    groups, shows = group_choices(run), show_titles()
    by_group, by_answer, legend = st.columns([1.6, 3.2, 6], vertical_alignment="center")
    group = by_group.selectbox(
        _("规则组"),
        list(groups),
        index=None,
        format_func=groups.__getitem__,
        placeholder=_("全部规则组"),
        key="matrix-group",
        label_visibility="collapsed",
    )
    show = by_answer.segmented_control(
        _("显示哪些规则"),
        list(shows),
        default="not_checked" if current().only_not_checked else "all",
        format_func=shows.__getitem__,
        required=True,
        key="matrix-show",
        label_visibility="collapsed",
    )
    matrix = verdict_matrix(run, townships, group=group, show=show)
    legend.html(matrix_legend_html(matrix.words))
    if matrix.groups:
        st.html(matrix_html(matrix))
    else:
        st.info(_("没有符合筛选的规则。换一个规则组，或选“全部规则”。"))


def draw_differences(run: CheckRun, fingerprint: str) -> None:
    """Draw where the two former plans differ."""
    with st.spinner(_("正在比较两规图斑…")):
        differences = cached.plan_differences(fingerprint)
    st.html(differences_html(difference_table(differences.with_projects(run))))


def draw_stock(run: CheckRun) -> None:
    """Draw what was listed and not judged, each list with its file."""
    lists = stock_lists(run)
    for tab, view in zip(st.tabs([view.tab for view in lists]), lists, strict=True):
        with tab:
            note, button = st.columns([6, 1.4], vertical_alignment="center")
            note.html(f'<p class="dg-note">{escape(view.note)}</p>')
            button.download_button(
                view.download,
                partial(stock_csv, run, view.kind),
                view.file_name,
                "text/csv",
                key=f"stock-{view.kind}",
                disabled=not view.rows,
                width="stretch",
                on_click="ignore",
            )
            st.html(stock_html(view))
