from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from layers import schema
from layers.errors import LayerError
from layers.schema import read_catalogue, read_certainties, read_layers, read_marks, resolve_key

CONTRACT_KEYS = [
    "county", "neighbour_county", "township", "township_2017", "permanent_farmland", "ecological_redline",
    "urban_boundary", "plan_land_new", "plan_urban_new", "land_use", "cropland", "cropland_new", "plan_land",
    "plan_urban", "plan_project", "reserve_core", "reserve_general", "scenic_area", "scenic_core", "nature_park",
    "wetland", "forest_land", "public_welfare_forest", "natural_forest", "ancient_tree", "ancient_tree_scope",
    "eco_unit", "river", "river_bank", "river_management", "reservoir", "dam_zone", "drinking_water_1",
    "drinking_water_2", "drinking_water_quasi", "soil_erosion_key", "road", "railway", "airport", "runway", "bridge",
    "tunnel", "ferry", "noise_zone", "park", "chemical_park", "chemical_control_line", "project", "building",
    "facility", "enterprise", "geohazard_danger", "geohazard_prone", "geohazard_quarry_ban", "hazard_source",
    "mine_right", "mineral_block", "waste_pond", "heritage_scope", "heritage_control", "heritage_point",
    "historic_core", "historic_control", "pipeline", "powerline", "telecom", "water_supply", "flood_works",
]  # fmt: skip


def test_catalogue_has_every_key_in_drawing_order() -> None:
    catalogue = read_catalogue()
    assert sorted(catalogue) == sorted(CONTRACT_KEYS)
    orders = [definition.order for definition in catalogue.values()]
    assert orders == sorted(orders)
    assert len(set(orders)) == len(orders)


@pytest.mark.parametrize("key", CONTRACT_KEYS)
def test_every_layer_is_named_in_both_languages(key: str) -> None:
    definition = read_catalogue()[key]
    for words in (
        definition.name,
        definition.name_en,
        definition.plan,
        definition.plan_en,
        definition.department,
        definition.group,
        *(column.title for column in definition.columns),
        *(column.title_en for column in definition.columns),
    ):
        assert words.strip()
    assert [column.name for column in definition.columns[:2]] == ["id", "name"]
    if definition.geometry == "polygon" and definition.style.fill is not None:
        assert definition.style.fill_opacity > 0


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("esr", "ecological_redline"),
        ("STBHHX", "ecological_redline"),
        (" stbhhx ", "ecological_redline"),
        ("生态保护红线", "ecological_redline"),
        ("510821STBHHX", "ecological_redline"),
        ("STBHHX_510821", "ecological_redline"),
        ("gh_zykzx_510821_stbhhx_py", "ecological_redline"),
        ("pbf", "permanent_farmland"),
        ("udb", "urban_boundary"),
        ("twp", "township"),
        ("nr_core", "reserve_core"),
        ("nr_general", "reserve_general"),
        ("rail_plan", "railway"),
        ("road_all", "road"),
        ("chem_park", "chemical_park"),
        ("heritage_ctrl", "heritage_control"),
        ("DLTB", "land_use"),
        ("510821DLTB", "land_use"),
        ("dwp1", "drinking_water_1"),
        ("一级保护区", None),
        ("river_mgmt", "river_management"),
        ("pwf", "public_welfare_forest"),
        ("SD", "wetland"),
        ("geohaz_danger", "geohazard_danger"),
        ("tailings", "waste_pond"),
        ("school", "facility"),
        ("histtown_core", "historic_core"),
        ("plan_project_list", "plan_project"),
        ("红线", None),
        ("未知图层", None),
        ("", None),
    ],
)
def test_resolve_key(name: str, key: str | None) -> None:
    assert resolve_key(name) == key


def test_the_plan_of_projects_may_hold_areas_too() -> None:
    several = {key: definition.also for key, definition in read_catalogue().items() if definition.also}
    assert several == {"plan_project": ("polygon",)}


def test_what_any_layer_may_have_is_titled_once() -> None:
    catalogue = read_catalogue()
    assert catalogue["telecom"].column_title("recorded_area_m2") == "登记面积（m²）"
    assert catalogue["land_use"].column_title("recorded_area_m2") == "图斑面积（m²）"
    for definition in catalogue.values():
        names = [column.name for column in definition.columns]
        assert len(set(names)) == len(names), definition.key
        assert {"status", "announced", "approval_no", "approval_date", "township_code"} <= set(names)


def test_one_name_of_two_layers_is_refused() -> None:
    catalogue = read_catalogue()
    twin = SimpleNamespace(key="twin", name="另一层", name_en="Twin", aliases=("STBHHX",))
    pair: Any = [catalogue["ecological_redline"], twin]
    with pytest.raises(LayerError, match="STBHHX"):
        schema._index_names(pair)


def test_column_title_has_its_unit() -> None:
    road = read_catalogue()["road"]
    assert road.column_title("roadbed_m") == "路基宽度（m）"
    assert road.column_title("DLBM") == "DLBM"


def test_marks_are_the_colours_of_the_screens() -> None:
    marks = read_marks()
    assert {name: mark.stroke for name, mark in marks.items()} == {
        "prohibited": "#B3261E",
        "conditional": "#D98A00",
        "reminder": "#3B6EA5",
        "clear": "#5E8C61",
        "not_checked": "#8A8F98",
    }
    assert marks["prohibited"].hatch == "45"
    layer_colours = {definition.style.stroke for definition in read_catalogue().values()}
    assert not layer_colours & {mark.stroke for mark in marks.values()}


def test_certainty_is_a_dash() -> None:
    dashes = {key: certainty.dash for key, certainty in read_certainties().items()}
    assert dashes["published"] is None
    assert dashes["inferred"] != dashes["schematic"]
    assert None not in (dashes["inferred"], dashes["schematic"])


class StubWorkspace:
    def current(self) -> dict[str, Any]:
        version = SimpleNamespace(
            provenance=None, sha256="a" * 64, coverage_wkt="POLYGON ((106 32, 107 32, 107 33, 106 32))"
        )
        return {"road": version, "county": version, "ecological_redline": version, "own_layer": version}

    def read_layer(self, key: str) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame({"id": [key]}, geometry=[box(106, 32, 107, 33)], crs="EPSG:4490")


def test_read_layers_in_drawing_order() -> None:
    workspace: Any = StubWorkspace()
    assert list(read_layers(workspace)) == ["ecological_redline", "road", "county", "own_layer"]
    chosen = read_layers(workspace, ["road", "esr", "park", "own_layer"])
    assert list(chosen) == ["ecological_redline", "road", "own_layer"]
    assert chosen["road"].name == "公路"
    assert chosen["own_layer"].name == "own_layer"
    assert chosen["road"].coverage is not None
    assert chosen["road"].coverage.area > 0
    with pytest.raises(LayerError, match="raod"):
        read_layers(workspace, ["raod"])
