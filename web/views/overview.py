"""The words of the screen 一张图: layer panel, transport projects, search, and what lies at a place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.schema import read_catalogue, read_certainties
from web.swatch import swatch_url
from web.views.numbers import area_words, count_words, length_words
from web.views.plan_names import layer_title
from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.store import Provenance
    from layers.schema import Layer, LayerDefinition

Bounds = tuple[float, float, float, float]

TRANSPORT = ("road", "railway", "airport")
_FIRST_SHOWN = frozenset(
    {"neighbour_county", "county", "township", "road", "railway", "airport", "ecological_redline", "urban_boundary",
     "permanent_farmland", "park", "chemical_park", "river", "reserve_core", "reserve_general"}
)  # fmt: skip
_GROUP_LEADERS = ("county", "road", "ecological_redline", "reserve_core", "park", "heritage_scope", "river", "pipeline")
_OTHER_GROUP_LAST = len(_GROUP_LEADERS)
_POINT_MARGIN_DEG = 0.02
_WORLD: Bounds = (105.97, 31.98, 106.78, 32.71)
"""Published extent of the county, for a workspace without its boundary."""


@dataclass(frozen=True)
class LayerRow:
    """One layer of the panel."""

    key: str
    title: str
    swatch: str
    shown: bool
    opacity: float


@dataclass(frozen=True)
class LayerGroup:
    """A heading of the panel with its layers, the upper on the map first."""

    title: str
    rows: tuple[LayerRow, ...]


@dataclass(frozen=True)
class Line:
    """A label with its words."""

    label: str
    words: str


@dataclass(frozen=True)
class ProjectRow:
    """One transport project as the panel lists it."""

    name: str
    swatch: str
    kind: str
    lines: tuple[Line, ...]
    note: str


@dataclass(frozen=True)
class SearchEntry:
    """Something to fly to."""

    label: str
    bounds: Bounds


def drawing_order(layers: Mapping[str, Layer], moved: Sequence[str]) -> tuple[str, ...]:
    """Return layer keys from bottom to top: as the person at the screen arranged them, new layers by the catalogue."""
    if not moved:
        return tuple(layers)
    kept = [key for key in moved if key in layers]
    return (*(key for key in layers if key not in kept), *kept)


def move_layer(order: Sequence[str], key: str, *, up: bool) -> tuple[str, ...]:
    """Return the order with one layer a step higher or lower."""
    keys = list(order)
    place = keys.index(key)
    other = min(max(place + (1 if up else -1), 0), len(keys) - 1)
    keys[place], keys[other] = keys[other], keys[place]
    return tuple(keys)


def shown_keys(layers: Mapping[str, Layer], chosen: tuple[str, ...] | None) -> frozenset[str]:
    """Return the layers on the map: the first view is the plan in outline, not everything at once."""
    if chosen is not None:
        return frozenset(chosen) & frozenset(layers)
    unknown = {key for key, layer in layers.items() if layer.definition is None}
    return frozenset(layers) & (_FIRST_SHOWN | unknown)


def layer_groups(
    layers: Mapping[str, Layer], order: Sequence[str], shown: frozenset[str], opacity: Mapping[str, float]
) -> tuple[LayerGroup, ...]:
    """Return the panel: groups of the catalogue, in each the upper layer of the map first."""
    grouped: dict[str, list[LayerRow]] = defaultdict(list)
    for key in reversed(order):
        row = LayerRow(
            key,
            layer_title(key),
            swatch_url(key) if key in read_catalogue() else "",
            key in shown,
            opacity.get(key, 1.0),
        )
        grouped[_group_title(layers[key].definition)].append(row)
    leaders = [_group_title(read_catalogue()[key]) for key in _GROUP_LEADERS]
    titles = sorted(grouped, key=lambda title: leaders.index(title) if title in leaders else _OTHER_GROUP_LAST)
    return tuple(LayerGroup(title, tuple(grouped[title])) for title in titles)


def layer_details(layer: Layer) -> tuple[Line, ...]:
    """Say whose a layer is, where its data come from and how certain they are."""
    known, provenance = layer.definition, layer.provenance
    english = language() == "en"
    lines = []
    if known is not None:
        lines.append(Line(_("规划"), known.plan_en if english else known.plan))
        lines.append(Line(_("部门"), known.department_en if english else known.department))
    lines += [
        Line(_("来源"), provenance.source),
        Line(_("日期"), provenance.source_date),
        Line(_("可信程度"), certainty_words(provenance)),
        Line(_("要素"), _("{n} 个").format(n=count_words(len(layer.frame)))),
    ]
    if provenance.note:
        lines.append(Line(_("说明"), provenance.note))
    return tuple(line for line in lines if line.words)


def certainty_words(provenance: Provenance) -> str:
    """Say how certain a layer is, and that it is for demonstration."""
    words = {"real": _("公布的事实"), "inferred": _("由公布事实推断"), "synthetic": _("合成，非实测")}
    certainty = words.get(provenance.certainty, provenance.certainty)
    return certainty + _("，示意数据") if provenance.demonstration else certainty


def line_legend() -> tuple[Line, ...]:
    """Return how certain courses are drawn: address of the sign, and its words."""
    english = language() == "en"
    return tuple(
        Line(swatch_url("road", key), certainty.title_en if english else certainty.title)
        for key, certainty in read_certainties().items()
    )


def transport_projects(layers: Mapping[str, Layer]) -> tuple[ProjectRow, ...]:
    """List every transport project of clause 8, also one that is not drawn because it lies outside the county."""
    rows = []
    for key in TRANSPORT:
        if key not in layers or "clause" not in layers[key].frame.columns:
            continue
        frame = layers[key].frame
        planned = frame[frame["clause"].fillna("").astype(str).str.strip() != ""]
        names = planned["project"].where(planned["project"].fillna("").astype(str) != "", planned["name"])
        for name, parts in planned.groupby(names, sort=False):
            rows.append(_project_row(key, str(name), parts))
    return tuple(rows)


def search_entries(layers: Mapping[str, Layer]) -> tuple[SearchEntry, ...]:
    """Return what can be searched: townships, projects, parks and sites, with their extents."""
    kinds = (
        ("township", _("乡镇")),
        *((key, layer_title(key)) for key in (*TRANSPORT, "park", "chemical_park", "project", "scenic_area",
                                              "reserve_core", "heritage_scope")),
        ("township_2017", _("2017 年乡镇")),
    )  # fmt: skip
    entries: dict[str, Bounds] = {}
    for key, kind in kinds:
        if key not in layers or "name" not in layers[key].frame.columns:
            continue
        frame = layers[key].frame
        for name, bounds in zip(frame["name"], frame.geometry.bounds.to_numpy(), strict=True):
            if not np.isfinite(bounds).all() or not isinstance(name, str) or not name.strip():
                continue
            label = _("{name}（{kind}）").format(name=name, kind=kind)
            entries[label] = _joined(entries.get(label), bounds)
    return tuple(SearchEntry(label, bounds) for label, bounds in entries.items())


def county_bounds(layers: Mapping[str, Layer]) -> Bounds:
    """Return the extent of the first view: the county, else everything there is."""
    chosen = [layers["county"]] if "county" in layers else list(layers.values())
    extents = [layer.frame.total_bounds for layer in chosen]
    extents = [extent for extent in extents if np.isfinite(extent).all()]
    if not extents:
        return _WORLD
    lows, highs = np.min([extent[:2] for extent in extents], axis=0), np.max([extent[2:] for extent in extents], axis=0)
    return float(lows[0]), float(lows[1]), float(highs[0]), float(highs[1])


def _group_title(definition: LayerDefinition | None) -> str:
    if definition is None:
        return _("其他图层")
    return definition.group_en if language() == "en" else definition.group


def _project_row(key: str, name: str, parts: pd.DataFrame) -> ProjectRow:
    def first(column: str) -> str:
        values = [str(value) for value in parts.get(column, ()) if pd.notna(value) and str(value).strip()]
        return values[0] if values else ""

    def kilometres(column: str, *, total: bool) -> float | None:
        values = pd.to_numeric(parts[column], errors="coerce").dropna() if column in parts else pd.Series(dtype=float)
        values = values[values > 0]
        if values.empty:
            return None
        return float(values.sum() if total else values.iloc[0])

    certainty = first("certainty")
    known = read_certainties().get(certainty)
    drawn = bool(parts.geometry.notna().any())
    official, on_map = kilometres("official_length_km", total=False), kilometres("drawn_length_km", total=True)
    lines = [Line(_("条款"), first("clause"))]
    variant = read_catalogue()[key].style.variants.get(first("road_class"))
    if variant is not None:
        technical = first("technical_class")
        words = variant.title_en if language() == "en" else variant.title
        lines.append(Line(_("等级"), f"{words} · {technical}" if technical else words))
    if key != "airport":
        lines.append(Line(_("县内公布里程"), length_words(official * 1000) if official else _("未公布")))
        lines.append(Line(_("图上长度"), length_words(on_map * 1000) if on_map and drawn else _("未绘制")))
    if known is not None and drawn:
        label = _("位置") if key == "airport" else _("线位")
        lines.append(Line(label, known.title_en if language() == "en" else known.title))
    note = first("note") if drawn else _("县域外，不绘制")
    swatch = swatch_url(key, certainty if known is not None and key != "airport" else None)
    return ProjectRow(name=name, swatch=swatch if drawn else "", kind=layer_title(key), lines=tuple(lines), note=note)


def _joined(known: Bounds | None, bounds: np.ndarray) -> Bounds:
    west, south, east, north = (float(value) for value in bounds)
    if known is not None:
        west, south = min(west, known[0]), min(south, known[1])
        east, north = max(east, known[2]), max(north, known[3])
    elif east - west < _POINT_MARGIN_DEG and north - south < _POINT_MARGIN_DEG:
        margin = _POINT_MARGIN_DEG / 2
        west, south, east, north = west - margin, south - margin, east + margin, north + margin
    return west, south, east, north


def area_or_distance(area_m2: float | None, distance_m: float | None) -> str:
    """Return the number of a feature at a place: the area of a polygon, the distance to a line or point."""
    if area_m2 is not None:
        return area_words(area_m2)
    return _("距此 {distance}").format(distance=length_words(distance_m or 0.0))
