"""Dates of law as precisely as they are known: a day, a month or a year."""

from __future__ import annotations

import calendar
import re
from datetime import date

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def surely_from(text: str) -> date:
    """
    Read an ISO date, a year-month or a year as the first day on which it surely applies.

    Parameters
    ----------
    text
        `2026-08-15`, `2022-08` or `2023`.

    Returns
    -------
        The day itself, or the last day of the month or year: a law known only by its month
        is not cited for a day on which it may not yet have applied.

    Raises
    ------
    ValueError
        If the text is none of the three or no such day exists.
    """
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date. Write YYYY-MM-DD, or YYYY-MM or YYYY where no more is known.")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None  # noqa: S101 - the pattern has matched four digits
    if month is None:
        return date(year, 12, 31)
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ValueError(f"{text!r} is not a day of the calendar. Correct the month or the day.") from error
