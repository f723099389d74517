"""What the person at the screen has chosen: one frozen `State`, and the only use of `st.session_state`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from planning.settings import DEFAULTS, Settings
from web import words
from web.views.rulebook_filter import RuleFilter

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY = "state"


def today() -> date:
    """Return the day in the office's time zone: the only clock that is read."""
    return datetime.now(tz=UTC).astimezone().date()


@dataclass(frozen=True)
class View:
    """An extent to fly to, once."""

    bounds: tuple[float, float, float, float]
    """West, south, east, north; EPSG:4490."""
    serial: int
    """A new number flies again, also to the same extent."""
    max_zoom: int = 14
    """How near a small extent is shown."""


@dataclass(frozen=True)
class Checked:
    """The arguments of the check whose results are shown."""

    fingerprint: str
    rules: tuple[str, ...]
    layers: tuple[str, ...]
    as_of: date
    settings: Settings = DEFAULTS


@dataclass(frozen=True)
class State:
    """Choices, never data. Widgets are read, then copied here by `choose`: Streamlit forgets widgets off screen."""

    as_of: date = field(default_factory=today)
    """Day whose law is asked."""
    language: words.Language = "zh"

    shown: tuple[str, ...] | None = None
    """Keys of the layers on the map; None until someone chooses."""
    order: tuple[str, ...] = ()
    """Keys of layers moved from their place in the catalogue, bottom first; empty is the catalogue's order."""
    opacity: tuple[tuple[str, float], ...] = ()
    """Layer key and opacity from 0 to 1, where it is not 1."""
    opened_layer: str | None = None
    """The layer whose details the panel shows."""
    clicked: tuple[float, float] | None = None
    """Longitude and latitude of the place asked about, EPSG:4490."""
    click_zoom: float = 10.0
    """Zoom of the map when it was clicked: how near is near."""
    click_seen: tuple[float, ...] = ()
    """The click that was answered last, as the map gave it."""
    view: View | None = None
    first_serial: int = field(default_factory=lambda: secrets.randbits(30))
    """From where flights are counted: the browser remembers the last one, and a page that is loaded again is new."""

    rules: tuple[str, ...] = ()
    """Ids of the rules to check; empty is all."""
    severities: tuple[str, ...] = ()
    """Severities listed; empty is all."""
    township: str | None = None
    """Name of the township listed; None is the whole county."""
    selected_finding: str | None = None
    check_layers: tuple[str, ...] = ()
    """Keys of the layers to check; empty is all."""
    settings: Settings = DEFAULTS
    """What is set for the next check beside rules, layers and day."""
    settings_serial: int = 0
    """A new number makes the widgets of the settings anew, with what the settings say."""
    checked: Checked | None = None
    """The last check of this session, or None."""
    finding_rules: tuple[str, ...] = ()
    """Rules listed; empty is all."""
    departments: tuple[str, ...] = ()
    """Departments listed, by their Chinese names; empty is all."""
    conflict_view: str = "findings"
    """`findings`, `verdicts`, `matrix`, `stock` or `differences`."""
    only_not_checked: bool = False
    """Whether the verdicts are only those with a part that was not checked."""
    list_serial: int = 0
    """A new number makes the list of findings anew, with the row of the selected one marked."""
    selections: int = 0
    """How many findings were selected so far: each flies the map once."""
    chosen_findings: tuple[str, ...] = ()
    """Ids of the findings put into the report and the briefing."""

    rulebook_view: str = "rules"
    """`rules` or `self_test`."""
    rule_filter: RuleFilter = field(default_factory=RuleFilter)
    selected_rule: str | None = None
    rule_filter_serial: int = 0
    """A new number makes the filters of the rulebook anew, empty."""


def current() -> State:
    """Return the choices as they are; the defaults where no screen is being drawn."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return State()
    if _KEY not in st.session_state:
        st.session_state[_KEY] = State()
    state: State = st.session_state[_KEY]
    return state


def choose(**changes: object) -> State:
    """
    Change some choices.

    Parameters
    ----------
    **changes
        Fields of `State` with their new values.

    Returns
    -------
        The new state, which is `current()` from now on.
    """
    state = replace(current(), **changes)  # type: ignore[arg-type]
    st.session_state[_KEY] = state
    return state


def widget(key: str) -> object:
    """Return what a widget holds, for a callback that copies it into the state."""
    return st.session_state.get(key)


def copy_widget(key: str, name: str) -> None:
    """Copy a widget into a field of the state, for a widget that may be made anew."""
    choose(**{name: widget(key)})


def copy_click(key: str, from_screen: Callable[[float, float], tuple[float, float]]) -> None:
    """
    Copy a new click on a map into the state.

    Parameters
    ----------
    key
        As given to `web.map.show`.
    from_screen
        Brings a longitude and latitude of the map to EPSG:4490.
    """
    answer = cast("dict[str, Any]", widget(key) or {})
    click = answer.get("last_clicked")
    if not click:
        return
    seen = (click["lng"], click["lat"], click.get("zoom", State.click_zoom), click.get("serial", 0))
    if seen != current().click_seen:
        choose(clicked=from_screen(seen[0], seen[1]), click_zoom=float(seen[2]), click_seen=seen)


def forget_place() -> None:
    """Ask about no place any more."""
    choose(clicked=None)


def go_to(bounds: tuple[float, float, float, float]) -> State:
    """Fly to an extent (west, south, east, north; EPSG:4490) on the next map."""
    before = current().view
    return choose(view=View(bounds, (current().first_serial if before is None else before.serial) + 1))


words.follow(lambda: current().language)
