from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from planning.rulebook import read_rulebook

from .test_conflicts import run_check

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from .conftest import Screen

pytestmark = pytest.mark.browser

SIZES = ((1366, 768), (1280, 720))


def open_rulebook(screen: Screen) -> None:
    screen.page.goto(screen.url)
    screen.page.get_by_role("link", name="规则库").click(timeout=60_000)
    screen.page.locator(".dg-rule").wait_for(timeout=60_000)
    # While the screen before leaves, the page is put together anew once more: what is typed until then is lost.
    screen.page.wait_for_timeout(1500)


def find(screen: Screen, text: str, title: str) -> None:
    """Search and wait until the rule of this title is open."""
    box = screen.page.locator(".st-key-rule-filters input").first
    box.fill(text)
    box.press("Enter")
    screen.page.locator(".dg-rule h2", has_text=title).wait_for(timeout=20_000)


def tab(screen: Screen, name: str) -> Locator:
    screen.page.get_by_role("tab", name=name, exact=True).click()
    return screen.page.locator('[role="tabpanel"]:visible')


@pytest.mark.parametrize("size", SIZES)
def test_the_screen_fits_without_scrolling_sideways(screen: Screen, size: tuple[int, int]) -> None:
    screen.page.set_viewport_size({"width": size[0], "height": size[1]})
    open_rulebook(screen)
    for name in ("怎么判", "数值", "依据与沿革", "已知答案"):
        tab(screen, name)
        screen.page.wait_for_timeout(300)
        wider = screen.page.evaluate(
            """() => [...document.querySelectorAll('html, [data-testid="stMain"], .st-key-rule, .st-key-rule-list')]
                .filter(e => e.scrollWidth > e.clientWidth).map(e => e.className || e.tagName)"""
        )
        assert wider == []
    assert screen.page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight") <= size[1]


def test_every_rule_is_listed_and_the_whole_row_is_the_target(screen: Screen) -> None:
    open_rulebook(screen)
    page = screen.page
    rows = page.locator('.st-key-rule-list [role="radiogroup"] > div')
    rules = len(read_rulebook().rules)
    rows.nth(rules - 1).wait_for(state="attached", timeout=20_000)
    assert rows.count() == rules
    rows.nth(1).scroll_into_view_if_needed()
    box = rows.nth(1).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] - 8)
    page.locator(".dg-rule h2", has_text="LN-02").wait_for(timeout=20_000)
    page.keyboard.press("ArrowDown")
    page.locator(".dg-rule h2", has_text="LN-03").wait_for(timeout=20_000)


def test_a_rule_tells_what_it_stands_on_and_when_its_law_changed(screen: Screen) -> None:
    open_rulebook(screen)
    find(screen, "水污染防治法 第六十六条", "WA-02")
    judging = tab(screen, "怎么判").inner_text()
    for words in ("饮用水水源二级保护区", "排放污染物：是", "豁免", "材料", "程序", "牵头"):
        assert words in judging
    laws = tab(screen, "依据与沿革")
    assert "由《生态环境法典》代替" in laws.inner_text()
    drawing = laws.locator("img.dg-timeline")
    screen.page.wait_for_function("document.querySelector('img.dg-timeline').naturalWidth > 0")
    assert "水污染防治法" in (drawing.get_attribute("alt") or "")
    head = screen.page.locator(".dg-rule").inner_text()
    assert "部分核实" in head
    assert "违法" not in screen.page.locator("body").inner_text()


def test_a_number_is_changed_for_one_run_and_the_result_says_so(screen: Screen) -> None:
    open_rulebook(screen)
    find(screen, "TR-01", "TR-01")
    tab(screen, "数值")
    number = screen.page.get_by_role("spinbutton", name=re.compile("国道"))
    assert number.input_value() == "20"
    number.fill("25")
    number.press("Enter")
    screen.page.get_by_text("→ 25 m").wait_for(timeout=20_000)
    screen.page.get_by_role("link", name="冲突检测").click()
    screen.page.get_by_role("button", name="检测设置").click()
    screen.page.get_by_text("规则数值改动 1 处：TR-01").wait_for(timeout=20_000)
    screen.page.keyboard.press("Escape")
    screen.page.get_by_role("button", name="运行检测").click()
    screen.page.locator(".dg-changed", has_text="20 m → 25 m").wait_for(timeout=120_000)
    screen.page.get_by_role("link", name="规则库").click()
    screen.page.locator(".dg-last", has_text=re.compile("[●○▨]")).wait_for(timeout=20_000)


def test_the_self_test_tells_what_it_is_doing_and_what_it_found(screen: Screen) -> None:
    open_rulebook(screen)
    screen.page.get_by_text("已知答案自检", exact=True).click()
    screen.page.get_by_role("button", name=re.compile("运行自检|再运行一次")).click()
    screen.page.get_by_text(re.compile("正在检测示范县，第 .+ 条")).first.wait_for(timeout=60_000)
    answer = screen.page.locator(".dg-test")
    answer.wait_for(timeout=120_000)
    said = re.search(r"找到 ([\d,]+) / 应找到 ([\d,]+) · 漏检 [\d,]+ · 误报 [\d,]+", answer.inner_text())
    assert said is not None
    assert int(said[1].replace(",", "")) > 0


def test_the_list_marks_what_the_last_check_said(screen: Screen) -> None:
    run_check(screen)
    screen.page.get_by_role("link", name="规则库").click()
    rows = screen.page.locator(".st-key-rule-list label", has_text="EC-02")
    rows.first.wait_for(timeout=20_000)
    assert rows.first.inner_text().strip()[0] == "●"


def test_english(screen: Screen) -> None:
    open_rulebook(screen)
    screen.page.get_by_text("English", exact=True).click()
    screen.page.get_by_text("judged how?").wait_for(timeout=20_000)
    screen.page.locator(".dg-rule h2", has_text="Permanent basic farmland").wait_for(timeout=20_000)
    wider = screen.page.evaluate(
        """() => document.querySelector('[data-testid="stMain"]').scrollWidth
            > document.querySelector('[data-testid="stMain"]').clientWidth"""
    )
    assert not wider
