"""The transport of clause 8 and the existing expressway: least-cost ways through their towns, over the terrain."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter
from shapely.geometry import LineString, Point

from geodata.demo.factbook import positions, read_facts
from geodata.demo.routing import find_way
from geodata.demo.shapes import length_m, moving_mean, smooth_path

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Bools, Floats, Grid

SIMPLIFY_M = 6.0
SPUR_M, BESIDE_M = 700.0, 90.0


@dataclass(frozen=True)
class Manner:
    """How a kind of line takes the terrain."""

    slope_weights: tuple[float, ...]
    """Tried in turn; the one whose drawn length comes nearest to the official length is kept, else the first."""
    smoothing: int
    river_price: float
    winding: float
    """How much the small-scale noise of the terrain weighs: mountain roads wind, expressways do not."""


MANNERS = {
    "expressway": Manner((5.0,), 7, 3.0, 0.2),
    "national": Manner((6.0, 12.0, 25.0, 45.0), 2, 6.0, 0.5),
    "provincial": Manner((6.0, 14.0, 28.0, 45.0, 80.0, 150.0, 300.0), 1, 6.0, 1.8),
    "railway": Manner((16.0,), 5, 3.0, 0.3),
}


class Router:
    """Draws legs between places, each only once: two roads that share a leg share its course."""

    def __init__(self, grid: Grid, slope: Floats, rough: Floats, water: Bools, inside: Bools) -> None:
        self.grid = grid
        self.slope = slope
        self.rough = rough
        self.water = water
        self.inside = inside
        self.taken = np.zeros(grid.shape, dtype=bool)
        self.legs: dict[tuple[Any, ...], Floats] = {}

    def legs_between(self, points: list[tuple[float, float]], manner: Manner, weight: float) -> list[Floats]:
        """Draw all legs of a line; each keeps off the one before, or a road would turn back at a town."""
        legs: list[Floats] = []
        before = np.zeros(self.grid.shape, dtype=bool)
        for start, end in itertools.pairwise(points):
            legs.append(self.leg(start, end, manner, weight, before))
            beside = LineString(legs[-1]).buffer(200.0).difference(Point(end).buffer(400.0))
            before = self.grid.burn([beside])
        return legs

    def leg(
        self, start: tuple[float, float], end: tuple[float, float], manner: Manner, weight: float, before: Bools
    ) -> Floats:
        """Draw one leg, smoothed, with its ends fixed."""
        key = tuple(sorted([start, end]))
        if key in self.legs:
            leg = self.legs[key]
            return leg if tuple(leg[0]) == start else leg[::-1]
        cost = 1.0 + weight * self.slope**1.5 * np.exp(manner.winding * self.rough)
        cost = np.where(self.water, cost * manner.river_price, cost)
        cost = np.where(self.inside, cost, cost * 6.0)
        cost = np.where(self.taken, cost * 2.5, cost)
        cost = np.where(before, cost * 3.0, cost)
        return moving_mean(smooth_path(find_way(cost, self.grid, start, end), 1), manner.smoothing)

    def keep(self, leg: Floats) -> None:
        """Hold a leg for the roads that follow, and its ground against lines of another kind."""
        start, end = (float(leg[0][0]), float(leg[0][1])), (float(leg[-1][0]), float(leg[-1][1]))
        self.legs[tuple(sorted([start, end]))] = leg
        self.taken |= self.grid.burn([LineString(leg).buffer(150.0)])

    def draw(self, points: list[tuple[float, float]], manner: Manner, official_km: float) -> LineString:
        """Draw a line through its places."""
        best: list[Floats] = []
        best_miss = np.inf
        for weight in manner.slope_weights:
            legs = self.legs_between(points, manner, weight)
            length_km = sum(LineString(leg).length for leg in legs) / 1000.0
            miss = abs(length_km - official_km) if official_km > 0 else 0.0
            if miss < best_miss:
                best, best_miss = legs, miss
        for leg in best:
            self.keep(leg)
        path = best[0]
        for leg in best[1:]:
            path = join_legs(path, leg)
        return LineString(shapely.get_coordinates(LineString(path).simplify(SIMPLIFY_M)))


def join_legs(path: Floats, leg: Floats) -> Floats:
    """Join two legs; where the second turns back along the first, both are cut to where they part."""
    within = np.r_[0.0, np.cumsum(np.hypot(*np.diff(leg, axis=0).T))] < SPUR_M
    beside = np.array([LineString(path[-200:]).distance(Point(*xy)) < BESIDE_M for xy in leg])
    last = int(np.flatnonzero(within & beside).max())
    if last == 0:
        return np.vstack([path, leg[1:]])
    reach = np.hypot(*(path[-200:] - leg[last]).T)
    cut = max(len(path) - 200, 0) + int(np.argmin(reach))
    return np.vstack([path[: cut + 1], leg[last + 1 :]])


def clip_line(line: LineString, county: BaseGeometry) -> BaseGeometry:
    """Clip to the county and keep its main run: a line that leaves and comes back stays in two parts."""
    inside = line.intersection(county)
    parts = [part for part in shapely.get_parts(np.array([inside])) if part.geom_type == "LineString"]
    parts = [part for part in parts if part.length > 300.0]  # noqa: PLR2004 - a nick of the border
    return shapely.line_merge(shapely.union_all(parts))


def make_transport(
    grid: Grid, slope: Floats, rough: Floats, water: Bools, county: BaseGeometry
) -> dict[str, list[dict[str, Any]]]:
    """
    Make the rows of `road`, `railway` and `airport`, geometry in metres.

    Parameters
    ----------
    grid, slope, rough, water
        Raster for routing: rise over run, noise of unit deviation, cells of water.
    county
        County in metres.
    """
    waypoints = read_facts("transport_waypoints")
    router = Router(grid, gaussian_filter(slope, 0.5), rough, water, grid.burn([county.buffer(-150.0)]))
    rows: dict[str, list[dict[str, Any]]] = {"road": [], "railway": [], "airport": []}
    for fact in read_facts("transport_projects").to_dict("records"):
        points = positions(waypoints[waypoints["line"] == fact["id"]])
        geometry: BaseGeometry | None = None
        if fact["layer"] == "airport":
            geometry = Point(points[0])
        elif points:
            manner = MANNERS[fact["road_class"] if fact["layer"] == "road" else "railway"]
            geometry = clip_line(router.draw(points, manner, fact["official_length_km"]), county)
        rows[fact["layer"]].append(row_of(fact, geometry))
    return rows


def row_of(fact: Mapping[Hashable, Any], geometry: BaseGeometry | None) -> dict[str, Any]:
    """Make one row: the official length as published, the drawn one as measured, neither from the other."""

    def text(name: str) -> str:
        return "" if fact[name] != fact[name] else str(fact[name])

    row: dict[str, Any] = {"id": fact["id"], "name": fact["name"], "status": fact["status"]}
    row |= {"project": text("project"), "clause": text("clause")}
    row |= {"certainty": fact["feature_certainty"], "note": fact["note"], "geometry": geometry}
    if fact["layer"] == "airport":
        return row | {"survey_done": True, "approval_date": ""}
    row["official_length_km"] = fact["official_length_km"]
    row["drawn_length_km"] = float("nan")
    row["in_county"] = bool(fact["in_county"])
    if geometry is not None:
        row["drawn_length_km"] = round(length_m(geometry) / 1000.0, 3)
    if fact["layer"] == "road":
        row |= {"road_class": fact["road_class"], "technical_class": text("technical_class")}
        row |= {"design_speed_kmh": fact["design_speed_kmh"], "roadbed_m": fact["roadbed_m"]}
    else:
        # Of the mountain line that passes towns and fields, the widest protection zone.
        row |= {"design_speed_kmh": fact["design_speed_kmh"], "is_hsr": False, "heavy_haul": False, "zone": "other"}
    return row | {"tunnel": False, "survey_done": True, "approval_date": ""}
