"""All that 规则库 says of one rule, in final words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.words import SEGMENTS
from web.views.plan_names import department_words, value_name
from web.views.rulebook import RuleResultLine, Verification, last_result, verification
from web.views.rulebook_law import LawText, doubt_words, law_texts
from web.views.rulebook_values import ValueRow, limit_words, value_rows
from web.views.rulebook_words import (
    POINTS,
    RELATIONS,
    column_title,
    condition_words,
    group_title,
    selector_words,
    side_title,
    tier_title,
)
from web.views.severity import severity_look
from web.words import _, language

if TYPE_CHECKING:
    from datetime import date

    from planning.findings import CheckRun, Severity
    from planning.rule import Exemption, Rule, Side
    from planning.rulebook import Rulebook
    from planning.settings import Settings
    from web.views.severity import Look

RANKS = {
    1: "自然保护地核心保护区",
    2: "水源一级保护区、文物保护范围",
    3: "生态保护红线、永久基本农田和其他保护地",
    4: "灾害危险区",
    5: "线性重大基础设施",
    6: "开发边界、园区和规划衔接",
    7: "一般建设",
}
"""What stands at each rank of arbitration."""

_EFFECTS = {"exempt": "不作冲突", "reminder": "降为提示", "conditional": "按有条件处理", "review": "由人核定"}
_ASSUMED = {
    "bank_datum": "岸线的起算面按“检测设置”的口径",
    "rail_edge": "铁路以中心线代替坡脚、坡顶起算，实际保护区更宽",
}
_PLANNED = "只判规划新建和改扩建的主体，现状的列为存量"
_ALL = "规划的和现状的主体都判"


@dataclass(frozen=True)
class LayerLine:
    """A layer on one side of a rule, and which of its features are meant."""

    title: str
    condition: str


@dataclass(frozen=True)
class SeverityLine:
    """A kind of case and its severity; no look where it is no conflict."""

    case: str
    look: Look | None


@dataclass(frozen=True)
class ExemptionLine:
    """What exempts or softens, by what attributes, and what a person must bring."""

    title: str
    effect: str
    proof: str
    evidence: str


@dataclass(frozen=True)
class RuleDetail:
    """One rule."""

    id: str
    title: str
    tags: tuple[str, ...]
    """Group, core or extended; nothing for a user's own rule, which is marked as such."""
    local: bool
    looks: tuple[Look, ...]
    verification: Verification
    doubt: str
    """Where the text was not seen; empty for a rule that was verified."""
    last: RuleResultLine
    summary: str
    relation: str
    subjects: tuple[LayerLine, ...]
    objects: tuple[LayerLine, ...]
    limits: tuple[str, ...]
    manner: tuple[str, ...]
    """How it is judged beside the numbers: what counts from where, and what is assumed."""
    severities: tuple[SeverityLine, ...]
    exemptions: tuple[ExemptionLine, ...]
    procedure: str
    departments: str
    rank: str
    replaces: str
    replaced_by: str
    notes: str
    source: str
    values: tuple[ValueRow, ...]
    laws: tuple[LawText, ...]


def rule_detail(rule: Rule, rulebook: Rulebook, as_of: date, settings: Settings, run: CheckRun | None) -> RuleDetail:
    """
    Put one rule into words.

    Parameters
    ----------
    rule, rulebook
        As written, without the changes of a run. Not changed.
    as_of
        Day whose law is asked.
    settings
        Whose changes are shown beside the numbers.
    run
        The last check of the session, None before the first.
    """
    values = value_rows(rule, rulebook, as_of, settings)
    others = [other.id for other in rulebook.rules.values() if rule.id in other.replaces]
    return RuleDetail(
        id=rule.id,
        title=rule.title_en if language() == "en" else rule.title,
        tags=() if rule.local else (group_title(rule.group), tier_title(rule.tier)),
        local=rule.local,
        looks=tuple(severity_look(severity) for severity in rule.severities()),
        verification=verification(rule),
        doubt=doubt_words(rule, rulebook),
        last=last_result(run, rule.id),
        summary=rule.summary,
        relation=_relation(rule),
        subjects=_layer_lines(rule.subjects),
        objects=_object_lines(rule),
        limits=limit_words(values),
        manner=_manner(rule),
        severities=_severities(rule),
        exemptions=tuple(_exemption(rule, exemption) for exemption in rule.exemptions),
        procedure=rule.procedure,
        departments=department_words(rule.lead_department),
        rank=_("第 {n} 位，共 {total} 位（{words}）").format(
            n=rule.arbitration, total=len(RANKS), words=_(RANKS.get(rule.arbitration, RANKS[len(RANKS)]))
        ),
        replaces=_("、").join(_named(rule_id, rulebook) for rule_id in rule.replaces),
        replaced_by=_("、").join(_named(rule_id, rulebook) for rule_id in others),
        notes=rule.notes,
        source=rule.source,
        values=values,
        laws=law_texts(rule, rulebook, as_of),
    )


def _named(rule_id: str, rulebook: Rulebook) -> str:
    rule = rulebook.rules.get(rule_id)
    return rule_id if rule is None else f"{rule_id} {rule.title_en if language() == 'en' else rule.title}"


