"""From pairs to findings: the measured numbers, the threshold on the pair's total, townships, words of the law."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geodata.measure import measure_area_m2, measure_length_m
from planning.assumptions import bank_datum, road_half_width
from planning.conditions import same_value
from planning.findings import Finding, Reason
from planning.relations import LOW, WHOLE_LAYER, ScaleFactor, land_of_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planning.findings import FeatureRef, Value
    from planning.judge.hits import Hit, Inputs
    from planning.prepare import Prepared
    from planning.rule import Rule
    from planning.rulebook import Rulebook

_NEAR = 0.1
"""Within this share of a threshold a finding is marked borderline."""

_ACCURACY = 1e-6
"""Relative accuracy of measured numbers: what lies closer to a threshold than this lies on it."""

_POLYGON = 2


@dataclass(eq=False)
class Measured:
    """A hit with its numbers."""

    hit: Hit
    geometry_stored: BaseGeometry
    """Evidence in EPSG:4490."""
    area_m2: float | None
    length_m: float | None
    share_pct: float | None
    threshold: float | None
    """The least area or length that is reported, in the unit of the main number."""
    least_share: float | None
    """The least share of the subject that is reported, percent."""
    reported: bool
    dropped: bool
    """Under the threshold: counted and summed, not reported."""
    assumptions: tuple[Reason, ...]

    @property
    def borderline(self) -> bool:
        """Within 10 % of what decides."""
        hit = self.hit
        size = self.length_m if self.length_m is not None else self.area_m2
        if hit.limit_m is not None and hit.pair.distance_m is not None:
            return hit.limit_m > 0 and hit.pair.distance_m >= (1 - _NEAR - _ACCURACY) * hit.limit_m
        held = ((size, self.threshold), (self.share_pct, self.least_share))
        return any(
            have is not None and least is not None and have <= (1 + _NEAR + _ACCURACY) * least for have, least in held
        )

    def finding(self, rulebook: Rulebook, townships: tuple[str, ...]) -> Finding:
        """Say the hit in full."""
        hit = self.hit
        rule, subject, against = hit.rule, hit.subject_ref, hit.against_ref
        return Finding(
            finding_id=finding_id(rule.id, subject, against),
            rule_id=rule.id,
            rule_title=rule.title,
            rule_title_en=rule.title_en,
            severity=hit.severity,
            subject=subject,
            against=against,
            geometry=self.geometry_stored,
            area_m2=self.area_m2,
            length_m=self.length_m,
            distance_m=hit.pair.distance_m,
            excess_m=hit.excess_m,
            share_pct=self.share_pct,
            pieces=max(len(shapely.get_parts(self.geometry_stored)), 1),
            townships=townships,
            law_day=hit.day,
            citations=rulebook.citations(rule, hit.day),
            values=_values(rule, rulebook, hit),
            details=hit.details,
            procedure=rule.procedure,
            exemptions=hit.exemptions,
            lead_department=rule.lead_department,
            assumptions=self.assumptions,
            needs_review=(*hit.needs_review, *_law_review(rule)),
            stands_for=tuple(sorted(hit.stands_for)),
            borderline=self.borderline,
            certain=hit.pair.holds_at == LOW,
            arbitration=rule.arbitration,
        )


def finding_id(rule_id: str, subject: FeatureRef, against: FeatureRef) -> str:
    """Name a finding for good: by its rule and its two features, by nothing that changes with the data around them."""
    text = f"{rule_id}|{subject.layer}|{subject.id}|{against.layer}|{against.id}"
    return f"{rule_id}-{hashlib.sha256(text.encode()).hexdigest()[:10].upper()}"


def measure_hits(hits: Sequence[Hit], rule: Rule, inputs: Inputs) -> list[Measured]:
    """
    Measure evidence on the ellipsoid and hold each pair's total against the rule's threshold.

    Parameters
    ----------
    hits
        In the working CRS; evidence may be empty where another rule has judged it all.
    """
    if not hits:
        return []
    scale = ScaleFactor(inputs.crs)
    evidence = gpd.GeoSeries([hit.geometry for hit in hits], crs=inputs.crs)
    areas, lengths = measure_area_m2(evidence), measure_length_m(evidence)
    own_areas, own_lengths = _own_size(hits, inputs)
    lands, land_reasons = zip(*(_land(hit, scale, inputs) for hit in hits), strict=True)
    land_areas = measure_area_m2(gpd.GeoSeries(list(lands), crs=inputs.crs))
    stored = evidence.to_crs(4490)
    measured = []
    for n, hit in enumerate(hits):
        dimension = int(shapely.get_dimensions(hit.geometry)) if not hit.geometry.is_empty else -1
        is_line = dimension == 1
        size = float(lengths[n] if is_line else areas[n])
        own = float(own_lengths[n] if is_line else own_areas[n])
        share = hit.share_pct if hit.share_pct is not None else 100 * size / own if own > 0 and dimension > 0 else None
        enough, threshold, least_share = _held_against(rule, hit, size, share, is_line=is_line)
        area = float(land_areas[n]) if lands[n] is not None else float(areas[n]) if dimension == _POLYGON else None
        assumptions = hit.assumptions + land_reasons[n]
        if "bank_datum" in rule.assumes:
            assumptions += (bank_datum(hit.against_record),)
        measured.append(
            Measured(
                hit=hit,
                geometry_stored=stored.iloc[n],
                area_m2=area,
                length_m=size if is_line else None,
                share_pct=share,
                threshold=threshold,
                least_share=least_share,
                reported=dimension >= 0 and enough,
                # What another rule has judged in full is not lost: that rule's finding names this one.
                dropped=dimension >= 0 and not enough,
                assumptions=assumptions,
            )
        )
    return measured


def _held_against(
    rule: Rule, hit: Hit, size: float, share: float | None, *, is_line: bool
) -> tuple[bool, float | None, float | None]:
    """Hold a pair's total against every threshold of the rule: whether it is enough, the least size and share."""
    if _is_point(hit):
        return True, None, None  # where it stands is what counts
    least = _number(rule, "min_length_m" if is_line else "min_area_m2", hit)
    enough = least is None or size >= least * (1 - _ACCURACY)
    min_share, max_outside = _number(rule, "min_share_pct", hit), _number(rule, "max_outside_pct", hit)
    if share is not None and min_share is not None:
        enough = enough and share >= min_share * (1 - _ACCURACY)
    if share is not None and max_outside is not None:
        enough = enough and share > max_outside * (1 + _ACCURACY)
    return enough, least, min_share if min_share is not None else max_outside


