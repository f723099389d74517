"""The layers that cover the whole demonstration county: they fit each other and what they were drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from geodata.demo.factbook import read_facts
from geodata.measure import measure_area_m2
from geodata.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

ALL_YES_NO = {
    "project": "chemical hazmat hazchem_production supports_production discharge heavy_pollution livestock "
    "pollutes_soil national_key infrastructure survey_done",
    "park": "infrastructure survey_done",
    "road": "tunnel survey_done in_county",
    "railway": "is_hsr heavy_haul tunnel",
    "permanent_farmland": "recognised terraced",
    "plan_land": "built",
    "plan_urban": "built",
    "river_bank": "demarcated important_tributary",
    "river_management": "announced",
    "heritage_scope": "announced",
}
"""Columns that say yes or no in every row, planted ones aside."""
PLANTED = r"[a-z]{2}-\d\d-.+"
"""Ids of what is planted begin with the rule's; a planted row may leave a column open on purpose."""


class County:
    """Layers in metres, without what is only planted for a rule."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root)

    def stored(self, key: str, pattern: str) -> gpd.GeoDataFrame:
        frame = self.workspace.read_layer(key)
        return frame[frame["id"].str.fullmatch(pattern) & ~frame["id"].str.fullmatch(PLANTED)]

    def metric(self, key: str, pattern: str) -> gpd.GeoDataFrame:
        return self.stored(key, pattern).to_crs(4544)


@pytest.fixture(scope="module")
def county(demo_root: Path) -> County:
    return County(demo_root)


def test_land_use_is_a_partition_of_the_county(county: County) -> None:
    patches = county.metric("land_use", r"lu-\d{5}")
    outline = county.metric("county", ".*").geometry.iloc[0]
    assert 4000 <= len(patches) <= 7000
    assert (patches.geometry.geom_type == "Polygon").all()
    assert shapely.coverage_is_valid(patches.geometry.to_numpy())
    assert shapely.coverage_union_all(patches.geometry.to_numpy()).symmetric_difference(outline).area < 10_000.0
    assert patches.geometry.area.min() > 400.0


def test_land_use_says_class_township_and_size(county: County) -> None:
    patches = county.stored("land_use", r"lu-\d{5}")
    assert set(patches["land_class"]) == set(read_facts("land_classes")["land_class"])
    assert set(patches["township_code"]) <= set(read_facts("townships_2020")["code"])
    assert np.abs(patches["recorded_area_m2"] - measure_area_m2(patches.geometry)).max() < 0.01
    share = measure_area_m2(patches.geometry[patches["land_class"].str.startswith("03")]).sum() / 2995e6
    assert 0.7 < share < 0.9


def test_permanent_farmland_is_arable_and_the_rest_of_it_is_cropland(county: County) -> None:
    patches, fields = county.metric("land_use", r"lu-\d{5}"), county.metric("permanent_farmland", r"pbf-\d{4}")
    other = patches[~patches["land_class"].str.startswith("01")]
    pairs = other.sindex.query(fields.geometry, predicate="intersects")
    shared = shapely.area(
        shapely.intersection(fields.geometry.to_numpy()[pairs[0]], other.geometry.to_numpy()[pairs[1]])
    )
    assert shared.max() < 400.0
    cropland = county.stored("cropland", r"crop-\d{4}")
    arable = patches["land_class"].str.startswith("01").sum()
    assert 50 < len(cropland) < 500
    assert arable == pytest.approx(len(cropland) + len(fields), abs=15)


def test_forest_grades_share_out_the_forest(county: County) -> None:
    forest = county.stored("forest_land", r"forest-\d\d-[IV]+")
    patches = county.stored("land_use", r"lu-\d{5}")
    assert set(forest["grade"]) == {"I", "II", "III", "IV"}
    total = measure_area_m2(patches.geometry[patches["land_class"].str.startswith("03")]).sum()
    assert measure_area_m2(forest.geometry).sum() == pytest.approx(total, rel=1e-9)
    welfare = county.stored("public_welfare_forest", r"welfare-forest-\d\d")
    assert set(welfare["level"]) == {"一级国家级", "二级国家级", "地方"}


def test_control_units_cover_the_county_and_one_has_no_list(county: County) -> None:
    units = county.stored("eco_unit", r"eco-\d\d")
    assert measure_area_m2(units.geometry).sum() == pytest.approx(2995e6, rel=1e-4)
    assert shapely.coverage_is_valid(units.geometry.to_numpy())
    assert set(units["unit_type"]) == {"优先保护", "重点管控", "一般管控"}
    assert list(units[units["prohibited_codes"] == ""]["id"]) == ["eco-03"]
    lists = units["prohibited_codes"].str.split()
    assert all(code.isdigit() and len(code) == 4 for codes in lists for code in codes)


@pytest.mark.parametrize("key", ["bridge", "tunnel"])
def test_bridges_and_tunnels_are_stretches_of_their_lines(county: County, key: str) -> None:
    lines = {row.id: row.geometry for layer in ("road", "railway") for row in county.metric(layer, ".*").itertuples()}
    stretches = county.metric(key, key + r"-\d{3}")
    assert len(stretches) > 20
    for row in stretches.itertuples():
        corners = shapely.points(shapely.get_coordinates(row.geometry))
        assert shapely.distance(corners, lines[row.road]).max() < 1e-3, row.id


def test_the_railway_is_crossed_on_bridges_only(county: County) -> None:
    roads = county.metric("road", r"road-.*")
    rail = county.metric("railway", "rail-guangba").geometry.iloc[0]
    bridges = shapely.union_all(county.metric("bridge", r"bridge-\d{3}").geometry.buffer(0.01).to_numpy())
    guarded = [county.metric(key, ".*").geometry.to_numpy() for key in ("ecological_redline", "permanent_farmland")]
    planted = shapely.union_all(np.concatenate(guarded)).buffer(60.0)
    for road in roads[roads.geometry.notna()].itertuples():
        for x, y in shapely.get_coordinates(road.geometry.intersection(rail)):
            assert bridges.union(planted).contains(shapely.Point(x, y)), road.id


def test_the_former_plans_agree_but_for_three_blocks(county: County) -> None:
    land, urban = county.stored("plan_land", r"plan-land-\d{4}"), county.stored("plan_urban", r"plan-urban-\d{4}")
    assert len(land) == len(urban) > 300
    assert shapely.equals_exact(land.geometry.to_numpy(), urban.geometry.to_numpy()).all()
    differs = land["use"].to_numpy() != urban["use"].to_numpy()
    built = [
        (bool(a), bool(b)) for a, b in zip(land["built"][differs], urban["built"].to_numpy()[differs], strict=True)
    ]
    assert sorted(built) == [(False, True), (True, False), (True, True)]
    assert (land["built"] == ~land["use"].isin(["green", "farm"])).all()


def test_the_plan_lists_every_drawn_project_along_its_course(county: County) -> None:
    plan = county.metric("plan_project", r"plan-(road|rail|airport)-.*").set_index("id").geometry
    assert len(plan) == 9
    for key in ("road", "railway"):
        for row in county.metric(key, r"(road|rail)-.*").itertuples():
            if row.clause and row.geometry is not None:
                assert plan[f"plan-{row.id}"].buffer(20.0).covers(row.geometry), row.id


def test_side_roads_keep_off_every_site(county: County) -> None:
    sites = [county.metric(key, key.split("_")[0][:4] + ".*").geometry for key in ("park", "chemical_park", "project")]
    whole = shapely.union_all(np.concatenate([one.to_numpy() for one in sites]))
    roads = county.metric("road", r"road-[XY]\d{3}")
    assert set(roads["road_class"]) == {"county", "township"}
    assert roads.geometry.distance(whole).min() > 90.0
    assert roads["note"].str.contains("演示").all()


def test_planned_utilities_keep_off_what_is_guarded(county: County) -> None:
    keys = ("ecological_redline", "reserve_core", "reserve_general", "scenic_area", "nature_park", "park", "project")
    guarded = shapely.union_all(np.concatenate([county.metric(key, ".*").geometry.to_numpy() for key in keys]))
    for key, pattern in (("powerline", "power-.*"), ("pipeline", "gas-.*")):
        lines = county.metric(key, pattern)
        planned = lines[lines["status"] == "planned"]
        assert len(planned) == 1
        assert not planned.geometry.intersects(guarded).any(), key
    assert set(county.stored("powerline", "power-.*")["voltage_kv"]) == {35.0, 110.0, 220.0, 500.0}


@pytest.mark.parametrize("key", list(ALL_YES_NO))
def test_yes_or_no_is_said_in_every_row(county: County, key: str) -> None:
    frame = county.stored(key, ".*")
    for column in ALL_YES_NO[key].split():
        said = set(frame[column].map(type))
        assert said <= {bool, np.bool_}, (column, said)


def test_invented_names_say_so(county: County) -> None:
    patterns = {
        "facility": r"facility-\d{3}", "powerline": "power-.*", "pipeline": "gas-.*", "eco_unit": r"eco-\d\d",
        "bridge": r"bridge-\d{3}", "tunnel": r"tunnel-\d{3}", "river_management": "river-management-.*",
    }  # fmt: skip
    for key, pattern in patterns.items():
        assert county.stored(key, pattern)["name"].str.contains("示意").all(), key
