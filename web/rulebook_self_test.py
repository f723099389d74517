"""The self-test with known answers, run from the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import GeodataError
from planning.prepare import CheckError
from planning.self_test import SeedError
from web import cached
from web.frame import show_details
from web.views.rulebook_self_test import answer_html, self_test_view, testing_words
from web.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from planning.rulebook import Rulebook


def draw_self_test(rulebook: Rulebook) -> None:
    """Draw what the self-test is, its button, and what came of it."""
    st.html(f'<p class="dg-summary">{_intro()}</p>')
    demo = cached.demonstration_path()
    if demo is None:
        st.info(_("示范县还没有生成。先运行 python3 start.py，再回到这里自检。"))
        return
    if demo != cached.workspace_path():
        st.caption(_("自检在示范县上运行，不用当前工作区的数据。"))
    content = cached.fingerprint(demo)
    known = cached.known_self_test(content, rulebook)
    again = _("运行自检") if known is None else _("再运行一次")
    if st.button(again, type="primary" if known is None else "secondary", key="run-self-test"):
        _run(demo, content, rulebook)
    if known is not None:
        st.html(answer_html(self_test_view(known)))


def _run(demo: Path, content: str, rulebook: Rulebook) -> None:
    bar = st.progress(0.0, text=_("正在读取示范县…"))

    def show(done: int, total: int, rule: str) -> None:
        bar.progress(*testing_words(done, total, rule))

    try:
        cached.run_self_test(demo, content, rulebook, show)
    except (CheckError, GeodataError, SeedError) as error:
        st.error(_("自检没有完成：示范县的数据或答案表不能用。删去 workspace/demo，重新运行 python3 start.py。"))
        show_details(error)
        bar.empty()
        return
    st.rerun()


def _intro() -> str:
    return _(
        "示范县里预先埋了三类已知答案：必须找到的冲突，只差一点、不得报的近失，以及规则放过、不得报的豁免。"
        "自检按默认设定把示范县重新检测一遍，逐条与答案核对。"
    )
