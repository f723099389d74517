"""
The few comparisons of areas that rules are made of: overlap, self-overlap, within distance, outside, coverage.

Each takes two prepared series in one projected CRS in metres, without null or invalid geometry, and returns pairs by
position with their evidence. Thresholds, words and law are not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Proj, Transformer

from geodata.crs import require_metric
from geodata.errors import CrsError
from geodata.measure import measure_distance_m
from geodata.overlay import find_gaps_and_overlaps, find_outside, find_overlaps, find_self_overlaps, find_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopandas import GeoSeries
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

WHOLE_LAYER = -1
"""`Pair.against` where the object is the layer as a whole, not one feature."""

LOW, LIKELY, HIGH = 0, 1, 2
"""Positions of the three values of an edge that is not exactly known."""

_ARC_SEGMENTS = 64
"""Per quarter circle: the evidence falls short of the true arc by 0.0075 % of the radius at most, 0.08 m at 1 km."""

_AT_LIMIT = 1e-6
"""Relative: what lies closer to a limit than measuring can tell lies on it."""

_SLACK = 1.001
"""Candidates are taken by plane distance, a little farther out than the largest scale at the layers' corners."""


@dataclass(frozen=True, eq=False)
class Pair:
    """One subject and one object with the evidence between them."""

    subject: int
    """Position in the subject series."""
    against: int
    """Position in the object series, or `WHOLE_LAYER`."""
    geometry: BaseGeometry
    distance_m: float | None = None
    """Geodesic, from the object's edge; only where distance is what is judged."""
    within_subjects: bool = False
    """The object is another feature of the subject layer (an overlap of a coverage)."""
    holds_at: int = 0
    """The smallest of the three edges (`LOW`, `LIKELY`, `HIGH`) with which a distance is too short."""


def overlap(subject: GeoSeries, against: GeoSeries) -> list[Pair]:
    """
    Find what subjects and objects share: area for polygons, course for lines.

    Parameters
    ----------
    subject
        Polygons or lines.
    against
        Polygons.
    """
    found = find_overlaps(subject, against)
    return [
        Pair(int(i), int(j), geometry)
        for i, j, geometry in zip(found["subject_index"], found["against_index"], found["geometry"], strict=True)
    ]


def self_overlap(features: GeoSeries) -> list[Pair]:
    """Find what polygons of one layer share, each pair once, the earlier one as the subject."""
    found = find_self_overlaps(features)
    return [
        Pair(int(i), int(j), geometry, within_subjects=True)
        for i, j, geometry in zip(found["subject_index"], found["against_index"], found["geometry"], strict=True)
    ]


def outside(subject: GeoSeries, against: GeoSeries) -> list[Pair]:
    """Find the part of each polygon that no object covers; the object is the layer as a whole."""
    found = find_outside(subject, against)
    return [
        Pair(int(i), WHOLE_LAYER, geometry)
        for i, geometry in zip(found["subject_index"], found["geometry"], strict=True)
    ]


def within_distance(
    subject: GeoSeries,
    against: GeoSeries,
    limit_m: NDArray[np.float64],
    edge_m: NDArray[np.float64],
    *,
    limit_itself: bool,
) -> list[Pair]:
    """
    Find the part of each subject that lies within a distance of an object's edge.

    Parameters
    ----------
    subject
        Polygons or lines.
    against
        Any geometry; for a road, its centre line.
    limit_m
        One per object: the distance on the ground, from its edge.
    edge_m
        Shape (m,) or (m, 3): how far an object's edge lies from its geometry (half the width of a road's land), else
        0; three values are a low, a likely and a high one.
    limit_itself
        Whether a subject exactly at the limit counts.

    Returns
    -------
        Decided on the geodesic between the nearest points. Pairs that hold with the high edge only have `holds_at`
        `HIGH`. The evidence is cut with a buffer in the plane, widened by the projection's scale at that place, so that
        the ground distance is kept; about the likely edge, or about the high one where only that holds.
    """
    require_metric(against.crs, "against")
    scale = ScaleFactor(against.crs)
    edges = np.broadcast_to(edge_m if edge_m.ndim > 1 else edge_m[:, None], (len(edge_m), 3))
    found = find_within(subject, against, (limit_m + edges[:, HIGH]) * _SLACK * scale.largest(subject))
    pairs = []
    for i, j in zip(found["subject_index"], found["against_index"], strict=True):
        one, other = subject.iloc[i], against.iloc[j]
        nearest = shapely.get_coordinates(shapely.shortest_line(one, other))
        ground_m = scale.ground_distance_m(nearest)
        full_m = limit_m[j] + edges[j]
        holds = np.flatnonzero(ground_m <= full_m * (1 + _AT_LIMIT if limit_itself else 1 - _AT_LIMIT))
        if len(holds) == 0:
            continue
        holds_at = int(holds[0])
        reach = float(full_m[max(holds_at, LIKELY)]) * scale.at(nearest[1, 0], nearest[1, 1])
        # Only the part of a long object that can matter is buffered.
        box = shapely.box(*shapely.buffer(shapely.box(*one.bounds), reach * 1.1).bounds)
        zone = shapely.buffer(shapely.intersection(other, box), reach, quad_segs=_ARC_SEGMENTS)
        distance_m = max(ground_m - float(edges[j, LIKELY]), 0.0)
        part = _same_kind(shapely.intersection(one, zone), one)
        # Exactly at the limit there is no area, only the nearest place.
        part = shapely.Point(nearest[0]) if part.is_empty and reach > 0 else part
        pairs.append(Pair(int(i), int(j), part, distance_m, holds_at=holds_at))
    return pairs


