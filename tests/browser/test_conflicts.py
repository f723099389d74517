from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from web.views.conflict_map import MOST_DRAWN

from .test_overview import map_frame, view

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Frame

    from .conftest import Screen

pytestmark = pytest.mark.browser

HEADER_PX, ROW_PX = 32, 57
ID = ".dg-card footer code"


def run_check(screen: Screen, path: str = "冲突检测") -> None:
    screen.page.goto(screen.url)
    screen.page.get_by_role("link", name=path).click()
    screen.page.get_by_role("button", name="运行检测").click(timeout=60_000)
    screen.page.locator(".st-key-number-prohibited").wait_for(timeout=180_000)


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
    return int(screen.page.locator(f".st-key-number-{key} strong").first.inner_text().replace(",", ""))


def test_run_click_read_filter_and_click_a_shape(screen: Screen) -> None:
    frame = open_conflicts(screen)
    page = screen.page
    total = sum(number(screen, key) for key in ("prohibited", "conditional", "reminder"))
    assert number(screen, "prohibited") > 0
    assert frame.locator(".dg-mark").count() == min(total, MOST_DRAWN)
    assert f"共 {total:,} 处" in page.locator(".dg-legend").inner_text()

    county = view(frame)
    base = frame.evaluate("window.baseSeen = 1")
    for row in range(4):
        click_row(screen, row)
    card = page.locator(".st-key-card").inner_text()
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
    page.get_by_text(re.compile(rf"列出 {number(screen, 'prohibited'):,} 处")).wait_for(timeout=20_000)
    frame.wait_for_function(f"document.querySelectorAll('.dg-mark').length === {number(screen, 'prohibited')}")

    frame.evaluate("document.querySelectorAll('.dg-mark')[0].click()")
    page.locator(ID).wait_for(timeout=20_000)
    assert frame.locator(".dg-chosen").count() == 1


def test_every_rule_says_what_it_could_not_look_at(screen: Screen) -> None:
    run_check(screen)
    page = screen.page
    page.locator(".st-key-number-not_checked button").first.click()
    page.locator(".dg-verdicts").wait_for(timeout=20_000)
    assert page.locator(".dg-verdicts tbody tr:not(.dg-group)").count() == number(screen, "not_checked")
    page.get_by_text("规则 × 乡镇").click()
    page.locator(".dg-matrix").wait_for(timeout=20_000)
    assert page.locator(".dg-matrix tbody tr:not(.dg-group)").count() == number(screen, "not_checked")
    page.get_by_text("全部规则", exact=True).click()
    page.locator(".dg-m-clear").nth(1).wait_for(timeout=20_000)
    marks = page.locator(".dg-matrix tbody").inner_text()
    assert all(mark in marks for mark in "●○▨")


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720)])
def test_the_matrix_keeps_its_names_in_sight(screen: Screen, size: tuple[int, int]) -> None:
    page = screen.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    run_check(screen)
    page.get_by_text("规则 × 乡镇").click()
    page.locator(".dg-matrix").wait_for(timeout=20_000)
    scrolled = page.locator(".dg-scroll")
    assert scrolled.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), "all townships fit across"
    assert scrolled.evaluate("e => e.getBoundingClientRect().bottom") <= size[1]
    before = page.locator(".dg-matrix thead th").last.bounding_box()
    last = page.locator(".dg-matrix tbody th").last
    scrolled.evaluate("e => { e.scrollTop = e.scrollHeight; }")
    assert page.locator(".dg-matrix thead th").last.bounding_box() == before
    rule, sums, frame = last.bounding_box(), page.locator(".dg-matrix tfoot").bounding_box(), scrolled.bounding_box()
    assert rule is not None
    assert sums is not None
    assert frame is not None
    assert before is not None
    assert before["y"] + before["height"] <= rule["y"] < sums["y"] < frame["y"] + frame["height"]
    sizes = page.evaluate(
        """() => ['prohibited', 'conditional', 'reminder'].map(
            key => document.querySelector('.dg-marks .dg-m-' + key).getBoundingClientRect().width)"""
    )
    assert sizes == sorted(sizes, reverse=True), "marks differ in size, not in colour alone"
    assert len(set(sizes)) == 3


def test_a_number_is_explained_at_one_click_and_escape_goes_back(screen: Screen) -> None:
    open_conflicts(screen)
    click_row(screen, 0)
    page = screen.page
    finding_id = page.locator(ID).inner_text()
    page.locator(".st-key-explain button").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".dg-explain").wait_for(timeout=30_000)
    for words in ("用了哪些数据", "怎样比较", "怎样量算", "界限与依据", "怎样复现"):
        assert words in dialog.inner_text()
    assert dialog.locator(".dg-ways .dg-counts").count() == 1
    assert "ppm" in dialog.locator(".dg-ways").inner_text()
    command = dialog.locator("code").last.inner_text()
    assert command.startswith(f"python -m planning explain {finding_id} --as-of ")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached", timeout=20_000)
    assert page.locator(ID).inner_text() == finding_id


def test_another_rule_on_the_place_opens_its_card(screen: Screen) -> None:
    open_conflicts(screen)
    page = screen.page
    place = page.locator(".st-key-place-rules")
    for row in range(6):
        click_row(screen, row)
        if place.count():
            break
    before = page.locator(ID).inner_text()
    other = place.locator("button:not(:disabled)").first
    if not other.is_visible():
        place.locator("summary").click()
    other.click()
    wait_for_other_card(screen, before)
    assert place.locator("button:disabled").count() == 1


def test_what_was_not_judged_is_listed_and_taken_away(screen: Screen, tmp_path: Path) -> None:
    run_check(screen)
    page = screen.page
    page.get_by_text("存量清单", exact=True).click()
    page.locator(".dg-stock").first.wait_for(timeout=20_000)
    with page.expect_download(timeout=60_000) as started:
        page.get_by_role("button", name="下载存量清单 CSV").click()
    path = tmp_path / "stock.csv"
    started.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = page.locator(".dg-stock").first.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert len(rows) == sum(int(count.replace(",", "")) for count in listed) > 0


def test_english(screen: Screen) -> None:
    open_conflicts(screen)
    click_row(screen, 0)
    screen.page.get_by_text("English").click()
    screen.page.get_by_text("Where do the plans contradict").wait_for(timeout=20_000)
    card = screen.page.locator(".st-key-card")
    card.get_by_text("Demonstration data, not a legal result.").wait_for(timeout=20_000)
    assert "Prohibited" in card.inner_text()
    assert "Prohibited" in screen.page.locator(".st-key-number-prohibited").inner_text()
