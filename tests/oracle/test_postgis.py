"""
An oracle of another make: PostGIS finds the same pairs as the engine, and the same areas, lengths and distances.

What is compared is derived from the rule files, so that a new rule is asked about without a word here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.measure import measure_area_m2, measure_length_m
from planning import line_relations, relations
from tests.oracle.compare import FLOOR, RELATIVE, differences
from tests.oracle.rule_text import SPATIAL, RuleText, read_rule_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planning.prepare import Prepared
    from planning.relations import Pair
    from tests.oracle.conftest import County

    Sizes = dict[tuple[int, int], float]

RULES = read_rule_texts()
ASKED = [rule_id for rule_id, rule in RULES.items() if rule.relation in SPATIAL and rule.layer_pairs]


# ---- sizes -----------------------------------------------------------------------------------------------------------


def test_every_feature_has_the_same_area_and_length(county: County) -> None:
    rows = county.postgis.ask("SELECT layer, position, area_m2(geom), length_m(geom) FROM feature")
    theirs = {(layer, int(position)): (float(area), float(length)) for layer, position, area, length in rows}
    ours = {
        (key, position): measured
        for key, layer in county.prepared.items()
        for position, measured in enumerate(
            zip(measure_area_m2(layer.geometry), measure_length_m(layer.geometry), strict=True)
        )
    }
    assert ours.keys() == theirs.keys()
    for feature, measured in ours.items():
        assert measured == pytest.approx(theirs[feature], rel=RELATIVE, abs=FLOOR), feature


# ---- relations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule_id", ASKED)
def test_the_same_pairs_of_the_same_size(rule_id: str, county: County) -> None:
    rule = RULES[rule_id]
    pairs = [pair for pair in rule.layer_pairs if county.can_compare(rule.relation, *pair)]
    if not pairs:
        pytest.skip(f"the county has no layers for {rule_id}")
    wrong = {}
    for subject, against in pairs:
        for what, ours, theirs in answers(rule, county, subject, against):
            found = differences(ours, theirs)
            if found:
                wrong[subject, against, what] = found
    assert wrong == {}


def answers(rule: RuleText, county: County, subject: str, against: str) -> Iterator[tuple[str, Sizes, Sizes]]:
    """Ask both; on distances, on gaps and on overlaps each by itself."""
    one, other = county.prepared[subject], county.prepared[against]
    if rule.relation == "within_distance":
        limit_m = county.largest(subject, rule.limit_column) if rule.limit_column else rule.farthest_m
        yield "distance", *distances(county, one, other, limit_m)
        return
    (left, left_at), (right, right_at) = of_kind(one), of_kind(other)
    if rule.relation == "line_crossing":
        found = line_relations.line_crossings(left, right)
        places = {(left_at[pair.subject], right_at[pair.against]): pair.geometry for pair in found}
        yield "crossing", *crossings(places, county.ask("crossing_pairs", subject, against))
    elif rule.relation == "coverage":
        found = relations.coverage(left, right)
        inner, outer = [p for p in found if p.within_subjects], [p for p in found if not p.within_subjects]
        yield "overlap", sizes(one, inner, left_at, left_at), county.sizes("overlap_pairs", subject, subject)
        yield "gap", sizes(one, outer, left_at, right_at), county.sizes("gap_pairs", subject, against)
    elif rule.relation == "outside":
        ask = line_relations.outside_of_lines if one.kind == "line" else relations.outside
        yield "outside", sizes(one, ask(left, right), left_at), county.sizes("outside_pairs", subject, against)
    elif subject == against:
        found = relations.self_overlap(left)
        yield "overlap", sizes(one, found, left_at, left_at), county.sizes("overlap_pairs", subject, subject)
    else:
        found = relations.overlap(left, right)
        yield "overlap", sizes(one, found, left_at, right_at), county.sizes("overlap_pairs", subject, against)


def of_kind(layer: Prepared) -> tuple[gpd.GeoSeries, list[int]]:
    """Give the features that a relation can take, and their positions in the layer."""
    positions = [int(position) for position in np.flatnonzero(layer.of_kind)]
    return gpd.GeoSeries(layer.geometry.to_numpy()[positions], crs=layer.geometry.crs), positions


def sizes(layer: Prepared, pairs: list[Pair], subject_at: list[int], against_at: list[int] | None = None) -> Sizes:
    """Measure what the engine found; a point that is there counts 1."""
    evidence = gpd.GeoSeries([pair.geometry for pair in pairs], crs=layer.geometry.crs)
    measured: NDArray[np.float64] = np.ones(len(pairs))
    if layer.kind != "point":
        measured = measure_area_m2(evidence) if layer.kind == "polygon" else measure_length_m(evidence)
    return {
        (subject_at[pair.subject], pair.against if against_at is None else against_at[pair.against]): float(size)
        for pair, size in zip(pairs, measured, strict=True)
    }


def crossings(ours: dict[tuple[int, int], BaseGeometry], said: dict[tuple[int, int], str]) -> tuple[Sizes, Sizes]:
    """Count the crossings of each pair; theirs are minus as many where they lie elsewhere."""
    theirs = {pair: shapely.from_wkb(places) for pair, places in said.items()}
    elsewhere = {
        pair for pair in ours.keys() & theirs.keys() if shapely.hausdorff_distance(ours[pair], theirs[pair]) > FLOOR
    }
    count = shapely.get_num_geometries
    return (
        {pair: float(count(places)) for pair, places in ours.items()},
        {pair: float(count(places)) * (-1 if pair in elsewhere else 1) for pair, places in theirs.items()},
    )


def distances(county: County, subject: Prepared, against: Prepared, limit_m: float) -> tuple[Sizes, Sizes]:
    """Ask both who lies within a distance and how far; pairs that lie on the limit itself are left out."""
    count = len(against.geometry)
    found = relations.within_distance(
        subject.geometry, against.geometry, np.full(count, limit_m), np.zeros(count), limit_itself=True
    )
    ours = {(pair.subject, pair.against): float(pair.distance_m or 0.0) for pair in found}
    theirs = county.sizes("distance_pairs", subject.key, against.key, limit_m)
    on_limit = {pair for pair, distance in theirs.items() if abs(distance - limit_m) <= 2 * RELATIVE * limit_m}
    far = {pair for pair, distance in theirs.items() if distance > limit_m}
    # Farther by 1 m, so that a pair at distance 0 that only one of them has is seen too.
    return (
        {pair: 1 + distance for pair, distance in ours.items() if pair not in on_limit},
        {pair: 1 + distance for pair, distance in theirs.items() if pair not in on_limit | far},
    )


# ---- the oracle itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "noticed"),
    [
        ({(0, 1): 1e6}, {(0, 1): 1e6 + 0.9}, False),
        ({(0, 1): 1e6}, {(0, 1): 1e6 + 1.1}, True),
        ({(0, 1): 0.0009}, {}, False),
        ({}, {(0, 1): 0.0011}, True),
        ({(0, 1): 5.0}, {(1, 0): 5.0}, True),
    ],
)
def test_a_difference_is_noticed(ours: Sizes, theirs: Sizes, noticed: bool) -> None:
    assert bool(differences(ours, theirs)) is noticed
