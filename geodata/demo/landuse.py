"""Current land use: the whole county as patches, each with a class of the third land survey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter
from shapely.ops import substring

from geodata.demo.cover import draw_cells, draw_faces, first_owner, join_faces
from geodata.demo.crossings import runs_of
from geodata.demo.factbook import read_facts
from geodata.demo.scene import merge_rows
from geodata.demo.settlements import Ground, scatter

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

ROAD_LAND = (
    # line, part of its length, half-width in metres
    ("road-G542", (0.34, 0.66), 8.0),
    ("road-S301", (0.46, 0.60), 6.0),
    ("road-S303", (0.52, 0.60), 6.0),
    ("road-S411", (0.50, 0.72), 8.0),
    ("road-G5012", (0.06, 0.30), 18.0),
    ("road-G5012", (0.70, 0.92), 18.0),
)
"""Where the land of a road is a patch of its own, so that its real edge is known."""
SPACING_M = (340.0, 820.0, 1600.0)
"""Of the cells in towns, in valleys and in the mountains."""
RAIL_LAND_M, ROAD_LAND_CLEAR_M = 8.0, 260.0
HAMLETS, PONDS, SHEDS, PITS = 700, 120, 40, 6
CROP_FROM_SEAT_M = 1800.0
FACILITY_CLASS = {
    "school": "08H2", "hospital": "08H2", "care_home": "08H2", "office": "08H1", "residential": "0701",
    "commercial": "05H1", "market": "05H1", "logistics": "0508", "settlement": "0702",
}  # fmt: skip
CENTRE_SHARE = 0.42
"""How far a town's centre reaches, as a share of the side of a square of its size."""
PADDY_SLOPE, PADDY_HEIGHT_M = 0.12, 760.0
VALLEY_SLOPE, VALLEY_HEIGHT_M, SUMMIT_HEIGHT_M = 0.27, 1150.0, 1650.0


@dataclass(frozen=True)
class Patch:
    """One patch of the partition."""

    land_class: str
    shape: BaseGeometry
    field: bool
    """Whether it is permanent farmland."""


def draw_land_use(scene: Scene, layers: dict[str, Rows]) -> list[Patch]:
    """Draw the partition; what other layers know already keeps its shape, the rest is divided by the terrain."""
    fixed = fixed_shapes(scene, layers)
    zones = [row for key in ("park", "chemical_park", "urban_boundary") for row in layers[key]]
    cells = background_cells(scene, zones)
    faces = draw_faces(scene.county, [*cells, *[shape for _, shape in fixed], *[row["geometry"] for row in zones]])
    points = shapely.point_on_surface(faces)
    owner = first_owner(points, [shape for _, shape in fixed])
    zone = first_owner(points, [row["geometry"] for row in zones])
    cell = first_owner(points, cells)
    # What is fixed needs no cell; what is not, no number.
    keys: list[tuple[int, int, int]] = [
        (int(one), -1, -1) if one >= 0 else (-1, int(other), int(site))
        for one, other, site in zip(owner, cell, zone, strict=True)
    ]
    shapes, owners = join_faces(faces, keys)
    fields = len(layers["permanent_farmland"])
    choose = ClassOfGround(scene, layers, zones)
    patches = []
    for shape, key in zip(shapes, owners, strict=True):
        number, _, site = key
        land_class = fixed[number][0] if number >= 0 else choose(shape, site)
        patches.append(Patch(land_class, shape, 0 <= number < fields))
    return patches


def background_cells(scene: Scene, zones: Rows) -> list[BaseGeometry]:
    """Divide the ground: finely in towns, by fields in the valleys, coarsely in the mountains."""
    grid = scene.relief.grid
    near = grid.burn([scene.county.buffer(400.0)])
    town = grid.burn([row["geometry"].buffer(60.0) for row in zones]) & near
    low = gaussian_filter(scene.relief.slope, 9.0) < VALLEY_SLOPE
    low &= (gaussian_filter(scene.relief.height, 9.0) < VALLEY_HEIGHT_M) & ~town & near
    rng = np.random.default_rng(6000)
    return draw_cells(scene, list(zip(SPACING_M, (town, low, near & ~town & ~low), strict=True)), rng)


def fixed_shapes(scene: Scene, layers: dict[str, Rows]) -> list[tuple[str, BaseGeometry]]:
    """Gather what keeps its shape, the first having precedence; the permanent farmland comes first of all."""
    fields = [(row["land_class"], row["geometry"]) for row in layers["permanent_farmland"]]
    water = [("1101", row["geometry"]) for row in layers["river"]]
    built = [(FACILITY_CLASS[row["kind"]], row["geometry"]) for row in layers["facility"]]
    built += [("0601", row["geometry"]) for row in layers["project"] if row["status"] == "existing"]
    rail = [("1001", row["geometry"].buffer(RAIL_LAND_M, cap_style="flat", quad_segs=2)) for row in layers["railway"]]
    known = [*fields, *water, *built, *rail, *road_land(scene, layers)]
    return known + scattered(scene, layers, [shape for _, shape in known])


