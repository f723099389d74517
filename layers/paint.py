"""A layer's features on a map, in the catalogue's style."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

from layers.furniture import PT_PER_PX, line_look
from layers.paths import clip, line_path, pad, polygon_path

if TYPE_CHECKING:
    from matplotlib.path import Path as DrawingPath
    from numpy.typing import NDArray

    from layers.paths import PreparedLayer, Window
    from layers.sheet import Sheet
    from layers.style import Style

_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)


def paint_layer(sheet: Sheet, prepared: PreparedLayer, window: Window, scale: float) -> set[int]:
    """Paint a layer's features in the window; returns which of its styles are seen there."""
    inside = shapely.box(*window)
    found = prepared.tree.query(inside, predicate="intersects")
    outlined = np.array([style.fill is None for style in prepared.styles])[prepared.style_of[found]]
    # Of a polygon without a fill only the border can be seen.
    found = found[~(outlined & shapely.contains_properly(prepared.geometries[found], inside))]
    level = 2.0 + prepared.order / 100.0
    # Wider than the window, so that the cut does not show as a line.
    rim = pad(window, 0.03)
    seen: set[int] = set()
    for number in np.unique(prepared.style_of[found]).tolist():
        members = np.sort(found[prepared.style_of[found] == number])
        paint(sheet, clip(prepared.geometries[members], rim), prepared.styles[number], level, scale)
        seen.add(number)
    return seen


def paint(sheet: Sheet, geometries: NDArray[Any], style: Style, level: float, scale: float) -> None:
    """
    Paint geometries in one style: fill, casing, stroke, core, points, in this order.

    Parameters
    ----------
    level
        Drawing order on the sheet's map.
    scale
        Factor for the widths of lines.
    """
    areas = polygon_path(geometries)
    if areas is not None:
        if style.fill is not None:
            fill = PathPatch(areas, facecolor=style.fill, alpha=style.fill_opacity, edgecolor="none", zorder=level)
            sheet.add(fill)
        _stroke(sheet, areas, style, level, scale)
    lines = line_path(geometries)
    if lines is not None:
        _stroke(sheet, lines, style, level, scale)
    points = geometries[np.isin(shapely.get_type_id(geometries), _POINTS)]
    if len(points):
        _dots(sheet, points, style, level, scale)


def _stroke(sheet: Sheet, path: DrawingPath, style: Style, level: float, scale: float) -> None:
    if style.casing is not None:
        width = style.casing_weight * PT_PER_PX * scale
        casing = PathPatch(path, fill=False, edgecolor=style.casing, linewidth=width, alpha=0.9, zorder=level + 0.01)
        casing.set(capstyle="round", joinstyle="round")
        sheet.add(casing)
    look = line_look(style, scale)
    sheet.add(PathPatch(path, fill=False, edgecolor=style.stroke, zorder=level + 0.02, **look))
    if style.core is not None:
        core = PathPatch(path, fill=False, edgecolor=style.core, linewidth=look["linewidth"] * 0.5, zorder=level + 0.03)
        core.set(linestyle=(0.0, (5.0, 5.0)), capstyle="butt")
        sheet.add(core)


def _dots(sheet: Sheet, points: NDArray[Any], style: Style, level: float, scale: float) -> None:
    lon, lat = shapely.get_coordinates(points).T
    dots = Line2D(lon, lat, linestyle="none", marker="o", zorder=level + 0.02)
    dots.set(markerfacecolor=style.fill or style.stroke, markeredgecolor=style.stroke)
    dots.set(markersize=max(style.radius, 3.0) * 2.0 * PT_PER_PX * scale, markeredgewidth=style.weight * PT_PER_PX)
    sheet.add(dots)
