"""What every generator of plan layers looks at: terrain, county, water, lines and towns, all in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.prepared import prep
from skimage.graph import MCP_Geometric

from geodata.demo.shapes import grow_to_area, largest_part, natural_blob, outline_of
from geodata.errors import GeodataError

if TYPE_CHECKING:
    from shapely.geometry import LineString, Point, Polygon
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.terrain import Relief

BLOCKED = 10.0
PARK_CLEARANCE_M = 95.0
"""Keeps a site off every road's building-control zone: at most 35 m of assumed land and 30 m of zone."""


@dataclass(frozen=True)
class Scene:
    """The county before any plan is drawn."""

    relief: Relief
    county: BaseGeometry
    lines: dict[str, BaseGeometry]
    """Every drawn road and railway by id."""
    judged: tuple[str, ...]
    """Ids of the lines that are planned or extended."""
    water: BaseGeometry
    banks: dict[str, BaseGeometry]
    seats: dict[str, Point]
    """Seats of 2017 by name."""
    rng: np.random.Generator

    def slope_at(self, x: float, y: float) -> float:
        """Rise over run at a position."""
        return float(self.relief.slope[self.relief.grid.cell_of(x, y)])

    def corridor(self, width_m: float, *, without: tuple[str, ...] = ()) -> BaseGeometry:
        """Buffer all lines but some."""
        chosen = [line for name, line in self.lines.items() if name not in without]
        return shapely.union_all(shapely.buffer(chosen, width_m, quad_segs=2))

    def judged_corridor(self, width_m: float, *, without: tuple[str, ...] = ()) -> BaseGeometry:
        """Buffer the planned and extended lines but some."""
        existing = tuple(name for name in self.lines if name not in self.judged)
        return self.corridor(width_m, without=without + existing)

    def grow_site(self, x: float, y: float, target_m2: float, allowed: BaseGeometry, *, exact: bool) -> Polygon:
        """
        Grow a site over gentle ground from a position until it has an area.

        Parameters
        ----------
        allowed
            Where the site may lie.
        exact
            Whether the area must be the published one on the ellipsoid.
        """
        grid = self.relief.grid
        reach = 3.0 * float(np.sqrt(target_m2))
        near = shapely.clip_by_rect(allowed, x - reach, y - reach, x + reach, y + reach)
        top, left = grid.cell_of(x - reach, y + reach)
        bottom, right = grid.cell_of(x + reach, y - reach)
        free = grid.burn([near.buffer(-grid.cell_m / 2)])
        start = grid.cell_of(x, y)
        if not free[start]:
            rows, columns = np.nonzero(free[top:bottom, left:right])
            away = np.hypot(rows + top - start[0], columns + left - start[1])
            pick = int(np.argmin(away))
            start = (int(rows[pick]) + top, int(columns[pick]) + left)
        cost = np.where(free, 1.0 + 14.0 * self.relief.slope, -1.0)[top:bottom, left:right]
        search = MCP_Geometric(cost)
        spent, _ = search.find_costs([(start[0] - top, start[1] - left)])
        count = min(int(target_m2 / grid.cell_m**2), int(np.isfinite(spent).sum()))
        limit = np.partition(spent.ravel(), count - 1)[count - 1]
        chosen = np.zeros(grid.shape, dtype=bool)
        chosen[top:bottom, left:right] = spent <= limit
        site = largest_part(outline_of(chosen, grid, tolerance_m=70.0, smallest_m2=target_m2 / 10))
        site = largest_part(shapely.Polygon(site.exterior).intersection(near))
        return largest_part(grow_to_area(site, target_m2, near)) if exact else site

    def clearings(self, radius_m: float) -> BaseGeometry:
        """Draw the settled ground about every seat, each of its own shape."""
        shapes = []
        for index, seat in enumerate(self.seats.values()):
            rng = np.random.default_rng(4000 + index)
            area = float(np.pi * radius_m**2)
            shapes.append(natural_blob(seat.x, seat.y, area, rng, stretch=1.5, turn=37.0 * index))
        return shapely.union_all(shapes)

    def place_on(
        self, line: BaseGeometry, part: tuple[float, float], keep_off: BaseGeometry, step_m: float = 150.0
    ) -> tuple[Point, float]:
        """
        Find the gentlest place on a line, within a part of its length, that keeps off something.

        Returns
        -------
            The place and its distance along the longest run of the line.
        """
        run = max(shapely.get_parts(np.array([line])), key=lambda one: float(one.length))
        distance = np.arange(run.length * part[0], run.length * part[1], step_m)
        points = shapely.line_interpolate_point(run, distance)
        blocked = prep(keep_off)
        scores = [self.slope_at(point.x, point.y) + (BLOCKED if blocked.intersects(point) else 0.0) for point in points]
        best = int(np.argmin(scores))
        if scores[best] >= BLOCKED:
            raise GeodataError(f"{part}: every place on this part of the line is taken. Choose another part.")
        return points[best], float(distance[best])


def longest_run(line: BaseGeometry) -> LineString:
    """Take the longest part of a line."""
    return max(shapely.get_parts(np.array([line])), key=lambda one: float(one.length))  # type: ignore[no-any-return]


def merge_rows(rows: list[dict[str, Any]]) -> BaseGeometry:
    """Unite the shapes of rows."""
    return shapely.union_all([row["geometry"] for row in rows if row["geometry"] is not None])
