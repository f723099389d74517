"""Relations of attributes: looked up in a table, required, recorded areas, totals of two plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.measure import measure_area_m2
from planning import relations
from planning.conditions import code_matches, fits, is_missing, plain_text, read_bool, read_day, read_number
from planning.findings import Reason
from planning.judge.hits import listed, shown
from planning.rule import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from planning.conditions import Record
    from planning.judge.hits import Hit, Inputs, Task
    from planning.prepare import Prepared
    from planning.rule import Rule, Side

_POLYGON = 2

_ACCURACY = 1e-6
"""Relative: measured areas that differ by less are the same."""


def attribute_hits(task: Task) -> list[Hit]:
    """Find what attributes alone tell."""
    find = {"lookup": _lookup, "required": _required, "recorded_area": _recorded_area, "total": _total}
    return find[task.rule.relation](task)


def _hit(task: Task, position: int, other: int, *details: Reason) -> Hit:
    return task.hit(relations.Pair(position, other, task.subject.geometry.iloc[position]), details=details)


def _lookup(task: Task) -> list[Hit]:
    """Look codes up in a table, or in a layer's records."""
    rule, subject, against = task.rule, task.subject, task.against
    column, key = str(rule.lookup["column"]), str(rule.lookup["key"])
    prefix, wanted = rule.lookup.get("match") == "prefix", rule.lookup.get("finding_when", "found") == "found"
    codes = {n: plain_text(row[key]) for n, row in enumerate(against.records) if not is_missing(row.get(key))}
    if not codes:  # nothing is found in such a table, and nothing is absent from it
        without = listed("value_missing", against.names, column=key)
        task.draft.reasons.append(without if against.records else Reason("layer_empty", {"layer": against.name}))
        return []
    meant = rule.objects.where.get(against.key, NOTHING)
    codes = {n: code for n, code in codes.items() if fits(against.records[n], meant).holds is not False}
    hits, unknown = [], []
    for position in task.positions:
        value = task.record(position).get(column)
        if is_missing(value):
            unknown.append(subject.names[position])
            continue
        code = plain_text(value)
        if prefix:  # the longest entry says most
            rows = sorted((n for n, c in codes.items() if code_matches(code, c)), key=lambda n: -len(codes[n]))
        else:
            rows = [n for n, c in codes.items() if c == code]
        if bool(rows) is not wanted:
            continue
        other = rows[0] if rows else relations.WHOLE_LAYER
        said = Reason("looked_up", {"column": column, "value": code})
        details = (said, *_row_words(against, rows[:1]), *_successors(rule, code, task.inputs))
        hits.append(_hit(task, position, other, *details))
    if unknown:
        task.draft.reasons.append(listed("value_missing", unknown, column=column))
    return hits


def _row_words(table: Prepared, rows: Sequence[int]) -> tuple[Reason, ...]:
    """Tell what a table's row says, and whether it only holds the place of an official one."""
    found = []
    for n in rows:
        record = table.records[n]
        if not is_missing(record.get("requirement")):
            found.append(Reason("table_requires", {"text": str(record["requirement"])}))
        if read_bool(record.get("placeholder")):
            found.append(Reason("table_placeholder", {"table": table.name}))
    return tuple(found)


def _successors(rule: Rule, code: str, inputs: Inputs) -> tuple[Reason, ...]:
    """Tell what took the place of an outdated code."""
    table = rule.lookup.get("successors", NOTHING)
    layer = inputs.layers.get(str(table.get("layer")))
    if layer is None:
        return ()
    for name, record in zip(layer.names, layer.records, strict=True):
        if plain_text(record.get(str(table["key"]))) == code:
            return (Reason("code_succeeded", {"old": name, "new": str(record.get(str(table["give"])))}),)
    return (Reason("code_unknown"),)


def _required(task: Task) -> list[Hit]:
    """Find what is missing, expired or no code."""
    required = task.rule.required
    wanted = required.get(task.subject.key, required.get("*", NOTHING))
    hits = []
    for position in task.positions:
        wrong = _wrong(task.record(position), wanted, task.inputs.as_of)
        if wrong:
            hits.append(_hit(task, position, relations.WHOLE_LAYER, *wrong))
    return hits


