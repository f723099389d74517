"""
Synthetic terrain: mountains that look eroded, valleys that hold the rivers, block means of the published coarse grid.

A height is the cheapest climb from an outlet, where the price of a metre is the slope that flowing water would leave
behind (slope falls with the root of the drained area). Repeating price -> climb -> drained area makes a branching
valley network whose two sides meet exactly on the ridges, without pits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from scipy.interpolate import RectBivariateSpline
from scipy.ndimage import distance_transform_edt, gaussian_filter
from shapely.geometry import Point
from skimage.graph import MCP_Geometric

from geodata.demo.factbook import read_facts
from geodata.demo.grid import METRIC_CRS, Bools, Floats, Grid
from geodata.demo.routing import fractal_noise, refine

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.demo.rivers import Course

GENTLEST, STEEPEST = 0.004, 0.95
AREA_EXPONENT = 0.42
CONFLUENCE_M, BED_REACH_M = 700.0, 400.0
PEAK_KNEE_M, PEAK_RANGE_M = 1450.0, 560.0


@dataclass(frozen=True)
class Relief:
    """The terrain at 60 m and what follows from it."""

    grid: Grid
    height: Floats
    slope: Floats
    """Rise over run, of the terrain smoothed over two cells."""


def coarse_heights(grid: Grid) -> Floats:
    """Read the 5-arc-minute grid as one smooth surface over `grid`."""
    table = read_facts("elevation_5min").pivot_table(index="lat", columns="lon", values="elevation_m")
    spline = RectBivariateSpline(table.index.to_numpy(), table.columns.to_numpy(), table.to_numpy(), kx=2, ky=2, s=0)
    lon, lat = grid.lonlat()
    return np.asarray(spline.ev(lat, lon))


def block_difference(grid: Grid, height: Floats) -> tuple[Floats, Floats]:
    """
    Compare block means with the 5-arc-minute grid.

    Returns
    -------
        The difference (grid minus terrain, metres) as a smooth surface over `grid`, and the plain differences of the
        blocks that lie wholly inside the raster.
    """
    table = read_facts("elevation_5min").pivot_table(index="lat", columns="lon", values="elevation_m")
    lats, lons = table.index.to_numpy(), table.columns.to_numpy()
    lon, lat = grid.lonlat()
    half = 1 / 24
    rows = np.floor((lat - lats[0] + half) * 12).astype(int)
    columns = np.floor((lon - lons[0] + half) * 12).astype(int)
    key = np.clip(rows, 0, len(lats) - 1) * len(lons) + np.clip(columns, 0, len(lons) - 1)
    count = np.bincount(key.ravel(), minlength=table.size).astype(float)
    total = np.bincount(key.ravel(), weights=height.ravel(), minlength=table.size)
    mean = np.divide(total, count, out=table.to_numpy().ravel().astype(float), where=count > 0)
    difference = (table.to_numpy().ravel() - mean).reshape(table.shape)
    whole = (count >= 0.95 * np.quantile(count, 0.9)).reshape(table.shape)
    known = np.where(count.reshape(table.shape) > 0, difference, 0.0)
    spline = RectBivariateSpline(lats, lons, known, kx=1, ky=1)
    return np.asarray(spline.ev(lat, lon)), difference[whole]


def drained_area(search: MCP_Geometric, traceback: np.ndarray, cell_m: float) -> Floats:
    """Add up, for every cell, the area (km2) whose cheapest way to an outlet runs through it."""
    offsets = np.asarray(search.offsets)
    rows, columns = np.indices(traceback.shape)
    root = traceback < 0
    step = offsets[np.where(root, 0, traceback)]
    below = (rows - step[..., 0]) * traceback.shape[1] + columns - step[..., 1]
    here = np.arange(traceback.size)
    below = np.where(root.ravel(), here, below.ravel())
    depth = (below != here).astype(np.int32)
    jump = below.copy()
    while True:
        further = depth + depth[jump]
        jump = jump[jump]
        if np.array_equal(further, depth):
            break
        depth = further
    order = np.argsort(depth, kind="stable")
    starts = np.searchsorted(depth[order], np.arange(depth.max() + 2))
    area = np.full(traceback.size, (cell_m / 1000.0) ** 2)
    for level in range(int(depth.max()), 0, -1):
        cells = order[starts[level] : starts[level + 1]]
        np.add.at(area, below[cells], area[cells])
    return area.reshape(traceback.shape)


def river_slopes(grid: Grid, courses: list[Course]) -> Floats:
    """Put the slope of each river's bed on the cells it runs through; 0 elsewhere."""
    slopes = np.zeros(grid.shape)
    for course in courses:
        distance = np.arange(0.0, course.line.length, grid.cell_m / 3)
        points = [course.line.interpolate(one) for one in distance]
        height = np.interp(distance, course.knots_m, course.heights_m)
        slope = np.clip(-np.gradient(height, distance), 0.001, 0.2)
        for point, one in zip(points, slope, strict=True):
            slopes[grid.cell_of(point.x, point.y)] = one
    return slopes


