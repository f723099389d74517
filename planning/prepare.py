"""Layers made ready for a check: one working CRS, valid, without null geometry, attributes as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from geodata.crs import STORED_CRS, crs_name, find_working_crs, require_metric, to_stored_crs
from geodata.repair import make_valid
from planning.conditions import same_value
from planning.findings import FeatureRef, InputLayer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from pyproj import CRS

    from layers.schema import Layer

_CONFORMAL = 1e-4
"""Scale northward and eastward differ by less, relatively, where a projection is true to shape."""

_STEP_M = 100.0

KINDS = {0: "point", 1: "line", 2: "polygon"}


class CheckError(ValueError):
    """A check that cannot be run: names the thing, its value and the remedy."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """One layer in the working CRS; all sequences have one entry per feature with a geometry."""

    key: str
    name: str
    plan: str
    geometry: gpd.GeoSeries
    """Valid, not null, index 0 ... n-1."""
    ids: tuple[str, ...]
    names: tuple[str, ...]
    records: tuple[Mapping[str, object], ...]
    columns: frozenset[str]
    repaired: frozenset[str]
    """Ids of features whose geometry had to be repaired."""
    without_geometry: tuple[str, ...]
    """Names of features that have none."""
    outside_county: tuple[str, ...]
    """Names of features that have none because they lie outside the county (`in_county` is false)."""
    coverage: shapely.Geometry | None
    """Where the layer says anything at all, in the working CRS; None means everywhere."""
    source_date: str = ""
    """ISO date, year-month or year, as precisely as it is known."""
    bare: bool = False
    """Whether it is a table, or the terrain: nothing that has a shape of its own."""

    @cached_property
    def kind(self) -> str:
        """`point`, `line` or `polygon`, as most features are; `none` for a layer without features."""
        if self.bare:
            return "none"
        counts = np.bincount(self._dimensions, minlength=len(KINDS))
        return KINDS[max(KINDS, key=lambda dimension: (counts[dimension], dimension))] if counts.any() else "none"

    @cached_property
    def of_kind(self) -> NDArray[np.bool_]:
        """Which features are of the layer's kind."""
        return np.array([KINDS[dimension] == self.kind for dimension in self._dimensions], dtype=bool)

    @cached_property
    def _dimensions(self) -> NDArray[np.int32]:
        dimensions: NDArray[np.int32] = shapely.get_dimensions(self.geometry.to_numpy())
        return dimensions

    def ref(self, position: int) -> FeatureRef:
        """Name one feature."""
        return FeatureRef(self.key, self.ids[position], self.names[position], self.plan)

    def whole(self) -> FeatureRef:
        """Name the layer as a whole, for rules whose object is not one feature."""
        return FeatureRef(self.key, "*", self.name, self.plan)


def bare_layer(key: str, name: str, plan: str, crs: CRS, records: Sequence[Mapping[str, object]] = ()) -> Prepared:
    """
    Make a layer of what has no shape: a table of rows with `code` and `name`, or the terrain, which has no rows.

    Parameters
    ----------
    crs
        The working CRS.
    """
    codes = tuple(str(record["code"]) for record in records)
    return Prepared(
        key=key,
        name=name,
        plan=plan,
        geometry=gpd.GeoSeries([shapely.Point()] * len(records), crs=crs),
        ids=codes,
        names=tuple(str(record["name"]) for record in records),
        records=tuple(records),
        columns=frozenset(str(column) for record in records for column in record),
        repaired=frozenset(),
        without_geometry=(),
        outside_county=(),
        coverage=None,
        bare=True,
    )


def choose_working_crs(layers: Mapping[str, Layer]) -> CRS:
    """
    Choose the CRS for intersections and buffers.

    Returns
    -------
        The layers' own CRS where all share one in metres that is true to shape; else the main 3-degree zone of the
        area: of the county if there is one, of everything otherwise.

    Raises
    ------
    CrsError
        If a layer's CRS cannot be brought to CGCS2000, or its coordinates lie outside its CRS; names the layer.
    """
    stored = {key: to_stored_crs(layer.frame, f"layer {key}") for key, layer in layers.items()}
    own = {crs_name(layer.frame.crs): layer.frame.crs for layer in layers.values()}
    if len(own) == 1:
        (crs,) = own.values()
        if crs is not None and crs.is_projected and _is_conformal(crs, stored.values()):
            require_metric(crs, "layers")
            return crs
    return find_working_crs(*([stored["county"]] if "county" in stored else stored.values()))


