"""Least-cost ways over a cost surface, cut to a window about the two ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.graph import MCP_Geometric

if TYPE_CHECKING:
    from geodata.demo.grid import Floats, Grid

Cell = tuple[int, int]
Point = tuple[float, float]


def find_way(cost: Floats, grid: Grid, start: Point, end: Point, margin_m: float = 6000.0) -> Floats:
    """Find the cheapest way between two positions; the ends of the returned path are the positions themselves."""
    first, last = grid.cell_of(*start), grid.cell_of(*end)
    margin = int(margin_m / grid.cell_m)
    top, left = max(min(first[0], last[0]) - margin, 0), max(min(first[1], last[1]) - margin, 0)
    bottom, right = max(first[0], last[0]) + margin + 1, max(first[1], last[1]) + margin + 1
    window = cost[top:bottom, left:right]
    search = MCP_Geometric(window)
    inside = (last[0] - top, last[1] - left)
    search.find_costs([(first[0] - top, first[1] - left)], [inside])
    cells = np.array(search.traceback(inside))
    x, y = grid.centre_of(cells[:, 0] + top, cells[:, 1] + left)
    path = np.column_stack([x, y])
    path[0], path[-1] = start, end
    return path


def smooth_noise(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> Floats:
    """Make noise of unit deviation that is smooth over about `sigma` cells."""
    step = max(int(sigma // 3), 1)
    small = (shape[0] // step + 2, shape[1] // step + 2)
    noise = gaussian_filter(rng.normal(size=small), sigma / step)
    rows = np.linspace(0, small[0] - 1.001, shape[0])
    columns = np.linspace(0, small[1] - 1.001, shape[1])
    noise = bilinear(noise, rows, columns)
    return np.asarray((noise - noise.mean()) / noise.std())


def fractal_noise(shape: tuple[int, int], largest: float, octaves: int, rng: np.random.Generator) -> Floats:
    """Sum smooth noise of halving size and strength."""
    total = np.zeros(shape)
    for octave in range(octaves):
        total += smooth_noise(shape, largest / 2**octave, rng) * 0.6**octave
    return np.asarray(total / total.std())


def bilinear(values: Floats, rows: Floats, columns: Floats) -> Floats:
    """Read a raster between its cells, at the crossings of the given rows and columns."""
    r0, c0 = rows.astype(int), columns.astype(int)
    fr, fc = (rows - r0)[:, None], (columns - c0)[None, :]
    r1, c1 = np.minimum(r0 + 1, values.shape[0] - 1), np.minimum(c0 + 1, values.shape[1] - 1)
    upper = values[np.ix_(r0, c0)] * (1 - fc) + values[np.ix_(r0, c1)] * fc
    lower = values[np.ix_(r1, c0)] * (1 - fc) + values[np.ix_(r1, c1)] * fc
    return np.asarray(upper * (1 - fr) + lower * fr)


def refine(values: Floats, factor: int) -> Floats:
    """Spread a raster over a grid `factor` times finer, smoothly."""
    rows = (np.arange(values.shape[0] * factor) + 0.5) / factor - 0.5
    columns = (np.arange(values.shape[1] * factor) + 0.5) / factor - 0.5
    return bilinear(values, np.clip(rows, 0, values.shape[0] - 1), np.clip(columns, 0, values.shape[1] - 1))
