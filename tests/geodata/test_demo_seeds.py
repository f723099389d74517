"""The known answers, found again by brute force: plain shapely in EPSG:4544, no index, no engine."""

from __future__ import annotations

import csv
import itertools
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pytest
import shapely

import geodata.demo
from geodata.store import Workspace

SEEDS = Path(geodata.demo.__file__).parent / "seeds.csv"
RULES = Path(geodata.demo.__file__).parents[2] / "planning" / "rules"
KINDS = {"conflict", "near_miss", "exempt"}
NO_LAYERS = {"*", "slope", "industry_access"}
HALF_WIDTH_M = {
    # least, greatest
    "高速公路(四车道)": (14.0, 35.0),
    "一级公路(四车道)": (13.75, 30.0),
    "二级公路": (7.0, 18.0),
    "三级公路": (5.25, 13.0),
    "四级公路(双车道)": (4.25, 9.0),
    "四级公路(单车道)": (3.25, 7.0),
}
ZONE_M = {"expressway": 30.0, "national": 20.0, "provincial": 15.0, "county": 10.0, "township": 5.0}
AREAS = ("project", "park", "plan_land_new")
LINES = ("road", "railway", "pipeline", "powerline")
OVERLAPS = (
    ("LN-01", ("permanent_farmland",), "ecological_redline", 1.0),
    ("LN-02", ("urban_boundary",), "ecological_redline", 1.0),
    ("PB-01", (*AREAS, "mine_right"), "permanent_farmland", 0.01),
    ("EC-01", (*AREAS, "mine_right"), "ecological_redline", 0.01),
    ("EC-03", (*AREAS, "mine_right"), "reserve_core", 0.01),
    ("EC-04", AREAS, "reserve_general", 0.01),
)
CROSSINGS = (
    ("PB-02", LINES[:2], "permanent_farmland"),
    ("EC-02", LINES, "ecological_redline"),
    ("EC-03", LINES, "reserve_core"),
    ("EC-04", LINES, "reserve_general"),
)
STRONGER = {"EC-01": {"EC-03", "EC-04"}, "EC-02": {"EC-03", "EC-04"}, "EC-04": {"EC-03"}}

Layers = dict[str, gpd.GeoDataFrame]


class Pair(NamedTuple):
    """What a known answer or a recount is about."""

    rule: str
    subject_layer: str
    subject: str
    against_layer: str
    against: str


@pytest.fixture(scope="module")
def layers(demo_root: Path) -> Layers:
    workspace = Workspace.open(demo_root)
    return {key: workspace.read_layer(key).to_crs(4544) for key in workspace.current()}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with SEEDS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def seeds(rows: list[dict[str, str]]) -> set[Pair]:
    """What a check must report: the conflicts, and what is exempt only in part."""
    reported = {pair_of(row) for row in rows if row["kind"] == "conflict" or row["severity"]}
    assert all(pair_of(row) not in reported for row in rows if row["kind"] != "conflict" and not row["severity"])
    return reported


@pytest.fixture(scope="module")
def shared(layers: Layers) -> dict[Pair, Any]:
    """Every common part of a judged subject and an object, however small."""
    found: dict[Pair, Any] = {}
    for rule, subjects, against, _ in OVERLAPS:
        for subject in subjects:
            found |= common(layers, rule, subject, against)
    for rule, subjects, against in CROSSINGS:
        for subject in subjects:
            found |= common(layers, rule, subject, against)
    return found


def pair_of(row: dict[str, str]) -> Pair:
    return Pair(row["rule_id"], row["subject_layer"], row["subject_id"], row["against_layer"], row["against_id"])


