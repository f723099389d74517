"""Sizes of cells on the ground, and which of them a box meets."""

import math

import numpy as np
import pytest
import shapely
from affine import Affine
from pyproj import CRS

from geodata.grid import cell_sizes_m, find_window, longest_side_m, outline_cells

PLANE = CRS.from_epsg(4544)
DEGREES = CRS.from_epsg(4490)
EAST, NORTH = 500_000.0, 3_568_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def test_a_parallel_is_shorter_in_the_north() -> None:
    tall = Affine(0.01, 0, 106, 0, -0.5, 60)
    # A degree of longitude at 60 N is half of one on the equator, on the sphere.
    width_m, height_m = cell_sizes_m(tall, (60, 1), DEGREES)
    assert width_m[0, 0] / width_m[-1, 0] == pytest.approx(
        math.cos(math.radians(59.75)) / math.cos(math.radians(30.25)), rel=3e-3
    )
    assert height_m[0, 0] == pytest.approx(55_700, abs=50)
    assert longest_side_m(tall, (60, 1), DEGREES) == height_m.max()


def test_a_zone_stretches_away_from_its_meridian() -> None:
    transform = Affine(1000, 0, 500_000, 0, -1000, NORTH)
    width_m, height_m = cell_sizes_m(transform, (3, 120), PLANE)
    x = np.arange(120) * 1000 + 500
    expected = 1000 / (1 + x**2 / (2 * 6_370_000**2))  # scale of a transverse Mercator, second order
    assert np.allclose(width_m, expected, rtol=1e-6)
    assert np.allclose(height_m, expected, rtol=1e-6)


def test_window_of_a_box() -> None:
    transform = Affine(10, 0, EAST, 0, -10, NORTH)
    assert find_window(box(5, -25, 20, -10).bounds, transform, (5, 5)) == (slice(1, 3), slice(0, 2))
    assert find_window(box(-50, -25, -20, 10).bounds, transform, (5, 5)) == (slice(0, 3), slice(0, 0))
    assert find_window(box(70, -95, 90, -80).bounds, transform, (5, 5)) == (slice(5, 5), slice(5, 5))


def test_cells_that_hang_together_by_their_sides() -> None:
    chosen = np.array([[1, 0, 0], [1, 0, 1], [0, 1, 1]], dtype=bool)
    transform = Affine(10, 0, EAST, 0, -10, NORTH)
    found = outline_cells(chosen, transform, (slice(2, 5), slice(1, 4)))
    assert sorted(shapely.area(found)) == [200, 300]
    assert shapely.union_all(found).bounds == box(10, -50, 40, -20).bounds
    assert len(outline_cells(np.zeros((2, 2), dtype=bool), transform, (slice(0, 2), slice(0, 2)))) == 0
