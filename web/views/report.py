"""What the screen 报告 says: what goes into the files, of which day, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from planning.findings import Severity, Verdict
from planning.report.gaps import count_unchecked_rules
from planning.report.method import kind_of
from planning.report.model import MAPPED
from web.views.numbers import count_words
from web.views.severity import severity_look, verdict_look
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Layer
    from planning.findings import CheckRun
    from web.views.severity import Look


@dataclass(frozen=True)
class ReportView:
    """Final words of the screen."""

    day: str
    counts: tuple[tuple[Look, str], ...]
    contents: tuple[str, ...]
    """Chapters of the Word report."""
    notice: str
    """Empty where no demonstration layer is in use."""
    file_stem: str
    """Name of the files, without the ending."""


def report_view(run: CheckRun, county: str) -> ReportView:
    """Say what the files of a run will hold."""
    counts = [
        (severity_look(severity), _("{n} 处疑似冲突").format(n=count_words(run.count(severity))))
        for severity in Severity
    ]
    gaps = count_unchecked_rules(run)
    total, layers = len(run.findings), sum(kind_of(layer) == "layer" for layer in run.inputs)
    listed = _("冲突清单：{n} 处疑似冲突，每处有图、数字、依据、程序和牵头部门")
    if total > MAPPED:
        listed = _("冲突清单：{n} 处疑似冲突；最重的 {mapped} 处各有图、数字、依据、程序和牵头部门")
    counts.append((verdict_look(Verdict.NOT_CHECKED), _("{n} 条规则有未检测的部分").format(n=count_words(gaps))))
    return ReportView(
        day=_("按 {day} 有效的规定").format(day=run.as_of.isoformat()),
        counts=tuple(counts),
        contents=(
            _("结论：{n} 条规则的三种结论，未检测的写明原因").format(n=count_words(len(run.results))),
            listed.format(n=count_words(total), mapped=count_words(MAPPED)),
            _("检测范围与数据清单：{n} 个图层的来源、日期、坐标系和可靠程度").format(n=count_words(layers)),
            _("口径与局限：面积算法、本次设定、假定、阈值、依据核实程度、已知答案自检"),
            _("附表：存量清单、除外清单"),
        ),
        notice=_("示意数据，非法定成果：文件每页都会注明。") if run.uses_demonstration_data else "",
        file_stem=_("{county}多规合一冲突检测_{day}").format(county=county, day=run.as_of.isoformat()),
    )


def county_name(layers: Mapping[str, Layer]) -> str:
    """Return the name of the county whose boundary is in the workspace."""
    if "county" not in layers or layers["county"].frame.empty:
        return _("本县")
    return str(layers["county"].frame["name"].iloc[0])


def making_words(done: int, total: int, step: str) -> tuple[float, str]:
    """Return the share done, 0 to 1, and words that say what is being made."""
    if done >= total:
        return 1.0, _("正在写入文件…")
    return done / total, _("正在制作第 {n} 步，共 {total} 步：{step}").format(n=done + 1, total=total, step=step)


def report_html(view: ReportView) -> str:
    """Draw what the files hold."""
    chapters = "".join(f"<li>{escape(words)}</li>" for words in view.contents)
    counts = "".join(
        f'<div><small style="color:{look.colour}">{look.mark} {escape(look.word)}</small><b>{escape(number)}</b></div>'
        for look, number in view.counts
    )
    notice = f'<p class="dg-amber">{escape(view.notice)}</p>' if view.notice else ""
    title = _("里面有什么")
    return (
        f'<section class="dg-inside"><h2>{title}</h2><div class="dg-facts">{counts}</div>'
        f"<p>{escape(view.day)}</p><ol>{chapters}</ol>{notice}</section>"
    )


def files_html(title: str, words: str) -> str:
    """Draw the head of one kind of file."""
    return f'<div class="dg-file"><b>{escape(title)}</b><span>{escape(words)}</span></div>'


def missing_font_words() -> str:
    """Say what to do where no Chinese font is installed."""
    return _(
        "没有找到中文字体，地图上的字会变成方块，所以没有生成报告。请安装“微软雅黑”或“Noto Sans CJK SC”"
        "（Debian / Ubuntu：apt install fonts-noto-cjk），再重新启动本程序。"
    )
