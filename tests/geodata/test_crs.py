"""Zone choice, what is refused, and GCJ-02 there and back."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from geodata.crs import (
    STORED_CRS,
    crs_name,
    find_working_crs,
    gcj02_to_wgs84,
    require_earth_centred,
    require_metric,
    to_stored_crs,
    wgs84_to_gcj02,
)
from geodata.errors import CrsError
from geodata.measure import measure_distance_m

WANGCANG = (105.97, 31.97, 106.77, 32.71)


def frame(*geometries: shapely.Geometry | None, crs: int | None = 4490) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(geometries), crs=crs)


def test_wangcang_lies_in_the_zone_of_105() -> None:
    assert find_working_crs(WANGCANG).to_epsg() == 4544
    assert find_working_crs(frame(shapely.box(*WANGCANG))).to_epsg() == 4544
    assert find_working_crs(frame(shapely.box(*WANGCANG)).to_crs(4545)).to_epsg() == 4544


def test_every_zone_has_the_central_meridian_it_should() -> None:
    for meridian in range(75, 136, 3):
        crs = find_working_crs((meridian - 0.9, 34.0, min(meridian + 0.9, 134.7), 36.0))
        assert crs.name == f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E"
        easting = next(p.value for p in crs.coordinate_operation.params if p.name == "False easting")
        assert easting == 500_000  # without zone prefix


@pytest.mark.parametrize(
    ("west", "zone"), [(103.51, 4544), (106.48, 4544), (106.5, 4545), (106.52, 4545), (73.7, 4534), (134.7, 4554)]
)
def test_zones_change_half_way(west: float, zone: int) -> None:
    assert find_working_crs((west, 30.0, west, 30.0)).to_epsg() == zone


@pytest.mark.parametrize(
    ("bounds", "epsg"),
    [((2.0, 48.0, 3.0, 49.0), 32631), ((-70.0, -34.0, -69.0, -33.0), 32719), ((179.9, 1.0, 180.0, 2.0), 32660)],
)
def test_utm_elsewhere(bounds: tuple[float, float, float, float], epsg: int) -> None:
    assert find_working_crs(bounds).to_epsg() == epsg


def test_several_extents_make_one_area() -> None:
    west, east = frame(shapely.Point(103.6, 32)), frame(shapely.Point(110.0, 32), None)
    assert find_working_crs(west, frame(), east).to_epsg() == 4545


def test_no_zone_without_an_area() -> None:
    with pytest.raises(CrsError, match="no geometry"):
        find_working_crs(frame(None), frame())
    with pytest.raises(CrsError, match="no CRS"):
        find_working_crs(frame(shapely.Point(1, 1), crs=None))
    with pytest.raises(CrsError, match="in degrees"):
        find_working_crs((620_000, 3_568_000, 621_000, 3_569_000))
    with pytest.raises(CrsError, match="polar"):
        find_working_crs((0.0, 85.0, 1.0, 86.0))


def test_metric_is_metres_of_a_projection() -> None:
    require_metric(CRS(4544), "left")
    with pytest.raises(CrsError, match=r"^left: EPSG:4490 is not in metres\. Reproject it first\.$"):
        require_metric(STORED_CRS, "left")
    with pytest.raises(CrsError, match="EPSG:2263 is not in metres"):  # US survey feet
        require_metric(CRS(2263), "left")
    with pytest.raises(CrsError, match=r"^right: no CRS"):
        require_metric(None, "right")


def test_names() -> None:
    assert crs_name(CRS(4544)) == "EPSG:4544"
    assert crs_name(None) == "no CRS"
    assert crs_name(CRS("+proj=tmerc +lon_0=105.5 +x_0=500000 +ellps=GRS80")) == "unknown"


def test_to_stored_crs_keeps_the_place() -> None:
    point = shapely.Point(106.3, 32.2)
    for epsg in (4490, 4326, 4544, 4513 + 10, 32648, 3857):
        stored = to_stored_crs(frame(point).to_crs(epsg), "road")
        assert stored.crs == STORED_CRS
        assert stored.geometry[0].distance(point) < 1e-9


@pytest.mark.parametrize("epsg", [4610, 4214, 2343, 2415])
def test_old_chinese_datums_are_not_taken_for_cgcs2000(epsg: int) -> None:
    geographic = frame(shapely.Point(106.3, 32.2), crs=CRS(epsg).geodetic_crs.to_epsg())
    with pytest.raises(CrsError, match=f"^road: EPSG:{epsg} is not on an earth-centred datum"):
        to_stored_crs(geographic.to_crs(epsg), "road")


def test_a_wrongly_declared_crs_shows() -> None:
    with pytest.raises(CrsError, match=r"^road: coordinates lie outside EPSG:4490"):
        to_stored_crs(frame(shapely.Point(620_000, 3_568_000)), "road")


def test_gcj02_shifts_by_hundreds_of_metres() -> None:
    lon, lat = wgs84_to_gcj02(116.404, 39.915)  # the example of the published formulas
    assert (float(lon), float(lat)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)


def test_gcj02_leaves_the_rest_of_the_world_alone() -> None:
    lon, lat = wgs84_to_gcj02([2.35, 151.2], [48.86, -33.87])
    assert lon.tolist() == [2.35, 151.2]
    assert lat.tolist() == [48.86, -33.87]


@given(st.floats(73.7, 134.7), st.floats(17.0, 53.4))
def test_gcj02_there_and_back(lon: float, lat: float) -> None:
    there = wgs84_to_gcj02(lon, lat)
    back = gcj02_to_wgs84(*there)
    assert measure_distance_m(lon, lat, *back, STORED_CRS) < 0.001
    again = wgs84_to_gcj02(*back)
    assert measure_distance_m(*there, *again, STORED_CRS) < 0.001


def test_gcj02_takes_arrays_of_any_shape_and_changes_none() -> None:
    lon, lat = np.full((2, 3), 106.3), np.full((2, 3), 32.2)
    back_lon, back_lat = gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat))
    assert back_lon.shape == back_lat.shape == (2, 3)
    assert (lon == 106.3).all()
    assert (lat == 32.2).all()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(4479, "neither geographic nor projected"), (5773, "neither geographic nor projected"), (2364, "not on an earth")],
)
def test_a_crs_that_does_not_lead_to_cgcs2000(code: int, sentence: str) -> None:
    with pytest.raises(CrsError, match=rf"^park: EPSG:{code} is {sentence}"):
        require_earth_centred(CRS.from_epsg(code), "park")
