"""Whether a layer can be judged: what is missing, broken or out of place, collected and never raised."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely
import yaml

from geodata.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.schema import Layer

PROBLEMS = Path(__file__).with_name("problems.yaml")

# Layers that are meant to lie beside the county.
_CONTEXT = frozenset({"neighbour_county"})
_DIMENSION = {"point": 0, "line": 1, "polygon": 2}


@cache
def read_problem_entries() -> Mapping[str, Mapping[str, str]]:
    """Read the words of every problem: `level`, `template`, `cause`, `remedy` and their English, by code."""
    with PROBLEMS.open(encoding="utf-8") as file:
        return MappingProxyType(cast("dict[str, dict[str, str]]", yaml.safe_load(file)))


def problem_words(problem: Problem, *, english: bool = False) -> str:
    """Say what a problem is, in Chinese or English, with its values."""
    template = read_problem_entries()[problem.code]["template_en" if english else "template"]
    return template.format(**problem.params)


def check_layer(layer: Layer, county: BaseGeometry | None = None) -> tuple[Problem, ...]:
    """
    Check a layer's ids, names, geometries and place.

    Parameters
    ----------
    layer
        Not changed. Columns beyond the catalogue are allowed.
    county
        The county's area in EPSG:4490; without it no place is checked.

    Returns
    -------
        Every problem found, in row order of each kind.
    """
    return (*_check_ids(layer), *_check_names(layer), *_check_geometries(layer), *_check_place(layer, county))


def _check_ids(layer: Layer) -> Iterator[Problem]:
    if "id" not in layer.frame.columns:
        yield Problem("id_column_missing", "error", layer.key)
        return
    ids = layer.frame["id"]
    empty = ids.isna() | (ids.astype("string").str.strip() == "").fillna(value=True)
    if empty.any():
        yield Problem("id_missing", "error", layer.key, params={"count": int(empty.sum())})
    for value, count in ids[~empty].value_counts(sort=False).items():
        if count > 1:
            yield Problem("id_duplicate", "error", layer.key, str(value), params={"count": int(count)})


def _check_names(layer: Layer) -> Iterator[Problem]:
    if "name" not in layer.frame.columns:
        yield Problem("name_column_missing", "warning", layer.key)
        return
    count = int(layer.frame["name"].isna().sum())
    if count:
        yield Problem("name_missing", "info", layer.key, params={"count": count})


def _check_geometries(layer: Layer) -> Iterator[Problem]:
    geometries = _geometries(layer)
    absent = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    absent &= ~_outside_on_purpose(layer)
    for row in np.flatnonzero(absent).tolist():
        yield Problem("geometry_missing", "warning", layer.key, _id_at(layer, row))
    # is_valid is False for a missing geometry, which is reported above.
    for row in np.flatnonzero(~shapely.is_valid(geometries) & ~shapely.is_missing(geometries)).tolist():
        reason = shapely.is_valid_reason(geometries[row])
        yield Problem(
            "geometry_invalid", "error", layer.key, _id_at(layer, row), _place(geometries[row]), {"reason": reason}
        )
    if layer.definition is None:
        return
    wanted = [_DIMENSION[kind] for kind in (layer.definition.geometry, *layer.definition.also)]
    dimensions = shapely.get_dimensions(geometries)
    for row in np.flatnonzero((dimensions >= 0) & ~np.isin(dimensions, wanted)).tolist():
        params = {"found": geometries[row].geom_type, "wanted": layer.definition.geometry}
        yield Problem("geometry_kind", "error", layer.key, _id_at(layer, row), _place(geometries[row]), params)


def _check_place(layer: Layer, county: BaseGeometry | None) -> Iterator[Problem]:
    if county is None or layer.key in _CONTEXT:
        return
    geometries = _geometries(layer)
    shapely.prepare(county)
    present = ~shapely.is_missing(geometries) & ~shapely.is_empty(geometries) & ~_outside_on_purpose(layer)
    rows = np.flatnonzero(present)
    for row in rows[~shapely.intersects(county, geometries[rows])].tolist():
        yield Problem("outside_county", "warning", layer.key, _id_at(layer, row), _place(geometries[row]))


def _outside_on_purpose(layer: Layer) -> NDArray[np.bool_]:
    """Rows that say themselves that they lie outside the county (`in_county` False): listed, not drawn."""
    if "in_county" not in layer.frame.columns:
        return np.zeros(len(layer.frame), dtype=bool)
    return np.asarray(layer.frame["in_county"].eq(other=False).fillna(value=False), dtype=bool)


def _geometries(layer: Layer) -> NDArray[Any]:
    return np.asarray(layer.frame.geometry.values, dtype=object)


def _id_at(layer: Layer, row: int) -> str | None:
    if "id" not in layer.frame.columns:
        return None
    value = layer.frame["id"].iloc[row]
    return None if value is None or value != value else str(value)  # noqa: PLR0124  NaN is the only value unlike itself


def _place(geometry: BaseGeometry) -> tuple[float, float] | None:
    # The middle of the bounding box: it exists for broken geometries too.
    if geometry.is_empty:
        return None
    west, south, east, north = geometry.bounds
    return ((west + east) / 2.0, (south + north) / 2.0)
