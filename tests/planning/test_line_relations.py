"""Crossings, straddling and lines outside, drawn by hand: metres from a point on the central meridian."""

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.affinity import rotate, translate

from geodata.errors import CrsError
from planning.line_relations import line_crossings, outside_of_lines, straddle
from planning.relations import WHOLE_LAYER, Pair

X, Y = 500_000.0, 3_568_000.0


def series(*shapes: Any, crs: Any = 4544) -> gpd.GeoSeries:
    return gpd.GeoSeries([translate(shape, X, Y) for shape in shapes], crs=crs)


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(points)


def places(pair: Pair) -> set[tuple[float, ...]]:
    """Vertices of the evidence, to the centimetre, as they were drawn."""
    return {tuple(vertex) for vertex in np.round(shapely.get_coordinates(pair.geometry) - (X, Y), 2).tolist()}


def crossing(one: Any, other: Any) -> set[tuple[float, ...]]:
    """Where two lines cross; the answer must not depend on which is which, nor on how they run."""
    answers = []
    for a in (one, shapely.reverse(one)):
        for b in (other, shapely.reverse(other)):
            answers += [line_crossings(series(a), series(b)), line_crossings(series(b), series(a))]
    for pairs in answers:
        assert len(pairs) <= 1
        assert all((pair.subject, pair.against) == (0, 0) for pair in pairs)
    found = [places(pairs[0]) if pairs else set() for pairs in answers]
    assert all(each == found[0] for each in found)
    return found[0]


# ---- crossings -------------------------------------------------------------------------------------------------------

ROAD = line((0, 0), (100, 0))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (line((50, -10), (50, 10)), {(50.0, 0.0)}),
        (line((20, -10), (20, 10), (60, 10), (60, -10)), {(20.0, 0.0), (60.0, 0.0)}),
        (line((50, -10), (50, 0), (70, 10)), {(50.0, 0.0)}),  # its own vertex lies there
        (line((50, -10), (50, 0)), {(50.0, 0.0)}),  # ends on the road
        (line((50, -10), (50, -0.0005)), {(50.0, 0.0)}),  # as good as
        (line((50, -10), (50, -0.002)), set()),
        (line((40, -10), (50, 0), (60, -10)), set()),  # touches with a bend
        (line((100, 0), (150, 30)), set()),  # goes on where the road ends
        (line((100, -20), (100, 20)), {(100.0, 0.0)}),  # the road ends on it
        (line((100, -20), (100, 0), (100, 20)), {(100.0, 0.0)}),
        (line((0, 20), (100, 20)), set()),
        (line((30, -10), (30, 0), (70, 0), (70, 10)), {(30.0, 0.0), (70.0, 0.0)}),  # runs along
        (line((30, 10), (30, 0), (70, 0), (70, 10)), {(30.0, 0.0), (70.0, 0.0)}),
        (line((30, 0), (70, 0)), {(30.0, 0.0), (70.0, 0.0)}),
        (line((-50, 0), (150, 0)), {(0.0, 0.0), (100.0, 0.0)}),
        (ROAD, {(0.0, 0.0), (100.0, 0.0)}),
        (line((100, 0), (40, 0), (40, 50)), {(40.0, 0.0), (100.0, 0.0)}),
        (line((10, -10), (10, 10), (30, 0), (50, 0), (60, -10)), {(10.0, 0.0), (30.0, 0.0), (50.0, 0.0)}),
    ],
)
def test_a_line_and_a_straight_road(other: Any, expected: set[tuple[float, float]]) -> None:
    assert crossing(ROAD, other) == expected


def test_bends_that_meet() -> None:
    bend = line((-10, -10), (0, 0), (-10, 10))
    assert crossing(bend, line((10, -10), (0, 0), (10, 10))) == set()
    assert crossing(bend, line((-10, 0), (0, 0), (10, 10))) == {(0.0, 0.0)}
    assert crossing(bend, line((-20, -5), (0, 0), (-20, 5))) == set()  # within the other's corner
    assert crossing(bend, line((-20, -5), (0, 0), (0, 20))) == {(0.0, 0.0)}


@pytest.mark.parametrize("angle", [17.0, 45.0, 123.4, 271.0])
def test_bends_that_meet_at_any_angle(angle: float) -> None:
    touching = line((10, -10), (0, 0), (10, 10))
    passing = line((-10, 0), (0, 0), (10, 10))
    bend = line((-10, -10), (0, 0), (-10, 10))
    turned = [rotate(shape, angle, origin=(0, 0)) for shape in (bend, touching, passing)]
    assert crossing(turned[0], turned[1]) == set()
    assert crossing(turned[0], turned[2]) == {(0.0, 0.0)}


