"""
How steep the ground is, and how much of a patch is too steep.

Slope is kept as rise over run. Percent is a hundred times that; degrees are its arc tangent: a slope of 45 degrees has
100 percent, one of 25 percent has 14 degrees. The two are never mixed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.cover import area_beside_m2, cover_cells
from geodata.crs import require_crs
from geodata.errors import GeodataError
from geodata.grid import cell_sizes_m, find_window, horn_gradient, longest_side_m, outline_cells

if TYPE_CHECKING:
    from affine import Affine
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geodata.raster import Terrain

_AT_LIMIT_RISE: Final = 1e-5
"""A slope closer to the limit than elevations in float32 can tell lies on it, and is not above."""

_RADIUS_M: Final = 6378137.0


@dataclass(frozen=True, eq=False)
class Slope:
    """Steepness on a grid."""

    array: NDArray[np.float32]
    """Shape (rows, columns), north row first; metres of rise per metre of run, NaN where unknown."""
    transform: Affine
    """From column and row to the coordinates of the cell's upper left corner."""
    crs: CRS

    def degrees(self) -> NDArray[np.float32]:
        """Return the angle with the horizontal, 0 to 90, NaN where unknown."""
        return np.degrees(np.arctan(self.array))

    def percent(self) -> NDArray[np.float32]:
        """Return the rise in metres over a run of a hundred metres, NaN where unknown."""
        return self.array * np.float32(100.0)


def slope(terrain: Terrain) -> Slope:
    """
    Measure how steep the ground is.

    Parameters
    ----------
    terrain
        Elevations, north up, in degrees or in a conformal projection; the ground is measured on the CRS's ellipsoid.
        Not changed.

    Returns
    -------
        On the same grid. NaN where the elevation of a cell or of one of its eight neighbours is unknown, and so along
        the raster's edges.

    Raises
    ------
    GeodataError
        If the grid is turned or upside down.
    CrsError
        If the CRS does not serve, or the grid lies outside it.

    References
    ----------
    B. K. P. Horn, Hill shading and the reflectance map, Proceedings of the IEEE 69 (1981).
    """
    width_m, height_m = cell_sizes_m(terrain.transform, terrain.array.shape, terrain.crs)
    rimmed = np.pad(terrain.array.astype(np.float64), 1, constant_values=np.nan)
    rise = np.hypot(*horn_gradient(rimmed, width_m, height_m))
    return Slope(rise.astype(np.float32), terrain.transform, terrain.crs)


def resolution_m(grid: Terrain | Slope) -> float:
    """
    Measure how coarse a grid is: the longest side of any cell, in metres on the ground.

    Raises
    ------
    GeodataError
        If the grid is turned or upside down.
    CrsError
        If the CRS does not serve, or the grid lies outside it.
    """
    return longest_side_m(grid.transform, grid.array.shape, grid.crs)


def measure_steepness(slope: Slope, patches: gpd.GeoSeries, *, limit_rise: float) -> pd.DataFrame:
    """
    Measure how much of each patch is steeper than a limit, by the exact part of each cell that it covers.

    Parameters
    ----------
    slope
        Steepness on a grid, each cell counting with its area on the ellipsoid.
    patches
        Valid polygons, shape (n,), in any CRS with an ellipsoid; their edges are straight in it. Not changed.
    limit_rise
        Metres of rise per metre of run: `math.tan(math.radians(25))` for 25 degrees, 0.25 for 25 percent. A slope equal
        to it, within 0.00001, is not above.

    Returns
    -------
        One row per patch, with the index of `patches`:
        `share_above_pct` - part of the patch's whole area that is known to be steeper than the limit;
        `share_known_pct` - part of its whole area, also beyond the raster, whose slope is known;
        `mean_rise`, `max_rise` - over what is known, NaN where nothing is.
        Shares are good to 1e-6 of a patch for cells up to a kilometre; NaN for an empty or null patch.

    Raises
    ------
    CrsError
        If a CRS is missing or does not serve.
    GeodataError
        If the limit is not a positive number, or the grid is turned.
    """
    _require_limit(limit_rise)
    transform, shape, crs = slope.transform, slope.array.shape, slope.crs
    width_m, height_m = cell_sizes_m(transform, shape, crs)
    drawn = _draw(patches, slope).to_numpy()
    owner, cell, covered = cover_cells(drawn, transform, shape)
    area_m2 = covered * np.broadcast_to(width_m * height_m, shape).ravel()[cell]
    rise = slope.array.ravel()[cell].astype(np.float64)
    known = ~np.isnan(rise)
    count = len(patches)
    whole_m2 = np.bincount(owner, area_m2, count) + area_beside_m2(drawn, transform, shape, crs)
    known_m2 = np.bincount(owner[known], area_m2[known], count)
    above = _is_above(rise, limit_rise)
    highest = np.full(count, np.nan)
    np.fmax.at(highest, owner[known], rise[known])
    with np.errstate(invalid="ignore"):  # 0 / 0: nothing there, or nothing known
        columns = {
            "share_above_pct": 100.0 * np.bincount(owner[above], area_m2[above], count) / whole_m2,
            "share_known_pct": 100.0 * known_m2 / whole_m2,
            "mean_rise": np.bincount(owner[known], (area_m2 * rise)[known], count) / known_m2,
            "max_rise": highest,
        }
    return pd.DataFrame(columns, index=patches.index)


