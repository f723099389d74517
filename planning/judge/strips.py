"""The land strip of a line that touches an object which its centre line does not cross."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from planning import relations
from planning.assumptions import road_half_width
from planning.conditions import fits
from planning.judge.objects import segments_of, series

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from shapely.geometry.base import BaseGeometry

    from planning.judge.hits import Hit, Task
    from planning.judge.objects import Piece

_POLYGON = 2


def strip_hits(task: Task, objects: Sequence[Piece], crossed: Collection[tuple[int, int]]) -> list[Hit]:
    """
    Find objects that only the land beside a line lies in.

    Parameters
    ----------
    crossed
        Pairs of a line and an object that the centre line itself crosses: they are found already.

    Returns
    -------
        The evidence is the land, a polygon, drawn with the likely half-width; certain where it meets the object with
        the low one too. Lines whose half-width is not known have no strip.
    """
    if not objects:
        return []
    shapes = series(objects, task.against).to_numpy()
    tree, scale = shapely.STRtree(shapes), relations.ScaleFactor(task.inputs.crs)
    hits = []
    for position in task.positions:
        width = road_half_width(task.record(position), task.inputs.settings)
        if width is None:
            continue
        line = _on_surface(task, position)
        middle = shapely.point_on_surface(task.subject.geometry.iloc[position])
        factor = scale.at(middle.x, middle.y)
        for n in sorted(tree.query(line, predicate="dwithin", distance=width.metres * factor)):
            at = (position, objects[n].owner)
            land = _land(line, width.metres, shapes[n], factor)
            if at in crossed or land.is_empty:
                continue
            low = _land(line, width.low, shapes[n], factor)
            hit = task.hit(relations.Pair(*at, land, holds_at=relations.LIKELY if low.is_empty else relations.LOW))
            hit.assumptions = (width.reason,)
            hits.append(hit)
    return hits


def _on_surface(task: Task, position: int) -> BaseGeometry:
    """Leave out the stretches in tunnels and on bridges that the rule speaks of."""
    line = task.subject.geometry.iloc[position]
    for kind in task.rule.segments:
        if fits(task.record(position), {kind: True}).holds:
            return shapely.LineString()
        strip = segments_of(kind, line, task.subject.ids[position], task.inputs)
        line = line if strip is None else shapely.difference(line, strip)
    return line


def _land(line: BaseGeometry, half_width_m: float, against: BaseGeometry, factor: float) -> BaseGeometry:
    """Keep the areas only: a strip that touches a border takes nothing."""
    parts = shapely.get_parts(relations.land_of_line(line, half_width_m, against, factor))
    areas = np.asarray([part for part in parts if shapely.get_dimensions(part) == _POLYGON], dtype=object)
    return shapely.union_all(areas)
