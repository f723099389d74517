"""
Pictures of maps, for reports: the whole county, and one small map per conflict.

Every picture says that it is a sketch whose boundaries are not approved, and that its data are a demonstration while
any drawn layer is. Legends list what is drawn and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch, Rectangle

from layers.furniture import (
    LEGEND_STEP_MM,
    PT_PER_PX,
    LegendEntry,
    draw_frame,
    draw_legend,
    draw_north_arrow,
    draw_scale_bar,
    line_look,
)
from layers.labels import LabelSpace, draw_line_names, draw_place_names, words_width_mm
from layers.legend import layer_entries, mark_entries
from layers.paths import PreparedLayer, Window, clip, line_path, pad, polygon_path, prepare_layer
from layers.schema import read_marks
from layers.sheet import INK, QUIET_INK, Sheet, fit_window

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.schema import Layer
    from layers.style import Style

SKETCH_NOTE = "示意图，非审定界线"
DEMONSTRATION_NOTE = "示意数据，非法定成果"

# What a small map shows beside the two layers of its conflict, for a reader to find the place.
CONTEXT = ("neighbour_county", "river", "railway", "road", "township", "county")
# What the map of the whole county leaves out: too fine for its scale, or another time's.
TOO_FINE = ("township_2017", "river_bank", "building", "telecom")

_OVERVIEW_TOLERANCE = 3e-4
_CLOSE_TOLERANCE = 2e-5
_LAND = np.array([244, 245, 241], dtype=np.float64)
_SHADE = np.array([196, 204, 192], dtype=np.float64)
_EVIDENCE_LEVEL = 30.0
_MARKER_SHAPES = {"prohibited": "s", "conditional": "^", "reminder": "o"}


@dataclass(frozen=True, eq=False)
class Background:
    """A hillshade: `shade` is uint8 (rows from north to south), `bounds` degrees EPSG:4490."""

    shade: NDArray[np.uint8]
    bounds: Window


@dataclass(frozen=True, eq=False)
class Evidence:
    """The place of a finding: drawn in the colour of its mark (`prohibited`, `conditional`, `reminder`)."""

    geometry: BaseGeometry
    mark: str
    label: str
    """The number by which the reader finds it in the text."""


class MapDrawer:
    """
    Draws pictures of one set of layers; prepared once, then used for many.

    Parameters
    ----------
    layers
        As read from a workspace. Not changed.
    background
        Hillshade under the layers, or None for plain paper.
    mark_titles
        Words of the marks in the legend, by mark.

    Raises
    ------
    FontError
        If no Chinese font is installed.
    """

    def __init__(
        self,
        layers: Mapping[str, Layer],
        background: Background | None = None,
        mark_titles: Mapping[str, str] | None = None,
    ) -> None:
        self._layers = layers
        self._background = background
        self._image = None if background is None else _tint(background.shade)
        self._mark_titles = dict(mark_titles or {})
        self._prepared: dict[tuple[str, float], PreparedLayer | None] = {}
        self._overview = Sheet(160.0, 208.0, (7.0, 44.0, 152.5, 163.5), dpi=170)
        self._close = Sheet(160.0, 88.0, (6.0, 5.0, 112.0, 82.5), dpi=150)
        self._locator: tuple[PathPatch, Window] | None = None

    def draw_overview(self, evidence: Sequence[Evidence] = (), *, keys: Collection[str] | None = None) -> bytes:
        """
        Draw the whole county with all evidence, each numbered where there is room.

        Parameters
        ----------
        evidence
            Most severe first: the first keep their number where it is crowded.
        keys
            Layers to draw; None for all but those too fine for the scale.

        Returns
        -------
            PNG, 160 mm wide.
        """
        sheet = self._overview
        sheet.clear()
        left, bottom, width, height = sheet.map_box_mm
        wanted = set(keys) if keys is not None else set(self._layers) - set(TOO_FINE)
        window = fit_window(self._county_bounds(evidence), (width, height), margin=0.015)
        entries = self._draw_ground(sheet, window, wanted, _OVERVIEW_TOLERANCE, scale=0.72)
        for item in evidence:
            _draw_evidence(sheet, item, window, scale=0.6)
        space = LabelSpace(sheet, window)
        self._draw_markers(space, evidence)
        self._draw_names(space, wanted, _OVERVIEW_TOLERANCE, size_pt=6.6)
        entries += mark_entries(evidence, self._mark_titles)
        draw_frame(sheet, window, coordinates=True)
        draw_north_arrow(sheet, left + width - 6.0, bottom + height - 12.0)
        rows = max(6, -(-len(entries) // 4))
        draw_legend(sheet, entries, left, bottom - 7.0, rows=rows, column_mm=38.0)
        draw_scale_bar(sheet, window, left, 5.0, 40.0)
        self._write_notes(sheet, wanted, left + 60.0, 6.0)
        return sheet.render()

    def draw_small_map(self, evidence: Evidence, *, keys: Collection[str]) -> bytes:
        """
        Draw one piece of evidence close up, with the layers of its conflict and what helps to find the place.

        Parameters
        ----------
        evidence
            What to show; the map is at least one kilometre wide around it.
        keys
            The layers of the conflict; the context is added.

        Returns
        -------
            PNG, 160 mm wide.
        """
        sheet = self._close
        sheet.clear()
        left, bottom, width, height = sheet.map_box_mm
        wanted = set(keys) | set(CONTEXT)
        bounds = evidence.geometry.bounds
        window = fit_window((bounds[0], bounds[1], bounds[2], bounds[3]), (width, height), margin=0.3, least_m=1000.0)
        entries = self._draw_ground(sheet, window, wanted, _CLOSE_TOLERANCE, scale=1.0)
        _draw_evidence(sheet, evidence, window, scale=1.0)
        space = LabelSpace(sheet, window)
        _ring_small_pieces(space, evidence)
        self._draw_names(space, wanted, _CLOSE_TOLERANCE, size_pt=7.0)
        entries = mark_entries([evidence], self._mark_titles, counted=False) + entries
        draw_frame(sheet, window, coordinates=True)
        right = left + width + 3.0
        top = self._draw_locator(sheet, window, right, bottom + height, 30.0, 27.0)
        draw_north_arrow(sheet, right + 35.0, bottom + height - 10.0)
        rows = int((top - bottom - 15.0) / LEGEND_STEP_MM)
        draw_legend(sheet, entries[:rows], right, top, rows=rows, column_mm=40.0)
        draw_scale_bar(sheet, window, right + 0.5, bottom + 8.0, 32.0)
        self._write_notes(sheet, wanted, right, bottom + 1.2)
        return sheet.render()

    def _draw_ground(
        self, sheet: Sheet, window: Window, wanted: Collection[str], tolerance: float, scale: float
    ) -> list[LegendEntry]:
        """Draw background and layers; returns the legend of what is really seen in the window."""
        sheet.set_window(window)
        self._draw_background(sheet, window)
        entries: list[LegendEntry] = []
        for key in sorted(wanted & set(self._layers), key=self._order):
            prepared = self._prepare(key, tolerance)
            if prepared is not None:
                seen = _draw_layer(sheet, prepared, window, scale)
                entries += layer_entries(prepared, seen)
        return entries

    def _order(self, key: str) -> int:
        definition = self._layers[key].definition
        return 0 if definition is None else definition.order

    def _prepare(self, key: str, tolerance: float) -> PreparedLayer | None:
        if (key, tolerance) not in self._prepared:
            self._prepared[key, tolerance] = prepare_layer(self._layers[key], tolerance)
        return self._prepared[key, tolerance]

    def _draw_background(self, sheet: Sheet, window: Window) -> None:
        left, bottom, width, height = sheet.map_box_mm
        sheet.add(Rectangle((window[0], window[1]), window[2] - window[0], window[3] - window[1], color=_hex(_LAND)))
        if self._background is None or self._image is None:
            return
        west, south, east, north = self._background.bounds
        rows, columns = self._background.shade.shape
        across, up = (east - west) / columns, (north - south) / rows
        # Cut to the window first: matplotlib would resample the whole image for every map.
        first_column = max(int((window[0] - west) / across) - 1, 0)
        last_column = min(int((window[2] - west) / across) + 2, columns)
        first_row, last_row = max(int((north - window[3]) / up) - 1, 0), min(int((north - window[1]) / up) + 2, rows)
        if first_column >= last_column or first_row >= last_row:
            return
        extent = (
            west + first_column * across,
            west + last_column * across,
            north - last_row * up,
            north - first_row * up,
        )
        image = AxesImage(sheet.map, extent=extent, interpolation="bilinear", zorder=1, origin="upper")
        image.set_data(self._image[first_row:last_row, first_column:last_column])
        sheet.add(image)
        # add_artist widens nothing, but an image resets the limits of its axes.
        sheet.set_window(window)

    def _draw_names(self, space: LabelSpace, wanted: Collection[str], tolerance: float, size_pt: float) -> None:
        if "township" in wanted and "township" in self._layers:
            draw_place_names(space, self._layers["township"], size_pt)
        for key in ("road", "railway"):
            prepared = self._prepare(key, tolerance) if key in wanted and key in self._layers else None
            if prepared is not None:
                draw_line_names(space, prepared, size_pt - 1.4)

    def _draw_markers(self, space: LabelSpace, evidence: Sequence[Evidence]) -> None:
        """Number each piece of evidence; beside its place with a thin line where the place is taken."""
        for item in evidence:
            point = item.geometry.representative_point()
            x, y = space.on_paper(point.x, point.y)
            width = max(3.4, words_width_mm(item.label, 5.4) + 1.4)
            style = read_marks()[item.mark]
            for distance in (0.0, 4.2, 6.6, 9.0):
                around = np.linspace(0.25 * np.pi, 2.25 * np.pi, 9)[:8] if distance else [0.0]
                spots = [(x + distance * np.cos(angle), y + distance * np.sin(angle)) for angle in around]
                spot = next((spot for spot in spots if space.take(*spot, width, 3.4)), None)
                if spot is not None:
                    _draw_marker(space.sheet, item, style, (x, y), spot, width)
                    break
            else:
                _draw_dot(space.sheet, style, x, y)

    def _draw_locator(
        self, sheet: Sheet, window: Window, left: float, top: float, width: float, height: float
    ) -> float:
        """Draw the county small, with the window in it; returns how far down the paper is used."""
        county = self._prepare("county", _OVERVIEW_TOLERANCE * 3) if "county" in self._layers else None
        if county is None:
            return top
        bounds = tuple(shapely.total_bounds(county.geometries))
        west, south, east, north = fit_window((bounds[0], bounds[1], bounds[2], bounds[3]), (width, height), margin=0.02)
        per_lon, per_lat = width / (east - west), height / (north - south)
        offset = np.array([west, south])
        scale = np.array([per_lon, per_lat])
        shift = np.array([left, top - height])
        outlines = shapely.transform(county.geometries, lambda points: (points - offset) * scale + shift)
        path = polygon_path(outlines)
        if path is not None:
            sheet.add(PathPatch(path, facecolor="#EEF0EC", edgecolor=INK, linewidth=0.6), sheet.paper)
        low = (np.array(window[:2]) - offset) * scale + shift
        high = (np.array(window[2:]) - offset) * scale + shift
        middle, size = (low + high) / 2.0, np.maximum(high - low, 1.6)
        corner = np.maximum(middle - size / 2.0, shift)
        size = np.minimum(size, shift + np.array([width, height]) - corner)
        box = Rectangle((corner[0], corner[1]), size[0], size[1], facecolor="#B3261E30", edgecolor="#B3261E")
        box.set_linewidth(0.9)
        sheet.add(box, sheet.paper)
        return top - height - 2.0

    def _county_bounds(self, evidence: Sequence[Evidence]) -> Window:
        """Bounds of the county; without one, of everything there is."""
        keys = ["county"] if "county" in self._layers else list(self._layers)
        bounds = [self._layers[key].frame.total_bounds for key in keys]
        bounds += [np.array(item.geometry.bounds) for item in evidence] if "county" not in self._layers else []
        known = np.array([box for box in bounds if np.isfinite(box).all()])
        if not len(known):
            return (73.0, 18.0, 135.0, 54.0)
        low, high = known[:, :2].min(axis=0), known[:, 2:].max(axis=0)
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    def _write_notes(self, sheet: Sheet, wanted: Collection[str], x: float, y: float) -> None:
        drawn = [self._layers[key] for key in wanted if key in self._layers]
        sheet.write(x, y, SKETCH_NOTE, size_pt=6.2, colour=QUIET_INK)
        if any(layer.provenance.demonstration for layer in drawn):
            sheet.write(x, y + 3.0, DEMONSTRATION_NOTE, size_pt=6.6, colour="#8A5A00", weight="bold")


def _draw_layer(sheet: Sheet, prepared: PreparedLayer, window: Window, scale: float) -> set[int]:
    """Draw a layer's features in the window; returns which of its styles were used."""
    inner = shapely.box(*window)
    found = prepared.tree.query(inner, predicate="intersects")
    definition = prepared.layer.definition
    seen: set[int] = set()
    if definition is None:
        return seen
    level = 2.0 + definition.order / 100.0
    # Wider than the window, so that the cut does not show as a line.
    rim = pad(window, 0.03)
    for number in np.unique(prepared.style_of[found]).tolist():
        members = np.sort(found[prepared.style_of[found] == number])
        geometries = clip(prepared.geometries[members], rim)
        _draw_geometries(sheet.map, sheet, geometries, prepared.styles[number], level, scale)
        seen.add(number)
    return seen


