"""Relations of shapes: overlap, self-overlap, straddling, outside, coverage, crossing of lines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from planning import line_relations, relations
from planning.findings import Reason
from planning.judge.hits import listed
from planning.judge.objects import Piece, choose_objects, segments_of, series, widen
from planning.judge.strips import strip_hits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from planning.judge.hits import Hit, Task
    from planning.prepare import Prepared
    from planning.rule import Rule

_POLYGON = 2

_CRUMB_M = 1e-3
"""A shorter rest of a line beside a tunnel is what cutting leaves behind."""


def area_hits(task: Task) -> list[Hit]:
    """Find the pairs of a relation of shapes."""
    rule, subject, against = task.rule, task.subject, task.against
    chosen = task.shapes(task.positions)
    if rule.relation == "self_overlap" and subject.key == against.key:
        return [_hit(task, pair, task.positions) for pair in relations.self_overlap(chosen)]
    objects = choose_objects(rule, against, task)
    objects = widen(rule, against, objects, rule.objects.zone.get(against.key), task)
    zoned = subject.key in rule.subjects.zone
    if rule.relation == "overlap" and (zoned or against.key in rule.objects.zone):
        hits = _piece_hits(task, _zones(task) if zoned else _as_pieces(task), objects)
    else:
        _tell_unsure(task, objects)
        pairs = _pairs(rule, subject, chosen, series(objects, against))
        hits = [_hit(task, pair, [piece.owner for piece in objects]) for pair in pairs]
    if rule.takes_land and rule.relation == "overlap" and subject.kind == "line" and not zoned:
        hits += strip_hits(task, objects, {(hit.pair.subject, hit.pair.against) for hit in hits})
    reviews = {piece.owner: piece.reviews for piece in objects}
    for hit in hits:
        if hit.pair.against != relations.WHOLE_LAYER and not hit.pair.within_subjects:
            hit.needs_review += reviews.get(hit.pair.against, ())
    return [kept for hit in hits if (kept := _above_ground(hit, task)) is not None]


def _tell_unsure(task: Task, objects: Sequence[Piece]) -> None:
    """Say where an area cannot be told to be covered: by objects that may not be meant, or by none at all."""
    if task.rule.relation == "coverage" and not objects:
        task.draft.reasons.append(Reason("layer_empty", {"layer": task.against.name}))
    unsure = [piece for piece in objects if piece.reviews] if task.rule.relation in {"outside", "coverage"} else []
    if unsure:
        column = str(unsure[0].reviews[0].params["column"])
        names = [task.against.names[piece.owner] for piece in unsure]
        task.draft.reasons.append(listed("value_missing", names, column=column))


def _pairs(rule: Rule, subject: Prepared, chosen: gpd.GeoSeries, objects: gpd.GeoSeries) -> list[relations.Pair]:
    if rule.relation == "straddle":
        return line_relations.straddle(chosen, objects)
    if rule.relation == "outside":
        lines = subject.kind == "line"
        return line_relations.outside_of_lines(chosen, objects) if lines else relations.outside(chosen, objects)
    if rule.relation == "coverage":
        return relations.coverage(chosen, objects)
    if rule.relation == "line_crossing":
        return line_relations.line_crossings(_lines(chosen), _lines(objects))
    return relations.overlap(chosen, objects)


def _zones(task: Task) -> list[Piece]:
    """Return the zones about the subjects."""
    rule, subject = task.rule, task.subject
    own = choose_objects(replace(rule, objects=rule.subjects), subject, task)
    judged = set(task.positions)
    mine = [piece for piece in own if piece.owner in judged]
    return widen(rule, subject, mine, rule.subjects.zone[subject.key], task)


def _as_pieces(task: Task) -> list[Piece]:
    """Return the subjects as they are drawn."""
    return [Piece(position, task.subject.geometry.iloc[position]) for position in task.positions]


def _piece_hits(task: Task, mine: Sequence[Piece], objects: Sequence[Piece]) -> list[Hit]:
    """Overlap of zones; pieces of one feature are one pair."""
    subject = task.subject
    grouped: dict[tuple[int, int], list[relations.Pair]] = {}
    for pair in relations.overlap(series(mine, subject), series(objects, task.against)):
        grouped.setdefault((mine[pair.subject].owner, objects[pair.against].owner), []).append(pair)
    hits = []
    for (i, j), group in grouped.items():
        hit = task.hit(relations.Pair(i, j, shapely.union_all([pair.geometry for pair in group])))
        hit.assumptions = assumed([*(mine[p.subject] for p in group), *(objects[p.against] for p in group)])
        hits.append(hit)
    return hits


def assumed(pieces: Sequence[Piece]) -> tuple[Reason, ...]:
    """Put together what was assumed about some pieces, each thing once."""
    found: dict[str, Reason] = {}
    for piece in pieces:
        for reason in piece.assumptions:
            found.setdefault(repr(reason), reason)
    return tuple(found.values())


def _above_ground(hit: Hit, task: Task) -> Hit | None:
    """Take what lies in a tunnel or on a bridge out of a line's evidence, where the rule says so; None if all."""
    rule = hit.rule
    # An area is land beside the line, drawn without those stretches already.
    if not rule.segments or hit.subject.kind != "line" or shapely.get_dimensions(hit.geometry) == _POLYGON:
        return hit
    for kind, effect in rule.segments.items():
        strip = _strip(kind, hit, task)
        if strip is None:
            continue
        rest = shapely.difference(hit.geometry, strip)
        left = shapely.get_num_coordinates(rest)
        is_line = shapely.get_dimensions(hit.geometry) == 1
        gone = left == 0 or (is_line and shapely.get_dimensions(rest) == 1 and rest.length < _CRUMB_M)
        untouched = rest.length == hit.geometry.length if is_line else left == shapely.get_num_coordinates(hit.geometry)
        if untouched and not gone:
            continue
        names = f"{hit.subject_ref.name} × {hit.against_ref.name}"
        if effect == "exempt" and gone:
            task.draft.exempt += (hit.subject_ref.name,)
            task.draft.reasons.append(Reason("segment_left_out", {"kind": kind, "names": names}))
            return None
        metres = hit.geometry.length - rest.length
        if effect == "exempt":
            hit.details += (Reason("segment_cut", {"kind": kind, "metres": metres}),) if is_line else ()
            hit.geometry = rest
            hit.underground = strip if hit.underground is None else shapely.union(hit.underground, strip)
        elif gone:
            hit.extra = {**hit.extra, f"on_{kind}": True}
        elif is_line:
            hit.details += (Reason("segment_in_part", {"kind": kind, "metres": metres}),)
    return hit


