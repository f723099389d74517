"""
The overlap of two coverages: this project's engine beside geopandas.overlay and a hand-written sjoin.

`python -m benchmarks [--size N]` prints seconds and the ratio to ours. All three must find the same pairs and the same
total area, or the run fails.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.measure import measure_area_m2
from geodata.overlay import find_overlaps

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:4544"
ROUNDS = 3


def patches(count: int, seed: int) -> gpd.GeoSeries:
    """Draw irregular patches of about 24 vertices, scattered over 60 x 80 km."""
    random = np.random.default_rng(seed)
    centres = random.uniform((420_000, 3_540_000), (480_000, 3_620_000), (count, 2))
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radii = random.uniform(60, 240, (count, 1)) * random.uniform(0.6, 1.0, (count, 24))
    rings = centres[:, None, :] + radii[..., None] * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return gpd.GeoSeries(shapely.make_valid(shapely.polygons(rings)), crs=CRS)


def ours(left: gpd.GeoSeries, right: gpd.GeoSeries) -> tuple[int, float]:
    """Pairs and plane area by this project."""
    found = find_overlaps(left, right)
    return len(found), float(shapely.area(found["geometry"].to_numpy()).sum())


def geopandas_overlay(left: gpd.GeoSeries, right: gpd.GeoSeries) -> tuple[int, float]:
    """Pairs and plane area by geopandas.overlay."""
    one = gpd.GeoDataFrame({"i": range(len(left))}, geometry=left)
    two = gpd.GeoDataFrame({"j": range(len(right))}, geometry=right)
    found = gpd.overlay(one, two, how="intersection", keep_geom_type=True)
    return len(found), float(found.area.sum())


def sjoin_and_cut(left: gpd.GeoSeries, right: gpd.GeoSeries) -> tuple[int, float]:
    """Pairs and plane area by sjoin, then intersection."""
    pairs = gpd.sjoin(gpd.GeoDataFrame(geometry=left), gpd.GeoDataFrame(geometry=right), predicate="intersects")
    cut = shapely.intersection(left.to_numpy()[pairs.index], right.to_numpy()[pairs["index_right"]])
    cut = cut[shapely.get_dimensions(cut) == 2]  # noqa: PLR2004 - areas
    return len(cut), float(shapely.area(cut).sum())


def measure(name: str, work: Callable[[], tuple[int, float]]) -> tuple[str, float, int, float]:
    """Take the median of a few rounds."""
    seconds = []
    answer = (0, 0.0)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    return name, float(np.median(seconds)), *answer


def main() -> int:
    """Print the table; 1 if the answers differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--size", type=int, default=20_000, help="patches in each of the two layers")
    size = parser.parse_args().size
    left, right = patches(size, 1), patches(size, 2)
    rows = [
        measure("this project", lambda: ours(left, right)),
        measure("sjoin + intersection", lambda: sjoin_and_cut(left, right)),
        measure("geopandas.overlay", lambda: geopandas_overlay(left, right)),
    ]
    print(f"{size:,} x {size:,} patches, median of {ROUNDS}")
    for name, seconds, pairs, area in rows:
        print(f"{name:<22} {seconds:8.2f} s  x{seconds / rows[0][1]:5.2f}  {pairs:>8,} pairs  {area:,.2f} m2")
    found = find_overlaps(left, right)
    start = time.perf_counter()
    measure_area_m2(gpd.GeoSeries(found["geometry"], crs=CRS))
    print(f"ellipsoidal area of {len(found):,} pieces: {time.perf_counter() - start:.2f} s")
    same = all(row[2] == rows[0][2] and abs(row[3] - rows[0][3]) <= 1e-9 * rows[0][3] for row in rows)
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
