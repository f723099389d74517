"""Make geometries valid, and say what that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.measure import measure_area_m2
from geodata.problems import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray


def make_valid(frame: gpd.GeoDataFrame, layer: str = "") -> tuple[gpd.GeoDataFrame, tuple[Problem, ...]]:
    """
    Repair invalid geometries.

    Parameters
    ----------
    frame
        Any geometries with a CRS and a column `id`; null geometries stay null. Not changed.
    layer
        Name of the layer, for the problems.

    Returns
    -------
        The frame with valid geometries of the layer's own dimension, and one `geometry_repaired` per repair with the
        reason, the area before (as the ring runs) and the change in m² on the ellipsoid.
    """
    geometries: NDArray[np.object_] = np.asarray(frame.geometry.to_numpy(), dtype=object)
    bad = np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries))
    if len(bad) == 0:
        return frame, ()
    before = measure_area_m2(gpd.GeoSeries(geometries[bad], crs=frame.crs))
    dimensions = shapely.get_dimensions(geometries[bad])
    repaired = geometries.copy()
    for position, dimension in zip(bad, dimensions, strict=True):
        parts = [
            part
            for part in shapely.get_parts(shapely.make_valid(geometries[position], method="structure"))
            if shapely.get_dimensions(part) == dimension
        ]
        repaired[position] = shapely.union_all(parts) if parts else None
    result = frame.set_geometry(gpd.GeoSeries(repaired, index=frame.index, crs=frame.crs))
    after = measure_area_m2(gpd.GeoSeries(repaired[bad], crs=frame.crs))
    ids = frame["id"].astype(str).to_numpy() if "id" in frame.columns else [None] * len(frame)
    problems = tuple(
        Problem(
            code="geometry_repaired",
            level="warning",
            layer=layer,
            feature_id=ids[position],
            params={
                "reason": shapely.is_valid_reason(geometries[position]),
                "area_before_m2": float(area),
                "area_change_m2": float(new - area),
            },
        )
        for position, area, new in zip(bad, before, after, strict=True)
    )
    return result, problems
