"""解释这个数: one click from a number to what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from web import cached
from web.views.explain import explanation_html, explanation_view
from web.words import _

if TYPE_CHECKING:
    from planning.findings import CheckRun, Finding


def explain_button(finding: Finding, run: CheckRun, fingerprint: str) -> None:
    """Draw the button that explains a finding's number."""
    if st.button(_("解释这个数"), key="explain"):
        # The title is chosen by the language of the moment, so the dialog is made at the click.
        st.dialog(_("解释这个数"), width="large")(_draw_explanation)(finding, run, fingerprint)


def _draw_explanation(finding: Finding, run: CheckRun, fingerprint: str) -> None:
    rulebook = cached.rulebook(fingerprint)
    if rulebook.version != run.rulebook_version:
        st.warning(_("规则库在这次检测之后改过。先重新运行检测，再解释。"))
        return
    changed = rulebook.changed(run.settings.changes)
    view = explanation_view(finding, run, changed, str(cached.workspace_path()))
    st.html(explanation_html(view))
    st.code(view.command, language=None, wrap_lines=True)
