from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pyogrio
import pytest
from docx import Document

from planning.report.model import MAPPED

from .test_conflicts import number, run_check

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Screen

pytestmark = pytest.mark.browser


def save(screen: Screen, label: str, folder: Path) -> Path:
    button = screen.page.get_by_role("button", name=label)
    button.wait_for(timeout=240_000)
    with screen.page.expect_download(timeout=60_000) as started:
        button.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def test_report_without_a_check_offers_to_run_it(screen: Screen) -> None:
    screen.page.goto(screen.url)
    screen.page.get_by_role("link", name="报告").click()
    screen.page.get_by_text("还没有检测结果").wait_for(timeout=60_000)
    screen.page.get_by_role("button", name="运行检测").click()
    screen.page.get_by_text("里面有什么").wait_for(timeout=60_000)


def test_files_hold_what_the_screen_says(screen: Screen, tmp_path: Path) -> None:
    run_check(screen)
    found = {key: number(screen, key) for key in ("prohibited", "conditional", "reminder")}
    total = sum(found.values())
    screen.page.get_by_role("link", name="报告").click()
    screen.page.get_by_role("button", name="生成 Word 报告").click(timeout=60_000)
    word = save(screen, "下载 Word 报告", tmp_path)
    assert word.suffix == ".docx"
    document = Document(str(word))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert f"共列疑似冲突 {total:,} 条" in words
    assert f"禁止 {found['prohibited']:,} 条" in words
    assert len(document.inline_shapes) == min(total, MAPPED) + 1
    listed = max(document.tables, key=lambda table: len(table.rows))
    assert len(listed.rows) == total + 1
    assert len(pyogrio.read_dataframe(save(screen, "下载 GeoPackage", tmp_path))) == total
    with save(screen, "下载 CSV", tmp_path).open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == total
