"""What a rule has listed and not judged: what already stands (存量), and what an exemption surely covers (除外)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from planning.report.cards import layer_name
from planning.report.parts import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.findings import CheckRun

Kind = Literal["existing", "exempt"]

KINDS: Final[Mapping[Kind, str]] = {"existing": "存量", "exempt": "除外"}
_CAPTIONS: Final[Mapping[Kind, str]] = {
    "existing": "存量清单：现状要素，只列不判",
    "exempt": "除外清单：属性表明属于规则列明的除外情形",
}
_NOTES: Final[Mapping[Kind, str]] = {
    "existing": "现状要素建成在先，只列名称供核对，不判冲突；改建、扩建的另行判定。",
    "exempt": "按要素所登记的属性除外，仍应核对属性是否属实。",
}
_EMPTY: Final[Mapping[Kind, str]] = {"existing": "没有存量要素。", "exempt": "没有除外的要素。"}
_MOST_NAMES = 60


@dataclass(frozen=True)
class Stock:
    """The features of one layer that one rule has listed and not judged."""

    rule_id: str
    title: str
    title_en: str
    layer: str
    names: tuple[str, ...]
    """Each once, however many layers the rule holds it against."""


def list_stock(run: CheckRun, kind: Kind) -> tuple[Stock, ...]:
    """List what was not judged, by rule and layer, in the order of the rules."""
    found = []
    for result in run.results:
        names: dict[str, dict[str, None]] = {}
        for part in result.parts:
            listed = part.existing if kind == "existing" else part.exempt
            if listed:
                names.setdefault(part.subject_layer, {}).update(dict.fromkeys(listed))
        found += [
            Stock(result.rule_id, result.title, result.title_en, layer, tuple(of_layer))
            for layer, of_layer in names.items()
        ]
    return tuple(found)


def stock_table(run: CheckRun, kind: Kind) -> Table:
    """List them as a table of the report."""
    return Table(
        caption=_CAPTIONS[kind],
        headings=("规则", "图层", "个数", "名称"),
        rows=tuple(
            (f"{s.rule_id} {s.title}", layer_name(s.layer), f"{len(s.names):,}", _names(s.names))
            for s in list_stock(run, kind)
        ),
        widths=(0.27, 0.13, 0.08, 0.52),
        note=_NOTES[kind],
        empty=_EMPTY[kind],
        numeric=(2,),
    )


def _names(names: tuple[str, ...]) -> str:
    shown = "、".join(names[:_MOST_NAMES])
    if len(names) <= _MOST_NAMES:
        return shown
    return f"{shown} 等 {len(names):,} 个（全部名称见程序中存量清单的 CSV）"
