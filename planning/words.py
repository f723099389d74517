"""The Chinese words of verdicts, severities, statuses and reasons; the source text for every translation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.schema import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.findings import OpenExemption, Reason

VERDICTS: Final[Mapping[str, str]] = {"conflict": "冲突", "clear": "未发现冲突", "not_checked": "未检测"}
SEVERITIES: Final[Mapping[str, str]] = {"prohibited": "禁止", "conditional": "有条件", "reminder": "提示"}
STATUSES: Final[Mapping[str, str]] = {
    "verified": "已核",
    "partial": "部分核实",
    "unverified": "未核",
    "convention": "本项目约定",
}
SOURCE_KINDS: Final[Mapping[str, str]] = {"law": "法定", "convention": "本项目约定", "changed": "本次调整"}
CRS_SOURCES: Final[Mapping[str, str]] = {
    "declared": "文件自带",
    "option": "由操作者指定",
    "stored": "工作区所存",
    "unknown": "未知",
}
VALUE_TITLES: Final[Mapping[str, str]] = {
    "min_area_m2": "最小面积",
    "min_length_m": "最短长度",
    "distance_m": "控制距离",
    "min_share_pct": "最小占比",
    "max_outside_pct": "界外占比上限",
    "slope_deg": "坡度（度）",
    "slope_pct": "坡度（百分比）",
    "abs_m2": "面积差上限",
    "rel_pct": "面积差上限（相对）",
    "tolerance_pct": "规模差容许值",
    "fence_m": "围界外侧带宽",
    "corridor_m": "走廊半宽",
    "edge_tolerance_m": "边界容差",
    "road_zone_m": "公路建筑控制区",
    "rail_zone_m": "铁路线路安全保护区",
    "design_speed_kmh": "设计时速",
}
SEGMENTS: Final[Mapping[str, str]] = {"tunnel": "隧道", "bridge": "桥梁"}
DATUMS: Final[Mapping[str, str]] = {
    "best": "各河流已有的最外一条线",
    "outer": "外缘边界线",
    "waterfront": "临水边界线",
    "water_edge": "水面边线",
}
SURFACES: Final[Mapping[str, str]] = {
    "approach": "进近面",
    "transitional": "过渡面",
    "take_off_climb": "起飞爬升面",
    "inner_horizontal": "内水平面",
    "conical": "锥形面",
    "fence": "围界外侧带",
}
CODES: Final[Mapping[str, str]] = {
    **SURFACES,
    "quarry": "采石",
    "borrow_pit": "取土",
    "blasting": "爆破作业",
    "lodging": "住宿餐饮",
    "heritage_protection": "文物保护",
    "water_supply": "供水",
    "flood_control": "防洪",
    "hazard_control": "灾害治理",
    "center": "城镇中心区",
    "residential": "居住",
    "industry": "工业、物流",
    "rural": "村庄",
    "open_pit": "露天开采",
    "underground": "地下开采",
    "environment": "保护生态环境",
    "safety": "提升安全",
    "dike": "堤防",
    "channel": "河道",
    "school": "学校",
    "hospital": "医院",
    "care_home": "养老机构",
    "office": "机关、科研和办公",
    "settlement": "村镇集中居住区",
    "logistics": "物流园",
    "commercial": "大型商业设施",
    "market": "农贸市场",
    "expressway": "高速公路",
    "national": "国道",
    "provincial": "省道",
    "county": "县道",
    "township": "乡道",
    "urban": "城市市区",
    "suburb": "城市郊区居民居住区",
    "village": "村镇居民居住区",
    "other": "其他地区",
    "*K": "可调整地类（以 K 结尾）",
    **dict.fromkeys(("existing", "现状", "既有", "已建", "建成"), "现状"),
    **dict.fromkeys(("planned", "规划", "拟建", "新建"), "新建"),
    **dict.fromkeys(("extended", "扩建", "改扩建"), "改扩建"),
    **dict(zip(("I", "II", "III", "IV"), "ⅠⅡⅢⅣ", strict=True)),
}
"""Coded values, whatever their column."""
CODED: Final[Mapping[str, Mapping[str, str]]] = {"kind": SEGMENTS, "datum": DATUMS, "surface": SURFACES}
"""Parameters of reasons whose values are codes, with the words of each."""

OUTCOMES: Final[Mapping[str, str]] = {
    "found": "找到",
    "missed": "漏检",
    "wrong_severity": "程度不符",
    "silent": "未误报",
    "false_alarm": "误报",
    "not_checked": "未检测",
}
"""What became of a known answer."""

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
    "exempt": "{count} 个要素属于规则列明的除外情形，不作冲突：{names}",
    "segment_left_out": "{kind}段不占地表，不作冲突：{names}",
    "approved_before_law": "{count} 个要素的批准日早于本规则所收依据的施行日，未判定：{names}",
    "edge_unknown": "{count} 个要素没有{column}，保护范围的外缘无从推算，未判定：{names}",
    "own_distance_missing": "{count} 个要素没有{column}，待论证，未判定：{names}",
    "value_missing": "{count} 个要素没有{column}，未判定：{names}",
    "no_such_bank": "{count} 条河流没有口径为{datum}的岸线，未判定：{names}",
    "terrain_missing": "缺少地形（数字高程）",
    "terrain_coarse": "地形的格网约 {metres:,.0f} m，粗于 {limit:,.0f} m，不足以判定图斑",
    "slope_unknown": "{count} 个要素有一部分没有高程，那一部分未判定：{names}",
    "height_unknown": "{count} 个要素没有高度，未判定：{names}",
    "ground_unknown": "限制面下有 {percent:.1f} % 的地面没有高程，未判定",
    "fence_missing": "缺少机场围界（面），围界外侧带未判定",
    "no_layer_with_column": "没有图层带有“{column}”",
    "runway_unknown": "{count} 条跑道没有标高、等级或进近类型，限制面无从建立：{names}",
    "far_apart": "{one}与{other}相距约 {km:,.0f} km，请核对坐标系、带号和坐标轴次序",
    "error": "检测出错：{message}",
    # what was assumed
    "half_width_by_class": (
        "公路用地半宽按技术等级“{class}”假定 {metres:g} m（低 {low:g}、高 {high:g}；本项目约定，非法定值）"
    ),
    "half_width_from_roadbed": "公路用地半宽按登记路基宽 {roadbed:g} m 推算为 {metres:g} m（本项目约定，非法定值）",
    "half_width_changed": (
        "公路用地半宽按本次设定，技术等级“{class}”取 {metres:g} m（低 {low:g}、高 {high:g}；非法定值）"
    ),
    "road_land_surveyed": "公路用地外缘取自现状地类中的 {count} 个公路用地图斑（1003，{date}）",
    "rail_edge_is_centre": "铁路以中心线代替路堤坡脚、路堑坡顶或桥梁外侧起算，实际保护区更宽",
    "class_assumed": "{column}未填，按 {value} 的一档判定（本项目约定）",
    "terrain_used": "地形取自{source}（{date}，格网约 {metres:,.0f} m）",
    "surfaces_partial": "限制面参数据国际民航组织附件14（第18次修订），国内标准 MH 5001 未见原文",
    "land_width_unknown": "没有用地宽度资料，只计穿越长度，不计占地面积",
    "bank_is_water_edge": "岸线以水面边线代替（缺河道管理范围线；起算面未见法规原文）",
    "bank_is_waterfront": "岸线取临水边界线（起算面未见法规原文）",
    "bank_is_outer": "岸线取外缘边界线（起算面未见法规原文）",
    "bank_datum_unknown": "岸线的起算面未注明（{datum}）",
    "geometry_repaired": "图形有误，已修复后判定：{name}",
    "part_judged_elsewhere": "与 {rule} 重合的部分由 {rule} 判定，此处只计其余部分",
    # why a person must look first
    "status_missing": "要素未注明新建、改扩建或现状，待核；按提示处理",
    "attribute_missing": "关键属性 {column} 缺失，待核；按提示处理",
    "course_schematic": "线位为示意，结果只说明可能，不说明位置",
    "course_inferred": "线位为推断，未经公布资料证实",
    "attribute_open": "关键属性 {column} 缺失，结论可能不同，待核",
    "not_announced": "{name}未注明已划定并公告，只作提示，待核",
    "only_with_high_width": "只在公路用地半宽取高值时成立（可能）",
    "law_partial": "依据只核实了部分文本",
    # numbers beside the main one
    "looked_up": "{column} {value}",
    "table_requires": "清单要求：{text}",
    "table_placeholder": "{table}是占位候选，不是正式清单，须以正式公布的清单为准",
    "code_succeeded": "旧代码属{old}，现属{new}",
    "code_unknown": "旧区划中也没有这个代码",
    "field_missing": "缺少：{column}",
    "not_recorded_as_done": "未记载已完成：{column}",
    "expired": "{column}已于 {day} 到期",
    "not_a_date": "{column}不是日期：{value}",
    "bad_code": "{column}不是规定的代码：{value}",
    "recorded_area": (
        "登记面积 {recorded:,.1f} m²，椭球面积 {area:,.1f} m²，相差 {difference:+,.1f} m²（{percent:+.3f} %）"
    ),
    "totals": "合计 {mine:,.0f} m²，对照合计 {theirs:,.0f} m²，超出 {difference:,.0f} m²",
    "bank_distance": "距{datum} {metres:,.0f} m",
    "segment_cut": "另有 {metres:,.0f} m 在{kind}上，不占地表，未计入",
    "segment_in_part": "其中 {metres:,.0f} m 在{kind}上",
    "on_segment": "全部在{kind}上，降为提示；仍须论证",
    "exemption_applied": "属性表明属于“{title}”，已按此减轻",
    "merged_objects": "涉及 {count} 处：{names}",
    "slope_share": (
        "坡度大于 {degrees:.2f}°（{percent:.1f} %）的部分占 {share:.1f} %；平均 {mean_deg:.1f}°，最大 {max_deg:.1f}°"
    ),
    "ground_above": "地形高出{surface}，最多 {excess:,.1f} m",
    "in_fence_strip": "在机场围界外 {metres:g} m 以内",
    "penetration": "顶部标高 {top:,.1f} m，{surface}在此处的限制标高 {limit:,.1f} m，高出 {excess:,.1f} m",
}


def sentence(reason: Reason) -> str:
    """Return a reason in Chinese."""
    return fill(TEMPLATES[reason.code], reason)


def fill(template: str, reason: Reason) -> str:
    """Fill a template with a reason's values, codes and columns as words."""
    words: dict[str, object] = {
        name: CODED[name].get(str(value), value) if name in CODED else value for name, value in reason.params.items()
    }
    if "column" in words:
        words["column"] = column_title(str(words["column"]))
    return template.format(**words)


def column_title(name: str) -> str:
    """Chinese title of a column by its stored name, without a unit; the name itself where no layer has it."""
    for definition in read_catalogue().values():
        for column in definition.columns:
            if column.name == name:
                return column.title
    return VALUE_TITLES.get(name, name)


def exemption_words(exemptions: Sequence[OpenExemption]) -> str:
    """Name what could exempt a finding, and what would show it."""
    return "；".join(f"{e.title}（须有：{e.evidence}）" if e.evidence else e.title for e in exemptions)
