"""Distances: from the edge of a road's land, from a crown, from a bank, or as far as the subject itself says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planning import relations
from planning.assumptions import DATUM_ORDER
from planning.conditions import fits, is_missing, plain_text, read_number
from planning.dates import surely_from
from planning.findings import Reason
from planning.judge.areas import assumed
from planning.judge.hits import listed
from planning.judge.objects import Piece, choose_objects, class_assumed, series
from planning.rule import Case

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from planning.conditions import Record
    from planning.judge.hits import Hit, Task
    from planning.rule import DatedValue


def distance_hits(task: Task) -> list[Hit]:
    """Find the subjects that lie too near to an object's edge."""
    pieces = choose_objects(task.rule, task.against, task)
    hits = []
    for members, limits in _limits(task, pieces):
        pairs = _within(task, pieces, members, limits)
        grouped: dict[tuple[int, int], list[relations.Pair]] = {}
        for pair in pairs:
            grouped.setdefault((members[pair.subject], pieces[pair.against].owner), []).append(pair)
        limit_of = {piece.owner: float(limit) for piece, limit in zip(pieces, limits, strict=True)}
        hits += [_hit(task, at, group, pieces, limit_of[at[1]]) for at, group in grouped.items()]
        _tell_unsure(task, pieces, members, limits, {pair.subject for pair in pairs})
    if "bank_datum" in task.rule.assumes:
        for hit in hits:
            hit.details += _bank_distances(hit)
    return hits


def _within(
    task: Task, pieces: Sequence[Piece], members: Sequence[int], limits: NDArray[np.float64]
) -> list[relations.Pair]:
    """Find the pairs within distances, one per piece and NaN where it has none; by position in members and pieces."""
    usable = np.flatnonzero(~np.isnan(limits))
    chosen = [pieces[int(n)] for n in usable]
    pairs = relations.within_distance(
        task.shapes(members),
        series(chosen, task.against),
        limits[usable],
        np.array([piece.edge_m for piece in chosen]).reshape(-1, 3),
        limit_itself=task.rule.at_limit == "conflict",
    )
    return [replace(pair, against=int(usable[pair.against])) for pair in pairs]


def _tell_unsure(
    task: Task, pieces: Sequence[Piece], members: Sequence[int], limits: NDArray[np.float64], found: Collection[int]
) -> None:
    """Name subjects that a larger distance may be meant for, if only their attributes said so: they are not clear."""
    entries = [entry for entry in task.rule.values.get("distance_m", ()) if surely_from(entry.start) <= task.day]
    wide = np.full(len(pieces), np.nan)
    columns: dict[str, None] = {}
    for n, piece in enumerate(pieces):
        record = task.against.records[piece.owner]
        case = Case(task.subject.key, task.against.key, task.record(members[0]), record)
        for entry in entries:
            answer = entry.applies.fits(case)
            chosen = entry.number(record) if answer.holds is None else None
            if chosen is not None and not chosen[0] <= np.nanmax([limits[n], wide[n], 0.0]):
                wide[n] = chosen[0]
                columns |= dict.fromkeys(answer.open)
    if not columns:
        return
    near = {pair.subject for pair in _within(task, pieces, members, wide)} - set(found)
    if near:
        names = [task.subject.names[members[n]] for n in sorted(near)]
        task.draft.reasons.append(listed("value_missing", names, column=next(iter(columns))))


def _hit(
    task: Task, at: tuple[int, int], group: Sequence[relations.Pair], pieces: Sequence[Piece], limit_m: float
) -> Hit:
    """Make one hit of the pieces of one object."""
    # What is near only to the high edge of one piece is no evidence where another piece is nearer.
    firm = [pair for pair in group if pair.holds_at != relations.HIGH] or list(group)
    distances = [pair.distance_m for pair in firm if pair.distance_m is not None]
    geometry = shapely.union_all([pair.geometry for pair in firm])
    holds_at = min(pair.holds_at for pair in firm)
    hit = task.hit(relations.Pair(*at, geometry, min(distances, default=None), holds_at=holds_at), limit_m=limit_m)
    used = [pieces[pair.against] for pair in firm]
    hit.assumptions = (*assumed(used), *_class_assumed(hit))
    hit.needs_review = tuple(reason for piece in used for reason in piece.reviews)
    if holds_at == relations.HIGH:
        hit.needs_review += (Reason("only_with_high_width"),)
    return hit


