from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Frame, Page

    from .conftest import Screen

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'
READY = '#map_div[data-ready="yes"]'


def open_map(screen: Screen, path: str = "") -> Frame:
    screen.page.goto(f"{screen.url}/{path}")
    return map_frame(screen.page)


def map_frame(page: Page) -> Frame:
    """Wait for the map; the element of an earlier screen may still be leaving, and has no frame then."""
    for _ in range(60):
        handle = page.wait_for_selector(MAP, timeout=60_000)
        frame = handle.content_frame() if handle is not None else None
        if frame is not None and not frame.is_detached() and frame.query_selector(READY) is not None:
            return frame
        page.wait_for_timeout(200)
    raise AssertionError("the map was not drawn")


def click_place(screen: Screen, frame: Frame, lat: float, lon: float) -> None:
    """Click a place and wait until the panel tells its coordinates."""
    screen.page.wait_for_timeout(500)  # an opening panel makes the map narrower
    point = frame.evaluate(f"(() => {{ const p = map.latLngToContainerPoint([{lat}, {lon}]); return [p.x, p.y]; }})()")
    frame.locator("#map_div").click(position={"x": point[0], "y": point[1]})
    screen.page.locator(".dg-place header span", has_text=f"{lon:.3f}"[:-1]).wait_for(timeout=20_000)


def view(frame: Frame) -> list[float]:
    seen: list[float] = frame.evaluate("(() => { const c = map.getCenter(); return [c.lat, c.lng, map.getZoom()]; })()")
    return seen


def pixels(frame: Frame) -> dict[str, Any]:
    script = """() => {
        const canvas = document.querySelector('canvas.leaflet-zoom-animated');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let painted = 0;
        for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
        return {painted: painted / (data.length / 4)};
    }"""
    drawn: dict[str, Any] = frame.evaluate(script)
    return drawn


def test_the_map_is_drawn_without_internet(screen: Screen, tmp_path: Path) -> None:
    frame = open_map(screen)
    assert pixels(frame)["painted"] > 0.2
    labels = frame.locator(".duogui-seat:visible").all_inner_texts()
    assert {"东河镇", "木门镇"} <= set(labels)
    assert frame.locator(".duogui-notice").inner_text().split("\n") == ["示意数据，非法定成果", "示意图，非审定界线"]
    assert frame.locator(".leaflet-control-scale-line").inner_text().endswith("km")
    assert frame.locator(".leaflet-control-zoom-fullscreen").is_visible()
    screen.page.screenshot(path=str(tmp_path / "overview.png"))


def test_a_click_answers_and_the_view_stays(screen: Screen) -> None:
    frame = open_map(screen)
    before = frame.evaluate("map.getZoom()")
    frame.evaluate("window.mark = 1")
    click_place(screen, frame, 32.255, 106.305)
    click_place(screen, frame, 32.585, 106.645)
    assert frame.evaluate("map.getZoom()") == before
    assert frame.evaluate("window.mark") == 1, "the map was made anew"
    assert "生态保护红线" in screen.page.locator(".dg-place").inner_text()
    assert frame.locator(".duogui-place").count() == 1


def test_hiding_a_layer_changes_the_map_and_not_the_view(screen: Screen) -> None:
    frame = open_map(screen)
    frame.evaluate("(() => { map.setView([32.3, 106.4], 11.5, {animate: false}); window.mark = 1; })()")
    before, painted = view(frame), pixels(frame)["painted"]
    screen.page.locator(".st-key-shown-ecological_redline label").click()
    screen.page.wait_for_timeout(2500)
    assert view(frame) == before
    assert frame.evaluate("window.mark") == 1
    assert pixels(frame)["painted"] < painted


def test_a_search_flies_and_the_view_survives_a_visit_to_another_screen(screen: Screen) -> None:
    frame = open_map(screen)
    home = view(frame)
    screen.page.locator(".st-key-panel input").first.click()
    screen.page.keyboard.type("木门镇")
    screen.page.keyboard.press("Enter")
    frame.wait_for_function(f"map.getZoom() > {home[2]} + 1", timeout=20_000)
    there = view(frame)
    assert there[:2] == pytest.approx([32.11, 106.52], abs=0.08)
    links = screen.page.locator('[data-testid="stSidebarNav"] a')
    links.nth(1).click()
    screen.page.wait_for_timeout(2500)
    links.nth(0).click()
    back = view(map_frame(screen.page))
    assert back == pytest.approx(there, abs=1e-3)


def test_outside_the_county_is_said(screen: Screen) -> None:
    frame = open_map(screen)
    click_place(screen, frame, 32.055, 106.105)
    assert "县域之外" in screen.page.locator(".dg-place").inner_text()


def test_the_project_outside_the_county_is_listed_and_not_drawn(screen: Screen) -> None:
    frame = open_map(screen)
    screen.page.locator(".st-key-projects summary").click()
    row = screen.page.locator(".dg-projects li", has_text="绵广高速")
    row.wait_for()
    assert "县域外，不绘制" in row.inner_text()
    assert not any("绵广" in text for text in frame.locator(".duogui-label").all_inner_texts())


def test_english_screen_has_an_english_map(screen: Screen) -> None:
    open_map(screen)
    screen.page.get_by_text("English", exact=True).click()
    screen.page.get_by_text("What is planned here?").wait_for()
    screen.page.wait_for_timeout(2500)  # the map is made anew in the other language
    notice = map_frame(screen.page).locator(".duogui-notice").inner_text()
    assert "Demonstration data, not statutory" in notice
