"""An 800 m runway along a parallel, 500 m above the sea, whose surfaces can be computed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from planning.obstacle import Surfaces, read_surfaces

PLANE = CRS.from_epsg(4544)
X, Y = 500_000.0, 3_568_000.0  # the middle of the runway, on the central meridian: the plane is the ground
HALF = 400.0
MIDDLE = np.array([X, Y])
RUNWAY = shapely.LineString([(X - HALF, Y), (X + HALF, Y)])


def surfaces(code_number: int = 2, approach_type: str = "non_instrument", **other: Any) -> Surfaces:
    return read_surfaces(
        other.pop("line", RUNWAY),
        PLANE,
        elevation_m=500.0,
        code_number=code_number,
        approach_type=approach_type,
        **other,
    )


def at(beyond: float, across: float) -> tuple[float, float]:
    """A place so many metres beyond the eastern end (before it if negative) and north of the centre line."""
    return X + HALF + beyond, Y + across
