"""One rule: how it judges, its numbers with a form for one run, its laws through time, and its known answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.self_test import read_seeds
from web import cached
from web.rulebook_settings import number_form
from web.session import current, today
from web.views.rulebook_detail import rule_detail
from web.views.rulebook_html import head_html, judging_html, laws_html, values_html
from web.views.rulebook_law import law_spans
from web.views.rulebook_self_test import seed_rows, seeds_html
from web.views.rulebook_timeline import timeline_html
from web.views.rulebook_values import number_fields
from web.words import _

if TYPE_CHECKING:
    from planning.findings import CheckRun
    from planning.rule import Rule
    from planning.rulebook import Rulebook


def draw_rule(rule: Rule, rulebook: Rulebook, run: CheckRun | None) -> None:
    """Draw one rule."""
    state = current()
    detail = rule_detail(rule, rulebook, state.as_of, state.settings, run)
    st.html(head_html(detail))
    judging, numbers, laws, answers = st.tabs([_("怎么判"), _("数值"), _("依据与沿革"), _("已知答案")])
    judging.html(judging_html(detail))
    with numbers:
        st.html(values_html(detail.values))
        _draw_numbers(rule, rulebook)
    with laws:
        if drawing := timeline_html(law_spans(rule, rulebook, state.as_of), state.as_of, today()):
            st.html(drawing)
        st.html(laws_html(detail.laws))
    with answers:
        _draw_answers(rule, rulebook)


def _draw_numbers(rule: Rule, rulebook: Rulebook) -> None:
    state = current()
    fields = number_fields(rule, rulebook, state.as_of, state.settings)
    if not fields:
        return
    with st.container(border=True, key="rule-numbers"):
        title = _("本次检测的数值")
        st.markdown(f"**{title}**")
        st.caption(_("改动只用于之后的检测，不改规则文件；改动法定数值只供比较，结果上会写明。"))
        number_form(fields)


def _draw_answers(rule: Rule, rulebook: Rulebook) -> None:
    demo = cached.demonstration_path()
    test = None if demo is None else cached.known_self_test(cached.fingerprint(demo), rulebook)
    rows = seed_rows(read_seeds(), test, rule.id)
    if not rows:
        st.caption(_("示范县里没有为这条规则埋设已知答案。"))
        return
    st.html(seeds_html(rows, of_one_rule=True))
    if test is None:
        st.caption(_("还没有自检。到“已知答案自检”运行一次，这里就写明每条答案的结果。"))
