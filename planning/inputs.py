"""Layers named on the command line: `KEY=PATH[#LAYERNAME][?WHERE]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.read import read_vector
from geodata.store import Provenance
from layers.schema import Layer, read_catalogue, resolve_key
from planning.prepare import CheckError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame

    from geodata.problems import Problem

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True)
class LayerArgument:
    """One `--layer`."""

    key: str
    path: Path
    layer_name: str | None
    where: str | None


def read_layer_argument(text: str) -> LayerArgument:
    """
    Take a `--layer` apart.

    Parameters
    ----------
    text
        `KEY=PATH[#LAYERNAME][?WHERE]`. KEY is a layer key, one of its aliases, or a name of one's own that a rule
        file uses; WHERE is an OGR SQL filter.

    Raises
    ------
    CheckError
        If the form is another.
    """
    key, equals, rest = text.partition("=")
    if not equals or not _KEY.fullmatch(key) or not rest:
        raise CheckError(f"--layer {text!r} is not KEY=PATH[#LAYERNAME][?WHERE]. Write for example park=园区.shp.")
    place, _, where = rest.partition("?")
    path, _, layer_name = place.partition("#")
    return LayerArgument(resolve_key(key) or key, Path(path), layer_name or None, where or None)


def read_named_layers(arguments: Sequence[str], crs: Mapping[str, str]) -> tuple[dict[str, Layer], tuple[Problem, ...]]:
    """
    Read the layers named on the command line.

    Parameters
    ----------
    arguments
        Texts of `--layer`.
    crs
        CRS by layer key, for files that declare none.

    Returns
    -------
        Layers by key, in their own CRS, and what was found wrong with them.

    Raises
    ------
    CheckError
        If a key is given twice, or a layer cannot be used at all.
    ReadError
        If a file cannot be read.
    """
    layers: dict[str, Layer] = {}
    problems: list[Problem] = []
    for text in arguments:
        argument = read_layer_argument(text)
        if argument.key in layers:
            raise CheckError(f"--layer {argument.key} is given twice. Give each layer once.")
        chosen = crs.get(argument.key)
        result = read_vector(argument.path, layer=argument.layer_name, where=argument.where, crs=chosen)
        problems += result.problems
        if result.frame is None:
            raise CheckError(
                f"--layer {argument.key}: {argument.path} declares no coordinate system. "
                f"Say which it is: --crs {argument.key}=EPSG:4544."
            )
        layers[argument.key] = Layer(
            key=argument.key,
            frame=_with_name(result.frame),
            provenance=Provenance(
                source=argument.path.name + (f"（{argument.where}）" if argument.where else ""),
                source_date="",
                certainty="real",
                demonstration=False,
                crs_source=result.crs_source,
            ),
            sha256=result.sha256,
            definition=read_catalogue().get(argument.key),
        )
    return layers, tuple(problems)


def _with_name(frame: GeoDataFrame) -> GeoDataFrame:
    """Give a frame the column `name` where it has none: the id must serve."""
    if "name" in frame.columns:
        return frame
    return frame.assign(name=frame["id"].astype(str))
