"""Where the former land-use plan and the former urban plan differ: patches in classes A to H, by township."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from geodata.measure import measure_area_m2
from geodata.overlay import find_overlaps
from planning.conditions import is_missing, plain_text, read_bool
from planning.prepare import choose_working_crs, prepare_layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pyproj import CRS

    from layers.schema import Layer
    from planning.findings import CheckRun
    from planning.prepare import Prepared

CLASSES: Final[Mapping[str, str]] = {
    "A": "土规建设、城规非建设",
    "B": "城规建设、土规非建设",
    "C": "同为建设、用途不同",
    "D": "同为非建设、用途不同",
    "E": "建设用地规模差（城规减土规）",
    "F": "边线错位的带状差异",
    "G": "A 至 D、F 中与三条控制线重叠的部分",
    "H": "重点线性项目未落入规划廊道（TR-11）",
}
"""Class -> what it means. The classes are common practice, not law: no text that defines them was seen."""

LAND, URBAN = "plan_land", "plan_urban"
CONTROL_LINES: Final = ("ecological_redline", "permanent_farmland", "urban_boundary")
NO_TOWNSHIP: Final = "未归属乡镇"
SLIVER_M2: Final = 200.0
SLIVER_WIDTH_M: Final = 2.0
BAND_WIDTH_M: Final = 10.0
"""Mean width 2A/P under which a difference is a shifted border, not a decision. Our convention."""

_SLENDER: Final = 0.1


@dataclass(frozen=True)
class Amount:
    """One class in one township."""

    letter: str
    township: str
    count: int
    area_m2: float
    """Ellipsoidal; of class E the signed difference of two sums; 0 for class H."""
    length_m: float
    """Of class H, else 0."""


@dataclass(frozen=True)
class Differences:
    """The differences of the two plans."""

    missing: tuple[str, ...]
    """Keys of the layers without which nothing could be compared; empty where it was."""
    unknown: int
    """Patches whose `built` or `use` is not recorded: not compared."""
    slivers: int
    """Patches too small and slender to mean anything: counted and summed, in no class."""
    sliver_area_m2: float
    land_built_m2: float
    urban_built_m2: float
    amounts: tuple[Amount, ...]

    def with_projects(self, run: CheckRun) -> Differences:
        """Add class H: the lines of the plan that lie outside the corridors, from the findings of TR-11."""
        counts: dict[str, tuple[int, float]] = {}
        for finding in (finding for finding in run.findings if finding.rule_id == "TR-11"):
            name = finding.townships[0] if finding.townships else NO_TOWNSHIP
            count, length = counts.get(name, (0, 0.0))
            counts[name] = (count + 1, length + (finding.length_m or 0.0))
        projects = tuple(Amount("H", name, count, 0.0, length) for name, (count, length) in counts.items())
        return replace(self, amounts=self.amounts + projects)

    def total(self, letter: str) -> Amount:
        """Sum one class over the county."""
        mine = [amount for amount in self.amounts if amount.letter == letter]
        return Amount(
            letter,
            "",
            sum(amount.count for amount in mine),
            sum(amount.area_m2 for amount in mine),
            sum(amount.length_m for amount in mine),
        )


def find_differences(layers: Mapping[str, Layer]) -> Differences:
    """
    Compare the two former plans patch by patch.

    Parameters
    ----------
    layers
        By key; `plan_land` and `plan_urban` with `built` and `use`. Not changed.

    Returns
    -------
        Areas by class and township. A difference that lies in two townships counts in each with its part.

    References
    ----------
    Classes, slivers and their thresholds: common practice and our convention, see `CLASSES`.
    """
    missing = tuple(key for key in (LAND, URBAN) if key not in layers)
    if missing:
        return Differences(missing, 0, 0, 0.0, 0.0, 0.0, ())
    crs = choose_working_crs(layers)
    wanted = (LAND, URBAN, "township", *CONTROL_LINES)
    ready = {key: prepare_layer(layers[key], crs) for key in wanted if key in layers}
    land, urban = ready[LAND], ready[URBAN]
    letters, shapes, unknown = _patches(land, urban)
    areas = measure_area_m2(gpd.GeoSeries(shapes, crs=crs))
    slender = _is_sliver(shapes, areas)
    kept = ~slender
    letters, shapes = letters[kept], shapes[kept]
    lines = [shape for key in CONTROL_LINES if key in ready for shape in ready[key].geometry]
    upgraded = _overlapped(shapes, shapely.union_all(lines)) if lines else shapes[:0]
    township = ready.get("township")
    amounts = [a for letter in "ABCDF" for a in _by_township(letter, shapes[letters == letter], township, crs)]
    amounts += _by_township("G", upgraded, township, crs)
    amounts += _scale(land, urban, township, crs)
    return Differences(
        missing=(),
        unknown=unknown,
        slivers=int(slender.sum()),
        sliver_area_m2=float(areas[slender].sum()),
        land_built_m2=_built_m2(land, crs),
        urban_built_m2=_built_m2(urban, crs),
        amounts=tuple(amounts),
    )


def _patches(land: Prepared, urban: Prepared) -> tuple[NDArray[np.str_], NDArray[np.object_], int]:
    """Return the class and the shape of every common part on which the plans differ, and how many say too little."""
    found = find_overlaps(land.geometry, urban.geometry)
    letters, shapes, unknown = [], [], 0
    for i, j, shape in zip(found["subject_index"], found["against_index"], found["geometry"], strict=True):
        one, other = land.records[i], urban.records[j]
        first, second = read_bool(one.get("built")), read_bool(other.get("built"))
        if first is None or second is None or is_missing(one.get("use")) or is_missing(other.get("use")):
            unknown += 1
            continue
        same_use = plain_text(one["use"]) == plain_text(other["use"])
        if first is second and same_use:
            continue
        letters.append({(True, False): "A", (False, True): "B", (True, True): "C"}.get((first, second), "D"))
        shapes.append(shape)
    drawn = np.empty(len(shapes), dtype=object)
    drawn[:] = shapes
    bands = (shapely.area(drawn) > 0) & (_mean_width(drawn) < BAND_WIDTH_M) & (_compactness(drawn) < _SLENDER)
    return np.where(bands, "F", np.array(letters, dtype="<U1")), drawn, unknown


def _is_sliver(shapes: NDArray[np.object_], areas: NDArray[np.float64]) -> NDArray[np.bool_]:
    slender = (_compactness(shapes) < _SLENDER) | (_mean_width(shapes) < SLIVER_WIDTH_M)
    return (areas < SLIVER_M2) & slender


def _mean_width(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    width: NDArray[np.float64] = 2 * shapely.area(shapes) / np.maximum(shapely.length(shapes), 1e-9)
    return width


def _compactness(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = 4 * math.pi * shapely.area(shapes) / np.maximum(shapely.length(shapes), 1e-9) ** 2
    return ratio


def _overlapped(shapes: NDArray[np.object_], zone: shapely.Geometry) -> NDArray[np.object_]:
    parts = shapely.intersection(shapes, zone)
    return parts[shapely.area(parts) > 0]


def _by_township(letter: str, shapes: NDArray[np.object_], township: Prepared | None, crs: CRS) -> list[Amount]:
    """Sum shapes by township; what lies in none is said so."""
    if len(shapes) == 0:
        return []
    amounts, rest = [], shapes
    for name, area in zip(township.names, township.geometry, strict=True) if township is not None else ():
        inside = _overlapped(rest, area)
        if len(inside):
            size = float(measure_area_m2(gpd.GeoSeries(inside, crs=crs)).sum())
            amounts.append(Amount(letter, name, len(inside), size, 0.0))
        rest = shapely.difference(rest, area)
    rest = rest[shapely.area(rest) > 1.0]
    if len(rest):
        size = float(measure_area_m2(gpd.GeoSeries(rest, crs=crs)).sum())
        amounts.append(Amount(letter, NO_TOWNSHIP, len(rest), size, 0.0))
    return amounts


def _scale(land: Prepared, urban: Prepared, township: Prepared | None, crs: CRS) -> list[Amount]:
    """Built land of the urban plan less that of the land-use plan, by township."""
    sums: dict[str, float] = {}
    for layer, sign in ((urban, 1.0), (land, -1.0)):
        for amount in _by_township("E", _built(layer), township, crs):
            sums[amount.township] = sums.get(amount.township, 0.0) + sign * amount.area_m2
    return [Amount("E", name, 0, size, 0.0) for name, size in sums.items() if abs(size) > 1.0]


def _built(layer: Prepared) -> NDArray[np.object_]:
    chosen = [n for n, record in enumerate(layer.records) if read_bool(record.get("built")) is True]
    return np.asarray(layer.geometry.to_numpy()[chosen], dtype=object)


def _built_m2(layer: Prepared, crs: CRS) -> float:
    return float(measure_area_m2(gpd.GeoSeries(_built(layer), crs=crs)).sum())
