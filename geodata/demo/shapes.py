"""Small geometry helpers: smooth lines and polygons, natural outlines, exact areas on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon

from geodata.demo.grid import Bools, Floats, Grid, to_stored
from geodata.measure import measure_area_m2, measure_length_m

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

AREA_STEPS = 40


def smooth_path(xy: Floats, rounds: int = 2) -> Floats:
    """Cut the corners of an open path (Chaikin), ends fixed."""
    for _ in range(rounds):
        if len(xy) <= 2:  # noqa: PLR2004 - a straight piece has no corner
            return xy
        first, second = xy[:-1], xy[1:]
        cut = np.empty((2 * len(first), 2))
        cut[0::2] = 0.75 * first + 0.25 * second
        cut[1::2] = 0.25 * first + 0.75 * second
        xy = np.vstack([xy[:1], cut[1:-1], xy[-1:]])
    return xy


def moving_mean(xy: Floats, half: int) -> Floats:
    """Average an open path over `half` points to either side, ends fixed."""
    if len(xy) < 2 * half + 1:
        return xy
    padded = np.vstack([np.repeat(xy[:1], half, axis=0), xy, np.repeat(xy[-1:], half, axis=0)])
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    smooth = np.column_stack([np.convolve(padded[:, axis], kernel, mode="valid") for axis in (0, 1)])
    smooth[0], smooth[-1] = xy[0], xy[-1]
    return smooth


def smooth_ring(ring: Floats, rounds: int = 2) -> Floats:
    """Cut the corners of a closed ring (Chaikin)."""
    xy = ring[:-1]
    for _ in range(rounds):
        following = np.roll(xy, -1, axis=0)
        cut = np.empty((2 * len(xy), 2))
        cut[0::2] = 0.75 * xy + 0.25 * following
        cut[1::2] = 0.25 * xy + 0.75 * following
        xy = cut
    return np.vstack([xy, xy[:1]])


def polygon_parts(geometry: BaseGeometry) -> list[Polygon]:
    """Keep the polygons of whatever a set operation gave."""
    parts = shapely.get_parts(shapely.get_parts(np.array([geometry])))
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def largest_part(geometry: BaseGeometry) -> Polygon:
    """Keep the largest polygon."""
    parts = polygon_parts(geometry)
    if not parts:
        return Polygon()
    return max(parts, key=lambda part: float(part.area))


def join_parts(geometry: BaseGeometry, smallest_m2: float) -> BaseGeometry:
    """Keep every polygon above a size."""
    return shapely.union_all([part for part in polygon_parts(geometry) if part.area >= smallest_m2])


def outline_of(mask: Bools, grid: Grid, *, tolerance_m: float, smallest_m2: float) -> BaseGeometry:
    """Turn a mask into smooth polygons: small parts and holes dropped, the staircase simplified and rounded."""
    parts = []
    for _, outline in grid.polygons(mask.astype("int32"), mask):
        if outline.area < smallest_m2:
            continue
        plain = shapely.simplify(outline, tolerance_m)
        if not isinstance(plain, Polygon):
            continue
        rings = [np.asarray(ring.coords) for ring in plain.interiors if Polygon(ring).area >= smallest_m2]
        shell = smooth_ring(np.asarray(plain.exterior.coords))
        smooth = Polygon(shell, [smooth_ring(ring) for ring in rings])
        parts.append(smooth.buffer(0))
    return shapely.union_all(parts)


def area_m2(geometry: BaseGeometry) -> float:
    """Measure one geometry of `METRIC_CRS` on the ellipsoid, as it will be stored."""
    return float(measure_area_m2(gpd.GeoSeries([to_stored(geometry)], crs="EPSG:4490"))[0])


def length_m(line: BaseGeometry) -> float:
    """Measure one line of `METRIC_CRS` on the ellipsoid, as it will be stored."""
    return float(measure_length_m(gpd.GeoSeries([to_stored(line)], crs="EPSG:4490"))[0])


def grow_to_area(geometry: BaseGeometry, target_m2: float, within: BaseGeometry | None = None) -> BaseGeometry:
    """Widen or narrow a polygon evenly until its ellipsoidal area is the published one."""
    scale = area_m2(geometry) / geometry.area
    reach = 0.5 * float(np.sqrt(target_m2))
    low, high = -reach, reach
    best = geometry
    for _ in range(AREA_STEPS):
        middle = (low + high) / 2
        best = geometry.buffer(middle, quad_segs=2)
        if within is not None:
            best = best.intersection(within)
        if best.area * scale > target_m2:
            high = middle
        else:
            low = middle
    return best


def natural_blob(x: float, y: float, area: float, rng: np.random.Generator, *, stretch: float, turn: float) -> Polygon:
    """Draw a rounded, irregular field or site about a point; `turn` in degrees is the direction of its long axis."""
    angle = np.linspace(0.0, 2 * np.pi, 20, endpoint=False)
    radius = 1.0 + 0.18 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.10 * np.sin(3 * angle + rng.uniform(0, 6))
    radius += rng.normal(0.0, 0.04, len(angle))
    ring = np.column_stack([radius * np.cos(angle) * stretch, radius * np.sin(angle)])
    blob = Polygon(ring)
    size = float(np.sqrt(area / blob.area))
    blob = affinity.rotate(affinity.scale(blob, size, size, origin=(0, 0)), turn, (0, 0))
    return affinity.translate(blob, x, y)


def direction_deg(line: LineString, at: float) -> float:
    """Give the direction of a line at a distance along it, counter-clockwise from east."""
    before, after = line.interpolate(max(at - 50, 0)), line.interpolate(min(at + 50, line.length))
    return float(np.degrees(np.arctan2(after.y - before.y, after.x - before.x)))


def frame_of(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Make a stored layer (EPSG:4490) of rows whose `geometry` is in metres; a missing geometry stays missing."""
    geometry: Any = [None if row["geometry"] is None else to_stored(row["geometry"]) for row in rows]
    # Rounding may pinch a hairline; what it makes invalid is mended, polygons staying polygons.
    geometry = [
        one if one is None or one.is_valid else shapely.union_all(polygon_parts(shapely.make_valid(one)))
        for one in geometry
    ]
    columns = [{key: value for key, value in row.items() if key != "geometry"} for row in rows]
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4490")


def longest_ring(lines: BaseGeometry) -> Floats:
    """Take the corners of the longest line of a collection."""
    parts = [part for part in shapely.get_parts(np.array([lines])) if part.geom_type == "LineString"]
    return np.asarray(max(parts, key=lambda part: float(part.length)).coords)
