"""The differences of the two former plans as a table: class, meaning, amounts by township."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.plan_differences import CLASSES, NO_TOWNSHIP
from web.views.numbers import area_words, count_words, length_words
from web.views.plan_names import layer_title
from web.words import _

if TYPE_CHECKING:
    from planning.plan_differences import Amount, Differences


@dataclass(frozen=True)
class DifferenceRow:
    """One class."""

    letter: str
    meaning: str
    count: str
    total: str
    townships: tuple[str, ...]


@dataclass(frozen=True)
class DifferenceTable:
    """All classes, and what is said about the whole."""

    rows: tuple[DifferenceRow, ...]
    """Empty where nothing could be compared."""
    notes: tuple[str, ...]


def difference_table(differences: Differences) -> DifferenceTable:
    """Put the differences into words; where a plan is missing, say so and show no table."""
    if differences.missing:
        missing = _("、").join(layer_title(key) for key in differences.missing)
        return DifferenceTable((), (_("未比较：缺少图层 {layers}。").format(layers=missing),))
    rows = tuple(_row(letter, differences) for letter in CLASSES)
    built = _("建设用地合计：土规 {land}，城规 {urban}。").format(
        land=area_words(differences.land_built_m2), urban=area_words(differences.urban_built_m2)
    )
    notes = [built, _("A 至 H 为通行做法归纳，不是法定分类；两规只作历史衔接，以国土空间规划为准。")]
    if differences.slivers:
        crumbs = _("另有细碎图斑 {n} 个，合计 {area}，只计数，不归类。")
        notes.append(crumbs.format(n=count_words(differences.slivers), area=area_words(differences.sliver_area_m2)))
    if differences.unknown:
        unknown = _("{n} 处没有注明是否建设或用途，未比较。")
        notes.append(unknown.format(n=count_words(differences.unknown)))
    return DifferenceTable(rows, tuple(notes))


def _row(letter: str, differences: Differences) -> DifferenceRow:
    mine = sorted((a for a in differences.amounts if a.letter == letter), key=lambda a: -abs(a.area_m2 + a.length_m))
    total = differences.total(letter)
    return DifferenceRow(
        letter=letter,
        meaning=_(CLASSES[letter]),
        count="—" if letter == "E" else count_words(total.count),
        total=_amount(total) if mine else "—",
        townships=tuple(f"{_(a.township) if a.township == NO_TOWNSHIP else a.township} {_amount(a)}" for a in mine),
    )


def _amount(amount: Amount) -> str:
    if amount.letter == "H":
        return length_words(amount.length_m)
    if amount.letter != "E":
        return area_words(amount.area_m2)
    return ("+" if amount.area_m2 > 0 else "−") + area_words(abs(amount.area_m2))
