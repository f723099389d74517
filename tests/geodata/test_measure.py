"""Area, length and distance against published numbers, geographiclib and what geometry demands."""

import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod
from shapely import affinity

from geodata.crs import STORED_CRS
from geodata.errors import CrsError
from geodata.measure import measure_area_m2, measure_distance_m, measure_length_m

GEOD = Geod(ellps="GRS80")  # CGCS2000 differs from it in the tenth digit


def series(*geometries: Any, crs: Any = 4490) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(geometries), crs=crs)


def test_square_kilometre_of_the_plane() -> None:
    square = shapely.box(620_000, 3_568_000, 621_000, 3_569_000)
    assert measure_area_m2(series(square, crs=4544))[0] == pytest.approx(999_642.115, abs=0.001)


def test_triangle_with_long_edges() -> None:
    triangle = shapely.Polygon([(620_000, 3_568_000), (632_000, 3_571_000), (625_000, 3_583_000)])
    assert measure_area_m2(series(triangle, crs=4544))[0] == pytest.approx(82_467_663.496, abs=0.001)


def test_degree_cell_along_its_parallels() -> None:
    cell = shapely.segmentize(shapely.box(106, 32, 107, 33), 0.001)
    assert measure_area_m2(series(cell))[0] == pytest.approx(10_421_476_114.2, abs=0.1)


def test_map_sheet_1_to_10000() -> None:
    sheet = shapely.box(106 + 15 / 60, 32 + 12.5 / 60, 106 + 18.75 / 60, 32 + 15 / 60)
    assert measure_area_m2(series(shapely.segmentize(sheet, 0.0001)))[0] == pytest.approx(27_219_469.495, abs=0.001)


def test_holes_parts_and_collections() -> None:
    outer, hole, island = shapely.box(106, 32, 106.3, 32.3), shapely.box(106.1, 32.1, 106.2, 32.2), shapely.Point(1, 1)
    ring = shapely.Polygon(outer.exterior, [hole.exterior])
    other = shapely.box(107, 32, 107.1, 32.1)
    whole, inner, far = measure_area_m2(series(outer, hole, other))
    nested = shapely.GeometryCollection([shapely.MultiPolygon([ring, other]), island, other.boundary])
    areas = measure_area_m2(series(ring, shapely.MultiPolygon([ring, other]), nested))
    assert areas == pytest.approx([whole - inner, whole - inner + far, whole - inner + far], rel=1e-12)


def test_nothing_has_no_area_and_no_length() -> None:
    line = shapely.LineString([(106, 32), (107, 32)])
    nothing = series(None, shapely.Polygon(), shapely.Point(106, 32), shapely.GeometryCollection(), line)
    assert measure_area_m2(nothing).tolist() == [0, 0, 0, 0, 0]
    assert measure_length_m(nothing[:4]).tolist() == [0, 0, 0, 0]
    assert measure_area_m2(series()).shape == measure_length_m(series()).shape == (0,)


@pytest.mark.parametrize("crs", [4490, 4326, 2154, 4544, 4214])
def test_agrees_with_geographiclib_on_the_ellipsoid_of_the_crs(crs: int) -> None:
    lonlat = shapely.Polygon([(106.01, 32.0), (106.2, 32.07), (106.11, 32.3), (106.0, 32.2)])
    if crs == 2154:
        lonlat = affinity.translate(lonlat, -103, 13)
    projected = series(lonlat, crs=CRS(crs).geodetic_crs).to_crs(crs)
    area_m2, perimeter_m = CRS(crs).get_geod().geometry_area_perimeter(lonlat)
    assert measure_area_m2(projected)[0] == pytest.approx(abs(area_m2), rel=1e-6)
    assert measure_length_m(projected.boundary)[0] == pytest.approx(perimeter_m, rel=1e-9)


