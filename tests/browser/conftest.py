from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from web.assets import VENDOR
from web.cached import DEFAULT_WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = Path(os.environ.get("DUOGUI_CHROMIUM", "/usr/bin/chromium"))
START_S = 90


@dataclass
class Screen:
    """A page of the running server, with what it asked of others and what went wrong in it."""

    page: Page
    url: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration county: the one that is there, else made for the test."""
    given = Path(os.environ.get("DUOGUI_WORKSPACE") or DEFAULT_WORKSPACE)
    if (given / "catalogue.sqlite").exists():
        return given
    from geodata.demo.build import build_demo

    made = tmp_path_factory.mktemp("workspace") / "demo"
    build_demo(made)
    return made


@pytest.fixture(scope="session")
def server(demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not CHROMIUM.exists() or not VENDOR.exists():
        missing = "needs Chromium, and the browser files that start.py brings"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DUOGUI_WORKSPACE": str(demo_workspace)}
    environment.pop("DUOGUI_GAODE", None)
    environment.pop("DUOGUI_TIANDITU_TOKEN", None)
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection(url.removeprefix("http://"), timeout=2)
        try:
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.3)
        finally:
            connection.close()
    pytest.fail(f"the server did not start: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def screen(server: str, browser: Browser) -> Iterator[Screen]:
    """A fresh browser of an office PC without internet; it must not have asked for anything outside."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    opened = Screen(page, server)

    def answer(route: Route) -> None:
        address = route.request.url
        if address.startswith((server, server.replace("http", "ws"), "data:", "blob:")):
            route.continue_()
        else:
            opened.outside.append(address)
            route.abort()

    context.route("**/*", answer)
    page.on("pageerror", lambda error: opened.errors.append(str(error)))
    page.on("response", lambda got: opened.errors.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    yield opened
    context.close()
    assert opened.outside == []
    assert opened.errors == []
