"""Nature reserves, the wetland reserve along the rivers and the scenic area: published areas, synthetic shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter
from shapely.geometry import LineString, Point, box
from shapely.ops import nearest_points, substring
from skimage.graph import MCP_Geometric

from geodata.demo.factbook import read_facts
from geodata.demo.grid import point_metric, to_metric
from geodata.demo.routing import fractal_noise
from geodata.demo.shapes import area_m2, grow_to_area, join_parts, largest_part, outline_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Floats
    from geodata.demo.rivers import Course
    from geodata.demo.scene import Scene

RESERVE_EXTENT = (106.4, 32.4834, 106.65, 32.6833)
WETLAND_EXTENT = (106.2505, 32.28, 106.5598, 32.5961)
ROAD_THROUGH_RESERVE = "road-S301"
WETLAND_BRIDGES = (("road-S303", "东河", "general"), ("road-S301", "宽滩河", "core"))
"""Roads that cross the wetland reserve on purpose: which road, over which river, in which zone."""


def published_ha(name: str, layer: str) -> float:
    """Read a published area of a protected area."""
    facts = read_facts("ecology")
    return float(facts[(facts["id"] == name) & (facts["layer"] == layer)]["area"].iloc[0])


def extent(bounds: tuple[float, float, float, float]) -> BaseGeometry:
    """Give a published extent in metres."""
    return to_metric(shapely.segmentize(box(*bounds), 0.01))


def grow_over(
    scene: Scene, start: tuple[float, float], target_m2: float, allowed: BaseGeometry, wild: Floats
) -> BaseGeometry:
    """Grow an area from a position over high, wild ground (cost falls with `wild`), then make its area exact."""
    grid = scene.relief.grid
    free = grid.burn([allowed.buffer(-grid.cell_m)])
    cost = np.where(free, np.exp(-wild), -1.0)
    row, column = grid.cell_of(*start)
    rows, columns = np.nonzero(free)
    pick = int(np.argmin(np.hypot(rows - row, columns - column)))
    search = MCP_Geometric(cost)
    spent, _ = search.find_costs([(int(rows[pick]), int(columns[pick]))])
    count = min(int(target_m2 / grid.cell_m**2), int(np.isfinite(spent).sum()) - 1)
    limit = np.partition(spent.ravel(), count)[count]
    smooth = gaussian_filter((spent <= limit).astype(float), 3.0) > 0.5  # noqa: PLR2004 - the middle
    shape = outline_of(smooth & free, grid, tolerance_m=100.0, smallest_m2=target_m2 / 20)
    shape = largest_part(shape.intersection(allowed))
    return grow_to_area(shape, target_m2, allowed)


def make_reserve(scene: Scene, wetland: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
    """Draw the mountain reserve: core and general-control zone; one road passes through the latter."""
    lon, lat = 106.56, 32.625
    start = point_metric(lon, lat)
    towns = scene.clearings(1300.0)
    allowed = extent(RESERVE_EXTENT).intersection(scene.county.buffer(-60.0)).difference(towns)
    allowed = allowed.difference(scene.corridor(120.0, without=(ROAD_THROUGH_RESERVE,)))
    road = scene.lines[ROAD_THROUGH_RESERVE]
    # Only the stretch between the last town and the border may pass through.
    west_part = road.intersection(box(0, 0, scene.seats["檬子乡"].x + 2600.0, 1e7))
    allowed = allowed.difference(shapely.union_all([west_part.buffer(120.0), wetland.buffer(60.0)]))
    allowed = largest_part(allowed)
    height = gaussian_filter(scene.relief.height, 15.0)
    wild = (height - 1300.0) / 450.0 + 0.5 * fractal_noise(height.shape, 60.0, 3, scene.rng)
    whole = grow_over(scene, start, published_ha("micangshan", "reserve") * 1e4, allowed, wild)
    inner = whole.buffer(-350.0).difference(road.buffer(900.0))
    core = grow_over(scene, start, published_ha("micangshan", "reserve_core") * 1e4, largest_part(inner), wild)
    return core, whole.difference(core)


def make_wetland(scene: Scene, courses: dict[str, Course]) -> tuple[BaseGeometry, BaseGeometry]:
    """Draw the wetland reserve: a corridor along three rivers, its core in the upper reaches."""
    frame = extent(WETLAND_EXTENT)
    names = ("盐井河", "宽滩河", "东河")
    bridges = {zone: bridge_patch(scene, road, courses[river]) for road, river, zone in WETLAND_BRIDGES}
    patches = shapely.union_all(list(bridges.values()))
    banned = scene.corridor(45.0).difference(patches.buffer(1.0))
    middle = shapely.union_all([courses[name].line for name in names]).intersection(frame)
    total_m2 = published_ha("hanwangshan", "reserve") * 1e4
    low, high = 5.0, 200.0
    for _ in range(14):
        half = (low + high) / 2
        whole = shapely.union_all([middle.buffer(half, quad_segs=2), patches]).intersection(frame).difference(banned)
        if area_m2(whole) > total_m2:
            high = half
        else:
            low = half
    whole = shapely.simplify(join_parts(whole, 400.0), 2.0)
    whole = whole.difference(scene.corridor(42.0).difference(patches.buffer(1.0)))
    core_m2 = published_ha("hanwangshan", "reserve_core") * 1e4
    upper, lower = courses["宽滩河"].line, courses["盐井河"].line
    low, high = 0.1, 1.0
    for _ in range(18):
        share = (low + high) / 2
        reach = shapely.union_all([substring(line, 0, share, normalized=True) for line in (upper, lower)])
        core = whole.intersection(shapely.union_all([reach.buffer(400.0, cap_style="flat"), bridges["core"]]))
        if area_m2(core) > core_m2:
            high = share
        else:
            low = share
    # Hairlines left by the set operations go: in by a little and out again.
    core = core.buffer(-0.5).buffer(0.5, join_style="mitre")
    return core, whole.difference(core).buffer(-0.5).buffer(0.5, join_style="mitre").difference(core)


def bridge_patch(scene: Scene, road_name: str, course: Course) -> BaseGeometry:
    """Give the ground on which a road crosses, or comes closest to, a river in the middle of its course."""
    road = scene.lines[road_name]
    reach = substring(course.line, 0.12, 0.45, normalized=True)
    inside: BaseGeometry = reach.intersection(extent(WETLAND_EXTENT))
    crossing = road.intersection(inside)
    met = nearest_points(inside, road)[1] if crossing.is_empty else crossing.representative_point()
    place = Point(shapely.get_coordinates(met)[0])
    on_river = Point(shapely.get_coordinates(nearest_points(place, inside)[1])[0])
    others = scene.corridor(60.0, without=(road_name,))
    patch = shapely.union_all([place.buffer(90.0), LineString([place, on_river]).buffer(60.0)])
    return patch.difference(others)


def make_scenic(scene: Scene, general: BaseGeometry, core: BaseGeometry) -> BaseGeometry:
    """Draw the scenic area: mostly on the general-control zone, so that the two protected areas overlap."""
    facts = read_facts("ecology").query("layer == 'scenic_area'").iloc[0]
    start = point_metric(106.47, 32.615)
    allowed = largest_part(scene.county.buffer(-80.0).difference(core.buffer(60.0)))
    inside = gaussian_filter(scene.relief.grid.burn([general]).astype(float), 4.0)
    return grow_over(scene, start, float(facts["area"]) * 1e6, allowed, 2.2 * inside)


def ecology_rows(
    reserve: tuple[BaseGeometry, BaseGeometry], wetland: tuple[BaseGeometry, BaseGeometry], scenic: BaseGeometry
) -> dict[str, list[dict[str, Any]]]:
    """Make the rows of the reserve zones and the scenic area."""
    facts = read_facts("ecology")
    rows: dict[str, list[dict[str, Any]]] = {}
    for position, layer in enumerate(("reserve_core", "reserve_general")):
        rows[layer] = []
        for name, shapes in (("micangshan", reserve), ("hanwangshan", wetland)):
            fact = facts[(facts["id"] == name) & (facts["layer"] == layer)].iloc[0]
            zone = "核心保护区" if layer == "reserve_core" else "一般控制区"
            row: dict[str, Any] = {"id": f"{layer.replace('_', '-')}-{name}", "name": f"{fact['name']}{zone}"}
            row |= {"reserve": fact["name"], "grade": fact["grade"], "area_ha_published": float(fact["area"])}
            rows[layer].append(row | {"note": fact["note"], "geometry": shapes[position]})
    fact = facts[facts["layer"] == "scenic_area"].iloc[0]
    row = {"id": "scenic-guchengshan", "name": fact["name"], "grade": fact["grade"], "note": fact["note"]}
    rows["scenic_area"] = [row | {"geometry": scenic}]
    return rows


def make_scenic_core(scene: Scene, layers: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Make the row of `scenic_core`, within the scenic area and off its roads."""
    fact = read_facts("ecology").query("layer == 'scenic_core'").iloc[0]
    (scenic,) = layers["scenic_area"]
    allowed = largest_part(scenic["geometry"].buffer(-150.0).difference(scene.corridor(200.0)))
    height = gaussian_filter(scene.relief.height, 15.0)
    start = allowed.representative_point()
    shape = grow_over(scene, (start.x, start.y), float(fact["area"]) * 1e6, allowed, (height - 1300.0) / 450.0)
    return [_ecology_row(fact, "scenic-core-guchengshan", shape)]


