"""A finding as PostGIS is told of it: which features, which distance, which assumed widths; no geometry and no size."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning.findings import Finding
    from planning.prepare import Prepared
    from tests.oracle.rule_text import RuleText

AS_OF = date(2026, 11, 22)
COLUMNS = (
    "finding",
    "rule",
    "turn",
    "relation",
    "subject_layer",
    "subject_id",
    "against_layer",
    "against_id",
    "limit_m",
    "road_land",
    "edge_m",
    "cut_m",
    "half_width_m",
    "subject_zone_m",
    "against_zone_m",
)


def finding_row(finding: Finding, rule: RuleText, turn: int, layers: Mapping[str, Prepared]) -> list[object]:
    """Give a row of the table `finding`, in the order of `COLUMNS`."""
    subject, against, text = finding.subject, finding.against, rule.text
    widths = [reason.params for reason in finding.assumptions if reason.code.startswith("half_width_")]
    likely = float(widths[0]["metres"]) if widths else None
    road_land = bool(text.get("from_land_edge")) and against.layer == "road"
    only_widest = any(reason.code == "only_with_high_width" for reason in finding.needs_review)
    edge = likely if road_land else _edge_m(rule, against.layer, record_of(layers, against.layer, against.id))
    own_zone = rule.zone_m("subject", subject.layer, record_of(layers, subject.layer, subject.id), AS_OF)
    return [
        finding.finding_id,
        rule.id,
        turn,
        rule.relation,
        subject.layer,
        subject.id,
        against.layer,
        against.id,
        _limit_m(finding, rule, record_of(layers, subject.layer, subject.id)),
        road_land,
        edge,
        float(widths[0]["high"]) if road_land and only_widest else edge,
        likely if text.get("takes_land") or own_zone is not None else None,
        own_zone,
        rule.zone_m("against", against.layer, record_of(layers, against.layer, against.id), AS_OF),
    ]


def left_out(rule: RuleText, layers: Mapping[str, Prepared]) -> Iterator[tuple[str, str, int]]:
    """Name the objects that a rule surely does not mean, by its conditions on their attributes."""
    from planning.conditions import fits

    for key, wanted in rule.text["against"].get("where", {}).items():
        for position, record in enumerate(layers[key].records if key in layers else ()):
            if fits(record, wanted).holds is False:
                yield rule.id, key, position


def record_of(layers: Mapping[str, Prepared], key: str, feature_id: str) -> Mapping[str, object]:
    """Give a feature's attributes; none for a layer as a whole."""
    layer = layers.get(key)
    return layer.records[layer.ids.index(feature_id)] if layer is not None and feature_id in layer.ids else {}


def _limit_m(finding: Finding, rule: RuleText, subject: Mapping[str, object]) -> float | None:
    if rule.limit_column is not None:
        return float(str(subject[rule.limit_column]))
    return next((value.value for value in finding.values if value.name == "distance_m"), None)


def _edge_m(rule: RuleText, layer: str, record: Mapping[str, object]) -> float:
    column = rule.text.get("object_edge", {}).get(layer)
    return 0.0 if column is None else float(str(record[column]))