def _is_conformal(crs: CRS, stored: Iterable[GeoDataFrame]) -> bool:
    """Whether a projection keeps shapes where the layers lie: then one scale turns its metres into those on ground."""
    bounds = np.array([frame.total_bounds for frame in stored])
    if np.isnan(bounds).all():
        return True
    west, south = np.nanmin(bounds[:, :2], axis=0).tolist()
    east, north = np.nanmax(bounds[:, 2:], axis=0).tolist()
    lon, lat = np.array([west, west, east, east]), np.array([south, north, south, north])
    # Walked on the ellipsoid: PROJ itself takes Web Mercator for true to shape, which it is on a sphere alone.
    geod, to_plane = STORED_CRS.get_geod(), Transformer.from_crs(STORED_CRS, crs, always_xy=True)
    assert geod is not None  # noqa: S101 - CGCS2000 has an ellipsoid
    x, y = to_plane.transform(lon, lat)
    steps = []
    for azimuth in (0.0, 90.0):
        there_lon, there_lat, _ = geod.fwd(lon, lat, np.full(4, azimuth), np.full(4, _STEP_M))
        there_x, there_y = to_plane.transform(there_lon, there_lat)
        steps.append(np.hypot(there_x - x, there_y - y))
    return bool((np.abs(steps[0] / steps[1] - 1) < _CONFORMAL).all())


def prepare_layer(layer: Layer, crs: CRS) -> Prepared:
    """
    Make one layer ready.

    Raises
    ------
    CheckError
        If an id is missing or used twice: a finding could not be named.
    """
    frame = layer.frame
    for needed in ("id", "name"):
        if needed not in frame.columns:
            raise CheckError(f"layer {layer.key}: has no column `{needed}`. Map one when the layer is read.")
    unnamed = int(frame["id"].isna().sum())
    if unnamed:
        raise CheckError(f"layer {layer.key}: {unnamed} features have no id. Give each feature an id of its own.")
    ids = frame["id"].astype(str)
    if ids.duplicated().any():
        twice = ids[ids.duplicated()].iloc[0]
        raise CheckError(f"layer {layer.key}: id {twice!r} is used twice. Give each feature an id of its own.")
    has_geometry = ~(frame.geometry.isna() | frame.geometry.is_empty)
    names = _names(frame)
    drawn = has_geometry.to_numpy()
    elsewhere = np.array([same_value(value, want=False) for value in frame.get("in_county", [None] * len(frame))], bool)
    away = tuple(names[row] for row in np.flatnonzero(~drawn & elsewhere))
    lost = tuple(names[row] for row in np.flatnonzero(~drawn & ~elsewhere))
    frame = frame[has_geometry].reset_index(drop=True)
    names = tuple(n for n, has in zip(names, has_geometry, strict=True) if has)
    projected = frame.to_crs(crs)
    valid, problems = make_valid(projected)
    usable = (~(valid.geometry.isna() | valid.geometry.is_empty)).to_numpy()
    lost += tuple(n for n, ok in zip(names, usable, strict=True) if not ok)
    valid = valid[usable].reset_index(drop=True)
    attributes = valid.drop(columns=valid.geometry.name)
    return Prepared(
        key=layer.key,
        name=layer.name,
        plan=layer.definition.plan if layer.definition is not None else "自带数据",
        geometry=valid.geometry,
        ids=tuple(valid["id"].astype(str)),
        names=tuple(n for n, ok in zip(names, usable, strict=True) if ok),
        records=tuple({str(k): v for k, v in row.items()} for row in attributes.to_dict("records")),
        columns=frozenset(attributes.columns),
        repaired=frozenset(str(p.feature_id) for p in problems if p.feature_id is not None),
        without_geometry=lost,
        outside_county=away,
        coverage=_coverage(layer, crs),
        source_date=layer.provenance.source_date,
    )


def describe_input(layer: Layer) -> InputLayer:
    """Say what a layer was when it went into the check."""
    provenance = layer.provenance
    return InputLayer(
        key=layer.key,
        name=layer.name,
        feature_count=len(layer.frame),
        sha256=layer.sha256,
        crs=crs_name(layer.frame.crs),
        crs_source=provenance.crs_source,
        source=provenance.source,
        source_date=provenance.source_date,
        certainty=provenance.certainty,
        demonstration=provenance.demonstration,
    )


def _names(frame: GeoDataFrame) -> tuple[str, ...]:
    """Return each name, or the id where a feature has none."""
    names = frame["name"].astype(object).where(frame["name"].notna(), None)
    return tuple(str(n).strip() or str(i) if n is not None else str(i) for n, i in zip(names, frame["id"], strict=True))


def _coverage(layer: Layer, crs: CRS) -> shapely.Geometry | None:
    if layer.coverage is None:
        return None
    series = gpd.GeoSeries([layer.coverage], crs="EPSG:4490").to_crs(crs)
    return shapely.make_valid(series.iloc[0])


def outside_coverage(subject: Prepared, against: Prepared, positions: Sequence[int]) -> list[int]:
    """Return the subjects that do not lie wholly where the object layer says anything."""
    if against.coverage is None:
        return []
    geometries = subject.geometry.to_numpy()[np.asarray(positions, dtype=int)]
    covered = shapely.covers(against.coverage, geometries)
    return [p for p, ok in zip(positions, covered, strict=True) if not ok]