def _is_point(hit: Hit) -> bool:
    if hit.pair.subject == WHOLE_LAYER:
        return False
    return int(shapely.get_dimensions(hit.subject.geometry.iloc[hit.pair.subject])) == 0


def _number(rule: Rule, name: str, hit: Hit) -> float | None:
    dated = rule.value(name, hit.day, hit.case)
    chosen = None if dated is None else dated.number(hit.against_record)
    return None if chosen is None else chosen[0]


def find_townships(measured: Sequence[Measured], townships: Prepared | None) -> Mapping[int, tuple[str, ...]]:
    """
    Name the townships each piece of evidence lies in, the one with the largest part first.

    Returns
    -------
        By `id()` of the measured hit; empty names where there is no township layer.
    """
    if townships is None or townships.kind != "polygon":
        return {id(m): () for m in measured}
    tree = shapely.STRtree(townships.geometry.to_numpy())
    found = {}
    for m in measured:
        places = tree.query(m.hit.geometry, predicate="intersects")
        parts = shapely.intersection(m.hit.geometry, townships.geometry.to_numpy()[places])
        dimension = int(shapely.get_dimensions(m.hit.geometry))
        sizes = (np.ones(len(parts)), shapely.length(parts), shapely.area(parts))[dimension]
        places, sizes = places[sizes > 0], sizes[sizes > 0]
        ranked = sorted(zip(-sizes, places, strict=True))
        # A gap between townships lies in none; it is told by the one that borders on it.
        own = (m.hit.subject_ref.name,) if m.hit.subject.key == townships.key else ()
        found[id(m)] = tuple(dict.fromkeys(townships.names[p] for _, p in ranked)) or own
    return found


def _own_size(hits: Sequence[Hit], inputs: Inputs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Area and length of each hit's subject."""
    shapes = [
        hit.geometry if hit.pair.subject == WHOLE_LAYER else hit.subject.geometry.iloc[hit.pair.subject] for hit in hits
    ]
    own = gpd.GeoSeries(shapes, crs=inputs.crs)
    return measure_area_m2(own), measure_length_m(own)


def _land(hit: Hit, scale: ScaleFactor, inputs: Inputs) -> tuple[BaseGeometry | None, tuple[Reason, ...]]:
    """Land that a crossing line takes in its object, and what that assumes."""
    if not hit.rule.takes_land or hit.geometry.is_empty or shapely.get_dimensions(hit.geometry) != 1:
        return None, ()
    if hit.pair.against == WHOLE_LAYER:
        return None, ()  # there is no one polygon in which it could lie
    if same_value(hit.subject_record.get("tunnel"), want=True) or hit.extra.get("on_tunnel"):
        return None, ()  # it passes beneath
    half_width = road_half_width(hit.subject_record, inputs.settings)
    if half_width is None:
        return None, (Reason("land_width_unknown"),)
    against = hit.against.geometry.iloc[hit.pair.against]
    middle = shapely.point_on_surface(hit.geometry)
    line = hit.subject.geometry.iloc[hit.pair.subject]
    if hit.underground is not None:
        line = shapely.difference(line, hit.underground)
    land = land_of_line(line, half_width.metres, against, scale.at(middle.x, middle.y))
    if hit.without is not None:
        land = shapely.difference(land, hit.without)
    return land, (half_width.reason,)


def _law_review(rule: Rule) -> tuple[Reason, ...]:
    """Ask for a person's look where the rule's own basis was seen only in part."""
    return (Reason("law_partial"),) if rule.verification in {"partial", "unverified"} else ()


def _values(rule: Rule, rulebook: Rulebook, hit: Hit) -> tuple[Value, ...]:
    """Every number of the rule that had a say in this case."""
    values = []
    line = shapely.get_dimensions(hit.geometry) == 1
    for name in rule.values:
        if name == ("min_area_m2" if line else "min_length_m"):
            continue
        dated = rule.value(name, hit.day, hit.case)
        chosen = None
        if dated is not None:
            by_subject = rule.relation in {"raster_share", "lookup"} or name in rule.subjects.zone.values()
            chosen = dated.number(hit.subject_record if by_subject else hit.against_record)
        if dated is not None and chosen is not None:
            values.append(rulebook.shown_value(name, dated, chosen[0]))
    return tuple(values)
