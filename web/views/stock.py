"""What was listed and not judged: what already stands (存量), and what an exemption surely covers (除外)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.report.stock import list_stock
from web.views.numbers import count_words
from web.views.plan_names import layer_title
from web.words import _, language

if TYPE_CHECKING:
    from planning.findings import CheckRun
    from planning.report.stock import Kind, Stock

NAMED = 12
"""Names that are seen before a click shows them all."""


@dataclass(frozen=True)
class StockRow:
    """The features of one layer under one rule."""

    rule_id: str
    title: str
    layer: str
    count: str
    names: str
    more: str
    """The names that are not seen at once; empty where all are."""


@dataclass(frozen=True)
class StockList:
    """One of the two lists."""

    kind: Kind
    tab: str
    """Its name with how many features it has."""
    note: str
    rows: tuple[StockRow, ...]
    empty: str
    """Said in place of rows."""
    download: str
    """Label of the button."""
    file_name: str


def stock_lists(run: CheckRun) -> tuple[StockList, StockList]:
    """Put both lists of a run into words."""
    return _list(run, "existing"), _list(run, "exempt")


def _list(run: CheckRun, kind: Kind) -> StockList:
    found = list_stock(run, kind)
    # A feature that several rules list is one feature.
    count = len({(stock.layer, name) for stock in found for name in stock.names})
    day = run.as_of.isoformat()
    if kind == "existing":
        tab, empty = _("存量 {n} 个"), _("没有存量要素。")
        note = _("存量：建成在先的要素只列名称供核对，不判冲突；改建、扩建的另行判定。")
        download, file_name = _("下载存量清单 CSV"), _("存量清单_{day}.csv").format(day=day)
    else:
        tab, empty = _("除外 {n} 个"), _("没有除外的要素。")
        note = _("除外：登记的属性表明属于规则列明的除外情形，不作冲突；属性是否属实仍应核对。")
        download, file_name = _("下载除外清单 CSV"), _("除外清单_{day}.csv").format(day=day)
    rows = tuple(_row(stock) for stock in found)
    return StockList(kind, tab.format(n=count_words(count)), note, rows, empty, download, file_name)


def _row(stock: Stock) -> StockRow:
    joined = _("、").join(stock.names[:NAMED])
    hidden = stock.names[NAMED:]
    return StockRow(
        rule_id=stock.rule_id,
        title=stock.title_en if language() == "en" else stock.title,
        layer=layer_title(stock.layer),
        count=count_words(len(stock.names)),
        names=joined if not hidden else _("{names} 等 {n} 个").format(names=joined, n=count_words(len(stock.names))),
        more=_("、").join(hidden),
    )
