"""How much a finding is: the one number that stands for it, and all of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planning.numbers import area_words, full_area_words, length_words, share_words
from planning.words import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planning.findings import Finding, Reason

SHORT: Final[Mapping[str, str]] = {
    "looked_up": "{column} {value}",
    "field_missing": "缺少：{column}",
    "not_recorded_as_done": "未记载：{column}",
    "expired": "{column}已到期",
    "not_a_date": "{column}不是日期",
    "bad_code": "{column}代码有误",
    "code_unknown": "代码查无归属",
    "code_succeeded": "旧代码，现属{new}",
    "recorded_area": "相差 {difference:+,.1f} m²",
    "totals": "超出 {difference:,.0f} m²",
}
"""Details that say what is found where no measure does, in a few words. The place itself is then no amount."""

PLACEHOLDER: Final = "table_placeholder"
"""The detail that says: this list only holds the place of an official one."""

EXCESS: Final = "高出 {metres}"
DISTANCE: Final = "距 {metres}"
PIECES: Final = "{n} 处"
SEVERAL: Final = "{first} 等 {n} 项"


def _as_it_is(text: str) -> str:
    return text


def speaking_details(finding: Finding) -> tuple[Reason, ...]:
    """Return the details that stand for a finding which has no measure of its own; empty for one that has."""
    return tuple(detail for detail in finding.details if detail.code in SHORT)


def main_amount(
    finding: Finding,
    translate: Callable[[str], str] = _as_it_is,
    say: Callable[[str, Reason], str] = fill,
) -> str:
    """
    Say the one number that stands for a finding.

    Parameters
    ----------
    finding
        Not changed.
    translate
        Brings a Chinese pattern into the language of the reader.
    say
        Fills a pattern with a reason's values.

    Returns
    -------
        How far it rises above a surface, else its first detail in short words, else its distance, length or area.
    """
    if finding.excess_m is not None:
        return translate(EXCESS).format(metres=length_words(finding.excess_m))
    details = speaking_details(finding)
    if details:
        first = say(translate(SHORT[details[0].code]), details[0])
        alike = sum(detail.code != "looked_up" for detail in details)
        return first if alike <= 1 else translate(SEVERAL).format(first=first, n=alike)
    if finding.distance_m is not None:
        return translate(DISTANCE).format(metres=length_words(finding.distance_m))
    if finding.length_m is not None:
        return length_words(finding.length_m)
    if finding.area_m2 is not None:
        return area_words(finding.area_m2, translate)
    return translate(PIECES).format(n=f"{finding.pieces:,}")


def numbers_words(finding: Finding) -> str:
    """Say how much: places, length, area, distance and share, each only where it was measured."""
    if speaking_details(finding):
        own = [f"要素面积 {full_area_words(finding.area_m2)}"] if finding.area_m2 is not None else []
        own += [f"要素长度 {length_words(finding.length_m)}"] if finding.length_m is not None else []
        return "；".join([main_amount(finding), *own])
    crosses = finding.length_m is not None
    parts = [f"{'穿越' if crosses else '涉及'} {finding.pieces:,} 处"]
    if finding.excess_m is not None:
        parts.append(f"高出限制面 {length_words(finding.excess_m)}")
    if finding.length_m is not None:
        parts.append(f"长 {length_words(finding.length_m)}")
    if finding.area_m2 is not None:
        parts.append(f"{'计占' if crosses else '面积'} {full_area_words(finding.area_m2)}")
    if finding.distance_m is not None:
        parts.append(f"最近距离 {length_words(finding.distance_m)}")
    if finding.share_pct is not None:
        parts.append(f"占主体{'长度' if crosses else ''} {share_words(finding.share_pct)}")
    return "；".join(parts)