def test_closed_lines_have_no_ends() -> None:
    ring = line((0, 0), (50, 0), (50, 50), (0, 50), (0, 0))
    assert crossing(ring, line((-20, -20), (20, 20))) == {(0.0, 0.0)}  # through its first vertex
    assert crossing(ring, line((-20, 20), (20, -20))) == set()  # past it
    assert crossing(ring, line((25, 25), (25, 80))) == {(25.0, 50.0)}
    assert len(crossing(ring, ring)) == 1  # the same all around: one place stands for it


def test_parts_that_hang_together_are_one_course() -> None:
    halves = shapely.MultiLineString([[(0, 0), (50, 0)], [(50, 0), (100, 0)]])
    assert crossing(halves, line((50, -10), (50, 0), (50, 10))) == {(50.0, 0.0)}
    assert crossing(halves, line((40, -10), (50, 0), (60, -10))) == set()
    apart = shapely.MultiLineString([[(0, 0), (50, 0)], [(60, 0), (100, 0)]])
    assert crossing(apart, line((55, -10), (55, 10))) == set()
    assert crossing(apart, line((20, -10), (20, 10), (80, 10), (80, -10))) == {(20.0, 0.0), (80.0, 0.0)}


def test_pairs_are_by_position() -> None:
    roads = series(line((0, 0), (100, 0)), line((0, 500), (100, 500)), line((0, 50), (100, 50)))
    railways = series(line((900, 0), (900, 9)), line((50, -10), (50, 70)))
    pairs = line_crossings(roads, railways)
    assert [(pair.subject, pair.against) for pair in pairs] == [(0, 1), (2, 1)]
    assert [places(pair) for pair in pairs] == [{(50.0, 0.0)}, {(50.0, 50.0)}]
    assert pairs[0].geometry.geom_type == "Point"
    assert line_crossings(roads, series()) == []


def test_an_end_on_another_line_survives_degrees() -> None:
    slanted, ending = line((0, 0), (997, 331)), line((400, 900), (997 / 3, 331 / 3))
    one, other = (series(shape).to_crs(4490).to_crs(4544) for shape in (slanted, ending))
    assert len(line_crossings(one, other)) == 1


def test_crs_must_agree() -> None:
    with pytest.raises(CrsError):
        line_crossings(series(ROAD), series(ROAD, crs=4545))


# ---- straddling ------------------------------------------------------------------------------------------------------


def test_a_patch_in_three_townships_is_said_twice() -> None:
    townships = series(shapely.box(0, 0, 40, 100), shapely.box(40, 0, 100, 100), shapely.box(100, 0, 200, 100))
    patches = series(shapely.box(30, 10, 120, 20), shapely.box(41, 30, 60, 40), shapely.box(0, 50, 40, 60))
    pairs = straddle(patches, townships)
    assert [(pair.subject, pair.against) for pair in pairs] == [(0, 0), (0, 2)]
    assert [pair.geometry.area for pair in pairs] == pytest.approx([100, 200])


def test_of_two_alike_the_first_is_the_main_one() -> None:
    # East and west of the central meridian two alike in the plane are alike on the ellipsoid too.
    halves = series(shapely.box(-50, 0, 0, 100), shapely.box(0, 0, 50, 100))
    pairs = straddle(series(shapely.box(-10, 0, 10, 10), shapely.box(0, 0, 30, 10)), halves)
    assert [pair.subject for pair in pairs] == [0]


def test_a_patch_outside_all_or_in_one() -> None:
    townships = series(shapely.box(0, 0, 40, 100))
    assert straddle(series(shapely.box(500, 0, 600, 9), shapely.box(-10, 0, 10, 9)), townships) == []
    assert straddle(series(), townships) == []


# ---- lines outside ---------------------------------------------------------------------------------------------------


def test_what_of_a_line_is_not_covered() -> None:
    corridor = series(shapely.box(0, -10, 40, 10), shapely.box(30, -10, 60, 10), shapely.box(80, -10, 90, 10))
    lines = series(
        line((10, 0), (55, 0)),
        line((-5, 0), (100, 0)),
        line((500, 0), (600, 0)),
        line((0, 10), (40, 10)),  # along the border
        shapely.MultiLineString([[(0, 0), (70, 0)], [(200, 0), (210, 0)]]),
    )
    pairs = outside_of_lines(lines, corridor)
    assert [pair.subject for pair in pairs] == [1, 2, 4]
    assert {pair.against for pair in pairs} == {WHOLE_LAYER}
    assert [pair.geometry.length for pair in pairs] == pytest.approx([5 + 20 + 10, 100, 10 + 10])
    assert places(pairs[0]) == {(-5.0, 0.0), (0.0, 0.0), (60.0, 0.0), (80.0, 0.0), (90.0, 0.0), (100.0, 0.0)}


def test_without_objects_all_of_it_is_outside() -> None:
    (pair,) = outside_of_lines(series(ROAD), series())
    assert pair.geometry.equals(series(ROAD).iloc[0])
