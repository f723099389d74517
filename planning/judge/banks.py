"""Which lines count as the bank of a river, stretch by stretch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from planning.assumptions import DATUM_ORDER
from planning.conditions import is_missing, plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from planning.prepare import Prepared

BESIDE_M = 200.0
"""Plane metres: a line so near to a better one of its river is the same bank; farther off it counts. Our convention."""


def choose_banks(layer: Prepared, datum: str) -> tuple[Mapping[int, BaseGeometry], tuple[str, ...]]:
    """
    Choose the lines that count as the banks.

    Parameters
    ----------
    layer
        Bank lines with `river` and `datum`; one that names no river stands for a river of its own.
    datum
        One kind of line, or `best`: along each stretch of a river the first kind of `DATUM_ORDER` that it has there, a
        line of unknown kind last.

    Returns
    -------
        Position -> the line, or what of it counts; and the rivers of which no line counts.
    """
    rivers: dict[str, list[int]] = {}
    for position, record in enumerate(layer.records):
        river = record.get("river")
        rivers.setdefault(layer.names[position] if is_missing(river) else plain_text(river), []).append(position)
    chosen: dict[int, BaseGeometry] = {}
    without = []
    for river, positions in rivers.items():
        found = _best(layer, positions) if datum == "best" else _of_kind(layer, positions, datum)
        chosen |= found
        if not found:
            without.append(river)
    return chosen, tuple(sorted(without))


def _of_kind(layer: Prepared, positions: list[int], datum: str) -> dict[int, BaseGeometry]:
    return {p: layer.geometry.iloc[p] for p in positions if str(layer.records[p].get("datum")) == datum}


def _best(layer: Prepared, positions: list[int]) -> dict[int, BaseGeometry]:
    """Take the better lines whole, and of each lesser one what lies beside none of them."""
    ranks = {p: _rank(layer, p) for p in positions}
    chosen: dict[int, BaseGeometry] = {}
    for rank in sorted(set(ranks.values())):
        better = shapely.union_all(list(chosen.values()))
        beside = None if better.is_empty else shapely.buffer(better, BESIDE_M)
        found = {}
        for position in (p for p in positions if ranks[p] == rank):
            line = layer.geometry.iloc[position]
            rest = line if beside is None else shapely.difference(line, beside)
            if beside is None or rest.length > BESIDE_M:
                found[position] = rest
        chosen |= found
    return chosen


def _rank(layer: Prepared, position: int) -> int:
    datum = str(layer.records[position].get("datum"))
    return DATUM_ORDER.index(datum) if datum in DATUM_ORDER else len(DATUM_ORDER)
