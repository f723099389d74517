"""Power lines in straight spans and gas pipelines: existing ones, and one of each that is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from geodata.demo.factbook import read_facts
from geodata.demo.grid import block_mean
from geodata.demo.routing import find_way
from geodata.demo.scene import merge_rows
from geodata.demo.shapes import moving_mean, smooth_path

if TYPE_CHECKING:
    from geodata.demo.grid import Floats
    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

CLOSED_M = 80.0
"""Off parks, sites, schools and heritage: farther than every protection zone of a line."""
CLOSED_KEYS = ("park", "chemical_park", "project", "facility", "heritage_control", "airport")
GUARDED_KEYS = ("reserve_core", "reserve_general", "ecological_redline", "scenic_area", "nature_park")
DEAR = 1.0e4
SPANS_M, PIPE_M = (420.0, 240.0, 120.0, 60.0), 12.0
"""How far the angle towers of a power line may cut corners, tried in turn."""


class LineGround:
    """What a utility line pays for the ground, for planned and for existing lines."""

    def __init__(self, scene: Scene, layers: dict[str, Rows]) -> None:
        self.grid = scene.relief.grid.coarser(2)
        self.closed = shapely.union_all([merge_rows(layers[key]).buffer(CLOSED_M) for key in CLOSED_KEYS])
        self.guarded = merge_rows([row for key in GUARDED_KEYS for row in layers[key]]).buffer(40.0)
        shapely.prepare(self.closed)
        shapely.prepare(self.guarded)
        cost = 1.0 + 1.5 * block_mean(scene.relief.slope, 2)
        cost = np.where(self.grid.burn([merge_rows(layers["urban_boundary"])]), cost * 3.0, cost)
        cost = np.where(self.grid.burn([merge_rows(layers["permanent_farmland"])]), cost * 1.5, cost)
        cost = np.where(self.grid.burn([self.closed], all_touched=True), DEAR, cost)
        cost = np.where(self.grid.burn([scene.county.buffer(-150.0)]), cost, DEAR)
        guarded = self.grid.burn([self.guarded], all_touched=True)
        self.cost: dict[bool, Floats] = {
            True: np.where(guarded, DEAR, cost),
            False: np.where(guarded, cost * 2.5, cost),
        }

    def route(self, start: Point, end: Point, *, planned: bool) -> Floats:
        """Find the way of a line."""
        return find_way(self.cost[planned], self.grid, (start.x, start.y), (end.x, end.y))

    def spans(self, way: Floats, *, planned: bool) -> LineString:
        """Stretch straight spans along a way; the longest that keep off what is closed."""
        line = LineString(way)
        for tolerance_m in SPANS_M:
            spans = LineString(line.simplify(tolerance_m).coords)
            if not self.closed.intersects(spans) and not (planned and self.guarded.intersects(spans)):
                return spans
        return line


def make_utilities(scene: Scene, layers: dict[str, Rows]) -> dict[str, Rows]:
    """Make the rows of `powerline` and `pipeline`."""
    ground = LineGround(scene, layers)
    rows: dict[str, Rows] = {"powerline": [], "pipeline": []}
    for fact in read_facts("utility_lines").to_dict("records"):
        start, end = (
            Point(scene.seats[fact[side]].x + fact[f"{side}_e_m"], scene.seats[fact[side]].y + fact[f"{side}_n_m"])
            for side in ("from", "to")
        )
        planned = fact["status"] == "planned"
        way = ground.route(start, end, planned=planned)
        row = {"id": fact["id"], "name": fact["name"], "status": fact["status"], "certainty": "schematic"}
        if fact["layer"] == "powerline":
            row |= {"voltage_kv": float(fact["voltage_kv"]), "height_m": float(fact["height_m"])}
            line = ground.spans(way, planned=planned)
        else:
            line = LineString(LineString(moving_mean(smooth_path(way), 3)).simplify(PIPE_M).coords)
        rows[fact["layer"]].append(row | {"tunnel": False, "geometry": line})
    return rows
