"""The rule files, read without the engine's reader: which layers are compared, how, and within what distance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

import yaml

import planning.rulebook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SPATIAL = ("overlap", "straddle", "self_overlap", "outside", "within_distance", "coverage", "line_crossing")
"""Relations of shapes, whose pairs PostGIS finds by itself."""

EXPRESSED = (*SPATIAL, "lookup", "required", "recorded_area")
"""Relations whose findings PostGIS can measure: of those that attributes decide, the feature itself."""


@dataclass(frozen=True, eq=False)
class RuleText:
    """What a rule file says."""

    id: str
    text: dict[str, Any]

    @property
    def relation(self) -> str:
        return str(self.text["relation"])

    @property
    def replaces(self) -> list[str]:
        return list(self.text.get("replaces", ()))

    @cached_property
    def layer_pairs(self) -> list[tuple[str, str]]:
        """Pairs of layers that are compared as they are, not widened; where a layer may meet itself, each pair once."""
        subjects, objects = (
            [key for key in self.text[side].get("layers", ()) if key not in self.text[side].get("zone", {})]
            for side in ("subject", "against")
        )
        found = [(subject, against) for subject in subjects for against in objects]
        if self.relation == "self_overlap":
            return sorted({(min(pair), max(pair)) for pair in found})
        return found

    @property
    def limit_column(self) -> str | None:
        """The subject's own attribute that says the distance."""
        column = self.text["subject"].get("limit_column")
        return None if column is None else str(column)

    @property
    def farthest_m(self) -> float:
        """The largest distance that the rule has ever named."""
        found: list[float] = []
        for dated in self.text.get("values", {}).get("distance_m", ()):
            value = dated["value"]
            found += value.values() if isinstance(value, dict) else [value]
        return max(found)

    @property
    def stretches(self) -> list[tuple[str, bool]]:
        """Layers whose stretches of a line the rule speaks of, and whether it exempts them."""
        return [(kind, effect == "exempt") for kind, effect in self.text.get("segments", {}).items()]

    def zone_m(self, side: str, layer: str, record: Mapping[str, object], as_of: date) -> float | None:
        """How far the features of a layer are widened before they are compared; None where they are not."""
        name = self.text[side].get("zone", {}).get(layer)
        if name is None:
            return None
        fitting = [
            entry
            for entry in self.text["values"][name]
            if str(entry["from"]) <= as_of.isoformat()
            and all(record.get(column) == wanted for column, wanted in entry.get("when_against", {}).items())
        ]
        entry = max(fitting, key=lambda entry: str(entry["from"]))
        value = entry["value"]
        if not isinstance(value, dict):
            return float(value)
        known = record.get(entry["by"])
        return float(value[known] if known in value else value[entry["otherwise"]])


def read_rule_texts() -> dict[str, RuleText]:
    """Read the built-in rules, by id."""
    texts = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(planning.rulebook.RULES.glob("*.yaml"))
    ]
    return {text["id"]: RuleText(text["id"], text) for text in texts}


def turns(rules: dict[str, RuleText]) -> dict[str, int]:
    """Number the rules such that a rule comes after all that speak instead of it."""
    sorter: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(rules, ()))
    for rule in rules.values():
        for replaced in rule.replaces:
            if replaced in rules:
                sorter.add(replaced, rule.id)
    return {rule_id: turn for turn, rule_id in enumerate(sorter.static_order())}
