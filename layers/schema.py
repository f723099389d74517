"""What a plan layer is: the catalogue of known layers, and layers read from a workspace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, cast

import shapely
import yaml

from layers.errors import LayerError
from layers.style import Certainty, Style, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from geodata.store import Provenance, Workspace

Geometry = Literal["polygon", "line", "point"]

DEMONSTRATION_NOTICE = "示意数据，非法定成果"
"""Said by every map and file while any layer of the demonstration county is in use, and not otherwise."""

CATALOGUE = Path(__file__).with_name("catalogue")
"""`common.yaml` and one file for each group of layers."""

_COMMON = "common.yaml"
_GEOMETRIES = ("polygon", "line", "point")
_DIVISION_CODE = re.compile(r"(^\d{6,12}[_\-\s]*)|([_\-\s]*\d{6,12}$)")
_COLOUR = re.compile(r"#[0-9A-F]{6}")


@dataclass(frozen=True)
class Column:
    """A column a planner may see: its stored name and its titles."""

    name: str
    title: str
    title_en: str
    unit: str
    """Empty for words, codes and yes/no."""


@dataclass(frozen=True)
class LayerDefinition:
    """A known layer: what it is called, whose it is, how it is drawn."""

    key: str
    name: str
    name_en: str
    group: str
    """Heading in the layer panel."""
    group_en: str
    plan: str
    """The plan or register that such data belongs to."""
    plan_en: str
    department: str
    department_en: str
    geometry: Geometry
    columns: tuple[Column, ...]
    aliases: tuple[str, ...]
    """Other names in delivered data; `*` stands for anything."""
    style: Style
    order: int
    """Drawing order, small first (at the bottom)."""
    also: tuple[Geometry, ...] = ()
    """Other kinds of geometry that such a layer may hold as well."""

    def column_title(self, name: str) -> str:
        """Return the Chinese title with its unit; the stored name for a column that the catalogue does not know."""
        for column in self.columns:
            if column.name == name:
                return f"{column.title}（{column.unit}）" if column.unit else column.title
        return name


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer with its features. `frame` is EPSG:4490, longitude before latitude, and must not be changed."""

    key: str
    frame: GeoDataFrame
    provenance: Provenance
    sha256: str
    definition: LayerDefinition | None
    coverage: BaseGeometry | None = None
    """Where the layer says anything at all, EPSG:4490; None means the whole county."""

    @property
    def name(self) -> str:
        """Chinese name; the key for a layer that the catalogue does not know."""
        return self.key if self.definition is None else self.definition.name


@cache
def read_catalogue() -> Mapping[str, LayerDefinition]:
    """
    Read the catalogue of known layers, in drawing order.

    Raises
    ------
    LayerError
        If an entry is incomplete, a colour is not `#RRGGBB`, or a name belongs to two layers.
    """
    found = [
        _read_definition(key, entry, document["group"], path.name)
        for path in sorted(CATALOGUE.glob("*.yaml"))
        if path.name != _COMMON
        for document in [_read_document(path.name)]
        for key, entry in document["layers"].items()
    ]
    definitions = sorted(found, key=lambda definition: (definition.order, definition.key))
    catalogue = {definition.key: definition for definition in definitions}
    _index_names(catalogue.values())
    return MappingProxyType(catalogue)


@cache
def read_certainties() -> Mapping[str, Certainty]:
    """Read how certain a course can be, with the dash of each."""
    entries = _read_document(_COMMON)["certainty"]
    return MappingProxyType({key: Certainty(key=key, **entry) for key, entry in entries.items()})


@cache
def read_marks() -> Mapping[str, Style]:
    """Read how evidence is drawn: `prohibited`, `conditional`, `reminder`, `clear`, `not_checked`."""
    entries = _read_document(_COMMON)["marks"]
    return MappingProxyType({key: _read_style(f"marks.{key}", entry) for key, entry in entries.items()})


def resolve_key(name: str) -> str | None:
    """
    Find the layer that a file or table name means.

    Case, outer blanks and a division code before or after the name do not matter: `510821STBHHX` is
    `ecological_redline`. Returns None for a name that no layer has: it is for a person to say, never guessed.
    """
    index = _index_names(read_catalogue().values())
    wanted = name.strip().casefold()
    for candidate in (wanted, _DIVISION_CODE.sub("", wanted)):
        if candidate in index:
            return index[candidate]
        for pattern, key in index.items():
            if "*" in pattern and fnmatchcase(candidate, pattern):
                return key
    return None


