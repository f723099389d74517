"""The raster grid of the demonstration county: square cells in EPSG:4544, north up, at several nested cell sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from affine import Affine
from pyproj import Transformer
from rasterio import features
from shapely.geometry import shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

METRIC_CRS = "EPSG:4544"
"""CGCS2000, 3-degree zone of 105 degrees east without zone prefix: the county's main zone."""
STORED_CRS = "EPSG:4490"
COARSEST_CELL_M = 240.0
DECIMALS = 9
"""Decimals of stored degrees: about 0.1 mm, so that shared vertices stay shared."""

_TO_METRIC = Transformer.from_crs(STORED_CRS, METRIC_CRS, always_xy=True)
_TO_STORED = Transformer.from_crs(METRIC_CRS, STORED_CRS, always_xy=True)

Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]


def to_metric(geometry: BaseGeometry) -> BaseGeometry:
    """Turn longitude and latitude into metres of `METRIC_CRS`."""
    return shapely.transform(geometry, lambda xy: np.column_stack(_TO_METRIC.transform(xy[:, 0], xy[:, 1])))


def to_stored(geometry: BaseGeometry) -> BaseGeometry:
    """Turn metres of `METRIC_CRS` into longitude and latitude, rounded to `DECIMALS`."""
    return shapely.transform(
        geometry, lambda xy: np.round(np.column_stack(_TO_STORED.transform(xy[:, 0], xy[:, 1])), DECIMALS)
    )


def point_metric(lon: float, lat: float) -> tuple[float, float]:
    """Turn one position into metres."""
    x, y = _TO_METRIC.transform(lon, lat)
    return float(x), float(y)


@dataclass(frozen=True)
class Grid:
    """Cell size, upper left corner and shape of one raster."""

    left: float
    top: float
    cell_m: float
    rows: int
    columns: int

    @property
    def transform(self) -> Affine:
        """Cell corners to metres, as rasterio wants it."""
        return Affine(self.cell_m, 0.0, self.left, 0.0, -self.cell_m, self.top)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    def finer(self, factor: int) -> Grid:
        """Divide every cell into `factor` times `factor` cells."""
        return Grid(self.left, self.top, self.cell_m / factor, self.rows * factor, self.columns * factor)

    def coarser(self, factor: int) -> Grid:
        """Join `factor` times `factor` cells into one."""
        return Grid(self.left, self.top, self.cell_m * factor, self.rows // factor, self.columns // factor)

    def cell_of(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of a position, kept inside the grid."""
        row = int((self.top - y) / self.cell_m)
        column = int((x - self.left) / self.cell_m)
        return min(max(row, 0), self.rows - 1), min(max(column, 0), self.columns - 1)

    def centre_of(self, rows: NDArray[np.integer], columns: NDArray[np.integer]) -> tuple[Floats, Floats]:
        """Positions of cell centres in metres."""
        x = self.left + (np.asarray(columns) + 0.5) * self.cell_m
        y = self.top - (np.asarray(rows) + 0.5) * self.cell_m
        return x, y

    def lonlat(self) -> tuple[Floats, Floats]:
        """Longitude and latitude of every cell centre."""
        rows, columns = np.indices(self.shape)
        x, y = self.centre_of(rows, columns)
        lon, lat = _TO_STORED.transform(x, y)
        return np.asarray(lon), np.asarray(lat)

    def burn(self, geometries: Sequence[BaseGeometry], *, all_touched: bool = False) -> Bools:
        """Mark the cells whose centre lies in a geometry (or that a line touches)."""
        kept = [geometry for geometry in geometries if not geometry.is_empty]
        if not kept:
            return np.zeros(self.shape, dtype=bool)
        burnt = features.rasterize(
            kept, out_shape=self.shape, transform=self.transform, all_touched=all_touched, dtype="uint8"
        )
        return np.asarray(burnt == 1)

    def polygons(self, labels: NDArray[np.int32], mask: Bools | None = None) -> list[tuple[int, BaseGeometry]]:
        """Outline every connected area of equal label, staircase and all."""
        found = features.shapes(labels.astype("int32"), mask=mask, transform=self.transform)
        return [(int(label), shape(outline)) for outline, label in found]


def block_mean(values: Floats, factor: int) -> Floats:
    """Average a raster over blocks of cells."""
    rows, columns = values.shape
    return np.asarray(values.reshape(rows // factor, factor, columns // factor, factor).mean(axis=(1, 3)))


def frame_grid(county: BaseGeometry, margin_m: float = 3000.0) -> Grid:
    """Lay the coarsest grid around the county (metres), with a margin on every side."""
    west, south, east, north = county.bounds
    left = np.floor((west - margin_m) / COARSEST_CELL_M) * COARSEST_CELL_M
    top = np.ceil((north + margin_m) / COARSEST_CELL_M) * COARSEST_CELL_M
    rows = int(np.ceil((top - south + margin_m) / COARSEST_CELL_M))
    columns = int(np.ceil((east + margin_m - left) / COARSEST_CELL_M))
    return Grid(float(left), float(top), COARSEST_CELL_M, rows, columns)
