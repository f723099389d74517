from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .test_overview import map_frame, view

if TYPE_CHECKING:
    from playwright.sync_api import Frame

    from .conftest import Screen

pytestmark = pytest.mark.browser

HEADER_PX, ROW_PX = 32, 57
ID = ".dg-card footer code"


def run_check(screen: Screen, path: str = "冲突检测") -> None:
    screen.page.goto(screen.url)
    screen.page.get_by_role("link", name=path).click()
    screen.page.get_by_role("button", name="运行检测").click(timeout=60_000)
    screen.page.locator(".st-key-number-prohibited").wait_for(timeout=60_000)


def open_conflicts(screen: Screen) -> Frame:
    run_check(screen)
    frame = map_frame(screen.page)
    frame.wait_for_selector(".dg-mark", timeout=60_000)
    return frame


def click_row(screen: Screen, row: int) -> None:
    """Click a row of the list and wait until another card is there."""
    before = screen.page.locator(ID).inner_text() if screen.page.locator(ID).count() else ""
    box = screen.page.locator('[data-testid="stDataFrame"] canvas').first.bounding_box()
    assert box is not None
    screen.page.mouse.click(box["x"] + 16, box["y"] + HEADER_PX + ROW_PX * row + ROW_PX / 2)
    wait_for_other_card(screen, before)


def wait_for_other_card(screen: Screen, before: str) -> None:
    screen.page.wait_for_function(
        """before => {
            const id = document.querySelector('.dg-card footer code');
            return id && id.innerText !== before;
        }""",
        arg=before,
        timeout=20_000,
    )


def number(screen: Screen, key: str) -> int:
    return int(screen.page.locator(f".st-key-number-{key} strong").first.inner_text())


def test_run_click_read_filter_and_click_a_shape(screen: Screen) -> None:
    frame = open_conflicts(screen)
    page = screen.page
    total = sum(number(screen, key) for key in ("prohibited", "conditional", "reminder"))
    assert number(screen, "prohibited") > 0
    assert frame.locator(".dg-mark").count() == total
    assert f"共 {total} 处" in page.locator(".dg-legend").inner_text()

    county = view(frame)
    base = frame.evaluate("window.baseSeen = 1")
    for row in range(4):
        click_row(screen, row)
    card = page.locator(".dg-card").inner_text()
    for words in ("禁止", "依据", "程序", "牵头", "数值", "疑似冲突", "示意数据，非法定成果"):
        assert words in card
    assert re.search(r"公顷（[\d,.]+ 亩）|m²（|\d m", card)
    assert re.search("已核|部分核实|未核", card)
    assert "违法" not in page.locator("body").inner_text()
    frame.wait_for_function(f"map.getZoom() > {county[2]}", timeout=20_000)
    assert base == 1
    assert frame.evaluate("window.baseSeen") == 1, "the base map was made anew"

    page.locator(".st-key-whole-county button").click()
    frame.wait_for_function(f"map.getZoom() <= {county[2]} + 0.5", timeout=20_000)
    page.locator(".st-key-number-prohibited button").first.click()
    page.get_by_text(re.compile(rf"列出 {number(screen, 'prohibited')} 处")).wait_for(timeout=20_000)
    frame.wait_for_function(f"document.querySelectorAll('.dg-mark').length === {number(screen, 'prohibited')}")

    frame.evaluate("document.querySelectorAll('.dg-mark')[0].click()")
    page.locator(ID).wait_for(timeout=20_000)
    assert frame.locator(".dg-chosen").count() == 1


def test_every_rule_says_what_it_could_not_look_at(screen: Screen) -> None:
    run_check(screen)
    page = screen.page
    page.locator(".st-key-number-not_checked button").first.click()
    page.locator(".dg-verdicts").wait_for(timeout=20_000)
    assert page.locator(".dg-verdicts tbody tr").count() == number(screen, "not_checked")
    assert "缺少图层" in page.locator(".dg-verdicts").inner_text()
    page.get_by_text("规则 × 乡镇").click()
    page.locator(".dg-matrix").wait_for(timeout=20_000)
    marks = page.locator(".dg-matrix tbody").inner_text()
    assert all(mark in marks for mark in "●○▨")


def test_english(screen: Screen) -> None:
    open_conflicts(screen)
    click_row(screen, 0)
    screen.page.get_by_text("English").click()
    screen.page.get_by_text("Where do the plans contradict").wait_for(timeout=20_000)
    card = screen.page.locator(".dg-card")
    card.get_by_text("Demonstration data, not a legal result.").wait_for(timeout=20_000)
    assert "Prohibited" in card.inner_text()
    assert "Prohibited" in screen.page.locator(".st-key-number-prohibited").inner_text()
