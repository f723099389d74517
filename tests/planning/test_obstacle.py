"""Obstacle surfaces that can be computed by hand."""

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from geodata.errors import CrsError
from geodata.measure import measure_area_m2
from planning.obstacle import SURFACES, Surfaces, read_surfaces
from planning.obstacle_table import OLS_PARAMS, ObstacleError, read_dimensions
from tests.planning.runway import HALF, MIDDLE, PLANE, RUNWAY, X, Y, at, surfaces


def limit(of: Surfaces, beyond: float, across: float) -> tuple[float, str]:
    """Height above the aerodrome and name of the lowest surface; all four mirror images must agree."""
    x, y = at(beyond, across)
    images = np.array([(x, y), (2 * X - x, y), (x, 2 * Y - y), (2 * X - x, 2 * Y - y)])
    heights, names = of.limits(images)
    assert len(set(names.tolist())) == 1
    assert np.allclose(heights, heights[0], equal_nan=True, atol=1e-6)
    return float(heights[0]) - 500.0, str(names[0])


# ---- limits ----------------------------------------------------------------------------------------------------------

CODE_2 = [
    # metres beyond the end, metres aside, height above the aerodrome, surface
    (60, 0, 0.0, "approach"),
    (500, 0, (500 - 60) * 0.04, "approach"),
    (500, 40 + 0.1 * 440, 17.6, "approach"),  # on its side
    (1185, 0, 45.0, "approach"),  # reaches the inner horizontal surface
    (1186, 0, 45.0, "inner_horizontal"),
    (30, 0, 0.0, "transitional"),  # the strip
    (-400, 40, 0.0, "transitional"),  # the edge of the strip
    (-400, 140, (140 - 40) * 0.2, "transitional"),
    (-400, 265, 45.0, "transitional"),
    (-400, 266, 45.0, "inner_horizontal"),
    (500, 100, 17.6 + (100 - 84) * 0.2, "transitional"),  # beside the approach
    (500, 222, 45.0, "inner_horizontal"),
    (-400, 2500, 45.0, "inner_horizontal"),
    (-400, 3000, 45 + 500 * 0.05, "conical"),
    (-400, 3600, 100.0, "conical"),
    (2500, 0, 45.0, "inner_horizontal"),
    (3000, 0, 70.0, "conical"),
    (2500 + 1100, 0, 100.0, "conical"),
    (3000 * 0.6, 3000 * 0.8, 70.0, "conical"),  # the racetrack is round about the end
    (3600.001, 0, math.nan, ""),
    (-400, 3600.001, math.nan, ""),
]


@pytest.mark.parametrize(("beyond", "across", "height", "surface"), CODE_2)
def test_code_2_non_instrument(beyond: float, across: float, height: float, surface: str) -> None:
    found, name = limit(surfaces(), beyond, across)
    assert found == pytest.approx(height, abs=1e-6, nan_ok=True)
    assert name == surface


@pytest.mark.parametrize(
    ("code_number", "approach_type", "beyond", "across", "height", "surface"),
    [
        (1, "non_instrument", 330, 0, 300 * 0.05, "approach"),
        (1, "non_instrument", -400, 130, 20.0, "transitional"),
        (1, "non_instrument", 2000, 0, 45.0, "inner_horizontal"),
        (1, "non_instrument", 2700, 0, 80.0, "conical"),
        (1, "non_instrument", 2701, 0, math.nan, ""),
        (1, "non_precision", 560, 70 + 0.15 * 500, 500 * 0.0333, "approach"),
        (2, "non_precision", -400, 70, 0.0, "transitional"),
        (2, "non_precision", 3500, 0, 45.0, "inner_horizontal"),
        (2, "non_precision", 4700, 0, 105.0, "conical"),
        (2, "non_precision", 4701, 0, math.nan, ""),
    ],
)
def test_other_classes(
    code_number: int, approach_type: str, beyond: float, across: float, height: float, surface: str
) -> None:
    found, name = limit(surfaces(code_number, approach_type), beyond, across)
    assert found == pytest.approx(height, abs=1e-6, nan_ok=True)
    assert name == surface


def test_take_off_climb_where_it_is_the_lowest(tmp_path: Path) -> None:
    table = tmp_path / "low.csv"
    text = OLS_PARAMS.read_text(encoding="utf-8")
    text = text.replace("take_off_climb,slope,non_instrument,2,0.04", "take_off_climb,slope,non_instrument,2,0.02")
    text = text.replace(
        "take_off_climb,final_width_m,non_instrument,2,580", "take_off_climb,final_width_m,non_instrument,2,180"
    )
    table.write_text(text, encoding="utf-8")
    gentle = surfaces(path=table)
    for beyond, across, height, surface in (
        (560, 0, 10.0, "take_off_climb"),
        (1060, 90, 20.0, "take_off_climb"),  # its final width, reached at 560
        (1060, 91, 40.0, "approach"),
        (2560, 0, 48.0, "conical"),
    ):
        found, name = limit(gentle, beyond, across)
        assert found == pytest.approx(height)
        assert name == surface
    east = max(shapely.get_parts(gentle.outline("take_off_climb")), key=lambda part: float(part.centroid.x))
    assert east.area == pytest.approx((80 + 180) / 2 * 500 + 180 * 2000)


