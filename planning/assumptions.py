"""What has to be assumed where data are silent: the half-width of a road's land, the datum of a bank line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from planning.conditions import read_number
from planning.findings import Reason
from planning.settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.conditions import Record
    from planning.settings import Settings

HALF_WIDTHS = Path(__file__).parent / "road_halfwidth.csv"
SLOPE_STRIPS_M = (1.0, 4.0, 10.0)
"""Low, likely and high: ditch, slope and the metre of land beyond it, beside a recorded road bed. Our convention."""


@dataclass(frozen=True)
class HalfWidth:
    """Half the width of a line's land, in metres on the ground: a low, a likely and a high value."""

    low: float
    metres: float
    high: float
    reason: Reason


@cache
def read_half_widths() -> Mapping[str, tuple[float, float, float]]:
    """Read the low, likely and high half-width by technical class."""
    with HALF_WIDTHS.open(encoding="utf-8", newline="") as file:
        return {
            row["technical_class"]: (
                float(row["halfwidth_low_m"]),
                float(row["halfwidth_default_m"]),
                float(row["halfwidth_high_m"]),
            )
            for row in csv.DictReader(file)
        }


def road_half_width(feature: Record, settings: Settings = DEFAULTS) -> HalfWidth | None:
    """
    Return half the width of a road's land: from its recorded road bed, else by its technical class.

    Parameters
    ----------
    feature
        Attributes; `roadbed_m` and `technical_class` are looked at.
    settings
        May hold other half-widths for a class.

    Returns
    -------
        None where neither says anything: then no area and no distance from the edge can be told.

    References
    ----------
    Our convention, from lane, shoulder and median widths (road_halfwidth.csv); not law.
    """
    bed = read_number(feature.get("roadbed_m"))
    if bed is not None and bed > 0:
        low, metres, high = (bed / 2 + strip for strip in SLOPE_STRIPS_M)
        params = {"metres": metres, "roadbed": bed, "low": low, "high": high}
        return HalfWidth(low, metres, high, Reason("half_width_from_roadbed", params))
    technical_class = str(feature.get("technical_class"))
    changed = {name: widths for name, *widths in settings.half_widths}
    found = changed.get(technical_class) or read_half_widths().get(technical_class)
    if found is None:
        return None
    low, metres, high = found
    code = "half_width_changed" if technical_class in changed else "half_width_by_class"
    return HalfWidth(
        low, metres, high, Reason(code, {"metres": metres, "low": low, "high": high, "class": technical_class})
    )


DATUM_ORDER = ("outer", "waterfront", "water_edge")
"""Kinds of bank line, the one nearest to a river's management area first. Our convention; no text was seen."""


def bank_datum(feature: Record) -> Reason:
    """Say which line stands for the bank."""
    datum = str(feature.get("datum", ""))
    return Reason(f"bank_is_{datum}") if datum in DATUM_ORDER else Reason("bank_datum_unknown", {"datum": datum or "—"})
