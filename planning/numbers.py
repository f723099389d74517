"""Numbers as a planner reads them, on the screen and in a report: formatted here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

AREA: Final = "{ha} 公顷（{mu} 亩）"
SMALL_AREA: Final = "{m2} m²（{mu} 亩）"

_HECTARE_M2 = 10_000.0
_MU_M2 = 10_000.0 / 15.0
_SMALL_AREA_M2 = 100.0
_SMALL_MU = 10.0
_SMALL_LENGTH_M = 10.0
_LONG_LENGTH_M = 10_000.0
_SMALL_SHARE_PCT = 0.1
NOTHING = "—"


def _as_it_is(text: str) -> str:
    return text


def area_words(area_m2: float, translate: Callable[[str], str] = _as_it_is) -> str:
    """`8.19 公顷（122.8 亩）`; below 100 m² in m², because 0.00 公顷 would read as nothing."""
    mu = area_m2 / _MU_M2
    if area_m2 < _SMALL_AREA_M2:
        return translate(SMALL_AREA).format(m2=f"{area_m2:,.1f}", mu=f"{mu:,.2f}")
    digits = 2 if mu < _SMALL_MU else 1
    return translate(AREA).format(ha=f"{area_m2 / _HECTARE_M2:,.2f}", mu=f"{mu:,.{digits}f}")


def full_area_words(area_m2: float) -> str:
    """`8.19 公顷（122.8 亩），即 81,867 m²`; a small area is in m² already, one under 0.1 m² says so."""
    if area_m2 < 0.1:  # noqa: PLR2004  the last digit shown
        return f"不足 0.1 m²（{area_m2:.3f} m²）"
    if area_m2 < _SMALL_AREA_M2:
        return area_words(area_m2)
    return f"{area_words(area_m2)}，即 {area_m2:,.0f} m²"


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


def sum_words(area_m2: float, length_m: float) -> str:
    """Say a sum of areas and of lengths, each only if there is any."""
    parts = []
    if area_m2 > 0:
        parts.append(area_words(area_m2))
    if length_m > 0:
        parts.append(length_words(length_m))
    return "；".join(parts) or NOTHING
