"""What is looked for in the rulebook: words, law, department, layer, severity, group and tier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from web.views.plan_names import department_words
from web.views.rulebook_words import group_title, law_title, side_title, tier_title
from web.views.severity import severity_look

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from planning.rule import Rule
    from planning.rulebook import Rulebook


@dataclass(frozen=True)
class RuleFilter:
    """What is wanted; empty is all."""

    text: str = ""
    """Words in the id, the title, the name or number of a law, or an article; all of them must be there."""
    group: str = ""
    severity: str = ""
    department: str = ""
    """Chinese name, as the rules write it."""
    law: str = ""
    """Key of a law."""
    layer: str = ""
    """Key of a layer on either side."""
    tier: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return replace(self, text=self.text.strip()) == RuleFilter()


def select_rules(rulebook: Rulebook, wanted: RuleFilter) -> tuple[Rule, ...]:
    """Return the rules that pass, in the order of the rulebook."""
    return tuple(rule for rule in rulebook.rules.values() if _passes(rule, rulebook, wanted))


def cited_laws(rule: Rule) -> tuple[str, ...]:
    """Return the keys of the laws of a rule and of its numbers, each once."""
    numbers = [v for dated in rule.values.values() for v in dated if v.source_kind == "law"]
    keys = [*(basis.law for basis in rule.basis), *(value.source.partition("|")[0] for value in numbers)]
    return tuple(dict.fromkeys(keys))


def filter_options(rulebook: Rulebook) -> dict[str, tuple[tuple[str, str], ...]]:
    """
    Return what can be chosen.

    Returns
    -------
        `group`, `severity`, `department`, `law`, `layer`, `tier`: pairs of value and words, only of what is there.
    """
    rules = rulebook.rules.values()
    severities = {severity for rule in rules for severity in rule.severities()}
    departments = {name for rule in rules for name in _departments(rule)}
    layers = {key for rule in rules for key in (*rule.subject_layers, *rule.against_layers)}
    laws = {key for rule in rules for key in cited_laws(rule)}
    return {
        "group": _named({rule.group: group_title(rule.group) for rule in rules}),
        "severity": tuple((s.value, severity_look(s).words) for s in sorted(severities, key=lambda s: s.rank)),
        "department": _sorted({name: department_words(name) for name in departments}),
        "law": _sorted({key: law_title(key, rulebook) for key in laws}),
        "layer": _sorted({key: side_title(key) for key in layers}),
        "tier": _named({tier: tier_title(tier) for tier in ("core", "extended") if any(r.tier == tier for r in rules)}),
    }


def _passes(rule: Rule, rulebook: Rulebook, wanted: RuleFilter) -> bool:
    return (
        wanted.group in {"", rule.group}
        and wanted.tier in {"", rule.tier}
        and (not wanted.severity or wanted.severity in {severity.value for severity in rule.severities()})
        and (not wanted.department or wanted.department in _departments(rule))
        and (not wanted.law or wanted.law in cited_laws(rule))
        and (not wanted.layer or wanted.layer in {*rule.subject_layers, *rule.against_layers})
        and _holds_words(rule, rulebook, wanted.text)
    )


def _holds_words(rule: Rule, rulebook: Rulebook, text: str) -> bool:
    wanted = text.casefold().split()
    if not wanted:
        return True
    laws = [law for key in cited_laws(rule) if (law := rulebook.laws.get(key)) is not None]
    parts = [rule.id, rule.title, rule.title_en, *(basis.article for basis in rule.basis)]
    parts += [word for law in laws for word in (law.name, law.number)]
    parts += [v.source.partition("|")[2] for dated in rule.values.values() for v in dated if v.source_kind == "law"]
    said = "\n".join(parts).casefold()
    return all(word in said for word in wanted)


def _departments(rule: Rule) -> tuple[str, ...]:
    return tuple(name.strip() for name in rule.lead_department.split("、") if name.strip())


def _named(titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(titles.items())


def _sorted(titles: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    pairs: Iterable[tuple[str, str]] = titles.items()
    return tuple(sorted(pairs, key=lambda pair: pair[1]))
