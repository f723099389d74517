"""One rule, one subject layer, one object layer: the pairs that are conflicts, and what could not be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely

from geodata.errors import GeodataError
from planning import relations
from planning.findings import Reason
from planning.judge.areas import area_hits
from planning.judge.attributes import attribute_hits
from planning.judge.distances import distance_hits
from planning.judge.hits import Hit, PartDraft, Task, listed, shown
from planning.judge.obstacles import obstacle_hits
from planning.judge.subjects import SHAPELESS, choose_subjects, usable_features
from planning.judge.terrain import slope_hits
from planning.judge.weigh import weigh_hits
from planning.prepare import Prepared, outside_coverage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.conditions import Record
    from planning.judge.hits import Inputs
    from planning.rule import Rule

_KIND_WORDS = {"point": "点", "line": "线", "polygon": "面"}
_AMONG_THEMSELVES = frozenset({"self_overlap", "coverage"})
"""Relations of features of one layer with each other: judged together, whatever the day of each."""

_ATTRIBUTES = frozenset({"lookup", "required", "recorded_area", "total"})


def judge_part(rule: Rule, subject: Prepared, against: Prepared, inputs: Inputs) -> PartDraft:
    """
    Find the conflicts of one subject layer and one object layer under a rule that is in force.

    Returns
    -------
        Conflicts before thresholds, each with its severity, and a reason for everything that was not judged.
    """
    draft = PartDraft(subject.key, against.key)
    draft.reasons += _stops(rule, subject, against)
    if draft.reasons:
        return draft
    draft.reasons += [*_not_usable(rule, subject), *_not_usable(rule, against, as_object=True)]
    subjects = choose_subjects(rule, subject, inputs, draft)
    positions = [p for members in subjects.by_day.values() for p in members]
    draft.judged = len(positions)
    uncovered = outside_coverage(subject, against, positions)
    if uncovered:
        draft.reasons.append(listed("outside_coverage", [subject.names[p] for p in uncovered], layer=against.name))
    hits: list[Hit] = []
    # The terrain is one subject without features.
    together = subject.bare or (rule.relation in _AMONG_THEMSELVES and positions)
    by_day = {inputs.as_of: sorted(positions)} if together else subjects.by_day
    for day, members in sorted(by_day.items()):
        try:
            hits += _hits(Task(rule, subject, against, members, day, inputs, draft))
        except (shapely.errors.GEOSException, GeodataError) as error:
            draft.reasons.append(Reason("error", {"message": str(error)}))
    draft.reasons = list(_once(draft.reasons))
    for hit in hits:
        other = subjects.reviews.get(hit.pair.against, ()) if hit.pair.within_subjects else ()
        hit.needs_review = (*subjects.reviews.get(hit.pair.subject, ()), *other, *hit.needs_review, *_courses(hit))
        hit.assumptions += _repairs(hit)
    hits = weigh_hits(hits, inputs.settings, draft)
    draft.hits = _merged(hits) if rule.merge_objects else hits
    return draft


def _hits(task: Task) -> list[Hit]:
    relation = task.rule.relation
    if relation == "within_distance":
        return distance_hits(task)
    if relation == "raster_share":
        return slope_hits(task)
    if relation == "obstacle_surface":
        return obstacle_hits(task)
    return attribute_hits(task) if relation in _ATTRIBUTES else area_hits(task)


def _stops(rule: Rule, subject: Prepared, against: Prepared) -> list[Reason]:
    """Why nothing of two layers can be judged; empty where something can."""
    empty = [
        Reason("layer_empty", {"layer": layer.name})
        for layer in (subject, against)
        if layer.kind == "none" and not layer.bare and not layer.without_geometry and not layer.outside_county
    ]
    if empty:
        return empty
    misfit = _misfit(rule, subject, against)
    if misfit is not None:
        return [misfit]
    undrawn = against.kind == "none" and not against.bare
    return _not_usable(rule, against, as_object=True) if undrawn else []


def _misfit(rule: Rule, subject: Prepared, against: Prepared) -> Reason | None:
    """Why the layers' geometry does not suit the rule, or None."""
    if rule.relation == "within_distance" or subject.kind == "none":
        return None
    if rule.relation in SHAPELESS:
        pointless = rule.relation != "line_crossing" or "point" not in {subject.kind, against.kind}
        return None if pointless else Reason("wrong_geometry", {"layer": subject.name, "needed": "线"})
    if subject.kind == "point" and not (rule.points and rule.relation == "overlap"):
        return Reason("subject_is_point", {"layer": subject.name})
    needed = None if subject.key in rule.subjects.zone or subject.kind == "point" else _needed_kind(rule, subject.kind)
    if needed is not None:
        return Reason("wrong_geometry", {"layer": subject.name, "needed": needed})
    if against.kind not in {"polygon", "none"} and against.key not in rule.objects.zone:
        return Reason("wrong_geometry", {"layer": against.name, "needed": "面"})
    return None


