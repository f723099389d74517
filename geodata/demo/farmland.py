"""Permanent basic farmland: natural-looking fields on gentle ground, and a few planted where plans collide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree
from shapely.geometry import Point, Polygon

from geodata.demo.routing import smooth_noise
from geodata.demo.scene import longest_run
from geodata.demo.shapes import direction_deg, largest_part, natural_blob

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Bools
    from geodata.demo.scene import Scene

FIELD_SPACING_M = 430.0
FIELD_COUNT = 900
SMALLEST_FIELD_M2 = 16_000.0
PADDY_SLOPE, PADDY_HEIGHT_M, TERRACED_SLOPE = 0.10, 760.0, 0.25
STEEPEST_FIELD, HIGHEST_FIELD_M = 0.30, 1250.0
ON_LINES = (
    # line, part of its length, hectares
    ("road-S303", (0.55, 0.64), 6.0),
    ("road-S303", (0.76, 0.84), 8.0),
    ("road-S301", (0.20, 0.95), 4.5),
    ("road-G542", (0.10, 0.22), 9.0),
    ("road-S411", (0.62, 0.92), 6.5),
    ("road-wangcang-cangxi", (0.45, 0.90), 10.0),
    ("road-bashan-link", (0.10, 0.35), 8.0),
    ("rail-guangba", (0.20, 0.36), 7.0),
)
"""Fields planted across a line on purpose."""
ON_BLOCKS = (("esr-05", "高阳镇", 6.0), ("esr-09", "五权镇", 5.0), ("esr-12", "龙凤镇", 4.0), ("esr-07", "水磨乡", 3.5))
"""Fields planted across the edge of a redline block on purpose, near a seat."""
ON_SITES = (("park-huangyang", 7.0), ("park-coal", 5.0), ("project-brick", 3.0))
"""Fields planted over the edge of a park or project on purpose."""
SLIVER_DEPTH_M, SLIVER_WIDTH_M = 0.02, 40.0


def planted_on_lines(scene: Scene, keep_off: BaseGeometry) -> list[BaseGeometry]:
    """Draw the fields that a planned or widened line crosses."""
    fields: list[BaseGeometry] = []
    for index, (name, part, hectares) in enumerate(ON_LINES):
        line = scene.lines[name]
        others = scene.corridor(330.0, without=(name,))
        busy = shapely.union_all([keep_off.buffer(260.0), others, *[field.buffer(500.0) for field in fields]])
        place, at = scene.place_on(line, part, busy)
        turn = direction_deg(longest_run(line), at) + 70.0
        rng = np.random.default_rng(1000 + index)
        fields.append(natural_blob(place.x, place.y, hectares * 1e4, rng, stretch=1.4, turn=turn))
    return fields


def planted_on_blocks(scene: Scene, blocks: dict[str, BaseGeometry], keep_off: BaseGeometry) -> list[BaseGeometry]:
    """Draw the fields that lie across the edge of a redline block, and one wholly inside."""
    fields: list[BaseGeometry] = []
    for index, (name, seat, hectares) in enumerate(ON_BLOCKS):
        block = blocks[name]
        others = [other.buffer(250.0) for key, other in blocks.items() if key != name]
        place = free_corner(scene, block, seat, shapely.union_all([keep_off.buffer(250.0), *others]))
        rng = np.random.default_rng(2000 + index)
        blob = natural_blob(place.x, place.y, hectares * 1e4, rng, stretch=1.5, turn=30.0 * index)
        fields.append(blob)
    return fields


def free_corner(scene: Scene, block: BaseGeometry, seat: str, busy: BaseGeometry) -> Point:
    """Find the corner of a block that is nearest to a seat and keeps off everything else."""
    corners = shapely.get_coordinates(block.boundary)
    free = ~shapely.contains_xy(shapely.union_all([busy, scene.corridor(330.0)]), corners)
    away = np.hypot(corners[:, 0] - scene.seats[seat].x, corners[:, 1] - scene.seats[seat].y) + 1e6 * ~free
    return Point(corners[int(np.argmin(away))])


def touching_field(block: BaseGeometry, near: Point, busy: BaseGeometry, *, sliver: bool) -> BaseGeometry:
    """
    Draw a field whose one side is exactly a stretch of a block's edge.

    With `sliver`, the field oversteps the edge by a notch of less than 1 m2.
    """
    best: tuple[float, BaseGeometry] | None = None
    for part in shapely.get_parts(np.array([block])):
        ring = np.asarray(shapely.geometry.polygon.orient(part).exterior.coords)[:-1]
        for first in range(len(ring)):
            stretch = np.take(ring, range(first, first + 4), axis=0, mode="wrap")
            sides = np.hypot(*np.diff(stretch, axis=0).T)
            if sides.min() < SLIVER_WIDTH_M or sides.sum() > 700.0:  # noqa: PLR2004 - a field's length
                continue
            along = stretch[-1] - stretch[0]
            # The block lies to the left of its outer ring, the field to the right.
            outward = np.array([along[1], -along[0]]) / np.hypot(*along)
            far = stretch[::-1] + outward * 110.0
            edge = stretch
            if sliver:
                middle = (stretch[1] + stretch[2]) / 2
                way = (stretch[2] - stretch[1]) / np.hypot(*(stretch[2] - stretch[1]))
                inward = np.array([-way[1], way[0]])
                half = SLIVER_WIDTH_M / 4
                notch = [middle - half * way, middle + inward * SLIVER_DEPTH_M * 2, middle + half * way]
                edge = np.vstack([stretch[:2], notch, stretch[2:]])
            field = Polygon(np.vstack([edge, far]))
            if not field.is_valid or busy.intersects(field):
                continue
            if field.intersection(block).area > (0.9 if sliver else 1e-6):
                continue
            away = field.distance(near)
            if best is None or away < best[0]:
                best = (away, field)
    if best is None:
        raise ValueError("redline block: no stretch of its edge is free for a field. Choose another block.")
    return best[1]


def planted_on_sites(scene: Scene, shapes: dict[str, Polygon], busy: BaseGeometry) -> list[BaseGeometry]:
    """Draw the fields that a park or a project overlaps; `busy` is what they must not touch."""
    fields: list[BaseGeometry] = []
    for index, (name, hectares) in enumerate(ON_SITES):
        site = shapes[name]
        corners = shapely.get_coordinates(shapely.segmentize(site.exterior, 60.0))
        others = [shape for key, shape in shapes.items() if key != name and not shape.intersects(site)]
        keep_off = shapely.union_all([busy, scene.corridor(80.0), scene.water.buffer(30.0), *others])
        room = shapely.distance(shapely.points(corners), keep_off)
        place = Point(corners[int(np.argmax(room))])
        rng = np.random.default_rng(3000 + index)
        blob: BaseGeometry = natural_blob(place.x, place.y, hectares * 1e4, rng, stretch=1.3, turn=50.0 * index)
        # A field covers the part of the site's edge it was planted on, and no other site.
        strangers = [s for key, s in shapes.items() if key != name]
        own = shapely.union_all([shape for shape in strangers if not shape.contains(site)] or [Polygon()])
        blob = blob.difference(shapely.union_all([keep_off, own]).buffer(2.0))
        fields.append(largest_part(blob))
    return fields


def suitable_ground(scene: Scene, closed: BaseGeometry) -> Bools:
    """Mark gentle ground that no other plan lies on."""
    relief = scene.relief
    gentle = gaussian_filter(relief.slope, 1.0) < STEEPEST_FIELD
    free = relief.grid.burn([scene.county.buffer(-50.0)]) & ~relief.grid.burn([closed], all_touched=True)
    smooth = gaussian_filter((gentle & free & (relief.height < HIGHEST_FIELD_M)).astype(float), 1.0)
    return np.asarray(smooth > 0.5) & free  # noqa: PLR2004 - the middle


def scattered_fields(scene: Scene, closed: BaseGeometry) -> list[BaseGeometry]:
    """Divide the suitable ground into fields and keep the gentlest, the valleys of the north not forgotten."""
    grid = scene.relief.grid
    mask = suitable_ground(scene, closed)
    rows, columns = np.nonzero(mask)
    x, y = grid.centre_of(rows, columns)
    warp = [smooth_noise(grid.shape, 5.0, scene.rng)[rows, columns] * 70.0 for _ in range(2)]
    west, south, east, north = scene.county.bounds
    lattice = np.stack(np.meshgrid(np.arange(west, east, FIELD_SPACING_M), np.arange(south, north, FIELD_SPACING_M)))
    centres = lattice.reshape(2, -1).T + scene.rng.uniform(-150.0, 150.0, (lattice[0].size, 2))
    owner = cKDTree(centres).query(np.column_stack([x + warp[0], y + warp[1]]))[1]
    labels = np.zeros(grid.shape, dtype=np.int32)
    labels[rows, columns] = owner + 1
    outlines = [outline for _, outline in grid.polygons(labels, mask) if outline.area > SMALLEST_FIELD_M2]
    middle = shapely.get_coordinates(shapely.centroid(outlines))
    slope = gaussian_filter(scene.relief.slope, 2.0)
    cells = [grid.cell_of(float(one[0]), float(one[1])) for one in middle]
    # Gentle for its surroundings: every part of the county keeps its best ground, not only the flattest part.
    around = gaussian_filter(scene.relief.slope, 60.0)
    score = np.array([slope[cell] - 0.4 * around[cell] for cell in cells])
    score += scene.rng.uniform(0.0, 0.10, len(score))
    chosen = np.sort(np.argsort(score, kind="stable")[: int(FIELD_COUNT * 1.05)])
    simple = shapely.coverage_simplify([outlines[index] for index in chosen], 55.0)
    fields: list[BaseGeometry] = []
    for outline in simple:
        # In and out again: corners get round and a strip of path stays between neighbours.
        field = outline.buffer(-22.0, quad_segs=2).buffer(14.0, quad_segs=2)
        field = largest_part(shapely.simplify(field.difference(closed), 4.0))
        if not field.is_empty and field.area > SMALLEST_FIELD_M2 * 0.7:
            fields.append(field)
    return fields[:FIELD_COUNT]


def field_rows(scene: Scene, fields: list[BaseGeometry], townships: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make the rows of the fields, numbered in the order given, with land class and township."""
    tree = shapely.STRtree([row["geometry"] for row in townships])
    rows = []
    for number, field in enumerate(fields, start=1):
        middle = field.representative_point()
        row, column = scene.relief.grid.cell_of(middle.x, middle.y)
        flat = scene.relief.slope[row, column] < PADDY_SLOPE and scene.relief.height[row, column] < PADDY_HEIGHT_M
        found = tree.query(middle, predicate="intersects")
        nearest = int(found[0]) if len(found) else int(tree.nearest(middle))
        rows.append(
            {
                "id": f"pbf-{number:04d}",
                "name": f"永久基本农田 {number:04d}",
                "land_class": "0101" if flat else "0103",
                "township": townships[nearest]["name"],
                "township_code": townships[nearest]["code"],
                "recognised": False,
                "terraced": not flat and bool(scene.relief.slope[row, column] > TERRACED_SLOPE),
                "geometry": field,
            }
        )
    return rows
