"""What rises above the obstacle limitation surfaces of a runway: things on the ground, and the ground itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from geodata.cover import area_beside_m2, cover_cells
from geodata.grid import cell_sizes_m, find_window, outline_cells
from geodata.slope import resolution_m
from planning.obstacle_table import ObstacleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geodata.raster import Terrain
    from planning.obstacle import Surfaces

Tops: TypeAlias = "float | NDArray[np.float64] | Callable[[NDArray[np.float64]], NDArray[np.float64]]"
"""Elevation in metres of the highest point: one for all, one per vertex, or asked for at points of shape (n, 2)."""

_STEP_M: Final = 1.0
"""Between samples on an edge. No surface is steeper than 1 in 5 across the runway: half a step misses 0.1 m at most."""

_INNER_STEP_M: Final = 10.0
"""Between samples inside a polygon whose tops are asked for."""


@dataclass(frozen=True, eq=False)
class Penetration:
    """The worst place of a thing."""

    excess_m: float
    """Its top above the lowest surface; negative while it stays below."""
    surface: str
    """One of `planning.obstacle.SURFACES`."""
    where: shapely.Point
    """In the surfaces' CRS."""


@dataclass(frozen=True, eq=False)
class TerrainPenetration:
    """Where the ground itself rises above the surfaces."""

    geometry: BaseGeometry
    """Polygons of the terrain's cells that rise above, in the surfaces' CRS; empty if none does."""
    worst: Penetration | None
    """None where no elevation under the surfaces is known."""
    known_pct: float
    """Part of the ground under the surfaces whose elevation is known."""


def find_penetrations(surfaces: Surfaces, geometry: BaseGeometry, top_elevation_m: Tops) -> Penetration | None:
    """
    Find where a thing rises highest above the surfaces, or comes nearest to them.

    Parameters
    ----------
    surfaces
        Of one runway.
    geometry
        Points, lines or polygons in the surfaces' CRS.
    top_elevation_m
        Elevation of its top, in the height system of the surfaces. With one per vertex (in the order of
        `shapely.get_coordinates`), an edge rises evenly from vertex to vertex, and the inside of a polygon is as high
        as the nearest place on its border. NaN is not compared.

    Returns
    -------
        None if no part of it lies under a surface. Edges are sampled every metre, and the excess is short of the true
        one by 0.1 m at most. Inside a polygon with a level top the middle of the runway is looked at besides: all
        surfaces fall towards it. Tops that are asked for are sampled every 10 m there.

    Raises
    ------
    ObstacleError
        If there is not one top per vertex.
    """
    vertices, tops = shapely.get_coordinates(geometry), top_elevation_m
    if not callable(tops):
        tops = np.asarray(tops, dtype=np.float64)
        if tops.ndim and tops.shape != (len(vertices),):
            raise ObstacleError(
                f"top_elevation_m: shape {tops.shape} for {len(vertices)} vertices. Pass one top per vertex, or one."
            )
        tops = np.broadcast_to(tops, len(vertices))
    points, edge, fraction = _sample_edges(_paths(geometry))
    inner = _inner_points(surfaces, geometry, everywhere=callable(tops))
    if callable(tops):
        points = np.concatenate([points, inner])
        heights = tops(points)
    else:
        heights = tops[edge[:, 0]] * (1 - fraction) + tops[edge[:, 1]] * fraction
        nearest = [int(np.hypot(*(points - place).T).argmin()) for place in inner]  # one place at most
        points, heights = np.concatenate([points, inner]), np.concatenate([heights, heights[nearest]])
    return _worst(surfaces, points, heights)


