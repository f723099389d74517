from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from matplotlib import font_manager
from PIL import Image
from shapely import LineString, MultiPolygon, Point, Polygon, box

from layers import fonts
from layers.background import Background, read_background
from layers.draw import SKETCH_NOTE, Evidence, MapDrawer
from layers.errors import FontError
from layers.fonts import CHINESE_FONTS, require_chinese_font
from layers.paths import clip, line_path, polygon_path
from layers.schema import DEMONSTRATION_NOTICE, read_catalogue
from layers.sheet import Sheet, fit_window, printable

if TYPE_CHECKING:
    from pathlib import Path

COUNTY = box(106.0, 32.0, 106.7, 32.6)
WORDS = {"prohibited": "禁止", "conditional": "有条件", "reminder": "提示"}
FARM = box(106.3, 32.1, 106.35, 32.15)
CONFLICT = Evidence(box(106.34, 32.14, 106.345, 32.145), "prohibited", "1")


@pytest.fixture
def layers(layer_of: Any) -> dict[str, Any]:
    reserve = Polygon(COUNTY.buffer(-0.1).exterior, [box(106.2, 32.2, 106.3, 32.3).exterior])
    roads = [
        {"id": "1", "name": "G542 广元—万州", "road_class": "national", "certainty": "published"},
        {"id": "2", "name": "旺苍—苍溪$高速$\x07公路", "road_class": "expressway", "certainty": "schematic"},
        {"id": "3", "name": "县外复线", "road_class": "expressway", "certainty": None},
    ]
    lines = [LineString([(106.0, 32.1), (106.7, 32.2)]), LineString([(106.3, 32.1), (106.4, 31.9)]), None]
    seats = {"seat_lon": 106.3, "seat_lat": 32.2}
    rows: dict[str, list[dict[str, Any]]] = {
        "county": [{"id": "c", "name": "旺苍县", "geometry": COUNTY}],
        "township": [{"id": "t", "name": "东河镇", "geometry": COUNTY, **seats}],
        "reserve_core": [{"id": "k", "name": "核心", "geometry": reserve}],
        "permanent_farmland": [{"id": "f", "name": "图斑", "geometry": FARM}],
        "road": [{**row, "geometry": line} for row, line in zip(roads, lines, strict=True)],
        "railway": [{"id": "x", "name": None, "geometry": LineString([(106.0, 32.3), (106.7, 32.3)])}],
        "airport": [{"id": "a", "name": "机场", "geometry": Point(106.5, 32.4)}],
        "own_layer": [{"id": "o", "name": "自有", "geometry": FARM}],
    }
    return {key: layer_of(key, value) for key, value in rows.items()}


def pixels(png: bytes) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def has_colour(image: np.ndarray[Any, Any], colour: str, tolerance: int = 6) -> bool:
    wanted = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)])
    return bool((np.abs(image - wanted).max(axis=-1) <= tolerance).any())


def words_of(drawer: MapDrawer, sheet: str) -> list[str]:
    return [artist.get_text() for artist in getattr(drawer, sheet)._added if hasattr(artist, "get_text")]


def test_overview_shows_layers_and_evidence(layers: Any) -> None:
    drawer = MapDrawer(layers, mark_titles=WORDS)
    image = pixels(drawer.draw_overview([CONFLICT]))
    assert image.shape[1] == pytest.approx(160 / 25.4 * 170, abs=2)
    assert has_colour(image, "#B3261E")
    words = words_of(drawer, "_overview")
    assert {"禁止（1）", "永久基本农田", "国道", "高速公路", "示意线位", "东河镇", "G542", "1", "北"} <= set(words)
    assert "省道" not in words
    assert "推断线位" not in words
    assert "自有" not in words


def test_the_same_input_gives_the_same_picture(layers: Any) -> None:
    drawer = MapDrawer(layers, mark_titles=WORDS)
    keys = frozenset({"permanent_farmland"})
    first = drawer.draw_small_map(CONFLICT, keys=keys)
    drawer.draw_small_map(Evidence(COUNTY, "reminder", "2"), keys=frozenset({"road"}))
    assert drawer.draw_small_map(CONFLICT, keys=frozenset({"permanent_farmland"})) == first
    assert (
        MapDrawer(layers, mark_titles=WORDS).draw_small_map(CONFLICT, keys=frozenset({"permanent_farmland"})) == first
    )


