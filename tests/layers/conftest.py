from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pytest

from layers.schema import Layer, read_catalogue


@dataclass(frozen=True)
class StubProvenance:
    """The fields of `geodata.store.Provenance`, without a store."""

    source: str = "手工测试数据"
    source_date: str = "2026-01-01"
    certainty: str = "synthetic"
    demonstration: bool = True
    crs_source: str = "stored"
    note: str = ""
    licence: str = ""


def make_layer(key: str, rows: list[dict[str, Any]], **provenance: Any) -> Layer:
    columns = sorted({name for row in rows for name in row} | {"geometry"})
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4490")
    stub: Any = StubProvenance(**provenance)
    return Layer(key=key, frame=frame, provenance=stub, sha256="0" * 64, definition=read_catalogue().get(key))


@pytest.fixture
def layer_of() -> Any:
    return make_layer
