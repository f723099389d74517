from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import web
from planning import numbers
from planning.words import SEVERITIES, STATUSES, TEMPLATES, VERDICTS
from web import words

if TYPE_CHECKING:
    import pytest

ROOT = Path(web.__file__).parent


def source_texts() -> list[tuple[str, str]]:
    found = extract_from_dir(str(ROOT), method_map=[("**.py", "python")], keywords={"_": None})
    return [(text, f"{path}:{line}") for path, line, text, _comments, _context in found if isinstance(text, str)]


def english() -> dict[str, str]:
    with (words.LOCALE / "en" / "LC_MESSAGES" / "web.po").open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id}


def test_every_text_has_an_english_translation() -> None:
    known = english()
    assert [f"{where}: {text}" for text, where in source_texts() if not known.get(text)] == []


def test_every_word_of_a_check_has_an_english_translation() -> None:
    """Reasons, verdicts, severities and number patterns come from `planning`, and pass through gettext too."""
    known = english()
    lists = (TEMPLATES, VERDICTS, SEVERITIES, STATUSES)
    texts = {text for words_of in lists for text in words_of.values()} | {numbers.AREA, numbers.SMALL_AREA}
    assert sorted(text for text in texts if not known.get(text)) == []


def test_a_translation_keeps_the_places_for_values() -> None:
    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    assert [text for text, translated in english().items() if translated and names(text) != names(translated)] == []


def test_the_texts_are_found_at_all() -> None:
    assert "这里规划了什么？" in {text for text, _ in source_texts()}


def test_chinese_is_its_own_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_asked", [lambda: "zh"])
    assert words._("关闭") == "关闭"
    words.follow(lambda: "en")
    assert words._("关闭") == "Close"
    assert words._("没有译文的话") == "没有译文的话"
