"""The router: page settings, the sidebar and the screens."""

from pathlib import Path

import streamlit as st

from web.frame import choose_language, show_status, use_look
from web.words import _

ROOT = Path(__file__).parent

choose_language()
st.set_page_config(
    page_title=_("旺苍多规合一"),
    page_icon=str(ROOT / "static" / "icon.png"),
    layout="wide",
    initial_sidebar_state=208,
)
use_look()
SCREENS = (
    ("overview", _("一张图")),
    ("conflicts", _("冲突检测")),
    ("rulebook", _("规则库")),
    ("report", _("报告")),
)
page = st.navigation(
    [
        st.Page(ROOT / "screens" / f"{name}.py", title=title, url_path=name, default=name == "overview")
        for name, title in SCREENS
        if (ROOT / "screens" / f"{name}.py").exists()
    ]
)
show_status()
page.run()
