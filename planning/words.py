"""The Chinese words of verdicts, severities, statuses and reasons; the source text for every translation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.findings import Reason

VERDICTS: Final[Mapping[str, str]] = {"conflict": "冲突", "clear": "未发现冲突", "not_checked": "未检测"}
SEVERITIES: Final[Mapping[str, str]] = {"prohibited": "禁止", "conditional": "有条件", "reminder": "提示"}
STATUSES: Final[Mapping[str, str]] = {
    "verified": "已核",
    "partial": "部分核实",
    "unverified": "未核",
    "convention": "本项目约定",
}
SOURCE_KINDS: Final[Mapping[str, str]] = {"law": "法定", "convention": "本项目约定"}

TEMPLATES: Final[Mapping[str, str]] = {
    # why something was not checked
    "layer_missing": "缺少图层：{layer}",
    "layer_empty": "图层没有要素：{layer}",
    "rule_not_in_force": "检测日期早于本规则所收依据的施行日（{start}）",
    "no_law_in_force": "检测日期没有现行依据",
    "subject_is_point": "{layer}只有点位，没有用地范围",
    "wrong_geometry": "{layer}的几何类型不适用于本规则（需要{needed}）",
    "no_geometry": "{count} 个要素没有图形，未判定：{names}",
    "outside_coverage": "{layer}只覆盖部分范围，{count} 个要素在覆盖范围之外，未判定：{names}",
    "half_width_unknown": "{count} 条公路没有技术等级和路基宽度，用地外缘无从推算，未判定：{names}",
    "class_unknown": "{count} 个要素的 {column} 不在规则的分级表内，未判定：{names}",
    "outside_county": "{count} 个要素在县域外，不判定：{names}",
    "exempt": "{count} 个要素属于规则列明的除外情形，未判定：{names}",
    "far_apart": "{one}与{other}相距约 {km:,.0f} km，请核对坐标系、带号和坐标轴次序",
    "error": "检测出错：{message}",
    # what was assumed
    "half_width_by_class": (
        "公路用地半宽按技术等级“{class}”假定 {metres:g} m（低 {low:g}、高 {high:g}；本项目约定，非法定值）"
    ),
    "half_width_from_roadbed": "公路用地半宽按登记路基宽 {roadbed:g} m 推算为 {metres:g} m（本项目约定，非法定值）",
    "land_width_unknown": "没有用地宽度资料，只计穿越长度，不计占地面积",
    "bank_is_water_edge": "岸线以水面边线代替（缺河道管理范围线；起算面未见法规原文）",
    "bank_datum_unknown": "岸线的起算面未注明（{datum}）",
    "geometry_repaired": "图形有误，已修复后判定：{name}",
    "part_judged_elsewhere": "与 {rule} 重合的部分由 {rule} 判定，此处只计其余部分",
    # why a person must look first
    "status_missing": "要素未注明新建、改扩建或现状，待核；按提示处理",
    "attribute_missing": "关键属性 {column} 缺失，待核；按提示处理",
    "course_schematic": "线位为示意，结果只说明可能，不说明位置",
    "course_inferred": "线位为推断，未经公布资料证实",
    "law_partial": "依据只核实了部分文本",
}


def sentence(reason: Reason) -> str:
    """Return a reason in Chinese."""
    return TEMPLATES[reason.code].format(**reason.params)
