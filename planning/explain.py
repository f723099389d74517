"""A finding's number explained: what went in, how it was measured, what was assumed, and how to see it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
from pyproj import CRS

from geodata.measure import measure_area_m2, measure_length_m
from geodata.trapezoid import official_area_m2
from planning.arguments import settings_arguments
from planning.numbers import area_words, length_words, share_words, value_words
from planning.words import CRS_SOURCES, SEVERITIES, SOURCE_KINDS, STATUSES, VALUE_TITLES, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.findings import CheckRun, Citation, FeatureRef, Finding, InputLayer, Value
    from planning.rulebook import Rulebook

_LINE, _POLYGON = 1, 2
_SHOWN_HASH = 12
RELATIONS = {
    "overlap": "主体与客体重叠的部分",
    "self_overlap": "同类要素彼此重叠的部分",
    "straddle": "图斑跨入另一个单元的部分",
    "within_distance": "主体落在客体外缘一定距离以内的部分",
    "outside": "主体超出客体范围的部分",
    "coverage": "应当铺满的面之间的缝隙与重叠",
    "line_crossing": "两条线的交点",
    "raster_share": "图斑中坡度超过界限的部分（按格网的精确覆盖比例）",
    "obstacle_surface": "物体顶部高出障碍物限制面的部分",
    "lookup": "属性与对照表相比",
    "required": "属性是否齐备、有效",
    "recorded_area": "登记面积与椭球面积相比",
    "total": "两个图层合计面积相比",
}
"""What each relation compares, in the words of a planner."""


@dataclass(frozen=True)
class Line:
    """One line of an explanation."""

    label: str
    words: str


@dataclass(frozen=True)
class Section:
    """One part of an explanation."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Measures:
    """The evidence measured in three ways; None where it has no area or no length."""

    planar_area_m2: float | None
    ellipsoidal_area_m2: float | None
    official_area_m2: float | None
    planar_length_m: float | None
    ellipsoidal_length_m: float | None


def measure_evidence(finding: Finding, working_crs: CRS) -> Measures:
    """
    Measure a finding's evidence in the plane, on the ellipsoid, and by the official formula.

    Parameters
    ----------
    working_crs
        The plane in which the evidence was cut.
    """
    stored = gpd.GeoSeries([finding.geometry], crs=4490)
    planar = stored.to_crs(working_crs).iloc[0]
    dimension = int(shapely.get_dimensions(finding.geometry))
    area, line = dimension == _POLYGON, dimension == _LINE
    return Measures(
        planar_area_m2=float(planar.area) if area else None,
        ellipsoidal_area_m2=float(measure_area_m2(stored)[0]) if area else None,
        official_area_m2=float(official_area_m2(stored)[0]) if area else None,
        planar_length_m=float(planar.length) if line else None,
        ellipsoidal_length_m=float(measure_length_m(stored)[0]) if line else None,
    )


def explain_finding(finding: Finding, run: CheckRun, rulebook: Rulebook, workspace: str) -> tuple[Section, ...]:
    """
    Explain one finding.

    Parameters
    ----------
    run
        The run that found it.
    rulebook
        As used by the run.
    workspace
        Folder of the workspace, as it goes into the command.

    Returns
    -------
        Sections in the order in which a person would ask.
    """
    rule = rulebook.rules[finding.rule_id]
    return (
        Section("结论", tuple(_conclusion(finding))),
        Section("用了哪些数据", tuple(_inputs(finding, run))),
        Section("怎样比较", tuple(_comparison(finding, run, RELATIONS[rule.relation]))),
        Section("怎样量算", tuple(_measures(finding, run))),
        Section("界限与依据", tuple(_limits(finding))),
        Section(
            "怎样复现",
            (
                Line("规则文件", f"{rule.source}（规则库版本 {run.rulebook_version}）"),
                Line("一条命令", reproduce_command(finding, run, workspace)),
            ),
        ),
    )


def reproduce_command(finding: Finding, run: CheckRun, workspace: str) -> str:
    """Return the command that finds the same number again."""
    arguments = [finding.finding_id, "--as-of", run.as_of.isoformat(), "--workspace", workspace]
    arguments += settings_arguments(run.settings)
    return "python -m planning explain " + " ".join(_quoted(text) for text in arguments)


def _quoted(text: str) -> str:
    """Quote for a shell of any system: double quotes, which no argument of ours holds."""
    plain = text and all(sign.isalnum() or sign in "-_=./:,\\#" for sign in text)
    return text if plain else f'"{text}"'


def _conclusion(finding: Finding) -> list[Line]:
    lines = [
        Line("规则", f"{finding.rule_id} {finding.rule_title}"),
        Line("程度", SEVERITIES[finding.severity.value] + "（疑似，供人判断）"),
    ]
    if finding.area_m2 is not None:
        lines.append(Line("面积", f"{area_words(finding.area_m2)}，即 {finding.area_m2:,.2f} m²"))
    if finding.length_m is not None:
        lines.append(Line("长度", f"{length_words(finding.length_m)}，即 {finding.length_m:,.2f} m"))
    if finding.distance_m is not None:
        lines.append(Line("距离", f"{finding.distance_m:,.2f} m"))
    if finding.excess_m is not None:
        lines.append(Line("高出", f"{finding.excess_m:,.2f} m"))
    if finding.share_pct is not None:
        lines.append(Line("占主体", share_words(finding.share_pct)))
    lines += [Line("细目", sentence(reason)) for reason in finding.details]
    return lines


