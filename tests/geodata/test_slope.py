"""Steepness of surfaces whose slope is known beforehand, and shares against cell-by-cell intersection."""

import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from geodata.errors import CrsError, GeodataError
from geodata.grid import horn_gradient
from geodata.measure import measure_area_m2
from geodata.raster import Terrain, hillshade
from geodata.slope import Slope, measure_steepness, resolution_m, slope, steep_parts

PLANE = CRS.from_epsg(4544)
DEGREES = CRS.from_epsg(4490)
EAST, NORTH = 500_000.0, 3_568_000.0  # on the central meridian, where the plane is the ground
LON, LAT = 106.3, 32.2
RADIUS, ECCENTRICITY2 = 6_378_137.0, 0.006694380022900686
CELL = 10.0
SECOND = 1 / 3600

IN_METRES = (Affine(CELL, 0, EAST, 0, -CELL, NORTH), PLANE)
IN_DEGREES = (Affine(SECOND, 0, LON, 0, -SECOND, LAT), DEGREES)


def ground(transform: Affine, crs: CRS, shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres east and north of the upper left corner, of the middle of each cell."""
    columns, rows = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    x, y = columns * transform.a, rows * transform.e
    if crs == PLANE:
        return x, y
    flattened = 1 - ECCENTRICITY2 * math.sin(math.radians(LAT)) ** 2
    parallel = RADIUS / math.sqrt(flattened) * math.cos(math.radians(LAT))
    meridian = RADIUS * (1 - ECCENTRICITY2) / flattened**1.5
    return np.radians(x) * parallel, np.radians(y) * meridian


def terrain(function: Any, grid: tuple[Affine, CRS] = IN_METRES, shape: tuple[int, int] = (12, 14)) -> Terrain:
    transform, crs = grid
    return Terrain(function(*ground(transform, crs, shape)).astype(np.float32), transform, crs)


def steepness(array: Any, grid: tuple[Affine, CRS] = IN_METRES) -> Slope:
    return Slope(np.array(array, dtype=np.float32), *grid)


def patches(*shapes: Any, crs: CRS = PLANE) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=crs)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Metres from the upper left corner of the grid: everything on it lies south."""
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


# ---- slope -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grid", [IN_METRES, IN_DEGREES])
@pytest.mark.parametrize("azimuth_deg", [0.0, 37.0, 90.0, 180.0, 301.0])
@pytest.mark.parametrize(("rise", "degrees", "percent"), [(0.25, 14.036, 25), (0.466308, 25.0, 46.631), (1, 45, 100)])
def test_an_inclined_plane(
    grid: tuple[Affine, CRS], azimuth_deg: float, rise: float, degrees: float, percent: float
) -> None:
    east, north = math.sin(math.radians(azimuth_deg)), math.cos(math.radians(azimuth_deg))
    found = slope(terrain(lambda x, y: 500 + rise * (east * x + north * y), grid))
    assert found.array.dtype == np.float32
    assert found.array.shape == (12, 14)
    assert np.allclose(found.array[1:-1, 1:-1], rise, rtol=5e-5)
    assert np.allclose(found.degrees()[1:-1, 1:-1], degrees, atol=2e-3)
    assert np.allclose(found.percent()[1:-1, 1:-1], percent, rtol=6e-5)
    assert found.transform == grid[0]
    assert found.crs == grid[1]


def test_the_rim_has_no_slope() -> None:
    found = slope(terrain(lambda x, y: x + y)).array
    rim = np.ones(found.shape, dtype=bool)
    rim[1:-1, 1:-1] = False
    assert np.array_equal(np.isnan(found), rim)
    assert np.isnan(slope(terrain(lambda x, y: x + y, shape=(1, 1))).array).all()


def test_unknown_spreads_to_its_neighbours_and_takes_itself_along() -> None:
    plane = terrain(lambda x, y: 0.3 * x + 0 * y)
    plane.array[5, 6] = np.nan
    unknown = np.isnan(slope(plane).array)[1:-1, 1:-1]
    expected = np.zeros((12, 14), dtype=bool)
    expected[4:7, 5:8] = True
    assert np.array_equal(unknown, expected[1:-1, 1:-1])


def test_a_roof_is_flat_along_its_ridge_only() -> None:
    roof = slope(terrain(lambda x, y: 100 - 0.4 * abs(x - 65) + 0 * y)).array  # ridge through the cells of column 6
    assert np.allclose(roof[1:-1, 6], 0, atol=1e-6)
    assert np.allclose(roof[1:-1, 1:6], 0.4, atol=1e-5)
    assert np.allclose(roof[1:-1, 7:-1], 0.4, atol=1e-5)


@pytest.mark.parametrize("grid", [IN_METRES, IN_DEGREES])
def test_a_cone_is_equally_steep_all_around(grid: tuple[Affine, CRS]) -> None:
    x0, y0 = (axis[30, 30] for axis in ground(*grid, (61, 61)))
    cone = slope(terrain(lambda x, y: 900 - 0.5 * np.hypot(x - x0, y - y0), grid, (61, 61))).array
    x, y = ground(*grid, (61, 61))
    far = np.hypot(x - x0, y - y0) > 15 * resolution_m(terrain(np.add, grid))
    far[[0, -1]] = far[:, [0, -1]] = False
    assert np.allclose(cone[far], 0.5, rtol=2e-3)
    assert cone[30, 30] == pytest.approx(0, abs=1e-5)


def test_a_parallel_is_shorter_in_the_north() -> None:
    tall = (Affine(0.01, 0, 106, 0, -0.5, 60), DEGREES)
    found = slope(terrain(lambda x, y: x + 0 * y, tall, (60, 5))).array[1:-1, 2]
    assert (np.diff(found) < 0).all()


def test_web_mercator_stretches_the_ground() -> None:
    crs = CRS.from_epsg(3857)
    x, y = 11_833_000.0, 3_791_000.0  # 106.3 E, 32.2 N
    found = slope(Terrain(terrain(lambda x, y: 0.5 * x + 0 * y).array, Affine(CELL, 0, x, 0, -CELL, y), crs))
    stretch = 1 / math.cos(math.radians(32.2))
    assert np.allclose(found.array[1:-1, 1:-1], 0.5 * stretch, rtol=5e-3)


def test_resolution_is_the_coarser_side() -> None:
    assert resolution_m(terrain(lambda x, y: x + y)) == pytest.approx(10.0, abs=1e-4)
    assert resolution_m(terrain(lambda x, y: x + y, IN_DEGREES)) == pytest.approx(30.80, abs=0.01)  # along the meridian
    assert resolution_m(steepness(np.zeros((2, 2)), (Affine(30, 0, EAST, 0, -20, NORTH), PLANE))) == pytest.approx(30)


def test_a_turned_grid_is_refused() -> None:
    flat = np.zeros((3, 3), dtype=np.float32)
    for transform in (Affine(10, 1, 0, 0, -10, 0), Affine(10, 0, 0, 0, 10, 0)):
        with pytest.raises(GeodataError, match="north up"):
            slope(Terrain(flat, transform, PLANE))
    with pytest.raises(CrsError, match="neither geographic nor projected"):
        slope(Terrain(flat, IN_METRES[0], CRS.from_epsg(4978)))


def test_shade_and_slope_see_one_gradient() -> None:
    bumpy = terrain(lambda x, y: 20 * np.sin(x / 30) * np.cos(y / 25)).array
    east, south = horn_gradient(np.pad(bumpy.astype(np.float64), 1, mode="edge"), CELL, CELL)
    facing = 1 + 254 * np.clip((1 + (east - south) / math.sqrt(2)) / np.sqrt(2 * (1 + east**2 + south**2)), 0, 1)
    away = hillshade(bumpy, CELL, CELL, azimuths_deg=(225.0,))  # lit from the south-west
    assert np.abs(away - facing).max() <= 0.5 + 1e-6


# ---- shares of patches -----------------------------------------------------------------------------------------------


def oracle(slope: Slope, patch: Any, limit: float) -> tuple[float, float, float]:
    """Share above, share known and mean, by cutting the patch with every cell and measuring each piece."""
    rows, columns = slope.array.shape
    pieces, rises = [], []
    for row in range(rows):
        for column in range(columns):
            west, north = slope.transform @ (column, row)
            east, south = slope.transform @ (column + 1, row + 1)
            pieces.append(patch.intersection(shapely.box(west, south, east, north)))
            rises.append(float(slope.array[row, column]))
    areas = measure_area_m2(gpd.GeoSeries(pieces, crs=slope.crs))
    whole = measure_area_m2(gpd.GeoSeries([shapely.segmentize(patch, slope.transform.a)], crs=slope.crs))[0]
    rise = np.array(rises)
    known = ~np.isnan(rise)
    mean = float((areas * rise)[known].sum() / areas[known].sum())
    return 100 * areas[rise > limit].sum() / whole, 100 * areas[known].sum() / whole, mean


def test_a_patch_half_above() -> None:
    found = measure_steepness(steepness([[0.1, 0.6], [0.1, 0.6]]), patches(box(5, -15, 15, -5)), limit_rise=0.25).iloc[
        0
    ]
    assert found["share_above_pct"] == pytest.approx(50, abs=1e-5)
    assert found["share_known_pct"] == pytest.approx(100, abs=1e-5)
    assert found["mean_rise"] == pytest.approx(0.35, abs=1e-6)
    assert found["max_rise"] == pytest.approx(0.6, abs=1e-6)


def test_a_slope_at_the_limit_is_not_above() -> None:
    at = math.tan(math.radians(25))
    for rise, share in ((at, 0.0), (at + 5e-6, 0.0), (at + 2e-5, 100.0)):
        found = measure_steepness(steepness([[rise]]), patches(box(0, -10, 10, 0)), limit_rise=at)
        assert found["share_above_pct"][0] == pytest.approx(share, abs=1e-6)


def test_a_patch_smaller_than_a_cell() -> None:
    grid = steepness([[0.1, 0.6], [0.1, np.nan]])
    small = patches(box(12, -7, 13, -6), box(9, -7, 12, -6), box(12, -17, 13, -16))
    found = measure_steepness(grid, small, limit_rise=0.25)
    assert found["share_above_pct"].to_list() == pytest.approx([100, 200 / 3, 0], abs=1e-4)
    assert found["share_known_pct"].to_list() == pytest.approx([100, 100, 0], abs=1e-4)
    assert found["mean_rise"].to_list() == pytest.approx([0.6, (0.1 + 2 * 0.6) / 3, math.nan], abs=1e-6, nan_ok=True)
    assert found["max_rise"].to_list() == pytest.approx([0.6, 0.6, math.nan], abs=1e-6, nan_ok=True)


def test_what_is_beside_the_raster_is_not_known() -> None:
    grid = steepness([[0.6, 0.6], [0.6, np.nan]])
    across, away = box(-10, -10, 10, 0), box(100, 100, 110, 110)
    found = measure_steepness(grid, patches(across, away, box(0, -20, 20, 0)), limit_rise=0.25)
    assert found["share_above_pct"].to_list() == pytest.approx([50, 0, 75], abs=1e-4)
    assert found["share_known_pct"].to_list() == pytest.approx([50, 0, 75], abs=1e-4)
    assert np.isnan(found["mean_rise"][1])


def test_empty_and_null_patches_have_no_share() -> None:
    grid = steepness([[0.6]])
    found = measure_steepness(grid, patches(shapely.Polygon(), None, box(0, -5, 5, 0)), limit_rise=0.25)
    assert np.isnan(found.iloc[:2]).all(axis=None)
    assert found["share_above_pct"][2] == pytest.approx(100, abs=1e-5)
    assert measure_steepness(grid, patches(), limit_rise=0.25).empty
    assert steep_parts(grid, shapely.Polygon(), PLANE, limit_rise=0.25).is_empty


def test_the_index_is_kept() -> None:
    some = gpd.GeoSeries([box(0, -5, 5, 0)], index=["a"], crs=PLANE)
    assert measure_steepness(steepness([[0.6]]), some, limit_rise=0.25).index.to_list() == ["a"]


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf])
def test_a_limit_that_is_none(limit: float) -> None:
    with pytest.raises(GeodataError, match="limit_rise"):
        measure_steepness(steepness([[0.6]]), patches(box(0, -5, 5, 0)), limit_rise=limit)
    with pytest.raises(GeodataError, match="limit_rise"):
        steep_parts(steepness([[0.6]]), box(0, -5, 5, 0), PLANE, limit_rise=limit)


