"""The ecological redline: about a third of the county in blocks, mostly in the northern mountains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree
from shapely.geometry import LineString, Point
from shapely.ops import nearest_points, substring

from geodata.demo.factbook import positions, read_facts
from geodata.demo.routing import fractal_noise
from geodata.demo.scene import Scene, longest_run
from geodata.demo.shapes import join_parts, largest_part, natural_blob, outline_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

SMALLEST_PART_M2 = 250_000.0
CORRIDOR_M = 60.0
CROSSINGS = (
    ("road-S303", "esr-03"),
    ("road-S303", "esr-04"),
    ("road-S301", "esr-06"),
    ("road-bashan-link", "esr-08"),
    ("road-S301", "esr-04"),
)
"""Roads that cross a block on purpose, over at most `CROSSING_M` of their length."""
CROSSING_M = 2200.0
TONGUES = (("udb-112", "esr-06", 9.0), ("udb-111", "esr-05", 6.0), ("park-bio", "esr-12", 8.0))
"""Redline drawn over an urban boundary or a park on purpose: which, from which block, hectares."""


@dataclass(frozen=True)
class Protected:
    """What the redline has to take over or to avoid."""

    reserve: BaseGeometry
    reserve_inner: BaseGeometry
    """The part of the reserve that the redline takes over."""
    wetland: BaseGeometry
    districts: list[BaseGeometry]
    """Pieces of townships: a block ends at their borders."""
    built: dict[str, BaseGeometry]
    """Urban boundaries and parks by id."""


def raw_blocks(scene: Scene, protected: Protected, share: float) -> dict[str, BaseGeometry]:
    """Draw high, wild ground far from towns, cut by rivers and roads, as named blocks."""
    grid = scene.relief.grid
    inside = grid.burn([scene.county.buffer(-60.0)])
    height = gaussian_filter(scene.relief.height, 12.0)
    rows, columns = np.indices(grid.shape)
    x, y = grid.centre_of(rows, columns)
    towns = cKDTree([(point.x, point.y) for point in scene.seats.values()])
    away = towns.query(np.column_stack([x.ravel(), y.ravel()]))[0].reshape(grid.shape)
    north = (y - scene.seats["高阳镇"].y) / 25_000.0
    wild = (height - 900.0) / 380.0 + 0.6 * np.clip(north, -0.8, 1.2) + np.clip(away / 4000.0, 0, 1.2)
    wild += 0.45 * fractal_noise(grid.shape, 50.0, 4, scene.rng)
    closed = [scene.water.buffer(140.0), scene.corridor(110.0), scene.clearings(1100.0)]
    closed += [shape.buffer(120.0) for shape in protected.built.values()]
    free = inside & ~grid.burn([shapely.union_all(closed)])
    count = int(share * scene.county.area / grid.cell_m**2)
    limit = np.partition(wild[free], -count)[-count]
    mask = gaussian_filter((free & (wild > limit)).astype(float), 1.5) > 0.5  # noqa: PLR2004 - the middle
    whole = outline_of(mask & free, grid, tolerance_m=85.0, smallest_m2=SMALLEST_PART_M2)
    # The mountain reserve and the wetland are blocks of their own; the others end where their townships end.
    facts = read_facts("redline_blocks").query("id not in ('esr-01', 'esr-10')")
    names = facts["id"].tolist()
    centres = cKDTree(positions(facts))
    owned: dict[str, list[BaseGeometry]] = {name: [] for name in names}
    for district in protected.districts:
        middle = district.representative_point()
        owned[names[int(centres.query([middle.x, middle.y])[1])]].append(district)
    return {
        name: join_parts(whole.intersection(shapely.union_all(shapes)), SMALLEST_PART_M2)
        for name, shapes in owned.items()
    }


def crossing_stretch(line: BaseGeometry, block: BaseGeometry) -> LineString:
    """Find the stretch of a line that crosses a block, or runs beside it, in the middle of the longest such run."""
    run = longest_run(line)
    beside = run.intersection(block.buffer(170.0))
    if beside.is_empty:
        place = run.project(nearest_points(run, block)[0])
    else:
        place = run.project(longest_run(beside).interpolate(0.5, normalized=True))
    half = CROSSING_M / 2
    stretch = substring(run, max(place - half, 0.0), min(place + half, run.length))
    return LineString(stretch.coords)


def make_redline(scene: Scene, protected: Protected, share: float) -> list[dict[str, Any]]:
    """Make the rows of the redline, with the planted crossings and tongues, free of every other plan."""
    raw = raw_blocks(scene, protected, share)
    built = shapely.union_all([shape.buffer(50.0) for shape in protected.built.values()])
    wetland_ring = protected.wetland.buffer(12.0)
    stretches: dict[str, list[BaseGeometry]] = {}
    bridges: dict[str, BaseGeometry] = {}
    for road, block in CROSSINGS:
        stretch = crossing_stretch(scene.lines[road], raw[block])
        stretches.setdefault(block, []).append(stretch.buffer(CORRIDOR_M + 50.0))
        others = scene.judged_corridor(CORRIDOR_M, without=(road,))
        # The block closes over the road along the stretch.
        cover = substring(stretch, 0.2, 0.8, normalized=True).buffer(150.0).difference(others)
        bridges[block] = shapely.union_all([bridges.get(block, Point()), cover])
    rows = []
    taken: BaseGeometry = shapely.union_all([protected.reserve_inner, wetland_ring])
    for fact in read_facts("redline_blocks").to_dict("records"):
        name = fact["id"]
        if name == "esr-01":
            shape = protected.reserve_inner
        elif name == "esr-10":
            shape = join_parts(protected.wetland.buffer(-2.0), 100.0)
        else:
            corridor = scene.judged_corridor(CORRIDOR_M)
            if name in bridges:
                corridor = corridor.difference(bridges[name])
            shape = shapely.union_all([raw[name], bridges.get(name, shapely.Polygon())])
            shape = shape.difference(shapely.union_all([corridor, built, scene.water.buffer(20.0)]))
            tongue = planted_tongue(scene, protected, name)
            shape = shapely.union_all([shape, tongue]).difference(taken)
            shape = shape.intersection(scene.county.buffer(-30.0))
            shape = join_parts(shapely.simplify(shape, 8.0), 20_000.0)
            taken = shapely.union_all([taken, shape])
        rows.append({"id": name, "name": fact["name"], "kind": fact["kind"], "geometry": shape})
    return rows


def planted_tongue(scene: Scene, protected: Protected, block: str) -> BaseGeometry:
    """Draw the pieces of a block that lie over the edge of an urban boundary or a park on purpose."""
    pieces: list[BaseGeometry] = []
    for site, owner, hectares in TONGUES:
        if owner != block:
            continue
        shape = protected.built[site]
        edge = shapely.get_coordinates(shapely.segmentize(largest_part(shape).exterior, 100.0))
        others = [other for name, other in protected.built.items() if name != site and not other.intersects(shape)]
        keep_off = shapely.union_all([scene.corridor(150.0), scene.water.buffer(60.0), *others])
        room = shapely.distance(shapely.points(edge), keep_off)
        place = Point(edge[int(np.argmax(room))])
        rng = np.random.default_rng(len(site))
        blob = natural_blob(place.x, place.y, hectares * 1e4, rng, stretch=1.6, turn=25.0)
        pieces.append(blob.difference(keep_off))
    return shapely.union_all(pieces) if pieces else shapely.Polygon()
