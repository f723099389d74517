"""The card of the finding that is selected: its numbers, what explains them, what else meets there, and the law."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from web.explain_panel import explain_button
from web.finding_list import select_finding
from web.views.card import card_view
from web.views.conflict_html import card_body_html, card_head_html
from web.views.place_rules import place_rules

_OPEN = 3
"""So many rules are seen at once; more would push the law out of sight."""

if TYPE_CHECKING:
    from planning.findings import CheckRun, Finding


def draw_card(finding: Finding, run: CheckRun, fingerprint: str) -> None:
    """Draw the card, with its buttons between what is found and what the law says."""
    card = card_view(finding, as_of=run.as_of, demonstration=run.uses_demonstration_data)
    with st.container(key="card", gap=None):
        st.html(card_head_html(card))
        explain_button(finding, run, fingerprint)
        draw_place_rules(finding, run)
        st.html(card_body_html(card))


def draw_place_rules(finding: Finding, run: CheckRun) -> None:
    """Draw the rules that meet on the place of a finding; a click opens the card of another."""
    view = place_rules(finding, run.findings)
    if view is None:
        return
    with st.container(key="place-rules"), st.expander(view.title, expanded=len(view.rules) <= _OPEN):
        for rule in view.rules:
            st.button(
                rule.label,
                key=f"place-{rule.look.key}-{rule.finding_id}",
                type="tertiary",
                disabled=rule.shown,
                width="stretch",
                on_click=select_finding,
                args=(rule.finding_id,),
                kwargs={"renew_list": True},
            )
        if view.note:
            st.caption(view.note)
