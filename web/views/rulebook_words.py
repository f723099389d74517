"""The words of rules: layers, groups, laws, relations, and conditions on attributes, as a planner would say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from layers.schema import read_catalogue
from planning.words import CODES
from web.views.plan_names import layer_title
from web.words import _, language

if TYPE_CHECKING:
    from planning.rule import Selector
    from planning.rulebook import Rulebook

RELATIONS: Final[Mapping[str, str]] = {
    "overlap": "主体与对象重叠的部分：面算面积，线算穿越的长度",
    "self_overlap": "同类要素两两之间重叠的部分",
    "straddle": "一个图斑跨进第二个单元的部分",
    "within_distance": "主体落在对象外缘一定距离以内的部分",
    "outside": "主体没有被对象盖住、露在外面的部分",
    "coverage": "本应无缝拼接的面之间的缝隙与重叠",
    "line_crossing": "两条线路的交叉点",
    "raster_share": "图斑中坡度超过界限的部分",
    "obstacle_surface": "物体顶部高出跑道障碍物限制面的部分",
    "lookup": "主体的属性到对照表中查找",
    "required": "应有的属性是否齐全、有效",
    "recorded_area": "登记面积与椭球面积的差",
    "total": "两个图层面积合计的差",
}
"""What each relation compares."""

_DIVISION_DIGITS = 2
POINTS: Final = "主体的点位落在对象之内"
TIERS: Final[Mapping[str, str]] = {"core": "核心", "extended": "扩展"}

EVERY_LAYER: Final = "全部图层"

COLUMNS: Final[Mapping[str, str]] = {"surface": "限制面", "access": "准入", "placeholder": "占位条目"}
"""Attributes that no layer has: those that a relation or a table adds."""


def side_title(key: str) -> str:
    """Title of what a rule looks at: a layer, a table, the terrain, or every layer."""
    return _(EVERY_LAYER) if key == "*" else layer_title(key)


def group_title(group: str) -> str:
    """Title of a group of rules; a user's own group as it is written."""
    return _(group)


def tier_title(tier: str) -> str:
    """Return whether a rule belongs to the core or to the extension."""
    return _(TIERS[tier])


def law_title(key: str, rulebook: Rulebook) -> str:
    """Short name of a law; what a user's own rule writes for one that is not in the book."""
    law = rulebook.laws.get(key)
    return key if law is None else law.name.removeprefix("中华人民共和国")


def class_title(code: str) -> str:
    """Title of a class in a table of values, or of any other coded value."""
    return _(CODES.get(code, code))


def column_title(name: str, layers: tuple[str, ...] = ()) -> str:
    """Title of an attribute, as the first of some layers that has it calls it; its name where none is known."""
    if name in COLUMNS:
        return _(COLUMNS[name])
    catalogue = read_catalogue()
    meant = [catalogue[key] for key in layers if key in catalogue]
    for definition in (*meant, *catalogue.values()):
        for column in definition.columns:
            if column.name == name:
                return column.title_en if language() == "en" else column.title
    return name


def condition_words(wanted: Mapping[str, object], layers: tuple[str, ...] = ()) -> str:
    """
    Say conditions on attributes.

    Parameters
    ----------
    wanted
        As in a rule: column and value, list, range or `{missing: true}`.
    layers
        Layers that have the columns.
    """
    template = _("{name}：{value}")
    said = (template.format(name=column_title(c, layers), value=_value_words(c, v)) for c, v in wanted.items())
    return _("，且").join(said)


def selector_words(
    selector: Selector, subjects: tuple[str, ...], objects: tuple[str, ...], *, alone: bool = False
) -> str:
    """
    Say what a case must be for a number or a severity to apply.

    Parameters
    ----------
    selector
        As in a rule; empty words for one that fits all.
    subjects, objects
        Layers of the rule's two sides.
    alone
        Leave out which side an attribute belongs to.
    """
    said = []
    if selector.subject_layers:
        said.append(_("、").join(side_title(key) for key in selector.subject_layers))
    if selector.against_layers:
        said.append(_("对象为{names}").format(names=_("、").join(side_title(key) for key in selector.against_layers)))
    if selector.when:
        said.append(condition_words(selector.when, selector.subject_layers or subjects))
    if selector.when_against:
        words = condition_words(selector.when_against, selector.against_layers or objects)
        said.append(words if alone else _("对象的{words}").format(words=words))
    said += [_("双方的{name}相同").format(name=column_title(name, subjects)) for name in selector.same]
    said += [_("双方的{name}不同").format(name=column_title(name, subjects)) for name in selector.differ]
    if selector.listed is not None:
        code, codes = selector.listed
        template = _("{name}列在对象的“{list}”中")
        said.append(template.format(name=column_title(code, subjects), list=column_title(codes, objects)))
    if selector.touching is not None:
        said.append(_("与对象相接或相交") if selector.touching else _("与对象不相接"))
    return _("，且").join(said)


def _value_words(column: str, wanted: object) -> str:
    if isinstance(wanted, Mapping):
        return _range_words(column, wanted)
    choices = wanted if isinstance(wanted, (list, tuple)) else (wanted,)
    return _("、").join(dict.fromkeys(_choice_words(column, choice) for choice in choices))


def _range_words(column: str, wanted: Mapping[str, object]) -> str:
    if "missing" in wanted:
        return _("未填") if wanted["missing"] else _("已填")
    unit = next((c.unit for d in read_catalogue().values() for c in d.columns if c.name == column), "")
    low, high = wanted.get("min"), wanted.get("max")
    if low is None or high is None:
        return f"{'≥' if high is None else '≤'} {low if high is None else high} {unit}".strip()
    return f"{low}–{high} {unit}".strip() if low != high else f"{low} {unit}".strip()


def _choice_words(column: str, choice: object) -> str:
    if isinstance(choice, bool):
        return _("是") if choice else _("否")
    code = str(choice)
    if code in CODES:
        return class_title(code)
    if column == "land_class" and code.endswith("*"):
        return _land_class(code.removesuffix("*"))
    return _(code).replace("*", "…")


def _land_class(digits: str) -> str:
    """Name a division of land classes (two digits) as the map does."""
    if len(digits) > _DIVISION_DIGITS:
        return f"{digits}…"
    variants = read_catalogue()["land_use"].style.variants
    titles = [v.title_en if language() == "en" else v.title for code, v in variants.items() if code.startswith(digits)]
    return f"{digits} {titles[0]}" if titles else f"{digits}…"
