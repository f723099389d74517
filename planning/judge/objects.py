"""The objects of a rule as the relation sees them: chosen, cut where a tunnel takes them underground, with an edge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from planning.assumptions import road_half_width
from planning.conditions import fits, plain_text, read_number
from planning.findings import Reason
from planning.judge.banks import choose_banks
from planning.judge.hits import listed
from planning.judge.subjects import usable_features
from planning.relations import ScaleFactor
from planning.rule import NOTHING, Case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from planning.judge.hits import Inputs, PartDraft, Task
    from planning.prepare import Prepared
    from planning.rule import DatedValue, Rule

ROAD_LAND_CLASS = "1003"
"""公路用地 in the land-use survey (三调)."""

_POLYGON = 2

_BESIDE_M = 1.0
"""A stretch counts as one on a tunnel or bridge of the layer that lies so near to it; a shorter rest is none."""


@dataclass(frozen=True)
class Piece:
    """A feature, or a part of it whose edge is known in one way."""

    owner: int
    """Position in its layer."""
    geometry: BaseGeometry
    edge_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How far its edge lies from its geometry on the ground: low, likely, high."""
    assumptions: tuple[Reason, ...] = ()
    reviews: tuple[Reason, ...] = ()


def choose_objects(rule: Rule, layer: Prepared, task: Task) -> list[Piece]:
    """
    Choose the features that a rule's subjects are held against.

    Parameters
    ----------
    task
        Its draft is told whose edge is not known.
    """
    inputs, draft = task.inputs, task.draft
    pieces, usable = [], usable_features(rule, layer)
    shapes: Mapping[int, BaseGeometry] = dict(enumerate(layer.geometry))
    if "bank_datum" in rule.assumes:
        shapes, without = choose_banks(layer, inputs.settings.bank_datum)
        if without:
            draft.reasons.append(listed("no_such_bank", without, datum=inputs.settings.bank_datum))
    for position, record in enumerate(layer.records):
        if not usable[position] or position not in shapes:
            continue
        meant = fits(record, rule.objects.where.get(layer.key, NOTHING))
        if meant.holds is False:
            continue
        reviews = tuple(Reason("attribute_missing", {"column": c}) for c in meant.open)
        pieces.append(Piece(position, shapes[position], reviews=reviews))
    if layer.kind == "line" and rule.segments and rule.relation == "within_distance":
        pieces = [rest for piece in pieces for rest in _above_ground(rule, piece, layer, inputs)]
    return _with_edges(rule, pieces, layer, inputs, draft)


def segments_of(kind: str, line: BaseGeometry, line_id: str, inputs: Inputs) -> BaseGeometry | None:
    """
    Return a strip about the stretches of a line that run in a tunnel or on a bridge; None where there are none.

    Parameters
    ----------
    kind
        `tunnel` or `bridge`: the layer that holds them, each with the id of its road or railway in `road`.
    """
    layer = inputs.layers.get(kind)
    if layer is None or layer.kind != "line":
        return None
    near = [
        geometry
        for geometry, record in zip(layer.geometry, layer.records, strict=True)
        if plain_text(record.get("road")) == line_id and shapely.distance(geometry, line) <= _BESIDE_M
    ]
    return shapely.union_all(shapely.buffer(near, _BESIDE_M, cap_style="flat")) if near else None


def _above_ground(rule: Rule, piece: Piece, layer: Prepared, inputs: Inputs) -> list[Piece]:
    """Leave out the stretches whose kind exempts them."""
    geometry = piece.geometry
    for kind, effect in rule.segments.items():
        if effect != "exempt":
            continue
        if fits(layer.records[piece.owner], {kind: True}).holds:
            return []
        strip = segments_of(kind, geometry, layer.ids[piece.owner], inputs)
        geometry = geometry if strip is None else shapely.difference(geometry, strip)
    return [] if geometry.is_empty else [replace(piece, geometry=geometry)]


