"""The faults planted in the township borders: one gap and one overlap, between 500 and 5,000 m2 each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import Polygon

from geodata.demo.shapes import longest_ring

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

GAP_TOWNSHIP = "twp-510821204000"
OVERLAP_TOWNSHIPS = ("twp-510821107000", "twp-510821108000")
GAP_M2, OVERLAP_M2 = 3000.0, 2200.0


def notch_at(path: np.ndarray, inside: BaseGeometry, target_m2: float) -> BaseGeometry:
    """Draw a triangle on one side of a border path, on the side of `inside`, with two of the path's own corners."""
    sides = np.hypot(*np.diff(path, axis=0).T)
    middle = len(sides) // 2
    # The longest side near the middle of the path gives a triangle that cannot fold over.
    window = np.arange(max(middle - 12, 0), min(middle + 12, len(sides)))
    first = int(window[np.argmax(sides[window])])
    start, end = path[first], path[first + 1]
    way = (end - start) / sides[first]
    for sign in (1.0, -1.0):
        tip = (start + end) / 2 + sign * np.array([-way[1], way[0]]) * 2 * target_m2 / sides[first]
        notch = Polygon([start, end, tip])
        if notch.intersection(inside).area > 0.999 * notch.area:
            return notch
    raise ValueError("township border: no room for the planted fault. Choose another township.")


def plant_border_faults(townships: list[dict[str, Any]], county: BaseGeometry) -> list[dict[str, Any]]:
    """Return the townships with a gap at the county's border and an overlap between two neighbours."""
    shapes = {row["id"]: row["geometry"] for row in townships}
    alone = shapes[GAP_TOWNSHIP]
    border = shapely.line_merge(alone.boundary.intersection(county.boundary))
    notch = notch_at(longest_ring(border), alone, GAP_M2)
    shapes[GAP_TOWNSHIP] = alone.difference(notch)
    first, second = OVERLAP_TOWNSHIPS
    shared = shapely.line_merge(shapes[first].boundary.intersection(shapes[second].boundary))
    notch = notch_at(longest_ring(shared), shapes[second], OVERLAP_M2)
    shapes[first] = shapely.union_all([shapes[first], notch])
    return [row | {"geometry": shapes[row["id"]]} for row in townships]