def test_the_overview_leaves_out_what_covers_the_county_and_names_wide_lines_only(layers: Any, layer_of: Any) -> None:
    row = {"id": "p", "name": "林地", "land_class": "0301", "geometry": COUNTY}
    lane = {"id": "y", "name": "Y901 支线", "road_class": "township", "certainty": None}
    roads = [lane | {"geometry": LineString([(106.1, 32.4), (106.4, 32.5)])}]
    drawer = MapDrawer(layers | {"land_use": layer_of("land_use", [row]), "road": layer_of("road", roads)})
    drawer.draw_overview()
    words = words_of(drawer, "_overview")
    assert "林地" not in words
    assert "乡道" in words
    assert "Y901" not in words
    drawer.draw_overview(keys=frozenset({"land_use"}))
    assert "林地" in words_of(drawer, "_overview")


def test_a_long_legend_ends_above_the_notes(layers: Any, layer_of: Any) -> None:
    codes = list(read_catalogue()["land_use"].style.variants)
    rows = [
        {
            "id": str(n),
            "name": "图斑",
            "land_class": code,
            "geometry": box(106.0 + n / 100, 32.1, 106.01 + n / 100, 32.2),
        }
        for n, code in enumerate(codes)
    ]
    kinds = list(read_catalogue()["facility"].style.variants)
    plots = [
        {"id": str(n), "name": "设施", "kind": kind, "geometry": box(106.0 + n / 20, 32.3, 106.04 + n / 20, 32.4)}
        for n, kind in enumerate(kinds)
    ]
    drawer = MapDrawer(layers | {"land_use": layer_of("land_use", rows), "facility": layer_of("facility", plots)})
    drawer.draw_overview(keys=frozenset({*layers, "land_use", "facility"}))
    labels = [artist for artist in drawer._overview._added if hasattr(artist, "get_text")]
    heights = {artist.get_text(): artist.get_position()[1] for artist in labels}
    legend = [heights[words] for words in ("农贸市场", "耕地", "国道", "县界")]
    assert min(legend) > heights[DEMONSTRATION_NOTICE] + 2.0


def test_small_map_shows_only_the_layers_of_its_conflict(layers: Any) -> None:
    drawer = MapDrawer(layers, mark_titles=WORDS)
    drawer.draw_small_map(CONFLICT, keys=frozenset({"permanent_farmland"}))
    words = words_of(drawer, "_close")
    assert "疑似冲突（禁止）" in words
    assert "永久基本农田" in words
    # In the window is only the inside of these two: nothing of them is seen.
    assert "县界" not in words
    assert "自然保护区核心保护区" not in words


def test_the_notes(layers: Any, layer_of: Any) -> None:
    drawer = MapDrawer(layers)
    drawer.draw_overview()
    assert {SKETCH_NOTE, DEMONSTRATION_NOTICE} <= set(words_of(drawer, "_overview"))
    real = {"county": layer_of("county", [{"id": "c", "name": "县", "geometry": COUNTY}], demonstration=False)}
    drawer = MapDrawer(real)
    drawer.draw_overview()
    words = words_of(drawer, "_overview")
    assert SKETCH_NOTE in words
    assert DEMONSTRATION_NOTICE not in words


def test_nothing_to_draw_is_still_a_picture() -> None:
    assert pixels(MapDrawer({}).draw_overview()).size


@pytest.mark.parametrize(
    "geometry",
    [
        Point(106.3, 32.2),
        LineString([(106.3, 32.2), (106.3001, 32.2)]),
        MultiPolygon([box(106.1, 32.1, 106.10001, 32.10001), box(106.6, 32.5, 106.60001, 32.50001)]),
        COUNTY,
        box(107.5, 33.0, 107.6, 33.1),
    ],
)
def test_evidence_of_any_size_and_place(layers: Any, geometry: Any) -> None:
    drawer = MapDrawer(layers, mark_titles=WORDS)
    for mark in WORDS:
        evidence = Evidence(geometry, mark, "7")
        assert pixels(drawer.draw_small_map(evidence, keys=frozenset({"road", "absent"}))).size
    assert pixels(drawer.draw_overview([Evidence(geometry, "reminder", "7")] * 60)).size


