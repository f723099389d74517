"""The two former plans of the towns, which agree but for a few blocks, and the list of key projects as corridors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.demo.cover import draw_faces, first_owner, join_faces
from geodata.demo.factbook import read_facts
from geodata.demo.scene import merge_rows

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

BLOCK_M = 420.0
RIM_M = 140.0
"""How far the former plans' open land reaches beyond the town."""
USES = (("residential", 0.5), ("commerce", 0.12), ("public", 0.13), ("industry", 0.15), ("green", 0.10))
"""Share of the blocks of a town; the last is open land."""
CODES = {
    # use: code of the former land-use plan, of the former urban plan, title
    "residential": ("2110", "R2", "居住"),
    "commerce": ("2110", "B1", "商业"),
    "public": ("2110", "A", "公共服务"),
    "industry": ("2110", "M2", "工业"),
    "green": ("1130", "G1", "绿地"),
    "farm": ("1110", "E2", "农林"),
}
OPEN = ("green", "farm")
PLAN_PROJECT_SIMPLE_M = 15.0


def town_blocks(scene: Scene, town: BaseGeometry, number: int) -> tuple[list[BaseGeometry], list[str]]:
    """Divide a town and a rim of open land around it into blocks, each with its use; the same for both plans."""
    rng = np.random.default_rng(9000 + number)
    whole = town.buffer(RIM_M, quad_segs=2).simplify(12.0).intersection(scene.county.buffer(-60.0))
    west, south, east, north = whole.bounds
    lattice = np.stack(np.meshgrid(np.arange(west, east, BLOCK_M), np.arange(south, north, BLOCK_M)))
    centres = lattice.reshape(2, -1).T
    centres += rng.uniform(-0.3 * BLOCK_M, 0.3 * BLOCK_M, centres.shape)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=whole.buffer(500.0)))
    faces = draw_faces(whole, [town.simplify(8.0), *cells])
    points = shapely.point_on_surface(faces)
    inside = first_owner(points, [town.simplify(8.0)]) >= 0
    keys = [(int(cell), bool(one)) for cell, one in zip(first_owner(points, cells), inside, strict=True)]
    shapes, owners = join_faces(faces, keys)
    shares = np.array([share for _, share in USES])
    chosen = rng.choice(len(USES), size=len(shapes), p=shares)
    uses = [USES[one][0] if owner[1] else "farm" for one, owner in zip(chosen, owners, strict=True)]
    return shapes, uses


def make_former_plans(scene: Scene, layers: dict[str, Rows]) -> tuple[Rows, Rows]:
    """Make the rows of `plan_land` and `plan_urban`, with the disagreements of the table."""
    kept_open = merge_rows([*layers["permanent_farmland"], *layers["river"]])
    sites = [row["geometry"] for key in ("park", "chemical_park") for row in layers[key]]
    differing = {(fact["town"], int(fact["block"])): fact for fact in read_facts("former_plans").to_dict("records")}
    land: Rows = []
    urban: Rows = []
    towns = [row for row in layers["urban_boundary"] if row["geometry"].area > 1.0e6]  # noqa: PLR2004 - towns with a plan
    for number, row in enumerate(towns):
        title = str(row["name"]).removesuffix("城镇开发边界")
        blocks, uses = town_blocks(scene, row["geometry"].difference(kept_open.buffer(5.0)), number)
        in_sites = first_owner(shapely.point_on_surface(blocks), sites) >= 0
        for index, (shape, plain_use, in_site) in enumerate(zip(blocks, uses, in_sites, strict=True)):
            use = "industry" if in_site else plain_use
            fact = differing.get((title, index), {})
            land.append(_block(len(land), "land", title, str(fact.get("land_use", use)), shape))
            urban.append(_block(len(urban), "urban", title, str(fact.get("urban_use", use)), shape))
    return land, urban


def _block(number: int, plan: str, town: str, use: str, shape: BaseGeometry) -> dict[str, Any]:
    code_land, code_urban, title = CODES[use]
    row: dict[str, Any] = {"id": f"plan-{plan}-{number + 1:04d}", "name": f"{town}{title}地块（示意）"}
    row |= {"use_code": code_land if plan == "land" else code_urban, "built": use not in OPEN, "use": use}
    return row | {"geometry": shape}


def make_plan_projects(layers: dict[str, Rows]) -> Rows:
    """Make the rows of `plan_project`: the course of every project of clause 8, and the runway for the airfield."""
    rows = []
    for line in [*layers["road"], *layers["railway"]]:
        if line["clause"] and line["geometry"] is not None:
            course = shapely.simplify(line["geometry"], PLAN_PROJECT_SIMPLE_M)
            row = {"id": f"plan-{line['id']}", "name": f"{line['project']}（规划走廊示意）", "project": line["project"]}
            rows.append(row | {"status": line["status"], "geometry": course})
    (airfield,), (runway,) = layers["airport"], layers["runway"]
    row = {"id": f"plan-{airfield['id']}", "name": f"{airfield['project']}（规划场址示意）"}
    row |= {"project": airfield["project"], "status": airfield["status"]}
    return [*rows, row | {"geometry": runway["geometry"]}]
