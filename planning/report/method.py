"""What the report stands on: data, method, thresholds, laws, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planning.report.gaps import count_unchecked_rules
from planning.report.parts import Section, Table
from planning.report.run_settings import settings_lines
from planning.report.values import thresholds
from planning.words import STATUSES, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.findings import CheckRun, Citation, InputLayer
    from planning.rulebook import Rulebook

CERTAINTIES: Final[Mapping[str, str]] = {"real": "真实", "inferred": "推断", "synthetic": "合成（示意）"}
CRS_SOURCES: Final[Mapping[str, str]] = {"declared": "文件声明", "stored": "库内", "option": "人工指定"}
NO_CRS: Final = "—"
"""What a table, which lies nowhere, has for a CRS."""

_COUNTED: Final[Mapping[str, str]] = {"terrain": "格", "table": "行", "placeholder": "行"}
_AREA = (
    "面积、长度、距离一律为椭球量算值，不用平面值：投影坐标逐点反算为经纬度后，在图层坐标系的椭球"
    "（2000国家大地坐标系）上按测地线量算，边为相邻两个已知顶点之间的测地线（geographiclib 算法）。"
    "与《国土调查》椭球面积公式的差别只来自边的定义，长边可差数平方米。1 公顷 = 15 亩 = 10,000 m²。"
)
_LIMITS: Final = (
    "所列均为疑似冲突，是供核实和决策的线索，不是违法认定，也不是法律意见。",
    "结论只就所列数据的时点、精度和范围有效；未检测的事项见“未检测事项及原因”，未检测不等于没有冲突。",
    "标“部分核实”“未核”的依据，条文或其现行效力尚未在原文中核对，引用前应查原文。",
    "标“本项目约定”的数值（最小面积、最短长度、公路用地半宽等）不是法定值，改变它会改变条数和面积。",
    "推断、示意的线位只说明可能，不说明位置；合成数据不反映实际情况。",
    "地图均为示意图，界线未经审定，不作划界依据。",
)


def data_section(run: CheckRun) -> Section:
    """List the layers, the terrain and the tables that went in, with source, date and certainty."""
    rows = tuple(
        (
            layer.name,
            f"{layer.feature_count:,} {_COUNTED.get(kind_of(layer), '')}".rstrip(),
            layer.source or "未注明",
            layer.source_date or "未注明",
            _certainty(layer),
            _crs(layer),
            layer.sha256[:8],
        )
        for layer in run.inputs
    )
    table = Table(
        caption="参加检测的数据",
        headings=("图层、地形、清单", "要素", "来源", "时点", "可信程度", "坐标系", "校验"),
        rows=rows,
        widths=(0.16, 0.1, 0.25, 0.12, 0.13, 0.14, 0.1),
        note="可信程度：真实，来自公布资料；推断，由公布资料推算；合成，为演示而造；占位，只占正式清单的位置，"
        "须以正式公布的清单为准。校验：文件内容 SHA-256 的前 8 位。",
        empty="没有图层参加检测。",
        numeric=(1,),
    )
    names = [layer.name for layer in run.inputs if kind_of(layer) == "placeholder"]
    warning = (f"{'、'.join(names)}不是正式清单，依它得出的结论只作提示。",) if names else ()
    return Section("数据清单", warning, tables=(table,))


def method_section(run: CheckRun, rulebook: Rulebook | None) -> Section:
    """
    Say how it was computed, with every threshold and its source, what was set and assumed, and the laws.

    Parameters
    ----------
    run
        Not changed.
    rulebook
        As written, without what was changed for the run; None where it is not at hand.
    """
    overlay = (
        f"叠加：图层统一到工作坐标系 {run.working_crs}，以空间索引找出相交的要素对，求其公共部分；"
        "只共边、共点的不算。标准按一对要素的合计判断，低于标准的计数并合计，见“未入台账的碎片”。"
    )
    verdicts = (
        "结论三种：冲突（疑似）、未发现冲突、未检测（并说明原因）。"
        "规则按检测日期取当时有效的文本和数值；同一处由几条规则触及时，由指定的一条代表。"
    )
    changed = None if rulebook is None else rulebook.changed(run.settings.changes)
    sections = (
        Section("量算与叠加", (overlay, _AREA, verdicts)),
        Section("本次设定", tables=(_settings(run, rulebook),)),
        Section("标准", tables=(thresholds(run, changed),)),
        Section("假定", tables=(_assumptions(run),)),
        Section("依据", tables=(_laws(run),)),
    )
    return Section("方法", sections=sections)


def limits_section(run: CheckRun, answers: str) -> Section:
    """Say what the report does not tell; `answers` says what the self-test made of the rules."""
    borderline = sum(finding.borderline for finding in run.findings)
    review = sum(bool(finding.needs_review) for finding in run.findings)
    possible = sum(not finding.certain for finding in run.findings)
    counted = (
        f"本次结果中，临界（标准 ±10 % 以内）{borderline:,} 条，待人工核实 {review:,} 条，"
        f"只是可能（取决于公路用地半宽）{possible:,} 条；{count_unchecked_rules(run):,} 条规则有未检测的部分。"
    )
    return Section("局限", (*_LIMITS, counted, answers))


def kind_of(layer: InputLayer) -> str:
    """Tell what went in: `layer`, `terrain`, `table`, or `placeholder` for a table that is not the official one."""
    if layer.crs == NO_CRS:
        return "placeholder" if layer.certainty == "inferred" else "table"
    return "terrain" if layer.key == "terrain" else "layer"


def _certainty(layer: InputLayer) -> str:
    kind = kind_of(layer)
    if kind in {"table", "placeholder"}:
        return "占位，非正式清单" if kind == "placeholder" else "本地清单"
    words = CERTAINTIES.get(layer.certainty, layer.certainty or "未注明")
    return f"{words}；演示" if layer.demonstration else words


def _crs(layer: InputLayer) -> str:
    return NO_CRS if layer.crs == NO_CRS else f"{layer.crs}（{CRS_SOURCES.get(layer.crs_source, layer.crs_source)}）"


def _settings(run: CheckRun, rulebook: Rulebook | None) -> Table:
    return Table(
        caption="本次检测改过的设定",
        headings=("设定",),
        rows=tuple((words,) for words in settings_lines(run.settings, rulebook)),
        widths=(1.0,),
        note="只在这一次检测中改动，不代替规则所载；改动过的数值在“标准”中标“本次调整”。",
        empty="无，全部按规则库所载和默认值。",
    )


def _assumptions(run: CheckRun) -> Table:
    counts: dict[str, int] = {}
    for finding in run.findings:
        for words in {sentence(reason) for reason in finding.assumptions}:
            counts[words] = counts.get(words, 0) + 1
    rows = tuple((words, f"{count:,}") for words, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return Table(
        caption="检测中用到的假定",
        headings=("假定", "涉及冲突"),
        rows=rows,
        widths=(0.84, 0.16),
        empty="没有用到假定。",
        numeric=(1,),
    )


def _laws(run: CheckRun) -> Table:
    users: dict[Citation, list[str]] = {}
    for result in run.results:
        for citation in result.citations:
            users.setdefault(citation, []).append(result.rule_id)
    rows = tuple(
        (
            f"{citation.law} {citation.article}",
            citation.version or "未注明",
            citation.in_force_from or "未注明",
            "；".join(part for part in (STATUSES[citation.status], citation.note) if part),
            "、".join(dict.fromkeys(rules)),
        )
        for citation, rules in sorted(users.items(), key=lambda item: (item[0].law, item[0].article))
    )
    return Table(
        caption=f"检测依据（{run.as_of.isoformat()} 有效的文本）",
        headings=("法律、法规、文件及条款", "版本", "施行", "核实", "规则"),
        rows=rows,
        widths=(0.34, 0.17, 0.12, 0.22, 0.15),
        note="已核：在查到的文本中见到该条及主旨；部分核实：只见片段或未见条号；未核：未见文本。条文为转述。",
        empty="没有依据。",
    )