def judged(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if "status" in frame:
        frame = frame[frame["status"].isin(["planned", "extended"])]
    return frame[frame.geometry.notna()]


def common(layers: Layers, rule: str, subject: str, against: str) -> dict[Pair, Any]:
    found: dict[Pair, Any] = {}
    frame = layers[subject] if rule.startswith("LN") else judged(layers[subject])
    for one in frame.itertuples():
        shape = one.geometry
        if rule == "PB-02":
            mine = layers["tunnel"][layers["tunnel"]["road"] == one.id].geometry
            shape = shape.difference(shapely.union_all(mine.to_numpy()).buffer(0.01))
        box = shapely.box(*shape.bounds)
        for other in layers[against].itertuples():
            if box.intersects(shapely.box(*other.geometry.bounds)):
                part = shape.intersection(other.geometry)
                if max(part.area, part.length) > 0:
                    found[Pair(rule, subject, one.id, against, other.id)] = part
    return found


def is_line(pair: Pair) -> bool:
    return pair.subject_layer in LINES


def is_reported(pair: Pair, part: Any) -> bool:
    if is_line(pair):
        return bool(part.length > 1.0)
    return bool(part.area > next(least for rule, _, _, least in OVERLAPS if rule == pair.rule))


def by_rule(pairs: set[Pair], *rules: str) -> set[Pair]:
    return {pair for pair in pairs if pair.rule in rules}


def test_every_rule_has_a_conflict_a_near_miss_and_an_exempt_case(rows: list[dict[str, str]]) -> None:
    kinds = defaultdict(set)
    for row in rows:
        kinds[row["rule_id"]].add(row["kind"])
        assert row["note"], row
        assert row["severity"] in {"prohibited", "conditional", "reminder", ""}, row
        assert row["kind"] != "conflict" or row["severity"], row
        assert row["kind"] != "near_miss" or not row["severity"], row
    rules = {path.stem for path in RULES.glob("*.yaml")}
    assert len(rules) == 76
    assert {rule: kinds[rule] for rule in rules} == dict.fromkeys(rules, KINDS)
    assert set(kinds) == rules
    assert max(Counter(map(pair_of, rows)).values()) == 1


def test_the_features_of_every_known_answer_are_there(rows: list[dict[str, str]], layers: Layers) -> None:
    for row in rows:
        for side in ("subject", "against"):
            key, name = row[f"{side}_layer"], row[f"{side}_id"]
            assert key in NO_LAYERS or name == "*" or name in set(layers[key]["id"]), row


def test_overlaps_and_crossings(shared: dict[Pair, Any], seeds: set[Pair]) -> None:
    found = {pair: part for pair, part in shared.items() if is_reported(pair, part)}
    kept = set()
    for pair, part in found.items():
        cover = [
            other_part
            for other, other_part in found.items()
            if other[1:3] == pair[1:3] and other.rule in STRONGER.get(pair.rule, set())
        ]
        rest = part.difference(shapely.union_all(cover).buffer(1e-6)) if cover else part
        if (rest.length if is_line(pair) else rest.area) > 1e-6:
            kept.add(pair)
    assert kept == by_rule(seeds, "LN-01", "LN-02", "PB-01", "PB-02", "EC-01", "EC-02", "EC-03", "EC-04")
    assert len(found) - len(kept) == 5


def test_nothing_lies_near_a_threshold(shared: dict[Pair, Any]) -> None:
    small = {pair: part for pair, part in shared.items() if not is_reported(pair, part)}
    visible = {pair: part.area for pair, part in small.items() if not is_line(pair) and part.area > 1e-4}
    # The one sliver that the threshold of LN-01 drops.
    assert [(pair.rule, pair.against) for pair in visible] == [("LN-01", "esr-07")]
    assert 0.2 < next(iter(visible.values())) < 0.8
    assert not [pair for pair, part in small.items() if is_line(pair) and part.length > 1e-6]
    for pair, part in shared.items():
        if is_reported(pair, part):
            assert part.length > 100.0 if is_line(pair) else part.area > 1000.0, pair


def test_one_field_only_touches_the_redline(layers: Layers) -> None:
    block = layers["ecological_redline"].set_index("id").geometry["esr-07"]
    fields = layers["permanent_farmland"]
    edge = fields.geometry.intersection(block.boundary).length
    touching = fields[(edge > 100.0) & (fields.geometry.intersection(block).area < 1e-6)]
    assert list(touching["id"]) == ["pbf-0016"]


def test_parks_outside_the_urban_boundary(layers: Layers, seeds: set[Pair]) -> None:
    whole = shapely.union_all(layers["urban_boundary"].geometry.to_numpy())
    found = set()
    for park in judged(layers["park"]).itertuples():
        outside = park.geometry.difference(whole).area
        assert outside > 10_000.0 or outside < 1e-6 or (park.id == "ln-04-near" and 100.0 < outside < 200.0), park.id
        if outside > 200.0:
            found.add(Pair("LN-04", "park", park.id, "urban_boundary", "*"))
    assert found == by_rule(seeds, "LN-04")


def test_land_in_the_building_control_zone(layers: Layers, seeds: set[Pair]) -> None:
    found = set()
    roads = layers["road"][layers["road"].geometry.notna()]
    for key in ("park", "plan_land_new", "building"):
        for one, road in itertools.product(judged(layers[key]).itertuples(), roads.itertuples()):
            least, greatest = HALF_WIDTH_M[road.technical_class]
            if road.roadbed_m > 0:
                least = greatest = road.roadbed_m / 2 + 4
            zone, away = ZONE_M[road.road_class], one.geometry.distance(road.geometry)
            # No answer hangs on how wide the road's land is taken to be.
            assert away < least + zone or away > greatest + zone, (one.id, road.id)
            if away < least + zone:
                found.add(Pair("TR-01", key, one.id, "road", road.id))
    assert found == by_rule(seeds, "TR-01")


def test_chemistry_near_a_bank(layers: Layers, seeds: set[Pair]) -> None:
    found = set()
    projects, banks = layers["project"], layers["river_bank"]
    # Where the line that management begins at is drawn, it counts and not the water's edge.
    outer = set(banks[banks["datum"] == "outer"]["river"])
    banks = banks[(banks["datum"] == "outer") | ~banks["river"].isin(outer)]
    subjects = {"chemical_park": layers["chemical_park"], "project": projects[projects["chemical"].astype(bool)]}
    for key, frame in subjects.items():
        for one, bank in itertools.product(judged(frame).itertuples(), banks.itertuples()):
            away = one.geometry.distance(bank.geometry)
            assert away < 900.0 or away > (1002.0 if one.id == "wa-05-near" else 1100.0), (one.id, bank.id)
            if away < 1000.0:
                found.add(Pair("WA-05", key, one.id, "river_bank", bank.id))
    assert found == by_rule(seeds, "WA-05")


def test_township_gap_and_overlap(layers: Layers, seeds: set[Pair]) -> None:
    townships, county = layers["township"], layers["county"].geometry.iloc[0]
    found = set()
    for one, other in itertools.combinations(townships.sort_values("id").itertuples(), 2):
        area = one.geometry.intersection(other.geometry).area
        assert area < 1e-3 or 500 < area < 5000
        if area > 1.0:
            found.add(Pair("AD-01", "township", one.id, "township", other.id))
    for gap in shapely.get_parts(county.difference(shapely.union_all(townships.geometry.to_numpy()))):
        assert gap.area < 1e-3 or 500 < gap.area < 5000
        if gap.area > 1.0:
            nearest = townships["id"].iloc[int(townships.geometry.distance(gap).argmin())]
            found.add(Pair("AD-01", "township", nearest, "county", "county-510821"))
    assert shapely.union_all(townships.geometry.to_numpy()).difference(county).area < 1e-3
    assert found == by_rule(seeds, "AD-01")


def test_existing_sites_are_there_to_be_left_alone(layers: Layers, seeds: set[Pair]) -> None:
    existing = layers["project"][layers["project"]["status"] == "existing"]
    assert len(existing) >= 3
    assert not set(existing["id"]) & {pair.subject for pair in seeds}
