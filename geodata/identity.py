"""A lasting name for every feature: from a column of its own, else from its geometry."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

ID_COLUMNS: Final = ("id", "bsm", "uuid", "guid", "globalid", "gml_id", "objectid", "objectid_1", "fid", "gid")
"""Where an id is looked for, best first, in any case. BSM is 标识码 of the national data standards."""

_DIGITS: Final = 12
_DECIMALS_METRES: Final = 3
_DECIMALS_DEGREES: Final = 8  # a millimetre, nearly


def give_ids(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, str | None]:
    """
    Give a frame its column `id`.

    Parameters
    ----------
    frame
        Any geometries, also null. Not changed.

    Returns
    -------
        The frame with unique strings in `id`, first of its columns; and the column they were taken from, or None if no
        column is unique and complete. Then an id is `g-` and 12 digits from the geometry rounded to a millimetre, and
        from the attributes where there is none; true duplicates go on with -2, -3, in the order of their attributes.
        Neither depends on the order of rows. A column called `id` that does not serve is kept as `id_source`.
    """
    found = _find_id_column(frame)
    ids = _ids_from_geometry(frame) if found is None else [str(_text(value)) for value in frame[found]]
    others = frame.drop(columns="id") if found == "id" else frame.rename(columns={"id": _free_name(frame)})
    result = others.copy()
    result.insert(0, "id", pd.Series(ids, index=frame.index, dtype="str"))
    return result, found


def _find_id_column(frame: gpd.GeoDataFrame) -> str | None:
    """Find the best column whose values are all there and all different."""
    by_lower_name = {str(column).lower(): str(column) for column in reversed(frame.columns)}
    for name in ID_COLUMNS:
        column = by_lower_name.get(name)
        if column is None or column == frame.geometry.name:
            continue
        texts = [_text(value) for value in frame[column]]
        if all(texts) and len(set(texts)) == len(texts):
            return column
    return None


def _text(value: object) -> str | None:
    """Write a value as an id: 12.0 is 12; None for what is no id."""
    if isinstance(value, (float, np.floating)):
        return str(int(value)) if np.isfinite(value) and value == int(value) else None
    if value is None or value is pd.NA:
        return None
    return str(value).strip() or None


def _free_name(frame: gpd.GeoDataFrame) -> str:
    """Find a name for a column `id` that does not serve."""
    name = "id_source"
    while name in frame.columns:
        name += "_"
    return name


def _ids_from_geometry(frame: gpd.GeoDataFrame) -> list[str]:
    """Digest each geometry, and number those that are alike."""
    decimals = _DECIMALS_DEGREES if frame.crs is None or frame.crs.is_geographic else _DECIMALS_METRES
    attributes = frame.drop(columns=frame.geometry.name)
    rows = ["\x1f".join(map(str, row)) for row in attributes.itertuples(index=False, name=None)]
    names = [
        f"g-{hashlib.sha256(_to_bytes(geometry, decimals) or row.encode()).hexdigest()[:_DIGITS]}"
        for geometry, row in zip(frame.geometry, rows, strict=True)
    ]
    order = sorted(range(len(names)), key=lambda position: (names[position], rows[position]))
    seen: Counter[str] = Counter()
    for position in order:
        name = names[position]
        seen[name] += 1
        if seen[name] > 1:
            names[position] = f"{name}-{seen[name]}"
    return names


def _to_bytes(geometry: BaseGeometry | None, decimals: int) -> bytes:
    """Write a geometry so that neither the start of a ring nor the order of parts matters; nothing if there is none."""

    def rounded(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(coordinates, decimals) + 0.0  # minus zero is zero

    if geometry is None or geometry.is_empty:
        return b""
    # Rounded before sorting and not snapped, so that no vertex falls away.
    normal = shapely.normalize(shapely.transform(geometry, rounded))
    written: bytes = shapely.to_wkb(normal, byte_order=1, output_dimension=2)
    return written