def test_background_is_cut_to_the_window(layers: Any) -> None:
    image = np.full((40, 50, 3), 200, dtype=np.uint8)
    image[:, 25:] = 240
    drawer = MapDrawer(layers, Background(image, (105.9, 31.9, 106.8, 32.7)))
    picture = pixels(drawer.draw_overview(keys=frozenset({"county"})))
    # The left half of the map is darker than the right one; frame and labels aside.
    rows, columns = picture.shape[:2]
    middle = picture[rows // 4 : rows // 2]
    left, right = middle[:, columns // 4 : columns // 3], middle[:, columns * 2 // 3 : columns * 3 // 4]
    assert np.median(left) < np.median(right) - 30
    far = Background(image, (10.0, 10.0, 11.0, 11.0))
    assert pixels(MapDrawer(layers, far).draw_overview()).size


def test_read_background_covers_more_than_the_bounds(tmp_path: Path) -> None:
    path = tmp_path / "地形.tif"
    heights = np.add.outer(np.arange(60.0), np.sin(np.arange(80.0) / 5.0) * 400.0).astype(np.float32)
    transform = Affine(0.01, 0.0, 106.0, 0.0, -0.01, 32.6)
    options = {"driver": "GTiff", "width": 80, "height": 60, "count": 1, "dtype": "float32", "crs": "EPSG:4490"}
    with rasterio.open(path, "w", transform=transform, **options) as target:
        target.write(heights, 1)
    background = read_background(path, (106.2, 32.2, 106.4, 32.4), width_px=100)
    assert background.bounds == pytest.approx((106.16, 32.16, 106.44, 32.44))
    assert background.image.shape[1:] == (140, 3)
    assert background.image.std() > 1.0
    beyond = read_background(path, (105.0, 31.0, 105.1, 31.1), width_px=10)
    assert (beyond.image == beyond.image[0, 0]).all(), "unknown terrain is plain paper"


def test_holes_stay_open() -> None:
    ring = box(0, 0, 3, 3) - box(1, 1, 2, 2)
    for geometry in (ring, ring.reverse()):
        path = polygon_path(np.array([geometry], dtype=object))
        assert path is not None
        sheet = Sheet(20.0, 20.0, (0.0, 0.0, 20.0, 20.0), dpi=50)
        sheet.set_window((0.0, 0.0, 3.0, 3.0))
        from matplotlib.patches import PathPatch

        sheet.add(PathPatch(path, facecolor="#000000", edgecolor="none"))
        image = pixels(sheet.render())
        assert image[20, 20].tolist() == [255, 255, 255]
        assert image[5, 5].tolist() == [0, 0, 0]


def test_clip_keeps_what_is_inside_and_drops_what_is_outside() -> None:
    geometries = np.array([box(0, 0, 1, 1), box(5, 5, 6, 6), box(0.5, 0.5, 3, 3)], dtype=object)
    clipped = clip(geometries, (0.0, 0.0, 2.0, 2.0))
    assert [shape.bounds for shape in clipped] == [(0, 0, 1, 1), (0.5, 0.5, 2, 2)]
    assert line_path(np.array([], dtype=object)) is None


def test_fit_window_has_the_papers_shape() -> None:
    west, south, east, north = fit_window((106.0, 32.0, 106.1, 32.0), (2.0, 1.0), margin=0.0)
    squeeze = np.cos(np.radians((south + north) / 2))
    assert (east - west) * squeeze / (north - south) == pytest.approx(2.0)
    west, south, east, north = fit_window((106.0, 32.0, 106.0, 32.0), (1.0, 1.0), margin=0.3, least_m=1000.0)
    assert (east - west) * 111_320 * np.cos(np.radians(32.0)) == pytest.approx(1000.0, rel=1e-3)


def test_control_characters_are_not_drawn() -> None:
    assert printable("旺\x00苍\x07县") == "旺 苍 县"


def test_a_missing_chinese_font_is_said_and_never_boxes(monkeypatch: pytest.MonkeyPatch, layers: Any) -> None:
    require_chinese_font.cache_clear()
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    try:
        with pytest.raises(FontError) as caught:
            MapDrawer(layers)
    finally:
        require_chinese_font.cache_clear()
    message = str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert all(name in message for name in CHINESE_FONTS)
    assert "fonts-noto-cjk" in message


def test_a_font_installed_since_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    require_chinese_font.cache_clear()
    whole = list(font_manager.fontManager.ttflist)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    chinese = sorted({entry.fname for entry in whole if entry.name in CHINESE_FONTS})
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/nowhere/broken.ttf", *chinese])
    try:
        assert fonts.require_chinese_font() in CHINESE_FONTS
    finally:
        require_chinese_font.cache_clear()