def make_nature_park(scene: Scene, layers: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Make the row of `nature_park`: forested slopes over the upper valley, off every other protected area and line."""
    fact = read_facts("ecology").query("layer == 'nature_park'").iloc[0]
    others = ("reserve_core", "reserve_general", "scenic_area", "project", "permanent_farmland", "urban_boundary")
    closed = [row["geometry"].buffer(60.0) for key in others for row in layers[key]]
    closed += [row["geometry"].buffer(120.0) for row in layers["road"] if row["geometry"] is not None]
    closed += [scene.water.buffer(60.0), scene.clearings(900.0)]
    middle = point_metric(106.305, 32.585)
    near = scene.county.buffer(-300.0).intersection(Point(middle).buffer(6000.0))
    allowed = largest_part(near.difference(shapely.union_all(closed)))
    height = gaussian_filter(scene.relief.height, 15.0)
    shape = grow_over(scene, middle, float(fact["area"]) * 1e6, allowed, (height - 1300.0) / 450.0)
    return [_ecology_row(fact, "nature-park-yanjinghe", shape) | {"kind": "森林公园"}]


def _ecology_row(fact: Any, name: str, shape: BaseGeometry) -> dict[str, Any]:  # noqa: ANN401 - a row of a table
    row = {"id": name, "name": f"{fact['name']}（范围示意）", "grade": fact["grade"], "note": fact["note"]}
    return row | {"geometry": shape}
