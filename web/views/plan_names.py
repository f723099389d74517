"""Names of layers, rules, departments and reasons in the language of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.schema import read_catalogue, resolve_key
from planning.findings import RuleResult
from planning.words import TEMPLATES
from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.findings import FeatureRef, Finding, Reason
    from planning.rule import Rule


def layer_title(key: str) -> str:
    """Title of a layer; the key for a layer that the catalogue does not know."""
    definition = read_catalogue().get(key)
    if definition is None:
        return key
    return definition.name_en if language() == "en" else definition.name


def feature_name(feature: FeatureRef) -> str:
    """Return the name of a feature among others: with its layer, where the name does not say what it is."""
    title, name = layer_title(feature.layer), feature.name or feature.id
    return name if title in name else f"{title} {name}"


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
    params = dict(reason.params)
    if "layer" in params:
        params["layer"] = _named_layer(str(params["layer"]))
    if "column" in params:
        params["column"] = _column_title(str(params["column"]))
    if "needed" in params:
        params["needed"] = _(str(params["needed"]))
    return _(TEMPLATES[reason.code]).format(**params)


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
    return known.get(name, name)
