"""Which coordinate reference system, why, and the two directions of GCJ-02."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geodata.errors import CrsError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Bounds: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

STORED_CRS: Final = CRS.from_epsg(4490)
"""CGCS2000, longitude and latitude in degrees: how every layer is stored."""

ZONE_WIDTH_DEG: Final = 3
FIRST_ZONE_MERIDIAN_DEG: Final = 75
FIRST_ZONE_EPSG: Final = 4534
"""CGCS2000 / 3-degree Gauss-Kruger CM 75E; the codes run on to 4554 for CM 135E."""

# Datums on these ellipsoids are earth-centred and agree to about a metre. All others (Beijing 1954, Xian 1980) lie a
# hundred metres away, and PROJ knows no public parameters that would bring them over.
_GEOCENTRIC_RADIUS_M: Final = 6378137.0
_GEOCENTRIC_INVERSE_FLATTENING: Final = (298.257, 298.2573)

_GCJ_RADIUS_M: Final = 6378245.0
_GCJ_ECCENTRICITY2: Final = 0.00669342162296594323
_GCJ_BOUNDS: Final[Bounds] = (72.004, 0.8293, 137.8347, 55.8271)
_GCJ_STEPS: Final = 12


def find_working_crs(*extents: gpd.GeoDataFrame | gpd.GeoSeries | Bounds) -> CRS:
    """
    Choose the projected CRS in metres for intersections and buffers over an area.

    Parameters
    ----------
    *extents
        Frames or series in any CRS, or bounds (west, south, east, north) in degrees; together they make the area.
        Null and empty geometries do not count.

    Returns
    -------
        In China the CGCS2000 3-degree zone of the area's centre, without zone prefix in the easting (EPSG:4534 to
        4554); elsewhere the WGS 84 UTM zone of the centre. "In China" is the box around EPSG:4490's area of use:
        neighbours inside the box get a 3-degree zone too, which serves as well.

    Raises
    ------
    CrsError
        If no extent has a geometry, one has no CRS or is not in degrees, or the centre lies near a pole.

    References
    ----------
    GB/T 22021-2008: 3-degree zones, central meridian at a multiple of three degrees.
    """
    boxes = [box for box in (_bounds_of(extent) for extent in extents) if box is not None]
    if not boxes:
        raise CrsError("extents: no geometry to choose a working CRS from. Pass at least one layer that is not empty.")
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    longitude, latitude = (west + east) / 2, (south + north) / 2
    area = STORED_CRS.area_of_use
    if area is not None and area.west <= longitude <= area.east and area.south <= latitude <= area.north:
        zone = math.floor((longitude - FIRST_ZONE_MERIDIAN_DEG) / ZONE_WIDTH_DEG + 0.5)
        return CRS.from_epsg(FIRST_ZONE_EPSG + min(max(zone, 0), 20))
    if not -80 <= latitude <= 84:  # noqa: PLR2004 - where UTM ends
        raise CrsError(f"extents: latitude {latitude:.3f} of the centre lies beyond UTM. Choose a polar CRS yourself.")
    utm_zone = min(int((longitude + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if latitude >= 0 else 32700) + utm_zone)


def _bounds_of(extent: gpd.GeoDataFrame | gpd.GeoSeries | Bounds) -> Bounds | None:
    """Bounds in degrees, or None for an extent without geometry."""
    if isinstance(extent, (gpd.GeoDataFrame, gpd.GeoSeries)):
        require_crs(extent.crs, "extent")
        box = extent.geometry.to_crs(STORED_CRS).total_bounds
    else:
        box = np.asarray(extent, dtype=np.float64)
    if np.isnan(box).all():
        return None
    west, south, east, north = (float(value) for value in box)
    if not (-180 <= west <= east <= 360 and -90 <= south <= north <= 90):  # noqa: PLR2004 - degrees
        raise CrsError(
            f"extent: ({west}, {south}, {east}, {north}) is not (west, south, east, north) in degrees. Reproject."
        )
    return west, south, east, north


def require_crs(crs: CRS | None, name: str) -> CRS:
    """
    Require that a CRS is known.

    Parameters
    ----------
    crs
        What to look at; None for a frame without CRS.
    name
        The argument's or the layer's name, for the message.

    Raises
    ------
    CrsError
        If there is none.
    """
    if crs is None:
        raise CrsError(f"{name}: no CRS. Declare it first with set_crs.")
    return crs


def require_metric(crs: CRS | None, name: str) -> None:
    """
    Require a projected CRS in metres.

    Parameters
    ----------
    crs
        What to look at; None for a frame without CRS.
    name
        The argument's name, for the message.

    Raises
    ------
    CrsError
        If the CRS is missing, not projected, or not in metres.
    """
    crs = require_crs(crs, name)
    if not crs.is_projected or any(axis.unit_conversion_factor != 1.0 for axis in crs.axis_info[:2]):
        raise CrsError(f"{name}: {crs_name(crs)} is not in metres. Reproject it first.")


def crs_name(crs: CRS | None) -> str:
    """Say a CRS in one short form: `EPSG:4544`, or its own name where no register knows it."""
    if crs is None:
        return "no CRS"
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.name


def require_earth_centred(crs: CRS | None, name: str) -> CRS:
    """
    Require longitude and latitude, or a map projection, on an earth-centred datum.

    Parameters
    ----------
    crs
        What to look at; None for a frame without CRS.
    name
        The layer's or argument's name, for the message.

    Raises
    ------
    CrsError
        If the CRS is missing, neither geographic nor projected, or its datum is not earth-centred (Beijing 1954,
        Xian 1980): the parameters that lead to CGCS2000 are not public, and a shift of a hundred metres must not pass
        in silence.
    """
    crs = require_crs(crs, name)
    if not (crs.is_geographic or crs.is_projected):
        raise CrsError(f"{name}: {crs_name(crs)} is neither geographic nor projected. Declare a CRS of plan positions.")
    ellipsoid = crs.ellipsoid
    low, high = _GEOCENTRIC_INVERSE_FLATTENING
    if (
        ellipsoid is None
        or ellipsoid.semi_major_metre != _GEOCENTRIC_RADIUS_M
        or not low < ellipsoid.inverse_flattening < high
    ):
        raise CrsError(
            f"{name}: {crs_name(crs)} is not on an earth-centred datum, and no public parameters lead from it to "
            f"EPSG:4490. Have it transformed with the local parameters first."
        )
    return crs


def to_stored_crs(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """
    Bring a frame to CGCS2000 longitude and latitude, EPSG:4490.

    Parameters
    ----------
    frame
        Any geometries with a CRS. Not changed.
    name
        The frame's name, for the message.

    Raises
    ------
    CrsError
        If the CRS does not serve (see `require_earth_centred`), or coordinates lie outside it.
    """
    crs = require_earth_centred(frame.crs, name)
    stored: gpd.GeoDataFrame = frame.to_crs(STORED_CRS)
    require_degrees(shapely.get_coordinates(stored.geometry.to_numpy()), crs, name)
    return stored


def require_degrees(lonlat: NDArray[np.float64], crs: CRS, name: str) -> None:
    """
    Require that coordinates, brought to degrees, lie on the earth.

    Parameters
    ----------
    lonlat
        Shape (n, 2): longitude and latitude in degrees.
    crs
        The CRS that they were declared in.
    name
        The name of their layer or argument, for the message.

    Raises
    ------
    CrsError
        If one is not finite, or beyond 360 degrees of longitude or 90 of latitude: the CRS was declared wrongly.
    """
    if not bool((np.abs(lonlat) <= (360.0, 90.0)).all()):  # NaN compares false too
        raise CrsError(
            f"{name}: coordinates lie outside {crs_name(crs)}. Declare the CRS that the file was made in, "
            "with east before north."
        )


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Shift WGS 84 (or CGCS2000) positions as public Chinese web maps do.

    Parameters
    ----------
    lon, lat
        Degrees, any shape, alike. Not changed.

    Returns
    -------
        Longitude and latitude in GCJ-02 degrees; positions outside China come back as they are.

    References
    ----------
    The standard that defines GCJ-02 is not public; these are the formulas known since 2013 (eviltransform).
    """
    longitude = np.asarray(lon, dtype=np.float64)
    latitude = np.asarray(lat, dtype=np.float64)
    east, north = _gcj_shift(longitude, latitude)
    return longitude + east, latitude + north


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Undo `wgs84_to_gcj02` by fixed-point iteration.

    Parameters
    ----------
    lon, lat
        GCJ-02 degrees, any shape, alike. Not changed.

    Returns
    -------
        Longitude and latitude in WGS 84 degrees; there and back differs by less than a millimetre inside China.
    """
    longitude = np.asarray(lon, dtype=np.float64)
    latitude = np.asarray(lat, dtype=np.float64)
    found_lon, found_lat = longitude.copy(), latitude.copy()
    for _ in range(_GCJ_STEPS):  # each step gains at least two digits
        east, north = _gcj_shift(found_lon, found_lat)
        found_lon, found_lat = longitude - east, latitude - north
    return found_lon, found_lat


def _gcj_shift(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shift east and north in degrees at WGS 84 positions; zero outside China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    flattened = 1.0 - _GCJ_ECCENTRICITY2 * np.sin(phi) ** 2
    meridian_m = _GCJ_RADIUS_M * (1.0 - _GCJ_ECCENTRICITY2) / flattened**1.5
    parallel_m = _GCJ_RADIUS_M / np.sqrt(flattened) * np.cos(phi)
    west, south, east_end, north_end = _GCJ_BOUNDS
    inside = (lon >= west) & (lon <= east_end) & (lat >= south) & (lat <= north_end)
    return np.where(inside, np.degrees(east / parallel_m), 0.0), np.where(inside, np.degrees(north / meridian_m), 0.0)
