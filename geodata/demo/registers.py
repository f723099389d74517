"""What registers say of an area beside its shape: the township it lies in and its recorded size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.demo.cover import first_owner
from geodata.demo.grid import to_stored
from geodata.measure import measure_area_m2

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[dict[str, Any]]

IN_TOWNSHIP = (
    "permanent_farmland", "land_use", "cropland", "urban_boundary", "park", "chemical_park", "project", "facility",
    "heritage_scope", "heritage_control",
)  # fmt: skip
"""Layers whose rows say in which township they lie."""
RECORDED = (
    "permanent_farmland", "ecological_redline", "urban_boundary", "land_use", "cropland", "park", "chemical_park",
    "project",
)  # fmt: skip
"""Layers whose rows say their recorded size."""


def add_registered(layers: dict[str, Rows], townships: Rows) -> None:
    """
    Add `township_code` and `recorded_area_m2` to the rows that do not say theirs themselves.

    Parameters
    ----------
    layers
        Rows of each layer, geometry in metres; changed in place.
    townships
        The townships without the faults planted in their borders.
    """
    shapes = [row["geometry"] for row in townships]
    for key in IN_TOWNSHIP:
        silent = [row for row in layers.get(key, ()) if "township_code" not in row]
        points = shapely.point_on_surface(np.array([row["geometry"] for row in silent], dtype=object))
        for row, owner in zip(silent, first_owner(points, shapes), strict=True):
            row["township_code"] = townships[int(owner)]["code"]
    for key in RECORDED:
        silent = [row for row in layers.get(key, ()) if "recorded_area_m2" not in row]
        for row, area in zip(silent, areas_m2([row["geometry"] for row in silent]), strict=True):
            row["recorded_area_m2"] = round(float(area), 2)


def areas_m2(shapes: Sequence[Any]) -> np.ndarray:
    """Measure many geometries of `METRIC_CRS` on the ellipsoid, as they will be stored."""
    return measure_area_m2(gpd.GeoSeries([to_stored(shape) for shape in shapes], crs="EPSG:4490"))
