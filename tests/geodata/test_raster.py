"""Shade on slopes whose light can be said beforehand, and pictures that lie where they say."""

import io
import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from PIL import Image
from pyproj import CRS

from geodata.errors import GeodataError, ReadError
from geodata.raster import MULTIDIRECTIONAL_DEG, hillshade, hillshade_png, hillshade_rgb, read_terrain, sample_terrain

WEST, SOUTH, EAST, NORTH = 106.0, 32.0, 107.0, 33.0
UNKNOWN = -9999.0


def write_terrain(path: Path, elevation: np.ndarray, crs: str | None = "EPSG:4490") -> Path:
    rows, columns = elevation.shape
    transform = Affine((EAST - WEST) / columns, 0, WEST, 0, (SOUTH - NORTH) / rows, NORTH)
    shape = {"height": rows, "width": columns, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=transform, nodata=UNKNOWN, **shape) as file:
        file.write(elevation.astype(np.float32), 1)
    return path


@pytest.fixture
def terrain(tmp_path: Path) -> Path:
    """A round hill; unknown in the north-west corner."""
    y, x = np.mgrid[0:60, 0:80]
    elevation = 400 + 1500 * np.exp(-(((x - 40) / 15) ** 2) - ((y - 30) / 12) ** 2)
    elevation[:10, :10] = UNKNOWN
    return write_terrain(tmp_path / "dem.tif", elevation)


def test_read_terrain(terrain: Path) -> None:
    read = read_terrain(terrain)
    assert read.array.shape == (60, 80)
    assert read.array.dtype == np.float32
    assert np.isnan(read.array[:10, :10]).all()
    assert np.isfinite(read.array[10:, 10:]).all()
    assert read.crs.to_epsg() == 4490
    assert read.transform @ (0, 0) == (WEST, NORTH)


def test_flat_ground_is_lit_by_the_altitude_alone() -> None:
    shade = hillshade(np.zeros((4, 5), dtype=np.float32), 30.0, 30.0)
    assert set(shade.ravel().tolist()) == {round(1 + 254 * math.sin(math.radians(45)))}


