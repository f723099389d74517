"""The small text files of facts that the demonstration county is made from."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from shapely.geometry import shape

from geodata.demo.grid import point_metric
from geodata.errors import ReadError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

FACTS = Path(__file__).parent / "facts"
SEED = 510821
"""Every random number of the build comes from this one seed, the county's code."""
CODES = ("code", "successor_code", "industry_code", "prohibited_codes", "use_code", "land_class", "approval_date")
"""Columns that look like numbers and are none."""
ADDED = "2026-11-01T00:00:00"
"""The fixed date on which the demonstration layers are said to have been added."""


def read_facts(name: str) -> pd.DataFrame:
    """
    Read one table of facts.

    Raises
    ------
    ReadError
        If the file is missing or has a row without a source or a certainty.
    """
    path = FACTS / f"{name}.csv"
    if not path.is_file():
        raise ReadError(f"{path.name}: no such table of facts. Restore geodata/demo/facts from the distribution.")
    with path.open(encoding="utf-8", newline="") as stream:
        table = pd.read_csv(stream, dtype=dict.fromkeys(CODES, str))
    if table[["source", "certainty"]].isna().to_numpy().any():
        raise ReadError(f"{path.name}: a row lacks its source or its certainty. Complete the row.")
    return table


@cache
def read_boundary() -> tuple[BaseGeometry, pd.DataFrame]:
    """Read the county (EPSG:4490) and the table of its neighbours with their outlines."""
    with (FACTS / "boundary.geojson").open(encoding="utf-8") as stream:
        features = json.load(stream)["features"]
    rows = [{**feature["properties"], "geometry": shape(feature["geometry"])} for feature in features]
    county = next(row["geometry"] for row in rows if row["layer"] == "county")
    # The package stores even one area as a collection of one.
    if county.geom_type == "MultiPolygon" and len(county.geoms) == 1:
        county = county.geoms[0]
    neighbours = pd.DataFrame([row for row in rows if row["layer"] == "neighbour_county"])
    return county, neighbours


def positions(table: pd.DataFrame) -> list[tuple[float, float]]:
    """Give the positions of a table in metres, moved by its offsets where it has them."""
    places = []
    for row in table.to_dict("records"):
        x, y = point_metric(row["lon"], row["lat"])
        places.append((x + row.get("offset_e_m", 0.0), y + row.get("offset_n_m", 0.0)))
    return places
