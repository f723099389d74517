"""Terrain: elevations from a raster file, and its shade as a quiet background for coloured plan layers."""

from __future__ import annotations

import io
import math
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import rasterio
import rasterio.errors
from affine import Affine
from PIL import Image
from pyproj import CRS, Transformer
from rasterio.enums import Resampling
from rasterio.features import geometry_mask
from rasterio.warp import reproject, transform_bounds
from scipy.ndimage import map_coordinates

from geodata.crs import STORED_CRS, Bounds
from geodata.errors import GeodataError, ReadError
from geodata.grid import horn_gradient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

WEB_MERCATOR: Final = CRS.from_epsg(3857)
"""What browsers draw maps in."""

_LOWEST_M, _HIGHEST_M = -500.0, 9000.0

MULTIDIRECTIONAL_DEG: Final = (225.0, 270.0, 315.0, 360.0)
"""Where the light comes from in Mark's shading: north-west to south-west, each slope lit by those it lies across to."""

# Grey-green, so light that any layer colour stands out on it. Red, green, blue from 0 to 255.
_SHADOW: Final = np.array([184, 193, 183], dtype=np.float32)
_LIGHT: Final = np.array([238, 241, 235], dtype=np.float32)
_HIGH_TINT: Final = np.array([1.02, 1.0, 0.975], dtype=np.float32)  # heights a breath warmer than valleys
_OUTSIDE_WHITE: Final = 0.62  # how far the area outside a mask fades to white


@dataclass(frozen=True, eq=False)
class Terrain:
    """Elevations on a grid."""

    array: NDArray[np.float32]
    """Shape (rows, columns), north row first; metres, NaN where unknown."""
    transform: Affine
    """From column and row to the coordinates of the cell's upper left corner."""
    crs: CRS


