"""One rule, one subject layer, one object layer: which pairs there are, and what could not be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from planning import relations
from planning.assumptions import road_half_width
from planning.findings import Reason, Severity
from planning.prepare import Prepared, outside_coverage
from planning.rule import is_unknown, same_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planning.findings import FeatureRef
    from planning.rule import Rule

PLANNED = ("planned", "extended")
"""`status` of what a plan wants to build; only that is judged where a rule says so."""

_STATUS_WORDS = {
    **dict.fromkeys(("现状", "既有", "已建", "建成"), "existing"),
    **dict.fromkeys(("规划", "拟建", "新建"), "planned"),
    **dict.fromkeys(("扩建", "改扩建"), "extended"),
}
"""What planners write for a status. 改建 is none of them: what it is differs by law, so a person must look."""

INFORMS = frozenset({"exempt", "outside_county"})
"""Reasons that explain a result without leaving anything unchecked."""

_KIND_WORDS = {"point": "点", "line": "线", "polygon": "面"}

_NAMED = 5
"""Names listed in a sentence; the count says how many there are."""


@dataclass(eq=False)
class Hit:
    """A pair under a rule, in the working CRS, before thresholds and words."""

    rule: Rule
    subject: Prepared
    against: Prepared
    pair: relations.Pair
    geometry: BaseGeometry
    limit_m: float | None = None
    """The distance that was judged, for distance rules."""
    assumptions: tuple[Reason, ...] = ()
    needs_review: tuple[Reason, ...] = ()
    without: BaseGeometry | None = None
    """Area judged by a rule that replaces this one."""
    stands_for: set[str] = field(default_factory=set)

    @property
    def subject_ref(self) -> FeatureRef:
        """The subject feature."""
        return self.subject.ref(self.pair.subject)

    @property
    def subject_record(self) -> Mapping[str, object]:
        """Attributes of the subject."""
        return self.subject.records[self.pair.subject]

    @property
    def against_ref(self) -> FeatureRef:
        """The object: a feature, another subject, or a layer as a whole."""
        if self.pair.within_subjects:
            return self.subject.ref(self.pair.against)
        if self.pair.against == relations.WHOLE_LAYER:
            return self.against.whole()
        return self.against.ref(self.pair.against)

    @property
    def ground(self) -> BaseGeometry:
        """What this hit has judged of its subject: the object's polygon, or the evidence where that is no polygon."""
        if self.pair.within_subjects or self.pair.against == relations.WHOLE_LAYER or self.limit_m is not None:
            return self.geometry
        geometry: BaseGeometry = self.against.geometry.iloc[self.pair.against]
        return geometry

    @property
    def against_record(self) -> Mapping[str, object]:
        """Attributes of the object; empty for a layer as a whole."""
        if self.pair.within_subjects:
            return self.subject.records[self.pair.against]
        return {} if self.pair.against == relations.WHOLE_LAYER else self.against.records[self.pair.against]


@dataclass(eq=False)
class PartDraft:
    """A part before thresholds."""

    subject_layer: str
    against_layer: str
    reasons: list[Reason] = field(default_factory=list)
    judged: int = 0
    existing: tuple[str, ...] = ()
    hits: list[Hit] = field(default_factory=list)

    @property
    def blocked(self) -> tuple[Reason, ...]:
        """Reasons that leave something unchecked."""
        return tuple(reason for reason in self.reasons if reason.code not in INFORMS)