def test_patches_need_a_crs() -> None:
    with pytest.raises(CrsError, match="patches"):
        measure_steepness(steepness([[0.6]]), gpd.GeoSeries([box(0, -5, 5, 0)]), limit_rise=0.25)


def blot(rng: np.random.Generator, grid: tuple[Affine, CRS], cells: int) -> Any:
    """A ragged patch with a hole, over some of the grid's cells and some ground beside it."""
    transform, _ = grid
    angles = np.sort(rng.uniform(0, 2 * np.pi, 25))
    radii = rng.uniform(0.25, 0.7, 25) * cells
    middle = rng.uniform(0.3, 0.7, 2) * cells
    ring = [
        transform @ (middle[0] + r * math.cos(a), middle[1] + r * math.sin(a))
        for a, r in zip(angles, radii, strict=True)
    ]
    shape = shapely.Polygon(ring).buffer(0)
    return shape.difference(shapely.Point(transform @ tuple(middle)).buffer(2.3 * transform.a))


@pytest.mark.parametrize("grid", [IN_METRES, IN_DEGREES, (Affine(0.02, 0, 106, 0, -0.02, 33), DEGREES)])
def test_against_cutting_with_every_cell(grid: tuple[Affine, CRS]) -> None:
    rng = np.random.default_rng(7)
    for _ in range(5):
        rise = rng.uniform(0, 1, (20, 20)).astype(np.float32)
        rise[rng.uniform(size=rise.shape) < 0.1] = np.nan
        rough = Slope(rise, *grid)
        patch = blot(rng, grid, 20)
        found = measure_steepness(rough, patches(patch, crs=grid[1]), limit_rise=0.5).iloc[0]
        above, known, mean = oracle(rough, patch, 0.5)
        assert found["share_above_pct"] == pytest.approx(above, abs=1e-4)  # one millionth of the patch
        assert found["share_known_pct"] == pytest.approx(known, abs=1e-4)
        assert found["mean_rise"] == pytest.approx(mean, abs=1e-6)


