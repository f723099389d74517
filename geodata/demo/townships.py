"""
Synthetic townships: the county shared out among the seats by cost of travel over the terrain.

Borders therefore tend to ridges and rivers. The partition is kept as pieces, each with its unit of 2017 and its unit
of 2020, so that both layers are unions of the same pieces and fit each other exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from scipy.ndimage import distance_transform_edt, label
from shapely.geometry import LineString
from skimage.graph import MCP_Geometric

from geodata.demo.factbook import positions, read_facts
from geodata.demo.routing import refine
from geodata.demo.shapes import moving_mean, polygon_parts, smooth_path

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geodata.demo.grid import Bools, Floats, Grid

BALANCING_ROUNDS = 120
BORDER_TOLERANCE_M = 60.0

Labels = np.ndarray[Any, np.dtype[np.int32]]


def travel_costs(grid: Grid, slope: Floats, height: Floats, water: Bools, places: list[tuple[float, float]]) -> Floats:
    """Cost from every seat to every cell: climbing and crossing a river are dear."""
    cost = 1.0 + 12.0 * slope + 3.0 * water + np.maximum(height - 900.0, 0.0) / 400.0
    costs = []
    for place in places:
        search = MCP_Geometric(cost)
        costs.append(search.find_costs([grid.cell_of(*place)])[0])
    return np.stack(costs)


def share_out(costs: Floats, inside: Bools, published_km2: Floats, cell_km2: float) -> Floats:
    """
    Weigh the seats so that published areas are approached; the others lean towards one another's size.

    Returns
    -------
        The weighted costs; the cheapest seat owns the cell.
    """
    known = np.isfinite(published_km2)
    total = inside.sum() * cell_km2
    typical = (total - published_km2[known].sum()) / (~known).sum()
    weights = np.ones(len(costs))
    best, best_miss = weights.copy(), np.inf
    costs_inside = costs[:, inside]
    for _ in range(BALANCING_ROUNDS):
        owner = np.argmin(costs_inside * weights[:, None], axis=0)
        area = np.bincount(owner, minlength=len(costs)) * cell_km2
        area = np.maximum(area, cell_km2)
        # An unknown area is only held between half and double the typical one.
        wanted = np.where(known, published_km2, np.clip(area, 0.55 * typical, 1.6 * typical))
        miss = float((np.abs(np.log(area / wanted)) * np.where(known, 6.0, 1.0)).sum())
        if miss < best_miss:
            best, best_miss = weights.copy(), miss
        weights *= np.clip(area / wanted, 0.7, 1.4) ** 0.25
    return np.asarray(costs * best[:, None, None])


def keep_connected(labels: Labels, inside: Bools, places: dict[int, tuple[int, int]]) -> Labels:
    """Give every fragment that is cut off from its main part to the neighbour it touches."""
    fixed = np.where(inside, labels, -1)
    for value in np.unique(fixed[inside]):
        parts, count = label(fixed == value)
        if count <= 1:
            continue
        sizes = np.bincount(parts.ravel())
        main = int(np.argmax(sizes[1:])) + 1
        if value in places and parts[places[value]] > 0:
            main = int(parts[places[value]])
        fixed = np.where((parts > 0) & (parts != main), -2, fixed)
    known = fixed >= 0
    nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
    return np.asarray(fixed[tuple(nearest)], dtype=np.int32)


def split_units(units: Labels, table: pd.DataFrame, inside: Bools) -> tuple[Labels, list[tuple[int, str]]]:
    """
    Split the units that went to several successors in 2020, by villages' shares, nearest ground first.

    Returns
    -------
        Labels of the pieces, and for each piece the row of its 2017 unit and the code of its 2020 unit.
    """
    codes = table["code"].tolist()
    shares = [dict(part.split(":") for part in text.split(";")) for text in table["successor_shares"]]
    home = {code: [i for i, share in enumerate(shares) if list(share) == [code]] for code in set(codes)}
    pieces = np.full(units.shape, -1, dtype=np.int32)
    names: list[tuple[int, str]] = []
    for unit, share in enumerate(shares):
        cells = np.flatnonzero((units == unit).ravel() & inside.ravel())
        every = np.flatnonzero((units == unit).ravel())
        main = max(share, key=lambda code, share=share: int(share[code]))  # type: ignore[misc]
        pieces.ravel()[every] = len(names)
        names.append((unit, main))
        for code in share:
            if code == main:
                continue
            away = distance_transform_edt(~np.isin(units, home[code])).ravel()
            count = int(len(cells) * int(share[code]) / sum(int(one) for one in share.values()))
            limit = np.sort(away[cells])[count]
            pieces.ravel()[every[away[every] <= limit]] = len(names)
            names.append((unit, code))
    return pieces, names


def smooth_partition(pieces: Labels, grid: Grid, county: BaseGeometry, count: int) -> list[BaseGeometry]:
    """Outline the pieces: each common border is smoothed once, so neighbours share it exactly."""
    outlines = [outline for _, outline in grid.polygons(pieces)]
    network = shapely.line_merge(shapely.union_all([outline.boundary for outline in outlines]))
    borders = []
    for border in shapely.get_parts(network):
        path = moving_mean(np.asarray(shapely.simplify(border, grid.cell_m).coords), 0)
        borders.append(LineString(smooth_path(path, 3)).simplify(BORDER_TOLERANCE_M / 5))
    faces = shapely.polygonize([shapely.union_all([*borders, county.boundary])])
    owned: list[list[BaseGeometry]] = [[] for _ in range(count)]
    for face in shapely.get_parts(faces):
        inner = face.representative_point()
        if not county.covers(inner):
            continue
        row, column = grid.cell_of(inner.x, inner.y)
        owned[int(pieces[row, column])].append(face)
    return [shapely.union_all(faces) if faces else shapely.Polygon() for faces in owned]


def settle_splinters(parts: list[BaseGeometry]) -> list[BaseGeometry]:
    """Pass small detached splinters to the piece with the longest common border."""
    kept: list[list[BaseGeometry]] = []
    loose: list[tuple[int, BaseGeometry]] = []
    for index, part in enumerate(parts):
        pieces: list[BaseGeometry] = sorted(polygon_parts(part), key=lambda one: -one.area)
        kept.append(pieces[:1])
        loose += [(index, piece) for piece in pieces[1:]]
    for index, piece in loose:
        shared = [0.0 if not main else float(main[0].boundary.intersection(piece.boundary).length) for main in kept]
        kept[int(np.argmax(shared)) if max(shared) > 0 else index].append(piece)
    return [shapely.union_all(pieces) for pieces in kept]


def make_partition(
    grid: Grid, slope: Floats, height: Floats, water: Bools, county: BaseGeometry
) -> tuple[list[BaseGeometry], list[tuple[int, str]]]:
    """Share out the county; returns the pieces (metres) and for each its 2017 row and its 2020 code."""
    table = read_facts("townships_2017").dropna(subset=["lon", "lat"]).reset_index(drop=True)
    places = positions(table)
    inside = grid.burn([county])
    costs = travel_costs(grid, slope, height, water, places)
    published = table["area_km2_published"].to_numpy(dtype=float)
    costs = share_out(costs, inside, published, (grid.cell_m / 1000.0) ** 2)
    fine = grid.finer(2)
    finest = np.full(fine.shape, np.inf)
    units = np.zeros(fine.shape, dtype=np.int32)
    for unit, cost in enumerate(costs):
        spread = refine(cost, 2)
        units = np.where(spread < finest, unit, units).astype(np.int32)
        finest = np.minimum(finest, spread)
    inside = fine.burn([county])
    cells = {unit: fine.cell_of(*place) for unit, place in enumerate(places)}
    units = keep_connected(units, inside, cells)
    pieces, names = split_units(units, table, inside)
    pieces = keep_connected(pieces, inside, {})
    return settle_splinters(smooth_partition(pieces, fine, county, len(names))), names


def make_townships(
    pieces: list[BaseGeometry], names: list[tuple[int, str]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Make the rows of `township_2017` and `township` from the pieces."""
    table = read_facts("townships_2017").dropna(subset=["lon", "lat"]).reset_index(drop=True)
    old = []
    for unit, fact in enumerate(table.to_dict("records")):
        mine = [piece for piece, (owner, _) in zip(pieces, names, strict=True) if owner == unit]
        row = {"id": f"twp17-{fact['code']}", "name": fact["name"], "code": fact["code"], "kind": fact["kind"]}
        row |= {"successor": fact["successor"], "successor_code": fact["successor_code"]}
        row |= {"seat_lon": fact["lon"], "seat_lat": fact["lat"], "area_km2_published": fact["area_km2_published"]}
        old.append(row | {"geometry": shapely.union_all(mine)})
    new = []
    for fact in read_facts("townships_2020").to_dict("records"):
        mine = [piece for piece, (_, code) in zip(pieces, names, strict=True) if code == fact["code"]]
        absorbed = "" if pd.isna(fact["absorbed"]) else fact["absorbed"]
        row = {"id": f"twp-{fact['code']}", "name": fact["name"], "code": fact["code"], "absorbed": absorbed}
        row |= {"seat_lon": fact["lon"], "seat_lat": fact["lat"], "confidence": fact["confidence"]}
        new.append(row | {"geometry": shapely.union_all(mine)})
    return old, new
