"""
Overlap, self-overlap, within distance, outside and coverage of two series of geometries.

Exact, through GEOS: an STR tree finds the candidates, `shapely.intersection` cuts them, and nothing is snapped to a
grid. Inputs must be valid, not null, and share one projected CRS in metres. Results name features by position, not by
index label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.crs import crs_name, require_metric
from geodata.errors import CrsError, GeodataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

_LINE: Final = 1
_POLYGON: Final = 2


def find_overlaps(subject: gpd.GeoSeries, against: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """
    Find what each subject shares with each object.

    Parameters
    ----------
    subject
        Polygons, lines or points, shape (n,). Not changed.
    against
        Polygons, shape (m,). Not changed.

    Returns
    -------
        One row per pair that shares more than a border: `subject_index`, `against_index` (positions) and `geometry`:
        polygons for a polygon subject, lines for a line. Polygons that share an edge or a point do not overlap, nor
        does a line overlap the polygon along whose border it runs. Ordered by position.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid.
    """
    left, right = _require(subject, "subject", against, "against")
    i, j, inside = _find_pairs(left, right)
    shared = left[i].copy()
    shared[~inside] = _find_shared(left[i[~inside]], right[j[~inside]])
    return _pairs(i, j, shared, subject)


def find_self_overlaps(features: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """
    Find what the features of one layer share with each other.

    Parameters
    ----------
    features
        Polygons, shape (n,). Not changed.

    Returns
    -------
        As `find_overlaps`, each pair once, with `subject_index` < `against_index`.

    Raises
    ------
    CrsError
        If the CRS is missing or not in metres.
    GeodataError
        If a geometry is null or invalid.
    """
    left, _ = _require(features, "features", features, "features")
    i, j = shapely.STRtree(left).query(left, predicate="intersects")
    i, j = i[i < j], j[i < j]
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    return _pairs(i, j, _find_shared(left[i], left[j]), features)


def find_within(subject: gpd.GeoSeries, against: gpd.GeoSeries, distance_m: ArrayLike) -> pd.DataFrame:
    """
    Find which subjects lie within a distance of which objects.

    Parameters
    ----------
    subject, against
        Any geometries, shapes (n,) and (m,). Not changed.
    distance_m
        Plane metres, one for all objects or shape (m,). A subject exactly so far away is within.

    Returns
    -------
        One row per pair within: `subject_index`, `against_index` and `distance_m` (exact, in the plane), ordered by
        position. What part of the subject lies within is for the caller to cut: it needs the distance on the ground.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid, or a distance is negative or not a number.
    """
    left, right = _require(subject, "subject", against, "against")
    reach = np.broadcast_to(np.asarray(distance_m, dtype=np.float64), right.shape)
    if not bool((reach >= 0).all()):
        raise GeodataError("distance_m: negative or not a number. Pass metres from 0 up.")
    j, i = shapely.STRtree(left).query(right, predicate="dwithin", distance=reach)
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    distances = shapely.distance(left[i], right[j])
    return pd.DataFrame({"subject_index": i, "against_index": j, "distance_m": distances})


def find_outside(subject: gpd.GeoSeries, against: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """
    Find the part of each polygon that no object covers.

    Parameters
    ----------
    subject, against
        Polygons, shapes (n,) and (m,). Not changed.

    Returns
    -------
        `subject_index` and `geometry` of the subjects that are not wholly covered, ordered by position.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid.
    """
    left, right = _require(subject, "subject", against, "against")
    i, j, inside = _find_pairs(left, right)
    rest = left.copy()
    rest[i[inside]] = shapely.Polygon()
    partly = ~np.isin(i, i[inside])
    i, j = i[partly], j[partly]
    touched, starts = np.unique(i, return_index=True)  # pairs are ordered by subject
    for position, start, end in zip(touched, starts, [*starts[1:], len(i)], strict=False):
        rest[position] = shapely.difference(left[position], shapely.union_all(right[j[start:end]]))
    rest = _keep_dimension(rest, _POLYGON)
    uncovered = np.flatnonzero(shapely.area(rest) > 0)
    return _frame({"subject_index": uncovered}, rest[uncovered], subject)


def find_gaps_and_overlaps(coverage: gpd.GeoSeries, outer: gpd.GeoSeries | None = None) -> gpd.GeoDataFrame:
    """
    Find where polygons that should cover an area leave gaps or overlap.

    Parameters
    ----------
    coverage
        Polygons, shape (n,). Not changed.
    outer
        Polygons that they should cover together; if None, only gaps enclosed by the coverage are found. Not changed.

    Returns
    -------
        `kind` ("gap" or "overlap"), `left_index`, `right_index` (positions in the coverage; both -1 for a gap) and
        `geometry`: one row per overlapping pair, then one per connected gap.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid.
    """
    features, whole = _require(coverage, "coverage", coverage if outer is None else outer, "outer")
    overlaps = find_self_overlaps(coverage)
    covered = shapely.union_all(features)
    if outer is None:
        shells = [shapely.Polygon(part.exterior) for part in shapely.get_parts(covered)]
        wanted = shapely.union_all(shells)
    else:
        wanted = shapely.union_all(whole)
    missing = _keep_dimension(np.array([shapely.difference(wanted, covered)], dtype=object), _POLYGON)
    gaps = shapely.get_parts(missing)
    gaps = gaps[shapely.area(gaps) > 0]
    columns = {
        "kind": ["overlap"] * len(overlaps) + ["gap"] * len(gaps),
        "left_index": np.concatenate([overlaps["subject_index"], np.full(len(gaps), -1)]).astype(np.intp),
        "right_index": np.concatenate([overlaps["against_index"], np.full(len(gaps), -1)]).astype(np.intp),
    }
    return _frame(columns, np.concatenate([overlaps.geometry.to_numpy(), gaps]), coverage)


def _require(
    one: gpd.GeoSeries, one_name: str, other: gpd.GeoSeries, other_name: str
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Refuse what would give wrong answers; give plain arrays."""
    require_metric(one.crs, one_name)
    require_metric(other.crs, other_name)
    if one.crs != other.crs:
        raise CrsError(
            f"{one_name} is in {crs_name(one.crs)}, {other_name} in {crs_name(other.crs)}. Reproject one of them."
        )
    return _require_valid(one, one_name), _require_valid(other, other_name)


