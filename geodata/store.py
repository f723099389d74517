"""
The workspace: immutable layer versions as GeoParquet files beside one catalogue.

A version is named by the SHA-256 of its file, so that the same rows with the same provenance are the same version
(for one release of the libraries that write the file). Layout::

    catalogue.sqlite
    layers/<key>/<first 16 of sha256>.parquet
    terrain/<first 16 of sha256>.tif
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import geopandas as gpd

from geodata.admission import require_coverage, require_ids, require_key, require_one_of, to_storable
from geodata.catalogue import create_catalogue, open_catalogue, require_catalogue
from geodata.errors import StoreError
from geodata.files import add_file, find_sha256

if TYPE_CHECKING:
    from pathlib import Path

    from geodata.crs import Bounds

Certainty: TypeAlias = Literal["real", "inferred", "synthetic"]

_TERRAIN_KEY: Final = "/terrain"  # no layer can be called so


@dataclass(frozen=True)
class Provenance:
    """Where a layer comes from, kept inside its file."""

    source: str
    """Who published it or how it was made."""
    source_date: str
    """ISO date, year-month or year: as precisely as it is known."""
    certainty: Certainty
    demonstration: bool
    """Whether screens and reports must say that it is no statutory result."""
    crs_source: str
    """`declared`, `option` or `unknown`: how the CRS came to be known."""
    note: str = ""
    licence: str = ""


@dataclass(frozen=True)
class LayerVersion:
    """One immutable version of a layer."""

    key: str
    sha256: str
    """Of the stored file."""
    path: Path
    feature_count: int
    bounds: Bounds | None
    """West, south, east, north in EPSG:4490; None where no feature has a geometry."""
    provenance: Provenance
    added: str
    """When the version last became the current one, as the caller said it."""
    coverage_wkt: str | None
    """The area that the layer answers for, EPSG:4490; None where that is not known."""


@dataclass(frozen=True)
class TerrainVersion:
    """The elevation raster."""

    sha256: str
    path: Path
    provenance: Provenance
    added: str


class Workspace:
    """A folder of layers. Holds no open file: every call opens, answers and closes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def _catalogue(self) -> Path:
        return self.root / "catalogue.sqlite"

    @classmethod
    def create(cls, root: Path) -> Workspace:
        """
        Make an empty workspace.

        Parameters
        ----------
        root
            Its folder; made if absent.

        Raises
        ------
        StoreError
            If there is a workspace already.
        """
        workspace = cls(root)
        if workspace._catalogue.exists():
            raise StoreError(f"{root}: already a workspace. Open it with Workspace.open, or choose another folder.")
        root.mkdir(parents=True, exist_ok=True)
        create_catalogue(workspace._catalogue)
        return workspace

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """
        Open a workspace.

        Parameters
        ----------
        root
            The folder that `create` made.

        Raises
        ------
        StoreError
            If the folder holds no workspace, a damaged one, or one of another schema version.
        """
        workspace = cls(root)
        require_catalogue(workspace._catalogue)
        return workspace

    def add_layer(
        self,
        key: str,
        frame: gpd.GeoDataFrame,
        provenance: Provenance,
        *,
        added: str,
        coverage_wkt: str | None = None,
    ) -> LayerVersion:
        """
        Store a frame as the current version of a layer.

        Parameters
        ----------
        key
            The layer's key: `a-z`, `0-9` and `_`.
        frame
            One geometry column, any CRS on an earth-centred datum, any number of rows, and a column `id` of unique
            strings. Null geometries are kept; the index is not. Not changed.
        provenance
            Where it comes from.
        added
            ISO date or time of the addition.
        coverage_wkt
            The polygon that the layer answers for, EPSG:4490 in WKT.

        Returns
        -------
            The version, and that which is stored already if its content is the same. A reader sees the former version
            or the new one, never anything between.

        Raises
        ------
        StoreError
            If the key, the ids, the columns, the provenance or the coverage are not as described.
        CrsError
            If the CRS is missing or cannot be brought to EPSG:4490.
        """
        require_key(key)
        require_one_of(f"{key}: certainty", provenance.certainty, get_args(Certainty))
        require_ids(key, frame)
        require_coverage(key, coverage_wkt)
        stored = to_storable(key, frame)
        record = {
            "provenance": asdict(provenance),
            "coverage_wkt": coverage_wkt,
            "feature_count": len(stored),
            "bounds": _bounds(stored),
        }
        stored.attrs = {"key": key, "provenance": record["provenance"], "coverage_wkt": coverage_wkt}

        def write(path: Path) -> None:
            try:
                stored.to_parquet(path, index=False, compression="zstd", schema_version="1.1.0")
            except (ValueError, TypeError, NotImplementedError) as error:  # all that Arrow raises is one of these
                raise StoreError(
                    f"{key}: a column cannot be stored ({error}). Give each column values of one simple type."
                ) from error

        path, sha256 = add_file(self.root / "layers" / key, ".parquet", write)
        since = self._make_current(key, sha256, path, record, added)
        return _layer_version(key, sha256, path, record, since)

    def current(self) -> dict[str, LayerVersion]:
        """
        List the current version of every layer.

        Returns
        -------
            Versions by key, keys in alphabetical order. The files are not looked at.
        """
        return {row[0]: _layer_version(*row) for row in self._current_rows() if row[0] != _TERRAIN_KEY}

    def read_layer(self, key: str) -> gpd.GeoDataFrame:
        """
        Read the current version of a layer.

        Parameters
        ----------
        key
            The layer's key.

        Returns
        -------
            The frame in EPSG:4490, rows in the order in which they were added.

        Raises
        ------
        StoreError
            If there is no such layer, or its file is absent or differs from what was stored.
        """
        version = self.current().get(key)
        if version is None:
            raise StoreError(f"{key}: no such layer in {self.root}. Add it first with add_layer.")
        _require_file(key, version.path, version.sha256)
        frame = gpd.read_parquet(version.path)
        frame.attrs = {}
        return frame

    def add_terrain(self, tif: Path, provenance: Provenance, *, added: str) -> TerrainVersion:
        """
        Store a copy of an elevation raster as the current terrain.

        Parameters
        ----------
        tif
            A raster with a CRS, elevations in metres in its first band. Not changed.
        provenance
            Where it comes from.
        added
            ISO date or time of the addition.

        Raises
        ------
        StoreError
            If the provenance is not as described.
        ReadError
            If the file is no raster with a CRS.
        """
        from geodata.raster import require_terrain

        require_one_of("terrain: certainty", provenance.certainty, get_args(Certainty))
        require_terrain(tif)
        path, sha256 = add_file(self.root / "terrain", ".tif", lambda target: _copy(tif, target))
        since = self._make_current(_TERRAIN_KEY, sha256, path, {"provenance": asdict(provenance)}, added)
        return TerrainVersion(sha256, path, provenance, since)

    def terrain(self) -> TerrainVersion | None:
        """
        Give the current terrain.

        Returns
        -------
            None where none was added. The file is not looked at.
        """
        for key, sha256, path, record, added in self._current_rows():
            if key == _TERRAIN_KEY:
                return TerrainVersion(sha256, path, Provenance(**record["provenance"]), added)
        return None

    def _make_current(self, key: str, sha256: str, path: Path, record: dict[str, Any], added: str) -> str:
        """Enter a written file in the catalogue, in one transaction; say since when it is the current version."""
        with open_catalogue(self._catalogue, write=True) as catalogue:
            # A layer's record follows from its content. A raster's does not: the last word on its provenance counts.
            catalogue.execute(
                "INSERT INTO version VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
                (key, sha256, path.relative_to(self.root).as_posix(), json.dumps(record, ensure_ascii=False)),
            )
            last: tuple[str, str] | None = catalogue.execute(
                "SELECT sha256, added FROM ledger WHERE key = ? ORDER BY entry DESC LIMIT 1", (key,)
            ).fetchone()
            if last is not None and last[0] == sha256:
                return last[1]
            catalogue.execute("INSERT INTO ledger (key, sha256, added) VALUES (?, ?, ?)", (key, sha256, added))
            return added

    def _current_rows(self) -> list[tuple[str, str, Path, dict[str, Any], str]]:
        """Key, sha256, path, record and date of addition of each key's last ledger entry."""
        with open_catalogue(self._catalogue) as catalogue:
            rows = catalogue.execute(
                "SELECT key, sha256, path, record, added FROM ledger JOIN version USING (key, sha256) "
                "WHERE entry IN (SELECT max(entry) FROM ledger GROUP BY key) ORDER BY key"
            ).fetchall()
        return [(key, sha256, self.root / path, json.loads(record), added) for key, sha256, path, record, added in rows]


