"""Names on a map: place names and road numbers, none over another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from layers.paths import clip
from layers.sheet import INK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.paths import PreparedLayer, Window
    from layers.schema import Layer
    from layers.sheet import Sheet

_MM_PER_PT = 0.3528
_ROAD_NUMBER = re.compile(r"[GSXY]\d{2,4}")
_ABOVE = 40.0
_MOST_RESERVED = 0.4


@dataclass
class LabelSpace:
    """The room on a sheet's map that is still free of labels, in millimetres of the paper."""

    sheet: Sheet
    window: Window
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def on_paper(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a position lies on the paper."""
        west, south, east, north = self.window
        left, bottom, width, height = self.sheet.map_box_mm
        return (left + (lon - west) / (east - west) * width, bottom + (lat - south) / (north - south) * height)

    def holds(self, x: float, y: float, margin_mm: float = 1.0) -> bool:
        """Whether a position on the paper lies on the map."""
        left, bottom, width, height = self.sheet.map_box_mm
        inside_across = left + margin_mm <= x <= left + width - margin_mm
        return inside_across and bottom + margin_mm <= y <= bottom + height - margin_mm

    def reserve(self, bounds: Window) -> None:
        """Keep labels off a part of the map, unless it is most of the map and nothing would be left."""
        low, high = self.on_paper(bounds[0], bounds[1]), self.on_paper(bounds[2], bounds[3])
        _, _, width, height = self.sheet.map_box_mm
        if (high[0] - low[0]) * (high[1] - low[1]) < _MOST_RESERVED * width * height:
            self.taken.append((*low, *high))

    def take(self, x: float, y: float, width: float, height: float) -> bool:
        """Take the room of a box around a middle, if it is free and on the map."""
        box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if not (self.holds(box[0], box[1], 0.3) and self.holds(box[2], box[3], 0.3)):
            return False
        for other in self.taken:
            if box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]:
                return False
        self.taken.append(box)
        return True


def words_width_mm(words: str, size_pt: float) -> float:
    """Return about how wide words are: a Chinese letter is one em, others a bit over half."""
    ems = sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in words)  # noqa: PLR2004  first CJK block
    return ems * size_pt * _MM_PER_PT


def draw_place_names(space: LabelSpace, areas: Layer, size_pt: float, *, colour: str = INK) -> None:
    """Write the names of townships (or counties) at their seats; inside the polygon where no seat is recorded."""
    for words, lon, lat, is_seat in _places(areas, space.window):
        x, y = space.on_paper(lon, lat)
        if not space.holds(x, y):
            continue
        if is_seat:
            dot = Line2D([lon], [lat], marker="o", markersize=size_pt * 0.36, markeredgewidth=0.6, linestyle="none")
            dot.set(markerfacecolor="#FFFFFF", markeredgecolor="#2B3036", zorder=_ABOVE)
            space.sheet.add(dot)
        width, height = words_width_mm(words, size_pt), size_pt * _MM_PER_PT * 1.15
        beside = ((0.0, 0.75), (0.0, -0.75), (0.62, 0.0), (-0.62, 0.0))
        for across, up in beside if is_seat else ((0.0, 0.0), *beside):
            at = (x + across * (width + 1.0), y + up * (height + 0.6))
            if space.take(*at, width, height):
                space.sheet.write(
                    *at, words, size_pt=size_pt, colour=colour, align="center", halo_pt=1.8, zorder=_ABOVE + 2
                )
                break


def draw_line_names(space: LabelSpace, lines: PreparedLayer, size_pt: float, least_weight: float = 0.0) -> None:
    """Write a road's number in a small shield, another line's short name, on its longest visible part, wide first."""
    if "name" not in lines.layer.frame.columns:
        return
    names = lines.layer.frame["name"].iloc[lines.rows]
    drawn: set[str] = set()
    weights = np.array([style.weight for style in lines.styles])[lines.style_of]
    found = lines.tree.query(shapely.box(*space.window))
    found = found[weights[found] >= least_weight]
    for position in found[np.argsort(-weights[found], kind="stable")]:
        name = names.iloc[position]
        if not isinstance(name, str):
            continue
        number = _ROAD_NUMBER.search(name)
        words = number.group() if number else _short(name)
        if words in drawn:
            continue
        style = lines.styles[lines.style_of[position]]
        if _write_on_line(space, lines.geometries[position], words, size_pt, style.stroke):
            drawn.add(words)


def _write_on_line(space: LabelSpace, line: shapely.Geometry, words: str, size_pt: float, colour: str) -> bool:
    visible = clip(np.array([line], dtype=object), space.window)
    if not len(visible):
        return False
    longest = max(shapely.get_parts(visible), key=shapely.length)
    width, height = words_width_mm(words, size_pt) + 1.6, size_pt * _MM_PER_PT * 1.45
    for share in (0.5, 0.38, 0.62, 0.25, 0.75, 0.14, 0.86):
        point = shapely.line_interpolate_point(longest, share, normalized=True)
        x, y = space.on_paper(point.x, point.y)
        if space.take(x, y, width, height):
            box = Rectangle((x - width / 2, y - height / 2), width, height, facecolor="#FFFFFF", edgecolor=colour)
            box.set(linewidth=0.6, zorder=_ABOVE + 1, alpha=0.95)
            space.sheet.add(box, space.sheet.paper)
            space.sheet.write(x, y - 0.05, words, size_pt=size_pt, colour=colour, align="center", zorder=_ABOVE + 2)
            return True
    return False


def _short(name: str, most: int = 10) -> str:
    """Cut a name before its first bracket, then to a few letters."""
    head = re.split(r"[（(：:]", name, maxsplit=1)[0].strip() or name
    return head if len(head) <= most else head[: most - 1] + "…"


def _places(areas: Layer, window: Window) -> Iterator[tuple[str, float, float, bool]]:
    frame = areas.frame
    if "name" not in frame.columns:
        return
    has_seats = {"seat_lon", "seat_lat"} <= set(frame.columns)
    geometries = np.asarray(frame.geometry.values, dtype=object)
    shown = shapely.intersects(geometries, shapely.box(*window))
    for row in np.flatnonzero(shown):
        name = frame["name"].iloc[row]
        if not isinstance(name, str):
            continue
        if has_seats:
            lon, lat = float(frame["seat_lon"].iloc[row]), float(frame["seat_lat"].iloc[row])
            if window[0] <= lon <= window[2] and window[1] <= lat <= window[3]:
                yield name, lon, lat, True
                continue
        # The seat is unknown or outside the window: the name stands in the visible part of the township.
        visible = clip(geometries[row : row + 1], window)
        if len(visible):
            point = shapely.point_on_surface(shapely.make_valid(visible[0]))
            yield name, point.x, point.y, False
