"""The table of half-widths of road land by class, to be changed for one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from planning.assumptions import read_half_widths
from web.words import _

if TYPE_CHECKING:
    from planning.settings import Settings


@dataclass(frozen=True)
class WidthsAnswer:
    """What a person has written into the table of half-widths."""

    widths: tuple[tuple[str, float, float, float], ...]
    """Only what differs from ours and can be used."""
    wrong: tuple[str, ...]
    """Classes whose three numbers do not rise; they stay as they were."""


def width_titles() -> tuple[str, ...]:
    """Return the titles of the table of half-widths."""
    return (_("公路技术等级"), _("低"), _("默认"), _("高"))


def width_table(settings: Settings) -> pd.DataFrame:
    """Return the half-widths of every class, in metres, as they are set."""
    changed = {name: numbers for name, *numbers in settings.half_widths}
    rows = [(_(name), *changed.get(name, list(numbers))) for name, numbers in read_half_widths().items()]
    return pd.DataFrame(rows, columns=list(width_titles()))


def read_widths(table: pd.DataFrame, settings: Settings) -> WidthsAnswer:
    """
    Read the table that a person has edited.

    Parameters
    ----------
    table
        As `width_table` gives it, with other numbers.
    settings
        What counts for a class whose numbers cannot be used.
    """
    usual, before = read_half_widths(), {name: tuple(numbers) for name, *numbers in settings.half_widths}
    widths: list[tuple[str, float, float, float]] = []
    wrong = []
    for name, row in zip(usual, table.itertuples(index=False), strict=True):
        low, default, high = (float(number) for number in row[1:])
        if not 0 <= low <= default <= high:  # also a number that was deleted
            wrong.append(_(name))
            low, default, high = before.get(name, usual[name])
        if (low, default, high) != usual[name]:
            widths.append((name, low, default, high))
    return WidthsAnswer(tuple(widths), tuple(wrong))
