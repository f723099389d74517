"""Pairs and evidence on shapes whose answers can be counted by hand, and against plain GEOS on random ones."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import CrsError, GeodataError
from geodata.overlay import find_gaps_and_overlaps, find_outside, find_overlaps, find_self_overlaps, find_within

BOX = shapely.box(0, 0, 10, 10)


def metric(*geometries: shapely.Geometry | None, crs: int | None = 4544) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(geometries), crs=crs)


def pairs(found: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(found["subject_index"], found["against_index"], strict=True))


def test_overlap_of_polygons() -> None:
    found = find_overlaps(metric(BOX, shapely.box(50, 50, 60, 60)), metric(shapely.box(8, 8, 20, 20), BOX))
    assert pairs(found) == [(0, 0), (0, 1)]
    assert found.area.tolist() == [4.0, 100.0]
    assert found.crs.to_epsg() == 4544


def test_a_shared_edge_or_corner_is_no_overlap() -> None:
    beside = metric(shapely.box(10, 0, 20, 10), shapely.box(10, 10, 20, 20), shapely.box(10, 3, 20, 5))
    assert find_overlaps(metric(BOX), beside).empty
    assert find_self_overlaps(metric(BOX, *beside)[[0, 1, 2]]).empty


def test_overlap_drops_the_edge_that_two_polygons_share_elsewhere() -> None:
    comb = shapely.Polygon([(5, 10), (5, 20), (-5, 20), (-5, 5), (2, 5), (2, 10)])
    shared = find_overlaps(metric(BOX), metric(comb)).geometry[0]
    assert shared.geom_type == "Polygon"
    assert shared.area == 10.0


def test_what_lies_wholly_inside_comes_back_as_it_is() -> None:
    small = shapely.box(2, 2, 3, 3)
    assert find_overlaps(metric(small), metric(BOX)).geometry[0] is small
    assert find_overlaps(metric(BOX), metric(small)).geometry[0].equals(small)


def test_line_through_polygon() -> None:
    line = shapely.LineString([(-5, 5), (15, 5), (15, 20), (5, 20), (5, 8)])
    found = find_overlaps(metric(line), metric(BOX))
    assert found.length.tolist() == [12.0]
    assert found.geom_type.tolist() == ["MultiLineString"]


def test_line_beside_polygon_is_no_crossing() -> None:
    lines = metric(
        shapely.LineString([(0, 10), (10, 10)]),  # along the border
        shapely.LineString([(-5, 5), (0, 5)]),  # up to the border
        shapely.LineString([(-5, 10), (5, 10), (5, 5)]),  # along it, then in
    )
    found = find_overlaps(lines, metric(BOX))
    assert pairs(found) == [(2, 0)]
    assert found.length.tolist() == [5.0]


def test_hole_is_not_crossed() -> None:
    ring = shapely.Polygon(BOX.exterior, [shapely.box(2, 2, 8, 8).exterior])
    assert find_overlaps(metric(shapely.box(3, 3, 7, 7)), metric(ring)).empty
    assert find_overlaps(metric(shapely.LineString([(3, 3), (7, 7)])), metric(ring)).empty


def test_point_in_polygon() -> None:
    found = find_overlaps(metric(shapely.Point(5, 5), shapely.Point(50, 5)), metric(BOX))
    assert pairs(found) == [(0, 0)]


def test_positions_not_labels() -> None:
    subject = metric(shapely.box(90, 90, 99, 99), BOX)
    subject.index = [7, 7]
    assert pairs(find_overlaps(subject, metric(BOX))) == [(1, 0)]


def test_self_overlap_names_each_pair_once() -> None:
    found = find_self_overlaps(metric(BOX, shapely.box(9, 0, 20, 10), BOX))
    assert pairs(found) == [(0, 1), (0, 2), (1, 2)]
    assert found.area.tolist() == [10.0, 100.0, 10.0]


def test_within_distance() -> None:
    found = find_within(metric(shapely.box(15, 0, 30, 10), shapely.box(100, 0, 110, 10)), metric(BOX, BOX), [10.0, 4.0])
    assert pairs(found) == [(0, 0)]
    assert found["distance_m"].tolist() == [5.0]


def test_exactly_the_distance_is_within() -> None:
    found = find_within(metric(shapely.box(20, 0, 30, 10)), metric(BOX), 10.0)
    assert found["distance_m"].tolist() == [10.0]
    assert find_within(metric(shapely.box(20, 0, 30, 10)), metric(BOX), 9.999).empty


def test_within_distance_of_lines_and_points() -> None:
    road = shapely.LineString([(0, -50), (0, 50)])
    subject = metric(shapely.LineString([(-40, 0), (40, 0)]), shapely.Point(3, 3))
    found = find_within(subject, metric(road), 5.0)
    assert pairs(found) == [(0, 0), (1, 0)]
    assert found["distance_m"].tolist() == [0.0, 3.0]


def test_outside() -> None:
    subject = metric(BOX, shapely.box(2, 2, 4, 4), shapely.box(70, 0, 80, 10), shapely.box(0, 0, 5, 10))
    found = find_outside(subject, metric(shapely.box(0, 0, 5, 10), shapely.box(4, 0, 6, 10)))
    assert found["subject_index"].tolist() == [0, 2]
    assert found.area.tolist() == [40.0, 100.0]


def test_gaps_and_overlaps() -> None:
    coverage = metric(shapely.box(0, 0, 5, 10), shapely.box(4, 0, 8, 10))
    found = find_gaps_and_overlaps(coverage, metric(BOX))
    assert found["kind"].tolist() == ["overlap", "gap"]
    assert found["left_index"].tolist() == [0, -1]
    assert found["right_index"].tolist() == [1, -1]
    assert found.area.tolist() == [10.0, 20.0]


def test_gap_inside_a_coverage_needs_no_outer_polygon() -> None:
    around = shapely.Polygon(BOX.exterior, [shapely.box(2, 2, 8, 8).exterior])
    found = find_gaps_and_overlaps(metric(around, shapely.box(2, 2, 8, 7)))
    assert found["kind"].tolist() == ["gap"]
    assert found.area.tolist() == [6.0]


def test_perfect_coverage_has_neither() -> None:
    cells = metric(*(shapely.box(x, y, x + 1, y + 1) for x in range(10) for y in range(10)))
    assert find_gaps_and_overlaps(cells, metric(BOX)).empty


@pytest.mark.parametrize("function", [find_overlaps, find_outside, find_gaps_and_overlaps])
def test_empty_layers(function: object) -> None:
    assert callable(function)
    found = function(metric(), metric())
    assert found.empty
    assert "geometry" in found
    assert found.crs.to_epsg() == 4544
    assert find_self_overlaps(metric()).empty
    assert find_within(metric(BOX), metric(), 5.0).empty


def test_refuses_what_would_answer_wrongly() -> None:
    with pytest.raises(CrsError, match=r"^subject: EPSG:4490 is not in metres\. Reproject it first\.$"):
        find_overlaps(metric(BOX, crs=4490), metric(BOX))
    with pytest.raises(CrsError, match=r"^against: no CRS"):
        find_within(metric(BOX), metric(BOX, crs=None), 1.0)
    with pytest.raises(CrsError, match=r"subject is in EPSG:4544, against in EPSG:4545"):
        find_outside(metric(BOX), metric(BOX, crs=4545))
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    with pytest.raises(GeodataError, match=r"^against: feature 1 .*Self-intersection.*repair\.make_valid"):
        find_overlaps(metric(BOX), metric(BOX, bow_tie))
    with pytest.raises(GeodataError, match=r"^features: feature 0 .*null geometry"):
        find_self_overlaps(metric(None, BOX))
    with pytest.raises(GeodataError, match=r"^distance_m"):
        find_within(metric(BOX), metric(BOX), -1.0)


def test_changes_nothing() -> None:
    subject, against = metric(BOX, shapely.box(5, 5, 20, 20)), metric(shapely.box(1, 1, 2, 2))
    before = subject.to_wkb(), against.to_wkb()
    for function in (find_overlaps, find_outside, find_gaps_and_overlaps):
        function(subject, against)
    find_self_overlaps(subject)
    find_within(subject, against, 3.0)
    assert subject.to_wkb().equals(before[0])
    assert against.to_wkb().equals(before[1])


@given(st.integers(0, 2**32 - 1))
def test_agrees_with_plain_geos(seed: int) -> None:
    random = np.random.default_rng(seed)

    def polygons(count: int) -> list[shapely.Geometry]:
        # Whole numbers make shared vertices and edges likely.
        corners = random.integers(0, 30, (count, 5, 2))
        return [shapely.convex_hull(shapely.MultiPoint(points)).buffer(0) for points in corners]

    subject, against = polygons(8), polygons(6)
    found = find_overlaps(metric(*subject), metric(*against))
    expected = {
        (i, j): shared.area
        for i, one in enumerate(subject)
        for j, other in enumerate(against)
        if (shared := shapely.intersection(one, other)).area > 0
    }
    assert dict(zip(pairs(found), found.area, strict=True)) == pytest.approx(expected, rel=1e-12)
    outside = find_outside(metric(*subject), metric(*against))
    covered = sum(one.intersection(shapely.union_all(against)).area for one in subject)
    assert outside.area.sum() + covered == pytest.approx(sum(one.area for one in subject))