def _wrong(record: Record, wanted: Record, as_of: date) -> tuple[Reason, ...]:
    """Say everything that is wrong with one record."""
    missing = [name for name in _names(wanted, "present") if is_missing(record.get(name))]
    undone = [name for name in _names(wanted, "true") if read_bool(record.get(name)) is not True]
    found = [Reason("field_missing", {"column": name}) for name in missing]
    found += [Reason("not_recorded_as_done", {"column": name}) for name in undone]
    for name in _names(wanted, "not_expired"):
        until = read_day(record.get(name))
        if until is not None and until < as_of:
            found.append(Reason("expired", {"column": name, "day": until.isoformat()}))
        elif until is None and not is_missing(record.get(name)):
            params = {"column": name, "value": str(record[name])}
            found.append(Reason("not_a_date", params))
    codes = wanted.get("codes", {})
    for name, pattern in codes.items() if isinstance(codes, dict) else ():
        if not is_missing(record.get(name)) and fits(record, {name: pattern}).holds is False:
            params = {"column": name, "value": str(record[name])}
            found.append(Reason("bad_code", params))
    return tuple(found)


def _names(wanted: Record, what: str) -> tuple[str, ...]:
    names = wanted.get(what, ())
    return tuple(names) if isinstance(names, (list, tuple)) else ()


def _recorded_area(task: Task) -> list[Hit]:
    """Hold recorded areas against the ellipsoid: both an absolute and a relative difference are allowed."""
    least_m2, share_pct = _number(task, "abs_m2"), _number(task, "rel_pct")
    areas = measure_area_m2(task.shapes(task.positions))
    hits, unknown, odd = [], [], []
    for position, measured in zip(task.positions, areas, strict=True):
        recorded, area = read_number(task.record(position).get("recorded_area_m2")), float(measured)
        if recorded is None:
            unknown.append(task.subject.names[position])
            continue
        if shapely.get_dimensions(task.subject.geometry.iloc[position]) != _POLYGON:
            odd.append(task.subject.names[position])
            continue
        difference = recorded - area
        if abs(difference) > max(least_m2, share_pct / 100 * area) * (1 + _ACCURACY):
            percent = 100 * difference / area if area else 0.0
            told = {"recorded": recorded, "area": area, "difference": difference, "percent": percent}
            hits.append(_hit(task, position, relations.WHOLE_LAYER, Reason("recorded_area", told)))
    if unknown:
        task.draft.reasons.append(listed("value_missing", unknown, column="recorded_area_m2"))
    if odd:
        task.draft.reasons.append(Reason("wrong_geometry", {"layer": shown(odd), "needed": "面"}))
    return hits


def _total(task: Task) -> list[Hit]:
    """Hold the sum of one layer against the sum of another; what may not belong to them never makes a conflict."""
    surely, _ = _meant(task, task.subject, task.positions, task.rule.subjects)
    others, open_others = _meant(task, task.against, range(len(task.against.records)), task.rule.objects)
    mine, theirs = _sum(task.subject, surely), _sum(task.against, [*others, *open_others])
    if mine <= theirs * (1 + _number(task, "tolerance_pct") / 100 + _ACCURACY):
        return []
    geometry = shapely.union_all(task.shapes(surely).to_numpy())
    pair = relations.Pair(relations.WHOLE_LAYER, relations.WHOLE_LAYER, geometry)
    return [task.hit(pair, details=(Reason("totals", {"mine": mine, "theirs": theirs, "difference": mine - theirs}),))]


def _meant(task: Task, layer: Prepared, positions: Sequence[int], side: Side) -> tuple[list[int], list[int]]:
    """Tell the features that surely belong to a side of the rule from those whose attributes do not say."""
    answers = {n: fits(layer.records[n], side.where.get(layer.key, NOTHING)) for n in positions}
    still_open = [n for n, answer in answers.items() if answer.holds is None]
    if still_open:
        column = answers[still_open[0]].open[0]
        task.draft.reasons.append(listed("value_missing", [layer.names[n] for n in still_open], column=column))
    return [n for n, answer in answers.items() if answer.holds], still_open


def _number(task: Task, name: str) -> float:
    """Return a plain number of a rule that is in force."""
    dated = task.rule.value(name, task.day)
    chosen = None if dated is None else dated.number(NOTHING)
    assert chosen is not None  # noqa: S101 - required when the rule was read
    return chosen[0]


def _sum(layer: Prepared, positions: Sequence[int]) -> float:
    chosen = layer.geometry.to_numpy()[np.asarray(positions, dtype=int)]
    return float(measure_area_m2(gpd.GeoSeries(chosen, crs=layer.geometry.crs)).sum())
