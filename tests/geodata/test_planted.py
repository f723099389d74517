"""What is planted for each rule: where it lies, how far outside a near miss is, and that the scenes are well formed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geodata.demo
from geodata.demo.planted import carve
from geodata.demo.planted_draw import Frame, NoRoomError, draw_features
from geodata.demo.planted_scenes import PlantedScene, read_feature, read_scenes
from geodata.errors import ReadError
from geodata.measure import measure_area_m2
from geodata.store import Workspace

SEEDS = Path(geodata.demo.__file__).parent / "seeds.csv"
SCALE = 1.0007
"""More than a metre of the plane is to a metre of the ground anywhere in the county."""
LEAST_M2 = {
    "EC-01": 0.01, "EC-03": 0.01, "EC-04": 0.01, "EC-05": 400, "EC-06": 0.01, "EC-07": 0.01, "EC-08": 200,
    "EC-09": 200, "EC-10": 400, "EC-11": 400, "EC-12": 400, "HE-01": 0.01, "HE-02": 200, "HE-04": 50, "HE-05": 200,
    "HZ-01": 0.01, "HZ-02": 200, "HZ-03": 0.01, "IN-04": 200, "LN-01": 1, "LN-02": 1, "LN-03": 400, "MI-01": 200,
    "MI-02": 0.01, "MI-03": 1, "PB-01": 0.01, "PB-03": 400, "PB-05": 400, "PB-06": 1, "PL-01": 200, "PL-02": 200,
    "PL-03": 400, "WA-01": 0.01, "WA-02": 0.01, "WA-03": 0.01, "WA-07": 0.01, "WA-10": 0.01,
}  # fmt: skip
"""Rules of overlap: the smallest area that counts."""
FARTHEST_M = {
    # A road's limit is that from its land and the widest land that is assumed for its class.
    "EC-02": 0, "EC-13": 8 + 5, "HE-03": 50, "IN-05": 150, "IN-06": 100, "IN-07": 0, "PB-02": 13, "TR-01": 13 + 15,
    "TR-02": 13 + 65, "TR-03": 13 + 100, "TR-04": 18 + 100, "TR-05": 15, "TR-06": 1000, "TR-07": 13 + 15, "TR-08": 0,
    "TR-10": 18 + 35, "TR-12": 13, "UT-01": 5, "UT-02": 10, "WA-04": 0, "WA-05": 1000, "WA-06": 1000, "WA-08": 0,
}  # fmt: skip
"""Rules of distance and crossing: from the drawn shape of the object to where the rule surely no longer applies."""

Layers = dict[str, gpd.GeoDataFrame]


@pytest.fixture(scope="module")
def layers(demo_root: Path) -> Layers:
    workspace = Workspace.open(demo_root)
    return {key: workspace.read_layer(key).to_crs(4544) for key in workspace.current()}


@pytest.fixture(scope="module")
def shapes(layers: Layers) -> dict[str, Any]:
    return {f"{key} {row.id}": row.geometry for key, frame in layers.items() for row in frame.itertuples()}


def rows_of(*kinds: str) -> list[tuple[str, str, str]]:
    """Rules with the features of their pairs, where both are single features."""
    with SEEDS.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["kind"] in kinds]
    keyed = [
        (r["rule_id"], *(f"{r[f'{side}_layer']} {r[f'{side}_id']}" for side in ("subject", "against"))) for r in rows
    ]
    return [row for row in keyed if row[0] in LEAST_M2 | FARTHEST_M and not row[2].endswith("*")]


@pytest.mark.parametrize(("rule", "subject", "against"), rows_of("near_miss"))
def test_a_near_miss_is_near_and_misses(shapes: dict[str, Any], rule: str, subject: str, against: str) -> None:
    one, other = shapes[subject], shapes[against]
    away = one.distance(other)
    if rule in LEAST_M2:
        area = one.intersection(other).area
        assert area < 0.99 * LEAST_M2[rule]
        assert area > 0.3 * LEAST_M2[rule] or away < 2.5
    else:
        assert FARTHEST_M[rule] < away / SCALE
        assert away < FARTHEST_M[rule] + 6.5


@pytest.mark.parametrize(("rule", "subject", "against"), rows_of("conflict", "exempt"))
def test_a_conflict_and_an_exempt_case_lie_within_the_limit(
    shapes: dict[str, Any], rule: str, subject: str, against: str
) -> None:
    one, other = shapes[subject], shapes[against]
    if rule in LEAST_M2 and shapely.get_dimensions(one) == 2:
        assert one.intersection(other).area > 1.1 * LEAST_M2[rule]
    elif rule in FARTHEST_M:
        assert one.distance(other) <= FARTHEST_M[rule]
    else:
        assert one.intersects(other)


def test_recorded_areas_differ_as_planted(layers: Layers) -> None:
    fields = layers["permanent_farmland"].set_index("id").to_crs(4490)
    share = fields["recorded_area_m2"] / measure_area_m2(fields.geometry) - 1
    assert share["ad-03-conflict"] == pytest.approx(0.005, rel=1e-3)
    assert share["ad-03-near"] == pytest.approx(0.0009, rel=1e-3)
    assert np.isnan(share["ad-03-exempt"])
    assert share.drop(["ad-03-conflict", "ad-03-near", "ad-03-exempt"]).abs().max() < 1e-5


def test_planted_features_say_that_they_are_made_up_and_are_known_answers() -> None:
    with SEEDS.open(encoding="utf-8", newline="") as stream:
        rules = {row["rule_id"] for row in csv.DictReader(stream)}
    scenes = read_scenes()
    assert {rule for scene in scenes for rule in scene.rule.split()} <= rules
    for scene in scenes:
        for one in scene.features:
            assert "示意" in one.name or "虚构" in one.name, one.id
            assert one.id[:5].upper() in rules, one.id


def test_scenes_keep_off_each_other_and_off_the_countys_edge(layers: Layers) -> None:
    planted = {one.id: (number, one.layer) for number, scene in enumerate(read_scenes()) for one in scene.features}
    drawn: dict[int, list[Any]] = {}
    for name, (number, key) in planted.items():
        drawn.setdefault(number, []).append(layers[key].set_index("id").geometry[name])
    whole = [shapely.union_all(parts) for parts in drawn.values()]
    tree = shapely.STRtree(whole)
    near = tree.query(whole, predicate="dwithin", distance=50.0)
    assert (near[0] == near[1]).all()
    assert shapely.contains(layers["county"].geometry.iloc[0].buffer(-100.0), whole).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"blob": 1, "colour": "red"}, "unknown colour"),
        ({}, "exactly one of"),
        ({"blob": 1, "line": 20}, "exactly one of"),
        ({"blob": 1, "over": "a", "beside": "b"}, "more than one of"),
    ],
)
def test_a_feature_that_cannot_be_drawn_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_feature({"id": "xx-01-a", "layer": "project", "name": "示意"} | values, "scenes.yaml XX-01")


def test_a_scene_is_drawn_as_it_says() -> None:
    features = (
        {"id": "a", "blob": 2},
        {"id": "b", "blob": 1, "beside": "a", "towards": "north", "gap_m": 7.5},
        {"id": "c", "blob": 1, "beside": "a", "towards": "west", "shared_m2": 150},
        {"id": "d", "belt": "a", "width_m": 30},
        {"id": "e", "point": True, "inside": "a", "shift_m": 5},
    )
    read = tuple(read_feature({"layer": "project", "name": "示意"} | one, "") for one in features)
    scene = PlantedScene("XX-01", read)
    drawn = draw_features(scene, Frame(1000.0, 2000.0, 35.0), {})
    assert drawn["a"].area == pytest.approx(20_000)
    assert drawn["a"].distance(drawn["b"]) == pytest.approx(7.5, abs=1e-3)
    assert drawn["a"].intersection(drawn["c"]).area == pytest.approx(150, abs=0.01)
    assert drawn["a"].intersection(drawn["d"]).area == pytest.approx(0, abs=1e-6)
    assert drawn["e"].within(drawn["a"])
    with pytest.raises(NoRoomError, match="its place is taken"):
        draw_features(scene, Frame(0.0, 0.0), {}, lambda _: False)


def test_carving_keeps_a_layer_without_overlaps() -> None:
    rows = [{"geometry": shapely.box(0, 0, 10, 10)}, {"geometry": shapely.box(10, 0, 20, 10)}]
    carve(rows, shapely.box(2, 2, 4, 4))
    assert [row["geometry"].area for row in rows] == [96.0, 100.0]
