"""Names of layers, rules, departments and reasons in the language of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.schema import read_catalogue, resolve_key
from planning.findings import RuleResult
from planning.sources import INDUSTRY_ACCESS_KEY
from planning.words import CODED, TEMPLATES, VALUE_TITLES
from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.findings import FeatureRef, Finding, Reason
    from planning.rule import Rule


ITSELF: Final = "*"
"""Layer of the object where a feature is held against its own attributes."""


def layer_title(key: str) -> str:
    """Title of a layer, or of what rules look at beside layers; the key for one that nobody knows."""
    definition = read_catalogue().get(key)
    if definition is None:
        return {
            ITSELF: _("自身属性"),
            "slope": _("坡度（数字高程）"),
            "terrain": _("地形（数字高程）"),
            INDUSTRY_ACCESS_KEY: _("产业准入清单"),
        }.get(key, key)
    return definition.name_en if language() == "en" else definition.name


def feature_name(feature: FeatureRef) -> str:
    """Return the name of a feature among others: with its layer, where the name does not say what it is."""
    title, name = layer_title(feature.layer), feature.name or feature.id
    if feature.layer == ITSELF:
        return title
    return name if title in name else f"{title} {name}"


def pair_name(finding: Finding) -> str:
    """Name the two features of a finding; one that is held against its own attributes only with its layer."""
    if finding.against.layer == ITSELF:
        return feature_name(finding.subject)
    return f"{finding.subject.name or finding.subject.id} × {feature_name(finding.against)}"


def plan_title(layer: str, plan: str) -> str:
    """Return the plan or register that a feature belongs to; `plan` is its Chinese name."""
    definition = read_catalogue().get(layer)
    return definition.plan_en if language() == "en" and definition is not None else plan


def rule_title(rule: Finding | RuleResult) -> str:
    """Title of the rule of one finding or of a whole result."""
    titles = (rule.title, rule.title_en) if isinstance(rule, RuleResult) else (rule.rule_title, rule.rule_title_en)
    return titles[language() == "en"]


def rule_name(rule: Rule) -> str:
    """Id and title of a rule of the rulebook."""
    return f"{rule.id} {rule.title_en if language() == 'en' else rule.title}"


def department_words(departments: str) -> str:
    """Each department of a list such as `自然资源、林草`, translated by itself."""
    return _("、").join(_(name.strip()) for name in departments.split("、") if name.strip())


def reason_words(reason: Reason) -> str:
    """Say a reason in the language of the screen; stored names in it become titles."""
    return filled(_(TEMPLATES[reason.code]), reason)


def filled(template: str, reason: Reason) -> str:
    """Fill a pattern in the language of the screen with a reason's values: codes and stored names become words."""
    params: dict[str, object] = {
        name: _(CODED[name].get(str(value), str(value))) if name in CODED else value
        for name, value in reason.params.items()
    }
    if "layer" in params:
        params["layer"] = _named_layer(str(params["layer"]))
    if "column" in params:
        params["column"] = _column_title(str(params["column"]))
    for name in ("needed", "table"):
        if name in params:
            params[name] = _(str(params[name]))
    return template.format(**params)


def reasons_words(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """Say several reasons; missing layers in one sentence."""
    missing = [_named_layer(str(reason.params["layer"])) for reason in reasons if reason.code == "layer_missing"]
    said = [reason_words(reason) for reason in reasons if reason.code != "layer_missing"]
    if missing:
        template = TEMPLATES["layer_missing"]
        said.insert(0, _(template).format(layer=_("、").join(dict.fromkeys(missing))))
    return tuple(dict.fromkeys(said))


def _named_layer(name: str) -> str:
    """Title of a layer that a reason names by its key or its Chinese name, also of one the catalogue lacks."""
    key = resolve_key(name)
    return _(name) if key is None else layer_title(key)


def _column_title(name: str) -> str:
    for definition in read_catalogue().values():
        for column in definition.columns:
            if column.name == name:
                return column.title_en if language() == "en" else column.title
    return name


def value_name(name: str) -> str:
    """Name of a value that a rule uses."""
    known = {
        "distance_m": _("距离界限"),
        "min_area_m2": _("入账面积下限"),
        "min_length_m": _("入账长度下限"),
        "half_width_m": _("用地半宽"),
    }
    return known.get(name) or _(VALUE_TITLES.get(name, name))
