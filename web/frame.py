"""What every screen has around it: the look, the title line, language, day and state of the data."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from geodata.errors import GeodataError
from web import cached
from web.assets import OWN
from web.basemap import BaseMap, base_map
from web.session import choose, current, widget
from web.views.data_state import (
    DataState,
    broken_catalogue_words,
    damaged_words,
    data_state,
    gap_words,
    no_workspace_words,
    status_line,
)
from web.words import _

if TYPE_CHECKING:
    from pathlib import Path

    from web.words import Language

_LANGUAGES: dict[Language, str] = {"zh": "中文", "en": "English"}


def use_look() -> None:
    """Give the page its type, colours and distances."""
    name = _("旺苍多规合一")
    st.html(f"<style>:root {{ --name: '{name}'; }}\n{(OWN / 'app.css').read_text(encoding='utf-8')}</style>")


def choose_language() -> None:
    """Copy a switch of the language before anything is written in it."""
    chosen = widget("language")
    if chosen in _LANGUAGES and chosen != current().language:
        choose(language=chosen)


def show_title(question: str) -> None:
    """Write the question that the screen answers, with the day and the state of the data."""
    words = status_line(current().as_of, read_data_state())
    st.html(f'<div class="dg-title"><h1>{escape(question)}</h1><span>{escape(words)}</span></div>')


def show_status() -> None:
    """Write below the navigation what is true on every screen."""
    state = current()
    with st.sidebar, st.container(key="status"):
        st.segmented_control(
            "语言 / Language",
            list(_LANGUAGES),
            default=state.language,
            format_func=lambda key: _LANGUAGES[key],
            required=True,
            key="language",
            label_visibility="collapsed",
        )
        key = f"as-of-{state.as_of}"  # another widget may change the day: a new day is a new widget
        st.date_input(
            _("按哪一天的规定"),
            value=state.as_of,
            format="YYYY-MM-DD",
            key=key,
            on_change=_copy_day,
            args=(key,),
        )
        data = read_data_state()
        if data.notice:
            with st.expander(data.notice, key="demonstration"):
                st.caption(data.explanation)
                st.caption(_("、").join(data.names))


def configured_base_map() -> BaseMap:
    """Return the base map that the environment or Streamlit's secrets ask for."""
    try:
        token = st.secrets.get("DUOGUI_TIANDITU_TOKEN")
    except FileNotFoundError:  # no secrets at all
        token = None
    return base_map(None if token is None else str(token))


def read_data_state() -> DataState:
    """Return what the workspace says of its data; nothing for a workspace that cannot be opened."""
    try:
        workspace = cached.workspace()
        versions, terrain = workspace.current(), workspace.terrain()
    except GeodataError:
        return DataState("", (), "")
    return data_state(
        ((key, version.provenance) for key, version in versions.items()),
        None if terrain is None else terrain.provenance,
    )


def require_workspace() -> str:
    """Return the fingerprint of a workspace that can be read; else say what to do next and stop the screen."""
    try:
        fingerprint = cached.fingerprint()
        layers, _terrain = cached.layers(fingerprint), cached.terrain()
    except (GeodataError, OSError) as error:
        st.error(fault_words(cached.workspace_path()))
        show_details(error)
        st.stop()
    if not layers:
        st.error(_("工作区里还没有图层。设置 DUOGUI_WORKSPACE 指向有图层的文件夹，再重新启动。"))
        st.stop()
    return fingerprint


def show_details(error: Exception) -> None:
    """Keep the words of an error for those who can read them."""
    with st.expander(_("技术细节（给信息中心）")):
        st.code(str(error), language=None, wrap_lines=True)


def show_gaps(fingerprint: str) -> None:
    """Say which layers are missing or empty without which the screen cannot say what it should."""
    for words in gap_words(cached.layers(fingerprint)):
        st.warning(words)


def fault_words(folder: Path) -> str:
    """Say in one sentence what is wrong with a workspace that cannot be read, and the remedy."""
    if not (folder / "catalogue.sqlite").is_file():
        return no_workspace_words(str(folder))
    try:
        damaged = cached.find_damaged()
    except (GeodataError, OSError):
        return broken_catalogue_words(str(folder))
    return damaged_words(damaged)


def _copy_day(key: str) -> None:
    day = widget(key)
    if day is not None:
        choose(as_of=day)