def find_outlets(grid: Grid, base: Floats, courses: list[Course]) -> tuple[list[tuple[int, int]], Floats]:
    """Choose where water leaves the frame: the rivers' mouths, and low places along the edge."""
    places, heights = [], []
    for course in courses:
        end = Point(course.line.coords[-1])
        if any(other is not course and other.line.distance(end) < CONFLUENCE_M for other in courses):
            continue
        places.append(grid.cell_of(*course.line.coords[-1]))
        heights.append(course.heights_m[-1])
    stride = int(9000 / grid.cell_m)
    rows, columns = grid.shape
    edges = [[(r, c) for c in range(columns)] for r in (0, rows - 1)] + [
        [(r, c) for r in range(rows)] for c in (0, columns - 1)
    ]
    for edge in edges:
        for start in range(0, len(edge) - stride // 2, stride):
            piece = edge[start : start + stride]
            low = piece[int(np.argmin([base[cell] for cell in piece]))]
            places.append(low)
            heights.append(max(0.72 * base[low], 430.0))
    return places, np.asarray(heights)


def climb(grid: Grid, price: Floats, places: list[tuple[int, int]], heights: Floats) -> tuple[Floats, Floats]:
    """Find the cheapest climb from any outlet: heights in metres and drained area in km2."""
    lowest = float(heights.min())
    priced = price.copy()
    for cell, height in zip(places, heights, strict=True):
        priced[cell] = max(2 * (height - lowest) / grid.cell_m - price[cell], GENTLEST)
    search = MCP_Geometric(priced)
    cumulative, traceback = search.find_costs(places)
    return cumulative * grid.cell_m + lowest, drained_area(search, np.asarray(traceback), grid.cell_m)


def raise_terrain(coarse: Grid, courses: list[Course], rng: np.random.Generator) -> Relief:
    """Raise the terrain from 240 m to 60 m cells."""
    grid = coarse
    base = coarse_heights(grid)
    places, heights = find_outlets(grid, base, courses)
    strength = np.clip((base - 350.0) / 1000.0, 0.15, 1.4) * 0.17
    rough = np.exp(0.8 * fractal_noise(grid.shape, 8.0, 4, rng))
    area = np.full(grid.shape, 0.6)
    beds = river_slopes(grid, courses)
    height = base
    for _ in range(9):
        price = np.clip(strength * rough * area**-AREA_EXPONENT, GENTLEST, STEEPEST)
        price = np.where(beds > 0, beds, price)
        height, area = climb(grid, price, places, heights)
        difference, _ = block_difference(grid, height)
        strength = np.clip(strength * np.exp(np.clip(difference / 500.0, -0.5, 0.5)), 0.02, 0.8)
    for octave in (8.0, 6.0):
        grid = grid.finer(2)
        area = np.exp(refine(np.log(area), 2))
        strength = refine(strength, 2)
        rough = refine(rough, 2) * np.exp(0.35 * fractal_noise(grid.shape, octave, 3, rng))
        places = [(2 * row, 2 * column) for row, column in places]
        beds = river_slopes(grid, courses)
        for _ in range(2):
            price = np.clip(strength * rough * area**-AREA_EXPONENT, GENTLEST, STEEPEST)
            price = np.where(beds > 0, beds, price)
            height, area = climb(grid, price, places, heights)
    height = lower_peaks(flatten_valleys(grid, height, area))
    difference, _ = block_difference(grid, height)
    height = carve_rivers(grid, gaussian_filter(height, 0.6) + gaussian_filter(difference, 20), courses)
    rise_y, rise_x = np.gradient(gaussian_filter(height, 1.0), grid.cell_m)
    return Relief(grid, height, np.hypot(rise_x, rise_y))


def lower_peaks(height: Floats) -> Floats:
    """Press the highest ground together, so that the summits stay near the published 2,071 m."""
    excess = np.maximum(height - PEAK_KNEE_M, 0.0)
    return np.minimum(height, PEAK_KNEE_M) + PEAK_RANGE_M * np.tanh(excess / (1.6 * PEAK_RANGE_M))


def flatten_valleys(grid: Grid, height: Floats, area: Floats) -> Floats:
    """Give every larger stream a valley floor whose width grows with the area it drains."""
    for least, half in ((2.0, 70.0), (8.0, 150.0), (30.0, 240.0), (120.0, 330.0)):
        stream = area >= least
        distance, nearest = distance_transform_edt(~stream, sampling=grid.cell_m, return_indices=True)
        floor = height[tuple(nearest)] + 0.02 * distance
        # Outside the floor the valley wall starts at once, but no steeper than rock holds.
        wall = floor + np.maximum(distance - half, 0.0) * 0.75
        height = np.minimum(height, wall)
    return height


def carve_rivers(grid: Grid, height: Floats, courses: list[Course]) -> Floats:
    """Cut the named rivers' beds so that each falls all the way to its mouth, with a floor and walls."""
    bed = np.full(grid.shape, np.inf)
    for course in courses:
        distance = np.arange(0.0, course.line.length, grid.cell_m / 3)
        cells = [grid.cell_of(*course.line.interpolate(one).coords[0]) for one in distance]
        wanted = np.interp(distance, course.knots_m, course.heights_m)
        falling = np.minimum.accumulate(np.minimum(wanted, [height[cell] for cell in cells]))
        for cell, one in zip(cells, falling, strict=True):
            bed[cell] = min(bed[cell], one)
    distance, nearest = distance_transform_edt(np.isinf(bed), sampling=grid.cell_m, return_indices=True)
    nearest_bed = bed[tuple(nearest)]
    wall = nearest_bed + 0.015 * distance + np.maximum(distance - 260.0, 0.0) * 0.65
    low = nearest_bed + np.minimum(0.015 * distance, 6.0)
    carved = np.clip(height, None, wall)
    return np.where(distance < BED_REACH_M, np.maximum(carved, low), carved)


def write_terrain(path: Path, relief: Relief, keep: Bools, rng: np.random.Generator) -> None:
    """
    Write the 30 m GeoTIFF (int16 metres).

    `keep` marks, on the 60 m grid, where full detail is wanted; beyond it the terrain is smoothed, so that the file
    stays small.
    """
    soft = gaussian_filter(relief.height, 4.0)
    blend = gaussian_filter(keep.astype(float), 6.0)
    height = relief.height * blend + soft * (1 - blend)
    fine = refine(height, 2)
    grid = relief.grid.finer(2)
    ridges = fractal_noise(grid.shape, 4.0, 2, rng) * 5.0 * np.clip(refine(relief.slope * blend, 2), 0, 0.6)
    values = np.round(fine + ridges).astype("int16")
    profile = {
        "driver": "GTiff",
        "dtype": "int16",
        "count": 1,
        "width": grid.columns,
        "height": grid.rows,
        "crs": METRIC_CRS,
        "transform": grid.transform,
        "compress": "deflate",
        "predictor": 2,
        "zlevel": 7,
        "tiled": True,
        "blockxsize": 512,
        "blockysize": 512,
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, 1)
