"""Industrial construction sites: some stand already, some are planned, and a few lie where they should not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.ops import nearest_points

from geodata.demo.factbook import read_facts
from geodata.demo.shapes import largest_part, natural_blob

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.scene import Scene

PLACING = ("place", "hectares", "source", "certainty")
NO = ("supports_production", "livestock", "national_key", "infrastructure")
"""What no scattered site is."""


def inner_point(shape: BaseGeometry) -> Point:
    """Find the middle of the largest circle inside a shape."""
    return Point(shapely.maximum_inscribed_circle(largest_part(shape), tolerance=20.0).coords[0])


def place_project(scene: Scene, how: str, shapes: dict[str, BaseGeometry]) -> tuple[Point, BaseGeometry | None]:
    """Find where a project lies, and what it must stay within."""
    kind, _, rest = how.partition(":")
    if kind in ("in", "river", "edge"):
        rest, _, bank = rest.partition(":")
        site = shapes[rest]
        middle = inner_point(site)
        if kind == "in":
            return middle, site.buffer(-15.0)
        target = nearest_points(scene.banks[bank], site)[1] if kind == "river" else _far_corner(site)
        # A quarter of the way in from the edge.
        place = Point(target.x + 0.25 * (middle.x - target.x), target.y + 0.25 * (middle.y - target.y))
        return place, site.buffer(-15.0)
    if kind == "deep":
        return inner_point(shapes[rest]), None
    if kind == "town":
        seat = scene.seats[rest]
        return Point(seat.x - 1900.0, seat.y + 700.0), None
    block, _, seat_name = rest.partition(":")
    edge = shapely.segmentize(shapes[block].boundary, 100.0)
    corners = shapely.get_coordinates(edge)
    busy = shapely.union_all([scene.corridor(400.0), scene.water.buffer(300.0), shapes["built"].buffer(300.0)])
    free = ~shapely.contains_xy(busy, corners)
    seat = scene.seats[seat_name]
    away = np.hypot(corners[:, 0] - seat.x, corners[:, 1] - seat.y) + 1e6 * ~free
    return Point(corners[int(np.argmin(away))]), None


def _far_corner(site: BaseGeometry) -> Point:
    corners = shapely.get_coordinates(site.boundary)
    return Point(corners[int(np.argmax(corners[:, 0]))])


def make_projects(scene: Scene, shapes: dict[str, BaseGeometry]) -> list[dict[str, Any]]:
    """
    Draw the construction sites.

    Parameters
    ----------
    shapes
        Parks, redline blocks and reserve zones (`core`, `general`) by id, and `built`: all urban land.
    """
    rows = []
    for index, fact in enumerate(read_facts("projects").fillna({"park": "", "approval_date": ""}).to_dict("records")):
        place, within = place_project(scene, fact["place"], shapes)
        rng = np.random.default_rng(index)
        blob: BaseGeometry = natural_blob(place.x, place.y, fact["hectares"] * 1e4, rng, stretch=1.3, turn=40.0 * index)
        if within is not None:
            blob = blob.intersection(within)
        blob = blob.difference(scene.corridor(45.0))
        row: dict[str, Any] = {str(key): value for key, value in fact.items() if key not in PLACING}
        row |= {"activity": "general", "survey_done": True} | dict.fromkeys(NO, False)
        rows.append(row | {"geometry": largest_part(blob)})
    return rows
