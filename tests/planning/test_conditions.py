"""Conditions answer yes, no, or that the record does not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planning.conditions import (
    code_matches,
    compares,
    fits,
    is_missing,
    listed,
    plain_text,
    read_bool,
    read_day,
    read_number,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("record", "wanted", "holds"),
    [
        ({"grade": "I"}, {"grade": "I"}, True),
        ({"grade": "II"}, {"grade": "I"}, False),
        ({}, {"grade": "I"}, None),
        ({"grade": " "}, {"grade": "I"}, None),
        ({"grade": NAN}, {"grade": "I"}, None),
        ({"level": "低"}, {"level": ["高", "中"]}, False),
        ({"level": "中"}, {"level": ["高", "中"]}, True),
        ({"land_class": "0301K"}, {"land_class": "03*"}, True),
        ({"land_class": "1301"}, {"land_class": "03*"}, False),
        ({"land_class": 301.0}, {"land_class": "301"}, True),  # a code that a spreadsheet has read as a number
        ({"chemical": "T"}, {"chemical": True}, True),
        ({"chemical": 0}, {"chemical": True}, False),
        ({"chemical": "也许"}, {"chemical": True}, None),
        ({"kv": 110}, {"kv": {"min": 35, "max": 110}}, True),
        ({"kv": "110.5"}, {"kv": {"min": 35, "max": 110}}, False),
        ({"kv": "高压"}, {"kv": {"min": 35}}, None),
        ({"codes": ""}, {"codes": {"missing": True}}, True),
        ({"codes": "2521"}, {"codes": {"missing": True}}, False),
        ({"codes": "2521"}, {"codes": {"missing": False}}, True),
        # one that surely fails decides, whatever else is open
        ({"grade": "II"}, {"grade": "I", "kind": "x"}, False),
        ({"grade": "I"}, {"grade": "I", "kind": "x"}, None),
        ({}, {}, True),
    ],
)
def test_fits(record: dict[str, Any], wanted: dict[str, Any], holds: bool | None) -> None:
    answer = fits(record, wanted)
    assert answer.holds is holds
    assert bool(answer.open) is (holds is None)


def test_an_open_answer_names_the_columns_that_would_tell() -> None:
    assert fits({"a": 1}, {"a": 1, "b": 2, "c": 3}).open == ("b", "c")


def test_two_features_compared() -> None:
    assert compares({"holder": "甲"}, {"holder": "甲"}, ("holder",), same=True).holds is True
    assert compares({"holder": "甲"}, {"holder": "乙"}, ("holder",), same=True).holds is False
    assert compares({"holder": "甲"}, {"holder": "乙"}, ("holder",), same=False).holds is True
    assert compares({"holder": "甲"}, {}, ("holder",), same=False).holds is None


@pytest.mark.parametrize(
    ("code", "codes", "holds"),
    [
        ("2521", "2521 3011", True),
        ("2521", "25", True),  # a division stands for all below it
        ("2521", "252、301", True),
        ("2521", "2522", False),
        ("2521", "2", False),  # one digit names no division
        ("", "2521", None),
        ("2521", "", None),
    ],
)
def test_listed_codes(code: str, codes: str, holds: bool | None) -> None:
    assert listed({"industry_code": code}, {"prohibited": codes}, "industry_code", "prohibited").holds is holds


def test_a_code_never_matches_one_below_it() -> None:
    assert not code_matches("25", "2521")


def test_what_data_write_is_read() -> None:
    assert [read_bool(v) for v in ("是", "Y", 1)] == [True] * 3
    assert [read_bool(v) for v in ("否", 0.0)] == [False] * 2
    assert [read_bool(v) for v in ("", None, "2")] == [None] * 3
    assert [read_number(v) for v in ("1,234.5", 7, True, "x", NAN, "inf")] == [1234.5, 7.0, None, None, None, None]
    assert read_day("2024/05/01") == date(2024, 5, 1)
    assert read_day("2024-05") == date(2024, 5, 31)
    assert read_day("2024-02-30") is None
    assert read_day(None) is None
    assert plain_text(510821.0) == "510821"
    assert is_missing(" ")
    assert not is_missing(0)
