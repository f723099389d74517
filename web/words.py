"""The words of the screens: the Chinese source text is the key, other languages come from `web/locale`."""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Callable

Language = Literal["zh", "en"]

LOCALE = Path(__file__).with_name("locale")


def _chinese() -> Language:
    return "zh"


_asked: list[Callable[[], Language]] = [_chinese]


def follow(language_now: Callable[[], Language]) -> None:
    """
    Ask this function for the language from now on.

    `web.session` does so when it is imported: the words know no screen, and a view without a screen speaks Chinese.
    """
    _asked[0] = language_now


def language() -> Language:
    """Return the language of the screen that is being drawn."""
    return _asked[0]()


def _(text: str) -> str:
    """Return a Chinese text in the language of the screen; the text itself where there is no translation."""
    return translations(language()).gettext(text)


@cache
def translations(wanted: Language) -> NullTranslations:
    """Read the translations of a language; compiled here, so that no binary file has to be kept in step."""
    path = LOCALE / wanted / "LC_MESSAGES" / "web.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalog = read_po(source, locale=wanted)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