def judge_part(rule: Rule, subject: Prepared, against: Prepared, as_of: date) -> PartDraft:
    """Find the pairs of one subject layer and one object layer under a rule that is in force."""
    draft = PartDraft(subject.key, against.key)
    for layer in (subject, against):
        if layer.kind == "none" and not layer.without_geometry and not layer.outside_county:
            draft.reasons.append(Reason("layer_empty", {"layer": layer.name}))
    if draft.reasons:
        return draft
    misfit = _misfit(rule, subject, against)
    if misfit is not None:
        draft.reasons.append(misfit)
        return draft
    draft.reasons += [*_not_usable(rule, subject), *_not_usable(rule, against, as_object=True)]
    positions, reviews = _subjects(rule, subject, draft)
    draft.judged = len(positions)
    if not positions:
        return draft
    uncovered = outside_coverage(subject, against, positions)
    if uncovered:
        draft.reasons.append(_listed("outside_coverage", [subject.names[p] for p in uncovered], layer=against.name))
    try:
        draft.hits = _hits(rule, subject, against, positions, as_of, draft)
    except shapely.errors.GEOSException as error:
        draft.reasons.append(Reason("error", {"message": str(error)}))
    for hit in draft.hits:
        # Where distance is judged, the object's course decides as much as the subject's.
        courses = _course(hit.subject_record) | (_course(hit.against_record) if hit.limit_m is not None else set())
        hit.needs_review = (
            *reviews.get(hit.pair.subject, ()),
            *_open_case(hit),
            *(Reason(code) for code in sorted(courses)),
        )
        touched = ((hit.subject, hit.subject_ref), (hit.against, hit.against_ref))
        hit.assumptions += tuple(
            Reason("geometry_repaired", {"name": ref.name}) for layer, ref in touched if ref.id in layer.repaired
        )
    return draft


def _misfit(rule: Rule, subject: Prepared, against: Prepared) -> Reason | None:
    """Why the layers' geometry does not suit the rule, or None."""
    if rule.relation == "within_distance" or subject.kind == "none":
        return None
    if subject.kind == "point":
        return Reason("subject_is_point", {"layer": subject.name})
    needs_area = rule.relation in {"outside", "coverage"} or "min_length_m" not in rule.values
    if subject.kind == "line" and needs_area:
        return Reason("wrong_geometry", {"layer": subject.name, "needed": "面"})
    if subject.kind == "polygon" and "min_area_m2" not in rule.values:
        return Reason("wrong_geometry", {"layer": subject.name, "needed": "线"})
    if against.kind != "polygon":
        return Reason("wrong_geometry", {"layer": against.name, "needed": "面"})
    return None


def _not_usable(rule: Rule, layer: Prepared, *, as_object: bool = False) -> list[Reason]:
    """Features that cannot be judged, or judged against: without geometry, or of another kind than their layer."""
    before = f"{layer.name} " if as_object else ""
    reasons = []
    if layer.outside_county:
        reasons.append(_listed("outside_county", [before + name for name in layer.outside_county]))
    if layer.without_geometry:
        reasons.append(_listed("no_geometry", [before + name for name in layer.without_geometry]))
    odd = [name for name, fits in zip(layer.names, _usable(rule, layer), strict=True) if not fits]
    if odd:
        what = f"{layer.name} {len(odd)} 个要素（{_shown(odd)}）"
        reasons.append(Reason("wrong_geometry", {"layer": what, "needed": _KIND_WORDS[layer.kind]}))
    return reasons


def _usable(rule: Rule, layer: Prepared) -> NDArray[np.bool_]:
    """Which features a relation can take: distances any, the others those of the layer's kind."""
    return np.ones(len(layer.records), dtype=bool) if rule.relation == "within_distance" else layer.of_kind


def _open_case(hit: Hit) -> tuple[Reason, ...]:
    """Name what is not known and might make a prohibition less: what is not known is not forbidden."""
    rule = hit.rule
    if rule.severity_of(hit.subject.key, hit.subject_record, hit.against_record) is not Severity.PROHIBITED:
        return ()
    return tuple(
        Reason("attribute_missing", {"column": name})
        for side, wanted, _ in rule.severity_cases
        for name, want in wanted.items()
        if is_unknown((hit.subject_record if side == "when" else hit.against_record).get(name), want)
    )


def _subjects(rule: Rule, subject: Prepared, draft: PartDraft) -> tuple[list[int], Mapping[int, tuple[Reason, ...]]]:
    """Positions to judge, and what a person must look at first; what stands or is exempt goes to the draft."""
    positions: list[int] = []
    reviews: dict[int, tuple[Reason, ...]] = {}
    existing: list[str] = []
    exempt: list[str] = []
    wanted = rule.subject_where.get(subject.key, {})
    usable = _usable(rule, subject)
    for position, record in enumerate(subject.records):
        if not usable[position]:
            continue
        review: list[Reason] = []
        missing = [
            column
            for column, allowed in wanted.items()
            if all(is_unknown(record.get(column), value) for value in allowed)
        ]
        review += [Reason("attribute_missing", {"column": column}) for column in missing]
        fits = all(
            column in missing or any(same_value(record[column], value) for value in allowed)
            for column, allowed in wanted.items()
        )
        if not fits:
            continue
        if rule.planned_only:
            status = str(record.get("status", "")).strip()
            status = _STATUS_WORDS.get(status, status)
            if status == "existing":
                existing.append(subject.names[position])
                continue
            if status not in PLANNED:
                review.append(Reason("status_missing"))
        if rule.exempt_where and all(same_value(record.get(k), v) for k, v in rule.exempt_where.items()):
            exempt.append(subject.names[position])
            continue
        positions.append(position)
        reviews[position] = tuple(review)
    draft.existing = tuple(existing)
    if exempt:
        draft.reasons.append(_listed("exempt", exempt))
    return positions, reviews


