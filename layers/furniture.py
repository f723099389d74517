"""What stands around and on a map: frame with coordinates, scale bar, north arrow, legend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Polygon, Rectangle
from pyproj import CRS

from geodata.measure import measure_distance_m
from layers.paths import polygon_path
from layers.sheet import INK, PAPER, QUIET_INK, fit_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.paths import Window
    from layers.sheet import Sheet
    from layers.style import Style

PT_PER_PX = 0.75
LEGEND_STEP_MM = 4.4
_FRAME = "#3A4048"
_MINUTE_STEPS = (1 / 6, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
_MOST_TICKS = 6
_GEOGRAPHIC = CRS.from_epsg(4490)
_BAR_FIGURES = (1.0, 2.0, 5.0)
_M_PER_KM = 1000.0


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend."""

    label: str
    kind: str
    """`polygon`, `line` or `point`."""
    style: Style


def draw_frame(sheet: Sheet, window: Window, *, coordinates: bool) -> None:
    """Draw the map's border and, if wanted, ticks in degrees and minutes."""
    left, bottom, width, height = sheet.map_box_mm
    frame = Rectangle((left, bottom), width, height, fill=False, edgecolor=_FRAME, linewidth=0.8, zorder=50)
    sheet.add(frame, sheet.paper)
    if not coordinates:
        return
    west, south, east, north = window
    for values, low, high, across in (
        (_ticks(west, east), west, east, True),
        (_ticks(south, north), south, north, False),
    ):
        for value in values:
            share = (value - low) / (high - low)
            words = _degrees_minutes(value)
            if across:
                x = left + share * width
                sheet.add(Line2D([x, x], [bottom, bottom - 1.0], color=_FRAME, linewidth=0.6), sheet.paper)
                sheet.write(x, bottom - 2.6, words, size_pt=5.5, align="center", colour=QUIET_INK)
            else:
                y = bottom + share * height
                sheet.add(Line2D([left, left - 1.0], [y, y], color=_FRAME, linewidth=0.6), sheet.paper)
                sheet.write(left - 2.6, y, words, size_pt=5.5, align="center", rotation=90, colour=QUIET_INK)


def draw_scale_bar(sheet: Sheet, window: Window, left_mm: float, bottom_mm: float, room_mm: float) -> None:
    """Draw a scale bar of a round length that fits the room, true at the window's middle latitude."""
    west, south, east, north = window
    lat = (south + north) / 2.0
    across_m = float(measure_distance_m(west, lat, east, lat, _GEOGRAPHIC)[()])
    m_per_mm = across_m / sheet.map_box_mm[2]
    longest_m = m_per_mm * room_mm
    power = 10.0 ** math.floor(math.log10(longest_m))
    length_m = max(figure * power for figure in _BAR_FIGURES if figure * power <= longest_m)
    length_mm = length_m / m_per_mm
    half = length_mm / 2.0
    for start, colour in ((0.0, INK), (half, PAPER)):
        bar = Rectangle((left_mm + start, bottom_mm), half, 1.1, facecolor=colour, edgecolor=INK, linewidth=0.6)
        sheet.add(bar, sheet.paper)
    unit, divisor = ("km", _M_PER_KM) if length_m >= _M_PER_KM else ("m", 1.0)
    for share, words in ((0.0, "0"), (0.5, f"{length_m / divisor / 2:g}"), (1.0, f"{length_m / divisor:g} {unit}")):
        sheet.write(left_mm + share * length_mm, bottom_mm + 2.7, words, size_pt=6.0, align="center")


def draw_north_arrow(sheet: Sheet, x_mm: float, bottom_mm: float) -> None:
    """Draw a north arrow: longitude runs up the paper, so north is up everywhere on it."""
    for side, colour in ((-1.0, PAPER), (1.0, INK)):
        corners = [(x_mm, bottom_mm + 6.4), (x_mm, bottom_mm + 1.6), (x_mm + side * 2.0, bottom_mm)]
        sheet.add(Polygon(corners, closed=True, facecolor=colour, edgecolor=INK, linewidth=0.6), sheet.paper)
    sheet.write(x_mm, bottom_mm + 8.2, "北", size_pt=7.0, align="center")