def _class_assumed(hit: Hit) -> tuple[Reason, ...]:
    """Say which class was taken for an object that does not say its own."""
    dated = hit.rule.value("distance_m", hit.day, hit.case)
    chosen = None if dated is None else dated.number(hit.against_record)
    if dated is None or chosen is None or not chosen[1]:
        return ()
    return (class_assumed(dated, chosen[0]),)


def _limits(task: Task, pieces: Sequence[Piece]) -> list[tuple[list[int], NDArray[np.float64]]]:
    """
    Group subjects that have the same distances to the objects.

    Returns
    -------
        Positions of the subjects, and one distance per piece in metres; NaN for an object without one.
    """
    rule, subject, against = task.rule, task.subject, task.against
    if rule.limit_column is not None:
        return _own_limits(task, rule.limit_column, len(pieces))
    groups: dict[tuple[object, ...], list[int]] = {}
    entries = rule.values["distance_m"]
    for position in task.positions:
        # Only what an entry asks of the subject can tell subjects apart.
        record = task.record(position)
        key = (*(_fits_subject(entry, subject.key, record) for entry in entries), *_compared(entries, record))
        groups.setdefault(key, []).append(position)
    found, unclassed = [], set()
    for members in groups.values():
        limits = np.full(len(pieces), np.nan)
        for n, piece in enumerate(pieces):
            record = against.records[piece.owner]
            dated = rule.value("distance_m", task.day, Case(subject.key, against.key, task.record(members[0]), record))
            chosen = None if dated is None else dated.number(record)
            if chosen is None:
                unclassed.add(against.names[piece.owner])
            else:
                limits[n] = chosen[0]
        found.append((members, limits))
    if unclassed:
        column = next((entry.by for entry in entries if entry.by), None) or "—"
        task.draft.reasons.append(listed("class_unknown", sorted(unclassed), column=column))
    return found


def _fits_subject(entry: DatedValue, layer: str, record: Record) -> bool | None:
    if entry.applies.subject_layers and layer not in entry.applies.subject_layers:
        return False
    return fits(record, entry.applies.when).holds


def _compared(entries: Sequence[DatedValue], record: Record) -> list[str]:
    """Values of the subject that entries compare with the object's."""
    columns = [column for entry in entries for column in (*entry.applies.same, *entry.applies.differ)]
    columns += [entry.applies.listed[0] for entry in entries if entry.applies.listed is not None]
    return [plain_text(record.get(column)) for column in columns]


def _own_limits(task: Task, column: str, count: int) -> list[tuple[list[int], NDArray[np.float64]]]:
    """Group subjects by the distance that they themselves say, the same to each of `count` objects."""
    groups: dict[float, list[int]] = {}
    unknown = []
    for position in task.positions:
        limit = read_number(task.record(position).get(column))
        if limit is None or limit < 0:
            unknown.append(task.subject.names[position])
        else:
            groups.setdefault(limit, []).append(position)
    if unknown:
        task.draft.reasons.append(listed("own_distance_missing", unknown, column=column))
    return [(members, np.full(count, limit)) for limit, members in groups.items()]


def _bank_distances(hit: Hit) -> tuple[Reason, ...]:
    """Tell the distance to every kind of line that the river has, whichever of them decides."""
    layer, own = hit.against, hit.against_record
    river = own.get("river")
    subject = hit.subject.geometry.iloc[hit.pair.subject]
    scale = relations.ScaleFactor(layer.geometry.crs)
    nearest: dict[str, float] = {}
    for geometry, record in zip(layer.geometry, layer.records, strict=True):
        datum = str(record.get("datum"))
        its = record is own or (not is_missing(river) and plain_text(record.get("river")) == plain_text(river))
        if not its or datum not in DATUM_ORDER:
            continue
        ends = shapely.get_coordinates(shapely.shortest_line(subject, geometry))
        nearest[datum] = min(nearest.get(datum, np.inf), scale.ground_distance_m(ends))
    return tuple(
        Reason("bank_distance", {"datum": datum, "metres": nearest[datum]}) for datum in DATUM_ORDER if datum in nearest
    )
