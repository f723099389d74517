"""The workspace: what it keeps, what it refuses, and what a crash, damage or a second writer does to it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from geodata import store
from geodata.errors import CrsError, ReadError, StoreError
from geodata.store import Provenance, Workspace

ROOT = Path(__file__).parents[2]
PROVENANCE = Provenance("县自然资源局", "2026-03", "real", demonstration=False, crs_source="declared")
DAY = "2026-11-22"


def parks(**changes: Any) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {"id": ["p1", "p2", "p3"], "name": ["嘉川", "木门", None], "area": [1.5, np.nan, 3.0]}
    geometry = [shapely.box(106.1, 32.1, 106.2, 32.2), None, shapely.box(106.3, 32.3, 106.4, 32.4)]
    return gpd.GeoDataFrame(columns | changes, geometry=geometry, crs=4490)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "工作区 one")


def test_what_goes_in_comes_out(workspace: Workspace) -> None:
    given = parks()
    version = workspace.add_layer("park", given, PROVENANCE, added=DAY)
    read = workspace.read_layer("park")
    assert read.crs.to_epsg() == 4490
    assert read["id"].tolist() == ["p1", "p2", "p3"]
    assert read["name"].tolist()[:2] == ["嘉川", "木门"]
    assert read["name"].isna().tolist() == [False, False, True]
    assert read.geometry.isna().tolist() == [False, True, False]
    assert read.geometry[2].equals_exact(given.geometry[2])
    assert read.attrs == {}
    assert version.feature_count == 3
    assert version.bounds == (106.1, 32.1, 106.4, 32.4)
    assert version.added == DAY
    assert version.path == workspace.root / "layers" / "park" / f"{version.sha256[:16]}.parquet"
    assert workspace.current() == {"park": version}


def test_another_process_sees_it(workspace: Workspace) -> None:
    version = workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    assert Workspace.open(workspace.root).current() == {"park": version}


def test_same_content_is_the_same_version_byte_for_byte(workspace: Workspace, tmp_path: Path) -> None:
    first = workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    shuffled_index = parks()
    shuffled_index.index = pd.Index([9, 4, 7])
    shuffled_index.attrs = {"read": "today"}
    assert workspace.add_layer("park", shuffled_index, PROVENANCE, added="2026-12-01") == first
    other = Workspace.create(tmp_path / "two").add_layer("park", parks(), PROVENANCE, added="2027-01-01")
    assert other.sha256 == first.sha256
    assert other.path.read_bytes() == first.path.read_bytes()
    assert len(list(first.path.parent.iterdir())) == 1


def test_a_new_version_leaves_the_former_file_alone(workspace: Workspace) -> None:
    first = workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    content = first.path.read_bytes()
    second = workspace.add_layer("park", parks(name=["a", "b", "c"]), PROVENANCE, added="2026-12-01")
    assert workspace.current()["park"] == second
    assert first.path.read_bytes() == content
    again = workspace.add_layer("park", parks(), PROVENANCE, added="2026-12-02")
    assert (again.sha256, again.added) == (first.sha256, "2026-12-02")
    assert workspace.current()["park"] == again


def test_provenance_and_coverage_are_content(workspace: Workspace) -> None:
    first = workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    synthetic = Provenance("示意", "2026", "synthetic", demonstration=True, crs_source="declared")
    second = workspace.add_layer("park", parks(), synthetic, added=DAY)
    third = workspace.add_layer(
        "park", parks(), synthetic, added=DAY, coverage_wkt="POLYGON((106 32,107 32,107 33,106 32))"
    )
    assert len({first.sha256, second.sha256, third.sha256}) == 3
    assert workspace.current()["park"].provenance == synthetic
    assert workspace.current()["park"].coverage_wkt == third.coverage_wkt


def test_projected_frames_are_brought_to_degrees(workspace: Workspace) -> None:
    given = parks().to_crs(4544).rename_geometry("shape")
    workspace.add_layer("park", given, PROVENANCE, added=DAY)
    read = workspace.read_layer("park")
    assert read.crs.to_epsg() == 4490
    assert read.geometry.name == "geometry"
    assert read.geometry[0].equals_exact(parks().geometry[0], 1e-9)
    assert given.crs.to_epsg() == 4544


def test_empty_layers_and_layers_without_any_geometry(workspace: Workspace) -> None:
    assert workspace.add_layer("park", parks()[:0], PROVENANCE, added=DAY).bounds is None
    assert workspace.add_layer("road", parks()[1:2], PROVENANCE, added=DAY).bounds is None
    assert len(workspace.read_layer("park")) == 0
    assert workspace.read_layer("road").geometry.isna().all()
    assert list(workspace.current()) == ["park", "road"]


@pytest.mark.parametrize("key", ["", "../park", "Park", "园区", "a/b", "a b", "con.", "park\n"])
def test_keys_that_are_no_folder_names(workspace: Workspace, key: str) -> None:
    with pytest.raises(StoreError, match=r"^key: .*Rename"):
        workspace.add_layer(key, parks(), PROVENANCE, added=DAY)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (parks(id=["p1", "p1", "p2"]), "'p1' stands twice"),
        (parks(id=["p1", None, "p2"]), "row 1"),
        (parks(id=["p1", "", "p2"]), "row 1"),
        (parks(id=[1, 2, 3]), "row 0 is"),
        (parks().drop(columns="id"), "column `id`"),
        (parks(mixed=[1, "a", b"b"]), "cannot be stored"),
        (parks(other=gpd.GeoSeries([None, None, None])), "second geometry column"),
    ],
)
def test_frames_that_cannot_be_kept(workspace: Workspace, frame: gpd.GeoDataFrame, message: str) -> None:
    with pytest.raises(StoreError, match=f"^park: .*{message}"):
        workspace.add_layer("park", frame, PROVENANCE, added=DAY)
    assert workspace.current() == {}
    assert not list((workspace.root / "layers").rglob("*.*"))


def test_unknown_crs_certainty_and_coverage(workspace: Workspace) -> None:
    with pytest.raises(CrsError, match=r"^park: no CRS"):
        workspace.add_layer("park", parks().set_crs(None, allow_override=True), PROVENANCE, added=DAY)
    doubtful: Any = "perhaps"
    with pytest.raises(StoreError, match=r"^park: certainty: 'perhaps' is unknown"):
        workspace.add_layer("park", parks(), replace(PROVENANCE, certainty=doubtful), added=DAY)
    for wkt in ("nonsense", "POINT(1 1)", "POLYGON((0 0,1 1,1 0,0 1,0 0))"):
        with pytest.raises(StoreError, match=r"^park: coverage_wkt"):
            workspace.add_layer("park", parks(), PROVENANCE, added=DAY, coverage_wkt=wkt)


def test_open_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no workspace here\. Create"):
        Workspace.open(tmp_path)
    (tmp_path / "catalogue.sqlite").write_text("not a database, however long it is " * 9, encoding="utf-8")
    with pytest.raises(StoreError, match=r"damaged"):
        Workspace.open(tmp_path)
    (tmp_path / "catalogue.sqlite").write_bytes(b"")
    with pytest.raises(StoreError, match=r"not a workspace catalogue"):
        Workspace.open(tmp_path)


def test_open_refuses_another_schema(workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.root / "catalogue.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match=r"schema version 99, this program knows 1"):
        Workspace.open(workspace.root)


def test_create_does_not_write_over_a_workspace(workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="already a workspace"):
        Workspace.create(workspace.root)


def test_damaged_and_missing_files(workspace: Workspace) -> None:
    version = workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    content = version.path.read_bytes()
    version.path.write_bytes(content[:-9] + b"x" + content[-8:])
    with pytest.raises(StoreError, match=r"^park: .*changed or damaged\. Restore"):
        workspace.read_layer("park")
    version.path.unlink()
    with pytest.raises(StoreError, match=r"^park: .*missing\. Restore"):
        workspace.read_layer("park")
    assert workspace.add_layer("park", parks(), PROVENANCE, added=DAY) == version
    assert version.path.read_bytes() == content
    with pytest.raises(StoreError, match=r"^road: no such layer"):
        workspace.read_layer("road")


def test_a_crash_between_file_and_catalogue_leaves_the_former_version(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    changed = parks(name=["a", "b", "c"])

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "open_catalogue", crash)
        with pytest.raises(KeyboardInterrupt):
            workspace.add_layer("park", changed, PROVENANCE, added=DAY)
    assert len(list(first.path.parent.iterdir())) == 2  # the file is there, and nobody knows it
    reopened = Workspace.open(workspace.root)
    assert reopened.current() == {"park": first}
    assert reopened.read_layer("park")["name"].tolist()[:2] == ["嘉川", "木门"]
    assert reopened.add_layer("park", changed, PROVENANCE, added=DAY) == reopened.current()["park"]


def test_a_crash_while_writing_leaves_no_file(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    assert workspace.current() == {}
    assert not list((workspace.root / "layers" / "park").iterdir())


def test_a_transaction_that_fails_is_rolled_back(workspace: Workspace) -> None:
    first = workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    unwritable: Any = object()  # refused by SQLite after the version's row was written
    with pytest.raises(StoreError, match="catalogue"):
        workspace.add_layer("park", parks(name=["a", "b", "c"]), PROVENANCE, added=unwritable)
    assert workspace.current() == {"park": first}


def test_no_file_is_left_open(workspace: Workspace) -> None:
    workspace.add_layer("park", parks(), PROVENANCE, added=DAY)
    workspace.read_layer("park")
    # SQLite removes these two when the last connection closes.
    assert not list(workspace.root.glob("catalogue.sqlite-*"))
    workspace.root.rename(workspace.root.with_name("moved"))  # Windows refuses this while a file is open
    moved = Workspace.open(workspace.root.with_name("moved"))
    assert len(moved.read_layer("park")) == 3


WRITER = """
import sys
from pathlib import Path
import geopandas as gpd, shapely
from geodata.store import Provenance, Workspace
workspace = Workspace.open(Path(sys.argv[1]))
provenance = Provenance("", "", "real", False, "declared")
for turn in range(8):
    frame = gpd.GeoDataFrame({"id": [sys.argv[2]], "turn": [turn]}, geometry=[shapely.Point(106, 32)], crs=4490)
    workspace.add_layer("shared", frame, provenance, added=str(turn))
    workspace.add_layer("own_" + sys.argv[2], frame, provenance, added=str(turn))
    workspace.read_layer("shared")
