"""A layer as the map's GeoJSON: six decimals, the few columns that drawing needs, and the labels beside them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Point, mapping

from geodata.crs import wgs84_to_gcj02

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry import LineString
    from shapely.geometry.base import BaseGeometry

    from web.basemap import Datum

_DECIMALS = 6
"""About 0.1 m: finer than any screen."""
_DRAWN = ("name", "road_class", "certainty", "status")
_ROAD_CODE = re.compile(r"^[A-Z]\d+")
_BRACKETS = re.compile(r"（.*?）")
_LABEL_PLACES = sorted((step / 20 for step in range(1, 20)), key=lambda share: abs(share - 0.5))
"""Shares of a line, the middle first."""
_CAPITAL_RANK, _SEAT_RANK, _SITE_RANK, _ROAD_RANK, _OTHER_RANK = range(5)
_MINOR_CLASSES = frozenset({"county", "township"})
_MINOR_ZOOM = 12.0
"""From where county and township roads are numbered: on the whole county they would hide everything else."""

_LABEL_LETTERS = 20
"""A longer name would cross the map."""
_COUNTY_TOWN = "东河镇"


def encode_layer(key: str, frame: GeoDataFrame, datum: Datum = "cgcs2000") -> bytes:
    """
    Write a layer for the map.

    Parameters
    ----------
    key
        Layer key: chooses the labels.
    frame
        EPSG:4490; null geometries are left out. Not changed.
    datum
        `gcj02` shifts the coordinates, for display over a map in GCJ-02 only.

    Returns
    -------
        A GeoJSON FeatureCollection in UTF-8, with the foreign member `labels`.
    """
    shapes = frame.geometry.to_numpy()
    drawn = frame[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    geometries = shapely.force_2d(drawn.geometry.to_numpy())
    columns = [column for column in _DRAWN if column in drawn.columns]
    rows = zip(_placed(geometries, datum), drawn["id"], drawn[columns].to_dict("records"), strict=True)
    features = [
        # Not shapely.to_geojson: it writes seventeen digits of a number rounded to six decimals.
        {"type": "Feature", "id": str(identity), "properties": _present(properties), "geometry": mapping(geometry)}
        for geometry, identity, properties in rows
    ]
    labels = _labels(key, drawn) if "name" in drawn.columns else []
    document = {"type": "FeatureCollection", "features": features, "labels": _placed_labels(labels, datum)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _placed(geometries: NDArray[np.object_], datum: Datum) -> NDArray[np.object_]:
    def place(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        if datum == "gcj02":
            lonlat = np.column_stack(wgs84_to_gcj02(lonlat[:, 0], lonlat[:, 1]))
        return np.round(lonlat, _DECIMALS)

    placed: NDArray[np.object_] = np.atleast_1d(shapely.transform(geometries, place))
    return placed


def _present(properties: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if isinstance(value, str | bool | int)}


def _labels(key: str, frame: GeoDataFrame) -> list[dict[str, object]]:
    """Return texts with places (the first free one is taken), rank (small wins) and the zoom from which they show."""
    if key in ("road", "railway"):
        return _line_labels(frame, kind=key)
    if key in ("township", "township_2017") and {"seat_lon", "seat_lat"} <= set(frame.columns):
        rows = zip(frame["name"], frame["seat_lon"], frame["seat_lat"], strict=True)
        seats = [(name, Point(lon, lat)) for name, lon, lat in rows if np.isfinite([lon, lat]).all()]
        if key == "township_2017":
            return [_label("old", name, point, rank=_OTHER_RANK, zoom=10) for name, point in seats]
        return [
            _label("seat duogui-capital", name, point, rank=_CAPITAL_RANK, zoom=8)
            if name == _COUNTY_TOWN
            else _label("seat", name, point, rank=_SEAT_RANK, zoom=9)
            for name, point in seats
        ]
    named = zip(frame["name"], frame.geometry.representative_point(), strict=True)
    if key == "airport":
        return [_label("site", name, point, rank=_SITE_RANK, zoom=9) for name, point in named]
    if key == "neighbour_county":
        return [_label("neighbour", name, point, rank=_OTHER_RANK, zoom=9) for name, point in named]
    return []


def _label(
    kind: str, text: object, at: BaseGeometry | list[BaseGeometry], *, rank: int, zoom: float
) -> dict[str, object]:
    words = text.strip() if isinstance(text, str) else ""
    if len(words) > _LABEL_LETTERS:
        words = words[: _LABEL_LETTERS - 1] + "…"
    return {"text": words, "at": at, "kind": kind, "rank": rank, "zoom": zoom}


def _line_labels(frame: GeoDataFrame, *, kind: str) -> list[dict[str, object]]:
    """Return one label per road number (or railway name), on its longest part; the map takes the first free place."""
    parts, owners = shapely.get_parts(frame.geometry.to_numpy(), return_index=True)
    names = [name if isinstance(name, str) else "" for name in frame["name"]]
    classes = frame["road_class"].tolist() if "road_class" in frame.columns else [None] * len(frame)
    longest: dict[str, LineString] = {}
    minor: set[str] = set()
    for part, owner in zip(parts, owners, strict=True):
        match = _ROAD_CODE.match(names[owner])
        text = match.group() if match else _BRACKETS.sub("", names[owner])
        if text not in longest or part.length > longest[text].length:
            longest[text] = part
        if classes[owner] in _MINOR_CLASSES:
            minor.add(text)
    return [
        _label(
            kind,
            text,
            [line.interpolate(share, normalized=True) for share in _LABEL_PLACES],
            rank=_ROAD_RANK,
            zoom=_MINOR_ZOOM if text in minor else 9.5,
        )
        for text, line in longest.items()
    ]


def _placed_labels(labels: list[dict[str, object]], datum: Datum) -> list[dict[str, object]]:
    """Replace the points of labels by latitude and longitude as the map draws them."""
    placed = []
    for label in labels:
        if not label["text"]:
            continue
        points = np.atleast_1d(np.asarray(label["at"], dtype=object))
        lonlat = shapely.get_coordinates(_placed(points, datum))
        placed.append({**label, "at": [[float(lat), float(lon)] for lon, lat in lonlat]})
    return placed
