"""Things and ground that rise above the surfaces of a runway."""

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from geodata.raster import Terrain
from planning.obstacle_table import ObstacleError
from planning.penetration import find_penetrations, terrain_penetration
from tests.planning.runway import HALF, MIDDLE, PLANE, X, Y, at, surfaces

# ---- things ----------------------------------------------------------------------------------------------------------


def test_a_building_before_the_threshold() -> None:
    building = shapely.box(*at(500, -5), *at(520, 5))
    found = find_penetrations(surfaces(), building, 520.0)
    assert found is not None
    assert found.excess_m == pytest.approx(520 - 517.6)
    assert found.surface == "approach"
    assert found.where.x == pytest.approx(X + HALF + 500)
    lower = find_penetrations(surfaces(), building, 510.0)
    assert lower is not None
    assert lower.excess_m == pytest.approx(-7.6)


def test_a_line_that_climbs_between_its_vertices() -> None:
    line = shapely.LineString([at(60, 0), at(560, 0), at(1060, 0)])
    found = find_penetrations(surfaces(), line, np.array([500.0, 530.0, 540.0]))
    assert found is not None
    assert found.excess_m == pytest.approx(10.0)  # 530 where 520 are allowed
    assert found.where.distance(shapely.Point(at(560, 0))) < 1e-6


def test_a_level_wire_across_the_approach_is_worst_over_it() -> None:
    wire = shapely.LineString([at(500, -900), at(500, 900)])
    found = find_penetrations(surfaces(), wire, 530.0)
    assert found is not None
    assert found.excess_m == pytest.approx(12.4)  # no vertex lies there
    assert found.surface == "approach"
    assert abs(found.where.y - Y) <= 84


def test_a_polygon_around_the_runway() -> None:
    around = shapely.box(*at(-1800, -900), *at(1000, 900))
    found = find_penetrations(surfaces(), around, 501.0)
    assert found is not None
    assert found.excess_m == pytest.approx(1.0)
    assert found.surface == "transitional"
    with_hole = around.difference(shapely.box(*at(-1700, -800), *at(900, 800)))
    spared = find_penetrations(surfaces(), with_hole, 501.0)
    assert spared is not None
    assert spared.excess_m == pytest.approx(501 - 500 - (900 - 60) * 0.04)


def test_a_hill_inside_a_polygon() -> None:
    peak = at(-400, 1500)

    def ground(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return 480 + 80 * np.exp(-((xy[:, 0] - peak[0]) ** 2 + (xy[:, 1] - peak[1]) ** 2) / 200**2)

    found = find_penetrations(surfaces(), shapely.Point(peak).buffer(800), ground)
    assert found is not None
    assert found.excess_m == pytest.approx(15.0, abs=0.1)
    assert found.surface == "inner_horizontal"
    assert found.where.distance(shapely.Point(peak)) < 10


def test_points_and_mixed_geometries() -> None:
    masts = shapely.MultiPoint([at(500, 0), at(-400, 140)])
    found = find_penetrations(surfaces(), masts, np.array([518.0, 525.0]))
    assert found is not None
    assert found.excess_m == pytest.approx(5.0)
    assert found.surface == "transitional"
    square = shapely.box(*at(-400, 3000), *at(-390, 3010))
    mixed = shapely.GeometryCollection([shapely.MultiPolygon([square]), shapely.Point(at(9000, 0))])
    found = find_penetrations(surfaces(), mixed, 600.0)
    assert found is not None
    assert found.excess_m == pytest.approx(30.0)
    assert found.surface == "conical"


def test_nothing_to_compare() -> None:
    assert find_penetrations(surfaces(), shapely.Point(at(9000, 0)), 900.0) is None
    assert find_penetrations(surfaces(), shapely.Polygon(), 900.0) is None
    assert find_penetrations(surfaces(), shapely.Point(at(0, 0)), math.nan) is None
    assert find_penetrations(surfaces(), shapely.box(*at(9000, 0), *at(9100, 9)), lambda xy: xy[:, 0]) is None


def test_one_top_per_vertex() -> None:
    with pytest.raises(ObstacleError, match="one top per vertex"):
        find_penetrations(surfaces(), shapely.box(0, 0, 1, 1), np.zeros(4))  # the ring has five


def test_sampling_misses_a_tenth_of_a_metre_at_most() -> None:
    rng = np.random.default_rng(3)
    here = surfaces()
    for _ in range(60):
        ends = rng.uniform([-900, -500], [1800, 500], (2, 2)) + MIDDLE
        tops = rng.uniform(500, 560, 2)
        found = find_penetrations(here, shapely.LineString(ends), tops)
        fraction = np.linspace(0, 1, 40_001)[:, None]
        limits, _ = here.limits(ends[0] + fraction * (ends[1] - ends[0]))
        true = np.nanmax(tops[0] + fraction[:, 0] * (tops[1] - tops[0]) - limits)
        assert found is not None
        assert found.excess_m == pytest.approx(true, abs=0.1)


# ---- terrain ---------------------------------------------------------------------------------------------------------


def flat_terrain(height_m: float, crs: CRS = PLANE) -> Terrain:
    """10 km around the runway in cells of 50 m."""
    if crs == PLANE:
        return Terrain(np.full((200, 200), height_m, np.float32), Affine(50, 0, X - 5000, 0, -50, Y + 5000), PLANE)
    middle = gpd.GeoSeries([shapely.Point(X, Y)], crs=PLANE).to_crs(crs)
    step = 0.0005
    transform = Affine(step, 0, middle.x[0] - 110 * step, 0, -step, middle.y[0] + 100 * step)
    return Terrain(np.full((200, 220), height_m, np.float32), transform, crs)


@pytest.mark.parametrize("crs", [PLANE, CRS(4490)])
def test_a_hill_under_the_inner_horizontal_surface(crs: CRS) -> None:
    ground = flat_terrain(450.0, crs)
    ground.array[60:63, 95:99] = 550.0
    ground.array[61, 96] = 560.0
    found = terrain_penetration(surfaces(), ground)
    assert found.worst is not None
    assert found.worst.excess_m == pytest.approx(15.0)
    assert found.worst.surface == "inner_horizontal"
    assert found.geometry.contains(found.worst.where)
    west, north = ground.transform @ (95, 60)
    east, south = ground.transform @ (99, 63)
    block = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=crs).to_crs(PLANE).iloc[0]
    assert found.geometry.symmetric_difference(block).area < 1e-4 * block.area
    assert found.known_pct == 100


def test_ground_that_stays_below() -> None:
    found = terrain_penetration(surfaces(), flat_terrain(450.0))
    assert found.geometry.is_empty
    assert found.worst is not None
    assert found.worst.excess_m == pytest.approx(-50.0)  # under the strip


def test_ground_that_is_only_half_known() -> None:
    half = flat_terrain(450.0)
    half.array[:, :100] = np.nan
    found = terrain_penetration(surfaces(), half)
    assert found.known_pct == pytest.approx(50, abs=1e-3)
    east_only = Terrain(half.array[:, 100:], half.transform @ Affine.translation(100, 0), PLANE)
    assert terrain_penetration(surfaces(), east_only).known_pct == pytest.approx(50, abs=1e-3)
    far = Terrain(half.array, half.transform @ Affine.translation(1000, 0), PLANE)
    nothing = terrain_penetration(surfaces(), far)
    assert nothing.worst is None
    assert nothing.known_pct == 0
    assert nothing.geometry.is_empty