"""


def test_two_processes_write_at_once(workspace: Workspace) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", WRITER, str(workspace.root), name], cwd=ROOT)
        for name in ("a", "b")
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    assert list(workspace.current()) == ["own_a", "own_b", "shared"]
    assert workspace.current()["own_a"].added == "7"
    assert workspace.read_layer("shared")["turn"].tolist() == [7]


def write_tif(path: Path, *, crs: str | None = "EPSG:4490") -> None:
    transform = Affine(0.01, 0, 106, 0, -0.01, 33)
    shape = {"height": 4, "width": 5, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=transform, **shape) as file:
        file.write(np.arange(20, dtype=np.float32).reshape(4, 5), 1)


def test_terrain(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.terrain() is None
    write_tif(tmp_path / "dem.tif")
    version = workspace.add_terrain(tmp_path / "dem.tif", PROVENANCE, added=DAY)
    assert workspace.terrain() == version
    assert version.path == workspace.root / "terrain" / f"{version.sha256[:16]}.tif"
    assert version.path.read_bytes() == (tmp_path / "dem.tif").read_bytes()
    assert workspace.current() == {}
    write_tif(tmp_path / "bare.tif", crs=None)
    with pytest.raises(ReadError, match="declares no CRS"):
        workspace.add_terrain(tmp_path / "bare.tif", PROVENANCE, added=DAY)
    with pytest.raises(ReadError, match="no raster"):
        workspace.add_terrain(tmp_path / "absent.tif", PROVENANCE, added=DAY)
    assert workspace.terrain() == version