def _with_edges(rule: Rule, pieces: Sequence[Piece], layer: Prepared, inputs: Inputs, draft: PartDraft) -> list[Piece]:
    """
    Say how far each object's edge lies from its geometry; leave out, by name, where that is not known.

    A road drawn as an area is its land, and has no further edge.
    """
    column = rule.object_edge.get(layer.key)
    known, unknown = [], []
    for piece in pieces:
        is_whole = True
        if column is not None:
            edge = read_number(layer.records[piece.owner].get(column))
            found = [] if edge is None or edge < 0 else [replace(piece, edge_m=(edge, edge, edge))]
        elif rule.from_land_edge and layer.key == "road" and shapely.get_dimensions(piece.geometry) < _POLYGON:
            found, is_whole = road_pieces(piece, layer, inputs)
        else:
            rail = (Reason("rail_edge_is_centre"),) if "rail_edge" in rule.assumes and layer.kind == "line" else ()
            found = [replace(piece, assumptions=rail)]
        known += found
        if not found or not is_whole:
            unknown.append(layer.names[piece.owner])
    if unknown and column is not None:
        draft.reasons.append(listed("edge_unknown", unknown, column=column))
    elif unknown:
        draft.reasons.append(listed("half_width_unknown", unknown))
    return known


def road_pieces(piece: Piece, layer: Prepared, inputs: Inputs) -> tuple[list[Piece], bool]:
    """
    Take a road apart by how its land's edge is known: surveyed land first, then the road bed, then the class.

    Returns
    -------
        The surveyed patches that the centre line runs through, as one piece with no further edge, and the rest of the
        line with its half-width; and whether that is all of it: a rest whose edge is not known in any way is left out.
    """
    found, rest = [], piece.geometry
    land = inputs.layers.get("land_use")
    if land is not None and land.kind == "polygon":
        patches = _road_land(rest, land)
        if patches:
            surveyed = shapely.union_all(patches)
            measured = Reason("road_land_surveyed", {"count": len(patches), "date": land.source_date or "—"})
            found.append(replace(piece, geometry=surveyed, assumptions=(measured,)))
            rest = shapely.difference(rest, surveyed)
    if found and rest.length <= _BESIDE_M:
        return found, True
    width = road_half_width(layer.records[piece.owner], inputs.settings)
    if width is None:
        return found, False
    edges = (width.low, width.metres, width.high)
    return [*found, replace(piece, geometry=rest, edge_m=edges, assumptions=(width.reason,))], True


def _road_land(line: BaseGeometry, land: Prepared) -> list[BaseGeometry]:
    places = shapely.STRtree(land.geometry.to_numpy()).query(line, predicate="intersects")
    return [
        land.geometry.iloc[p]
        for p in places
        if fits(land.records[p], {"land_class": ROAD_LAND_CLASS}).holds
        and shapely.intersection(land.geometry.iloc[p], line).length > _BESIDE_M
    ]


def widen(rule: Rule, layer: Prepared, pieces: Sequence[Piece], zone: str | None, task: Task) -> list[Piece]:
    """
    Widen features by their edge and by a value of the rule, into polygons on the ground.

    Parameters
    ----------
    zone
        Name of the value; None leaves the features as they are.
    task
        Its draft is told which features have no class in the value's table.
    """
    if zone is None:
        return list(pieces)
    scale, widened, unclassed = ScaleFactor(layer.geometry.crs), [], []
    for piece in pieces:
        record = layer.records[piece.owner]
        dated = rule.value(zone, task.day, Case(layer.key, layer.key, record, record))
        chosen = None if dated is None else dated.number(record)
        if dated is None or chosen is None:
            unclassed.append(layer.names[piece.owner])
            continue
        middle = shapely.centroid(piece.geometry)
        reach = (chosen[0] + piece.edge_m[1]) * scale.at(middle.x, middle.y)
        wide = shapely.buffer(piece.geometry, reach, quad_segs=16)
        assumptions = (*piece.assumptions, *((class_assumed(dated, chosen[0]),) if chosen[1] else ()))
        widened.append(replace(piece, geometry=wide, assumptions=assumptions))
    if unclassed:
        task.draft.reasons.append(listed("class_unknown", unclassed, column=zone))
    return widened


def class_assumed(dated: DatedValue, number: float) -> Reason:
    """Say which class of a value was taken for a feature that does not say its own."""
    return Reason("class_assumed", {"column": str(dated.by), "value": f"{number:g} {dated.unit}"})


def series(pieces: Sequence[Piece], layer: Prepared) -> gpd.GeoSeries:
    """Geometries of pieces, in their order."""
    geometries = np.empty(len(pieces), dtype=object)
    geometries[:] = [piece.geometry for piece in pieces]
    return gpd.GeoSeries(geometries, crs=layer.geometry.crs)
