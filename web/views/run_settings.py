"""What a person has set for one run: applied to what is there, and said in one line."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from planning.settings import Change, Settings
from planning.words import DATUMS
from web.views.numbers import count_words, value_words
from web.views.plan_names import value_name
from web.views.rulebook_words import class_title
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.rule import DatedValue, Rule
    from web.views.rulebook_values import NumberField

_NAMED = 3
"""Changes that are named in the line; the others are counted."""


def with_number(settings: Settings, field: NumberField, number: float) -> Settings:
    """Return the settings with one number of a rule changed; what is as the rule says is no change."""
    key = (field.rule_id, field.name, field.entry, field.choice)
    others = tuple(change for change in settings.changes if _key(change) != key)
    change = () if number == field.usual else (Change(*key, number),)
    return replace(settings, changes=tuple(sorted((*others, *change), key=_key)))


def without_changes(settings: Settings, rule_id: str | None = None) -> Settings:
    """Return the settings with the numbers of one rule, or of all rules, as the rules say."""
    kept = () if rule_id is None else tuple(c for c in settings.changes if c.rule_id != rule_id)
    return replace(settings, changes=kept)


def usable_settings(settings: Settings, rules: Mapping[str, Rule]) -> Settings:
    """Return the settings without changes of numbers that are no longer there, as of a rule file that was removed."""
    kept = tuple(change for change in settings.changes if _changed_value(change, rules) is not None)
    return settings if kept == settings.changes else replace(settings, changes=kept)


def change_words(settings: Settings) -> str:
    """Say how many numbers of rules are changed, and of which rules; empty for none."""
    if not settings.changes:
        return ""
    rules = _("、").join(dict.fromkeys(change.rule_id for change in settings.changes))
    return _("规则数值改动 {n} 处：{rules}").format(n=count_words(len(settings.changes)), rules=rules)


def settings_words(settings: Settings, rules: Mapping[str, Rule]) -> str:
    """
    Say in one line what was set for a run.

    Parameters
    ----------
    settings
        Of the run.
    rules
        As written: what a number was before.

    Returns
    -------
        Empty where everything was as usual.
    """
    parts = [] if settings.county_plan_in_force else [_("县级国土空间规划按未批准")]
    if settings.bank_datum != Settings().bank_datum:
        parts.append(_("岸线取{datum}").format(datum=_(DATUMS[settings.bank_datum])))
    parts += [
        _("{class}用地半宽 {low}–{default}–{high} m").format(
            **{"class": _(name), "low": f"{low:g}", "default": f"{default:g}", "high": f"{high:g}"}
        )
        for name, low, default, high in settings.half_widths
    ]
    parts += [_one_change(change, rules) for change in settings.changes]
    if not parts:
        return ""
    listed = _("；").join(parts[:_NAMED])
    if len(parts) > _NAMED:
        listed = _("{words}等 {n} 处").format(words=listed, n=count_words(len(parts)))
    return _("本次检测改过设定：{words}。结果只供比较，不代替规则所载。").format(words=listed)


def settings_html(settings: Settings, rules: Mapping[str, Rule]) -> str:
    """Draw the line of `settings_words`; empty where everything was as usual."""
    words = settings_words(settings, rules)
    return f'<p class="dg-note dg-stale dg-changed">{escape(words)}</p>' if words else ""


def _key(change: Change) -> tuple[str, str, int, str]:
    return change.rule_id, change.name, change.entry, change.choice


def _changed_value(change: Change, rules: Mapping[str, Rule]) -> DatedValue | None:
    """Return the value that a change is of; None where the rules have none such."""
    rule = rules.get(change.rule_id)
    if rule is None or change.name not in rule.values or change.entry >= len(rule.values[change.name]):
        return None
    entry = rule.values[change.name][change.entry]
    if isinstance(entry.value, (int, float)):
        return None if change.choice else entry
    return entry if change.choice in entry.value else None


def _one_change(change: Change, rules: Mapping[str, Rule]) -> str:
    entry = _changed_value(change, rules)
    name = f"{change.rule_id} {value_name(change.name)}"
    if change.choice:
        name = _("{name}（{words}）").format(name=name, words=class_title(change.choice))
    if entry is None:
        return f"{name} {change.number:g}"
    usual = entry.value if isinstance(entry.value, (int, float)) else entry.value[change.choice]
    return _("{name}：{before} → {now}").format(
        name=name, before=value_words(usual, entry.unit), now=value_words(change.number, entry.unit)
    )