def _layer_version(key: str, sha256: str, path: Path, record: dict[str, Any], added: str) -> LayerVersion:
    """Give a catalogue row its type."""
    bounds = record["bounds"]
    return LayerVersion(
        key=key,
        sha256=sha256,
        path=path,
        feature_count=record["feature_count"],
        bounds=None if bounds is None else (bounds[0], bounds[1], bounds[2], bounds[3]),
        provenance=Provenance(**record["provenance"]),
        added=added,
        coverage_wkt=record["coverage_wkt"],
    )


def _bounds(frame: gpd.GeoDataFrame) -> list[float] | None:
    """Bounds of all geometries, None where there are none."""
    if bool((frame.geometry.isna() | frame.geometry.is_empty).all()):
        return None
    bounds: list[float] = frame.total_bounds.tolist()
    return bounds


def _copy(source: Path, target: Path) -> None:
    """Copy the content alone: no dates or permissions."""
    shutil.copyfile(source, target)


def _require_file(key: str, path: Path, sha256: str) -> None:
    """Require that a stored file is as it was stored."""
    if not path.is_file():
        raise StoreError(f"{key}: {path} is missing. Restore it from a copy, or add the layer again.")
    if find_sha256([path]) != sha256:
        raise StoreError(f"{key}: {path} was changed or damaged. Restore it from a copy, or add the layer again.")
