"""What a rule and a law are, and how a rule stood on a date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.dates import surely_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planning.findings import Severity


@dataclass(frozen=True)
class Law:
    """One law or document in one version."""

    key: str
    name: str
    number: str
    version: str
    in_force_from: str
    in_force_until: str | None
    dates_seen: bool
    """Whether the dates were seen in the text or its announcement; else they are common knowledge."""
    note: str

    def in_force(self, as_of: date) -> bool:
        """Whether this version surely applied on a day; the last day (`in_force_until`) no longer counts."""
        ended = self.in_force_until is not None and surely_from(self.in_force_until) <= as_of
        return surely_from(self.in_force_from) <= as_of and not ended


@dataclass(frozen=True)
class Basis:
    """One article a rule stands on, and how far its text was verified."""

    law: str
    article: str
    status: str


@dataclass(frozen=True)
class DatedValue:
    """A number (or one number per class) with the day it applies from and its source."""

    start: str
    value: float | Mapping[str, float]
    by: str | None
    """Attribute of the object that chooses the class, where the value is a table."""
    unit: str
    source_kind: str
    source: str


@dataclass(frozen=True)
class Rule:
    """One conflict rule, as written."""

    id: str
    title: str
    title_en: str
    group: str
    relation: str
    subject_layers: tuple[str, ...]
    subject_where: Mapping[str, Mapping[str, tuple[object, ...]]]
    planned_only: bool
    against_layers: tuple[str, ...]
    takes_land: bool
    """Whether a crossing line is also told with the land it takes (assumed half-width)."""
    exempt_where: Mapping[str, object]
    replaces: tuple[str, ...]
    from_land_edge: bool
    at_limit: str
    """`allowed` or `conflict`: what a distance exactly at the limit means."""
    severity_default: Severity
    severity_by_subject: Mapping[str, Severity]
    severity_cases: tuple[tuple[str, Mapping[str, object], Severity], ...]
    values: Mapping[str, tuple[DatedValue, ...]]
    basis: tuple[Basis, ...]
    verification: str
    summary: str
    procedure: str
    exemptions: str
    lead_department: str
    notes: str
    assumes: tuple[str, ...]
    local: bool
    """A user's own rule (本地规则), not one of the built-in ones."""

    def in_force_from(self) -> date:
        """Return the first day on which every value has a number."""
        return max(min(surely_from(value.start) for value in dated) for dated in self.values.values())

    def value(self, name: str, as_of: date) -> DatedValue | None:
        """Return the value as it stood on a day, or None before its first day."""
        begun = [v for v in self.values.get(name, ()) if surely_from(v.start) <= as_of]
        return max(begun, key=lambda v: surely_from(v.start)) if begun else None

    def severity_of(self, subject_layer: str, subject: Mapping[str, object], against: Mapping[str, object]) -> Severity:
        """Return the severity of one case: attributes first, then the subject's layer, then the default."""
        for side, wanted, severity in self.severity_cases:
            have = subject if side == "when" else against
            if all(name in have and same_value(have[name], want) for name, want in wanted.items()):
                return severity
        return self.severity_by_subject.get(subject_layer, self.severity_default)


def is_unknown(have: object, want: object) -> bool:
    """Whether an attribute leaves open if it equals a rule's value: it is missing, or no yes or no where one is due."""
    missing = have is None or have != have or str(have).strip() == ""  # noqa: PLR0124 - NaN
    return missing or (isinstance(want, bool) and not same_value(have, want=True) and not same_value(have, want=False))


def same_value(have: object, want: object) -> bool:
    """Whether an attribute equals a rule's value; shapefiles write true as 1, T or Y."""
    if isinstance(want, bool):
        text = str(have).strip().lower()
        truth = text in {"true", "1", "1.0", "t", "y", "yes", "是"}
        known = truth or text in {"false", "0", "0.0", "f", "n", "no", "否"}
        return known and truth is want
    return str(have).strip() == str(want).strip()