@pytest.mark.parametrize("azimuth", [0.0, 90.0, 180.0, 270.0])
def test_a_slope_that_faces_the_light_is_lightest(azimuth: float) -> None:
    y, x = np.mgrid[0:5, 0:5] * 10.0
    downhill = {"north": y, "east": -x, "south": -y, "west": x}  # elevation that falls that way; rows run south
    shades = {
        way: int(hillshade(z.astype(np.float32), 10.0, 10.0, azimuths_deg=(azimuth,))[2, 2])
        for way, z in downhill.items()
    }
    facing = ["north", "east", "south", "west"][int(azimuth // 90)]
    away = ["south", "west", "north", "east"][int(azimuth // 90)]
    assert shades[facing] == 255  # at 45 degrees, square to the light
    assert shades[away] == 1
    assert max(shades, key=shades.__getitem__) == facing


def test_heights_exaggerated_and_several_lights() -> None:
    slope = np.mgrid[0:5, 0:5][1].astype(np.float32)
    gentle = hillshade(slope, 30.0, 30.0)
    assert hillshade(slope, 30.0, 30.0, z_factor=5)[2, 2] > gentle[2, 2]
    mixed = hillshade(slope, 30.0, 30.0, azimuths_deg=MULTIDIRECTIONAL_DEG)
    assert mixed.dtype == np.uint8
    assert mixed.min() > 0


def test_unknown_is_zero_and_spreads_by_one_cell() -> None:
    elevation = np.zeros((7, 7), dtype=np.float32)
    elevation[3, 3] = np.nan
    shade = hillshade(elevation, 30.0, np.full((7, 1), 30.0))
    assert np.argwhere(shade == 0).min(axis=0).tolist() == [2, 2]
    assert np.argwhere(shade == 0).max(axis=0).tolist() == [4, 4]


def test_png_lies_where_it_says(terrain: Path) -> None:
    png, bounds = hillshade_png(terrain, size_px=200)
    assert bounds == pytest.approx((WEST, SOUTH, EAST, NORTH), abs=1e-9)
    picture = Image.open(io.BytesIO(png))
    assert picture.mode == "RGBA"
    # In Web Mercator a degree is taller than it is wide.
    assert picture.size == (pytest.approx(200 * math.cos(math.radians(32.5)), abs=1), 200)
    rgba = np.asarray(picture)
    assert rgba[5, 5, 3] == 0
    assert rgba[100, 100, 3] == 255
    known = rgba[rgba[..., 3] == 255][:, :3]
    assert known.min() > 160  # a quiet background
    assert known.max() <= 245


def test_png_of_a_part_and_the_same_twice(terrain: Path) -> None:
    part = (106.3, 32.3, 106.8, 32.7)
    png, bounds = hillshade_png(terrain, part, size_px=64)
    assert bounds == part
    assert hillshade_png(terrain, part, size_px=64)[0] == png


def test_outside_the_mask_is_lighter(terrain: Path) -> None:
    mask = shapely.box(106.4, 32.4, 106.9, 32.9)
    plain, masked = (
        np.asarray(Image.open(io.BytesIO(hillshade_png(terrain, size_px=100, mask=each)[0])), dtype=int)
        for each in (None, mask)
    )
    difference = (masked - plain)[..., :3].sum(axis=2)
    assert difference[30, 50] == 0
    assert difference[80, 20] > 0


def test_picture_in_the_working_crs(terrain: Path) -> None:
    bounds = (620_000.0, 3_560_000.0, 640_000.0, 3_570_000.0)
    rgba, extent = hillshade_rgb(terrain, bounds, 120, CRS(4544))
    assert rgba.shape == (60, 120, 4)
    assert rgba.dtype == np.uint8
    assert extent == (620_000.0, 640_000.0, 3_560_000.0, 3_570_000.0)
    with pytest.raises(GeodataError, match="no picture"):
        hillshade_rgb(terrain, bounds[::-1], 120, CRS(4544))


def test_terrain_in_a_projected_crs(tmp_path: Path) -> None:
    transform = Affine(1000.0, 0, 600_000, 0, -1000.0, 3_600_000)
    with rasterio.open(
        tmp_path / "gk.tif", "w", "GTiff", 40, 30, 1, "EPSG:4544", transform, dtype="int16", nodata=-1
    ) as file:
        file.write(np.arange(1200, dtype=np.int16).reshape(30, 40), 1)
    png, (west, south, east, north) = hillshade_png(tmp_path / "gk.tif", size_px=80)
    assert png.startswith(b"\x89PNG")
    assert 106 < west < east < 106.6
    assert 32.2 < south < north < 32.6


def test_refuses_what_is_no_terrain(tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_text("no raster", encoding="utf-8")
    for name, message in (("absent.tif", "no raster"), ("text.tif", "no raster")):
        with pytest.raises(ReadError, match=message):
            read_terrain(tmp_path / name)
    bare = write_terrain(tmp_path / "bare.tif", np.zeros((3, 3)), crs=None)
    with pytest.raises(ReadError, match="declares no CRS"):
        hillshade_png(bare)


def test_cut_off_raster(tmp_path: Path) -> None:
    path = write_terrain(tmp_path / "dem.tif", np.random.default_rng(0).normal(size=(200, 200)))
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(ReadError, match=r"dem\.tif"):
        read_terrain(path)


def test_what_no_ground_has_is_unknown_also_where_the_file_does_not_say_so(tmp_path: Path) -> None:
    elevation = np.full((4, 5), 500.0)
    elevation[0, 0], elevation[3, 4], elevation[1, 1] = -9999.0, 32767.0, -400.0
    path = write_terrain(tmp_path / "dem.tif", elevation)
    with rasterio.open(path, "r+") as file:
        file.nodata = None
    read = read_terrain(path).array
    assert np.isnan(read).sum() == 2
    assert read[1, 1] == -400.0


def test_elevations_between_cell_middles(tmp_path: Path) -> None:
    """On an inclined plane every place has the plane's height; outside the outer middles nothing is known."""
    columns = np.arange(10.0)
    terrain = read_terrain(write_terrain(tmp_path / "dem.tif", np.tile(100 + 10 * columns, (8, 1))))
    width = (EAST - WEST) / 10
    places = np.array([[WEST + 2.5 * width, 32.5], [WEST + 3.2 * width, 32.43], [WEST + 0.1 * width, 32.5]])
    heights = sample_terrain(terrain, places)
    assert heights[:2] == pytest.approx([120.0, 127.0])
    assert np.isnan(heights[2])
