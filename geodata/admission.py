"""What a layer must be like to be let into the workspace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import shapely

from geodata.crs import STORED_CRS, to_stored_crs
from geodata.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

_KEY: Final = re.compile(r"[a-z0-9_]+")


def require_key(key: str) -> None:
    """Require a key that is also a safe folder name; StoreError otherwise."""
    if not _KEY.fullmatch(key):
        raise StoreError(f"key: {key!r} is not made of a-z, 0-9 and _. Rename the layer.")


def require_one_of(name: str, value: str, known: Iterable[str]) -> None:
    """Require a value that screens and reports have a word for; StoreError otherwise."""
    if value not in known:
        raise StoreError(f"{name}: {value!r} is unknown. Choose one of {', '.join(known)}.")


def require_coverage(key: str, coverage_wkt: str | None) -> None:
    """Require a valid polygon, or none; StoreError otherwise."""
    if coverage_wkt is None:
        return
    coverage = shapely.from_wkt(coverage_wkt, on_invalid="ignore")
    if coverage is None or coverage.geom_type not in {"Polygon", "MultiPolygon"} or not coverage.is_valid:
        raise StoreError(f"{key}: coverage_wkt is no valid polygon. Pass one in EPSG:4490, or None where unknown.")


def require_ids(key: str, frame: gpd.GeoDataFrame) -> None:
    """Require a column `id` of unique strings; StoreError otherwise."""
    if not frame.columns.is_unique or "id" not in frame.columns:
        raise StoreError(f"{key}: needs exactly one column `id` and no column twice. Rename the columns.")
    ids = frame["id"]
    unfit = [position for position, value in enumerate(ids) if not (isinstance(value, str) and value)]
    if unfit:
        raise StoreError(f"{key}: id of row {unfit[0]} is {ids.iloc[unfit[0]]!r}. Give every row a string of its own.")
    if not ids.is_unique:
        raise StoreError(
            f"{key}: id {ids[ids.duplicated()].iloc[0]!r} stands twice. Give every row a string of its own."
        )


def to_storable(key: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Copy a frame to the one form that is stored.

    Parameters
    ----------
    key
        The layer's key, for messages.
    frame
        Any CRS on an earth-centred datum. Not changed.

    Returns
    -------
        EPSG:4490, the geometry in the column `geometry`, the index dropped.

    Raises
    ------
    StoreError
        If the frame has a second geometry column, or calls another column `geometry`.
    CrsError
        If the CRS is missing or cannot be brought to EPSG:4490.
    """
    stored = to_stored_crs(frame, key)
    others = [name for name in stored.columns[stored.dtypes == "geometry"] if name != stored.geometry.name]
    if others:
        raise StoreError(f"{key}: {others[0]!r} is a second geometry column. Keep one.")
    if stored.geometry.name != "geometry":
        if "geometry" in stored.columns:
            raise StoreError(f"{key}: column `geometry` is not the geometry. Rename it.")
        stored = stored.rename_geometry("geometry")
    return stored.reset_index(drop=True).set_crs(STORED_CRS, allow_override=True)
