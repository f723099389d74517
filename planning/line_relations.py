"""
Comparisons in which lines matter, or borders between objects: crossings, straddling, lines outside.

As in `planning.relations`: each takes two prepared series in one projected CRS in metres, without null or invalid
geometry, and returns pairs by position with their evidence. Thresholds, words and law are not known here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geodata.measure import measure_area_m2
from geodata.overlay import find_overlaps, find_within
from planning.relations import WHOLE_LAYER, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopandas import GeoSeries
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_TOUCH_M: Final = 0.001
"""An end so near to a line lies on it: reprojecting moves it off by less."""


def line_crossings(subject: GeoSeries, against: GeoSeries) -> list[Pair]:
    """
    Find where lines of two layers cross.

    Parameters
    ----------
    subject, against
        Lines and multi-lines.

    Returns
    -------
        One pair per two lines that cross, with all places as a point or multi-point:
        - where one passes from one side of the other to the other side;
        - where one of them ends on the other's course, to within a millimetre;
        - both ends of every stretch on which they run on the same course.
        Where both end, or where one only touches the other with a bend, they do not cross. Layers that are cut into
        pieces at their crossings must be joined before: of four pieces that end in one point no two cross.
        On a line that passes one place twice, its first passage counts.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid.
    """
    near = find_within(subject, against, _TOUCH_M)
    pairs = []
    for i, j in zip(near["subject_index"], near["against_index"], strict=True):
        places = [
            place
            for one in _courses(subject.iloc[i])
            for other in _courses(against.iloc[j])
            for place in _crossings(one, other)
        ]
        if places:
            unique = shapely.get_parts(shapely.union_all(places))
            pairs.append(Pair(int(i), int(j), unique[0] if len(unique) == 1 else shapely.MultiPoint(list(unique))))
    return pairs


def straddle(subject: GeoSeries, objects: GeoSeries) -> list[Pair]:
    """
    Find polygons that lie in two or more objects.

    Parameters
    ----------
    subject, objects
        Polygons.

    Returns
    -------
        For each such polygon one pair per object but the one with the largest share of it (of two alike, the first),
        with what it shares with that object; by size on the ellipsoid, however small.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid.
    """
    found = find_overlaps(subject, objects)
    i, j, shared = (found[column].to_numpy() for column in ("subject_index", "against_index", "geometry"))
    area_m2 = measure_area_m2(found.geometry)
    pairs = []
    for rows in np.split(np.arange(len(i)), np.flatnonzero(np.diff(i)) + 1):  # ordered by subject
        further = np.delete(rows, area_m2[rows].argmax()) if len(rows) > 1 else ()
        pairs += [Pair(int(i[row]), int(j[row]), shared[row]) for row in further]
    return pairs


def outside_of_lines(subject: GeoSeries, objects: GeoSeries) -> list[Pair]:
    """
    Find the part of each line that no polygon covers; the object is the layer as a whole.

    Parameters
    ----------
    subject
        Lines and multi-lines.
    objects
        Polygons. What runs along their border is covered.

    Returns
    -------
        One pair per line that is not wholly covered, with the lines outside.

    Raises
    ------
    CrsError
        If a CRS is missing, not in metres, or the two differ.
    GeodataError
        If a geometry is null or invalid.
    """
    near = find_within(subject, objects, 0.0)
    i, j = near["subject_index"].to_numpy(), near["against_index"].to_numpy()
    covers = objects.to_numpy()
    pairs = []
    for position, line in enumerate(subject.to_numpy()):
        start, stop = np.searchsorted(i, [position, position + 1])
        parts = shapely.get_parts(shapely.difference(line, shapely.union_all(covers[j[start:stop]])))
        parts = parts[shapely.length(parts) > 0]
        if len(parts):
            rest = parts[0] if len(parts) == 1 else shapely.MultiLineString(list(parts))
            pairs.append(Pair(position, WHOLE_LAYER, rest))
    return pairs


def _courses(line: BaseGeometry) -> Sequence[shapely.LineString]:
    """Join what hangs together: an inner end of a multi-line is none."""
    joined: NDArray[np.object_] = shapely.get_parts(shapely.line_merge(line))
    return list(joined)


def _crossings(one: shapely.LineString, other: shapely.LineString) -> Iterator[shapely.Point]:
    """Places where two single lines cross."""
    shared = shapely.get_parts(shapely.intersection(one, other))
    along = shared[shapely.get_dimensions(shared) == 1]
    runs = shapely.get_parts(shapely.line_merge(shapely.union_all(along)))
    for run in runs:
        yield from _ends(run) or [run.interpolate(0)]  # a closed run has no end: any place stands for it
    met = list(shared[shapely.get_dimensions(shared) == 0])
    met += [end for end in _ends(one) if end.distance(other) <= _TOUCH_M]
    met += [end for end in _ends(other) if end.distance(one) <= _TOUCH_M]
    for place in _apart(met, runs):
        ends = (_is_end(place, one), _is_end(place, other))
        if any(ends):
            if not all(ends):
                yield place
        elif _changes_side(place, one, other):
            yield place


def _ends(line: shapely.LineString) -> list[shapely.Point]:
    """First and last point; none of a closed line."""
    return [] if line.is_closed else [shapely.get_point(line, 0), shapely.get_point(line, -1)]


def _is_end(place: shapely.Point, line: shapely.LineString) -> bool:
    """Whether a line begins or ends at a place."""
    return any(end.distance(place) <= _TOUCH_M for end in _ends(line))


def _apart(places: list[shapely.Point], runs: NDArray[np.object_]) -> Iterator[shapely.Point]:
    """Places that are neither on a common run nor twice the same to within a millimetre."""
    kept: list[shapely.Point] = []
    for place in places:
        if bool((shapely.distance(np.array([*runs, *kept], dtype=object), place) > _TOUCH_M).all()):
            kept.append(place)
            yield place


def _changes_side(place: shapely.Point, one: shapely.LineString, other: shapely.LineString) -> bool:
    """Whether one line comes from one side of the other and goes on to the other side."""
    come, go = _directions(place, one)
    before, after = _directions(place, other)
    opening = (after - before) % math.tau
    return ((come - before) % math.tau < opening) != ((go - before) % math.tau < opening)


def _directions(place: shapely.Point, line: shapely.LineString) -> tuple[float, float]:
    """Angles under which the vertices before and after a place are seen from it."""
    vertices = shapely.get_coordinates(line)
    steps = np.hypot(*np.diff(vertices, axis=0).T)
    distances = np.concatenate([[0.0], np.cumsum(steps)])
    here = shapely.line_locate_point(line, place)
    before, after = vertices[distances < here - _TOUCH_M], vertices[distances > here + _TOUCH_M]
    # Only a closed line is looked at where it begins: it comes from its last side.
    back = before[-1] if len(before) else vertices[-2]
    on = after[0] if len(after) else vertices[1]
    x, y = place.x, place.y
    return math.atan2(back[1] - y, back[0] - x), math.atan2(on[1] - y, on[0] - x)
