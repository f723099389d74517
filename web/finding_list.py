"""The findings of a run, filtered, listed and on the map; a row or a shape that is clicked is the selected one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from planning.findings import Severity
from web import cached
from web import map as county_map
from web.frame import configured_base_map
from web.session import View, choose, current, widget
from web.views.conflict_html import legend_html
from web.views.conflict_map import (
    MOST_DRAWN,
    clicked_finding,
    conflict_layer,
    drawn_findings,
    feature_outlines,
    quiet_layers,
    surroundings,
    view_serial,
)
from web.views.conflicts import (
    FindingFilter,
    filter_choices,
    finding_rows,
    finding_table,
    list_titles,
    list_widths_px,
    list_words,
    row_of,
)
from web.views.overview import county_bounds
from web.views.severity import severity_look
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.findings import CheckRun, Finding


_ROW_PX = 57
"""Two or three lines: Streamlit breaks lines in rows above 4 rem only."""


def finding_filters(run: CheckRun) -> FindingFilter:
    """Draw the filters and return what is wanted."""
    state, choices = current(), {name: dict(pairs) for name, pairs in filter_choices(run).items()}
    by_rule, by_department, by_township, by_certainty = st.columns([2.2, 1.4, 1.2, 1.1], gap="xsmall")
    wanted_rules = by_rule.multiselect(
        _("规则组或规则"),
        list(choices["rules"]),
        default=[rule for rule in state.finding_rules if rule in choices["rules"]],
        format_func=choices["rules"].__getitem__,
        placeholder=_("全部规则"),
        key="finding-rules",
        label_visibility="collapsed",
    )
    wanted_departments = by_department.multiselect(
        _("牵头部门"),
        list(choices["departments"]),
        default=[name for name in state.departments if name in choices["departments"]],
        format_func=choices["departments"].__getitem__,
        placeholder=_("全部部门"),
        key="finding-departments",
        label_visibility="collapsed",
    )
    townships = list(choices["townships"])
    wanted_township = by_township.selectbox(
        _("乡镇"),
        townships,
        index=townships.index(state.township) if state.township in townships else None,
        placeholder=_("全部乡镇"),
        key="finding-township",
        label_visibility="collapsed",
    )
    certainty = by_certainty.selectbox(
        _("确定性"),
        list(choices["certainties"]),
        index=None,
        format_func=choices["certainties"].__getitem__,
        placeholder=_("确定性"),
        key="finding-certainty",
        label_visibility="collapsed",
    )
    state = choose(finding_rules=tuple(wanted_rules), departments=tuple(wanted_departments), township=wanted_township)
    return FindingFilter(
        severities=state.severities,
        rules=state.finding_rules,
        departments=state.departments,
        townships=(state.township,) if state.township else (),
        certainty=certainty,
    )


def finding_list(findings: Sequence[Finding], *, total: int, height: int) -> None:
    """Draw the list; a click on a row selects its finding."""
    rows = finding_rows(findings)
    state = current()
    # A selection is kept by place in the table: other rows need another table.
    key = f"finding-list-{state.list_serial}-{hash(tuple(row.finding_id for row in rows))}"
    chosen = row_of(rows, state.selected_finding)
    marked: Any = {"selection": {"rows": [] if chosen is None else [chosen], "columns": [], "cells": []}}
    st.dataframe(
        finding_table(rows),
        key=key,
        height=height,
        row_height=_ROW_PX,
        hide_index=True,
        column_config={
            t: st.column_config.Column(width=w) for t, w in zip(list_titles(), list_widths_px(), strict=True)
        },
        on_select=partial(_choose_row, key, tuple(row.finding_id for row in rows)),
        selection_mode="single-row",
        selection_default=marked,
    )
    looks = [severity_look(severity) for severity in Severity]
    st.html(legend_html(list_words(len(rows), total, MOST_DRAWN), looks))
    if state.selected_finding is not None:
        st.button(_("回到全县"), type="tertiary", key="whole-county", on_click=_show_county)


def finding_map(findings: Sequence[Finding], selected: Finding | None) -> None:
    """Draw the findings over a quiet map; a click on a shape selects its finding."""
    state, under = current(), configured_base_map()
    layers, terrain = cached.layers(cached.fingerprint()), cached.terrain()
    home = county_bounds(layers)
    goal = home if selected is None else surroundings(selected.geometry.bounds)
    flight = View(goal, view_serial(state.selected_finding, state.first_serial + state.selections), max_zoom=16)
    shown = county_map.content(
        [
            county_map.remote_layer(layers[layer], opacity=opacity, base_map=under)
            for layer, opacity in quiet_layers(layers, selected).items()
        ],
        county_map.map_notices(list(layers.values()), terrain=terrain, base_map=under),
        view=flight if state.selections else None,
        base_map=under,
    )
    conflict_layer(
        drawn_findings(findings, selected), selected, feature_outlines(layers, selected), under.datum
    ).add_to(shown)
    key = county_map.component_key("conflicts", cached.fingerprint()[:12], under.datum)
    county_map.show(
        county_map.base("conflicts", home, terrain=terrain, base_map=under, clickable=False),
        shown,
        key=key,
        returned=["last_object_clicked_tooltip", "last_object_clicked_count"],
        on_change=partial(_choose_shape, key),
    )


def _choose_shape(key: str) -> None:
    answer = cast("dict[str, Any]", widget(key) or {})
    finding_id = clicked_finding(answer.get("last_object_clicked_tooltip"))
    if finding_id is not None and finding_id != current().selected_finding:
        select_finding(finding_id, renew_list=True)


def _choose_row(key: str, finding_ids: tuple[str, ...]) -> None:
    rows = cast("dict[str, dict[str, list[int]]]", widget(key))["selection"]["rows"]
    select_finding(finding_ids[rows[0]] if rows else None)


def _show_county() -> None:
    select_finding(None, renew_list=True)


def select_finding(finding_id: str | None, *, renew_list: bool = False) -> None:
    """Select a finding, or none; the list is made anew where it does not know of it."""
    state = current()
    choose(
        selected_finding=finding_id,
        selections=state.selections + 1,
        list_serial=state.list_serial + renew_list,
    )
