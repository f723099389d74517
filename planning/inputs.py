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
    known = resolve_key(key)
    if not equals or not rest or (known is None and not _KEY.fullmatch(key)):
        raise CheckError(f"--layer {text!r} is not KEY=PATH[#LAYERNAME][?WHERE]. Write for example park=园区.shp.")
    path, layer_name, where = _take_apart(rest)
    return LayerArgument(known or key, path, layer_name or None, where or None)


def _take_apart(text: str) -> tuple[Path, str, str]:
    """Split `PATH[#LAYERNAME][?WHERE]`; a `#` or `?` that belongs to the name of an existing file does not split."""
    ends = [len(text), *(place for place, sign in reversed(list(enumerate(text))) if sign in "#?")]
    for end in ends:
        if _exists(text[:end]):
            break
    else:
        end = min(ends)
    path, rest = text[:end], text[end:]
    layer_name, _, where = rest.partition("?")
    return Path(path), layer_name.removeprefix("#"), where


def _exists(text: str) -> bool:
    try:
        return bool(text) and Path(text).exists()
    except (OSError, ValueError):  # longer than a path may be, or with a null byte
        return False


def read_named_layers(arguments: Sequence[str], crs: Mapping[str, str]) -> tuple[dict[str, Layer], tuple[Problem, ...]]:
    """
    Read the layers named on the command line.

    Parameters
    ----------
    arguments
        Texts of `--layer`.
    crs
        CRS by layer key, alias or name of one's own, for files that declare none.

    Returns
    -------
        Layers by key, in their own CRS, and what was found wrong with them.

    Raises
    ------
    CheckError
        If a key is given twice, a CRS is for a layer that is not there, or a layer cannot be used at all.
    ReadError
        If a file cannot be read.
    """
    layers: dict[str, Layer] = {}
    problems: list[Problem] = []
    wanted = [read_layer_argument(text) for text in arguments]
    crs = {resolve_key(key) or key: value for key, value in crs.items()}
    unused = set(crs) - {argument.key for argument in wanted}
    if unused:
        raise CheckError(f"--crs {', '.join(sorted(unused))}: no --layer has this key. Correct the key.")
    for argument in wanted:
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