def _inputs(finding: Finding, run: CheckRun) -> list[Line]:
    wanted = {finding.subject.layer, finding.against.layer}
    wanted |= {"terrain"} if wanted & {"slope", "terrain", "runway"} else set()
    return [Line(layer.name, _input_words(layer)) for layer in run.inputs if layer.key in wanted]


def _input_words(layer: InputLayer) -> str:
    date = layer.source_date or "日期未注明"
    crs = f"{layer.crs}（{CRS_SOURCES.get(layer.crs_source, layer.crs_source)}）"
    said = [f"来源 {layer.source}，{date}", f"坐标系 {crs}", f"sha256 {layer.sha256[:_SHOWN_HASH]}…"]
    if layer.demonstration:
        said.append("示意数据，非法定成果")
    return "；".join(said)


def _comparison(finding: Finding, run: CheckRun, relation: str) -> list[Line]:
    lines = [
        Line("比较", relation),
        Line("主体", _feature(finding.subject)),
        Line("客体", _feature(finding.against)),
        Line("工作坐标系", f"{run.working_crs}：求交和缓冲在此平面内进行，数字回到椭球上量算"),
    ]
    lines += [Line("假定", sentence(reason)) for reason in finding.assumptions]
    lines += [Line("待核", sentence(reason)) for reason in finding.needs_review]
    return lines


def _feature(ref: FeatureRef) -> str:
    return f"{ref.name}（{ref.plan}，整个图层）" if ref.id == "*" else f"{ref.name}（{ref.plan}，编号 {ref.id}）"


def _measures(finding: Finding, run: CheckRun) -> list[Line]:
    crs = working_crs_of(run)
    if crs is None:
        return []
    measures = measure_evidence(finding, crs)
    lines = []
    if measures.ellipsoidal_area_m2 is not None:
        ellipsoidal = measures.ellipsoidal_area_m2
        lines.append(Line("椭球面积（证据图形）", f"{ellipsoidal:,.2f} m²，大地线边，CGCS2000"))
        lines.append(Line("平面面积", _compared(measures.planar_area_m2, ellipsoidal, "仅供对照，不作结论")))
        official = "国土调查办发〔2008〕32号梯形公式，边先加密"
        lines.append(Line("官方椭球面积", _compared(measures.official_area_m2, ellipsoidal, official)))
        if finding.length_m is None and finding.area_m2 is not None and abs(finding.area_m2 - ellipsoidal) > 1:
            lines.append(Line("说明", "结论中的面积按假定的用地宽度计，与证据图形不同"))
    if measures.ellipsoidal_length_m is not None:
        ellipsoidal = measures.ellipsoidal_length_m
        lines.append(Line("椭球长度（证据图形）", f"{ellipsoidal:,.2f} m，大地线，CGCS2000"))
        lines.append(Line("平面长度", _compared(measures.planar_length_m, ellipsoidal, "仅供对照，不作结论")))
    return lines


def _compared(value: float | None, reference: float, note: str) -> str:
    if value is None or reference == 0:
        return "—"
    return f"{value:,.2f}（相差 {1e6 * (value / reference - 1):+,.1f} ppm；{note}）"


def _limits(finding: Finding) -> list[Line]:
    lines = [Line(VALUE_TITLES.get(value.name, value.name), _value_words(value)) for value in finding.values]
    if finding.borderline:
        lines.append(Line("临界", "与界限相差不足 10 %"))
    if not finding.certain:
        lines.append(Line("确定性", "可能：只在公路用地半宽取默认或高值时成立"))
    lines.append(Line("法律日", f"{finding.law_day.isoformat()}（按这一天有效的规定）"))
    return lines + [Line("依据", _citation_words(citation)) for citation in finding.citations]


def _value_words(value: Value) -> str:
    kind = SOURCE_KINDS[value.source_kind]
    source = value.source.removeprefix(kind).lstrip("：: ")
    return f"{value_words(value.value, value.unit)}（{kind}：{source}）"


def _citation_words(citation: Citation) -> str:
    seen = "，".join(part for part in (citation.version, STATUSES[citation.status]) if part)
    words = f"{citation.law} {citation.article}（{seen}）"
    return f"{words}；{citation.note}" if citation.note else words


def working_crs_of(run: CheckRun) -> CRS | None:
    """Read the working CRS of a run back from its name; None where it has no code."""
    code = run.working_crs.rpartition("（")[2].rstrip("）")
    return CRS.from_user_input(code) if code.startswith("EPSG:") else None


def plain_lines(sections: Sequence[Section]) -> list[str]:
    """Write sections as lines of text for a terminal."""
    lines = []
    for section in sections:
        lines.append(section.title)
        lines += [f"  {line.label}  {line.words}" for line in section.lines]
    return lines
