"""When two numbers, and two sets of pairs, are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RELATIVE = 1e-6
FLOOR = 1e-3
"""Metres or square metres: less than this is a matter of the last digits of a cut."""


def agree(ours: float | None, theirs: float | None) -> bool:
    """Whether both are silent, or tell the same."""
    return lies_between(ours, theirs, theirs)


def lies_between(ours: float | None, least: float | None, most: float | None) -> bool:
    """Whether a number lies between two that are almost the same, or all are silent."""
    if ours is None or least is None or most is None:
        return ours is least is most
    slack = max(FLOOR, RELATIVE * abs(most))
    return least - slack <= ours <= most + slack


def differences(ours: Mapping[tuple[int, int], float], theirs: Mapping[tuple[int, int], float]) -> list[str]:
    """Say where two answers differ; a pair that only one of them has counts as nothing in the other."""
    return [
        f"{pair}: {ours.get(pair)} here, {theirs.get(pair)} in PostGIS"
        for pair in sorted({*ours, *theirs})
        if not agree(ours.get(pair, 0.0), theirs.get(pair, 0.0))
    ]
