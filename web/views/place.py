"""What lies at a place: every feature of every layer there, shown or not."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geodata.measure import measure_area_m2, measure_distance_m
from layers.schema import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.schema import Layer
    from planning.findings import CheckRun, Finding

REACH_PX = 12
"""How near to a line on the screen a click may be."""
REACH_M = 200.0
"""And on the ground at least."""
_EQUATOR_M = 40_075_016.686
_TILE_PX = 256
_DEGREE_M = 111_320.0
_CRS = CRS.from_epsg(4490)
CONTEXT = frozenset({"county", "neighbour_county", "township", "township_2017"})
"""Layers that say where a place is, not what is planned there."""


@dataclass(frozen=True, eq=False)
class PlaceIndex:
    """All features in one tree, with the layer and the row of each."""

    layers: Mapping[str, Layer]
    tree: shapely.STRtree
    keys: NDArray[np.object_]
    rows: NDArray[np.intp]
    coverages: Mapping[str, BaseGeometry]
    """Where a layer was surveyed, for those that say so; others cover the county."""


@dataclass(frozen=True)
class Hit:
    """One feature at a place."""

    key: str
    name: str
    row: int
    area_m2: float | None
    """Of the whole feature, for polygons."""
    distance_m: float | None
    """For lines and points, to the nearest part."""


@dataclass(frozen=True)
class Place:
    """All that is known of a place."""

    lon: float
    lat: float
    in_county: bool
    county: str
    """County or neighbouring county, empty if neither layer has the place."""
    township: str
    township_2017: str
    hits: tuple[Hit, ...]
    absent: tuple[str, ...]
    """Keys of layers that have the place in their coverage and nothing there."""
    without_data: tuple[str, ...]
    """Keys that the catalogue knows and the workspace has no data of."""
    outside_coverage: tuple[str, ...]


def index_places(layers: Mapping[str, Layer], coverages: Mapping[str, str | None]) -> PlaceIndex:
    """
    Index every feature of every layer.

    Parameters
    ----------
    layers
        EPSG:4490. Not changed.
    coverages
        Layer key -> WKT of the surveyed area, None for the whole county.
    """
    keys, rows, geometries = [], [], []
    for key, layer in layers.items():
        shapes = layer.frame.geometry.to_numpy()
        present = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        keys.append(np.full(len(present), key, dtype=object))
        rows.append(present)
        geometries.append(shapes[present])
    joined = np.concatenate(geometries) if geometries else np.array([], dtype=object)
    return PlaceIndex(
        layers=layers,
        tree=shapely.STRtree(joined),
        keys=np.concatenate(keys) if keys else np.array([], dtype=object),
        rows=np.concatenate(rows) if rows else np.array([], dtype=np.intp),
        coverages={key: shapely.from_wkt(wkt) for key, wkt in coverages.items() if wkt},
    )


def reach_m(zoom: float, lat: float) -> float:
    """How far a click reaches to a line or point: 12 pixels of the screen, and 200 m at least."""
    metres_per_px = _EQUATOR_M * math.cos(math.radians(lat)) / (_TILE_PX * 2.0**zoom)
    return float(max(REACH_M, REACH_PX * metres_per_px))


def find_place(index: PlaceIndex, lon: float, lat: float, *, within_m: float = REACH_M) -> Place:
    """
    Find everything at a place.

    Parameters
    ----------
    index
        Of `index_places`.
    lon, lat
        EPSG:4490, degrees.
    within_m
        Lines and points this near count; polygons count where they contain the place.
    """
    hits = tuple(sorted(_hits(index, lon, lat, within_m), key=lambda hit: (hit.distance_m or 0.0, hit.name)))
    by_key: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_key[hit.key].append(hit)
    names = {key: "、".join(hit.name for hit in by_key.get(key, [])) for key in CONTEXT}
    point = shapely.Point(lon, lat)
    in_county = "county" in by_key or "county" not in index.keys
    outside = tuple(key for key, area in index.coverages.items() if not in_county or not area.intersects(point))
    return Place(
        lon=lon,
        lat=lat,
        in_county=in_county,
        county=names["county"] or names["neighbour_county"],
        township=names["township"],
        township_2017=names["township_2017"],
        hits=tuple(hit for hit in hits if hit.key not in CONTEXT),
        absent=tuple(key for key in index.layers if key not in CONTEXT and key not in by_key and key not in outside),
        without_data=tuple(key for key in read_catalogue() if key not in index.layers),
        outside_coverage=tuple(key for key in outside if key not in CONTEXT and key not in by_key),
    )


def findings_at(run: CheckRun, lon: float, lat: float, *, within_m: float = REACH_M) -> tuple[Finding, ...]:
    """Return the findings whose evidence is at a place (lines: near it), most severe first."""
    point = shapely.Point(lon, lat)
    found = []
    for finding in run.findings:
        is_area = finding.geometry.geom_type.endswith("Polygon")
        near = finding.geometry.intersects(point) if is_area else _distance_m(finding.geometry, lon, lat) <= within_m
        if near:
            found.append(finding)
    return tuple(found)


def count_unchecked(run: CheckRun) -> int:
    """Count the rules that were not checked, or not everywhere."""
    from planning.report.gaps import count_unchecked_rules  # a map asks for no report

    return count_unchecked_rules(run)


def _hits(index: PlaceIndex, lon: float, lat: float, within_m: float) -> list[Hit]:
    point = shapely.Point(lon, lat)
    near_deg = within_m / (_DEGREE_M * math.cos(math.radians(lat))) * 1.01
    hits = []
    for position in index.tree.query(point, predicate="dwithin", distance=near_deg):
        geometry: Any = index.tree.geometries[position]
        key, row = str(index.keys[position]), int(index.rows[position])
        name = feature_name(index.layers[key].frame, row)
        if geometry.geom_type.endswith("Polygon"):
            if geometry.intersects(point):
                area = float(measure_area_m2(gpd.GeoSeries([geometry], crs=_CRS))[0]) if key not in CONTEXT else None
                hits.append(Hit(key, name, row, area, None))
            continue
        distance = _distance_m(geometry, lon, lat)
        if distance <= within_m:
            hits.append(Hit(key, name, row, None, distance))
    return hits


def feature_name(frame: gpd.GeoDataFrame, row: int) -> str:
    """Return the name of a feature; empty where it has none."""
    name = frame["name"].iloc[row] if "name" in frame.columns else None
    return name.strip() if isinstance(name, str) else ""


def _distance_m(geometry: BaseGeometry, lon: float, lat: float) -> float:
    """Geodesic distance from a place to the nearest part of a shape, which is found in a plane about the place."""
    shrink = math.cos(math.radians(lat))
    local = shapely.transform(geometry, lambda xy: (xy - (lon, lat)) * (shrink, 1.0))
    origin = shapely.Point(0, 0)
    nearest = shapely.get_coordinates(shapely.shortest_line(origin, local))[1] / (shrink, 1.0) + (lon, lat)
    return float(measure_distance_m([lon], [lat], [nearest[0]], [nearest[1]], _CRS)[0])
