"""
Plants, for every rule, what it must find, what it must just not find and what it must let pass.

The scenes are data (`facts/planted_*.yaml`); the answers to expect are `seeds.csv`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from geodata.demo.factbook import FACTS
from geodata.demo.planted_scenes import read_scenes
from geodata.demo.planted_spots import Spots
from geodata.demo.shapes import area_m2
from geodata.errors import ReadError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.scene import Scene

Rows = list[dict[str, Any]]


def read_usual() -> dict[str, dict[str, Any]]:
    """Read the attributes that a planted feature of a layer has unless its scene says otherwise."""
    usual: dict[str, dict[str, Any]] = yaml.safe_load((FACTS / "usual_attributes.yaml").read_text(encoding="utf-8"))
    return usual


def add_planted(scene: Scene, layers: dict[str, Rows]) -> None:
    """
    Add the planted features to the layers; what is there already stays as it is.

    Parameters
    ----------
    layers
        Rows of each layer, geometry in metres; changed in place.

    Raises
    ------
    ReadError
        If two planted features share an id.
    GeodataError
        If a scene finds no free place.
    """
    usual = read_usual()
    spots = Spots(scene, layers)
    taken = {str(row["id"]) for rows in layers.values() for row in rows}
    for planted in read_scenes():
        drawn = spots.settle(planted)
        for one in planted.features:
            if one.id in taken:
                raise ReadError(f"{one.id}: planted twice. Give one of the two another id.")
            taken.add(one.id)
            shape = drawn[one.id]
            if one.carve:
                carve(layers[one.layer], shape)
            row = {"id": one.id, "name": one.name} | usual.get(one.layer, {}) | one.has
            if one.recorded != 1.0:
                row["recorded_area_m2"] = round(one.recorded * area_m2(shape), 2) if one.recorded else None
            layers.setdefault(one.layer, []).append(row | {"geometry": shape})


def carve(rows: Rows, shape: BaseGeometry) -> None:
    """Cut a shape out of the row that holds it."""
    holder = next(row for row in rows if row["geometry"].contains(shape))
    holder["geometry"] = holder["geometry"].difference(shape)