def _draw_geometries(
    axes: Axes, sheet: Sheet, geometries: NDArray[Any], style: Style, level: float, scale: float
) -> None:
    areas, lines = polygon_path(geometries), line_path(geometries)
    if areas is not None and style.fill is not None:
        fill = PathPatch(areas, facecolor=style.fill, alpha=style.fill_opacity, edgecolor="none", zorder=level)
        sheet.add(fill, axes)
    for path in (areas, lines):
        if path is None:
            continue
        if style.casing is not None:
            wide = style.casing_weight * PT_PER_PX * scale
            casing = PathPatch(path, fill=False, edgecolor=style.casing, linewidth=wide, zorder=level + 0.1)
            casing.set(capstyle="round", joinstyle="round", alpha=0.9)
            sheet.add(casing, axes)
        look = line_look(style, scale)
        sheet.add(PathPatch(path, fill=False, edgecolor=style.stroke, zorder=level + 0.2, **look), axes)
        if style.core is not None:
            core = {"linewidth": look["linewidth"] * 0.5, "linestyle": (0.0, (5.0, 5.0)), "capstyle": "butt"}
            sheet.add(PathPatch(path, fill=False, edgecolor=style.core, zorder=level + 0.3, **core), axes)
    points = geometries[np.isin(shapely.get_type_id(geometries), (0, 4))]
    if len(points):
        lon, lat = shapely.get_coordinates(points).T
        dots = Line2D(lon, lat, linestyle="none", marker="o", zorder=level + 8.0)
        dots.set(markerfacecolor=style.fill or style.stroke, markeredgecolor=style.stroke)
        dots.set(markersize=max(style.radius, 4.0) * 2.0 * PT_PER_PX * scale, markeredgewidth=style.weight * PT_PER_PX)
        sheet.add(dots, axes)
