"""Layers of hand-drawn boxes: metres from a point on the central meridian, where the plane is the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely
from shapely.affinity import translate

from geodata.store import Provenance
from layers.schema import Layer, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

CRS = "EPSG:4544"
ORIGIN = (500_000.0, 3_568_000.0)
_SHAPES = ("box", "boxes", "line", "point")


def layer(key: str, features: Sequence[Mapping[str, Any]], **provenance: Any) -> Layer:
    """Make a layer of features with `box`, `boxes`, `line` or `point` in metres; none of them is a null geometry."""
    rows = [{k: v for k, v in f.items() if k not in _SHAPES} for f in features]
    for row in rows:
        row.setdefault("name", row["id"])
    frame = gpd.GeoDataFrame(rows, geometry=[shape(f) for f in features], crs=CRS)
    said = {
        "source": "手绘",
        "source_date": "2026-01-01",
        "certainty": "synthetic",
        "demonstration": False,
        "crs_source": "declared",
        **provenance,
    }
    return Layer(key, frame, Provenance(**said), "0" * 64, read_catalogue().get(key))


def shape(feature: Mapping[str, Any]) -> BaseGeometry | None:
    """Draw one feature."""
    if "box" in feature:
        drawn = shapely.box(*feature["box"])
    elif "boxes" in feature:
        drawn = shapely.MultiPolygon([shapely.box(*b) for b in feature["boxes"]])
    elif "line" in feature:
        drawn = shapely.LineString(feature["line"])
    elif "point" in feature:
        drawn = shapely.Point(feature["point"])
    else:
        return None
    return translate(drawn, *ORIGIN)
