"""Airport obstacle surfaces: what rises above them, the ground itself, and what stands close to the fence."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from geodata.raster import sample_terrain
from planning import relations
from planning.conditions import plain_text, read_number
from planning.findings import Reason
from planning.judge.hits import listed
from planning.obstacle import read_surfaces
from planning.obstacle_table import ObstacleError
from planning.penetration import find_penetrations, terrain_penetration
from planning.relations import ScaleFactor
from planning.rule import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from planning.conditions import Record
    from planning.judge.hits import Hit, Inputs, PartDraft, Task
    from planning.obstacle import Surfaces
    from planning.penetration import Penetration
    from planning.prepare import Prepared

_LEAST_M = 0.01
"""A smaller excess is none: heights are not known so well."""

_ALL_PCT = 99.9
"""Of the ground under the surfaces; where less is known, a part was not looked at."""

_FENCE = "fence"


def obstacle_hits(task: Task) -> list[Hit]:
    """Find what rises above a runway's surfaces; say which runways have none, and which subjects no height."""
    surfaces = _surfaces(task.against, task.inputs, task.draft)
    if task.subject.bare:
        return _ground_hits(task, surfaces)
    hits = _fence_hits(task)
    if task.inputs.terrain is None:
        task.draft.reasons.append(Reason("terrain_missing"))
        return hits
    without_height, without_ground = [], []
    for position in task.positions:
        height = read_number(task.record(position).get("height_m"))
        geometry = task.subject.geometry.iloc[position]
        near = [(n, one) for n, one in surfaces.items() if shapely.intersects(one.zone(), geometry)]
        if near and height is None:
            without_height.append(task.subject.names[position])
            continue
        for runway, one in near:
            tops = partial(_tops, inputs=task.inputs, height_m=float(height or 0.0))
            part = shapely.intersection(geometry, one.zone())
            if np.isnan(tops(shapely.get_coordinates(part))).any():
                without_ground.append(task.subject.names[position])
            worst = find_penetrations(one, part, tops)
            if worst is None or worst.excess_m <= _LEAST_M:
                continue
            top = float(tops(shapely.get_coordinates(worst.where))[0])
            told: dict[str, str | float] = {
                "top": top,
                "surface": worst.surface,
                "limit": top - worst.excess_m,
                "excess": worst.excess_m,
            }
            hits.append(_hit(task, relations.Pair(position, runway, part), worst, Reason("penetration", told)))
    if without_height:
        task.draft.reasons.append(listed("height_unknown", without_height))
    if without_ground:
        task.draft.reasons.append(listed("slope_unknown", list(dict.fromkeys(without_ground))))
    return _one_per_pair(hits)


def _one_per_pair(hits: Sequence[Hit]) -> list[Hit]:
    """Join what stands in the strip along the fence and rises above a surface too: one finding, found first there."""
    found: dict[tuple[int, int], Hit] = {}
    for hit in hits:
        first = found.setdefault((hit.pair.subject, hit.pair.against), hit)
        if first is not hit:
            first.geometry = shapely.union(first.geometry, hit.geometry)
            first.details += hit.details
            first.assumptions += hit.assumptions
            first.excess_m = hit.excess_m
    return list(found.values())


def _hit(task: Task, pair: relations.Pair, worst: Penetration, told: Reason) -> Hit:
    return task.hit(
        pair,
        excess_m=worst.excess_m,
        extra={"surface": worst.surface},
        details=(told,),
        assumptions=(Reason("surfaces_partial"),),
    )


def _surfaces(runways: Prepared, inputs: Inputs, draft: PartDraft) -> dict[int, Surfaces]:
    """Build the surfaces of every runway that says enough about itself."""
    found, unknown = {}, []
    for position, record in enumerate(runways.records):
        one = _read(runways.geometry.iloc[position], record, inputs.crs)
        if one is None:
            unknown.append(runways.names[position])
        else:
            found[position] = one
    if unknown:
        draft.reasons.append(listed("runway_unknown", unknown))
    return found


def _read(runway: BaseGeometry, record: Record, crs: CRS) -> Surfaces | None:
    """Build the surfaces of one runway; None where it does not say enough, or no table knows its class."""
    elevation, code = read_number(record.get("elevation_m")), read_number(record.get("code_number"))
    if elevation is None or code is None or not isinstance(runway, shapely.LineString):
        return None
    try:
        return read_surfaces(
            runway,
            crs,
            elevation_m=elevation,
            code_number=int(code),
            approach_type=plain_text(record.get("approach_type")),
        )
    except ObstacleError:
        return None


def _tops(points: NDArray[np.float64], inputs: Inputs, height_m: float) -> NDArray[np.float64]:
    """Elevation of the tops at points of the working CRS: the ground there and the height above it."""
    assert inputs.terrain is not None  # noqa: S101 - the caller has looked
    terrain = inputs.terrain.terrain
    there = Transformer.from_crs(inputs.crs, terrain.crs, always_xy=True).transform(points[:, 0], points[:, 1])
    return sample_terrain(terrain, np.column_stack(there)) + height_m


def _ground_hits(task: Task, surfaces: dict[int, Surfaces]) -> list[Hit]:
    """Find where the ground itself is too high."""
    assert task.inputs.terrain is not None  # noqa: S101 - the terrain is the subject
    hits = []
    for runway, one in surfaces.items():
        found = terrain_penetration(one, task.inputs.terrain.terrain)
        if not found.known_pct >= _ALL_PCT:
            task.draft.reasons.append(Reason("ground_unknown", {"percent": 100 - found.known_pct}))
        if found.geometry.is_empty or found.worst is None or found.worst.excess_m <= _LEAST_M:
            continue
        told = Reason("ground_above", {"surface": found.worst.surface, "excess": found.worst.excess_m})
        pair = relations.Pair(relations.WHOLE_LAYER, runway, found.geometry)
        hits.append(_hit(task, pair, found.worst, told))
    return hits


def _fence_hits(task: Task) -> list[Hit]:
    """Find what stands within the strip outside an airport's fence, where its boundary is drawn."""
    dated = task.rule.value("fence_m", task.day)
    chosen = None if dated is None else dated.number(NOTHING)
    if chosen is None or not task.positions:
        return []
    fence = _boundary(task.inputs)
    if fence is None:
        task.draft.reasons.append(Reason("fence_missing"))
        return []
    middle = shapely.centroid(fence)
    reach = chosen[0] * ScaleFactor(task.inputs.crs).at(middle.x, middle.y)
    strip = shapely.difference(shapely.buffer(fence, reach, quad_segs=32), fence)
    hits = []
    for position in task.positions:
        part = shapely.intersection(task.subject.geometry.iloc[position], strip)
        sizes = (math.inf, part.length, part.area)  # a point stands in the strip or does not
        if part.is_empty or sizes[shapely.get_dimensions(part)] <= _LEAST_M:
            continue
        # The strip follows the fence, whether or not the surfaces around it were announced.
        extra = {"surface": _FENCE, "announced": True}
        details = (Reason("in_fence_strip", {"metres": chosen[0]}),)
        hits.append(task.hit(relations.Pair(position, 0, part), extra=extra, details=details))
    return hits


def _boundary(inputs: Inputs) -> BaseGeometry | None:
    airport = inputs.layers.get("airport")
    if airport is None or airport.kind != "polygon":
        return None
    return shapely.union_all(airport.geometry.to_numpy())
