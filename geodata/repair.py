"""Make geometries valid, and say what that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.crs import STORED_CRS
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
        Any geometries with a CRS, preferably with a column `id`; null geometries stay null. Not changed.
    layer
        Name of the layer, for the problems.

    Returns
    -------
        The frame with valid geometries, and a problem per repair. A repaired geometry keeps its dimension: what the
        repair of a polygon leaves as lines or points falls away, and null is left where nothing else remains. Areas
        traced twice count once. `geometry_repaired` (warning) and `geometry_lost` (error) carry the `reason`,
        `area_before_m2` (as the rings ran, so that the halves of a bow tie cancel out) and `area_change_m2`, on the
        ellipsoid.

    Raises
    ------
    CrsError
        If the CRS is missing although something must be repaired.

    References
    ----------
    GEOS `MakeValid`, method "structure": rings made valid each, shells united, holes subtracted.
    """
    geometries: NDArray[np.object_] = np.array(frame.geometry.to_numpy(), dtype=object)
    broken = np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries))
    if len(broken) == 0:
        return frame, ()
    repaired = geometries.copy()
    for position in broken:
        repaired[position] = _repair(geometries[position])
    before = gpd.GeoSeries(geometries[broken], crs=frame.crs)
    after = gpd.GeoSeries(repaired[broken], crs=frame.crs)
    areas_m2 = measure_area_m2(before)
    changes_m2 = measure_area_m2(after) - areas_m2
    # The middle of the bounding box: it exists for broken geometries too.
    middle = gpd.GeoSeries(shapely.centroid(shapely.envelope(geometries[broken])), crs=frame.crs).to_crs(STORED_CRS)
    ids = frame["id"].iloc[broken].astype(str).tolist() if "id" in frame.columns else [None] * len(broken)
    problems = tuple(
        Problem(
            code="geometry_repaired" if mended is not None else "geometry_lost",
            level="warning" if mended is not None else "error",
            layer=layer,
            feature_id=feature_id,
            where=(point.x, point.y),
            params={
                "reason": shapely.is_valid_reason(geometry),
                "area_before_m2": float(area_m2),
                "area_change_m2": float(change_m2),
            },
        )
        for feature_id, point, geometry, mended, area_m2, change_m2 in zip(
            ids, middle, before, after, areas_m2, changes_m2, strict=True
        )
    )
    return frame.set_geometry(gpd.GeoSeries(repaired, index=frame.index, crs=frame.crs)), problems


def _repair(geometry: shapely.Geometry) -> shapely.Geometry | None:
    """Make one geometry valid in its own dimension; None if nothing is left of it."""
    dimension = shapely.get_dimensions(geometry)
    parts = shapely.get_parts(shapely.make_valid(geometry, method="structure"))
    parts = parts[shapely.get_dimensions(parts) == dimension]
    return shapely.union_all(parts) if len(parts) else None
