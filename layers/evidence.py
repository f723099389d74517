"""The evidence of findings on a map: in the colour of its severity, never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle

from layers.furniture import PT_PER_PX
from layers.labels import LabelSpace, words_width_mm
from layers.paths import clip, line_path, pad, polygon_path, thin
from layers.schema import read_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.patches import Patch
    from shapely.geometry.base import BaseGeometry

    from layers.paths import Window
    from layers.sheet import Sheet

_LEVEL = 20.0
_MARKER_LEVEL = 45.0
_MARKER_MM = 3.3
_HATCHES = {"45": "//////", "dots": "...."}
_SMALL_MM = 5.0
_MOST_RINGS = 24


@dataclass(frozen=True, eq=False)
class Evidence:
    """The place of a finding, EPSG:4490, drawn in the colour of its mark (`prohibited`, `conditional`, `reminder`)."""

    geometry: BaseGeometry
    mark: str
    label: str
    """The number by which the reader finds it in the text."""


def draw_evidence(sheet: Sheet, evidence: Evidence, window: Window, *, scale: float, tolerance_deg: float) -> None:
    """Draw evidence over the layers: fill, hatch and a white rim, so that it stands out from what it lies on."""
    style = read_marks()[evidence.mark]
    geometries = clip(thin(np.array([evidence.geometry], dtype=object), tolerance_deg), pad(window, 0.03))
    width = style.weight * PT_PER_PX * scale
    for path, is_area in ((polygon_path(geometries), True), (line_path(geometries), False)):
        if path is None:
            continue
        rim = PathPatch(
            path, fill=False, edgecolor="#FFFFFF", linewidth=width * (1.0 if is_area else 1.6) + 2.2 * scale
        )
        rim.set(joinstyle="round", capstyle="round", zorder=_LEVEL)
        sheet.add(rim)
        if is_area and style.fill is not None:
            fill = PathPatch(path, facecolor=style.fill, alpha=style.fill_opacity, edgecolor="none", zorder=_LEVEL + 1)
            sheet.add(fill)
        outline = PathPatch(path, fill=False, edgecolor=style.stroke, linewidth=width * (1.0 if is_area else 1.6))
        outline.set(joinstyle="round", capstyle="round", zorder=_LEVEL + 2)
        if is_area and style.hatch is not None:
            outline.set_hatch(_HATCHES[style.hatch])
            outline.set_hatch_linewidth(0.7)
        sheet.add(outline)


def ring_small_pieces(space: LabelSpace, evidence: Evidence) -> None:
    """Draw a ring around each piece that would be a speck on the map; around the largest, if there are many."""
    style = read_marks()[evidence.mark]
    parts = shapely.get_parts(evidence.geometry)
    boxes = shapely.bounds(parts)
    corners = [(space.on_paper(box[0], box[1]), space.on_paper(box[2], box[3])) for box in boxes]
    sizes = np.array([max(high[0] - low[0], high[1] - low[1]) for low, high in corners])
    rings: list[tuple[float, float]] = []
    for position in np.argsort(-sizes, kind="stable")[:_MOST_RINGS]:
        if sizes[position] >= _SMALL_MM:
            continue
        (low_x, low_y), (high_x, high_y) = corners[position]
        middle = ((low_x + high_x) / 2.0, (low_y + high_y) / 2.0)
        if not space.holds(*middle) or any(np.hypot(middle[0] - x, middle[1] - y) < _SMALL_MM for x, y in rings):
            continue
        rings.append(middle)
        for colour, width in (("#FFFFFF", 2.6), (style.stroke, 1.3)):
            ring = Circle(middle, _SMALL_MM / 2.0 + 1.2, fill=False, edgecolor=colour, linewidth=width)
            ring.set_zorder(_MARKER_LEVEL)
            space.sheet.add(ring, space.sheet.paper)


def draw_markers(space: LabelSpace, evidence: Sequence[Evidence]) -> None:
    """Write a number for each piece of evidence: at its place, else beside it with a thin line, else only as a dot."""
    for item in evidence:
        point = item.geometry.representative_point()
        x, y = space.on_paper(point.x, point.y)
        width = max(_MARKER_MM, words_width_mm(item.label, 5.2) + 1.5)
        spot = _free_spot(space, x, y, width)
        colour = read_marks()[item.mark].stroke
        if spot is None:
            dot = Line2D(
                [x], [y], marker="o", markersize=3.0, color=colour, markeredgecolor="#FFFFFF", linestyle="none"
            )
            dot.set(zorder=_MARKER_LEVEL, markeredgewidth=0.5)
            space.sheet.add(dot, space.sheet.paper)
            continue
        if spot != (x, y):
            leader = Line2D([x, spot[0]], [y, spot[1]], color=colour, linewidth=0.6, zorder=_MARKER_LEVEL)
            space.sheet.add(leader, space.sheet.paper)
        sign = _sign(item.mark, spot, width)
        sign.set(facecolor=colour, edgecolor="#FFFFFF", linewidth=0.7, zorder=_MARKER_LEVEL + 1)
        space.sheet.add(sign, space.sheet.paper)
        space.sheet.write(*spot, item.label, size_pt=5.2, colour="#FFFFFF", align="center", weight="bold")


def _free_spot(space: LabelSpace, x: float, y: float, width: float) -> tuple[float, float] | None:
    for distance in (0.0, 4.0, 6.2, 8.6, 11.0):
        for angle in np.linspace(0.25 * np.pi, 2.25 * np.pi, 13)[:12] if distance else (0.0,):
            spot = (float(x + distance * np.cos(angle)), float(y + distance * np.sin(angle)))
            if space.take(*spot, width + 0.3, _MARKER_MM + 0.3):
                return spot
    return None


def _sign(mark: str, spot: tuple[float, float], width: float) -> Patch:
    """Return a square for the prohibited, a lozenge for the conditional, a disc for a reminder."""
    x, y = spot
    half = _MARKER_MM / 2.0
    if mark == "prohibited":
        return Rectangle((x - width / 2, y - half), width, _MARKER_MM)
    if mark == "conditional":
        side = width / 2 + 0.5
        return Polygon([(x - side, y), (x, y + half + 0.5), (x + side, y), (x, y - half - 0.5)], closed=True)
    return Circle(spot, max(half, width / 2))
