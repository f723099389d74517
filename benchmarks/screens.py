"""
The screens in a real Chromium, beside plain folium on the same data: `python -m benchmarks.screens`.

Prints, in seconds: first map of a warm page, and a click on the map until its answer stands; ours, the peer's and the
ratio. Then what only our screens do: a run of the check, and a row of the list until its card stands. Needs what
`start.py test` has installed. Every request that does not stay on this computer is refused and counted.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Frame, Page, Route

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = os.environ.get("DUOGUI_CHROMIUM", "/usr/bin/chromium")
ROUNDS = 5
HEADER_PX, ROW_PX = 32, 57
MAP = "iframe[title*=folium]"
PEER_APP = """
import streamlit as st
from web.routes import routes
app = st.App({script!r}, routes=routes())
"""


@contextmanager
def server(script: Path) -> Iterator[str]:
    """Run a Streamlit server on a free port of this computer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310 - our own address
                    break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def map_frame(page: Page) -> Frame:
    """Wait until the map has drawn something."""
    handle = page.wait_for_selector(MAP, timeout=120_000)
    frame = handle.content_frame() if handle else None
    if frame is None:
        raise RuntimeError("the page has no map")
    frame.wait_for_function(
        "document.querySelector('.leaflet-overlay-pane canvas, .leaflet-overlay-pane path') !== null", timeout=120_000
    )
    return frame


def first_map(page: Page, url: str) -> float:
    """Open a page and wait for its map."""
    start = time.perf_counter()
    page.goto(url)
    map_frame(page)
    return time.perf_counter() - start


def click(page: Page, number: int, answer: str) -> float:
    """Click a new place on the map and wait until the page says it has understood."""
    box = page.locator(MAP).bounding_box()
    if box is None:
        raise RuntimeError("the map is not on the page")
    before = page.locator(answer).all_inner_texts()
    start = time.perf_counter()
    page.mouse.click(box["x"] + 250 + 11 * number, box["y"] + 250 + 7 * number)
    page.wait_for_function(
        "([where, before]) => { const now = [...document.querySelectorAll(where)].map((e) => e.innerText);"
        " return now.length > 0 && JSON.stringify(now) !== JSON.stringify(before); }",
        arg=[answer, before],
        timeout=120_000,
    )
    return time.perf_counter() - start


def measure(page: Page, url: str, answer: str) -> tuple[float, float]:
    """Median of first map and of click to answer, on a warm server."""
    first_map(page, url)
    firsts = [first_map(page, url) for _ in range(ROUNDS)]
    page.wait_for_timeout(1500)
    clicks = [click(page, number, answer) for number in range(ROUNDS + 1)][1:]
    return median(firsts), median(clicks)


def check_screen(page: Page, url: str) -> tuple[float, float]:
    """Seconds of a run, click to numbers, and of a row, click to card."""
    page.goto(f"{url}/conflicts")
    page.wait_for_timeout(1500)
    start = time.perf_counter()
    page.get_by_role("button", name="运行检测").click()
    page.locator(".st-key-number-prohibited").wait_for(timeout=120_000)
    run = time.perf_counter() - start
    page.wait_for_timeout(3000)
    table = page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    if table is None:
        raise RuntimeError("the list is not on the page")
    cards = []
    for row in range(ROUNDS):
        before = page.locator(".dg-card").all_inner_texts()
        start = time.perf_counter()
        page.mouse.click(table["x"] + 16, table["y"] + HEADER_PX + ROW_PX * (row + 0.5))
        page.wait_for_function(
            "(before) => { const now = [...document.querySelectorAll('.dg-card')].map((e) => e.innerText);"
            " return now.length > 0 && JSON.stringify(now) !== JSON.stringify(before); }",
            arg=before,
            timeout=60_000,
        )
        cards.append(time.perf_counter() - start)
        page.wait_for_timeout(1500)
    return run, median(cards)


def main() -> int:
    """Print the table; 1 if a page asked for anything outside."""
    outside: list[str] = []

    def answer(route: Route) -> None:
        if route.request.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    peer = ROOT / "workspace" / "peer_app.py"
    peer.parent.mkdir(exist_ok=True)
    peer.write_text(PEER_APP.format(script=str(ROOT / "benchmarks" / "peer_app.py")), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        context.route("**/*", answer)
        page = context.new_page()
        with server(ROOT / "app.py") as url:
            ours = measure(page, url, ".dg-place header")
            run, card = check_screen(page, url)
        with server(peer) as url:
            theirs = measure(page, url, '[data-testid="stMarkdown"]')
        browser.close()
    peer.unlink()
    for name, mine, other in zip(("first map, warm", "click to answer"), ours, theirs, strict=True):
        print(f"{name:<18} ours {mine:5.2f} s   plain folium {other:5.2f} s   x{other / mine:4.1f}")
    print(f"{'run of the check':<18} ours {run:5.2f} s")
    print(f"{'row to card':<18} ours {card:5.2f} s")
    print(f"requests that would have left this computer: {len(outside)}")
    return 1 if outside else 0


if __name__ == "__main__":
    raise SystemExit(main())
