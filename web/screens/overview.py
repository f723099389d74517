"""The screen 一张图: what is planned here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from web import cached
from web import map as county_map
from web.assets import OWN
from web.frame import configured_base_map, require_workspace, show_gaps, show_title
from web.layer_panel import layer_list, search_box
from web.session import copy_click, current, forget_place
from web.views.overview import county_bounds, drawing_order, shown_keys
from web.views.overview_html import place_html
from web.views.place import count_unchecked, find_place, findings_at, reach_m
from web.views.place_words import place_words
from web.words import _

if TYPE_CHECKING:
    from web.basemap import BaseMap


def draw_map(fingerprint: str, key: str, under: BaseMap) -> None:
    state, layers, terrain = current(), cached.layers(fingerprint), cached.terrain()
    shown = shown_keys(layers, state.shown)
    drawn = [layers[name] for name in drawing_order(layers, state.order) if name in shown]
    opacity = dict(state.opacity)
    county_map.show(
        county_map.base("overview", county_bounds(layers), terrain=terrain, base_map=under),
        county_map.content(
            [county_map.remote_layer(layer, opacity=opacity.get(layer.key, 1.0), base_map=under) for layer in drawn],
            county_map.map_notices(drawn, terrain=terrain, base_map=under),
            point=state.clicked,
            view=state.view,
            base_map=under,
        ),
        key=key,
    )


def draw_place(fingerprint: str) -> None:
    state = current()
    if state.clicked is None:
        st.container(key="place-closed").empty()
        return
    reach = reach_m(state.click_zoom, state.clicked[1])
    place = find_place(cached.places(fingerprint), *state.clicked, within_m=reach)
    run = cached.known_run(fingerprint, state.as_of)
    findings = None if run is None else findings_at(run, *state.clicked, within_m=reach)
    unchecked = 0 if run is None else count_unchecked(run)
    with st.container(key="place"):
        st.button(_("关闭"), key="close-place", type="tertiary", on_click=forget_place)
        st.html(place_html(place_words(place, findings, reach_m=reach, unchecked=unchecked)))
        if st.button(_("到冲突检测"), key="to-conflicts"):
            st.switch_page("screens/conflicts.py")


@st.fragment
def draw_map_and_place(fingerprint: str) -> None:
    under = configured_base_map()
    key = county_map.component_key("overview", fingerprint[:12], under.datum)
    copy_click(key, under.from_screen)
    on_map, beside = st.columns([2, 1], gap="small")
    with beside:
        draw_place(fingerprint)
    with on_map:
        draw_map(fingerprint, key, under)


def draw_screen() -> None:
    st.html(OWN / "overview.css")
    show_title(_("这里规划了什么？"))
    fingerprint = require_workspace()
    show_gaps(fingerprint)
    panel, right = st.columns([1, 3], gap="small")
    with panel, st.container(key="panel"):
        search_box(cached.layers(fingerprint))
        with st.container(key="layers"):
            layer_list(cached.layers(fingerprint))
    with right:
        draw_map_and_place(fingerprint)


draw_screen()
