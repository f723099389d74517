"""What the report stands on: data, method, thresholds, laws, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.schema import read_catalogue
from planning.numbers import value_words
from planning.report.cards import VALUE_TITLES, source_words
from planning.report.parts import Section, Table
from planning.words import STATUSES, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning.findings import CheckRun, Citation, InputLayer, Value
    from planning.rulebook import Rulebook

CERTAINTIES: Final[Mapping[str, str]] = {"real": "真实", "inferred": "推断", "synthetic": "合成（示意）"}
CRS_SOURCES: Final[Mapping[str, str]] = {"declared": "文件声明", "stored": "库内", "option": "人工指定"}
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
    """List the input layers with source, date and certainty."""
    rows = tuple(
        (
            layer.name,
            f"{layer.feature_count:,}",
            layer.source or "未注明",
            layer.source_date or "未注明",
            _certainty(layer),
            f"{layer.crs}（{CRS_SOURCES.get(layer.crs_source, layer.crs_source)}）",
            layer.sha256[:8],
        )
        for layer in run.inputs
    )
    table = Table(
        caption="参加检测的数据",
        headings=("图层", "要素", "来源", "时点", "可信程度", "坐标系", "校验"),
        rows=rows,
        widths=(0.16, 0.08, 0.27, 0.12, 0.13, 0.14, 0.1),
        note="可信程度：真实，来自公布资料；推断，由公布资料推算；合成，为演示而造。校验：文件内容 SHA-256 的前 8 位。",
        empty="没有图层参加检测。",
        numeric=(1,),
    )
    return Section("数据清单", tables=(table,))


def method_section(run: CheckRun, rulebook: Rulebook | None) -> Section:
    """Say how it was computed, with every threshold and its source, what was assumed, and the laws."""
    overlay = (
        f"叠加：图层统一到工作坐标系 {run.working_crs}，以空间索引找出相交的要素对，求其公共部分；"
        "只共边、共点的不算。标准按一对要素的合计判断，低于标准的计数并合计，见“未入台账的碎片和存量要素”。"
    )
    verdicts = (
        "结论三种：冲突（疑似）、未发现冲突、未检测（并说明原因）。"
        "规则按检测日期取当时有效的文本和数值；同一处由几条规则触及时，由指定的一条代表。"
    )
    sections = (
        Section("量算与叠加", (overlay, _AREA, verdicts)),
        Section("标准", tables=(_thresholds(run, rulebook),)),
        Section("假定", tables=(_assumptions(run),)),
        Section("依据", tables=(_laws(run),)),
    )
    return Section("方法", sections=sections)


def limits_section(run: CheckRun) -> Section:
    """Say what the report does not tell."""
    borderline = sum(finding.borderline for finding in run.findings)
    review = sum(bool(finding.needs_review) for finding in run.findings)
    counted = f"本次结果中，临界（标准 ±10 % 以内）{borderline:,} 条，待人工核实 {review:,} 条。"
    return Section("局限", (*_LIMITS, counted))


def _certainty(layer: InputLayer) -> str:
    words = CERTAINTIES.get(layer.certainty, layer.certainty or "未注明")
    return f"{words}；演示" if layer.demonstration else words


def _thresholds(run: CheckRun, rulebook: Rulebook | None) -> Table:
    rows: dict[tuple[str, str, str, str], None] = {}
    for result in run.results:
        for of_class, value in _values(run, result.rule_id, rulebook):
            title = f"{VALUE_TITLES.get(value.name, value.name)}{f'（{of_class}）' if of_class else ''}"
            rows[f"{result.rule_id} {title}", value_words(value.value, value.unit), *source_words(value)] = None
    return Table(
        caption="各规则的标准及其来源",
        headings=("规则与标准", "数值", "性质", "来源"),
        rows=tuple(rows),
        widths=(0.24, 0.14, 0.14, 0.48),
        note="法定：见于所列条文；本项目约定：为筛查而定，不是法定值。",
        empty="没有使用数值标准。",
    )


def _values(run: CheckRun, rule_id: str, rulebook: Rulebook | None) -> Iterator[tuple[str, Value]]:
    """Return the values of one rule, each with its class or none: of the rulebook, else as its findings show them."""
    rule = None if rulebook is None else rulebook.rules.get(rule_id)
    if rulebook is None or rule is None:
        yield from (("", value) for finding in run.findings if finding.rule_id == rule_id for value in finding.values)
        return
    for name in rule.values:
        dated = rule.value(name, run.as_of)
        if dated is None:
            continue
        if isinstance(dated.value, (int, float)):
            yield "", rulebook.shown_value(name, dated)
            continue
        for chosen in dated.value:
            yield _class_title(dated.by, chosen), rulebook.shown_value(name, dated, chosen)


def _class_title(column: str | None, value: str) -> str:
    """Return the Chinese words of a class, such as 国道, where a layer of the catalogue knows them."""
    for definition in read_catalogue().values():
        if definition.style.vary_by == column and value in definition.style.variants:
            return definition.style.variants[value].title
    return value


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