def _hits(
    rule: Rule, subject: Prepared, against: Prepared, positions: Sequence[int], as_of: date, draft: PartDraft
) -> list[Hit]:
    chosen = _at(subject, positions)
    if rule.relation == "within_distance":
        return _distance_hits(rule, subject, against, positions, as_of, draft)
    usable = [int(j) for j in np.flatnonzero(_usable(rule, against))]
    objects = _at(against, usable)
    if rule.relation == "overlap":
        pairs = relations.overlap(chosen, objects)
    elif rule.relation == "outside":
        pairs = relations.outside(chosen, objects)
    else:
        pairs = relations.coverage(chosen, objects)
    return [_hit(rule, subject, against, pair, positions, usable) for pair in pairs]


def _distance_hits(
    rule: Rule, subject: Prepared, against: Prepared, positions: Sequence[int], as_of: date, draft: PartDraft
) -> list[Hit]:
    dated = rule.value("distance_m", as_of)
    assert dated is not None  # noqa: S101 - the caller has asked whether the rule is in force
    limits, edges, reasons = np.zeros(len(against.records)), np.zeros(len(against.records)), {}
    unclassed, unedged, usable = [], [], []
    for j, record in enumerate(against.records):
        if isinstance(dated.value, (int, float)):
            limits[j] = dated.value
        elif str(record.get(str(dated.by))) in dated.value:
            limits[j] = dated.value[str(record[str(dated.by)])]
        else:
            unclassed.append(against.names[j])
            continue
        if rule.from_land_edge:
            half_width = road_half_width(record)
            if half_width is None:
                unedged.append(against.names[j])
                continue
            edges[j], reasons[j] = half_width.metres, half_width.reason
        usable.append(j)
    if unclassed:
        draft.reasons.append(_listed("class_unknown", unclassed, column=str(dated.by)))
    if unedged:
        draft.reasons.append(_listed("half_width_unknown", unedged))
    pairs = relations.within_distance(
        _at(subject, positions),
        _at(against, usable),
        limits[usable],
        edges[usable],
        limit_itself=rule.at_limit == "conflict",
    )
    hits = []
    for pair in pairs:
        j = usable[pair.against]
        hit = _hit(rule, subject, against, pair, positions, usable)
        hit.limit_m = float(limits[j])
        hit.assumptions = (reasons[j],) if j in reasons else ()
        hits.append(hit)
    return hits


def _hit(
    rule: Rule,
    subject: Prepared,
    against: Prepared,
    pair: relations.Pair,
    positions: Sequence[int],
    usable: Sequence[int],
) -> Hit:
    """Turn positions among the chosen subjects and objects into positions in their layers."""
    other = pair.against
    if other != relations.WHOLE_LAYER:
        other = (positions if pair.within_subjects else usable)[other]
    placed = relations.Pair(
        positions[pair.subject], other, pair.geometry, pair.distance_m, within_subjects=pair.within_subjects
    )
    return Hit(rule, subject, against, placed, pair.geometry)


def _at(layer: Prepared, positions: Sequence[int]) -> gpd.GeoSeries:
    return gpd.GeoSeries(layer.geometry.to_numpy()[list(positions)], crs=layer.geometry.crs)


def _course(record: Mapping[str, object]) -> set[str]:
    """Say by its code what is uncertain about a course, if anything is."""
    certainty = str(record.get("certainty", ""))
    return {f"course_{certainty}"} if certainty in {"schematic", "inferred"} else set()


def _shown(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")


def _listed(code: str, names: Sequence[str], **params: str) -> Reason:
    return Reason(code, {"count": len(names), "names": _shown(names), **params})
