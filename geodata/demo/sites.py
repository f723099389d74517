"""Parks, chemical parks and the urban boundary: published areas, synthetic places and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import nearest_points

from geodata.demo.factbook import positions, read_facts
from geodata.demo.scene import PARK_CLEARANCE_M, Scene
from geodata.demo.shapes import area_m2, largest_part

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MU_M2 = 10_000 / 15
UNIT_M2 = {"km2": 1e6, "mu": MU_M2, "ha": 1e4, "m2": 1.0}
REACHES = {"park-huangyang": "road-G5012", "park-bio": "road-G5012", "park-coal": "road-S411"}
"""Parks drawn into the building-control zone of a road on purpose."""
RECOGNITION = "川经信化工〔2024〕189号"
"""Of the chemical park, as reported."""
REACH_GAP_M = 24.0
LEFT_OUT = {"park-huangyang": 330.0, "park-coal": 210.0}
"""Parks whose far end (within this radius) is left outside the urban boundary on purpose."""


@dataclass(frozen=True)
class Sites:
    """Rows of the site layers, in metres."""

    parks: list[dict[str, Any]]
    chemical: list[dict[str, Any]]
    urban: list[dict[str, Any]]
    left_out: dict[str, BaseGeometry]
    """Per park, the ground left outside the urban boundary."""


def reach_towards(site: BaseGeometry, road: BaseGeometry, gap_m: float, width_m: float = 260.0) -> BaseGeometry:
    """Draw a strip from a site to within `gap_m` of a road's centre line."""
    near, on_road = nearest_points(site, road)
    way = np.array([on_road.x - near.x, on_road.y - near.y])
    way /= np.hypot(*way)
    start = (near.x - 150 * way[0], near.y - 150 * way[1])
    strip = LineString([start, (on_road.x, on_road.y)]).buffer(width_m / 2, cap_style="flat")
    return strip.difference(road.buffer(gap_m))


def fit_area(site: Polygon, fixed: BaseGeometry, target_m2: float, allowed: BaseGeometry) -> Polygon:
    """Shrink or widen a site around a fixed part until the two together have the published area."""
    scale = area_m2(site) / site.area
    low, high = -400.0, 400.0
    best = site
    for _ in range(40):
        middle = (low + high) / 2
        grown = shapely.union_all([site.buffer(middle, quad_segs=2).intersection(allowed), fixed])
        best = largest_part(grown)
        if best.area * scale > target_m2:
            high = middle
        else:
            low = middle
    return best


def make_sites(scene: Scene, wetland: BaseGeometry) -> Sites:
    """Draw the parks and, around towns and parks, the urban boundary."""
    clear = scene.county.buffer(-300.0).difference(scene.corridor(PARK_CLEARANCE_M))
    clear = clear.difference(shapely.union_all([scene.water.buffer(45.0), wetland.buffer(25.0)]))
    centres = shapely.union_all([point.buffer(500.0) for point in scene.seats.values()])
    free = clear.difference(centres)
    facts = read_facts("sites")
    parks, chemical = [], []
    for fact, (x, y) in zip(facts.to_dict("records"), positions(facts), strict=True):
        target = fact["area"] * UNIT_M2[fact["unit"]]
        shape = scene.grow_site(x, y, target, free, exact=True)
        if fact["id"] in REACHES:
            strip = reach_towards(shape, scene.lines[REACHES[fact["id"]]], REACH_GAP_M)
            others = scene.corridor(PARK_CLEARANCE_M, without=(REACHES[fact["id"]],))
            strip = strip.difference(shapely.union_all([others, scene.water.buffer(45.0)]))
            shape = fit_area(shape, strip, target, free)
        free = free.difference(shape.buffer(150.0))
        row = {"id": fact["id"], "name": fact["name"], "status": fact["status"], "use": "industry"}
        row |= {"infrastructure": False, "survey_done": True}
        approved = "" if fact["approved"] != fact["approved"] else fact["approved"]
        if fact["layer"] == "park":
            row |= {"kind": fact["kind"], "area_km2_published": round(target / 1e6, 4), "approved": approved}
            parks.append(row | {"geometry": shape})
        else:
            row |= {"area_mu_published": fact["area"], "approved": approved}
            row |= {"approval_no": RECOGNITION, "approval_date": approved}
            chemical.append(row | {"geometry": shape})
    urban, left_out = make_urban(scene, wetland, parks, chemical)
    return Sites(parks, chemical, urban, left_out)


