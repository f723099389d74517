"""A short rule of one's own, to be changed in one place."""

from __future__ import annotations

from typing import Any


def value(number: object, **other: Any) -> list[dict[str, Any]]:
    return [
        {"from": "2020-01-01", "value": number, "unit": "m", "source": {"kind": "convention", "text": "约定"}, **other}
    ]


def rule(**other: Any) -> dict[str, Any]:
    return {
        "id": "X-1",
        "title": "规则",
        "relation": "overlap",
        "subject": {"layers": ["project"]},
        "against": {"layers": ["zone"]},
        "severity": {"default": "prohibited"},
        "values": {"min_area_m2": value(10), "min_length_m": value(1)},
        "basis": [{"law": "约定", "article": "1", "status": "convention"}],
        "lead_department": "本单位",
        **other,
    }
