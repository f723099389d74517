"""Any vector file to a frame with a known CRS, with the file's faults as problems."""

from __future__ import annotations

import codecs
import warnings
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError

from geodata.crs import crs_name
from geodata.encoding import UTF_8, find_text_encoding
from geodata.errors import CrsError, ReadError
from geodata.files import find_sha256
from geodata.identity import give_ids
from geodata.problems import Problem
from geodata.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from geodata.sources import Source

_GDAL_ERRORS: Final = (DataSourceError, DataLayerError, FieldError, ValueError, RuntimeError, OSError)


@dataclass(frozen=True, eq=False)
class ReadResult:
    """What was read from a file, and what is wrong with it."""

    frame: gpd.GeoDataFrame | None
    """None where the CRS is unknown: see the problem `crs_missing`."""
    crs_source: Literal["declared", "option", "unknown"]
    """Whether the file says the CRS, the caller said it, or nobody."""
    encoding: str
    """Of the texts."""
    sha256: str
    """Of the file, or of all files of a shapefile in fixed order."""
    problems: tuple[Problem, ...]


def read_vector(
    path: Path,
    *,
    layer: str | None = None,
    where: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> ReadResult:
    """
    Read one layer of a vector file.

    Parameters
    ----------
    path
        A shapefile, GeoPackage, GeoJSON, file geodatabase or whatever else GDAL reads, or one of these in a zip file.
    layer
        Its name within the file; may be left out where there is only one.
    where
        Which features, as OGR SQL: `"TYPEZONE" = 'U'`.
    crs
        For a file that declares none, such as "EPSG:4544". Where the file declares another this one counts, and the
        problem `crs_overridden` says so.
    encoding
        Of a shapefile's texts; found from the bytes if left out.

    Returns
    -------
        The frame in the file's own CRS, two-dimensional, with a column `id` of unique strings (see
        `geodata.identity.give_ids`) and all columns of the file; null geometries are kept and reported, and a geometry
        with a coordinate that is no finite number becomes null.

    Raises
    ------
    ReadError
        If nothing can be read: no such file, no vector format, cut off, no such layer, a filter that is none.
    CrsError
        If `crs` is no coordinate reference system.
    """
    chosen_crs = _parse_crs(crs)
    with ExitStack() as stack:
        source = open_source(path, layer, stack)
        name = path.stem if layer is None else layer
        sha256 = find_sha256(source.files)
        used_encoding, problems = _find_encoding(source, encoding, name)
        frame, read_problems = _read(source, where, used_encoding, name)
    problems += read_problems
    declared = frame.crs
    if declared is None and chosen_crs is None:
        problems.append(Problem("crs_missing", "error", name, params={"file": path.name}))
        return ReadResult(None, "unknown", used_encoding, sha256, tuple(problems))
    if chosen_crs is not None:
        if declared is not None and declared != chosen_crs:
            params = {"declared": crs_name(declared), "used": crs_name(chosen_crs)}
            problems.append(Problem("crs_overridden", "warning", name, params=params))
        frame = frame.set_crs(chosen_crs, allow_override=True)
    frame, problems_of_shape = _flatten(frame, name)
    frame, endless = _drop_endless(frame)
    frame, id_column = give_ids(frame)
    if id_column is None and len(frame):
        problems.append(Problem("id_from_geometry", "info", name, params={"count": len(frame)}))
    problems += [*problems_of_shape, *_check_geometries(frame, name, endless)]
    return ReadResult(frame, "declared" if chosen_crs is None else "option", used_encoding, sha256, tuple(problems))


def _parse_crs(crs: str | None) -> CRS | None:
    """Understand what the caller said."""
    try:
        return None if crs is None else CRS.from_user_input(crs)
    except CRSError as error:
        raise CrsError(f"crs: {crs!r} is no coordinate reference system. Pass one such as 'EPSG:4544'.") from error


def _find_encoding(source: Source, encoding: str | None, name: str) -> tuple[str, list[Problem]]:
    """Look at a shapefile's bytes; other formats say their encoding themselves."""
    if source.dbf is None:
        return UTF_8, []
    found = find_text_encoding(source.dbf, source.cpg)  # looks whether the table is complete, too
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError as error:
            raise ReadError(f"encoding: {encoding!r} is unknown. Pass one such as 'GB18030', or none.") from error
        return encoding, []
    problems = []
    params: dict[str, object] = {"declared": found.declared, "used": found.encoding}
    if found.mistaken:
        problems.append(Problem("encoding_mistaken", "warning", name, params=params))
    elif found.declared is None and found.foreign:
        problems.append(Problem("encoding_missing", "info", name, params={"used": found.encoding}))
    if found.cut_values:
        problems.append(Problem("text_cut", "warning", name, params={"count": found.cut_values}))
    return found.encoding, problems


def _read(source: Source, where: str | None, encoding: str, name: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Read through GDAL; what it warns of becomes a problem."""
    options: dict[str, Any] = {} if source.dbf is None else {"encoding": encoding}
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            frame = pyogrio.read_dataframe(source.dataset, layer=source.layer, where=where, **options)
    except _GDAL_ERRORS as error:
        if where is not None and "SQL" in str(error):
            raise ReadError(
                f"where: {where!r} does not fit {source.path} ({error}). {_columns(source, options)}"
            ) from error
        raise ReadError(f"{source.path}: cannot be read ({error}). Check that it opens in a GIS.") from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise ReadError(f"{source.path}: a table without geometry. Pass a vector layer.")
    said = dict.fromkeys(str(warning.message) for warning in caught)
    return frame, [Problem("reader_warning", "warning", name, params={"message": message}) for message in said]


def _columns(source: Source, options: Mapping[str, str]) -> str:
    """Name the columns that a filter may use."""
    fields = pyogrio.read_info(source.dataset, layer=source.layer, **options)["fields"]
    return f"Columns are {', '.join(map(str, fields))}."


def _drop_endless(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, NDArray[np.bool_]]:
    """Replace geometries with a coordinate that is no finite number by null; say which they were."""
    geometries = np.array(frame.geometry.to_numpy(), dtype=object)
    coordinates, owners = shapely.get_coordinates(geometries, return_index=True)
    endless = np.zeros(len(geometries), dtype=bool)
    endless[owners[~np.isfinite(coordinates).all(axis=1)]] = True
    if not endless.any():
        return frame, endless
    geometries[endless] = None
    return frame.set_geometry(gpd.GeoSeries(geometries, index=frame.index, crs=frame.crs)), endless


def _flatten(frame: gpd.GeoDataFrame, name: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Drop heights, which no plan is judged by."""
    geometries = frame.geometry.to_numpy()
    count = int(shapely.has_z(geometries).sum())
    if not count:
        return frame, []
    flat = frame.set_geometry(gpd.GeoSeries(shapely.force_2d(geometries), index=frame.index, crs=frame.crs))
    return flat, [Problem("z_dropped", "info", name, params={"count": count})]


def _check_geometries(frame: gpd.GeoDataFrame, name: str, endless: NDArray[np.bool_]) -> list[Problem]:
    """Report features without geometry, and those whose geometry had to be left out."""
    geometries = frame.geometry.to_numpy()
    hollow = np.flatnonzero(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    return [
        Problem(
            "geometry_not_finite" if endless[position] else "geometry_missing",
            "warning",
            name,
            str(frame["id"].iloc[position]),
        )
        for position in hollow
    ]