def draw_locator(
    sheet: Sheet, county: NDArray[Any], window: Window, room_mm: tuple[float, float, float, float]
) -> None:
    """
    Draw the county small with the window in it.

    Parameters
    ----------
    county
        Its outline in degrees.
    room_mm
        Left, top, width and height on the paper.
    """
    left, top, width, height = room_mm
    west, south, east, north = shapely.total_bounds(county).tolist()
    west, south, east, north = fit_window((west, south, east, north), (width, height), margin=0.02)
    origin, corner = np.array([west, south]), np.array([left, top - height])
    per_degree = np.array([width / (east - west), height / (north - south)])
    path = polygon_path(shapely.transform(county, lambda lonlat: (lonlat - origin) * per_degree + corner))
    if path is not None:
        sheet.add(PathPatch(path, facecolor="#EEF0EC", edgecolor=INK, linewidth=0.6), sheet.paper)
    low, high = ((np.array(edge) - origin) * per_degree + corner for edge in (window[:2], window[2:]))
    # A window of a few hundred metres is still seen; one beyond the county is cut.
    size = np.maximum(high - low, 1.8)
    start = np.maximum((low + high - size) / 2.0, corner)
    end = np.minimum((low + high + size) / 2.0, corner + np.array([width, height]))
    box = Rectangle((start[0], start[1]), *(end - start), facecolor="#B3261E26", edgecolor="#B3261E", linewidth=0.9)
    sheet.add(box, sheet.paper)


def draw_legend(
    sheet: Sheet, entries: Sequence[LegendEntry], left_mm: float, top_mm: float, *, rows: int, column_mm: float
) -> None:
    """Draw a legend downwards from a point, then in further columns to the right."""
    for position, entry in enumerate(entries):
        x = left_mm + (position // rows) * column_mm
        y = top_mm - (position % rows + 0.5) * LEGEND_STEP_MM
        _draw_swatch(sheet, entry, x, y)
        sheet.write(x + 8.0, y, entry.label, size_pt=6.6)


def line_look(style: Style, scale: float = 1.0) -> dict[str, Any]:
    """Return width and dash of a stroke for matplotlib: pixels of the screen as points of the print."""
    width = max(style.weight * PT_PER_PX * scale, 0.15)
    look: dict[str, Any] = {"linewidth": width, "capstyle": "butt" if style.dash else "round", "joinstyle": "round"}
    if style.dash:
        # matplotlib multiplies dashes by the line's width.
        dashes = tuple(float(part) * PT_PER_PX * scale / width for part in style.dash.split())
        look["linestyle"] = (0.0, dashes)
    return look


def _draw_swatch(sheet: Sheet, entry: LegendEntry, x: float, y: float) -> None:
    style = entry.style
    if entry.kind == "polygon":
        box = ((x, y - 1.4), 6.4, 2.8)
        if style.fill is not None:
            sheet.add(Rectangle(*box, facecolor=style.fill, alpha=style.fill_opacity, edgecolor="none"), sheet.paper)
        look = line_look(style, 0.8)
        hatch = {"45": "/////", "dots": "...."}.get(style.hatch or "")
        sheet.add(Rectangle(*box, fill=False, edgecolor=style.stroke, hatch=hatch, **look), sheet.paper)
        return
    if entry.kind == "point":
        look = {"markerfacecolor": style.fill, "markeredgecolor": style.stroke, "markersize": style.radius * PT_PER_PX}
        sheet.add(Line2D([x + 3.2], [y], marker="o", linestyle="none", **look), sheet.paper)
        return
    look = line_look(style, 0.9)
    caps = {"solid_capstyle": look.pop("capstyle"), "dash_capstyle": "butt"}
    look.pop("joinstyle")
    sheet.add(Line2D([x, x + 6.4], [y, y], color=style.stroke, **look, **caps), sheet.paper)
    if style.core is not None:
        core = {"linewidth": look["linewidth"] * 0.5, "linestyle": (0.0, (3.0, 3.0))}
        sheet.add(Line2D([x, x + 6.4], [y, y], color=style.core, **core), sheet.paper)


def _ticks(low: float, high: float) -> list[float]:
    """Round values in degrees, three to six between two bounds."""
    span = (high - low) * 60.0
    step = next((step for step in _MINUTE_STEPS if span / step <= _MOST_TICKS), _MINUTE_STEPS[-1])
    first = math.ceil(low * 60.0 / step + 0.15)
    return [number * step / 60.0 for number in range(first, math.floor(high * 60.0 / step - 0.15) + 1)]


def _degrees_minutes(value: float) -> str:
    seconds = round(value * 3600.0)
    degrees, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{degrees}°{minutes:02d}′{seconds:02d}″" if seconds else f"{degrees}°{minutes:02d}′"
