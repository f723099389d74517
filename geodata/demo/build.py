"""Builds the demonstration county's workspace: `python -m geodata.demo.build [--out DIR]`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.demo.factbook import ADDED, SEED, read_boundary, read_facts
from geodata.demo.grid import frame_grid, to_metric
from geodata.demo.plans import STEPS, draw_plans
from geodata.demo.shapes import frame_of
from geodata.demo.terrain import write_terrain
from geodata.errors import StoreError
from geodata.store import Provenance, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTY_ID = "county-510821"
DEFAULT_ROOT = Path("workspace") / "demo"


def ignore_progress(_done: int, _total: int, _what: str) -> None:
    """Say nothing."""


def read_provenance() -> dict[str, Provenance]:
    """Read where every layer comes from."""
    table = read_facts("layers").fillna("")
    return {
        str(row["key"]): Provenance(
            source=row["source"],
            source_date=str(row["source_date"]),
            certainty=row["certainty"],
            demonstration=True,
            crs_source="declared",
            note=row["note"],
            licence=row["licence"],
        )
        for row in table.to_dict("records")
    }


def make_frames(layers: dict[str, list[dict[str, Any]]]) -> dict[str, gpd.GeoDataFrame]:
    """Bring every layer to EPSG:4490 and add the county, its border noded where townships meet it."""
    frames = {key: frame_of(rows) for key, rows in layers.items()}
    outline = shapely.coverage_union_all(frames["township_2017"].geometry.to_numpy())
    county = {"id": [COUNTY_ID], "name": ["旺苍县"], "code": ["510821"], "area_km2_published": [2987.0]}
    frames["county"] = gpd.GeoDataFrame(county, geometry=[outline], crs="EPSG:4490")
    neighbours = read_boundary()[1]
    ids = "county-" + neighbours["code"].astype(str)
    table = pd.DataFrame({"id": ids, "name": neighbours["name"], "code": neighbours["code"]})
    frames["neighbour_county"] = gpd.GeoDataFrame(table, geometry=list(neighbours["geometry"]), crs="EPSG:4490")
    return frames


def build_demo(root: Path, progress: Callable[[int, int, str], None] = ignore_progress) -> None:
    """
    Make the demonstration workspace.

    Parameters
    ----------
    root
        Folder to make it in; must hold no workspace yet.
    progress
        Told steps done, steps in all, and what comes next.

    Raises
    ------
    StoreError
        If `root` holds anything already.
    """
    if root.exists():
        if any(root.iterdir()):
            raise StoreError(f"{root}: not empty. Choose another folder, or remove this one first.")
        root.rmdir()
    # Built beside its place and moved there when whole, so that an interrupted build leaves no half workspace.
    unfinished = root.with_name(f"{root.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    fill_workspace(Workspace.create(unfinished), progress)
    unfinished.replace(root)
    progress(STEPS, STEPS, "完成")


def fill_workspace(workspace: Workspace, progress: Callable[[int, int, str], None]) -> None:
    """Draw everything and add it to an empty workspace."""
    grid = frame_grid(to_metric(read_boundary()[0]))
    rng = np.random.default_rng(SEED)
    layers, relief = draw_plans(grid, progress, rng)
    progress(STEPS - 2, STEPS, "写入图层")
    sources = read_provenance()
    for key, frame in sorted(make_frames(layers).items()):
        workspace.add_layer(key, frame, sources[key], added=ADDED)
    progress(STEPS - 1, STEPS, "写入地形")
    county = to_metric(read_boundary()[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terrain.tif"
        write_terrain(path, relief, relief.grid.burn([county.buffer(800.0)]), rng)
        workspace.add_terrain(path, sources["terrain"], added=ADDED)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Build the demonstration county.")
    parser.add_argument("--out", type=Path, default=DEFAULT_ROOT, help="folder of the workspace (default: %(default)s)")
    options = parser.parse_args(arguments)

    def say(done: int, total: int, what: str) -> None:
        sys.stdout.write(f"{done}/{total} {what}\n")
        sys.stdout.flush()

    build_demo(options.out, say)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
