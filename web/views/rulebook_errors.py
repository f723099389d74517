"""What is wrong with a rule file of the workspace's own, in words for the person who wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.local_rules import LocalRuleError

FAULTS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"`(?P<a>[^`]+)` is not a field of", "字段“{a}”不认识", "改正字段名，或删去这一行"),
    (r"(?P<b>[\w.]*):? ?`(?P<a>[^`]+)` is missing", "缺少字段“{a}”", "补上这个字段"),
    (r"relation `(?P<a>[^`]+)` is unknown", "比较方式“{a}”不认识", "照 planning/rules/ 里的规则改写 relation"),
    (r"severity `(?P<a>[^`]+)` is unknown", "级别“{a}”不认识", "写 prohibited、conditional、reminder 或 none"),
    (r"status `(?P<a>[^`]+)` is unknown", "核实状态“{a}”不认识", "写 verified、partial 或 unverified"),
    (r"source kind `(?P<a>[^`]+)` is unknown", "来源类别“{a}”不认识", "写 law（法定）或 convention（约定）"),
    (r"effect `(?P<a>[^`]+)` is unknown", "豁免的作用“{a}”不认识", "写 exempt、reminder 或 conditional"),
    (r"layer `(?P<a>[^`]+)` is neither", "图层“{a}”不在图层目录里，也不在工作区里", "改正图层的键，或先导入这个图层"),
    (r"id (?P<a>\S+) is used by another rule", "编号 {a} 已被另一条规则使用", "换一个自己的编号"),
    (r"(?P<a>\S+) is not a number of at least 0", "{a} 不是大于等于 0 的数", "改成数字"),
    (r"basis is empty", "没有写依据", "在 basis 里写明法律条文，或写明是本单位的约定"),
    (r"a table of values needs `by`", "分级取值没有写按哪个属性分级", "补上 by"),
    (r"otherwise `(?P<a>[^`]+)` is not in the table", "otherwise 的“{a}”不在分级表内", "改成表内的一级"),
    (r"`(?P<a>[^`]+)` is unknown", "“{a}”不认识", "照 planning/rules/ 里的规则改写"),
    (r"(?P<a>\S+) is not a date", "{a} 不是日期", "写作 2026-01-31，不知道日的写 2026-01"),
    (r"impossible date|is not a day of the calendar", "日期在日历上不存在", "改正日期，并给日期加引号"),
    (r"is not UTF-8", "文件不是 UTF-8 编码", "另存为 UTF-8"),
    (r"is not YAML", "文件不是 YAML 格式，多半是缩进或冒号后少了空格", "对照 planning/rules/ 里的规则改正"),
    (r"holds no `key: value`", "文件里没有“字段: 内容”", "照 planning/rules/ 里的规则改写"),
    (r"cannot be read", "文件打不开", "核对文件的权限"),
    (r"replace each other in a circle", "几条规则互相代替，成了一个圈", "删去其中一处 replaces"),
)
"""Pattern of what the reader says, the fault and its remedy; the first that fits counts."""

OTHER_FAULT: Final = "写法不符合规则格式"
OTHER_REMEDY: Final = "对照 planning/rules/ 里的规则改写"


@dataclass(frozen=True)
class FaultCard:
    """One rule file that is not in use."""

    file: str
    line: str
    """Empty where the file as a whole is wrong."""
    fault: str
    remedy: str
    original: str
    """The words of the reader, for those who write rule files."""


def fault_cards(errors: Sequence[LocalRuleError]) -> tuple[FaultCard, ...]:
    """Put rule files that cannot be used into words."""
    return tuple(_card(error) for error in errors)


def faults_html(cards: Sequence[FaultCard]) -> str:
    """Draw the files that are not in use; empty for none."""
    if not cards:
        return ""
    head = _("本地规则有 {n} 个文件没有启用，其余规则照常运行").format(n=len(cards))
    remedy, details = _("怎么办"), _("技术细节（给信息中心）")
    items = "".join(
        f"<li><b>{escape(' '.join(part for part in (card.file, card.line) if part))}</b> {escape(card.fault)}"
        f"<span>{remedy}</span> {escape(card.remedy)}"
        f"<details><summary>{details}</summary><code>{escape(card.original)}</code></details></li>"
        for card in cards
    )
    return f'<section class="dg-faults" role="alert"><h3>{escape(head)}</h3><ul>{items}</ul></section>'


def _card(error: LocalRuleError) -> FaultCard:
    fault, remedy = _(OTHER_FAULT), _(OTHER_REMEDY)
    for pattern, what, how in FAULTS:
        match = re.search(pattern, error.message)
        if match is not None:
            fault, remedy = _(what).format(**match.groupdict()), _(how)
            break
    line = "" if error.line is None else _("第 {n} 行").format(n=error.line)
    return FaultCard(f"rules/{error.path.name}", line, fault, remedy, error.message)