# ---- the steep part --------------------------------------------------------------------------------------------------


def test_the_steep_half_is_cut_out() -> None:
    part = steep_parts(steepness([[0.1, 0.6], [0.1, 0.6]]), box(5, -15, 15, -5), PLANE, limit_rise=0.25)
    assert part.equals(box(10, -15, 15, -5))


def test_nothing_steep_and_edges_alone() -> None:
    grid = steepness([[0.1, 0.6], [0.1, 0.6]])
    assert steep_parts(grid, box(0, -20, 10, 0), PLANE, limit_rise=0.25).is_empty  # touches the steep column
    assert steep_parts(grid, box(50, 50, 60, 60), PLANE, limit_rise=0.25).is_empty


@pytest.mark.parametrize("raster", [IN_METRES, IN_DEGREES])
@pytest.mark.parametrize("other", [PLANE, DEGREES, CRS.from_epsg(4326), CRS.from_epsg(4545)])
def test_the_part_has_the_share_that_was_measured(raster: tuple[Affine, CRS], other: CRS) -> None:
    rng = np.random.default_rng(11)
    rise = rng.uniform(0, 1, (40, 40)).astype(np.float32)
    rise[rng.uniform(size=rise.shape) < 0.05] = np.nan
    rough = Slope(rise, *raster)
    for _ in range(3):
        patch = patches(blot(rng, raster, 40), crs=raster[1]).to_crs(other)
        share = measure_steepness(rough, patch, limit_rise=0.5)["share_above_pct"][0] / 100
        part = steep_parts(rough, patch.iloc[0], other, limit_rise=0.5)
        assert part.is_valid
        step = 1e-4 if other.is_geographic else 10.0
        fine = patches(*(shapely.segmentize(shape, step) for shape in (part, patch.iloc[0])), crs=other)
        area_m2, whole_m2 = measure_area_m2(fine)
        assert area_m2 / whole_m2 == pytest.approx(share, abs=1e-6)
