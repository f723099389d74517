"""What a repair keeps, changes and says."""

import geopandas as gpd
import pytest
import shapely
from shapely import affinity

from geodata.repair import make_valid

BOW_TIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def frame(*geometries: shapely.Geometry | None) -> gpd.GeoDataFrame:
    moved = [None if each is None else affinity.translate(each, 620_000, 3_568_000) for each in geometries]
    return gpd.GeoDataFrame({"id": [f"a{n}" for n in range(len(moved))]}, geometry=moved, crs=4544)


def test_valid_and_null_stay_as_they_are() -> None:
    given = frame(shapely.box(0, 0, 10, 10), None, shapely.Polygon())
    result, problems = make_valid(given)
    assert problems == ()
    assert result.geometry.isna().tolist() == [False, True, False]


def test_bow_tie_says_what_changed_and_where() -> None:
    given = frame(shapely.box(20, 0, 30, 10), BOW_TIE)
    before = given.to_wkb()
    result, problems = make_valid(given, "park")
    assert result.geometry.is_valid.all()
    assert result.area.tolist() == pytest.approx([100.0, 50.0])
    assert given.to_wkb().equals(before)
    (problem,) = problems
    assert (problem.code, problem.level, problem.layer, problem.feature_id) == (
        "geometry_repaired",
        "warning",
        "park",
        "a1",
    )
    assert str(problem.params["reason"]).startswith("Self-intersection")
    assert problem.params["area_before_m2"] == pytest.approx(0.0, abs=0.01)
    assert problem.params["area_change_m2"] == pytest.approx(50.0, rel=1e-3)
    assert problem.where == pytest.approx((106.273, 32.229), abs=0.001)


def test_what_is_traced_twice_counts_once() -> None:
    twice = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])
    result, problems = make_valid(frame(twice))
    assert result.area[0] == pytest.approx(150.0)
    assert problems[0].params["area_change_m2"] == pytest.approx(-50.0, rel=1e-3)


def test_polygons_stay_polygons() -> None:
    spike = shapely.Polygon([(0, 0), (10, 0), (10, 10), (10, 30), (10, 10), (0, 10)])
    result, _ = make_valid(frame(spike))
    assert result.geom_type.tolist() == ["Polygon"]
    assert result.area[0] == pytest.approx(100.0)


def test_what_collapses_is_lost_and_said() -> None:
    flat = shapely.Polygon([(0, 0), (10, 0), (5, 0), (0, 0)])
    result, problems = make_valid(frame(flat))
    assert result.geometry.isna().tolist() == [True]
    assert [(problem.code, problem.level) for problem in problems] == [("geometry_lost", "error")]


def test_works_without_ids() -> None:
    _, problems = make_valid(frame(BOW_TIE).drop(columns="id"))
    assert problems[0].feature_id is None
