"""How large an airport's obstacle limitation surfaces are, by class of runway."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OLS_PARAMS: Final = Path(__file__).parent / "ols_params.csv"


class ObstacleError(ValueError):
    """A runway, or a height over it, for which no surface can be told; the message names the remedy."""


@dataclass(frozen=True)
class Dimensions:
    """What the table says of one class of runway: metres, and slopes in metres per metre."""

    conical_slope: float
    conical_height_m: float
    """Above the inner horizontal surface."""
    inner_horizontal_height_m: float
    """Above the aerodrome."""
    inner_horizontal_radius_m: float
    approach_inner_edge_m: float
    approach_distance_from_threshold_m: float
    approach_divergence_each_side: float
    approach_length_m: float
    approach_slope: float
    transitional_slope: float
    take_off_climb_inner_edge_m: float
    take_off_climb_distance_from_runway_end_m: float
    take_off_climb_divergence_each_side: float
    take_off_climb_final_width_m: float
    take_off_climb_length_m: float
    take_off_climb_slope: float


def read_dimensions(code_number: int, approach_type: str, path: Path = OLS_PARAMS) -> Dimensions:
    """
    Read the row of the table for a class of runway.

    Parameters
    ----------
    code_number
        1 or 2: runways shorter than 800 m, and shorter than 1200 m.
    approach_type
        `non_instrument` or `non_precision`.
    path
        A table with the columns surface, parameter, approach_type, code_number, value, unit, source, status.

    Raises
    ------
    ObstacleError
        If the table does not know the class, lacks a value, or names no source for one.
    """
    tables = _tables(path)
    values = tables.get((approach_type, str(code_number)))
    if values is None:
        known = ", ".join(" ".join(key) for key in sorted(tables))
        raise ObstacleError(f"approach_type, code_number: no table for {approach_type} {code_number}. Known: {known}.")
    missing = [field.name for field in fields(Dimensions) if field.name not in values]
    if missing:
        raise ObstacleError(f"{path.name}: {approach_type} {code_number} lacks {', '.join(missing)}. Add it.")
    return Dimensions(**{field.name: values[field.name] for field in fields(Dimensions)})


@cache
def _tables(path: Path) -> Mapping[tuple[str, str], Mapping[str, float]]:
    """Values by approach type and code number; a value without a source does not count."""
    tables: dict[tuple[str, str], dict[str, float]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not (row["source"] and row["status"]):
                raise ObstacleError(f"{path.name}: {row['surface']} {row['parameter']} has no source. State it.")
            table = tables.setdefault((row["approach_type"], row["code_number"]), {})
            table[f"{row['surface']}_{row['parameter']}"] = float(row["value"])
    return tables
