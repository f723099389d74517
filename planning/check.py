"""All rules against all layers: findings, and a reason for everything that was not checked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import shapely

from layers.schema import read_catalogue
from planning.dates import surely_from
from planning.evidence import find_townships, measure_hits
from planning.findings import CheckRun, InputLayer, Part, Reason, RuleResult, Verdict
from planning.judge.hits import Inputs, PartDraft
from planning.judge.part import judge_part
from planning.judge.subjects import is_in_force
from planning.precedence import give_way
from planning.prepare import CheckError, bare_layer, choose_working_crs, describe_input, prepare_layer
from planning.settings import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from pyproj import CRS

    from layers.schema import Layer
    from planning.evidence import Measured
    from planning.findings import Finding
    from planning.judge.hits import Hit
    from planning.prepare import Prepared
    from planning.rule import Rule
    from planning.rulebook import Rulebook
    from planning.settings import Settings
    from planning.sources import Table, TerrainInput

_FAR_APART_M = 200_000.0
"""Plane metres between the extents of two layers; a wrong zone is 280 km here. Our convention."""

_ALL_LAYERS = "*"
"""Stands for every layer that has the column a rule looks at."""

_HELPING = frozenset({"township", "township_2017", "land_use", "tunnel", "bridge", "airport"})
"""Layers that help to judge others: where something lies, a road's surveyed land, what runs underground."""

_ON_TERRAIN = frozenset({"slope", "terrain", "runway"})
"""Layers that mean the elevations, or heights above them."""

_GROUND = {"slope": "坡度（数字高程）", "terrain": "地形（数字高程）"}
"""What rules call the terrain."""


