"""Bridges and tunnels as stretches of the roads and the railway, and the runway of the schematic airfield."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.ops import substring

from geodata.demo.scene import merge_rows

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Floats
    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]
Interval = tuple[float, float, str]

OVER_WATER_M, OVER_LINE_M, JOIN_M = 15.0, 28.0, 40.0
"""How far a bridge reaches beyond the water, and to either side of a line it crosses; nearer ones are one bridge."""
LONGEST_BRIDGE_M = 1000.0
"""Where a course keeps to the water for longer, no bridge is drawn: it follows the river."""
SIZES = ((1000.0, "特大"), (100.0, "大"), (30.0, "中"), (0.0, "小"))
"""By total length, in the classes of the highway design standard."""
COVER_M, WINDOW_M, SHORTEST_M, LONGEST_M, STEP_M = 45.0, 500.0, 250.0, 3500.0, 30.0
"""A tunnel: where the ground stands this high above the lowest ground within the window, for this long."""
UNTOUCHED = ("reserve_core", "reserve_general", "ecological_redline", "permanent_farmland", "scenic_area")
"""Where a judged line keeps its plain course: what it does there is planted."""
RUNWAY_M, RUNWAY_CODE = 1100.0, 2


def runs_of(line: BaseGeometry) -> list[LineString]:
    """Split a course into its connected runs."""
    return [part for part in shapely.get_parts(np.array([line])) if part.geom_type == "LineString" and part.length > 0]


def over_water(run: LineString, rivers: Rows) -> list[Interval]:
    """Find where a run crosses water, as distances along it."""
    found = []
    for river in rivers:
        for part in runs_of(run.intersection(river["geometry"])):
            ends = sorted(run.project(shapely.get_point(part, at)) for at in (0, -1))
            found.append((ends[0] - OVER_WATER_M, ends[1] + OVER_WATER_M, river["name"]))
    return found


def over_lines(run: LineString, others: Rows) -> list[Interval]:
    """Find where a run crosses other lines."""
    found = []
    for other in others:
        for x, y in shapely.get_coordinates(run.intersection(other["geometry"])):
            at = run.project(Point(x, y))
            found.append((at - OVER_LINE_M, at + OVER_LINE_M, other["name"]))
    return found


def join_intervals(found: list[Interval], length_m: float) -> list[Interval]:
    """Unite what lies close together along a run, and keep it on the run."""
    joined: list[Interval] = []
    for start, end, over in sorted((max(a, 0.0), min(b, length_m), over) for a, b, over in found):
        if joined and start - joined[-1][1] < JOIN_M:
            first, last, names = joined[-1]
            names = names if over in names.split("、") else f"{names}、{over}"
            joined[-1] = (first, max(last, end), names)
        else:
            joined.append((start, end, over))
    return joined


def under_hills(scene: Scene, run: LineString) -> list[tuple[float, float]]:
    """Find where a run lies deep under the ground around it: the course is level, the terrain is not."""
    at = np.arange(0.0, run.length, STEP_M)
    cells = [scene.relief.grid.cell_of(point.x, point.y) for point in shapely.line_interpolate_point(run, at)]
    height: Floats = np.array([scene.relief.height[cell] for cell in cells])
    half = int(WINDOW_M / STEP_M)
    padded = np.pad(height, half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    # Lower ground on both sides: a hill is passed, not a slope climbed.
    lowest = np.maximum(windows[:, : half + 1].min(axis=1), windows[:, half:].min(axis=1))
    deep = np.concatenate([[False], height - lowest > COVER_M, [False]])
    edges = np.flatnonzero(np.diff(deep.astype(int)))
    pairs = [(float(at[first]), float(at[last - 1])) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    return [(start, end) for start, end in pairs if SHORTEST_M <= end - start <= LONGEST_M]


def make_crossings(scene: Scene, layers: dict[str, Rows]) -> tuple[Rows, Rows]:
    """Make the rows of `bridge` and `tunnel`."""
    untouched = merge_rows([row for key in UNTOUCHED for row in layers[key]])
    lines = [row for key in ("road", "railway") for row in layers[key] if row["geometry"] is not None]
    bridges: Rows = []
    tunnels: Rows = []
    for row in lines:
        judged = row["status"] != "existing"
        others = [] if row["id"].startswith("rail") else layers["railway"]
        for run in runs_of(row["geometry"]):
            found = join_intervals([*over_water(run, layers["river"]), *over_lines(run, others)], run.length)
            for start, end, over in found:
                stretch = LineString(substring(run, start, end).coords)
                if end - start <= LONGEST_BRIDGE_M and not (judged and stretch.intersects(untouched)):
                    bridges.append(_bridge(len(bridges) + 1, row, over, stretch))
            if row.get("road_class") in ("county", "township"):
                continue
            for start, end in under_hills(scene, run):
                stretch = LineString(substring(run, start, end).coords)
                on_bridge = any(start < last and first < end for first, last, _ in found)
                if not on_bridge and not (judged and stretch.intersects(untouched)):
                    tunnels.append(_tunnel(len(tunnels) + 1, row, stretch))
    return bridges, tunnels


def _bridge(number: int, line: dict[str, Any], over: str, stretch: LineString) -> dict[str, Any]:
    size = next(title for least, title in SIZES if stretch.length >= least)
    row = {"id": f"bridge-{number:03d}", "name": f"桥梁 {number:03d}（示意）", "road": line["id"]}
    return row | {"size": size, "over": over, "status": line["status"], "geometry": stretch}


def _tunnel(number: int, line: dict[str, Any], stretch: LineString) -> dict[str, Any]:
    row = {"id": f"tunnel-{number:03d}", "name": f"隧道 {number:03d}（示意）", "road": line["id"]}
    return row | {"status": line["status"], "geometry": stretch}


def make_runway(scene: Scene, layers: dict[str, Rows]) -> Rows:
    """Make the row of the runway: through the schematic airfield, along the most level direction."""
    (airfield,) = layers["airport"]
    middle = airfield["geometry"]
    grid, height = scene.relief.grid, scene.relief.height

    def course(turn: float) -> LineString:
        way = np.array([np.cos(turn), np.sin(turn)]) * RUNWAY_M / 2
        return LineString([(middle.x - way[0], middle.y - way[1]), (middle.x + way[0], middle.y + way[1])])

    def relief_under(line: LineString) -> float:
        points = shapely.line_interpolate_point(line, np.linspace(0.0, line.length, 30))
        return float(np.std([height[grid.cell_of(point.x, point.y)] for point in points]))

    line = min((course(turn) for turn in np.linspace(0.0, np.pi, 36, endpoint=False)), key=relief_under)
    row = {"id": "runway-wangcang", "name": f"{airfield['name']}跑道（示意）", "status": airfield["status"]}
    row |= {"code_number": RUNWAY_CODE, "approach_type": "non_instrument", "announced": False}
    row["elevation_m"] = round(float(height[grid.cell_of(middle.x, middle.y)]))
    return [row | {"note": "场址与跑道方向未见公布：均为演示而设", "geometry": line}]
