"""The grid of a raster on the ground: how large its cells are, how a surface falls over them, the outline of some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
import shapely.geometry
from affine import Affine
from pyproj import Transformer
from rasterio.features import shapes

from geodata.crs import crs_name
from geodata.errors import CrsError, GeodataError
from geodata.measure import measure_distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

_NODES: Final = 17
"""Rows and columns in which the cells of a projected grid are measured; a 3-degree zone's scale is interpolated between
them to 1e-7 over a county."""


def horn_gradient(
    elevation_m: NDArray[np.float64],
    cell_width_m: float | NDArray[np.float64],
    cell_height_m: float | NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Measure how elevations rise, by the eight neighbours of each cell.

    Parameters
    ----------
    elevation_m
        Shape (rows + 2, columns + 2), north row first, with a rim of one cell around those asked for; metres, NaN where
        unknown. Not changed.
    cell_width_m, cell_height_m
        Size of a cell on the ground, one for all or broadcastable to (rows, columns).

    Returns
    -------
        Rise to the east and rise to the south in metres per metre, each of shape (rows, columns); NaN where the
        elevation of the cell or of a neighbour is unknown.

    References
    ----------
    B. K. P. Horn, Hill shading and the reflectance map, Proceedings of the IEEE 69 (1981).
    """
    north, middle, south = elevation_m[:-2], elevation_m[1:-1], elevation_m[2:]
    east_rise = (
        (north[:, 2:] + 2 * middle[:, 2:] + south[:, 2:]) - (north[:, :-2] + 2 * middle[:, :-2] + south[:, :-2])
    ) / (8 * np.asarray(cell_width_m))
    south_rise = (
        (south[:, :-2] + 2 * south[:, 1:-1] + south[:, 2:]) - (north[:, :-2] + 2 * north[:, 1:-1] + north[:, 2:])
    ) / (8 * np.asarray(cell_height_m))
    # The formulas pass over the cell itself, and each over two of its neighbours.
    unknown = np.isnan(east_rise) | np.isnan(south_rise) | np.isnan(middle[:, 1:-1])
    east_rise[unknown] = np.nan
    south_rise[unknown] = np.nan
    return east_rise, south_rise


def cell_sizes_m(
    transform: Affine, shape: tuple[int, int], crs: CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Measure the cells of a grid on the ellipsoid, by geodesics through their middles.

    Parameters
    ----------
    transform
        From column and row to coordinates of `crs`, north up.
    shape
        Rows and columns.
    crs
        In degrees, or projected and conformal.

    Returns
    -------
        Widths and heights in metres, each of shape (rows, 1) for degrees, else (rows, columns).

    Raises
    ------
    GeodataError
        If the grid is turned or upside down.
    CrsError
        If the CRS is neither geographic nor projected, has no ellipsoid, or the grid lies outside it.
    """
    rows, columns, width, height = _measure(transform, shape, crs)
    if crs.is_geographic:
        return width, height
    along, across = _weights(shape[0], rows), _weights(shape[1], columns)
    return along @ width @ across.T, along @ height @ across.T


def longest_side_m(transform: Affine, shape: tuple[int, int], crs: CRS) -> float:
    """Measure the longest side of any cell of a grid; parameters and errors as for `cell_sizes_m`."""
    _, _, width, height = _measure(transform, shape, crs)
    return float(max(width.max(), height.max()))


def _measure(
    transform: Affine, shape: tuple[int, int], crs: CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Measure cells in some rows and columns: these, and widths and heights of shape (rows, columns)."""
    _require_north_up(transform)
    if not (crs.is_geographic or crs.is_projected):
        raise CrsError(f"crs: {crs_name(crs)} is neither geographic nor projected. Warp the raster to one that is.")
    rows, columns = _nodes(shape[0]), _nodes(shape[1])
    if crs.is_geographic:  # all cells of a row are alike
        rows, columns = np.arange(shape[0], dtype=np.float64), columns[:1]
    x = transform.c + transform.a * (columns[None, :] + 0.5)
    y = transform.f + transform.e * (rows[:, None] + 0.5)
    width = _ground_m(x - transform.a / 2, y, x + transform.a / 2, y, crs)
    height = _ground_m(x, y - transform.e / 2, x, y + transform.e / 2, crs)
    return rows, columns, width, height


def _require_north_up(transform: Affine) -> None:
    """Refuse a grid whose rows are not parallels from north to south."""
    if transform.b != 0 or transform.d != 0 or transform.a <= 0 or transform.e >= 0:
        raise GeodataError(f"transform: {tuple(transform)[:6]} is turned or upside down. Warp the raster north up.")


def _nodes(count: int) -> NDArray[np.float64]:
    """Positions of the rows or columns that are measured."""
    return np.linspace(0.0, count - 1, min(count, _NODES))


def _weights(count: int, nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shape (count, nodes): what each node counts for in each row or column when interpolated linearly."""
    return np.array([np.interp(np.arange(count), nodes, unit) for unit in np.eye(len(nodes))]).T


def _ground_m(
    x1: NDArray[np.float64], y1: NDArray[np.float64], x2: NDArray[np.float64], y2: NDArray[np.float64], crs: CRS
) -> NDArray[np.float64]:
    """Geodesic distance between pairs of coordinates, of the broadcast shape."""
    x1, y1, x2, y2 = np.broadcast_arrays(x1, y1, x2, y2)
    if crs.is_projected:
        to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
        x1, y1 = to_degrees.transform(x1, y1)
        x2, y2 = to_degrees.transform(x2, y2)
    return measure_distance_m(x1, y1, x2, y2, crs)


def grid_box(transform: Affine, shape: tuple[int, int]) -> shapely.Polygon:
    """Return the ground that a north-up grid of so many rows and columns covers, in its own coordinates."""
    rows, columns = shape
    west, north = transform.c, transform.f
    return shapely.box(west, north + transform.e * rows, west + transform.a * columns, north)


def find_window(
    bounds: tuple[float, float, float, float], transform: Affine, shape: tuple[int, int]
) -> tuple[slice, slice]:
    """
    Find the rows and columns of a north-up grid that a box meets.

    Parameters
    ----------
    bounds
        West, south, east, north in the grid's coordinates.
    transform, shape
        The grid; rows and columns.

    Returns
    -------
        Rows and columns, without any where the box lies beside the grid.
    """
    west, south, east, north = bounds
    columns = _span((west - transform.c) / transform.a, (east - transform.c) / transform.a, shape[1])
    rows = _span((north - transform.f) / transform.e, (south - transform.f) / transform.e, shape[0])
    return rows, columns


def _span(start: float, stop: float, count: int) -> slice:
    """Cells from 0 to count that an interval meets."""
    first = min(max(int(np.floor(start)), 0), count)
    return slice(first, max(min(int(np.ceil(stop)), count), first))


def outline_cells(chosen: NDArray[np.bool_], transform: Affine, window: tuple[slice, slice]) -> NDArray[np.object_]:
    """
    Draw the ground of chosen cells.

    Parameters
    ----------
    chosen
        Shape of the window, as `find_window` gives it.
    transform
        Of the whole grid.
    window
        Rows and columns of the grid.

    Returns
    -------
        One polygon for all cells that hang together by their sides, in the grid's coordinates, with vertices at corners
        only. They touch each other in corners at most.
    """
    rows, columns = window
    here = transform @ Affine.translation(columns.start, rows.start)
    if not chosen.any():
        return np.zeros(0, dtype=object)
    found = shapes(chosen.astype(np.uint8), mask=chosen, connectivity=4, transform=here)
    return np.array([shapely.geometry.shape(outline) for outline, _ in found], dtype=object)