def read_layers(workspace: Workspace, keys: Iterable[str] | None = None) -> dict[str, Layer]:
    """
    Read layers of a workspace, in drawing order.

    Parameters
    ----------
    workspace
        Where the layers are stored. Not changed.
    keys
        Layer keys or aliases; all layers if None. A known layer that is not in the workspace is left out:
        what that means is for the check to say.

    Raises
    ------
    LayerError
        If a key is neither in the catalogue nor in the workspace.
    """
    catalogue = read_catalogue()
    versions = workspace.current()
    wanted = list(versions) if keys is None else [_require_key(key, versions) for key in keys]
    found = sorted(
        {key for key in wanted if key in versions},
        key=lambda key: (catalogue[key].order if key in catalogue else 1000, key),
    )
    return {
        key: Layer(
            key=key,
            frame=workspace.read_layer(key),
            provenance=versions[key].provenance,
            sha256=versions[key].sha256,
            definition=catalogue.get(key),
            coverage=None if (wkt := versions[key].coverage_wkt) is None else shapely.from_wkt(wkt),
        )
        for key in found
    }


def _require_key(name: str, stored: Iterable[str]) -> str:
    if name in stored:
        return name
    key = resolve_key(name)
    if key is None:
        known = ", ".join(read_catalogue())
        raise LayerError(f"layer {name!r}: unknown key. Use one of: {known}.")
    return key


@cache
def _read_document(name: str) -> Mapping[str, Any]:
    with (CATALOGUE / name).open(encoding="utf-8") as file:
        return cast("Mapping[str, Any]", yaml.safe_load(file))


def _read_definition(key: str, entry: Mapping[str, Any], group: Sequence[str], file: str) -> LayerDefinition:
    common = _read_document(_COMMON)
    try:
        department, department_en = common["departments"][entry["department"]]
        geometry = entry["geometry"]
        definition = LayerDefinition(
            key=key,
            name=entry["name"],
            name_en=entry["name_en"],
            group=group[0],
            group_en=group[1],
            plan=entry["plan"],
            plan_en=entry["plan_en"],
            department=department,
            department_en=department_en,
            geometry=geometry,
            columns=_read_columns(entry["columns"]),
            aliases=tuple(entry["aliases"]),
            style=_read_style(key, entry["style"]),
            order=entry["order"],
            also=tuple(entry.get("also", ())),
        )
    except (KeyError, TypeError) as error:
        raise LayerError(f"{file}, layer {key!r}: {error}. Complete the entry.") from error
    if not {geometry, *definition.also} <= set(_GEOMETRIES):
        raise LayerError(f"{file}, layer {key!r}: geometry {geometry!r}. Use one of {_GEOMETRIES}.")
    return definition


def _read_columns(own: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """Put together what every layer has, the layer's own columns, and what any layer may have."""
    common = _read_document(_COMMON)
    columns = [Column(*column) for column in (*common["common_columns"], *own)]
    named = {column.name for column in columns}
    return (*columns, *(Column(*column) for column in common["optional_columns"] if column[0] not in named))


def _read_style(owner: str, entry: Mapping[str, Any]) -> Style:
    variants = {value: Variant(**variant) for value, variant in entry.get("variants", {}).items()}
    style = Style(**{**entry, "variants": MappingProxyType(variants)})
    colours = [style.stroke, style.fill, style.casing, style.core]
    colours += [colour for variant in variants.values() for colour in (variant.stroke, variant.fill)]
    for colour in colours:
        if colour is not None and not _COLOUR.fullmatch(colour):
            raise LayerError(f"catalogue, style of {owner!r}: colour {colour!r}. Write it as #RRGGBB, capitals.")
    return style


def _index_names(definitions: Iterable[LayerDefinition]) -> dict[str, str]:
    """All names, lower case -> layer key; a name of two layers is an error in the catalogue."""
    index: dict[str, str] = {}
    for definition in definitions:
        for name in (definition.key, definition.name, definition.name_en, *definition.aliases):
            owner = index.setdefault(name.casefold(), definition.key)
            if owner != definition.key:
                raise LayerError(f"catalogue: {name!r} names {owner!r} and {definition.key!r}. Keep it in one.")
    return index
