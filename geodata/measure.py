"""
Area, length and distance on the ellipsoid: the only place that measures.

An edge is the geodesic between two given vertices, in any CRS: projected vertices are brought back to longitude and
latitude one by one, and no vertex is added between them. A long edge that was meant straight in a plane or along a
parallel encloses a slightly different area; densify it first where that matters.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from geodata.crs import crs_name, require_crs, require_degrees
from geodata.errors import CrsError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray
    from pyproj import CRS, Geod

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)


def measure_area_m2(geometries: gpd.GeoSeries) -> NDArray[np.float64]:
    """
    Measure the ellipsoidal area of each geometry.

    Parameters
    ----------
    geometries
        Any geometries in any CRS that has an ellipsoid, geographic or projected. Not changed.

    Returns
    -------
        Shape (n,), square metres, never negative: parts added, holes subtracted, whichever way the rings run. Of a
        collection the polygonal part counts; null, empty, line and point geometries give 0. An edge is the geodesic
        between two given vertices.

    Raises
    ------
    CrsError
        If the CRS is missing or has no ellipsoid, or coordinates lie outside it.

    References
    ----------
    C. F. F. Karney, Algorithms for geodesics, Journal of Geodesy 87 (2013), section 6, as in geographiclib; on the
    ellipsoid of the CRS.
    """
    crs, geod = _require_geod(geometries.crs, "geometries")
    parts, owners = _simple_parts(geometries)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    polygons, owners = parts[polygonal], owners[polygonal]
    rings, ring_polygons = shapely.get_rings(polygons, return_index=True)
    is_shell = np.diff(ring_polygons, prepend=-1) != 0  # the shell comes first, then its holes
    lonlat, ends = _lonlat(rings, crs)
    areas = np.zeros(len(rings))
    for position, (start, end) in enumerate(pairwise(ends)):
        signed, _ = geod.polygon_area_perimeter(lonlat[start:end, 0], lonlat[start:end, 1])
        areas[position] = abs(signed)
    signed_areas = np.where(is_shell, areas, -areas)
    totals = np.bincount(owners[ring_polygons], weights=signed_areas, minlength=len(geometries))
    return np.maximum(totals, 0.0)


def measure_length_m(geometries: gpd.GeoSeries) -> NDArray[np.float64]:
    """
    Measure the ellipsoidal length of each line.

    Parameters
    ----------
    geometries
        Any geometries in any CRS that has an ellipsoid. Not changed.

    Returns
    -------
        Shape (n,), metres. Of a collection the lines count; polygons (whose outline is not meant), points, null and
        empty geometries give 0. An edge is the geodesic between two given vertices.

    Raises
    ------
    CrsError
        If the CRS is missing or has no ellipsoid, or coordinates lie outside it.
    """
    crs, geod = _require_geod(geometries.crs, "geometries")
    parts, owners = _simple_parts(geometries)
    linear = np.isin(shapely.get_type_id(parts), _LINES)
    lonlat, ends = _lonlat(parts[linear], crs)
    owner_of_vertex = np.repeat(owners[linear], np.diff(ends))
    line_of_vertex = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    is_edge = line_of_vertex[:-1] == line_of_vertex[1:]
    before, after = lonlat[:-1][is_edge], lonlat[1:][is_edge]
    _, _, edges_m = geod.inv(before[:, 0], before[:, 1], after[:, 0], after[:, 1])
    return np.bincount(owner_of_vertex[:-1][is_edge], weights=edges_m, minlength=len(geometries)).astype(np.float64)


def measure_distance_m(
    lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike, crs: CRS
) -> NDArray[np.float64]:
    """
    Measure the geodesic distance between pairs of positions.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        Degrees, of shapes that broadcast together. Not changed.
    crs
        Names the ellipsoid; its units do not matter.

    Returns
    -------
        The broadcast shape, metres.

    Raises
    ------
    CrsError
        If the CRS has no ellipsoid, or a position is not on the earth.
    """
    crs, geod = _require_geod(crs, "crs")
    positions = np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in (lon1, lat1, lon2, lat2)))
    from_lon, from_lat, to_lon, to_lat = (np.ravel(values) for values in positions)
    require_degrees(np.column_stack([from_lon, from_lat]), crs, "lon1, lat1")
    require_degrees(np.column_stack([to_lon, to_lat]), crs, "lon2, lat2")
    _, _, distances = geod.inv(from_lon, from_lat, to_lon, to_lat)
    return np.asarray(distances, dtype=np.float64).reshape(positions[0].shape)


def _require_geod(crs: CRS | None, name: str) -> tuple[CRS, Geod]:
    """Give the CRS with the geodesics of its ellipsoid."""
    crs = require_crs(crs, name)
    geod = crs.get_geod()
    if geod is None:
        raise CrsError(f"{name}: {crs_name(crs)} has no ellipsoid. Declare a geographic or projected CRS.")
    return crs, geod


def _simple_parts(geometries: gpd.GeoSeries) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Split down to single points, lines and polygons, with the position of the geometry each came from."""
    parts: NDArray[np.object_] = np.asarray(geometries.to_numpy(), dtype=object)
    owners = np.arange(len(parts))
    # A collection may hold multi-parts and further collections.
    while bool((shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any()):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owners = owners[inner]
    return parts, owners


def _lonlat(shapes: NDArray[np.object_], crs: CRS) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Coordinates in degrees, and where each shape's coordinates start and end: shape k is `ends[k]:ends[k + 1]`."""
    coordinates, shape_of_vertex = shapely.get_coordinates(shapes, return_index=True)
    ends = np.concatenate([[0], np.cumsum(np.bincount(shape_of_vertex, minlength=len(shapes)))]).astype(np.intp)
    geographic = crs.geodetic_crs
    if geographic is None:
        raise CrsError(
            f"geometries: {crs_name(crs)} rests on no geographic CRS. Declare a geographic or projected CRS."
        )
    if crs.is_projected:
        inverse = Transformer.from_crs(crs, geographic, always_xy=True)
        coordinates = np.column_stack(inverse.transform(coordinates[:, 0], coordinates[:, 1]))
    unit = geographic.axis_info[0]
    if unit.unit_name != "degree":  # some old datums count in grads
        coordinates = coordinates * math.degrees(unit.unit_conversion_factor)
    require_degrees(coordinates, crs, "geometries")
    return coordinates, ends
