"""Numbers as a planner reads them: thousands separators, and a unit always."""

from __future__ import annotations

from web.words import _

MU_M2 = 10_000 / 15
"""One 亩 in square metres."""
_HECTARE_M2 = 10_000.0
_SMALL_AREA_M2 = 100.0
_SMALL_MU = 10.0
_SMALL_LENGTH_M = 10.0
_LONG_LENGTH_M = 10_000.0
_SMALL_SHARE_PCT = 0.1


def count_words(count: int) -> str:
    """`1,234`."""
    return f"{count:,}"


def area_words(area_m2: float) -> str:
    """`8.19 公顷（122.8 亩）`; below 100 m² in m², because 0.00 公顷 would read as nothing."""
    mu = area_m2 / MU_M2
    if area_m2 < _SMALL_AREA_M2:
        return _("{m2} m²（{mu} 亩）").format(m2=f"{area_m2:,.1f}", mu=f"{mu:,.2f}")
    digits = 2 if mu < _SMALL_MU else 1
    return _("{ha} 公顷（{mu} 亩）").format(ha=f"{area_m2 / _HECTARE_M2:,.2f}", mu=f"{mu:,.{digits}f}")


def square_metres(area_m2: float) -> str:
    """`81,867 m²`."""
    return f"{area_m2:,.0f} m²" if area_m2 >= _SMALL_AREA_M2 else f"{area_m2:,.1f} m²"


def length_words(length_m: float) -> str:
    """`3,412 m`, from 10 km on `12.35 km`."""
    if length_m >= _LONG_LENGTH_M:
        return f"{length_m / 1000:,.2f} km"
    return f"{length_m:,.0f} m" if length_m >= _SMALL_LENGTH_M else f"{length_m:,.1f} m"


def share_words(share_pct: float) -> str:
    """`3.2 %`; never 0.0 % for something that is there."""
    if 0 < share_pct < _SMALL_SHARE_PCT:
        return "< 0.1 %"
    return f"{share_pct:,.1f} %"


def value_words(value: float, unit: str) -> str:
    """Say a rule's value as written in the rule: no digits that it does not have."""
    return f"{value:,.10g} {unit}".strip()