def _needed_kind(rule: Rule, kind: str) -> str | None:
    """Return the kind of subject that the rule has a threshold for, where it is another than this one."""
    if rule.relation == "raster_share":
        return None if kind == "polygon" else "面"
    any_kind = "max_outside_pct" in rule.values
    areas_only = rule.relation in {"self_overlap", "straddle", "coverage"}
    if kind == "line" and (areas_only or ("min_length_m" not in rule.values and not any_kind)):
        return "面"
    return "线" if kind == "polygon" and "min_area_m2" not in rule.values and not any_kind else None


def _not_usable(rule: Rule, layer: Prepared, *, as_object: bool = False) -> list[Reason]:
    """Features that cannot be judged, or judged against: without geometry, or of another kind than their layer."""
    if layer.bare:
        return []
    before = f"{layer.name} " if as_object else ""
    reasons = []
    if layer.outside_county:
        reasons.append(listed("outside_county", [before + name for name in layer.outside_county]))
    if layer.without_geometry:
        reasons.append(listed("no_geometry", [before + name for name in layer.without_geometry]))
    odd = [name for name, fits in zip(layer.names, usable_features(rule, layer), strict=True) if not fits]
    if odd:
        what = f"{layer.name} {len(odd)} 个要素（{shown(odd)}）"
        reasons.append(Reason("wrong_geometry", {"layer": what, "needed": _KIND_WORDS[layer.kind]}))
    return reasons


def _merged(hits: Sequence[Hit]) -> list[Hit]:
    """
    Join the hits of each subject: the object is the layer as a whole.

    The gravest of them speaks: what a person must look at is that of the gravest.
    """
    groups: dict[int, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.pair.subject, []).append(hit)
    joined = []
    for position, group in groups.items():
        first = min(group, key=lambda hit: hit.severity.rank)
        gravest = [hit for hit in group if hit.severity is first.severity]
        geometry = shapely.union_all([hit.geometry for hit in group])
        names = tuple(dict.fromkeys(hit.against_ref.name for hit in group))
        merged = Reason("merged_objects", {"count": len(group), "names": shown(names)})
        joined.append(
            replace(
                first,
                pair=relations.Pair(position, relations.WHOLE_LAYER, geometry),
                geometry=geometry,
                details=_once([merged, *(reason for hit in gravest for reason in hit.details)]),
                assumptions=_once([reason for hit in group for reason in hit.assumptions]),
                needs_review=_once([reason for hit in gravest for reason in hit.needs_review]),
            )
        )
    return joined


def _once(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Each reason once."""
    return tuple({repr(reason): reason for reason in reasons}.values())


def _courses(hit: Hit) -> tuple[Reason, ...]:
    """Say what is uncertain about a course; where distance is judged, the object's decides as much."""
    records = [hit.subject_record, *([hit.against_record] if hit.limit_m is not None else [])]
    return tuple(Reason(code) for code in sorted({code for record in records for code in _course(record)}))


def _course(record: Record) -> set[str]:
    certainty = str(record.get("certainty", ""))
    return {f"course_{certainty}"} if certainty in {"schematic", "inferred"} else set()


def _repairs(hit: Hit) -> tuple[Reason, ...]:
    touched = ((hit.subject, hit.subject_ref), (hit.against, hit.against_ref))
    return tuple(Reason("geometry_repaired", {"name": ref.name}) for layer, ref in touched if ref.id in layer.repaired)
