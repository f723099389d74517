"""
Overlap, self-overlap, within distance, outside and coverage of two series of geometries.

Exact, through GEOS: an STR tree finds the candidates, `shapely.intersection` cuts them. Inputs must be valid, not null,
and share one projected CRS in metres. Results name features by position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geodata.crs import crs_name, require_metric
from geodata.errors import CrsError, GeodataError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

_QUAD_SEGS = 64
"""Segments per quarter circle of a buffer: its polygon falls short of the arc by 0.0075 % of the radius at most."""


def find_overlaps(subject: gpd.GeoSeries, against: gpd.GeoSeries) -> pd.DataFrame:
    """
    Find what each subject shares with each object.

    Parameters
    ----------
    subject
        Polygons or lines, shape (n,). Not changed.
    against
        Polygons, shape (m,). Not changed.

    Returns
    -------
        One row per pair that shares more than a border: `subject_index`, `against_index` (positions), `geometry`:
        polygons for a polygon subject, lines for a line. A shared edge or point is no overlap. Ordered by position.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid.
    """
    left, right = _require(subject, "subject", against, "against")
    i, j = shapely.STRtree(right).query(left, predicate="intersects")
    return _pairs(i, j, _shared(left[i], right[j]))


def find_self_overlaps(features: gpd.GeoSeries) -> pd.DataFrame:
    """
    Find what the polygons of one layer share with each other.

    Returns
    -------
        As `find_overlaps`, each pair once, with `subject_index` < `against_index`.
    """
    left, _ = _require(features, "features", features, "features")
    i, j = shapely.STRtree(left).query(left, predicate="intersects")
    once = i < j
    i, j = i[once], j[once]
    return _pairs(i, j, _shared(left[i], left[j]))


def find_within(subject: gpd.GeoSeries, against: gpd.GeoSeries, distance_m: ArrayLike) -> pd.DataFrame:
    """
    Find the part of each subject that lies within a distance of each object.

    Parameters
    ----------
    subject, against
        Any geometries, shapes (n,) and (m,). Not changed.
    distance_m
        Plane metres, one for all objects or shape (m,). A subject exactly so far away is within.

    Returns
    -------
        `subject_index`, `against_index`, `distance_m` (exact, in the plane) and `geometry`: the part of the subject
        within a buffer whose arcs are polygons of 64 segments a quarter. It may be empty where a subject only touches.
    """
    left, right = _require(subject, "subject", against, "against")
    reach = np.broadcast_to(np.asarray(distance_m, dtype=np.float64), right.shape)
    j, i = shapely.STRtree(left).query(right, predicate="dwithin", distance=reach)
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    pairs = _pairs(i, j, np.empty(0, dtype=object), keep=True)
    parts = shapely.intersection(left[i], shapely.buffer(right[j], reach[j], quad_segs=_QUAD_SEGS))
    pairs["geometry"] = list(parts)
    pairs["distance_m"] = shapely.distance(left[i], right[j])
    return pairs


def find_outside(subject: gpd.GeoSeries, against: gpd.GeoSeries) -> pd.DataFrame:
    """
    Find the part of each polygon that no object covers.

    Returns
    -------
        `subject_index` and `geometry` of the subjects that are not wholly covered.
    """
    left, right = _require(subject, "subject", against, "against")
    i, j = shapely.STRtree(right).query(left, predicate="intersects")
    rest = left.copy()
    for position in np.unique(i):
        rest[position] = shapely.difference(left[position], shapely.union_all(right[j[i == position]]))
    rest = _of_dimension(rest, 2)
    keep = np.flatnonzero(shapely.area(rest) > 0)
    return pd.DataFrame({"subject_index": keep, "geometry": list(rest[keep])})


def find_gaps_and_overlaps(coverage: gpd.GeoSeries, outer: gpd.GeoSeries | None = None) -> pd.DataFrame:
    """
    Find where polygons that should cover an area leave gaps or overlap.

    Parameters
    ----------
    coverage
        Polygons.
    outer
        What they should cover together; holes between them alone if None.

    Returns
    -------
        `kind` ("gap" or "overlap"), `left_index`, `right_index` (positions in the coverage; both -1 for a gap) and
        `geometry`, one row per gap and per overlapping pair.
    """
    series, whole = _require(coverage, "coverage", coverage if outer is None else outer, "outer")
    overlaps = find_self_overlaps(coverage)
    rows = [
        ("overlap", int(i), int(j), geometry)
        for i, j, geometry in zip(
            overlaps["subject_index"], overlaps["against_index"], overlaps["geometry"], strict=True
        )
    ]
    covered = shapely.union_all(series)
    if outer is None:
        target = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(covered)])
    else:
        target = shapely.union_all(whole)
    missing = _of_dimension(np.array([shapely.difference(target, covered)], dtype=object), 2)
    rows += [("gap", -1, -1, part) for part in shapely.get_parts(missing) if part.area > 0]
    return pd.DataFrame(rows, columns=["kind", "left_index", "right_index", "geometry"])


def _require(
    one: gpd.GeoSeries, one_name: str, other: gpd.GeoSeries, other_name: str
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Refuse what would give wrong answers; give plain arrays."""
    require_metric(one.crs, one_name)
    require_metric(other.crs, other_name)
    if one.crs != other.crs:
        msg = f"{one_name} is in {crs_name(one.crs)}, {other_name} in {crs_name(other.crs)}. Reproject one of them."
        raise CrsError(msg)
    for series, name in ((one, one_name), (other, other_name)):
        geometries = series.to_numpy()
        bad = np.flatnonzero(~shapely.is_valid(geometries))  # null is not valid either
        if len(bad):
            position = int(bad[0])
            why = shapely.is_valid_reason(geometries[position]) or "null geometry"
            msg = f"{name}: feature {position} is not usable ({why}). Repair it first with repair.make_valid."
            raise GeodataError(msg)
    return np.asarray(one.to_numpy(), dtype=object), np.asarray(other.to_numpy(), dtype=object)