def _relation(rule: Rule) -> str:
    words = POINTS if rule.points and rule.relation == "overlap" else RELATIONS[rule.relation]
    return _(words)


def _layer_lines(side: Side) -> tuple[LayerLine, ...]:
    lines = []
    for key in side.layers:
        parts = [condition_words(side.where[key], (key,))] if key in side.where else []
        if key in side.zone:
            parts.append(_("先按“{name}”外扩").format(name=value_name(side.zone[key])))
        lines.append(LayerLine(side_title(key), _("；").join(parts)))
    return tuple(lines)


def _object_lines(rule: Rule) -> tuple[LayerLine, ...]:
    """Return the objects; where a feature is held against nothing but itself, that is what is said."""
    if rule.against_layers == ("*",):
        return (LayerLine(_("要素自身的属性"), ""),)
    return _layer_lines(rule.objects)


def _severities(rule: Rule) -> tuple[SeverityLine, ...]:
    """Return the kinds of case in the order in which they are asked: the first that fits counts."""
    lines = []
    for weight in rule.severity_cases:
        words = selector_words(weight.applies, rule.subject_layers, rule.against_layers)
        lines.append(_severity(words, weight.severity))
    if rule.plan_history and rule.severity_without_plan is not None:
        lines.append(_severity(_("县级国土空间规划未批准时"), rule.severity_without_plan))
    lines += [_severity(side_title(key), severity) for key, severity in rule.severity_by_subject.items()]
    for key, severity in rule.severity_by_against.items():
        lines.append(_severity(_("对象为{names}").format(names=side_title(key)), severity))
    lines.append(_severity(_("其余情形") if lines else _("一律"), rule.severity_default))
    return tuple(lines)


def _severity(case: str, severity: Severity | None) -> SeverityLine:
    return SeverityLine(case, None if severity is None else severity_look(severity))


def _exemption(rule: Rule, exemption: Exemption) -> ExemptionLine:
    proof = _("须由人举证，程序不自动采信")
    if exemption.applies is not None:
        words = selector_words(exemption.applies, rule.subject_layers, rule.against_layers)
        proof = _("属性表明时自动适用：{words}").format(words=words)
    return ExemptionLine(exemption.title, _(_EFFECTS[exemption.effect]), proof, exemption.evidence)


def _manner(rule: Rule) -> tuple[str, ...]:
    lines = [_(_PLANNED if rule.planned_only else _ALL)]
    if rule.needs_announced:
        lines.append(_("对象须已划定并公告，否则只作提示"))
    if rule.plan_history:
        lines.append(_("县级国土空间规划批准后，原两规只作历史对照"))
    if rule.from_land_edge:
        lines.append(_("公路从用地外缘起算，不从中心线起算"))
    for key, column in rule.object_edge.items():
        words = _("{layer}从图形以外“{column}”处起算")
        lines.append(words.format(layer=side_title(key), column=column_title(column, (key,))))
    if rule.limit_column is not None:
        words = _("距离取主体自身的“{column}”，没有填写的不判定")
        lines.append(words.format(column=column_title(rule.limit_column, rule.subject_layers)))
    if rule.relation == "within_distance":
        lines.append(_("恰好等于界限的算冲突") if rule.at_limit == "conflict" else _("恰好等于界限的不算冲突"))
    if rule.takes_land:
        lines.append(_("线路另按用地半宽计占地"))
    for kind, effect in rule.segments.items():
        template = _("{kind}段不作冲突") if effect == "exempt" else _("{kind}段降为提示")
        lines.append(template.format(kind=_(SEGMENTS[kind])))
    if rule.merge_objects:
        lines.append(_("一个主体对全部对象只记一处"))
    lines += [*_lookup(rule), *_required(rule)]
    lines += [_(_ASSUMED[name]) for name in rule.assumes if name in _ASSUMED]
    return tuple(lines)


def _lookup(rule: Rule) -> list[str]:
    if not rule.lookup:
        return []
    found = rule.lookup.get("finding_when", "found") == "found"
    template = _("按“{column}”查找，查到的列出") if found else _("按“{column}”查找，查不到的列出")
    lines = [template.format(column=column_title(str(rule.lookup.get("column")), rule.subject_layers))]
    if rule.lookup.get("match") == "prefix":
        lines.append(_("代码的前几位相符即算查到"))
    if "successors" in rule.lookup:
        words = _("查不到的旧代码到{layer}中找现属单位")
        lines.append(words.format(layer=side_title(rule.lookup["successors"]["layer"])))
    return lines


def _required(rule: Rule) -> list[str]:
    lines = []
    for key, wanted in rule.required.items():
        titles = {
            str(kind).lower(): _("、").join(column_title(name, (key,)) for name in names)
            for kind, names in wanted.items()
        }
        parts = [
            template.format(names=titles[kind])
            for kind, template in (
                ("present", _("须填写{names}")),
                ("true", _("须为“是”：{names}")),
                ("not_expired", _("须未到期：{names}")),
            )
            if kind in titles
        ]
        lines.append(_("{name}：{value}").format(name=side_title(key), value=_("；").join(parts)))
    return lines
