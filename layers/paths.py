"""Geometries as drawing paths: clipped to the window, thinned for display only, many features in one path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.path import Path as DrawingPath

from layers.folium_style import feature_style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.schema import Layer
    from layers.style import Style

Window = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

# Small rings are not thinned: a patch of a few vertices would vanish, and costs nothing.
_THIN_FROM_VERTICES = 48


@dataclass(frozen=True, eq=False)
class PreparedLayer:
    """A layer ready to be drawn many times: an index, and the features grouped by style."""

    layer: Layer
    geometries: NDArray[Any]
    rows: NDArray[np.intp]
    """Row of the layer's frame that each geometry came from."""
    tree: shapely.STRtree
    styles: tuple[Style, ...]
    style_of: NDArray[np.intp]
    """Position in `styles`, per geometry."""
    variant_of: tuple[str | None, ...]
    """Variant of each style, None for the layer's own."""
    certainty_of: tuple[str | None, ...]

    @property
    def order(self) -> int:
        """Drawing order, small first."""
        return 0 if self.layer.definition is None else self.layer.definition.order


def prepare_layer(layer: Layer, tolerance_deg: float) -> PreparedLayer | None:
    """
    Prepare a layer for drawing; None for a layer that the catalogue does not know or that has no shape.

    Parameters
    ----------
    layer
        Not changed.
    tolerance_deg
        How far a drawn line may stray from the true one, degrees. For display only; nothing is measured on it.
    """
    if layer.definition is None:
        return None
    geometries = np.asarray(layer.frame.geometry.values, dtype=object)
    rows = np.flatnonzero(~(shapely.is_missing(geometries) | shapely.is_empty(geometries)))
    if not len(rows):
        return None
    drawn = thin(shapely.force_2d(geometries[rows]), tolerance_deg)
    kinds: dict[tuple[str | None, str | None], int] = {}
    style_of = np.empty(len(rows), dtype=np.intp)
    vary_by = layer.definition.style.vary_by
    variants = _column(layer, vary_by, rows)
    certainties = _column(layer, "certainty", rows)
    for position, kind in enumerate(zip(variants, certainties, strict=True)):
        style_of[position] = kinds.setdefault(kind, len(kinds))
    definition, column = layer.definition, vary_by or ""
    styles = tuple(feature_style(definition, {column: variant, "certainty": certainty}) for variant, certainty in kinds)
    return PreparedLayer(
        layer=layer,
        geometries=drawn,
        rows=rows,
        tree=shapely.STRtree(drawn),
        styles=styles,
        style_of=style_of,
        variant_of=tuple(variant for variant, _ in kinds),
        certainty_of=tuple(certainty for _, certainty in kinds),
    )


def thin(geometries: NDArray[Any], tolerance_deg: float) -> NDArray[Any]:
    """Thin geometries of many vertices for display; the others are returned as they are."""
    thinned = geometries.copy()
    many = shapely.get_num_coordinates(geometries) >= _THIN_FROM_VERTICES
    if tolerance_deg > 0 and many.any():
        candidates = shapely.simplify(geometries[many], tolerance_deg, preserve_topology=False)
        thinned[many] = np.where(shapely.is_empty(candidates), geometries[many], candidates)
    return thinned


def clip(geometries: NDArray[Any], window: Window) -> NDArray[Any]:
    """Clip geometries to a window; those wholly inside, and any that cannot be clipped, stay as they are."""
    west, south, east, north = window
    clipped = geometries.copy()
    bounds = shapely.bounds(geometries)
    sticks_out = (bounds[:, 0] < west) | (bounds[:, 1] < south) | (bounds[:, 2] > east) | (bounds[:, 3] > north)
    for position in np.flatnonzero(sticks_out):
        try:
            clipped[position] = shapely.clip_by_rect(geometries[position], west, south, east, north)
        except shapely.errors.GEOSException:
            continue
    return clipped[~shapely.is_empty(clipped)]


def pad(window: Window, share: float) -> Window:
    """Widen a window by a share of its size on every side."""
    west, south, east, north = window
    across, up = (east - west) * share, (north - south) * share
    return (west - across, south - up, east + across, north + up)


def polygon_path(geometries: NDArray[Any]) -> DrawingPath | None:
    """Return one path of the polygonal parts of many geometries, shells against holes so that holes stay open."""
    parts = _simple_parts(geometries)
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    rings = shapely.get_rings(shapely.orient_polygons(polygons))
    return _path(rings, closed=True)


def line_path(geometries: NDArray[Any]) -> DrawingPath | None:
    """Return one path of the lines of many geometries, and of the borders of polygons among them."""
    parts = _simple_parts(geometries)
    kinds = shapely.get_type_id(parts)
    lines = parts[(kinds == shapely.GeometryType.LINESTRING) | (kinds == shapely.GeometryType.LINEARRING)]
    return _path(lines, closed=False)


def _path(rings: NDArray[Any], *, closed: bool) -> DrawingPath | None:
    vertices, owners = shapely.get_coordinates(rings, return_index=True)
    if not len(vertices):
        return None
    codes = np.full(len(vertices), DrawingPath.LINETO, dtype=DrawingPath.code_type)
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    codes[starts] = DrawingPath.MOVETO
    if closed:
        codes[np.append(starts[1:], len(vertices)) - 1] = DrawingPath.CLOSEPOLY
    return DrawingPath(vertices, codes)


def _simple_parts(geometries: NDArray[Any]) -> NDArray[Any]:
    parts = geometries
    while len(parts) and bool((shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any()):
        parts = shapely.get_parts(parts)
    return parts


def _column(layer: Layer, name: str | None, rows: NDArray[np.intp]) -> list[str | None]:
    if name is None or name not in layer.frame.columns:
        return [None] * len(rows)
    values = layer.frame[name].iloc[rows]
    return [None if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]