def _shared(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.object_]:
    """Intersections of the dimension that both sides allow; empty where they only touch."""
    shared: NDArray[np.object_] = np.asarray(shapely.intersection(left, right), dtype=object)
    wanted = np.minimum(shapely.get_dimensions(left), shapely.get_dimensions(right))
    for dimension in (1, 2):
        these = wanted == dimension
        shared[these] = _of_dimension(shared[these], dimension)
    # A line along a polygon's border runs beside it, not through it.
    for position in np.flatnonzero(wanted == 1):
        border = shapely.boundary(right[position])
        if shapely.length(shapely.intersection(shared[position], border)) > 0:
            shared[position] = shapely.difference(shared[position], border)
    return shared


def _of_dimension(geometries: NDArray[np.object_], dimension: int) -> NDArray[np.object_]:
    """Keep only the parts of one dimension."""
    mixed = np.flatnonzero(
        (shapely.get_type_id(geometries) == shapely.GeometryType.GEOMETRYCOLLECTION)
        | (shapely.get_dimensions(geometries) != dimension)
    )
    result = geometries.copy()
    for position in mixed:
        parts = [p for p in shapely.get_parts(geometries[position]) if shapely.get_dimensions(p) == dimension]
        result[position] = shapely.union_all(parts) if parts else shapely.GeometryCollection()
    return result


def _pairs(
    i: NDArray[np.intp], j: NDArray[np.intp], geometry: NDArray[np.object_], *, keep: bool = False
) -> pd.DataFrame:
    """One row per pair; those without evidence are left out unless told to keep them."""
    if keep:
        return pd.DataFrame({"subject_index": i, "against_index": j})
    has = ~shapely.is_empty(geometry)
    i, j, geometry = i[has], j[has], geometry[has]
    order = np.lexsort((j, i))
    return pd.DataFrame({"subject_index": i[order], "against_index": j[order], "geometry": list(geometry[order])})
