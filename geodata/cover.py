"""
How much of each cell of a grid a polygon covers, exactly.

exactextract answers the same, but has no wheel for Linux on ARM, where a set-up would need a compiler and GEOS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from geodata.grid import grid_box
from geodata.measure import measure_area_m2

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS

_LEAST: Final = 1e-9
"""Parts of a cell below this come from rounding: a square millimetre of a cell of 30 m."""


def cover_cells(
    polygons: NDArray[np.object_], transform: Affine, shape: tuple[int, int]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """
    Find which cells each polygon meets, and how much of each it covers.

    Parameters
    ----------
    polygons
        Valid polygons and multi-polygons, also empty ones, shape (n,), in the grid's coordinates. What lies beside the
        grid is left out. Not changed.
    transform
        From column and row to coordinates, north up.
    shape
        Rows and columns of the grid.

    Returns
    -------
        One entry per polygon and cell that share more than a border: position of the polygon; position of the cell,
        counted along the rows; covered part of the cell, above 0 and at most 1, to 1e-9.

    References
    ----------
    Each stretch of an edge within a cell covers the trapezium to its east, signed by the way it runs; the running sum
    along a row is the covered part. So do scan converters of outline fonts, such as FreeType's smooth rasteriser.
    """
    owner, x, y = _edges(_clip(polygons, transform, shape), transform)
    edge, x, y = _split(x, y)
    owner, height, middle = owner[edge], np.diff(y)[:, 0], x.mean(axis=1)
    leans = height != 0  # along a row nothing is covered
    owner, height, middle = owner[leans], height[leans], middle[leans]
    row = np.clip(np.floor(y.mean(axis=1)[leans]), 0, shape[0] - 1).astype(np.intp)
    column = np.clip(np.floor(middle), 0, shape[1]).astype(np.intp)
    # All cells of a polygon in one row, from the first it meets to one beyond the last, stand side by side.
    strips, strip = np.unique(owner * shape[0] + row, return_inverse=True)
    first = np.full(len(strips), shape[1] + 1)
    last = np.zeros(len(strips), dtype=np.intp)
    np.minimum.at(first, strip, column)
    np.maximum.at(last, strip, column + 1)
    lengths = last - first + 1
    starts = np.cumsum(lengths) - lengths
    place = starts[strip] + column - first[strip]
    total = int(lengths.sum())
    east_m = height * (middle - column)
    begun = np.bincount(place, height - east_m, total) + np.bincount(place + 1, east_m, total)
    covered = np.cumsum(begun)
    covered -= np.repeat(covered[starts] - begun[starts], lengths)
    strip_of = np.repeat(np.arange(len(strips)), lengths)
    column_of = np.arange(total) - np.repeat(starts - first, lengths)
    owner_of, row_of = np.divmod(strips[strip_of], shape[0])
    meets = (covered > _LEAST) & (column_of < shape[1])
    cells = row_of * shape[1] + column_of
    return owner_of[meets], cells[meets], np.minimum(covered[meets], 1.0)


def area_beside_m2(
    polygons: NDArray[np.object_], transform: Affine, shape: tuple[int, int], crs: CRS
) -> NDArray[np.float64]:
    """
    Measure what of each polygon lies beside a grid.

    Parameters
    ----------
    polygons, transform, shape
        As for `cover_cells`.
    crs
        Of the grid.

    Returns
    -------
        Shape (n,), square metres on the ellipsoid; edges are straight in the CRS.

    Raises
    ------
    CrsError
        If the CRS has no ellipsoid, or a polygon lies outside it.
    """
    inside = grid_box(transform, shape)
    rest = np.full(len(polygons), shapely.Polygon(), dtype=object)
    beside = ~shapely.covers(inside, polygons)
    cut = shapely.difference(polygons[beside], inside)
    rest[beside] = shapely.segmentize(cut, min(transform.a, -transform.e))
    return measure_area_m2(gpd.GeoSeries(rest, crs=crs))


def _clip(polygons: NDArray[np.object_], transform: Affine, shape: tuple[int, int]) -> NDArray[np.object_]:
    """Leave out what lies beside the grid."""
    inside = grid_box(transform, shape)
    clipped = polygons.copy()
    beside = ~shapely.covers(inside, polygons)
    clipped[beside] = shapely.intersection(polygons[beside], inside)
    return clipped


def _edges(
    polygons: NDArray[np.object_], transform: Affine
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Polygon, columns and rows of the ends, shapes (n,), (n, 2), (n, 2); the ground lies to the left of each edge."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - clipping leaves points and lines too
    rings, part_of_ring = shapely.get_rings(shapely.orient_polygons(parts[areal]), return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    x = (vertices[:, 0] - transform.c) / transform.a
    y = (vertices[:, 1] - transform.f) / transform.e
    goes_on = np.flatnonzero(ring[:-1] == ring[1:])
    ends = np.column_stack([goes_on, goes_on + 1])
    return owner[areal][part_of_ring[ring[goes_on]]], x[ends], y[ends]


def _split(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Cut edges, shape (n, 2), where they pass from cell to cell: the edge of each stretch, and its ends."""
    every = np.arange(len(x))
    edges, fractions = [every, every], [np.zeros(len(x)), np.ones(len(x))]
    for ends in (x, y):
        first = np.floor(ends.min(axis=1)) + 1
        count = np.maximum(np.ceil(ends.max(axis=1)) - first, 0).astype(np.intp)
        crossing = np.repeat(every, count)
        lines = first[crossing] + np.arange(len(crossing)) - np.repeat(np.cumsum(count) - count, count)
        edges.append(crossing)
        fractions.append((lines - ends[crossing, 0]) / (ends[crossing, 1] - ends[crossing, 0]))
    edge, fraction = np.concatenate(edges), np.concatenate(fractions)
    order = np.lexsort((fraction, edge))
    edge, fraction = edge[order], fraction[order]
    goes_on = np.flatnonzero(edge[:-1] == edge[1:])
    edge, fraction = edge[goes_on], np.column_stack([fraction[goes_on], fraction[goes_on + 1]])
    x0, y0 = x[edge, :1], y[edge, :1]
    return edge, x0 + fraction * (x[edge, 1:] - x0), y0 + fraction * (y[edge, 1:] - y0)
