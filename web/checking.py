"""Choosing what to check, running it with words about how far it is, and the run that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import GeodataError
from planning.prepare import CheckError
from web import cached
from web.frame import show_details
from web.rulebook_settings import draw_settings
from web.session import Checked, choose, current
from web.views.conflicts import progress_words
from web.views.plan_names import layer_title, rule_name
from web.views.run_settings import usable_settings
from web.words import _

if TYPE_CHECKING:
    from planning.findings import CheckRun


def check_settings(fingerprint: str) -> None:
    """Draw the choice of rules and layers; nothing chosen means all. The day stands in the sidebar."""
    state = current()
    book = cached.rulebook(fingerprint)
    rules, layers = list(book.rules), list(cached.layers(fingerprint))
    chosen_rules = st.multiselect(
        _("规则"),
        rules,
        default=[rule for rule in state.rules if rule in rules],
        format_func=lambda rule: rule_name(book.rules[rule]),
        placeholder=_("全部 {n} 条规则").format(n=len(rules)),
        key="check-rules",
    )
    chosen_layers = st.multiselect(
        _("图层"),
        layers,
        default=[layer for layer in state.check_layers if layer in layers],
        format_func=layer_title,
        placeholder=_("全部 {n} 个图层").format(n=len(layers)),
        key="check-layers",
    )
    choose(rules=tuple(chosen_rules), check_layers=tuple(chosen_layers))
    draw_settings()


def run_check(fingerprint: str) -> None:
    """Run the check with words about how far it is, then draw the screen again with its results."""
    bar = st.progress(0.0, text=_("正在准备图层…"))

    def show(done: int, total: int, rule: str) -> None:
        bar.progress(*progress_words(done, total, rule))

    rules = cached.rulebook(fingerprint).rules
    # A rule of the workspace's own may have gone since it was chosen or changed.
    state = choose(
        settings=usable_settings(current().settings, rules),
        rules=tuple(rule for rule in current().rules if rule in rules),
    )
    try:
        cached.check_run(fingerprint, state.rules, state.check_layers, state.as_of, state.settings, show)
    except (CheckError, GeodataError) as error:
        bar.empty()
        st.error(_fault_words(fingerprint))
        show_details(error)
        return
    choose(
        checked=Checked(fingerprint, state.rules, state.check_layers, state.as_of, state.settings),
        selected_finding=None,
        list_serial=state.list_serial + 1,
    )
    st.rerun()


def shown_run() -> CheckRun | None:
    """Return the last check of this session, or None before the first."""
    checked = current().checked
    if checked is None:
        return None
    return cached.check_run(checked.fingerprint, checked.rules, checked.layers, checked.as_of, checked.settings)


def is_outdated(fingerprint: str) -> bool:
    """Whether data or choices have changed since the check that is shown."""
    state = current()
    return state.checked != Checked(fingerprint, state.rules, state.check_layers, state.as_of, state.settings)


def _fault_words(fingerprint: str) -> str:
    """Say what kept a check from being made: a table, or else a layer."""
    try:
        cached.tables(fingerprint)
    except CheckError:
        return _("检测没有完成：工作区的产业准入清单 tables/industry_access.csv 不能用。按“技术细节”改正后再运行。")
    return _("检测没有完成：有图层不能用来检测。核对“技术细节”里提到的图层，或在“检测设置”里去掉它，再运行一次。")
