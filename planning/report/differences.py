"""The differences of the two former plans as a table of the report: classes A to H by township."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.numbers import area_words, length_words
from planning.plan_differences import CLASSES, find_differences
from planning.report.cards import layer_name
from planning.report.parts import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Layer
    from planning.findings import CheckRun
    from planning.plan_differences import Amount

_NOTE = "A 至 H 为通行做法归纳，不是法定分类；两规只作历史衔接，以国土空间规划为准。"


def differences_table(layers: Mapping[str, Layer], run: CheckRun) -> Table:
    """
    Compare the two former plans.

    Parameters
    ----------
    layers
        The layers that were checked. Not changed.
    run
        Its TR-11 findings are class H.
    """
    found = find_differences(layers).with_projects(run)
    note = _NOTE
    if not found.missing:
        built = f"建设用地合计：土规 {area_words(found.land_built_m2)}，城规 {area_words(found.urban_built_m2)}。"
        crumbs = f"细碎图斑 {found.slivers:,} 个，合计 {area_words(found.sliver_area_m2)}，未归类。"
        note = f"{built}{crumbs}没有注明是否建设或用途而未比较的 {found.unknown:,} 处。{_NOTE}"
    missing = "、".join(layer_name(key) for key in found.missing)
    rows = tuple(
        (f"{amount.letter} {CLASSES[amount.letter]}", amount.township, f"{amount.count:,}", amount_words(amount))
        for letter in CLASSES
        for amount in found.amounts
        if amount.letter == letter
    )
    return Table(
        caption="两规差异图斑（按类别和乡镇）",
        headings=("类别", "乡镇", "处数", "数量"),
        rows=rows,
        widths=(0.4, 0.16, 0.1, 0.34),
        note=note,
        empty=f"未比较：缺少图层 {missing}。" if missing else "两规没有差异。",
        numeric=(2,),
    )


def amount_words(amount: Amount) -> str:
    """Say how much: a length for projects, a signed difference for the scale, else an area."""
    if amount.letter == "H":
        return length_words(amount.length_m)
    sign = "" if amount.letter != "E" else "+" if amount.area_m2 > 0 else "−"
    return sign + area_words(abs(amount.area_m2))
