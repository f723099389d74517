"""Draws the features of a planted scene about a place of the county, each where its neighbours in the scene ask."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, box
from shapely.ops import substring

from geodata.demo.planted_scenes import DIRECTIONS, Planted
from geodata.demo.shapes import natural_blob, smooth_path
from geodata.errors import GeodataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from geodata.demo.planted_scenes import PlantedScene

REACH_M = 4000.0
"""How far from a scene's middle a feature of the county is looked at."""
STEPS = 45
GAP_ACCURACY_M = 1e-3
CLOSE_M = 400.0


class NoRoomError(GeodataError):
    """A scene cannot be drawn at this place; another may do."""


@dataclass(frozen=True)
class Frame:
    """The middle of a scene, and the direction of its east in degrees."""

    x: float
    y: float
    turn: float = 0.0

    def way(self, towards: str) -> np.ndarray:
        """Give the unit vector of a direction."""
        angle = np.radians(self.turn + DIRECTIONS[towards])
        return np.array([np.cos(angle), np.sin(angle)])

    def point(self, east: float, north: float) -> np.ndarray:
        """Give a position in metres."""
        return np.array([self.x, self.y]) + east * self.way("east") + north * self.way("north")

    def beside(self, towards: str, right_m: float, ahead_m: float) -> np.ndarray:
        """Give the position so far to the right and ahead when looking in a direction."""
        way = self.way(towards)
        return np.array([self.x, self.y]) + right_m * np.array([way[1], -way[0]]) + ahead_m * way


def draw_features(
    scene: PlantedScene,
    frame: Frame,
    county: dict[str, BaseGeometry],
    has_room: Callable[[BaseGeometry], bool] = lambda _: True,
) -> dict[str, BaseGeometry]:
    """
    Draw every feature of a scene.

    Parameters
    ----------
    county
        The features of the county that the scene is drawn from, by id.
    has_room
        Whether a shape may lie where it was drawn.

    Raises
    ------
    NoRoomError
        If a feature cannot be drawn at this place.
    """
    window = box(frame.x - REACH_M, frame.y - REACH_M, frame.x + REACH_M, frame.y + REACH_M)
    near = {name: shapely.intersection(shape, window) for name, shape in county.items()}
    drawn: dict[str, BaseGeometry] = {}
    for one in scene.features:
        following = following_shape(one, frame, near | drawn)
        shape = place_shape(one, frame, near, drawn) if following is None else following
        if one.gap_m and abs(shape.distance((county | drawn)[one.beside]) - one.gap_m) > GAP_ACCURACY_M:
            raise NoRoomError(f"{one.id}: its gap cannot be kept here. Choose another place.")
        if not has_room(shape):
            raise NoRoomError(f"{one.id}: its place is taken. Choose another place.")
        drawn[one.id] = shape
    return drawn


def following_shape(one: Planted, frame: Frame, known: dict[str, BaseGeometry]) -> BaseGeometry | None:
    """Draw the shape of a feature that follows another; None for one with a shape of its own."""
    if one.belt:
        return known[one.belt].buffer(one.width_m, quad_segs=4).difference(known[one.belt])
    if one.grow:
        return known[one.grow].buffer(one.width_m, quad_segs=4)
    if one.stretch_of:
        return stretch_about(known[one.stretch_of], Point(frame.point(one.shift_m, 0.0)), one.width_m)
    return known[one.copy] if one.copy else None


def own_shape(one: Planted, turn: float) -> BaseGeometry:
    """Draw a feature's own shape about the origin, with its long axis in a direction in degrees."""
    rng = np.random.default_rng(zlib.crc32(one.id.encode()))
    if one.blob:
        return natural_blob(0.0, 0.0, one.blob * 1e4, rng, stretch=one.stretch, turn=turn)
    if one.point:
        return Point(0.0, 0.0)
    if one.line:
        x = np.linspace(-0.5, 0.5, 5) * one.line
        bend = np.concatenate([[0.0], rng.uniform(-0.03, 0.03, 3), [0.0]]) * one.line
        return affinity.rotate(LineString(smooth_path(np.column_stack([x, bend]))), turn, (0, 0))
    width, depth = one.box
    return affinity.rotate(box(-width / 2, -depth / 2, width / 2, depth / 2), turn, (0, 0))


def stretch_about(course: BaseGeometry, middle: Point, length_m: float) -> BaseGeometry:
    """Take so many metres of a course about the place nearest to a point."""
    run = min(shapely.get_parts(np.array([course])), key=middle.distance)
    at = run.project(middle)
    return substring(run, max(at - length_m / 2, 0.0), min(at + length_m / 2, run.length))


def place_shape(
    one: Planted, frame: Frame, county: dict[str, BaseGeometry], drawn: dict[str, BaseGeometry]
) -> BaseGeometry:
    """Draw a feature's own shape at its place."""
    shape = own_shape(one, frame.turn + one.turn)
    name = one.inside or one.over or one.beside
    if not name:
        return affinity.translate(shape, *frame.point(*one.at))
    way, target, own = frame.way(one.towards), (county | drawn)[name], name in drawn
    if own:
        middle = shapely.centroid(target)
        frame = Frame(middle.x, middle.y, frame.turn)
    start = frame.beside(one.towards, one.shift_m, 0.0)
    if one.inside:
        return affinity.translate(shape, *start)
    at_edge = edge_position(one.id, target, start, way, outward=own and is_area(target))
    if one.over:
        return affinity.translate(shape, *(start + at_edge * way))
    return slide_beside(one, shape, target, start, way, at_edge)


def is_area(shape: BaseGeometry) -> bool:
    """Tell whether a shape is a polygon or several."""
    return bool(shapely.get_dimensions(shape) == 2)  # noqa: PLR2004 - the dimension of an area


def edge_position(name: str, target: BaseGeometry, start: np.ndarray, way: np.ndarray, *, outward: bool) -> float:
    """Give how far along a way the edge of a target lies: the last one on the way `outward`, else the nearest."""
    edge = target.boundary if is_area(target) else target
    if edge.geom_type == "Point":
        return 0.0
    ends = (start, start + REACH_M * way) if outward else (start - CLOSE_M * way, start + CLOSE_M * way)
    met = shapely.get_coordinates(LineString(ends).intersection(edge))
    if len(met) == 0:
        raise NoRoomError(f"{name}: its neighbour's edge is out of reach. Choose another place.")
    along = (met - start) @ way
    return float(along.max() if outward else along[np.argmin(np.abs(along))])


def slide_beside(
    one: Planted, shape: BaseGeometry, target: BaseGeometry, start: np.ndarray, way: np.ndarray, at_edge: float
) -> BaseGeometry:
    """Slide a shape away from a target's edge until it keeps its gap, or shares just so much."""

    def moved(along: float) -> BaseGeometry:
        return affinity.translate(shape, *(start + along * way))

    def excess(along: float) -> float:
        if one.shared_m2:
            return one.shared_m2 - float(moved(along).intersection(target).area)
        return float(moved(along).distance(target)) - one.gap_m

    if one.shared_m2:
        at_edge = min(at_edge, 0.0)
    size = max(shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1])
    return moved(_crossing(excess, at_edge, at_edge + one.gap_m + size + CLOSE_M, one.id))


def _crossing(excess: Callable[[float], float], low: float, high: float, name: str) -> float:
    """Find where a growing quantity passes zero."""
    if excess(low) > 0 or excess(high) < 0:
        raise NoRoomError(f"{name}: the neighbour lies about it. Choose another place.")
    for _ in range(STEPS):
        middle = (low + high) / 2
        if excess(middle) < 0:
            low = middle
        else:
            high = middle
    return high