def check_layers(
    layers: Mapping[str, Layer],
    rulebook: Rulebook,
    *,
    as_of: date,
    rule_ids: Sequence[str] | None = None,
    terrain: TerrainInput | None = None,
    tables: Sequence[Table] = (),
    settings: Settings = DEFAULTS,
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
        The law in force on this day is taken; for a subject with an earlier `approval_date`, the law of that day.
    rule_ids
        Rules to run; all of the rulebook if None. A rule that replaces another one does so only if both run.
    terrain
        Elevations; without them, rules that ask for slope or heights are not checked.
    tables
        Tables that rules look codes up in.
    settings
        What a person has set for this run; kept with its results.
    progress
        Called with rules done, rules in all, and the name of the rule that is next.

    Raises
    ------
    CheckError
        If a rule id is unknown, there is no layer at all, or a layer cannot be named feature by feature.
    RuleError
        If a setting changes a value that no rule has.
    """
    rulebook = rulebook.changed(settings.changes)
    chosen = _chosen_rules(rulebook, rule_ids)
    if not layers:
        raise CheckError("layers: there is none. Import a layer or name one.")
    crs = choose_working_crs(layers)
    rules = [rulebook.rules[rule_id] for rule_id in chosen]
    prepared = _prepare(layers, rules, crs, terrain, tables)
    inputs = Inputs(prepared, crs, rulebook, settings, as_of, terrain)

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
        drafts[rule_id] = _judge_rule(rule, inputs)
        hits = [hit for draft in drafts[rule_id] for hit in draft.hits]
        give_way(hits, done)
        measured[rule_id] = measure_hits(hits, rule, inputs)
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
            tuple(m.finding(rulebook, townships[id(m)]) for m in measured[rule_id] if m.reported),
            seconds[rule_id],
        )
        for rule_id in chosen
    )
    return CheckRun(
        as_of=as_of,
        rulebook_version=rulebook.version,
        working_crs=f"{crs.name}（{':'.join(crs.to_authority() or ('自定义', ''))}）",
        settings=settings,
        inputs=(*(describe_input(layer) for layer in layers.values()), *_other_inputs(rules, terrain, tables)),
        results=results,
    )


def _chosen_rules(rulebook: Rulebook, rule_ids: Sequence[str] | None) -> list[str]:
    chosen = list(rulebook.rules) if rule_ids is None else list(dict.fromkeys(rule_ids))
    for rule_id in chosen:
        if rule_id not in rulebook.rules:
            known = ", ".join(rulebook.rules)
            raise CheckError(f"rule {rule_id!r} is not in the rulebook. Choose among: {known}.")
    return chosen


def _prepare(
    layers: Mapping[str, Layer], rules: Sequence[Rule], crs: CRS, terrain: TerrainInput | None, tables: Sequence[Table]
) -> dict[str, Prepared]:
    """Make ready every layer that a rule looks at, and what is looked at beside layers."""
    needed = {key for rule in rules for key in (*rule.subject_layers, *rule.against_layers)} | _HELPING
    if _ALL_LAYERS in needed:
        needed |= set(layers)
    prepared = {key: prepare_layer(layer, crs) for key, layer in layers.items() if key in needed}
    for table in tables:
        prepared[table.key] = bare_layer(table.key, table.name, table.plan, crs, table.rows)
    for key, name in _GROUND.items():
        if terrain is not None or key == "slope":
            prepared[key] = bare_layer(key, name, "数字高程模型", crs)
    prepared[_ALL_LAYERS] = bare_layer(_ALL_LAYERS, "图层自身", "—", crs)
    return prepared


def _other_inputs(
    rules: Sequence[Rule], terrain: TerrainInput | None, tables: Sequence[Table]
) -> tuple[InputLayer, ...]:
    """Say what these rules look at beside layers."""
    others = []
    looked_at = {key for rule in rules for key in (*rule.subject_layers, *rule.against_layers)}
    if terrain is not None and looked_at & _ON_TERRAIN:
        said = terrain.provenance
        crs = ":".join(terrain.terrain.crs.to_authority() or ("自定义", ""))
        others.append(
            InputLayer(
                key="terrain",
                name="地形（数字高程）",
                feature_count=int(terrain.terrain.array.size),
                sha256=terrain.sha256,
                crs=crs,
                crs_source=said.crs_source,
                source=said.source,
                source_date=said.source_date,
                certainty=said.certainty,
                demonstration=said.demonstration,
            )
        )
    others += [
        InputLayer(
            key=table.key,
            name=table.name,
            feature_count=len(table.rows),
            sha256=table.sha256,
            crs="—",
            crs_source="—",
            source=table.source,
            source_date="",
            certainty="inferred" if table.placeholder else "real",
            demonstration=False,
        )
        for table in tables
        if table.key in looked_at
    ]
    return tuple(others)


def _judge_rule(rule: Rule, inputs: Inputs) -> list[PartDraft]:
    """Judge each subject layer against each object layer, or say why not."""
    drafts, prepared = [], inputs.layers
    not_in_force = _not_in_force(rule, inputs)
    for subject, against in _pairs_of_layers(rule, prepared):
        missing = [key for key in (subject, against) if key not in prepared]
        if not_in_force is not None:
            drafts.append(PartDraft(subject, against, [not_in_force]))
        elif subject == _ALL_LAYERS:
            drafts.append(PartDraft(subject, against, [Reason("no_layer_with_column", {"column": _column(rule)})]))
        elif missing:
            reasons = [Reason("layer_missing", {"layer": _layer_name(key)}) for key in missing]
            drafts.append(PartDraft(subject, against, reasons))
        elif (apart := _far_apart(prepared[subject], prepared[against])) is not None:
            drafts.append(PartDraft(subject, against, [apart]))
        else:
            drafts.append(judge_part(rule, prepared[subject], prepared[against], inputs))
    return drafts


def _pairs_of_layers(rule: Rule, prepared: Mapping[str, Prepared]) -> list[tuple[str, str]]:
    """Pairs of a subject layer and an object layer; `*` stands for every layer that has the column."""
    subjects: Sequence[str] = rule.subject_layers
    if _ALL_LAYERS in subjects:
        column = _column(rule)
        subjects = [key for key, layer in prepared.items() if column in layer.columns and not layer.bare]
        subjects = subjects or [_ALL_LAYERS]
    if rule.relation == "self_overlap":
        return [(one, other) for n, one in enumerate(subjects) for other in subjects[n:]]
    return [(subject, against) for subject in subjects for against in rule.against_layers]


def _column(rule: Rule) -> str:
    """Column that a rule for all layers looks at."""
    return str(rule.lookup.get("column", "recorded_area_m2"))


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
    if key in _GROUND:
        return _GROUND[key]
    definition = read_catalogue().get(key)
    return key if definition is None else definition.name


def _not_in_force(rule: Rule, inputs: Inputs) -> Reason | None:
    if is_in_force(rule, inputs, inputs.as_of):
        return None
    begins = [law.in_force_from for basis in rule.basis if (law := inputs.rulebook.laws.get(basis.law)) is not None]
    first_law = min((surely_from(text) for text in begins), default=inputs.as_of)
    start = max(rule.in_force_from() or first_law, first_law)
    if start > inputs.as_of:
        return Reason("rule_not_in_force", {"start": start.isoformat()})
    return Reason("no_law_in_force")


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
        exempt=draft.exempt,
        dropped=len(dropped),
        dropped_area_m2=sum(m.area_m2 or 0.0 for m in dropped if m.length_m is None),
        dropped_length_m=sum(m.length_m or 0.0 for m in dropped),
    )
