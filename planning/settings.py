"""What a person may set for one run without touching a rule file; every run records it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning.conditions import read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

BANK_DATUMS = ("best", "outer", "waterfront", "water_edge")
"""Which line counts as the bank: the best that a river has (in the order that follows), or one kind only."""


_PLACE = re.compile(r"[1-9]\d*")
_WIDTHS = 3


class SettingError(ValueError):
    """A setting that cannot be used: names it, its value and the remedy."""


@dataclass(frozen=True)
class Change:
    """One number of a rule, replaced for one run."""

    rule_id: str
    name: str
    entry: int
    """Position among the value's entries."""
    choice: str
    """Class in a table of values; empty where there is one number."""
    number: float


@dataclass(frozen=True)
class Settings:
    """Choices for one run."""

    county_plan_in_force: bool = True
    """Whether the county's territorial plan is approved: then the former two plans are history."""
    bank_datum: str = "best"
    half_widths: tuple[tuple[str, float, float, float], ...] = ()
    """Technical class of a road with low, default and high half-width of its land, where they differ from ours."""
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        if self.bank_datum not in BANK_DATUMS:
            raise SettingError(f"bank_datum {self.bank_datum!r} is unknown. Choose one of {', '.join(BANK_DATUMS)}.")
        for technical_class, low, default, high in self.half_widths:
            if not 0 <= low <= default <= high < math.inf:
                raise SettingError(
                    f"half-width of {technical_class}: {low:g} / {default:g} / {high:g} m. "
                    "Write low, default and high, each at least as large as the one before."
                )


DEFAULTS = Settings()


def read_settings(raw: Mapping[str, Any]) -> Settings:
    """
    Read settings as people write them.

    Parameters
    ----------
    raw
        `county_plan_in_force`, `bank_datum`, `half_widths: {class: [low, default, high]}` and
        `values: {rule: {name: number}}`, where a table of values takes `{class: number}` and the n-th of several
        entries is written `name#n`, counted from 1.

    Raises
    ------
    SettingError
        For a setting that does not exist or has another form.
    """
    known = {"county_plan_in_force", "bank_datum", "half_widths", "values"}
    for name in raw:
        if name not in known:
            raise SettingError(f"setting {name!r} is unknown. Choose among {', '.join(sorted(known))}.")
    in_force = raw.get("county_plan_in_force", True)
    if not isinstance(in_force, bool):
        raise SettingError(f"county_plan_in_force {in_force!r} is neither. Write true or false.")
    changes = []
    for rule_id, values in _mapping(raw, "values").items():
        for text, number in _mapping({rule_id: values}, rule_id).items():
            name, hash_sign, place = str(text).partition("#")
            if hash_sign and not _PLACE.fullmatch(place):
                raise SettingError(f"values {rule_id} {text!r}: entries are counted from 1. Write name#1.")
            numbers = number.items() if isinstance(number, dict) else [("", number)]
            changes += [Change(rule_id, name, int(place or 1) - 1, str(k), _number(v, rule_id)) for k, v in numbers]
    return Settings(
        county_plan_in_force=in_force,
        bank_datum=str(raw.get("bank_datum", "best")),
        half_widths=tuple(_half_width(name, widths) for name, widths in _mapping(raw, "half_widths").items()),
        changes=tuple(changes),
    )


def _mapping(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name, {})
    if not isinstance(found, dict):
        raise SettingError(f"{name}: {found!r} is not a table. Write `key: value` lines.")
    return found


def _half_width(name: str, widths: object) -> tuple[str, float, float, float]:
    if not isinstance(widths, (list, tuple)) or len(widths) != _WIDTHS:
        raise SettingError(f"half-width of {name}: {widths!r}. Write [low, default, high].")
    low, default, high = (_number(width, f"half-width of {name}") for width in widths)
    return name, low, default, high


def _number(value: object, name: str) -> float:
    number = read_number(value)
    if number is None:
        raise SettingError(f"{name}: {value!r} is not a number. Correct it.")
    return number
