"""Existing county and township roads: between towns that no main road joins, and from towns into their side valleys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.ndimage import distance_transform_edt
from shapely.geometry import LineString, Point

from geodata.demo.factbook import read_facts
from geodata.demo.grid import block_mean
from geodata.demo.routing import find_way
from geodata.demo.scene import merge_rows
from geodata.demo.shapes import length_m, moving_mean, smooth_path

if TYPE_CHECKING:
    from geodata.demo.grid import Bools, Floats, Grid
    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

KEEP_OFF_M = 140.0
"""Off parks and construction sites: farther than every road's zones."""
PASS = 1.0e4
BESIDE_M, NEAR_END_M = 150.0, 700.0
SPUR_M, SPUR_FAR_M, LONELY_M, SPUR_DEAREST = 2600.0, 5200.0, 1100.0, 6.0
TECHNICAL = {"county": "四级公路(双车道)", "township": "四级公路(单车道)"}
NOTE = "线位与编号均为演示而设；技术等级为演示假定"


class SideRoads:
    """Draws side roads, each keeping off sites and off the roads that are there already."""

    def __init__(self, scene: Scene, layers: dict[str, Rows]) -> None:
        self.scene = scene
        self.grid: Grid = scene.relief.grid.coarser(2)
        slope = block_mean(scene.relief.slope, 2)
        cost = 1.0 + 14.0 * slope**1.5
        dear = {
            "reserve_core": 30.0, "reserve_general": 8.0, "ecological_redline": 3.0, "permanent_farmland": 3.0,
            "river": 6.0, "urban_boundary": 1.5,
        }  # fmt: skip
        for key, price in dear.items():
            burnt = self.grid.burn([row["geometry"] for row in layers[key]], all_touched=True)
            cost = np.where(burnt, cost * price, cost)
        sites = [merge_rows(layers[key]) for key in ("park", "chemical_park", "project", "heritage_control")]
        self.closed: Bools = self.grid.burn([site.buffer(KEEP_OFF_M) for site in sites], all_touched=True)
        self.closed |= ~self.grid.burn([scene.county.buffer(-200.0)])
        self.cost: Floats = np.where(self.closed, PASS, cost)
        self.slope = slope
        roads = [line for name, line in scene.lines.items() if name.startswith("road")]
        self.roads: Bools = self.grid.burn(roads, all_touched=True)
        self.beside: Bools = self.grid.burn([line.buffer(BESIDE_M) for line in roads])
        rows, columns = np.indices(self.grid.shape)
        self.x, self.y = self.grid.centre_of(rows, columns)

    def draw(self, start: Point, end: Point) -> LineString:
        """Draw a road between two places; it runs beside another only near its ends."""
        ends = np.minimum(self.away_from(start), self.away_from(end)) < NEAR_END_M
        cost = np.where(self.beside & ~ends, self.cost * 2.0, self.cost)
        way = find_way(cost, self.grid, (start.x, start.y), (end.x, end.y))
        line = LineString(moving_mean(smooth_path(way), 4)).simplify(6.0)
        self.roads |= self.grid.burn([line], all_touched=True)
        self.beside |= self.grid.burn([line.buffer(BESIDE_M)])
        return LineString(line.coords)

    def away_from(self, place: Point) -> Floats:
        """Give the distance of every cell from a place."""
        return np.hypot(self.x - place.x, self.y - place.y)

    def spur_end(self, start: Point) -> Point:
        """Find the gentlest ground around a town that no road reaches yet."""
        lonely = distance_transform_edt(~self.roads, sampling=self.grid.cell_m) > LONELY_M
        reach = self.away_from(start)
        fits = lonely & (reach > SPUR_M) & (reach < SPUR_FAR_M) & (self.cost < SPUR_DEAREST)
        score = np.where(fits, self.slope + reach / 40_000.0, np.inf)
        best = np.unravel_index(int(np.argmin(score)), score.shape)
        return Point(float(self.x[best]), float(self.y[best]))


def make_minor_roads(scene: Scene, layers: dict[str, Rows]) -> Rows:
    """Make the rows of the county and township roads, all existing."""
    side = SideRoads(scene, layers)
    rows = []
    for fact in read_facts("minor_roads").to_dict("records"):
        line = side.draw(scene.seats[fact["from"]], scene.seats[fact["to"]])
        rows.append(_row(fact["id"], fact["name"], fact["road_class"], line))
    spurs = list(scene.seats.items())[::2]
    for number, (town, seat) in enumerate(spurs, start=901):
        line = side.draw(seat, side.spur_end(seat))
        rows.append(_row(f"road-Y{number}", f"Y{number} {town[:-1]}支线（示意乡道）", "township", line))
    return rows


def _row(name: str, title: str, road_class: str, line: LineString) -> dict[str, Any]:
    row: dict[str, Any] = {"id": name, "name": title, "status": "existing", "project": "", "clause": ""}
    row |= {"certainty": "schematic", "note": NOTE, "official_length_km": float("nan"), "in_county": True}
    row |= {"drawn_length_km": round(length_m(line) / 1000.0, 3), "road_class": road_class}
    row |= {"technical_class": TECHNICAL[road_class], "design_speed_kmh": 20.0, "roadbed_m": float("nan")}
    return row | {"tunnel": False, "survey_done": True, "approval_date": "", "geometry": line}
