"""Draws every plan layer of the county in the one order in which each can keep off those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import Point

from geodata.demo.countywide import add_countywide
from geodata.demo.ecology import ROAD_THROUGH_RESERVE, ecology_rows, make_reserve, make_scenic, make_wetland
from geodata.demo.factbook import positions, read_boundary, read_facts
from geodata.demo.farmland import (
    field_rows,
    planted_on_blocks,
    planted_on_lines,
    planted_on_sites,
    scattered_fields,
    touching_field,
)
from geodata.demo.grid import Grid, block_mean, to_metric
from geodata.demo.planted import add_planted
from geodata.demo.projects import make_projects
from geodata.demo.redline import CORRIDOR_M, Protected, make_redline
from geodata.demo.registers import add_registered
from geodata.demo.rivers import Course, draw_courses, make_rivers
from geodata.demo.routing import fractal_noise
from geodata.demo.scene import Scene, merge_rows
from geodata.demo.seeds import plant_border_faults
from geodata.demo.sites import heritage_rows, make_sites
from geodata.demo.terrain import Relief, coarse_heights, raise_terrain
from geodata.demo.townships import make_partition, make_townships
from geodata.demo.transport import make_transport

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from shapely.geometry.base import BaseGeometry


Rows = list[dict[str, Any]]
REDLINE_SHARE = 0.335
"""Share of the county drawn as redline before the reserve is added: together about a third."""
TOUCHING_BLOCK, TOUCHING_SEAT = "esr-07", "水磨乡"
STEPS = 9


def draw_ground(
    grid: Grid, county: BaseGeometry, rng: np.random.Generator
) -> tuple[Relief, list[Course], dict[str, Rows]]:
    """Draw what nature gives: rivers and terrain."""
    middle = grid.finer(2)
    courses = draw_courses(middle, coarse_heights(middle), rng)
    relief = raise_terrain(grid, courses, rng)
    rivers, banks = make_rivers(courses, county)
    return relief, courses, {"river": rivers, "river_bank": banks}


def draw_scene(
    grid: Grid, relief: Relief, courses: list[Course], layers: dict[str, Rows], rng: np.random.Generator
) -> Scene:
    """Draw the transport and gather what the plans look at; adds its layers to `layers`."""
    county = to_metric(read_boundary()[0])
    middle = grid.finer(2)
    water = middle.burn([course.line.buffer(170.0) for course in courses])
    rough = fractal_noise(middle.shape, 6.0, 2, rng)
    layers |= make_transport(middle, block_mean(relief.slope, 2), rough, water, county)
    drawn = [row for key in ("road", "railway") for row in layers[key] if row["geometry"] is not None]
    table = read_facts("townships_2017").dropna(subset=["lon", "lat"])
    return Scene(
        relief,
        county,
        {row["id"]: row["geometry"] for row in drawn},
        tuple(row["id"] for row in drawn if row["status"] != "existing"),
        merge_rows(layers["river"]),
        {row["id"]: row["geometry"] for row in layers["river_bank"]},
        {name: Point(place) for name, place in zip(table["name"], positions(table), strict=True)},
        rng,
    )


def draw_plans(
    grid: Grid, report: Callable[[int, int, str], None], rng: np.random.Generator
) -> tuple[dict[str, Rows], Relief]:
    """
    Draw every layer but the county itself.

    Returns
    -------
        Rows of each layer with geometry in metres, and the terrain.
    """
    county = to_metric(read_boundary()[0])
    report(0, STEPS, "地形与水系")
    relief, courses, layers = draw_ground(grid, county, rng)
    report(1, STEPS, "交通线")
    scene = draw_scene(grid, relief, courses, layers, rng)
    report(2, STEPS, "乡镇")
    streams = grid.burn([course.line for course in courses], all_touched=True)
    pieces, names = make_partition(grid, block_mean(relief.slope, 4), block_mean(relief.height, 4), streams, county)
    layers["township_2017"], townships = make_townships(pieces, names)
    layers["township"] = plant_border_faults(townships, county)
    report(3, STEPS, "园区与城镇开发边界")
    wetland = make_wetland(scene, {course.name: course for course in courses})
    wet = shapely.union_all(wetland)
    sites = make_sites(scene, wet)
    layers |= {"park": sites.parks, "chemical_park": sites.chemical, "urban_boundary": sites.urban}
    layers["heritage_scope"], layers["heritage_control"] = heritage_rows(scene)
    report(4, STEPS, "自然保护地与生态保护红线")
    reserve = make_reserve(scene, wet)
    layers |= ecology_rows(reserve, wetland, make_scenic(scene, reserve[1], reserve[0]))
    built = {row["id"]: row["geometry"] for row in [*sites.urban, *sites.parks, *sites.chemical]}
    whole = shapely.union_all(reserve)
    # The redline ends a little inside the reserve: what crosses it there lies wholly in the reserve too.
    inner = whole.buffer(-30.0).difference(scene.judged_corridor(CORRIDOR_M, without=(ROAD_THROUGH_RESERVE,)))
    protected = Protected(whole, inner, wet, pieces, built)
    layers["ecological_redline"] = make_redline(scene, protected, REDLINE_SHARE)
    report(5, STEPS, "建设项目与永久基本农田")
    blocks = {row["id"]: row["geometry"] for row in layers["ecological_redline"]}
    all_built = shapely.union_all(list(built.values()))
    shapes = built | blocks | {"core": reserve[0], "general": reserve[1], "built": all_built}
    layers["project"] = make_projects(scene, shapes)
    fields = draw_fields(scene, layers, blocks, all_built, shapely.union_all([whole, wet]))
    layers["permanent_farmland"] = field_rows(scene, fields, townships)
    report(6, STEPS, "现状地类、林地与其他全县图层")
    add_countywide(scene, layers)
    add_planted(scene, layers)
    add_registered(layers, townships)
    return layers, relief


def draw_fields(
    scene: Scene,
    layers: dict[str, Rows],
    blocks: dict[str, BaseGeometry],
    built: BaseGeometry,
    reserves: BaseGeometry,
) -> list[BaseGeometry]:
    """Draw the fields, the planted ones first so that their numbers do not depend on the scattered ones."""
    redline = shapely.union_all(list(blocks.values()))
    projects = merge_rows(layers["project"])
    plans = shapely.union_all([redline, built, projects, reserves])
    fields = planted_on_lines(scene, shapely.union_all([plans, scene.county.boundary.buffer(50.0)]))
    keep_off = shapely.union_all([built, projects, reserves, *fields])
    fields += planted_on_blocks(scene, {k: v for k, v in blocks.items() if k != "esr-10"}, keep_off)
    busy = shapely.union_all([redline.buffer(20.0), *[field.buffer(40.0) for field in fields]])
    on_sites = {row["id"]: row["geometry"] for key in ("park", "chemical_park", "project") for row in layers[key]}
    fields += planted_on_sites(scene, on_sites, busy)
    fixed = [scene.corridor(60.0), scene.water.buffer(20.0), built.buffer(20.0), projects.buffer(20.0)]
    fixed += [shape for name, shape in blocks.items() if name != TOUCHING_BLOCK]
    for sliver in (False, True):
        busy = shapely.union_all([*fixed, *[field.buffer(60.0) for field in fields]])
        block, seat = blocks[TOUCHING_BLOCK], scene.seats[TOUCHING_SEAT]
        fields.append(touching_field(block, seat, busy, sliver=sliver))
    closed = shapely.union_all(
        [
            *[shape.buffer(20.0) for shape in (redline, built, projects, reserves, scene.water)],
            scene.corridor(45.0),
            *[field.buffer(30.0) for field in fields],
        ]
    )
    return fields + scattered_fields(scene, closed)
