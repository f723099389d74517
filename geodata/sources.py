"""Which files make up a vector source: a shapefile's parts, a zip file's content, a layer among several."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyogrio
from pyogrio.errors import DataSourceError

from geodata.errors import ReadError

if TYPE_CHECKING:
    from contextlib import ExitStack

SHAPEFILE_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""The order in which a shapefile is digested."""

_IN_ZIP: Final = (".shp", ".gpkg", ".geojson", ".json", ".gdb", ".kml", ".gml", ".fgb", ".tab")
_SHP_HEADER: Final = 100
_SHP_CODE: Final = b"\x00\x00\x27\x0a"
_UTF_8_NAME: Final = 0x800


@dataclass(frozen=True)
class Source:
    """One layer of a file, ready for GDAL."""

    path: Path
    """What the caller named."""
    dataset: Path
    """What GDAL opens."""
    layer: str | None
    files: tuple[Path, ...]
    """All that belongs to it, in fixed order."""
    dbf: Path | None = None
    """A shapefile's table."""
    cpg: Path | None = None


def open_source(path: Path, layer: str | None, stack: ExitStack) -> Source:
    """
    Find what to open.

    Parameters
    ----------
    path
        A file, a file geodatabase, or a zip file that holds one of these.
    layer
        The layer's name; for a zip file of several shapefiles, the shapefile's.
    stack
        Cleans up what a zip file was unpacked to, when it closes.

    Raises
    ------
    ReadError
        If there is nothing to read, a part is missing or cut off, or several layers leave a choice.
    """
    if not path.exists():
        raise ReadError(f"{path}: no such file. Check the path.")
    if "!" in str(path):  # GDAL's reader takes what stands before it for an archive
        raise ReadError(f"{path}: the path has an exclamation mark, which cannot be read. Rename the file or folder.")
    if path.is_dir() and path.suffix.lower() != ".gdb":
        raise ReadError(f"{path}: a folder. Name the file in it, such as a .shp or .gpkg.")
    dataset, whole = path, _files_of(path)
    if path.suffix.lower() == ".zip":
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        dataset = _choose_in_zip(path, _unpack(path, folder), layer)
    if dataset.suffix.lower() == ".shp":
        parts = _require_shapefile(path, dataset)
        files = tuple(parts[ending] for ending in SHAPEFILE_PARTS if ending in parts) if dataset == path else whole
        return Source(path, dataset, None, files, parts.get(".dbf"), parts.get(".cpg"))
    return Source(path, dataset, _choose_layer(path, dataset, layer), whole)


def _files_of(path: Path) -> tuple[Path, ...]:
    """List a file, or all files of a file geodatabase but its locks."""
    if path.is_file():
        return (path,)
    return tuple(sorted(part for part in path.iterdir() if part.is_file() and part.suffix != ".lock"))


def _unpack(path: Path, folder: Path) -> Path:
    """Unpack a zip file whose names may be in GBK."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.flag_bits & _UTF_8_NAME:
                    # zipfile took the bytes for code page 437; Chinese Windows writes GBK.
                    raw = entry.filename.encode("cp437", errors="replace")
                    entry.filename = raw.decode("gb18030", errors="replace")
                archive.extract(entry, folder)  # drops drive letters and `..`
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise ReadError(f"{path}: cannot be unpacked ({error}). Get a sound copy, without password.") from error
    return folder


def _choose_in_zip(path: Path, folder: Path, layer: str | None) -> Path:
    """Find the one vector file in a folder."""
    found = sorted(
        part
        for part in folder.rglob("*")
        if part.suffix.lower() in _IN_ZIP and not any(outer.suffix.lower() == ".gdb" for outer in part.parents)
    )
    named = [part for part in found if part.stem == layer]
    if len(found) == 1:
        return found[0]
    if len(named) == 1:
        return named[0]
    if not found:
        raise ReadError(f"{path}: no vector file in it. Pack all parts of the shapefile, or a .gpkg.")
    raise ReadError(f"{path}: holds {', '.join(part.stem for part in found)}. Say which one with layer.")


def _require_shapefile(path: Path, shp: Path) -> dict[str, Path]:
    """Find a shapefile's parts, in any case, and require that its geometries are complete."""
    parts = {
        part.suffix.lower(): part
        for part in sorted(shp.parent.iterdir())
        if part.stem == shp.stem and part.suffix.lower() in SHAPEFILE_PARTS
    }
    for ending in (".shx", ".dbf"):
        if ending not in parts:
            raise ReadError(f"{path}: the {ending} file is missing. Copy all files of the shapefile together.")
    with shp.open("rb") as file:
        header = file.read(_SHP_HEADER)
    announced = int.from_bytes(header[24:28], "big") * 2
    if len(header) < _SHP_HEADER or not header.startswith(_SHP_CODE):
        raise ReadError(f"{path}: no shapefile. Get a sound copy of all its files.")
    if shp.stat().st_size < announced:
        raise ReadError(
            f"{path}: cut off: {announced} bytes are announced, {shp.stat().st_size} are there. "
            "Get a complete copy of all its files."
        )
    return parts


def _choose_layer(path: Path, dataset: Path, layer: str | None) -> str | None:
    """Find the one layer with geometry, or check the name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # said again, and reported, when the layer is read
            listed = pyogrio.list_layers(dataset)
    except DataSourceError as error:
        raise ReadError(f"{path}: no vector file that can be read ({error}). Export it to .shp or .gpkg.") from error
    names = [str(name) for name, geometry_type in listed if geometry_type is not None]
    if not names:
        raise ReadError(f"{path}: a table without geometry. Pass a vector layer.")
    if layer is None:
        if len(names) > 1:
            raise ReadError(f"{path}: has layers {', '.join(names)}. Say which one with layer.")
        return names[0]
    if layer not in names:
        raise ReadError(f"{path}: has no layer {layer!r}, but {', '.join(names)}. Check the name.")
    return layer
