"""The four numbers of a check, each a filter, and the verdict of every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from web import cached
from web.session import choose, current, widget
from web.views.conflict_html import matrix_html, verdicts_html
from web.views.conflicts import big_numbers
from web.views.verdicts import township_names, verdict_matrix, verdict_rows
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
    """Draw verdicts by rule and township."""
    townships = township_names(cached.layers(fingerprint), run)
    if townships:
        st.html(matrix_html(verdict_matrix(run, townships)))
    else:
        st.info(_("没有乡镇图层，不能按乡镇列出结论。导入乡镇界线后重新运行检测。"))
