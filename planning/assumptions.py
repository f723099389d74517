"""What has to be assumed where data are silent: the half-width of a road's land, the datum of a bank line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from planning.findings import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

HALF_WIDTHS = Path(__file__).parent / "road_halfwidth.csv"
SLOPE_STRIP_M = 4.0
"""Ditch, slope foot and the metre of land beyond it, beside a recorded road bed. Our convention."""


@dataclass(frozen=True)
class HalfWidth:
    """Half the width of a line's land, in metres on the ground."""

    metres: float
    reason: Reason


@cache
def _half_widths() -> Mapping[str, tuple[float, float, float]]:
    with HALF_WIDTHS.open(encoding="utf-8", newline="") as file:
        return {
            row["technical_class"]: (
                float(row["halfwidth_low_m"]),
                float(row["halfwidth_default_m"]),
                float(row["halfwidth_high_m"]),
            )
            for row in csv.DictReader(file)
        }


def road_half_width(feature: Mapping[str, object]) -> HalfWidth | None:
    """
    Return half the width of a road's land: from its recorded road bed, else by its technical class.

    Parameters
    ----------
    feature
        Attributes; `roadbed_m` and `technical_class` are looked at.

    Returns
    -------
        None where neither says anything: then no area and no distance from the edge can be told.

    References
    ----------
    Our convention, from lane, shoulder and median widths (road_halfwidth.csv); not law.
    """
    bed = _number(feature.get("roadbed_m"))
    if bed is not None and bed > 0:
        metres = bed / 2 + SLOPE_STRIP_M
        return HalfWidth(metres, Reason("half_width_from_roadbed", {"metres": metres, "roadbed": bed}))
    widths = _half_widths().get(str(feature.get("technical_class")))
    if widths is None:
        return None
    low, default, high = widths
    return HalfWidth(
        default,
        Reason(
            "half_width_by_class",
            {"metres": default, "low": low, "high": high, "class": str(feature["technical_class"])},
        ),
    )


def bank_datum(feature: Mapping[str, object]) -> Reason:
    """Say which line stands for the bank."""
    datum = str(feature.get("datum", ""))
    if datum == "water_edge":
        return Reason("bank_is_water_edge")
    return Reason("bank_datum_unknown", {"datum": datum or "—"})


def _number(value: object) -> float | None:
    if isinstance(value, (int, float)) and value == value:  # noqa: PLR0124 - not NaN
        return float(value)
    return None
