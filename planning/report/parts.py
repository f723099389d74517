"""The pieces of a report: final words and rows, the same for every file format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date


class Pictures(Protocol):
    """Draws the report's maps when a writer wants them: a hundred of them take seconds."""

    def overview(self) -> bytes:
        """PNG of the whole county with all findings."""
        ...

    def card(self, number: int) -> bytes:
        """PNG of the place of one finding, by its number."""
        ...


@dataclass(frozen=True)
class Table:
    """A table with its caption; `widths` are shares of the page's width."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    note: str = ""
    """What the numbers mean, under the table."""
    empty: str = "无。"
    """Said instead of a table without rows."""
    numeric: tuple[int, ...] = ()
    """Columns of numbers, set to the right."""


@dataclass(frozen=True)
class Section:
    """Paragraphs, then tables, under a heading."""

    title: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Card:
    """One conflict, as the screen's conflict card has it."""

    number: int
    title: str
    """Rule id and title."""
    severity: str
    """Key: `prohibited`, `conditional` or `reminder`."""
    severity_words: str
    pair: str
    townships: str
    numbers: str
    rows: tuple[tuple[str, str], ...]
    """Label and words: law, procedure, exemptions, lead department, what was assumed, ..."""
    caption: str
    """Of its map."""


@dataclass(frozen=True, eq=False)
class Report:
    """A whole report, before any file format."""

    county: str
    title: str
    as_of: date
    created: date
    rulebook_version: str
    notice: str | None
    """On the cover and every page; None unless demonstration data were used."""
    caution: str
    """What the report is not."""
    facts: tuple[tuple[str, str], ...]
    """Label and words on the cover."""
    headline: tuple[tuple[str, str, str], ...]
    """The four big numbers: severity key (or `not_checked`), title, number."""
    front: tuple[Section, ...]
    """Summary, data."""
    overview_title: str
    overview_caption: str
    cards_title: str
    cards_note: str
    cards: tuple[Card, ...]
    back: tuple[Section, ...]
    """What was not checked and why, what was dropped, method, limits, annexes."""
    pictures: Pictures
