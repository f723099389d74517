"""Industrial construction sites: some stand already, some are planned, and a few lie where they should not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.ops import nearest_points

from geodata.demo.shapes import largest_part, natural_blob

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.scene import Scene

PLANS = (
    # id, name, status, GB/T 4754 code, chemical, park, how it is placed, hectares
    ("project-coking", "煤焦化一期", "existing", "2521", True, "chem-jiachuan-a", "in:chem-jiachuan-a", 7.0),
    (
        "project-coal-tar",
        "煤焦油深加工",
        "planned",
        "2523",
        True,
        "chem-jiachuan-b",
        "river:chem-jiachuan-b:bank-donghe",
        9.0,
    ),
    (
        "project-methanol",
        "焦炉煤气制甲醇",
        "planned",
        "2614",
        True,
        "chem-jiachuan-a",
        "river:chem-jiachuan-a:bank-trib-jiachuan",
        5.0,
    ),
    ("project-casting", "机械铸造厂", "existing", "3391", False, "park-machinery", "in:park-machinery", 6.0),
    ("project-gear", "齿轮加工扩建", "extended", "3453", False, "park-machinery", "edge:park-machinery", 3.5),
    ("project-tea", "茶叶精制", "planned", "1530", False, "park-bio", "in:park-bio", 4.0),
    ("project-cement", "水泥熟料线", "existing", "3011", False, "park-huangyang", "in:park-huangyang", 8.0),
    ("project-limestone", "石灰石破碎站", "planned", "3039", False, "", "block:esr-05:高阳镇", 5.0),
    ("project-marble", "饰面石材加工", "planned", "3032", False, "", "block:esr-08:普济镇", 4.0),
    ("project-graphite", "石墨制品中试", "planned", "3091", False, "", "deep:general", 3.0),
    ("project-water", "山泉水灌装", "planned", "1522", False, "", "deep:core", 1.2),
    ("project-brick", "页岩砖厂扩建", "extended", "3031", False, "", "town:木门镇", 4.5),
)


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
    for index, (name, title, status, code, chemical, park, how, hectares) in enumerate(PLANS):
        place, within = place_project(scene, how, shapes)
        rng = np.random.default_rng(index)
        blob: BaseGeometry = natural_blob(place.x, place.y, hectares * 1e4, rng, stretch=1.3, turn=40.0 * index)
        if within is not None:
            blob = blob.intersection(within)
        blob = blob.difference(scene.corridor(45.0))
        row = {"id": name, "name": title, "status": status, "industry_code": code, "chemical": chemical, "park": park}
        rows.append(row | {"geometry": largest_part(blob)})
    return rows
