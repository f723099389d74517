"""Finds vacant places on fitting ground for the planted scenes, in a fixed order."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import affinity

from geodata.demo.planted_draw import Frame, NoRoomError, draw_features
from geodata.demo.scene import longest_run
from geodata.demo.shapes import direction_deg
from geodata.errors import GeodataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Bools
    from geodata.demo.planted_scenes import PlantedScene
    from geodata.demo.scene import Scene

    Drawn = dict[str, BaseGeometry]
    Cells = np.ndarray[Any, np.dtype[np.int64]]

WIDE = frozenset({
    "county", "township", "township_2017", "neighbour_county", "river_bank", "soil_erosion_key", "forest_land",
    "public_welfare_forest", "natural_forest", "eco_unit", "land_use", "plan_land", "plan_urban", "plan_project",
    "cropland", "geohazard_prone", "noise_zone",
})  # fmt: skip
"""Layers that cover the county or large parts of it: a scene may lie on them."""
LOUD = (
    "cropland", "forest_land", "public_welfare_forest", "natural_forest", "geohazard_prone", "soil_erosion_key",
    "eco_unit",
)  # fmt: skip
"""Layers that speak against building of any kind."""
LINE_ROOM_M = {"road": 90.0, "railway": 60.0, "river": 40.0}
COUNTY_ROOM_M = 120.0
SCENE_ROOM_M = 60.0
STEP_M = 90.0
CHUNK = 1500
TRIES = 400


def is_silent(row: dict[str, Any]) -> bool:
    """Tell whether an area of a loud layer says nothing: the least protected forest, a unit with its list."""
    return row.get("grade") == "IV" or bool(row.get("prohibited_codes"))


class Spots:
    """The ground that is still free for planted scenes."""

    def __init__(self, scene: Scene, layers: dict[str, list[dict[str, Any]]]) -> None:
        self.scene = scene
        self.inner = scene.county.buffer(-COUNTY_ROOM_M)
        shapely.prepare(self.inner)
        rows = [(key, row) for key, rows in layers.items() if key not in WIDE for row in rows if row["geometry"]]
        self.owners = [(key, str(row["id"])) for key, row in rows]
        shapes = [row["geometry"].buffer(LINE_ROOM_M.get(key, 0.0), quad_segs=2) for key, row in rows]
        self.busy = shapely.STRtree(shapes)
        self.townships = [row["geometry"] for row in layers["township"]]
        shapely.prepare(self.townships)
        self.layers = layers
        self.known = {str(row["id"]): row["geometry"] for rows in layers.values() for row in rows}
        self.free = scene.relief.grid.burn([self.inner]) & ~scene.relief.grid.burn(shapes)
        loud = [row["geometry"] for key in LOUD for row in layers.get(key, ()) if not is_silent(row)]
        self.quiet = ~scene.relief.grid.burn(loud)
        self.placed: list[BaseGeometry] = []
        self.holders: dict[str, tuple[shapely.STRtree, Bools]] = {}

    def settle(self, planted: PlantedScene) -> Drawn:
        """
        Draw a scene at the first place that is free for it, and hold that place.

        Raises
        ------
        GeodataError
            If there is no such place.
        """
        for drawn in self._along(planted) if planted.along else self._near(planted):
            footprint = shapely.union_all(list(drawn.values()))
            if self._lies_well(planted, footprint) and self._is_held(planted, drawn):
                held = footprint.buffer(SCENE_ROOM_M, quad_segs=2)
                shapely.prepare(held)
                self.placed.append(held)
                self.free &= ~self.scene.relief.grid.burn([held])
                return drawn
        where = planted.near or planted.along
        raise GeodataError(f"{planted.rule}: no free place near {where}. Name another, or allow more.")

    def _near(self, planted: PlantedScene) -> Iterator[Drawn]:
        """Draw a scene once and move it to one free place on fitting ground after the other, the nearest first."""
        fixed = draw_features(planted, Frame(0.0, 0.0), {})
        grid, seat = self.scene.relief.grid, self.scene.seats[planted.near]
        rows, columns = np.nonzero(self.free)
        x, y = grid.centre_of(rows, columns)
        order = np.argsort(np.hypot(x - seat.x, y - seat.y), kind="stable")
        tried = 0
        for first in range(0, len(order), CHUNK):
            chunk = order[first : first + CHUNK]
            for place in chunk[self._fit(planted, fixed, rows[chunk], columns[chunk])]:
                yield {name: affinity.translate(shape, x[place], y[place]) for name, shape in fixed.items()}
                tried += 1
                if tried == TRIES:
                    return

    def _fit(self, planted: PlantedScene, fixed: Drawn, rows: Cells, columns: Cells) -> Bools:
        """Tell at which cells a scene drawn about the origin would lie on free ground as gentle or steep as it asks."""
        slope = self.scene.relief.slope
        good = np.ones(len(rows), dtype=bool)
        total, count = np.zeros(len(rows)), 0
        for one in planted.features:
            down, right = self._cells_about(fixed[one.id])
            r = np.clip(rows[:, None] + down, 0, slope.shape[0] - 1)
            c = np.clip(columns[:, None] + right, 0, slope.shape[1] - 1)
            under = slope[r, c]
            good &= self.free[r, c].all(axis=1)
            if planted.quiet:
                good &= self.quiet[r, c].all(axis=1)
            if one.within:
                good &= self._holders(one.within)[1][r, c].all(axis=1)
            good &= (under.min(axis=1) >= one.slope[0]) & (under.max(axis=1) <= one.slope[1])
            total, count = total + under.sum(axis=1), count + len(down)
        return np.asarray(good & (total / count <= planted.ground))

    def _cells_about(self, shape: BaseGeometry) -> tuple[Cells, Cells]:
        """Give the cells under a shape drawn about the middle of a cell, as steps down and to the right."""
        cell = self.scene.relief.grid.cell_m
        around = shape.buffer(cell * 0.75, quad_segs=2)
        reach = int(np.abs(around.bounds).max() / cell) + 1
        down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        inside = shapely.contains_xy(around, right * cell, -down * cell)
        return down[inside], right[inside]

    def _along(self, planted: PlantedScene) -> Iterator[Drawn]:
        """Draw a scene at one place after the other along a course, while its features find room."""
        county = {name: self.known[name] for name in planted.strangers()}
        shape = county[planted.along]
        run = longest_run(shape if shapely.get_dimensions(shape) == 1 else shape.boundary)
        for at in np.arange(run.length * planted.part[0], run.length * planted.part[1], STEP_M):
            middle, turn = run.interpolate(at), direction_deg(run, at)
            for side in (0.0, 180.0):
                frame = Frame(middle.x, middle.y, turn + side)
                if not self._is_promising(planted, frame):
                    continue
                with suppress(NoRoomError):
                    drawn = draw_features(planted, frame, county, lambda one: self._has_room(planted, one))
                    under = [self._cells_under(shape) for shape in drawn.values()]
                    rows, columns = (np.concatenate([one[axis] for one in under]) for axis in (0, 1))
                    level = self.scene.relief.slope[rows, columns].mean() <= planted.ground
                    if level and (not planted.quiet or self.quiet[rows, columns].all()):
                        yield drawn

    def _is_promising(self, planted: PlantedScene, frame: Frame) -> bool:
        """Tell, before anything is drawn, whether the middles of a scene's features would lie on fitting ground."""
        for one in planted.features:
            if planted.along in (one.over, one.inside, one.beside):
                x, y = frame.beside(one.towards, one.shift_m, one.gap_m + one.half_m() if one.beside else 0.0)
                masks = [self._holders(one.within)[1]] if one.within else [self.quiet] if planted.quiet else []
                if not all(mask[self.scene.relief.grid.cell_of(x, y)] for mask in masks):
                    return False
        return True

    def _cells_under(self, shape: BaseGeometry) -> tuple[Cells, Cells]:
        grid = self.scene.relief.grid
        middle = shape.centroid
        down, right = self._cells_about(affinity.translate(shape, -middle.x, -middle.y))
        row, column = grid.cell_of(middle.x, middle.y)
        return np.clip(row + down, 0, grid.rows - 1), np.clip(column + right, 0, grid.columns - 1)

    def _lies_well(self, planted: PlantedScene, footprint: BaseGeometry) -> bool:
        """Tell whether a whole scene keeps off borders and all that it has nothing to do with."""
        if not planted.across and not any(one.contains(footprint) for one in self.townships):
            return False
        wide = (row["geometry"] for key in planted.avoid for row in self.layers[key])
        return self._has_room(planted, footprint) and not any(one.intersects(footprint) for one in wide)

    def _holders(self, key: str) -> tuple[shapely.STRtree, Bools]:
        """Give the features of a layer that may have to hold a shape, and the cells they cover."""
        if key not in self.holders:
            shapes = [row["geometry"] for row in self.layers[key]]
            self.holders[key] = shapely.STRtree(shapes), self.scene.relief.grid.burn(shapes)
        return self.holders[key]

    def _is_held(self, planted: PlantedScene, drawn: Drawn) -> bool:
        held = [one for one in planted.features if one.within]
        return all(len(self._holders(one.within)[0].query(drawn[one.id], predicate="within")) for one in held)

    def _has_room(self, planted: PlantedScene, footprint: BaseGeometry) -> bool:
        """Tell whether a shape keeps off the county's edge, every plan it has nothing to do with, and other scenes."""
        if not self.inner.contains(footprint) or any(one.intersects(footprint) for one in self.placed):
            return False
        wanted = planted.strangers()
        met = self.busy.query(footprint.buffer(planted.room_m, quad_segs=2), predicate="intersects")
        owners = [self.owners[index] for index in met]
        return all(layer in planted.allow or name in wanted for layer, name in owners)
