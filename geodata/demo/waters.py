"""River management areas, and the planned bank lines of the county's main river, all drawn from the water surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.demo.shapes import join_parts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]

MANAGED_M, WATERFRONT_M = 30.0, 8.0
"""How far the management area and the waterfront line lie from the water's edge; parks keep 45 m off."""
DIKE_RIVER, DIKE_TOWN, DIKE_REACH_M, DIKE_M = "东河", "东河镇", 1300.0, 12.0
"""Where the management area's outer strip is a dike with its berm."""
SHORTEST_BANK_M, SMALLEST_AREA_M2 = 100.0, 3000.0
DATUMS = (("waterfront", "临水边界线", WATERFRONT_M), ("outer", "外缘边界线", MANAGED_M))


def make_management_areas(scene: Scene, layers: dict[str, Rows]) -> Rows:
    """Make the rows of `river_management`: both sides of every demarcated river, with its water."""
    demarcated = {row["river"] for row in layers["river_bank"] if row["demarcated"]}
    inner = scene.county.buffer(-1.0)
    rows: Rows = []
    taken: BaseGeometry = shapely.Polygon()
    for river in layers["river"]:
        if river["name"] not in demarcated:
            continue
        whole = river["geometry"].buffer(MANAGED_M, quad_segs=3).simplify(1.5).intersection(inner).difference(taken)
        whole = join_parts(whole, SMALLEST_AREA_M2)
        taken = shapely.union_all([taken, whole])
        slug = river["id"].removeprefix("river-")
        if river["name"] == DIKE_RIVER:
            reach = scene.seats[DIKE_TOWN].buffer(DIKE_REACH_M)
            dike = whole.difference(river["geometry"].buffer(MANAGED_M - DIKE_M, quad_segs=3)).intersection(reach)
            rows.append(_area(f"river-management-{slug}-dike", river["name"], "dike", dike))
            whole = whole.difference(dike)
        rows.append(_area(f"river-management-{slug}", river["name"], "channel", whole))
    return rows


def make_planned_banks(scene: Scene, layers: dict[str, Rows]) -> Rows:
    """Make the planned bank lines of the main river, beside its water's edge."""
    edge = next(row for row in layers["river_bank"] if row["river"] == DIKE_RIVER)
    surface = next(row["geometry"] for row in layers["river"] if row["name"] == DIKE_RIVER)
    rows = []
    for datum, title, off_m in DATUMS:
        # Only where the water has an edge: not across the ends at a border or a mouth.
        line = surface.buffer(off_m, quad_segs=3).simplify(1.5).boundary
        beside = line.intersection(edge["geometry"].buffer(off_m + 3.0, cap_style="flat"))
        merged = shapely.line_merge(beside.intersection(scene.county.buffer(-2.0)))
        runs = [run for run in shapely.get_parts(np.array([merged])) if run.length > SHORTEST_BANK_M]
        row = edge | {"id": f"{edge['id']}-{datum}", "name": f"{DIKE_RIVER}{title}（示意）", "datum": datum}
        rows.append(row | {"geometry": shapely.union_all(runs)})
    return rows


def _area(name: str, river: str, kind: str, shape: BaseGeometry) -> dict[str, Any]:
    title = "堤防及护堤地" if kind == "dike" else "河道管理范围"
    row: dict[str, Any] = {
        "id": name,
        "name": f"{river}{title}（示意）",
        "river": river,
        "kind": kind,
        "status": "existing",
    }
    row |= {"announced": True, "approval_no": "示意〔2020〕31号", "approval_date": "2020-12-31"}
    return row | {"geometry": shape}