def road_land(scene: Scene, layers: dict[str, Rows]) -> list[tuple[str, BaseGeometry]]:
    """Draw the land of some roads, off every site and field that lies close to them."""
    near = merge_rows([row for key in ("park", "chemical_park", "project", "heritage_control") for row in layers[key]])
    fields = merge_rows(layers["permanent_farmland"]).buffer(40.0)
    closed = shapely.union_all([near.buffer(ROAD_LAND_CLEAR_M), fields])
    strips: list[tuple[str, BaseGeometry]] = []
    for name, (first, last), half_m in ROAD_LAND:
        run = max(runs_of(scene.lines[name]), key=lambda one: float(one.length))
        stretch = substring(run, first, last, normalized=True)
        strips += [
            ("1003", part.buffer(half_m, cap_style="flat", quad_segs=2)) for part in runs_of(stretch.difference(closed))
        ]
    return strips


def scattered(scene: Scene, layers: dict[str, Rows], known: list[BaseGeometry]) -> list[tuple[str, BaseGeometry]]:
    """Scatter hamlets, ponds, sheds and small pits beside the fields."""
    grid = scene.relief.grid
    keep = [row["geometry"] for key in ("urban_boundary", "park", "project", "reserve_core") for row in layers[key]]
    lines = [row["geometry"].buffer(30.0) for row in layers["road"] if row["geometry"] is not None]
    closed = grid.burn([*known, *keep, *lines], all_touched=True) | ~grid.burn([scene.county.buffer(-250.0)])
    ground = Ground(scene, ~closed)
    near = [row["geometry"] for row in layers["permanent_farmland"]]
    found: list[tuple[str, BaseGeometry]] = []
    for seed, (land_class, count, hectares) in enumerate(
        (
            ("0702", HAMLETS, (0.25, 1.4)),
            ("1104", PONDS, (0.12, 0.5)),
            ("1202", SHEDS, (0.1, 0.6)),
            ("0602", PITS, (1.0, 1.5)),
        )
    ):
        found += [(land_class, shape) for shape in scatter(scene, ground, near, count, hectares, 6100 + seed)]
    return found


class ClassOfGround:
    """Chooses the land class of ground that no other layer says anything about."""

    def __init__(self, scene: Scene, layers: dict[str, Rows], zones: Rows) -> None:
        self.scene = scene
        self.zones = zones
        self.slope = gaussian_filter(scene.relief.slope, 3.0)
        wild = [
            row["geometry"] for key in ("ecological_redline", "reserve_core", "reserve_general") for row in layers[key]
        ]
        self.wild = scene.relief.grid.burn(wild)
        self.rng = np.random.default_rng(6200)
        self.shares = {
            str(ground): (rows["land_class"].tolist(), rows["share"].to_numpy() / rows["share"].sum())
            for ground, rows in read_facts("land_shares").groupby("ground")
        }
        self.seats = np.array([(seat.x, seat.y) for seat in scene.seats.values()])

    def __call__(self, shape: BaseGeometry, zone: int) -> str:
        """Choose by place, slope and height."""
        middle = shapely.point_on_surface(shape)
        cell = self.scene.relief.grid.cell_of(middle.x, middle.y)
        height, slope = self.scene.relief.height[cell], self.slope[cell]
        away = float(np.hypot(*(self.seats - (middle.x, middle.y)).T).min())
        if zone >= 0:
            return self.pick(self.ground_in(self.zones[zone], away))
        if height > SUMMIT_HEIGHT_M:
            return self.pick("summit")
        if self.wild[cell] or slope > VALLEY_SLOPE or height > VALLEY_HEIGHT_M:
            return self.pick("slope")
        chosen = self.pick("valley")
        if chosen == "0103" and away < CROP_FROM_SEAT_M:
            return "0404"
        return "0101" if chosen == "0103" and slope < PADDY_SLOPE and height < PADDY_HEIGHT_M else chosen

    def ground_in(self, zone: dict[str, Any], away_m: float) -> str:
        """Name the kind of ground in a park or town."""
        if zone["id"].startswith("udb"):
            return "centre" if away_m < CENTRE_SHARE * np.sqrt(zone["geometry"].area) else "edge"
        return "bare" if zone["status"] == "planned" else "works"

    def pick(self, ground: str) -> str:
        """Pick a class by its share on a kind of ground."""
        classes, chance = self.shares[ground]
        return str(classes[int(self.rng.choice(len(classes), p=chance))])


def land_use_rows(patches: list[Patch]) -> Rows:
    """Make the rows of `land_use`."""
    names = read_facts("land_classes").set_index("land_class")["name"].to_dict()
    return [
        {
            "id": f"lu-{number:05d}",
            "name": names[patch.land_class],
            "land_class": patch.land_class,
            "geometry": patch.shape,
        }
        for number, patch in enumerate(patches, start=1)
    ]


def cropland_rows(patches: list[Patch]) -> Rows:
    """Make the rows of `cropland`: the arable patches that are no permanent farmland."""
    arable = [patch for patch in patches if patch.land_class.startswith("01") and not patch.field]
    return [
        {
            "id": f"crop-{number:04d}",
            "name": f"一般耕地 {number:04d}",
            "land_class": patch.land_class,
            "geometry": patch.shape,
        }
        for number, patch in enumerate(arable, start=1)
    ]