def test_length_of_lines_alone() -> None:
    line = shapely.LineString([(106.1, 32.2), (106.4, 32.25), (106.42, 32.6)])
    other = shapely.LineString([(106.0, 32.0), (106.1, 32.0)])
    mixed = shapely.GeometryCollection([shapely.MultiLineString([line, other]), shapely.box(106, 32, 107, 33)])
    one, two = (GEOD.line_length(*np.transpose(shapely.get_coordinates(each))) for each in (line, other))
    lengths = measure_length_m(series(line, mixed, shapely.box(106, 32, 107, 33), None, other))
    assert lengths == pytest.approx([one, one + two, 0, 0, two], rel=1e-12)


def test_distance_is_geodesic_and_broadcasts() -> None:
    distances = measure_distance_m(106.0, 32.0, [106.0, 106.5], 32.0, STORED_CRS)
    assert distances == pytest.approx([0.0, GEOD.inv(106, 32, 106.5, 32)[2]], rel=1e-12)
    assert measure_distance_m(106.0, 32.0, 106.1, 32.0, CRS(4544)).shape == ()


def test_old_datum_in_grads() -> None:
    square = shapely.box(2, 50, 2.1, 50.1)
    in_degrees = affinity.scale(square, 0.9, 0.9, origin=(0, 0))
    area_m2, _ = CRS(4807).get_geod().geometry_area_perimeter(in_degrees)
    assert measure_area_m2(series(square, crs=4807))[0] == pytest.approx(area_m2, rel=1e-9)


def test_refuses_what_it_cannot_measure() -> None:
    square = shapely.box(620_000, 3_568_000, 621_000, 3_569_000)
    with pytest.raises(CrsError, match="no CRS"):
        measure_area_m2(series(square, crs=None))
    with pytest.raises(CrsError, match="outside EPSG:4490"):
        measure_area_m2(series(square))
    with pytest.raises(CrsError, match="outside EPSG:4490"):
        measure_distance_m(math.nan, 32.0, 106.0, 32.0, STORED_CRS)
    with pytest.raises(CrsError, match="no ellipsoid"):
        measure_length_m(series(square.boundary, crs='LOCAL_CS["site grid",UNIT["metre",1]]'))


def test_changes_nothing() -> None:
    given_series = series(shapely.box(106, 32, 106.1, 32.1), None)
    before = given_series.to_wkb()
    measure_area_m2(given_series)
    measure_length_m(given_series)
    assert given_series.to_wkb().equals(before)


@st.composite
def star_polygons(draw: st.DrawFn) -> shapely.Polygon:
    """Valid rings around a centre: one vertex per direction."""
    radii = draw(st.lists(st.floats(0.01, 0.3), min_size=3, max_size=12))
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    lon, lat = draw(st.floats(74, 134)), draw(st.floats(18, 53))
    return shapely.Polygon(np.column_stack([lon + radii * np.cos(angles), lat + radii * np.sin(angles)]))


@given(star_polygons(), st.integers(0, 11))
def test_area_does_not_depend_on_where_and_which_way_a_ring_runs(polygon: shapely.Polygon, start: int) -> None:
    ring = list(polygon.exterior.coords)[:-1]
    turned = ring[start % len(ring) :] + ring[: start % len(ring)]
    first, *others = measure_area_m2(series(polygon, shapely.Polygon(turned), shapely.Polygon(ring[::-1])))
    assert others == pytest.approx([first, first], rel=1e-9)


@given(star_polygons(), st.integers(0, 11))
def test_area_adds_up_when_a_polygon_is_cut_from_its_middle(polygon: shapely.Polygon, corner: int) -> None:
    ring = shapely.get_coordinates(polygon)[:-1]
    middle = ring.mean(axis=0)
    if not polygon.contains(shapely.Point(middle)):
        return
    # Cut along given vertices alone: the edges stay the same geodesics.
    first, second = corner % len(ring), (corner + 1) % len(ring)
    piece = shapely.Polygon([ring[first], ring[second], middle])
    path = [ring[(second + step) % len(ring)] for step in range(len(ring))]
    rest = shapely.Polygon([*path, middle])
    if not rest.is_valid:
        return
    whole, *parts = measure_area_m2(series(polygon, piece, rest))
    assert sum(parts) == pytest.approx(whole, rel=1e-9)
