"""The official formula against figures computed once by other means, and against geographiclib."""

import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from geodata.errors import CrsError
from geodata.measure import measure_area_m2
from geodata.trapezoid import Ellipsoid, _ring_area_m2, official_area_m2, trapezium_area_m2

# No worked example was published with the formula. These figures were computed beforehand by its series, by the closed
# form of the authalic latitude, and by geographiclib.
CGCS2000 = Ellipsoid(6_378_137.0, 6_356_752.314140356)
XIAN_1980 = Ellipsoid(6_378_140.0, 6_356_755.29)

SQUARE_LONLAT = [
    (106.273067706, 32.229387506),
    (106.283674327, 32.22928021),
    (106.283801108, 32.238295811),
    (106.273193441, 32.238403144),
]
TRIANGLE_LONLAT = [(106.273067706, 32.229387506), (106.400758387, 32.255086709), (106.328070936, 32.364072456)]
TRIANGLE = [(620_000, 3_568_000), (632_000, 3_571_000), (625_000, 3_583_000)]


def series(*geometries: Any, crs: Any = 4490) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(geometries), crs=crs)


@pytest.mark.parametrize(
    ("ellipsoid", "coefficients"),
    [
        (
            CGCS2000,
            (1.0033640898341927, 0.0011241893819271072, 1.6994594735188535e-06, 2.717857845577432e-09, 4.358419004e-12),
        ),
        (
            XIAN_1980,
            (1.0033640920569145, 0.0011241901265667197, 1.699461720498284e-06, 2.7178632315189733e-09, 4.358430466e-12),
        ),
    ],
)
def test_coefficients(ellipsoid: Ellipsoid, coefficients: tuple[float, ...]) -> None:
    assert ellipsoid.coefficients == pytest.approx(coefficients, rel=1e-9, abs=0)


@pytest.mark.parametrize(
    ("ellipsoid", "width_deg", "low_deg", "high_deg", "area_m2"),
    [
        # sheet 1:10 000, 106-15 to 106-18-45 E, 32-12-30 to 32-15 N
        (CGCS2000, 3.75 / 60, 32 + 12.5 / 60, 32 + 15 / 60, 27_219_469.495),
        (XIAN_1980, 3.75 / 60, 32 + 12.5 / 60, 32 + 15 / 60, 27_219_495.049),
        (CGCS2000, 1.0, 32.0, 33.0, 10_421_476_114.204),
        (CGCS2000, 1 / 3600, 32.2, 32.2 + 1 / 3600, 806.755),
    ],
)
def test_trapezia(ellipsoid: Ellipsoid, width_deg: float, low_deg: float, high_deg: float, area_m2: float) -> None:
    assert trapezium_area_m2(ellipsoid, width_deg, low_deg, high_deg) == pytest.approx(area_m2, abs=0.001)
    assert trapezium_area_m2(ellipsoid, width_deg, high_deg, low_deg) == pytest.approx(-area_m2, abs=0.001)


def test_square_kilometre() -> None:
    # Nine digits of a degree are a tenth of a millimetre: 0.1 m2 over a kilometre.
    assert official_area_m2(series(shapely.Polygon(SQUARE_LONLAT)))[0] == pytest.approx(999_642.114, abs=0.2)
    square = shapely.box(620_000, 3_568_000, 621_000, 3_569_000)
    assert official_area_m2(series(square, crs=4544))[0] == pytest.approx(999_642.113, abs=0.001)
    ring = np.array([*SQUARE_LONLAT, SQUARE_LONLAT[0]])
    assert abs(_ring_area_m2(ring, CGCS2000)) == pytest.approx(999_642.114, abs=0.2)


def test_triangle_with_long_edges() -> None:
    in_plane = official_area_m2(series(shapely.Polygon(TRIANGLE), crs=4544))[0]
    assert in_plane == pytest.approx(82_467_875.958, rel=2e-8)  # densified less there
    in_degrees = official_area_m2(series(shapely.Polygon(TRIANGLE_LONLAT)))[0]
    assert in_degrees == pytest.approx(82_467_663.496, abs=2)  # as geographiclib
    ring = np.array([*TRIANGLE_LONLAT, TRIANGLE_LONLAT[0]])
    naive = abs(_ring_area_m2(ring, CGCS2000))
    assert naive == pytest.approx(82_427_266.317, abs=2)  # one trapezium per edge: wrong by 0.05 %
    assert naive < in_degrees * (1 - 4e-4)


@given(
    lon=st.floats(74, 134),
    lat=st.floats(18, 53),
    reach=st.floats(1e-5, 0.2),
    seed=st.integers(0, 999),
)
def test_agrees_with_geographiclib(lon: float, lat: float, reach: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * math.pi, 9))
    radii = reach * rng.uniform(0.4, 1, 9)
    patch = series(
        shapely.Polygon(np.column_stack([lon + radii * np.cos(angles), lat + radii * np.sin(angles)])).convex_hull
    )
    expected = abs(Geod(a=6378137, rf=298.257222101).geometry_area_perimeter(patch.iloc[0])[0])
    assert official_area_m2(patch)[0] == pytest.approx(expected, rel=1e-6, abs=1e-4)


def test_straight_edges_of_the_plane_against_geographiclib() -> None:
    patch = shapely.Polygon(TRIANGLE)
    fine = measure_area_m2(series(shapely.segmentize(patch, 10), crs=4544))
    assert official_area_m2(series(patch, crs=4544)) == pytest.approx(fine, rel=1e-9)


def test_holes_parts_collections_and_what_has_no_area() -> None:
    outer, hole = shapely.box(106, 32, 106.3, 32.3), shapely.box(106.1, 32.1, 106.2, 32.2)
    other = shapely.box(107, 32, 107.1, 32.1)
    ring = shapely.Polygon(outer.exterior, [hole.exterior])
    both = shapely.MultiPolygon([ring, other])
    whole, inner, far = official_area_m2(series(outer, hole, other))
    found = official_area_m2(
        series(
            ring,
            shapely.reverse(both),
            shapely.GeometryCollection([shapely.Point(106, 32), both]),
            None,
            shapely.Polygon(),
            shapely.LineString([(106, 32), (107, 33)]),
        )
    )
    assert found == pytest.approx([whole - inner, *[whole - inner + far] * 2, 0, 0, 0])
    assert official_area_m2(series()).shape == (0,)
    assert official_area_m2(series(None)).tolist() == [0]


def test_any_meridian_of_reference_serves() -> None:
    ring = np.array([*TRIANGLE_LONLAT, TRIANGLE_LONLAT[0]])
    for first in range(3):
        turned = np.roll(ring[:-1], first, axis=0)
        closed = np.concatenate([turned, turned[:1]])
        assert abs(_ring_area_m2(closed, CGCS2000)) == pytest.approx(abs(_ring_area_m2(ring, CGCS2000)), abs=1e-3)


def test_crs_that_do_not_serve() -> None:
    square = shapely.box(106, 32, 107, 33)
    with pytest.raises(CrsError, match="no CRS"):
        official_area_m2(gpd.GeoSeries([square]))
    with pytest.raises(CrsError, match="degrees"):
        official_area_m2(series(square, crs=CRS.from_epsg(4807)))  # in grads
    with pytest.raises(CrsError, match="outside"):
        official_area_m2(series(shapely.box(620_000, 3_568_000, 621_000, 3_569_000)))
