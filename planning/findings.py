"""What a check answers: findings, verdicts, severities and the reasons for what was not checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from planning.settings import Settings


class Verdict(StrEnum):
    """The three answers; there is no fourth, and silence is never `CLEAR`."""

    CONFLICT = "conflict"
    CLEAR = "clear"
    NOT_CHECKED = "not_checked"


class Severity(StrEnum):
    """How the law weighs a conflict, most severe first."""

    PROHIBITED = "prohibited"
    CONDITIONAL = "conditional"
    REMINDER = "reminder"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Reason:
    """
    Why something was not checked, was assumed or needs a person, as a code with its values.

    The words stand in `planning.words`, so that a screen in another language can say the same.
    """

    code: str
    params: Mapping[str, str | float | int] = field(default_factory=dict)


@dataclass(frozen=True)
class FeatureRef:
    """One feature of one layer, by the names a planner knows."""

    layer: str
    """Layer key."""
    id: str
    name: str
    plan: str
    """The plan or register that the layer belongs to, in Chinese."""


@dataclass(frozen=True)
class Citation:
    """One article of one law, as it stood on the date of the check."""

    law_key: str
    law: str
    """Full name."""
    article: str
    version: str
    in_force_from: str
    """ISO date or year-month, as precisely as it is known."""
    status: str
    """How far the text was verified: `verified`, `partial` or `unverified`."""
    note: str = ""
    """What is not known of the law itself: articles not seen, a date that is common knowledge only."""


@dataclass(frozen=True)
class OpenExemption:
    """What could exempt a finding or soften it, if a person can show it."""

    title: str
    evidence: str
    """What would show it."""


@dataclass(frozen=True)
class Value:
    """A number a rule uses, with its source."""

    name: str
    value: float
    unit: str
    source_kind: str
    """`law`, `convention`, or `changed` for this run: the screen shows which."""
    source: str


@dataclass(frozen=True, eq=False)
class Finding:
    """A suspected conflict (疑似冲突) between one subject and one object: evidence for a person's decision."""

    finding_id: str
    """Lasting: the same rule and the same two features give the same id on new data."""
    rule_id: str
    rule_title: str
    rule_title_en: str
    severity: Severity
    subject: FeatureRef
    against: FeatureRef
    geometry: BaseGeometry
    """Evidence in EPSG:4490."""
    area_m2: float | None
    """Ellipsoidal area of the evidence, or of the assumed land of a line; None where no area can be said."""
    length_m: float | None
    """Ellipsoidal length of a crossing line, else None."""
    distance_m: float | None
    """Shortest geodesic distance for distance rules, else None."""
    excess_m: float | None
    """How far something rises above an obstacle surface, else None."""
    share_pct: float | None
    """Part of the subject's own area or length, percent."""
    pieces: int
    """Separate places that make up the evidence."""
    townships: tuple[str, ...]
    law_day: date
    """Day whose law was taken: that of the check, or of the subject's approval."""
    citations: tuple[Citation, ...]
    values: tuple[Value, ...]
    details: tuple[Reason, ...]
    """Numbers beside the main one, such as a recorded area or the distances to every bank line."""
    procedure: str
    exemptions: tuple[OpenExemption, ...]
    lead_department: str
    assumptions: tuple[Reason, ...]
    """What had to be assumed, such as a half-width of road land."""
    needs_review: tuple[Reason, ...]
    """Why a person must look first (待核): a missing key attribute, a schematic course."""
    stands_for: tuple[str, ...]
    """Ids of rules whose finding on the same place this one replaces."""
    borderline: bool
    """Within 10 % of a threshold."""
    certain: bool
    """False where it holds only with the high half-width of a road's land (可能)."""
    arbitration: int
    """Rank of the rule among rules on one place: 1 binds most."""

    @property
    def verdict(self) -> Verdict:
        """Always a conflict: a finding exists only where one is suspected."""
        return Verdict.CONFLICT


@dataclass(frozen=True)
class Part:
    """One subject layer against one object layer under one rule."""

    subject_layer: str
    against_layer: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    """Why it was not checked, or not everywhere; empty when it was."""
    judged: int
    """Subject features judged."""
    existing: tuple[str, ...]
    """Names of subject features that already stand (存量): listed, not judged."""
    exempt: tuple[str, ...]
    """Names of subject features that an exemption of the rule surely covers."""
    dropped: int
    """Pairs under the threshold."""
    dropped_area_m2: float
    dropped_length_m: float


@dataclass(frozen=True, eq=False)
class RuleResult:
    """What one rule answers, with the parts that make it up."""

    rule_id: str
    title: str
    title_en: str
    group: str
    lead_department: str
    verdict: Verdict
    """Conflict if any part is; clear only if every part is; else not checked."""
    reasons: tuple[Reason, ...]
    """Everything that was not checked and why, also beside a conflict."""
    citations: tuple[Citation, ...]
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def dropped(self) -> int:
        """Pairs under the threshold, over all parts."""
        return sum(part.dropped for part in self.parts)

    @property
    def dropped_area_m2(self) -> float:
        """Their area together."""
        return sum(part.dropped_area_m2 for part in self.parts)


@dataclass(frozen=True)
class InputLayer:
    """A layer as it went into the check."""

    key: str
    name: str
    feature_count: int
    sha256: str
    crs: str
    crs_source: str
    """How the CRS was known: `declared`, `stored`, `option`."""
    source: str
    source_date: str
    certainty: str
    demonstration: bool


@dataclass(frozen=True, eq=False)
class CheckRun:
    """One run of the check."""

    as_of: date
    rulebook_version: str
    """Hash of the rule and law files used."""
    working_crs: str
    settings: Settings
    """What a person has set for this run."""
    inputs: tuple[InputLayer, ...]
    results: tuple[RuleResult, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, most severe first, then largest."""
        found = [finding for result in self.results for finding in result.findings]
        return tuple(
            sorted(
                found,
                key=lambda f: (f.severity.rank, -(f.area_m2 or 0.0), -(f.length_m or 0.0), f.finding_id),
            )
        )

    @property
    def uses_demonstration_data(self) -> bool:
        """Whether any input layer belongs to the demonstration county."""
        return any(layer.demonstration for layer in self.inputs)

    def count(self, severity: Severity) -> int:
        """Count findings of one severity."""
        return sum(finding.severity is severity for finding in self.findings)
