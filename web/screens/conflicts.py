"""The screen 冲突检测: where the plans contradict, and what the law says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from web import cached
from web.assets import OWN
from web.card_panel import draw_card
from web.checking import check_settings, is_outdated, run_check, shown_run
from web.finding_list import finding_filters, finding_list, finding_map
from web.frame import require_workspace, show_gaps, show_title
from web.session import current
from web.verdict_panel import copy, draw_differences, draw_matrix, draw_numbers, draw_stock, draw_verdicts
from web.views.conflicts import find_finding, run_words, select_findings
from web.views.run_settings import settings_html
from web.words import _

if TYPE_CHECKING:
    from planning.findings import CheckRun


def draw_findings(run: CheckRun, fingerprint: str) -> None:
    left, right = st.columns(2)
    with left:
        findings = select_findings(run, finding_filters(run))
        finding_list(findings, total=len(run.findings), height=432)
    selected = find_finding(run, current().selected_finding)
    with right:
        finding_map(findings, selected)
        if selected is None:
            st.info(_("点列表中的一行或图上的一个图形，看它的依据、数字和程序。"))
        else:
            draw_card(selected, run, fingerprint)


@st.fragment
def draw_results(run: CheckRun, fingerprint: str) -> None:
    draw_numbers(run)
    names = {
        "findings": _("疑似冲突"),
        "verdicts": _("逐条结论"),
        "matrix": _("规则 × 乡镇"),
        "stock": _("存量清单"),
        "differences": _("两规差异"),
    }
    switch, said = st.columns([4, 5], vertical_alignment="center")
    view = current().conflict_view
    key = f"conflict-view-{view}"
    switch.segmented_control(
        _("看什么"),
        list(names),
        default=view,
        format_func=names.__getitem__,
        required=True,
        key=key,
        label_visibility="collapsed",
        on_change=copy,
        args=(key, "conflict_view"),
    )
    said.html(f'<p class="dg-note dg-said">{run_words(run)}</p>')
    if changed := settings_html(run.settings, cached.rulebook(fingerprint).rules):
        st.html(changed)
    if view == "findings":
        draw_findings(run, fingerprint)
    elif view == "verdicts":
        draw_verdicts(run)
    elif view == "matrix":
        draw_matrix(run, fingerprint)
    elif view == "stock":
        draw_stock(run)
    else:
        draw_differences(run, fingerprint)


def draw_screen() -> None:
    st.html(OWN / "conflicts.css")
    title, settings, button = st.columns([8, 1.2, 1.2], vertical_alignment="center")
    with title:
        show_title(_("哪里的规划互相矛盾，法律怎么说？"))
    fingerprint = require_workspace()
    show_gaps(fingerprint)
    with settings, st.popover(_("检测设置"), width="stretch"):
        check_settings(fingerprint)
    with button:
        pressed = st.button(_("运行检测"), type="primary", key="run-check", width="stretch")
    if pressed:
        run_check(fingerprint)
    run = shown_run()
    if run is None:
        st.info(
            _("还没有检测。点右上角“运行检测”，按规则逐条比对各个图层；要换规则或图层，先点“检测设置”；日期在左侧。")
        )
        return
    if is_outdated(fingerprint):
        st.warning(_("数据或设置在这次检测之后改过，下面仍是改动前的结果。点“运行检测”更新。"))
    draw_results(run, fingerprint)


draw_screen()
