"""Numbers in the language of the screen; how they are written is the report's business too (`planning.numbers`)."""

from __future__ import annotations

from planning import numbers
from planning.numbers import length_words, share_words, value_words
from web.words import _

__all__ = ["area_words", "count_words", "length_words", "share_words", "square_metres", "value_words"]

_SMALL_AREA_M2 = 100.0


def count_words(count: int) -> str:
    """`1,234`."""
    return f"{count:,}"


def area_words(area_m2: float) -> str:
    """`8.19 公顷（122.8 亩）`, or `8.19 ha (122.8 mu)`."""
    return numbers.area_words(area_m2, _)


def square_metres(area_m2: float) -> str:
    """`81,867 m²`."""
    return f"{area_m2:,.0f} m²" if area_m2 >= _SMALL_AREA_M2 else f"{area_m2:,.1f} m²"
