"""Conditions on attributes, with three answers: they hold, they do not, or what is recorded does not say."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from planning.dates import surely_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    Wanted: TypeAlias = Mapping[str, object]
    Record: TypeAlias = Mapping[str, object]

_YES = frozenset({"true", "1", "1.0", "t", "y", "yes", "是"})
_NO = frozenset({"false", "0", "0.0", "f", "n", "no", "否"})
_BETWEEN_CODES = re.compile(r"[\s、，,；;/]+")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LEAST_PREFIX = 2
"""Digits of an industry code that name at least a division (大类)."""


@dataclass(frozen=True)
class Answer:
    """Whether a condition holds; with `holds` None, `open` names the columns that would tell."""

    holds: bool | None
    open: tuple[str, ...] = ()


HOLDS = Answer(holds=True)
FAILS = Answer(holds=False)


def is_missing(value: object) -> bool:
    """Whether an attribute says nothing: null, NaN or blank."""
    return value is None or str(value).strip() in {"", "nan", "<NA>", "NaT"}


def same_value(have: object, want: object) -> bool:
    """Whether an attribute equals a rule's value; shapefiles write true as 1, T or Y."""
    if isinstance(want, bool):
        truth = read_bool(have)
        return truth is not None and truth is want
    return plain_text(have) == plain_text(want)


def read_bool(value: object) -> bool | None:
    """Read a yes or no as data write it; None for anything else."""
    text = str(value).strip().lower()
    return True if text in _YES else False if text in _NO else None


def read_number(value: object) -> float | None:
    """Read a number, also one stored as text; None for anything else."""
    if isinstance(value, bool) or is_missing(value):
        return None
    try:
        number = float(str(value).replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_day(value: object) -> date | None:
    """Read a date, as precisely as it is written (a month counts from its last day); None for anything else."""
    if is_missing(value):
        return None
    text = plain_text(value)[:10].replace("/", "-")
    compact = _COMPACT_DAY.fullmatch(text)  # 20260815, as survey databases write it
    try:
        return surely_from("-".join(compact.groups()) if compact is not None else text)
    except ValueError:
        return None


def plain_text(value: object) -> str:
    """Write an attribute as a code: a whole number read as a float loses its `.0`."""
    text = str(value).strip()
    return text.removesuffix(".0") if isinstance(value, float) else text


def fits(record: Record, wanted: Wanted) -> Answer:
    """
    Hold a record against conditions; all must hold.

    Parameters
    ----------
    record
        Attributes of one feature.
    wanted
        Column -> a value, a list of which any will do, a text with `*`, `{min: , max: }`, or `{missing: true}`.

    Returns
    -------
        One that surely fails decides, whatever else is open.
    """
    return all_of([_fits_one(name, record.get(name), want) for name, want in wanted.items()])


def all_of(answers: list[Answer]) -> Answer:
    """Put answers together, all of which must hold."""
    if any(answer.holds is False for answer in answers):
        return FAILS
    still_open = tuple(name for answer in answers for name in answer.open)
    return Answer(None, still_open) if still_open else HOLDS


def compares(subject: Record, against: Record, columns: tuple[str, ...], *, same: bool) -> Answer:
    """Whether two features have the same (or, each, another) value in some columns."""
    answers = []
    for name in columns:
        one, other = subject.get(name), against.get(name)
        if is_missing(one) or is_missing(other):
            answers.append(Answer(None, (name,)))
        else:
            answers.append(HOLDS if (plain_text(one) == plain_text(other)) is same else FAILS)
    return all_of(answers)


def listed(subject: Record, against: Record, column: str, names: str) -> Answer:
    """Whether the subject's code, or a division above it, is among the codes that the object lists."""
    code, codes = subject.get(column), against.get(names)
    if is_missing(codes):
        return Answer(None, (names,))
    if is_missing(code):
        return Answer(None, (column,))
    wanted = _BETWEEN_CODES.split(plain_text(codes))
    return HOLDS if any(code_matches(plain_text(code), entry) for entry in wanted) else FAILS


def code_matches(code: str, entry: str) -> bool:
    """Whether a code is an entry of a list or lies below it (`2521` below `252` and `25`)."""
    return code == entry or (len(entry) >= _LEAST_PREFIX and code.startswith(entry))


def _fits_one(name: str, have: object, want: object) -> Answer:
    if isinstance(want, dict):
        return _fits_range(name, have, want)
    if is_missing(have):
        return Answer(None, (name,))
    choices = want if isinstance(want, (list, tuple)) else [want]
    if any(_equals(have, choice) for choice in choices):
        return HOLDS
    if all(isinstance(choice, bool) for choice in choices) and read_bool(have) is None:
        return Answer(None, (name,))
    return FAILS


def _fits_range(name: str, have: object, want: Mapping[str, object]) -> Answer:
    if "missing" in want:
        return HOLDS if is_missing(have) is bool(want["missing"]) else FAILS
    number = read_number(have)
    if number is None:
        return Answer(None, (name,))
    low, high = (float(str(want.get(end, default))) for end, default in (("min", "-inf"), ("max", "inf")))
    return HOLDS if low <= number <= high else FAILS


def _equals(have: object, want: object) -> bool:
    if isinstance(want, str) and "*" in want:
        return fnmatchcase(plain_text(have), want)
    return same_value(have, want)
