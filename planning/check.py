"""All rules against all layers: findings, and a reason for everything that was not checked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import shapely

from layers.schema import read_catalogue
from planning.evidence import find_townships, measure_hits
from planning.findings import CheckRun, Part, Reason, RuleResult, Verdict
from planning.judge import PartDraft, judge_part
from planning.prepare import CheckError, choose_working_crs, describe_input, prepare_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from layers.schema import Layer
    from planning.evidence import Measured
    from planning.findings import Finding
    from planning.judge import Hit
    from planning.prepare import Prepared
    from planning.rule import Rule
    from planning.rulebook import Rulebook

_FAR_APART_M = 200_000.0
"""Plane metres between the extents of two layers; a wrong zone is 280 km here. Our convention."""

_CRUMB = 1e-6
"""Metres or square metres: less is what cutting a line or an area twice leaves behind."""


def check_layers(
    layers: Mapping[str, Layer],
    rulebook: Rulebook,
    *,
    as_of: date,
    rule_ids: Sequence[str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> CheckRun:
    """
    Judge layers by the rules as they stood on a date.

    Parameters
    ----------
    layers
        By layer key, each with a CRS, unique `id` and a `name`. Not changed.
    rulebook
        Rules and laws.
    as_of
        The law in force on this day is taken.
    rule_ids
        Rules to run; all of the rulebook if None. A rule that replaces another one does so only if both run.
    progress
        Called with rules done, rules in all, and the name of the rule that is next.

    Raises
    ------
    CheckError
        If a rule id is unknown, there is no layer at all, or a layer cannot be named feature by feature.
    """
    chosen = list(rulebook.rules) if rule_ids is None else list(dict.fromkeys(rule_ids))
    for rule_id in chosen:
        if rule_id not in rulebook.rules:
            known = ", ".join(rulebook.rules)
            raise CheckError(f"rule {rule_id!r} is not in the rulebook. Choose among: {known}.")
    if not layers:
        raise CheckError("layers: there is none. Import a layer or name one.")
    crs = choose_working_crs(layers)
    needed = {
        key
        for rule_id in chosen
        for key in (*rulebook.rules[rule_id].subject_layers, *rulebook.rules[rule_id].against_layers)
    }
    prepared = {key: prepare_layer(layer, crs) for key, layer in layers.items() if key in needed | {"township"}}

    drafts: dict[str, list[PartDraft]] = {}
    measured: dict[str, list[Measured]] = {}
    seconds: dict[str, float] = {}
    done: list[Hit] = []
    order = [rule_id for rule_id in rulebook.order if rule_id in chosen]
    for count, rule_id in enumerate(order):
        rule = rulebook.rules[rule_id]
        if progress is not None:
            progress(count, len(order), f"{rule.id} {rule.title}")
        start = time.perf_counter()
        drafts[rule_id] = _judge_rule(rule, rulebook, prepared, as_of)
        hits = [hit for draft in drafts[rule_id] for hit in draft.hits]
        _give_way(hits, done)
        measured[rule_id] = measure_hits(hits, rule, as_of, crs)
        done += [m.hit for m in measured[rule_id] if m.reported]
        seconds[rule_id] = time.perf_counter() - start
    townships = find_townships(
        [m for found in measured.values() for m in found if m.reported], prepared.get("township")
    )
    if progress is not None:
        progress(len(order), len(order), "")
    results = tuple(
        _result(
            rulebook.rules[rule_id],
            rulebook,
            as_of,
            drafts[rule_id],
            measured[rule_id],
            tuple(m.finding(rulebook, as_of, townships[id(m)]) for m in measured[rule_id] if m.reported),
            seconds[rule_id],
        )
        for rule_id in chosen
    )
    return CheckRun(
        as_of=as_of,
        rulebook_version=rulebook.version,
        working_crs=f"{crs.name}（{':'.join(crs.to_authority() or ('自定义', ''))}）",
        inputs=tuple(describe_input(layer) for layer in layers.values()),
        results=results,
    )


def _judge_rule(rule: Rule, rulebook: Rulebook, prepared: Mapping[str, Prepared], as_of: date) -> list[PartDraft]:
    """Judge each subject layer against each object layer, or say why not."""
    drafts = []
    not_in_force = _not_in_force(rule, rulebook, as_of)
    for subject in rule.subject_layers:
        for against in rule.against_layers:
            missing = [key for key in (subject, against) if key not in prepared]
            if not_in_force is not None:
                drafts.append(PartDraft(subject, against, [not_in_force]))
            elif missing:
                reasons = [Reason("layer_missing", {"layer": _layer_name(key)}) for key in missing]
                drafts.append(PartDraft(subject, against, reasons))
            elif (apart := _far_apart(prepared[subject], prepared[against])) is not None:
                drafts.append(PartDraft(subject, against, [apart]))
            else:
                drafts.append(judge_part(rule, prepared[subject], prepared[against], as_of))
    return drafts


def _far_apart(one: Prepared, other: Prepared) -> Reason | None:
    """Whether two layers of one county cannot both be where their coordinates say."""
    if one.kind == "none" or other.kind == "none":
        return None
    boxes = [shapely.box(*layer.geometry.total_bounds) for layer in (one, other)]
    distance_m = float(shapely.distance(*boxes))
    if distance_m <= _FAR_APART_M:
        return None
    return Reason("far_apart", {"one": one.name, "other": other.name, "km": distance_m / 1000})


def _layer_name(key: str) -> str:
    definition = read_catalogue().get(key)
    return key if definition is None else definition.name


def _not_in_force(rule: Rule, rulebook: Rulebook, as_of: date) -> Reason | None:
    if any(rule.value(name, as_of) is None for name in rule.values):
        return Reason("rule_not_in_force", {"start": rule.in_force_from().isoformat()})
    if not rulebook.citations(rule, as_of):
        return Reason("no_law_in_force")
    return None


def _give_way(hits: Sequence[Hit], done: Sequence[Hit]) -> None:
    """
    Take out of each hit what a rule that replaces this one has already judged.

    The object's whole polygon is taken out, not the other's evidence: a line cut twice has ends that differ in the
    last digit, so that the two may not even meet, and a difference of the two would leave crumbs.
    """
    judged: dict[tuple[str, int], list[Hit]] = {}
    for other in done:
        judged.setdefault((other.subject.key, other.pair.subject), []).append(other)
    for hit in hits:
        stronger = [
            other
            for other in judged.get((hit.subject.key, hit.pair.subject), ())
            if hit.rule.id in other.rule.replaces and _shares(other.ground, hit.geometry)
        ]
        if not stronger:
            continue
        hit.without = shapely.union_all([other.ground for other in stronger])
        hit.geometry = shapely.difference(hit.geometry, hit.without)
        replaced_by = sorted({other.rule.id for other in stronger})
        hit.assumptions += tuple(Reason("part_judged_elsewhere", {"rule": rule_id}) for rule_id in replaced_by)
        for other in stronger:
            other.stands_for.add(hit.rule.id)


def _shares(polygon: BaseGeometry, evidence: BaseGeometry) -> bool:
    """Whether a polygon holds a part of the evidence that can be measured, not only a touching point or edge."""
    part = shapely.intersection(polygon, evidence)
    size = part.length if shapely.get_dimensions(evidence) == 1 else part.area
    return float(size) > _CRUMB


def _result(
    rule: Rule,
    rulebook: Rulebook,
    as_of: date,
    drafts: Sequence[PartDraft],
    measured: Sequence[Measured],
    findings: tuple[Finding, ...],
    seconds: float,
) -> RuleResult:
    by_hit = {id(m.hit): m for m in measured}
    parts = tuple(_part(draft, [by_hit[id(hit)] for hit in draft.hits]) for draft in drafts)
    verdicts = {part.verdict for part in parts}
    if Verdict.CONFLICT in verdicts:
        verdict = Verdict.CONFLICT
    else:
        verdict = Verdict.NOT_CHECKED if Verdict.NOT_CHECKED in verdicts else Verdict.CLEAR
    reasons: dict[str, Reason] = {}
    for part in parts:
        for reason in part.reasons:
            reasons.setdefault(repr((reason.code, sorted(reason.params.items()))), reason)
    return RuleResult(
        rule_id=rule.id,
        title=rule.title,
        title_en=rule.title_en,
        group=rule.group,
        lead_department=rule.lead_department,
        verdict=verdict,
        reasons=tuple(reasons.values()),
        citations=rulebook.citations(rule, as_of),
        parts=parts,
        findings=tuple(sorted(findings, key=lambda f: (f.severity.rank, f.subject.id, f.against.id))),
        seconds=seconds,
    )


def _part(draft: PartDraft, measured: Sequence[Measured]) -> Part:
    dropped = [m for m in measured if m.dropped]
    if any(m.reported for m in measured):
        verdict = Verdict.CONFLICT
    else:
        verdict = Verdict.NOT_CHECKED if draft.blocked else Verdict.CLEAR
    return Part(
        subject_layer=draft.subject_layer,
        against_layer=draft.against_layer,
        verdict=verdict,
        reasons=tuple(draft.reasons),
        judged=draft.judged,
        existing=draft.existing,
        dropped=len(dropped),
        dropped_area_m2=sum(m.area_m2 or 0.0 for m in dropped if m.length_m is None),
        dropped_length_m=sum(m.length_m or 0.0 for m in dropped),
    )
