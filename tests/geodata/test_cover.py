"""Covered parts of cells, against cutting a polygon with every cell."""

import math
from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geodata.cover import cover_cells

UNIT = Affine(1, 0, 0, 0, -1, 0)
"""Cell (row, column) lies between x = column and column + 1, y = -row and -row - 1."""
SHAPE = (6, 7)


def covered(*polygons: Any, transform: Affine = UNIT, shape: tuple[int, int] = SHAPE) -> NDArray[np.float64]:
    """Shape (polygons, rows, columns)."""
    owner, cell, part = cover_cells(np.array(polygons, dtype=object), transform, shape)
    found = np.zeros((len(polygons), shape[0] * shape[1]))
    found[owner, cell] = part
    return found.reshape(-1, *shape)


def cut(polygon: Any, transform: Affine = UNIT, shape: tuple[int, int] = SHAPE) -> NDArray[np.float64]:
    """What `covered` should give, cell by cell."""
    parts = np.zeros(shape)
    for row, column in np.ndindex(shape):
        west, north = transform @ (column, row)
        east, south = transform @ (column + 1, row + 1)
        cell = shapely.box(west, south, east, north)
        parts[row, column] = shapely.intersection(polygon, cell).area / cell.area
    return parts


def test_a_box_across_four_cells() -> None:
    found = covered(shapely.box(1.75, -3.5, 2.5, -2.25))[0]
    expected = np.zeros(SHAPE)
    expected[2, 1:3] = 0.75 * 0.25, 0.75 * 0.5
    expected[3, 1:3] = 0.5 * 0.25, 0.5 * 0.5
    assert np.allclose(found, expected, atol=1e-14)


def test_whole_cells_and_nothing_beside_them() -> None:
    owner, cell, part = cover_cells(np.array([shapely.box(2, -4, 5, -1)], dtype=object), UNIT, SHAPE)
    assert set(cell.tolist()) == {row * 7 + column for row in (1, 2, 3) for column in (2, 3, 4)}
    assert np.allclose(part, 1.0, atol=1e-14)
    assert (owner == 0).all()


def test_a_ring_around_a_cell_leaves_it_out() -> None:
    ring = shapely.box(1, -4, 4, -1).difference(shapely.box(2, -3, 3, -2))
    found = covered(ring, shapely.reverse(ring))  # either way round
    assert np.allclose(found[0], cut(ring), atol=1e-14)
    assert np.array_equal(found[0], found[1])


def test_the_whole_grid_and_far_more() -> None:
    assert np.allclose(covered(shapely.box(0, -6, 7, 0), shapely.box(-900, -900, 900, 900)), 1.0, atol=1e-14)


def test_beside_the_grid() -> None:
    beside = (
        shapely.box(-3, -3, -1, -1),
        shapely.box(7, -3, 8, -1),
        shapely.box(1, 0, 2, 1),
        shapely.box(1, -9, 2, -6),
    )
    assert not covered(*beside).any()


def test_nothing_gives_nothing() -> None:
    assert not covered(shapely.Polygon(), shapely.MultiPolygon()).any()
    assert covered().shape == (0, *SHAPE)


def test_a_grid_of_one_cell() -> None:
    triangle = shapely.Polygon([(0, 0), (2, 0), (0, -2)])
    assert covered(triangle, shape=(1, 1)).item() == pytest.approx(1.0)
    assert covered(triangle, transform=Affine(2, 0, 0, 0, -2, 0), shape=(1, 1)).item() == pytest.approx(0.5)


# Quarters put vertices and edges on the borders of cells, where a cell is easily missed or counted twice.
QUARTERS = st.integers(-8, 36).map(lambda n: n / 4)
FINE = st.integers(-2_000_000, 9_000_000).map(lambda n: n / 1e6)  # GEOS itself fails near 1e-177


@given(st.lists(st.tuples(st.one_of(QUARTERS, FINE), st.one_of(QUARTERS, FINE)), min_size=4, max_size=12))
def test_any_polygon(points: list[tuple[float, float]]) -> None:
    middle = np.mean(points, axis=0)
    points.sort(key=lambda p: math.atan2(p[1] - middle[1], p[0] - middle[0]))
    polygon = shapely.buffer(shapely.Polygon([(x, -y) for x, y in points]), 0)
    assert np.allclose(covered(polygon)[0], cut(polygon), atol=2e-9)


def test_large_coordinates_and_many_polygons() -> None:
    rng = np.random.default_rng(5)
    transform = Affine(30, 0, 620_000, 0, -25, 3_568_000)
    blots = [
        shapely.Point(rng.uniform(619_900, 621_000), rng.uniform(3_567_400, 3_568_100)).buffer(rng.uniform(0.1, 300))
        for _ in range(40)
    ]
    shapes = [shapely.MultiPolygon([b, shapely.box(619_000, 3_000_000, 619_001, 3_000_001)]) for b in blots]
    found = covered(*shapes, transform=transform, shape=(24, 30))
    expected = np.array([cut(b, transform, (24, 30)) for b in blots])
    assert np.allclose(found, expected, atol=1e-9)