def terrain_penetration(surfaces: Surfaces, terrain: Terrain) -> TerrainPenetration:
    """
    Find where the ground rises above the surfaces.

    Parameters
    ----------
    surfaces
        Of one runway.
    terrain
        Elevations in the height system of the surfaces, north up, in any CRS. Not changed.

    Returns
    -------
        Every cell is judged by its elevation at its middle: between middles the ground may rise higher.

    Raises
    ------
    GeodataError
        If the terrain's grid is turned.
    CrsError
        If its CRS does not serve.
    """
    grid, crs, shape = terrain.transform, terrain.crs, terrain.array.shape
    fine = shapely.segmentize(surfaces.zone(), resolution_m(terrain))
    zone = gpd.GeoSeries([fine], crs=surfaces.crs).to_crs(crs)
    _, cell, part = cover_cells(zone.to_numpy(), grid, shape)
    row, column = np.divmod(cell, shape[1])
    elevation = terrain.array[row, column].astype(np.float64)
    to_plane = Transformer.from_crs(crs, surfaces.crs, always_xy=True)
    middles = to_plane.transform(grid.c + grid.a * (column + 0.5), grid.f + grid.e * (row + 0.5))
    points = np.column_stack(middles)
    limits, _ = surfaces.limits(points)
    high = elevation > limits
    chosen = np.zeros(shape, dtype=bool)
    chosen[row[high], column[high]] = True
    window = find_window(zone.iloc[0].bounds, grid, shape)
    steps = shapely.segmentize(outline_cells(chosen[window], grid, window), min(grid.a, -grid.e))
    above = gpd.GeoSeries(steps, crs=crs).to_crs(surfaces.crs).to_numpy()
    width_m, height_m = cell_sizes_m(grid, shape, crs)
    area_m2 = part * np.broadcast_to(width_m * height_m, shape)[row, column]
    known_m2 = float(area_m2[~np.isnan(elevation)].sum())
    whole_m2 = float(area_m2.sum() + area_beside_m2(zone.to_numpy(), grid, shape, crs)[0])
    return TerrainPenetration(
        above[0] if len(above) == 1 else shapely.MultiPolygon(list(above)),
        _worst(surfaces, points, elevation),
        100.0 * known_m2 / whole_m2,
    )


def _worst(surfaces: Surfaces, points: NDArray[np.float64], tops: NDArray[np.float64]) -> Penetration | None:
    """Compare tops with the surfaces over them."""
    limits, names = surfaces.limits(points)
    excess = np.asarray(tops, dtype=np.float64) - limits
    if bool(np.isnan(excess).all()):  # also where there is no point at all
        return None
    worst = int(np.nanargmax(excess))
    return Penetration(float(excess[worst]), str(names[worst]), shapely.Point(points[worst]))


def _paths(geometry: BaseGeometry) -> NDArray[np.object_]:
    """Points, lines and rings, in the order of the vertices."""
    parts = shapely.get_parts(shapely.get_parts(geometry))  # a collection may hold multi-parts
    paths = [shapely.get_rings(part) if isinstance(part, shapely.Polygon) else [part] for part in parts]
    return np.array([path for some in paths for path in some], dtype=object)


def _sample_edges(
    paths: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Points on paths: shape (n, 2), between which two vertices each lies, and how far from the first, 0 to 1."""
    vertices, path = shapely.get_coordinates(paths, return_index=True)
    start = np.flatnonzero(path[:-1] == path[1:])
    lengths = np.hypot(*(vertices[start + 1] - vertices[start]).T)
    counts = np.maximum(np.ceil(lengths / _STEP_M).astype(np.intp), 1) - 1
    first = np.repeat(start, counts)
    step = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    fraction = step / np.repeat(counts + 1, counts)
    between = vertices[first] + fraction[:, None] * (vertices[first + 1] - vertices[first])
    every = np.arange(len(vertices))
    edges = np.concatenate([np.column_stack([every, every]), np.column_stack([first, first + 1])])
    return np.concatenate([vertices, between]), edges, np.concatenate([np.zeros(len(vertices)), fraction])


def _inner_points(surfaces: Surfaces, geometry: BaseGeometry, *, everywhere: bool) -> NDArray[np.float64]:
    """Points inside polygons, shape (n, 2): the middle of the runway, or all over what lies under the surfaces."""
    points = surfaces.ends.mean(axis=0)[None, :]
    if everywhere:
        zone, own = surfaces.zone().bounds, geometry.bounds
        axes = [np.arange(max(zone[i], own[i]), min(zone[i + 2], own[i + 2]), _INNER_STEP_M) for i in (0, 1)]
        points = np.concatenate([points, np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)])
    shapely.prepare(geometry)
    inside: NDArray[np.float64] = points[shapely.contains_xy(geometry, points)]
    return inside
