"""What judging works with: the inputs of a check, a pair under a rule, and a part before its thresholds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from planning import relations
from planning.findings import Reason, Severity
from planning.rule import NOTHING, Case

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from geodata.slope import Slope
    from planning.conditions import Record
    from planning.findings import FeatureRef, OpenExemption
    from planning.prepare import Prepared
    from planning.rule import Rule
    from planning.rulebook import Rulebook
    from planning.settings import Settings
    from planning.sources import TerrainInput

INFORMS = frozenset({"exempt", "outside_county", "segment_left_out", "terrain_synthetic"})
"""Reasons that explain a result without leaving anything unchecked."""

_NAMED = 5
"""Names listed in a sentence; the count says how many there are."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything a check looks at."""

    layers: Mapping[str, Prepared]
    """Layers, and tables without shapes, by key."""
    crs: CRS
    rulebook: Rulebook
    settings: Settings
    as_of: date
    terrain: TerrainInput | None

    @cached_property
    def slope(self) -> Slope:
        """Steepness of the terrain, which must be there."""
        from geodata.slope import slope

        assert self.terrain is not None  # noqa: S101 - who asks has looked
        return slope(self.terrain.terrain)


@dataclass(eq=False)
class Hit:
    """A pair under a rule, in the working CRS, before thresholds and words."""

    rule: Rule
    subject: Prepared
    against: Prepared
    pair: relations.Pair
    geometry: BaseGeometry
    day: date
    """Day whose law counts."""
    severity: Severity = Severity.REMINDER
    limit_m: float | None = None
    """The distance that was judged, for distance rules."""
    excess_m: float | None = None
    share_pct: float | None = None
    """Where it is not a share of area or length that can be measured on the evidence alone."""
    extra: Record = field(default_factory=lambda: NOTHING)
    """What the relation found about the pair, to be weighed like attributes of the object."""
    assumptions: tuple[Reason, ...] = ()
    needs_review: tuple[Reason, ...] = ()
    details: tuple[Reason, ...] = ()
    exemptions: tuple[OpenExemption, ...] = ()
    without: BaseGeometry | None = None
    """Area judged by a rule that replaces this one."""
    underground: BaseGeometry | None = None
    """Strip about the stretches of the subject that take no surface land."""
    stands_for: set[str] = field(default_factory=set)

    @property
    def subject_ref(self) -> FeatureRef:
        """The subject: a feature, or a layer as a whole."""
        if self.pair.subject == relations.WHOLE_LAYER:
            return self.subject.whole()
        return self.subject.ref(self.pair.subject)

    @property
    def subject_record(self) -> Record:
        """Attributes of the subject; empty for a layer as a whole."""
        return NOTHING if self.pair.subject == relations.WHOLE_LAYER else self.subject.records[self.pair.subject]

    @property
    def against_ref(self) -> FeatureRef:
        """The object: a feature, another subject, or a layer as a whole."""
        if self.pair.within_subjects:
            return self.subject.ref(self.pair.against)
        if self.pair.against == relations.WHOLE_LAYER:
            return self.against.whole()
        return self.against.ref(self.pair.against)

    @property
    def against_record(self) -> Record:
        """Attributes of the object, with what the relation found; only the latter for a layer as a whole."""
        if self.pair.against == relations.WHOLE_LAYER:
            return self.extra
        source = self.subject if self.pair.within_subjects else self.against
        record = source.records[self.pair.against]
        return {**record, **self.extra} if self.extra else record

    @property
    def case(self) -> Case:
        """The pair as conditions look at it."""
        touching = self.pair.distance_m is not None and self.pair.distance_m <= 0
        return Case(self.subject.key, self.against.key, self.subject_record, self.against_record, touching)

    @property
    def ground(self) -> BaseGeometry:
        """What this hit has judged of its subject: the object's polygon, or the evidence where that is no polygon."""
        if self.pair.within_subjects or self.pair.against == relations.WHOLE_LAYER or self.limit_m is not None:
            return self.geometry
        geometry: BaseGeometry = self.against.geometry.iloc[self.pair.against]
        return geometry if geometry.geom_type.endswith("Polygon") else self.geometry


@dataclass(eq=False)
class PartDraft:
    """A part before thresholds."""

    subject_layer: str
    against_layer: str
    reasons: list[Reason] = field(default_factory=list)
    judged: int = 0
    existing: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    hits: list[Hit] = field(default_factory=list)

    @property
    def blocked(self) -> tuple[Reason, ...]:
        """Reasons that leave something unchecked."""
        return tuple(reason for reason in self.reasons if reason.code not in INFORMS)


@dataclass(frozen=True, eq=False)
class Task:
    """Some subjects of one layer to hold against one layer under the law of one day."""

    rule: Rule
    subject: Prepared
    against: Prepared
    positions: Sequence[int]
    """Subjects to judge; none where the subject is the terrain."""
    day: date
    inputs: Inputs
    draft: PartDraft
    """Told what cannot be judged, and why."""

    def hit(self, pair: relations.Pair, **found: Any) -> Hit:  # noqa: ANN401 - further fields of a hit
        """Make a hit of a pair whose positions are those in the layers."""
        return Hit(self.rule, self.subject, self.against, pair, pair.geometry, self.day, **found)

    def record(self, position: int) -> Record:
        """Attributes of a subject."""
        return self.subject.records[position]

    def shapes(self, positions: Sequence[int]) -> gpd.GeoSeries:
        """Geometries of some subjects, in their order."""
        chosen = self.subject.geometry.to_numpy()[np.asarray(positions, dtype=int)]
        return gpd.GeoSeries(chosen, crs=self.inputs.crs)


def listed(code: str, names: Sequence[str], **params: str) -> Reason:
    """Say something of several features by name."""
    return Reason(code, {"count": len(names), "names": shown(names), **params})


def shown(names: Sequence[str]) -> str:
    """List the first few names."""
    return "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")
