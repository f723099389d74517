"""An inclined plane in the same metres as the hand-drawn boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
from affine import Affine

from geodata.raster import Terrain
from geodata.store import Provenance
from planning.sources import TerrainInput
from tests.planning.plain import CRS, ORIGIN

if TYPE_CHECKING:
    from collections.abc import Mapping


def terrain(drawn: Mapping[str, Any]) -> TerrainInput:
    """Draw `plane: {east_pct, north_pct, base_m}` over `box`, in cells of `cell_m`; heights count from the origin."""
    west, south, east, north = drawn["box"]
    cell = float(drawn["cell_m"])
    columns, rows = round((east - west) / cell), round((north - south) / cell)
    x = west + cell * (np.arange(columns) + 0.5)
    y = north - cell * (np.arange(rows) + 0.5)
    plane = drawn["plane"]
    heights = plane["base_m"] + plane["east_pct"] / 100 * x[None, :] + plane["north_pct"] / 100 * y[:, None]
    transform = Affine(cell, 0.0, ORIGIN[0] + west, 0.0, -cell, ORIGIN[1] + north)
    said = Provenance("手绘", "2026-01-01", "synthetic", demonstration=False, crs_source="declared")
    return TerrainInput(Terrain(heights.astype(np.float32), transform, pyproj.CRS(CRS)), "0" * 64, said)