def coverage(subject: GeoSeries, outer: GeoSeries) -> list[Pair]:
    """
    Find the gaps and overlaps of polygons that should cover an area without either.

    Returns
    -------
        An overlap has both features, the first in the layer's order as the subject. A gap has the feature with the
        longest common border, and the outer polygon as the object.
    """
    found = find_gaps_and_overlaps(subject, outer)
    pairs = []
    for kind, i, j, geometry in zip(
        found["kind"], found["left_index"], found["right_index"], found["geometry"], strict=True
    ):
        if kind == "overlap":
            pairs.append(Pair(int(i), int(j), geometry, within_subjects=True))
            continue
        border = np.array([shapely.intersection(geometry.boundary, s).length for s in subject.geometry])
        nearest = int(border.argmax()) if border.any() else int(subject.distance(geometry).to_numpy().argmin())
        outer_index = int(outer.distance(geometry).to_numpy().argmin())
        pairs.append(Pair(nearest, outer_index, geometry))
    return list(_one_per_pair(pairs))


def land_of_line(line: BaseGeometry, half_width_m: float, against: BaseGeometry, scale: float) -> BaseGeometry:
    """
    Return the land that a line takes within a polygon.

    Parameters
    ----------
    line
        Centre line in the plane.
    half_width_m
        On the ground, to either side.
    against
        Polygon in the same plane.
    scale
        Plane metres per ground metre there.
    """
    reach = half_width_m * scale
    near = shapely.intersection(line, shapely.box(*shapely.buffer(shapely.box(*against.bounds), 2 * reach).bounds))
    return shapely.intersection(shapely.buffer(near, reach, cap_style="flat"), against)


class ScaleFactor:
    """From the plane of a conformal projection back to the ground: metres per metre at a place, and distances."""

    def __init__(self, crs: CRS | None) -> None:
        if crs is None:
            raise CrsError("crs: there is none. Declare it first with set_crs.")
        self._crs = crs
        self._projection = Proj(crs)
        self._to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)

    def at(self, x: float, y: float) -> float:
        """Return the scale at a point of the plane."""
        lon, lat = self._to_degrees.transform(x, y)
        return float(self._projection.get_factors(lon, lat).meridional_scale)

    def largest(self, layer: GeoSeries) -> float:
        """Return the largest scale at the corners of a layer, at least 1."""
        if len(layer) == 0:
            return 1.0
        west, south, east, north = layer.total_bounds
        return max(1.0, *(self.at(x, y) for x in (west, east) for y in (south, north)))

    def ground_distance_m(self, ends: NDArray[np.float64]) -> float:
        """Return the geodesic distance between two points of the plane, shape (2, 2)."""
        lon, lat = self._to_degrees.transform(ends[:, 0], ends[:, 1])
        return float(measure_distance_m(lon[0], lat[0], lon[1], lat[1], self._crs))


def _same_kind(geometry: BaseGeometry, like: BaseGeometry) -> BaseGeometry:
    """Return only the parts of the dimension that the subject has."""
    wanted = shapely.get_dimensions(like)
    parts = [p for p in shapely.get_parts(geometry) if shapely.get_dimensions(p) == wanted]
    return shapely.union_all(parts) if len(parts) != 1 else parts[0]


def _one_per_pair(pairs: list[Pair]) -> Iterator[Pair]:
    """Join the pieces of a pair: it is one finding, however many there are."""
    groups: dict[tuple[int, int, bool], list[BaseGeometry]] = {}
    for pair in pairs:
        groups.setdefault((pair.subject, pair.against, pair.within_subjects), []).append(pair.geometry)
    for (i, j, within), parts in groups.items():
        yield Pair(i, j, shapely.union_all(parts), within_subjects=within)
