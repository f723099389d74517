"""Relations with the terrain: the share of a patch above a slope."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from geodata.slope import measure_steepness, resolution_m, steep_parts
from planning import relations
from planning.findings import Reason
from planning.judge.hits import listed
from planning.rule import Case

if TYPE_CHECKING:
    from planning.judge.hits import Hit, Inputs, Task

COARSEST_M = 90.0
"""A coarser terrain says nothing about a patch. Our convention."""

_ALL_PCT = 99.9
"""A patch of which less is known has a part that was not looked at."""


def slope_hits(task: Task) -> list[Hit]:
    """Find the patches of which a part lies above a slope; say why nothing was looked at, or not everywhere."""
    inputs, subject = task.inputs, task.subject
    if inputs.terrain is None:
        task.draft.reasons.append(Reason("terrain_missing"))
        return []
    cell_m = resolution_m(inputs.terrain.terrain)
    if cell_m > COARSEST_M:
        task.draft.reasons.append(Reason("terrain_coarse", {"metres": cell_m, "limit": COARSEST_M}))
        return []
    hits, unknown = [], []
    used = Reason("terrain_used", _terrain_words(inputs, cell_m))
    for members, limit, unit, assumed in _limits(task):
        rise = limit / 100 if unit == "slope_pct" else math.tan(math.radians(limit))
        table = measure_steepness(inputs.slope, task.shapes(members), limit_rise=rise)
        rows = table[["share_above_pct", "share_known_pct", "mean_rise", "max_rise"]].to_numpy(dtype=float).tolist()
        for position, (share, known, mean, highest) in zip(members, rows, strict=True):
            if not known >= _ALL_PCT:
                unknown.append(subject.names[position])
            if not share > 0:
                continue
            steep = steep_parts(inputs.slope, subject.geometry.iloc[position], inputs.crs, limit_rise=rise)
            if steep.is_empty:
                continue
            pair = relations.Pair(position, relations.WHOLE_LAYER, steep)
            words = {"share": share, **_both(limit, unit), **_steepness(mean, highest)}
            details = (Reason("slope_share", words),)
            hits.append(task.hit(pair, share_pct=share, details=details, assumptions=(used, *assumed)))
    if unknown:
        task.draft.reasons.append(listed("slope_unknown", unknown))
    return hits


def _limits(task: Task) -> list[tuple[list[int], float, str, tuple[Reason, ...]]]:
    """Group subjects by their limit: positions, limit, its name, and what was assumed to choose it."""
    unit = "slope_pct" if "slope_pct" in task.rule.values else "slope_deg"
    sign = "%" if unit == "slope_pct" else "°"
    groups: dict[tuple[float, str], list[int]] = {}
    unclassed = []
    for position in task.positions:
        record = task.record(position)
        dated = task.rule.value(unit, task.day, Case(task.subject.key, task.against.key, record, record))
        chosen = None if dated is None else dated.number(record)
        if dated is None or chosen is None:
            unclassed.append(task.subject.names[position])
            continue
        groups.setdefault((chosen[0], str(dated.by) if chosen[1] else ""), []).append(position)
    if unclassed:
        column = next((entry.by for entry in task.rule.values[unit] if entry.by), None) or unit
        task.draft.reasons.append(listed("class_unknown", unclassed, column=column))
    return [
        (members, limit, unit, (Reason("class_assumed", {"column": by, "value": f"{limit:g} {sign}"}),) if by else ())
        for (limit, by), members in groups.items()
    ]


def _both(limit: float, unit: str) -> dict[str, float]:
    """Say a limit in percent and in degrees: the two are often taken for each other."""
    if unit == "slope_pct":
        return {"percent": limit, "degrees": math.degrees(math.atan(limit / 100))}
    return {"percent": 100 * math.tan(math.radians(limit)), "degrees": limit}


def _steepness(mean: float, highest: float) -> dict[str, float]:
    return {"mean_deg": math.degrees(np.arctan(mean)), "max_deg": math.degrees(np.arctan(highest))}


def _terrain_words(inputs: Inputs, cell_m: float) -> dict[str, str | float]:
    assert inputs.terrain is not None  # noqa: S101 - the caller has looked
    provenance = inputs.terrain.provenance
    return {"source": provenance.source, "date": provenance.source_date or "—", "metres": cell_m}