def test_a_runway_lies_as_it_lies() -> None:
    flat = surfaces()
    angle = math.radians(33)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned = surfaces(line=shapely.LineString(np.array([[HALF, 0], [-HALF, 0]]) @ turn + MIDDLE))
    rng = np.random.default_rng(1)
    local = rng.uniform(-4200, 4200, (5000, 2))
    (one, names), (other, same) = flat.limits(local + MIDDLE), turned.limits(local @ turn + MIDDLE)
    assert np.allclose(one, other, equal_nan=True, atol=1e-5)
    assert (names == same).all()


def test_distances_are_those_of_the_ground() -> None:
    x, y = 620_000.0, Y  # 120 km east of the central meridian the plane is longer by 0.018 %
    far = surfaces(line=shapely.LineString([(x - HALF, y), (x + HALF, y)]))
    points = gpd.GeoSeries(gpd.points_from_xy([x - HALF, x + HALF], [y, y]), crs=PLANE).to_crs(4490)
    geod = Geod(a=6378137, rf=298.257222101)
    azimuth, _, _ = geod.inv(points.x[0], points.y[0], points.x[1], points.y[1])
    lon, lat, _ = geod.fwd([points.x[1]] * 2, [points.y[1]] * 2, [azimuth] * 2, [3599.9, 3600.1])
    edge = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4490).to_crs(PLANE)
    heights, names = far.limits(shapely.get_coordinates(edge.to_numpy()))
    assert names.tolist() == ["conical", ""]
    assert heights[0] == pytest.approx(600.0, abs=0.01)
    assert measure_area_m2(gpd.GeoSeries([far.outline("inner_horizontal")], crs=PLANE))[0] == pytest.approx(
        math.pi * 2500**2 + 5000 * measure_area_m2(gpd.GeoSeries([RUNWAY.buffer(0.5, cap_style="flat")], crs=PLANE))[0],
        rel=1e-4,
    )


# ---- outlines --------------------------------------------------------------------------------------------------------


def test_outlines_have_their_areas() -> None:
    code_2, code_1 = surfaces(), surfaces(1)
    assert code_2.outline("approach").area == pytest.approx(2 * (80 + 580) / 2 * 2500)
    assert code_1.outline("take_off_climb").area == pytest.approx(2 * (60 + 380) / 2 * 1600)
    wings = 920 * (80 + 2 * 225) + 4 * 1125 * 225 / 2  # strip and sides; triangles beside both approaches
    assert code_2.outline("transitional").area == pytest.approx(wings)
    assert code_2.outline("inner_horizontal").area == pytest.approx(math.pi * 2500**2 + 800 * 5000, rel=1e-4)
    ring = math.pi * (3600**2 - 2500**2) + 800 * 2 * 1100
    assert code_2.outline("conical").area == pytest.approx(ring, rel=1e-4)
    assert code_2.zone().area == pytest.approx(math.pi * 3600**2 + 800 * 7200, rel=1e-4)


@pytest.mark.parametrize("approach_type", ["non_instrument", "non_precision"])
def test_a_named_surface_is_drawn_there(approach_type: str) -> None:
    rng = np.random.default_rng(2)
    here = surfaces(2, approach_type)
    points = rng.uniform(-5200, 5200, (4000, 2)) + MIDDLE
    heights, names = here.limits(points)
    for surface in SURFACES:
        outline = here.outline(surface)
        assert outline.is_valid
        named = points[names == surface]
        assert (shapely.distance(shapely.points(named), outline) < 0.2).all()  # arcs are drawn a little inside
    inside = shapely.contains_xy(here.zone(), points)
    assert np.isfinite(heights[inside]).all()
    assert (shapely.distance(shapely.points(points[np.isfinite(heights)]), here.zone()) < 0.2).all()


def test_no_such_surface() -> None:
    with pytest.raises(ObstacleError, match="surface: 'ceiling'"):
        surfaces().outline("ceiling")


# ---- runways and tables that do not serve ----------------------------------------------------------------------------


def test_runways_that_are_none() -> None:
    with pytest.raises(ObstacleError, match="centre_line"):
        surfaces(line=shapely.LineString([(X, Y), (X + 9, Y), (X, Y)]))
    with pytest.raises(ObstacleError, match="centre_line"):
        surfaces(line=shapely.LineString())
    with pytest.raises(ObstacleError, match="no table for non_instrument 4"):
        surfaces(4)
    with pytest.raises(ObstacleError, match="elevation_m"):
        read_surfaces(RUNWAY, PLANE, elevation_m=math.nan, code_number=2, approach_type="non_precision")
    with pytest.raises(CrsError, match="EPSG:4490"):
        read_surfaces(RUNWAY, CRS(4490), elevation_m=500, code_number=2, approach_type="non_precision")


def test_tables_that_do_not_serve(tmp_path: Path) -> None:
    head, *rows = OLS_PARAMS.read_text(encoding="utf-8").splitlines()
    unsourced, short = tmp_path / "unsourced.csv", tmp_path / "short.csv"
    unsourced.write_text(f"{head}\nconical,slope,non_instrument,2,0.05,m/m,,partial\n", encoding="utf-8")
    with pytest.raises(ObstacleError, match="conical slope has no source"):
        read_dimensions(2, "non_instrument", unsourced)
    short.write_text("\n".join([head, *(row for row in rows if "radius_m" not in row)]), encoding="utf-8")
    with pytest.raises(ObstacleError, match="lacks inner_horizontal_radius_m"):
        read_dimensions(2, "non_instrument", short)
