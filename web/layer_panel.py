"""The left quarter of 一张图: search, layers by group, and the transport projects."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from web.session import choose, current, go_to, widget
from web.views.overview import (
    drawing_order,
    layer_details,
    layer_groups,
    line_legend,
    move_layer,
    search_entries,
    shown_keys,
    transport_projects,
)
from web.views.overview_html import details_html, legend_html, projects_html
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Layer
    from web.views.overview import LayerRow, SearchEntry


def search_box(layers: Mapping[str, Layer]) -> None:
    """Draw the search; a choice flies there and empties the box again."""
    view = current().view
    key = f"search-{0 if view is None else view.serial}"
    st.selectbox(
        _("查找"),
        search_entries(layers),
        index=None,
        format_func=lambda entry: entry.label,
        placeholder=_("查找 乡镇、项目、园区"),
        label_visibility="collapsed",
        key=key,
        on_change=_fly,
        args=(key,),
    )


def layer_list(layers: Mapping[str, Layer]) -> None:
    """Draw the layers by group, the details of the opened one, and the transport projects under their group."""
    state = current()
    order = drawing_order(layers, state.order)
    transport = layers.get("road") or layers.get("railway")
    for group in layer_groups(layers, order, shown_keys(layers, state.shown), dict(state.opacity)):
        st.html(f'<h4 class="dg-group">{escape(group.title)}</h4>')
        for row in group.rows:
            _layer_row(row, layers, order)
        if transport is not None and any(row.key in ("road", "railway") for row in group.rows):
            st.html(legend_html(line_legend()))
            projects = transport_projects(layers)
            with st.expander(_("第八条项目（{n}）").format(n=len(projects)), key="projects"):
                st.html(projects_html(projects))


def _layer_row(row: LayerRow, layers: Mapping[str, Layer], order: tuple[str, ...]) -> None:
    with st.container(horizontal=True, key=f"row-{row.key}", vertical_alignment="center", gap=None, wrap=False):
        st.checkbox(
            f"![]({row.swatch}) {row.title}" if row.swatch else row.title,
            value=row.shown,
            key=f"shown-{row.key}",
            on_change=_show,
            args=(row.key, layers),
            width="stretch",
        )
        hint = _("来源、不透明度、上下次序")
        st.button("ⓘ", key=f"open-{row.key}", type="tertiary", help=hint, on_click=_open, args=(row.key,))
    if current().opened_layer == row.key:
        with st.container(key="opened"):
            st.html(details_html(layer_details(layers[row.key])))
            _opacity(row)
            with st.container(horizontal=True, gap="small"):
                for up, label in ((True, _("上移一层")), (False, _("下移一层"))):
                    step = {"up": up}
                    st.button(label, key=f"move-{row.key}-{up}", on_click=_move, args=(order, row.key), kwargs=step)


def _opacity(row: LayerRow) -> None:
    key = f"opacity-{row.key}"
    percent = round(row.opacity * 100)
    st.slider(_("不透明度"), 0, 100, percent, 10, format="%d %%", key=key, on_change=_fade, args=(row.key, key))


def _fly(key: str) -> None:
    entry: SearchEntry | None = widget(key)  # type: ignore[assignment]
    if entry is not None:
        go_to(entry.bounds)


def _show(key: str, layers: Mapping[str, Layer]) -> None:
    shown = shown_keys(layers, current().shown) ^ {key}
    choose(shown=tuple(sorted(shown)))


def _open(key: str) -> None:
    choose(opened_layer=None if current().opened_layer == key else key)


def _move(order: tuple[str, ...], key: str, *, up: bool) -> None:
    choose(order=move_layer(order, key, up=up))


def _fade(key: str, slider: str) -> None:
    percent: int = widget(slider)  # type: ignore[assignment]
    choose(opacity=tuple((dict(current().opacity) | {key: percent / 100}).items()))
