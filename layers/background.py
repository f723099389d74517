"""The hillshade under a map, as the web map has it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from pyproj import CRS, Transformer

from geodata.crs import STORED_CRS
from geodata.raster import hillshade_rgb
from layers.paths import pad

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.paths import Window
    from layers.sheet import Sheet

LAND = "#F3F5F0"
_RIM = 0.2
_LAND_RGB = np.array([243, 245, 240], dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Background:
    """A picture on an even grid of degrees, EPSG:4490: `image` is uint8, rows from the north x columns x RGB."""

    image: NDArray[np.uint8]
    bounds: Window


def read_background(terrain: Path, bounds: Window, *, width_px: int, mask: BaseGeometry | None = None) -> Background:
    """
    Shade a terrain for the pictures of one region.

    Parameters
    ----------
    terrain
        Raster of elevations.
    bounds
        West, south, east, north in degrees, EPSG:4490. The picture is made a fifth wider on every side: a map has
        the shape of its paper, and shows more than was asked for.
    width_px
        Columns of the picture within the bounds.
    mask
        Polygon in EPSG:4490, outside which the picture fades; None: nothing fades.

    Raises
    ------
    ReadError
        If the terrain cannot be read.
    """
    wide = pad(bounds, _RIM)
    west, south, east, north = wide
    # Equidistant cylindrical: even in degrees, as the pictures are, and true to shape at the middle latitude.
    flat = CRS.from_dict({"proj": "eqc", "lat_ts": math.floor((south + north) / 2.0), "ellps": "GRS80"})
    to_flat = Transformer.from_crs(STORED_CRS, flat, always_xy=True)
    (left, right), (bottom, top) = to_flat.transform((west, east), (south, north))
    rgba, _ = hillshade_rgb(terrain, (left, bottom, right, top), round(width_px * (1.0 + 2.0 * _RIM)), flat, mask=mask)
    known = rgba[..., 3:].astype(np.float32) / 255.0
    image = np.rint(rgba[..., :3] * known + _LAND_RGB * (1.0 - known)).astype(np.uint8)
    return Background(image, wide)


def draw_background(sheet: Sheet, window: Window, background: Background | None) -> None:
    """Draw the paper's land colour, and the part of the hillshade that lies in the window."""
    west, south, east, north = window
    sheet.add(Rectangle((west, south), east - west, north - south, facecolor=LAND, edgecolor="none", zorder=0))
    if background is None:
        return
    left, bottom, right, top = background.bounds
    rows, columns = background.image.shape[:2]
    across, up = (right - left) / columns, (top - bottom) / rows
    # Cut to the window first: matplotlib would resample the whole image for every map.
    first_column, last_column = max(int((west - left) / across) - 2, 0), min(int((east - left) / across) + 3, columns)
    first_row, last_row = max(int((top - north) / up) - 2, 0), min(int((top - south) / up) + 3, rows)
    if first_column >= last_column or first_row >= last_row:
        return
    extent = (left + first_column * across, left + last_column * across, top - last_row * up, top - first_row * up)
    image = AxesImage(sheet.map, extent=extent, interpolation="bilinear", origin="upper", zorder=1)
    image.set_data(background.image[first_row:last_row, first_column:last_column])
    sheet.add(image)
    # An image sets the limits of its axes to its own extent.
    sheet.set_window(window)
