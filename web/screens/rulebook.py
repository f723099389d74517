"""The screen 规则库: which rules there are, what they stand on, and how they judge."""

from __future__ import annotations

import streamlit as st

from web import cached
from web.assets import OWN
from web.checking import shown_run
from web.frame import require_workspace, show_title
from web.rulebook_detail import draw_rule
from web.rulebook_list import rule_filters, rule_list
from web.rulebook_self_test import draw_self_test
from web.session import copy_widget, current
from web.views.rulebook import book_words
from web.views.rulebook_errors import fault_cards, faults_html
from web.words import _


def draw_rules(fingerprint: str) -> None:
    rulebook, run = cached.rulebook(fingerprint), shown_run()
    wanted = rule_filters(rulebook)
    left, right = st.columns([5, 6], gap="medium")
    with left, st.container(key="rules"):
        rule = rule_list(rulebook, wanted, run)
    with right, st.container(key="rule"):
        if rule is None:
            st.info(_("没有符合条件的规则。换一个词，或点“清除”去掉筛选。"))
        else:
            draw_rule(rule, rulebook, run)


@st.fragment
def draw_book(fingerprint: str) -> None:
    names = {"rules": _("规则清单"), "self_test": _("已知答案自检")}
    switch, said = st.columns([4, 5], vertical_alignment="center")
    view = current().rulebook_view
    key = f"rulebook-view-{view}"
    switch.segmented_control(
        _("看什么"),
        list(names),
        default=view,
        format_func=names.__getitem__,
        required=True,
        key=key,
        label_visibility="collapsed",
        on_change=copy_widget,
        args=(key, "rulebook_view"),
    )
    said.html(f'<p class="dg-note dg-said">{book_words(cached.rulebook(fingerprint))}</p>')
    if view == "rules":
        draw_rules(fingerprint)
    else:
        draw_self_test(cached.rulebook(fingerprint))


def draw_screen() -> None:
    st.html(OWN / "rulebook.css")
    show_title(_("有哪些规则，依据什么，怎么判？"))
    fingerprint = require_workspace()
    faults = faults_html(fault_cards(cached.local_rule_errors(fingerprint)))
    if faults:
        st.html(faults)
    draw_book(fingerprint)


draw_screen()