def _strip(kind: str, hit: Hit, task: Task) -> BaseGeometry | None:
    """Return a strip about the subject's stretches of a kind; where lines cross, also about the object's."""
    strips = [segments_of(kind, hit.subject.geometry.iloc[hit.pair.subject], hit.subject_ref.id, task.inputs)]
    if hit.rule.relation == "line_crossing":
        other = hit.against.geometry.iloc[hit.pair.against]
        strips.append(segments_of(kind, other, hit.against_ref.id, task.inputs))
    known = [strip for strip in strips if strip is not None]
    return shapely.union_all(known) if known else None


def _hit(task: Task, pair: relations.Pair, owners: Sequence[int]) -> Hit:
    """Turn positions among the chosen subjects and objects into positions in their layers."""
    other = pair.against
    if other != relations.WHOLE_LAYER:
        other = (task.positions if pair.within_subjects else owners)[other]
    return task.hit(replace(pair, subject=task.positions[pair.subject], against=other))


def _lines(geometries: gpd.GeoSeries) -> gpd.GeoSeries:
    """Lines as they are; of polygons their outline."""
    shapes = geometries.to_numpy()
    areas = shapely.get_dimensions(shapes) == _POLYGON
    return gpd.GeoSeries(np.where(areas, shapely.boundary(shapes), shapes), crs=geometries.crs)
