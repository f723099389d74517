"""What a rule and a law are, and how a rule stood on a date."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from planning.conditions import FAILS, Answer, all_of, compares, fits, listed, same_value
from planning.dates import surely_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planning.conditions import Record, Wanted
    from planning.findings import Severity

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Law:
    """One law or document in one version."""

    key: str
    name: str
    number: str
    issuer: str
    version: str
    in_force_from: str
    in_force_until: str | None
    repealed_by: str | None
    """Key of the law that took its place."""
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
    note: str = ""


@dataclass(frozen=True)
class Case:
    """Two features under a rule, as far as its conditions look at them."""

    subject_layer: str
    against_layer: str
    subject: Record
    against: Record
    touching: bool = False
    """Whether they meet, for distance rules."""


@dataclass(frozen=True)
class Selector:
    """What a case must be for a value or a severity to apply; an empty one fits all."""

    subject_layers: tuple[str, ...] = ()
    against_layers: tuple[str, ...] = ()
    when: Wanted = field(default_factory=lambda: NOTHING)
    when_against: Wanted = field(default_factory=lambda: NOTHING)
    same: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()
    listed: tuple[str, str] | None = None
    """Column of the subject's code, and the object's column of codes."""
    touching: bool | None = None

    def fits(self, case: Case) -> Answer:
        """Hold a case against it."""
        if self.subject_layers and case.subject_layer not in self.subject_layers:
            return FAILS
        if self.against_layers and case.against_layer not in self.against_layers:
            return FAILS
        if self.touching is not None and self.touching is not case.touching:
            return FAILS
        answers = [
            fits(case.subject, self.when),
            fits(case.against, self.when_against),
            compares(case.subject, case.against, self.same, same=True),
            compares(case.subject, case.against, self.differ, same=False),
        ]
        if self.listed is not None:
            answers.append(listed(case.subject, case.against, *self.listed))
        return all_of(answers)

    @property
    def subject_only(self) -> bool:
        """Whether the subject alone decides."""
        pairwise = self.against_layers or self.when_against or self.same or self.differ
        return not (pairwise or self.listed is not None or self.touching is not None)


@dataclass(frozen=True)
class DatedValue:
    """A number (or one number per class) with the day it applies from and its source."""

    start: str
    value: float | Mapping[str, float]
    by: str | None
    """Attribute that chooses the class, where the value is a table: the object's, in terrain rules the subject's."""
    otherwise: str | None
    """Class that counts where the attribute is missing, or says a class that the table does not have."""
    unit: str
    source_kind: str
    """`law`, `convention`, or `changed` for this run only."""
    source: str
    applies: Selector = field(default_factory=Selector)

    def number(self, record: Record) -> tuple[float, bool] | None:
        """
        Choose the number for one feature.

        Returns
        -------
            The number, and whether its class had to be assumed; None where the class is not in the table.
        """
        if isinstance(self.value, (int, float)):
            return float(self.value), False
        have = record.get(str(self.by))
        for choice, number in self.value.items():
            # A table's `true` and `false` were read as such: data write them in many ways.
            if same_value(have, choice == "True" if choice in {"True", "False"} else choice):
                return float(number), False
        return None if self.otherwise is None else (float(self.value[self.otherwise]), True)


@dataclass(frozen=True)
class Weight:
    """The severity of one kind of case; None: no conflict at all."""

    applies: Selector
    severity: Severity | None


@dataclass(frozen=True)
class Exemption:
    """What could exempt a case or soften it, and what a person must bring to show it."""

    title: str
    evidence: str
    effect: str
    """`exempt`, `reminder` or `conditional`: what follows where the attributes prove it; `review`: a person decides."""
    applies: Selector | None
    """What attributes prove it; None where no attribute can."""


@dataclass(frozen=True)
class Side:
    """The subjects or the objects of a rule."""

    layers: tuple[str, ...]
    where: Mapping[str, Wanted]
    """Per layer, which features are meant."""
    zone: Mapping[str, str]
    """Per layer, the value by which its features are widened first."""


@dataclass(frozen=True)
class Rule:
    """One conflict rule, as written."""

    id: str
    title: str
    title_en: str
    group: str
    tier: str
    relation: str
    subjects: Side
    objects: Side
    planned_only: bool
    points: bool
    """Whether a point is a subject: where it stands is what counts."""
    limit_column: str | None
    """Attribute of the subject that holds its own distance."""
    takes_land: bool
    """Whether a crossing line is also told with the land it takes (assumed half-width)."""
    segments: Mapping[str, str]
    """What a stretch in a `tunnel` or on a `bridge` means: `exempt` or `reminder`."""
    needs_announced: bool
    plan_history: bool
    replaces: tuple[str, ...]
    from_land_edge: bool
    object_edge: Mapping[str, str]
    """Per object layer, the attribute that says how far its edge lies from its geometry."""
    at_limit: str
    """`allowed` or `conflict`: what a distance exactly at the limit means."""
    merge_objects: bool
    lookup: Mapping[str, Any]
    required: Mapping[str, Any]
    severity_default: Severity | None
    severity_by_subject: Mapping[str, Severity | None]
    severity_by_against: Mapping[str, Severity | None]
    severity_cases: tuple[Weight, ...]
    severity_without_plan: Severity | None
    values: Mapping[str, tuple[DatedValue, ...]]
    basis: tuple[Basis, ...]
    verification: str
    summary: str
    procedure: str
    exemptions: tuple[Exemption, ...]
    lead_department: str
    notes: str
    assumes: tuple[str, ...]
    arbitration: int
    """Rank among rules on one place: 1 binds most."""
    local: bool
    """A user's own rule (本地规则), not one of the built-in ones."""
    source: str
    """Name of its file."""

    @property
    def subject_layers(self) -> tuple[str, ...]:
        """Keys of the layers whose features are judged."""
        return self.subjects.layers

    @property
    def against_layers(self) -> tuple[str, ...]:
        """Keys of the layers that they are judged against."""
        return self.objects.layers

    def in_force_from(self) -> date | None:
        """Return the first day on which every value has a number; None for a rule without values."""
        starts = [min(surely_from(value.start) for value in dated) for dated in self.values.values()]
        return max(starts, default=None)

    def has_values(self, day: date) -> bool:
        """Whether every value has a number on a day."""
        start = self.in_force_from()
        return start is None or start <= day

    def value(self, name: str, day: date, case: Case | None = None) -> DatedValue | None:
        """
        Return a value as it stood on a day.

        Parameters
        ----------
        name
            As in the rule.
        day
            Day whose law counts.
        case
            Chooses among entries for different layers or attributes; without it, the first entry.

        Returns
        -------
            None before its first day, or where no entry is for such a case.
        """
        begun = [v for v in self.values.get(name, ()) if surely_from(v.start) <= day]
        meant = [v for v in begun if case is None or v.applies.fits(case).holds]
        if not meant:
            return None
        # The same kind of case may have had another number before.
        alike = [v for v in meant if v.applies == meant[0].applies]
        return max(alike, key=lambda v: surely_from(v.start))

    def weigh(self, case: Case, *, plan_in_force: bool) -> tuple[Severity | None, tuple[str, ...]]:
        """
        Weigh one case.

        Parameters
        ----------
        case
            The two features.
        plan_in_force
            Whether the county's territorial plan is approved.

        Returns
        -------
            The severity (None: no conflict), and the columns that are missing and might have changed it.
        """
        unknown: list[tuple[Severity | None, tuple[str, ...]]] = []
        chosen = self._without_case(case, plan_in_force=plan_in_force)
        for weight in self.severity_cases:
            answer = weight.applies.fits(case)
            if answer.holds:
                chosen = weight.severity
                break
            if answer.holds is None:
                unknown.append((weight.severity, answer.open))
        missing = tuple(dict.fromkeys(name for other, names in unknown if other is not chosen for name in names))
        return chosen, missing

    def _without_case(self, case: Case, *, plan_in_force: bool) -> Severity | None:
        if self.plan_history and not plan_in_force and self.severity_without_plan is not None:
            return self.severity_without_plan
        if case.subject_layer in self.severity_by_subject:
            return self.severity_by_subject[case.subject_layer]
        return self.severity_by_against.get(case.against_layer, self.severity_default)

    def severities(self) -> tuple[Severity, ...]:
        """All severities that the rule can give, most severe first."""
        given: Iterable[Severity | None] = (
            self.severity_default,
            self.severity_without_plan,
            *self.severity_by_subject.values(),
            *self.severity_by_against.values(),
            *(weight.severity for weight in self.severity_cases),
        )
        return tuple(sorted({s for s in given if s is not None}, key=lambda s: s.rank))