def make_urban(
    scene: Scene, wetland: BaseGeometry, parks: list[dict[str, Any]], chemical: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, BaseGeometry]]:
    """Draw one urban boundary per township: the town, and the parks nearest to it but for what is left out."""
    allowed = scene.county.buffer(-100.0).difference(scene.water.buffer(8.0))
    allowed = allowed.difference(wetland.buffer(15.0))
    left_out: dict[str, BaseGeometry] = {}
    for park in parks:
        if park["id"] in LEFT_OUT:
            corners = np.asarray(park["geometry"].exterior.coords)
            town = min(scene.seats.values(), key=park["geometry"].distance)
            road = scene.lines[REACHES[park["id"]]]
            # The end that lies far from both the town and the road, so that each planted conflict stands alone.
            far = [Point(xy).distance(town) + Point(xy).distance(road) for xy in corners]
            left_out[park["id"]] = Point(corners[int(np.argmax(far))]).buffer(LEFT_OUT[park["id"]])
    facts = read_facts("urban_areas")
    towns: dict[str, BaseGeometry] = {
        fact["id"]: scene.grow_site(
            scene.seats[fact["place"]].x, scene.seats[fact["place"]].y, fact["area_km2"] * 1e6, allowed, exact=False
        )
        for fact in facts.to_dict("records")
    }
    for site in [*parks, *chemical]:
        around = site["geometry"].buffer(40.0).intersection(allowed)
        owner = min(towns, key=lambda name, around=around: float(towns[name].distance(around)))  # type: ignore[misc]
        towns[owner] = shapely.union_all([towns[owner], around])
    cuts = shapely.union_all(list(left_out.values()))
    rows = []
    taken: BaseGeometry = Polygon()
    for fact in facts.to_dict("records"):
        shape = towns[fact["id"]].difference(cuts).difference(taken)
        taken = shapely.union_all([taken, shape.buffer(1.0)])
        shape = shapely.simplify(shape, 3.0)
        rows.append(
            {"id": fact["id"], "name": f"{fact['name']}城镇开发边界", "zone": "城镇集中建设区", "geometry": shape}
        )
    return rows, left_out


def heritage_rows(scene: Scene) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw the two heritage sites at their published sizes, and a control zone around each."""
    facts = read_facts("zones").fillna({"approval_date": ""}).set_index("id")
    scopes, controls = [], []
    for name, seat, east, north, grade, ring in (
        ("heritage-mumen", "木门镇", 150.0, -650.0, "省级", 60.0),
        ("heritage-hongjuncheng", "东河镇", 250.0, 150.0, "省级", 120.0),
    ):
        fact = facts.loc[name]
        target = float(str(fact["area"])) * UNIT_M2[str(fact["unit"])]
        radius = float(np.sqrt(target / np.pi))
        disc = Point(scene.seats[seat].x + east, scene.seats[seat].y + north).buffer(radius, quad_segs=5)
        shape = affinity.rotate(affinity.scale(disc, 1.35, 1 / 1.35), 35.0)
        size = float(np.sqrt(target / area_m2(shape)))
        shape = affinity.scale(shape, size, size)
        row = {"id": name, "name": fact["name"], "grade": grade, "grade_status": "现级别未核"}
        row |= {"announced": True, "approval_no": "示意（文号未核）", "approval_date": fact["approval_date"]}
        scopes.append(row | {"geometry": shape})
        control = shape.buffer(ring, quad_segs=4).difference(shape)
        controls.append(row | {"id": f"{name}-control", "geometry": control})
    return scopes, controls