def _require_valid(series: gpd.GeoSeries, name: str) -> NDArray[np.object_]:
    """Refuse null and invalid geometries, on which GEOS fails now and then."""
    geometries: NDArray[np.object_] = np.array(series.to_numpy(), dtype=object)
    unfit = np.flatnonzero(~shapely.is_valid(geometries))  # null is not valid either
    if len(unfit):
        position = int(unfit[0])
        why = shapely.is_valid_reason(geometries[position]) or "null geometry"
        raise GeodataError(f"{name}: feature {position} is not usable ({why}). Repair it first with repair.make_valid.")
    return geometries


def _find_pairs(
    left: NDArray[np.object_], right: NDArray[np.object_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]:
    """Positions of the pairs that meet, ordered, and whether the left lies so deep inside that nothing is cut."""
    # The queried side is prepared once per geometry: objects, often few and huge, gain more from it than subjects.
    tree = shapely.STRtree(left)
    j, i = tree.query(right, predicate="intersects")
    within_j, within_i = tree.query(right, predicate="contains_properly")
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    inside = np.isin(i * len(right) + j, within_i * len(right) + within_j)
    return i, j, inside


def _find_shared(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.object_]:
    """Intersect pairs and keep the dimension that both sides allow; empty where they only touch."""
    shared: NDArray[np.object_] = np.asarray(shapely.intersection(left, right), dtype=object)
    wanted = np.minimum(shapely.get_dimensions(left), shapely.get_dimensions(right))
    for dimension in (_LINE, _POLYGON):
        these = wanted == dimension
        shared[these] = _keep_dimension(shared[these], dimension)
    # A line along a polygon's border runs beside it, not through it.
    lines = np.flatnonzero((wanted == _LINE) & (shapely.get_dimensions(right) == _POLYGON) & ~shapely.is_empty(shared))
    borders = shapely.boundary(right[lines])
    along = shapely.length(shapely.intersection(shared[lines], borders)) > 0
    shared[lines[along]] = shapely.difference(shared[lines[along]], borders[along])
    return shared


def _keep_dimension(geometries: NDArray[np.object_], dimension: int) -> NDArray[np.object_]:
    """Keep only the parts of one dimension; an empty geometry where there are none."""
    mixed = np.flatnonzero(
        (shapely.get_type_id(geometries) == shapely.GeometryType.GEOMETRYCOLLECTION)
        | (shapely.get_dimensions(geometries) != dimension)
    )
    kept = geometries.copy()
    for position in mixed:
        parts = shapely.get_parts(geometries[position])
        parts = parts[shapely.get_dimensions(parts) == dimension]
        kept[position] = shapely.union_all(parts) if len(parts) else shapely.GeometryCollection()
    return kept


def _pairs(
    i: NDArray[np.intp], j: NDArray[np.intp], shared: NDArray[np.object_], like: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    """Give one row per pair that has evidence."""
    has = ~shapely.is_empty(shared)
    return _frame({"subject_index": i[has], "against_index": j[has]}, shared[has], like)


def _frame(columns: Mapping[str, object], geometry: NDArray[np.object_], like: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Make a frame in the CRS of a series."""
    return gpd.GeoDataFrame(dict(columns), geometry=gpd.GeoSeries(geometry, crs=like.crs))