def steep_parts(slope: Slope, patch: BaseGeometry, crs: CRS, *, limit_rise: float) -> BaseGeometry:
    """
    Cut out the part of a patch that lies on cells steeper than a limit.

    Parameters
    ----------
    slope
        Steepness on a grid.
    patch
        Valid polygon or multi-polygon.
    crs
        Of the patch.
    limit_rise
        As for `measure_steepness`.

    Returns
    -------
        Polygon or multi-polygon in the patch's CRS, empty where no part is too steep. Its area on the ellipsoid is
        `share_above_pct` of the patch's, within 1e-6, if long edges of either are densified before measuring.

    Raises
    ------
    CrsError
        If a CRS does not serve.
    GeodataError
        If the limit is not a positive number, or the grid is turned.
    """
    _require_limit(limit_rise)
    drawn = _draw(gpd.GeoSeries([patch], crs=crs), slope).iloc[0]
    if drawn.is_empty:
        return shapely.MultiPolygon()
    window = find_window(drawn.bounds, slope.transform, slope.array.shape)
    above = _is_above(slope.array[window].astype(np.float64), limit_rise)
    steep = outline_cells(above, slope.transform, window)
    shapely.prepare(drawn)
    inside = shapely.contains_properly(drawn, steep)  # most of a large patch needs no cutting
    cut = shapely.get_parts(shapely.intersection(steep[~inside], drawn))
    parts = np.concatenate([steep[inside], cut[shapely.get_dimensions(cut) == 2]])  # noqa: PLR2004 - not where they touch
    # Sides of cells are straight in the raster's CRS: vertices keep them so in the patch's.
    fine = shapely.segmentize(parts, min(slope.transform.a, -slope.transform.e))
    there = gpd.GeoSeries(fine, crs=slope.crs).to_crs(crs).to_numpy()
    return there[0] if len(there) == 1 else shapely.MultiPolygon(list(there))


def _require_limit(limit_rise: float) -> None:
    """Refuse what cannot be a limit of slope."""
    if not (math.isfinite(limit_rise) and limit_rise > 0):
        raise GeodataError(f"limit_rise: {limit_rise} is no slope. Pass metres of rise per metre of run, above 0.")


def _is_above(rise: NDArray[np.float64], limit_rise: float) -> NDArray[np.bool_]:
    """Cells steeper than a limit; the unknown are not."""
    above: NDArray[np.bool_] = rise > limit_rise + _AT_LIMIT_RISE
    return above


def _draw(patches: gpd.GeoSeries, slope: Slope) -> gpd.GeoSeries:
    """
    Bring patches to the raster's CRS, empty where null.

    Vertices a cell apart keep long edges where they were, straight in the patches' own CRS.
    """
    crs = require_crs(patches.crs, "patches")
    step_m = resolution_m(slope)
    unit_m = math.radians(1.0) * _RADIUS_M if crs.is_geographic else crs.axis_info[0].unit_conversion_factor
    shapes = np.array(patches.to_numpy(), dtype=object)
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    fine = gpd.GeoSeries(shapely.segmentize(shapes, step_m / unit_m), crs=crs)
    drawn = np.array(fine.to_crs(slope.crs).to_numpy(), dtype=object)
    bent = ~shapely.is_valid(drawn)  # two edges nearer than rounding may cross on the way
    drawn[bent] = shapely.buffer(drawn[bent], 0)
    return gpd.GeoSeries(drawn, crs=slope.crs)
