"""Broad zones over the county: geohazard proneness, key soil-erosion areas and environmental control units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter

from geodata.demo.factbook import read_facts
from geodata.demo.routing import fractal_noise
from geodata.demo.shapes import outline_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Bools, Floats
    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

PRONE = (("高", "high", 0.06), ("中", "medium", 0.27), ("低", "low", 0.56))
"""Level, its part of an id, and the share of the county at this level or above."""
OPEN_SLOPE = 0.24
"""Where the valleys are gentler than this, no level is given."""
EROSION_NORTH_M, EROSION_SOUTH_M = 20_000.0, -3_000.0
"""North and south of 高阳镇 and 黄洋镇: the areas of prevention and of treatment."""
TOLERANCE_M, SMALLEST_M2 = 240.0, 1.5e6


def zone_rows(scene: Scene, mask: Bools) -> Any:  # noqa: ANN401 - a polygon or several
    """Outline a zone roughly, within the county."""
    shape = outline_of(mask, scene.relief.grid, tolerance_m=TOLERANCE_M, smallest_m2=SMALLEST_M2)
    return shapely.simplify(shape, 30.0).intersection(scene.county.buffer(-5.0))


def make_prone(scene: Scene) -> Rows:
    """Make the rows of `geohazard_prone`: steep and broken ground, the valley floors and town plains left open."""
    steep = gaussian_filter(scene.relief.slope, 14.0)
    rng = np.random.default_rng(8000)
    broken: Floats = steep + 0.05 * fractal_noise(steep.shape, 60.0, 3, rng)
    inside = scene.relief.grid.burn([scene.county])
    settled = scene.relief.grid.burn([scene.clearings(2400.0)])
    fits = inside & ~settled & (steep > OPEN_SLOPE)
    rows: Rows = []
    taken: BaseGeometry = shapely.Polygon()
    for level, slug, share in PRONE:
        limit = np.quantile(broken[inside], 1.0 - share)
        shape = zone_rows(scene, fits & (gaussian_filter(broken, 6.0) > limit)).difference(taken)
        taken = shapely.union_all([taken, shape])
        row = {"id": f"prone-{slug}", "name": f"地质灾害{level}易发区（示意）", "level": level}
        rows.append(row | {"geometry": shape})
    return rows


def make_erosion(scene: Scene) -> Rows:
    """Make the rows of `soil_erosion_key`: prevention in the northern forests, treatment in southern hills."""
    grid = scene.relief.grid
    rows, columns = np.indices(grid.shape)
    _, y = grid.centre_of(rows, columns)
    inside = grid.burn([scene.county.buffer(-200.0)])
    rng = np.random.default_rng(8100)
    rough = 2500.0 * fractal_noise(grid.shape, 70.0, 2, rng)
    slope = gaussian_filter(scene.relief.slope, 20.0)
    open_ground = ~grid.burn([scene.clearings(2600.0)])
    north = inside & open_ground & (y + rough > scene.seats["高阳镇"].y + EROSION_NORTH_M)
    south = inside & open_ground & (y + rough < scene.seats["黄洋镇"].y + EROSION_SOUTH_M)
    south &= slope > np.quantile(slope[south], 0.55)
    found = (
        ("prevention", "水土流失重点预防区", "重点预防区", north),
        ("treatment", "水土流失重点治理区", "重点治理区", south),
    )
    return [
        {"id": f"erosion-{slug}", "name": f"{name}（示意）", "kind": kind, "geometry": zone_rows(scene, mask)}
        for slug, name, kind, mask in found
    ]


def make_eco_units(layers: dict[str, Rows]) -> Rows:
    """Make the rows of `eco_unit`: the townships of 2017 joined as the table says, together the whole county."""
    shapes = {row["name"]: row["geometry"] for row in layers["township_2017"]}
    rows = []
    for fact in read_facts("eco_units").fillna({"prohibited_codes": ""}).to_dict("records"):
        units = [shapes[name] for name in str(fact["townships"]).split("、")]
        row = {key: fact[key] for key in ("id", "name", "unit_code", "unit_type", "prohibited_codes")}
        rows.append(row | {"geometry": shapely.coverage_union_all(units)})
    return rows