@contextmanager
def _open_raster(path: Path) -> Iterator[rasterio.DatasetReader]:
    """Open a raster that has a CRS; ReadError otherwise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)  # said by the ReadError below
            source = rasterio.open(path)
    except rasterio.errors.RasterioError as error:
        raise ReadError(f"{path}: no raster that can be read ({error}). Pass a GeoTIFF of elevations.") from error
    with source:
        if source.crs is None:
            raise ReadError(f"{path}: declares no CRS. Write it into the file first, for example with gdal_edit.")
        yield source


def require_terrain(path: Path) -> None:
    """
    Require a raster that can serve as terrain.

    Parameters
    ----------
    path
        Any raster file that GDAL reads.

    Raises
    ------
    ReadError
        If it is absent, no raster, or declares no CRS.
    """
    with _open_raster(path):
        pass


def read_terrain(path: Path) -> Terrain:
    """
    Read elevations from the first band of a raster.

    Parameters
    ----------
    path
        Any raster file that GDAL reads; elevations in metres. What no ground on earth has (below -500 m or above
        9,000 m) is unknown: many files write -9999 without saying so.

    Raises
    ------
    ReadError
        If it is absent, no raster, damaged, or declares no CRS.
    """
    with _open_raster(path) as source:
        try:
            band = source.read(1, masked=True)
        except rasterio.errors.RasterioError as error:
            raise ReadError(f"{path}: damaged ({error}). Get a sound copy.") from error
        array = band.astype(np.float32).filled(np.nan)
        array[(array < _LOWEST_M) | (array > _HIGHEST_M)] = np.nan
        return Terrain(array, source.transform, CRS.from_wkt(source.crs.to_wkt()))


def read_bounds(path: Path) -> Bounds:
    """
    Read the extent of a raster: west, south, east, north in degrees, EPSG:4490. The elevations are not read.

    Raises
    ------
    ReadError
        If it is absent, no raster, or declares no CRS.
    """
    with _open_raster(path) as source:
        bounds: Bounds = transform_bounds(source.crs, STORED_CRS.to_wkt(), *source.bounds)
        return bounds


def hillshade(
    elevation_m: NDArray[np.float32],
    cell_width_m: float | NDArray[np.float64],
    cell_height_m: float | NDArray[np.float64],
    *,
    azimuths_deg: Sequence[float] = (315.0,),
    altitude_deg: float = 45.0,
    z_factor: float = 1.0,
) -> NDArray[np.uint8]:
    """
    Shade terrain as under a low sun.

    Parameters
    ----------
    elevation_m
        Shape (rows, columns), north row first; metres, NaN where unknown. Not changed.
    cell_width_m, cell_height_m
        Size of a cell on the ground, one for all or broadcastable to the grid, such as shape (rows, 1).
    azimuths_deg
        Where the light comes from, clockwise from north. Several are mixed, each weighing the square of the sine of
        the angle between it and the slope.
    altitude_deg
        Height of the light above the horizon.
    z_factor
        Exaggeration of heights.

    Returns
    -------
        Shape (rows, columns): 1 dark to 255 light, 0 where the elevation of a cell or of a neighbour is unknown.

    References
    ----------
    B. K. P. Horn, Hill shading and the reflectance map (1981), for the gradient; R. K. Mark, USGS Open-File Report
    92-422 (1992), for the mix.
    """
    padded = np.pad(elevation_m.astype(np.float64), 1, mode="edge")
    east_slope, south_slope = horn_gradient(padded, cell_width_m, cell_height_m)
    slope = np.arctan(z_factor * np.hypot(east_slope, south_slope))
    downhill = np.arctan2(-east_slope, south_slope)  # clockwise from north
    light = np.zeros(elevation_m.shape)
    weights = np.zeros(elevation_m.shape)
    zenith = math.radians(90.0 - altitude_deg)
    for azimuth in np.radians(azimuths_deg):
        weight = np.sin(downhill - azimuth) ** 2 if len(azimuths_deg) > 1 else np.ones_like(light)
        shade = math.cos(zenith) * np.cos(slope) + math.sin(zenith) * np.sin(slope) * np.cos(azimuth - downhill)
        light += weight * np.clip(shade, 0.0, 1.0)
        weights += weight
    lightness = 1.0 + 254.0 * light / weights
    return np.where(np.isnan(lightness), 0.0, np.rint(lightness)).astype(np.uint8)


def hillshade_rgb(
    path: Path, bounds: Bounds, width: int, crs: CRS, *, mask: BaseGeometry | None = None
) -> tuple[NDArray[np.uint8], Bounds]:
    """
    Make a shaded background on a grid of one's own.

    Parameters
    ----------
    path
        The terrain.
    bounds
        West, south, east, north of the picture, in units of `crs`.
    width
        Of the picture in pixels; its height follows, pixels being square.
    crs
        What the picture is drawn in: projected, in metres.
    mask
        Polygon in EPSG:4490; outside it the picture fades. None: nothing fades.

    Returns
    -------
        Shape (height, width, 4), uint8: red, green, blue, and alpha 0 where the terrain is unknown; and the extent as
        `matplotlib.axes.Axes.imshow` takes it: west, east, south, north.

    Raises
    ------
    ReadError
        If the terrain cannot be read.
    GeodataError
        If bounds or width leave no picture.
    """
    west, south, east, north = bounds
    if not (west < east and south < north and width > 0):
        raise GeodataError(f"bounds, width: {bounds}, {width} leave no picture. Pass west < east, south < north.")
    height = max(round(width * (north - south) / (east - west)), 1)
    transform = Affine((east - west) / width, 0.0, west, 0.0, (south - north) / height, north)
    elevation = _warp(read_terrain(path), transform, (height, width), crs)
    ground = _ground_scale(transform, height, crs)
    shade = hillshade(
        elevation,
        transform.a * ground,
        -transform.e * ground,
        azimuths_deg=MULTIDIRECTIONAL_DEG,
        z_factor=_exaggeration(transform.a * float(ground.mean())),
    )
    return _tint(elevation, shade, _inside(mask, transform, (height, width), crs)), (west, east, south, north)


def hillshade_png(
    path: Path, bounds: Bounds | None = None, *, size_px: int = 1600, mask: BaseGeometry | None = None
) -> tuple[bytes, Bounds]:
    """
    Make a shaded picture to lie under a web map's layers.

    Parameters
    ----------
    path
        The terrain.
    bounds
        West, south, east, north of the picture in degrees, EPSG:4490; the whole terrain if None.
    size_px
        The longer side at most.
    mask
        Polygon in EPSG:4490; outside it the picture fades. None: nothing fades.

    Returns
    -------
        A PNG drawn in Web Mercator, as the browser stretches it, transparent where the terrain is unknown; and west,
        south, east, north of its outer pixel edges in degrees.

    Raises
    ------
    ReadError
        If the terrain cannot be read.
    """
    if bounds is None:
        bounds = read_bounds(path)
    corners = Transformer.from_crs(STORED_CRS, WEB_MERCATOR, always_xy=True).transform(bounds[::2], bounds[1::2])
    (west, east), (south, north) = corners
    width = round(size_px * min(1.0, (east - west) / (north - south)))
    rgba, _ = hillshade_rgb(path, (west, south, east, north), max(width, 1), WEB_MERCATOR, mask=mask)
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    return file.getvalue(), bounds


def _warp(terrain: Terrain, transform: Affine, shape: tuple[int, int], crs: CRS) -> NDArray[np.float32]:
    """Elevations on another grid."""
    elevation = np.full(shape, np.nan, dtype=np.float32)
    reproject(
        terrain.array,
        elevation,
        src_transform=terrain.transform,
        src_crs=terrain.crs.to_wkt(),
        src_nodata=np.nan,
        dst_transform=transform,
        dst_crs=crs.to_wkt(),
        dst_nodata=np.nan,
        resampling=Resampling.cubic,
    )
    return elevation


def _ground_scale(transform: Affine, height: int, crs: CRS) -> NDArray[np.float64]:
    """Ground metres per metre of the grid, shape (height, 1): far from 1 in Web Mercator only."""
    if crs != WEB_MERCATOR:
        return np.ones((height, 1))
    northing = transform.f + transform.e * (np.arange(height) + 0.5)
    _, latitude = Transformer.from_crs(crs, STORED_CRS, always_xy=True).transform(np.zeros(height), northing)
    scale: NDArray[np.float64] = np.cos(np.radians(latitude)).reshape(height, 1)
    return scale


def _exaggeration(cell_m: float) -> float:
    """Heights look flatter the coarser the grid: from 1 at 30 m cells up to 3."""
    return min(max(math.sqrt(cell_m / 30.0), 1.0), 3.0)


def _inside(mask: BaseGeometry | None, transform: Affine, shape: tuple[int, int], crs: CRS) -> NDArray[np.bool_] | None:
    """Cells whose centre lies in the mask."""
    if mask is None:
        return None
    import geopandas as gpd

    drawn = gpd.GeoSeries([mask], crs=STORED_CRS).to_crs(crs).iloc[0]
    return np.asarray(geometry_mask([drawn], shape, transform, invert=True), dtype=bool)


def _tint(
    elevation: NDArray[np.float32], shade: NDArray[np.uint8], inside: NDArray[np.bool_] | None
) -> NDArray[np.uint8]:
    """Colour a shade: red, green, blue, alpha."""
    known = shade > 0
    light = (np.clip(shade.astype(np.float32) / 255.0, 0.25, 0.95)[..., None] - 0.25) / 0.70
    colour = _SHADOW + light * (_LIGHT - _SHADOW)
    if bool(known.any()):
        low, high = np.percentile(elevation[known], [2, 98])
        if high > low:
            rise = np.nan_to_num(np.clip((elevation - low) / (high - low), 0.0, 1.0))[..., None]
            colour *= 1.0 + rise * (_HIGH_TINT - 1.0)
    if inside is not None:
        fade = np.where(inside, 0.0, _OUTSIDE_WHITE).astype(np.float32)[..., None]
        colour += fade * (255.0 - colour)
    rgba = np.empty((*shade.shape, 4), dtype=np.uint8)
    rgba[..., :3] = np.clip(np.rint(colour), 0, 255)
    rgba[..., 3] = np.where(known, 255, 0)
    return rgba


def sample_terrain(terrain: Terrain, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Read elevations at points, evenly between the four nearest cell middles.

    Parameters
    ----------
    terrain
        Not changed.
    xy
        Shape (n, 2), in the terrain's CRS. Not changed.

    Returns
    -------
        Shape (n,), metres; NaN outside the middles of the outer cells, and where one of the four is unknown.
    """
    inverse = ~terrain.transform
    columns = inverse.a * xy[:, 0] + inverse.b * xy[:, 1] + inverse.c
    rows = inverse.d * xy[:, 0] + inverse.e * xy[:, 1] + inverse.f
    at = np.array([rows - 0.5, columns - 0.5])
    heights: NDArray[np.float64] = map_coordinates(
        terrain.array.astype(np.float64), at, order=1, mode="constant", cval=np.nan
    )
    return heights
