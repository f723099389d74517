"""
Pictures of maps, for reports: the whole county, and one small map per conflict.

Every picture says that it is a sketch whose boundaries are not approved, and that its data are a demonstration while
any drawn layer is. Legends list what is drawn and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.background import Background, draw_background, read_background
from layers.evidence import Evidence, draw_evidence, draw_markers, ring_small_pieces
from layers.furniture import LEGEND_STEP_MM, draw_frame, draw_legend, draw_locator, draw_north_arrow, draw_scale_bar
from layers.labels import LabelSpace, draw_line_names, draw_place_names
from layers.legend import certainty_entries, layer_entries, mark_entries
from layers.paint import paint_layer
from layers.paths import prepare_layer
from layers.schema import DEMONSTRATION_NOTICE
from layers.sheet import QUIET_INK, Sheet, fit_window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from layers.furniture import LegendEntry
    from layers.paths import PreparedLayer, Window
    from layers.schema import Layer

__all__ = ["Background", "Evidence", "MapDrawer", "read_background"]

SKETCH_NOTE = "示意图，非审定界线"

# What a small map shows beside the two layers of its conflict, for a reader to find the place.
CONTEXT = frozenset({"neighbour_county", "river", "railway", "road", "township", "county"})
# What the map of the whole county shows under the evidence: what a reader finds the way by, and the plans that most
# conflicts are about. Layers that cover the county, or are too fine for its scale, would hide these.
OVERVIEW = CONTEXT | {
    "permanent_farmland", "ecological_redline", "urban_boundary", "plan_land_new", "plan_urban_new", "reserve_general",
    "reserve_core", "scenic_area", "airport", "park", "chemical_park", "project", "mine_right", "heritage_control",
    "heritage_scope", "pipeline", "powerline",
}  # fmt: skip
# A thinner line has no room for its name on the map of the whole county: county and township roads.
_OVERVIEW_NAMED_WEIGHT = 2.0
_LEGEND_ROWS = 7

# Degrees. A third of a pixel or less of either picture.
_OVERVIEW_TOLERANCE = 3e-4
_CLOSE_TOLERANCE = 2e-5
_CHINA: Window = (73.0, 18.0, 135.0, 54.0)


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
        self._mark_titles = dict(mark_titles or {})
        self._prepared: dict[tuple[str, float], PreparedLayer | None] = {}
        self._overview = Sheet(160.0, 204.0, (7.0, 46.0, 152.5, 157.5), dpi=170)
        self._close = Sheet(160.0, 88.0, (6.0, 5.0, 112.0, 82.5), dpi=150)

    def draw_overview(self, evidence: Sequence[Evidence] = (), *, keys: AbstractSet[str] | None = None) -> bytes:
        """
        Draw the whole county with all evidence, each numbered where there is room.

        Parameters
        ----------
        evidence
            Most severe first: the first keep their number where it is crowded.
        keys
            Layers to draw; None for those of `OVERVIEW`.

        Returns
        -------
            PNG, 160 mm wide.
        """
        sheet = self._overview
        sheet.clear()
        left, bottom, width, height = sheet.map_box_mm
        wanted = set(self._layers) & (OVERVIEW if keys is None else keys)
        window = fit_window(self._bounds(evidence), (width, height), margin=0.015)
        ground = self._draw_ground(sheet, window, wanted, _OVERVIEW_TOLERANCE, scale=0.7)
        # Least severe first, so that the most severe lies on top.
        for item in reversed(evidence):
            draw_evidence(sheet, item, window, scale=0.55, tolerance_deg=_OVERVIEW_TOLERANCE)
        space = LabelSpace(sheet, window)
        self._draw_places(space, wanted, size_pt=6.6)
        draw_markers(space, evidence)
        self._draw_lines_names(space, wanted, _OVERVIEW_TOLERANCE, size_pt=5.2, least_weight=_OVERVIEW_NAMED_WEIGHT)
        draw_frame(sheet, window, coordinates=True)
        draw_north_arrow(sheet, left + width - 6.0, bottom + height - 12.0)
        entries = mark_entries(evidence, self._mark_titles) + ground
        # Four columns of seven end above the notes; more entries need a fifth column.
        columns = 4 if len(entries) <= 4 * _LEGEND_ROWS else 5
        rows = max(6, -(-len(entries) // columns))
        draw_legend(sheet, entries, left, bottom - 6.5, rows=rows, column_mm=156.0 / columns)
        draw_scale_bar(sheet, window, left + width - 44.0, 3.0, 40.0)
        self._write_notes(sheet, wanted, left, 3.0)
        return sheet.render()

    def draw_small_map(self, evidence: Evidence, *, keys: AbstractSet[str]) -> bytes:
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
        wanted = set(self._layers) & (keys | CONTEXT)
        west, south, east, north = evidence.geometry.bounds
        window = fit_window((west, south, east, north), (width, height), margin=0.3, least_m=1000.0)
        ground = self._draw_ground(sheet, window, wanted, _CLOSE_TOLERANCE, scale=1.0)
        draw_evidence(sheet, evidence, window, scale=1.0, tolerance_deg=_CLOSE_TOLERANCE)
        space = LabelSpace(sheet, window)
        space.reserve((west, south, east, north))
        ring_small_pieces(space, evidence)
        self._draw_places(space, wanted, size_pt=7.0)
        self._draw_lines_names(space, wanted, _CLOSE_TOLERANCE, size_pt=5.6)
        draw_frame(sheet, window, coordinates=True)
        right, top = left + width + 3.0, bottom + height
        county = self._prepare("county", _OVERVIEW_TOLERANCE * 3) if "county" in self._layers else None
        if county is not None:
            draw_locator(sheet, county.geometries, window, (right, top, 28.0, 27.0))
            top -= 29.0
        draw_north_arrow(sheet, right + 35.0, bottom + height - 10.0)
        rows = int((top - bottom - 15.5) / LEGEND_STEP_MM)
        entries = mark_entries([evidence], self._mark_titles, counted=False) + ground
        draw_legend(sheet, entries[:rows], right, top, rows=rows, column_mm=40.0)
        draw_scale_bar(sheet, window, right + 0.5, bottom + 7.5, 32.0)
        self._write_notes(sheet, wanted, right, bottom + 0.8)
        return sheet.render()

    def _draw_ground(
        self, sheet: Sheet, window: Window, wanted: AbstractSet[str], tolerance: float, scale: float
    ) -> list[LegendEntry]:
        """Draw background and layers; returns the legend of what is seen in the window."""
        sheet.set_window(window)
        draw_background(sheet, window, self._background)
        ready = [prepared for key in wanted if (prepared := self._prepare(key, tolerance)) is not None]
        ready.sort(key=lambda prepared: prepared.order)
        drawn = [(prepared, paint_layer(sheet, prepared, window, scale)) for prepared in ready]
        entries = [entry for prepared, seen in drawn for entry in layer_entries(prepared, seen)]
        return entries + certainty_entries(drawn)

    def _prepare(self, key: str, tolerance: float) -> PreparedLayer | None:
        if (key, tolerance) not in self._prepared:
            self._prepared[key, tolerance] = prepare_layer(self._layers[key], tolerance)
        return self._prepared[key, tolerance]

    def _draw_places(self, space: LabelSpace, wanted: AbstractSet[str], size_pt: float) -> None:
        if "township" in wanted:
            draw_place_names(space, self._layers["township"], size_pt)
        if "neighbour_county" in wanted:
            draw_place_names(space, self._layers["neighbour_county"], size_pt, colour=QUIET_INK)

    def _draw_lines_names(
        self,
        space: LabelSpace,
        wanted: AbstractSet[str],
        tolerance: float,
        size_pt: float,
        least_weight: float = 0.0,
    ) -> None:
        for key in ("road", "railway"):
            prepared = self._prepare(key, tolerance) if key in wanted else None
            if prepared is not None:
                draw_line_names(space, prepared, size_pt, least_weight)

    def _bounds(self, evidence: Sequence[Evidence]) -> Window:
        """Bounds of the county; without one, of everything there is."""
        if "county" in self._layers:
            boxes = [self._layers["county"].frame.total_bounds]
        else:
            boxes = [layer.frame.total_bounds for layer in self._layers.values()]
            boxes += [np.array(item.geometry.bounds) for item in evidence]
        known = np.array([box for box in boxes if np.isfinite(box).all()])
        if not len(known):
            return _CHINA
        west, south = known[:, :2].min(axis=0).tolist()
        east, north = known[:, 2:].max(axis=0).tolist()
        return (west, south, east, north)

    def _write_notes(self, sheet: Sheet, wanted: AbstractSet[str], x: float, y: float) -> None:
        sheet.write(x, y, SKETCH_NOTE, size_pt=6.2, colour=QUIET_INK)
        if any(self._layers[key].provenance.demonstration for key in wanted):
            sheet.write(x, y + 3.0, DEMONSTRATION_NOTICE, size_pt=6.6, colour="#8A5A00", weight="bold")
