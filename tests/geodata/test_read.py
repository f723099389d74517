"""Files as offices hand them over: good ones, and those whose faults must be found and named."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.errors import CrsError, ReadError
from geodata.read import ReadResult, read_vector

SQUARES = [shapely.box(620_000 + n * 100, 3_568_000, 620_050 + n * 100, 3_568_050) for n in range(3)]
NAMES = ["旺苍县嘉川镇", "木门镇", "三江镇"]
FRENCH = ["Secteur protégé", "Forêt", "créée"]


def frame(names: list[str] = NAMES, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"XZQMC": names} | columns, geometry=SQUARES[: len(names)], crs=4544)


def write_shp(path: Path, data: gpd.GeoDataFrame, encoding: str, cpg: str | None) -> Path:
    data.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return path


def codes(result: ReadResult) -> list[str]:
    return [problem.code for problem in result.problems]


def read(result: ReadResult) -> gpd.GeoDataFrame:
    assert result.frame is not None
    return result.frame


@pytest.mark.parametrize(
    ("names", "written", "cpg", "found", "problems"),
    [
        (NAMES, "GBK", "GBK", "GB18030", []),
        (NAMES, "GBK", "936", "GB18030", []),
        (NAMES, "UTF-8", "UTF-8", "UTF-8", []),
        (NAMES, "UTF-8", "65001", "UTF-8", []),
        (FRENCH, "ISO-8859-1", "88591", "ISO-8859-1", []),
        (FRENCH, "CP1252", "ANSI 1252", "CP1252", []),
        (NAMES, "GBK", None, "GB18030", ["encoding_missing"]),
        (NAMES, "UTF-8", None, "UTF-8", ["encoding_missing"]),
        (FRENCH, "ISO-8859-1", None, "ISO-8859-1", ["encoding_missing"]),
        (FRENCH, "UTF-8", None, "UTF-8", ["encoding_missing"]),
        (["a", "b", "c"], "UTF-8", None, "UTF-8", []),
        (NAMES, "GBK", "UTF-8", "GB18030", ["encoding_mistaken"]),
        (NAMES, "GBK", "1252", "GB18030", ["encoding_mistaken"]),
        (NAMES, "UTF-8", "GBK", "UTF-8", ["encoding_mistaken"]),
        (NAMES, "UTF-8", "ISO-8859-1", "UTF-8", ["encoding_mistaken"]),
        (FRENCH, "ISO-8859-1", "UTF-8", "ISO-8859-1", ["encoding_mistaken"]),
        (NAMES, "GBK", "no such code page", "GB18030", []),
        (["联通", "联通", "联通"], "GBK", "GBK", "GB18030", []),
    ],
)
def test_shapefile_texts(
    tmp_path: Path, names: list[str], written: str, cpg: str | None, found: str, problems: list[str]
) -> None:
    path = write_shp(tmp_path / "图层.shp", frame(names, BSM=["1", "2", "3"]), written, cpg)
    result = read_vector(path)
    assert read(result)["XZQMC"].tolist() == names
    assert result.encoding == found
    assert codes(result) == problems


def test_field_names_and_filters_in_chinese(tmp_path: Path) -> None:
    data = frame().rename(columns={"XZQMC": "名称"})
    path = write_shp(tmp_path / "a.shp", data, "GBK", "UTF-8")
    result = read_vector(path, where="\"名称\" = '木门镇'")
    assert read(result)["名称"].tolist() == ["木门镇"]


def test_text_cut_within_a_character(tmp_path: Path) -> None:
    path = write_shp(tmp_path / "a.shp", frame(["镇" * 40, "木门镇", "三江镇"], BSM=[1, 2, 3]), "GBK", None)
    dbf = path.with_suffix(".dbf")
    whole = ("镇" * 40).encode("gbk")
    assert whole in dbf.read_bytes()
    dbf.write_bytes(dbf.read_bytes().replace(whole, whole[:-1] + b" "))
    result = read_vector(path)
    assert codes(result) == ["encoding_missing", "text_cut"]
    assert read(result)["XZQMC"].tolist()[0] == "镇" * 39


def test_the_callers_encoding_counts(tmp_path: Path) -> None:
    path = write_shp(tmp_path / "a.shp", frame(BSM=[1, 2, 3]), "GBK", None)
    result = read_vector(path, encoding="ISO-8859-1")
    assert result.encoding == "ISO-8859-1"
    assert codes(result) == []
    assert read(result)["XZQMC"][1].encode("latin-1") == NAMES[1].encode("gbk")
    with pytest.raises(ReadError, match="klingon"):
        read_vector(path, encoding="klingon")


def test_no_prj_is_a_problem_and_no_guess(tmp_path: Path) -> None:
    path = write_shp(tmp_path / "a.shp", frame(BSM=[1, 2, 3]), "UTF-8", "UTF-8")
    path.with_suffix(".prj").unlink()
    result = read_vector(path)
    assert result.frame is None
    assert result.crs_source == "unknown"
    assert [(problem.code, problem.level) for problem in result.problems] == [("crs_missing", "error")]
    told = read_vector(path, crs="EPSG:4544")
    assert told.crs_source == "option"
    assert read(told).crs.to_epsg() == 4544
    assert codes(told) == []


def test_the_callers_crs_counts_and_a_difference_is_said(tmp_path: Path) -> None:
    path = write_shp(tmp_path / "a.shp", frame(BSM=[1, 2, 3]), "UTF-8", "UTF-8")
    declared = read_vector(path)
    assert declared.crs_source == "declared"
    assert read(declared).crs.to_epsg() == 4544
    other = read_vector(path, crs="EPSG:4545")
    assert other.problems[0].params == {"declared": "EPSG:4544", "used": "EPSG:4545"}
    assert read(other).crs.to_epsg() == 4545
    assert codes(read_vector(path, crs="EPSG:4544")) == []
    with pytest.raises(CrsError, match=r"^crs: 'the usual one'"):
        read_vector(path, crs="the usual one")


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".fgb"])
def test_other_formats(tmp_path: Path, ending: str) -> None:
    data = frame(BSM=["1", "2", "3"])
    if ending == ".geojson":
        data = data.to_crs(4326)
    data.to_file(tmp_path / f"图层{ending}")
    result = read_vector(tmp_path / f"图层{ending}", where="XZQMC = '木门镇'")
    assert read(result)["XZQMC"].tolist() == ["木门镇"]
    assert read(result)["id"].tolist() == ["2"]
    assert result.encoding == "UTF-8"
    assert codes(result) == []


def test_layers_of_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    frame().to_file(path, layer="STBHHX")
    frame(NAMES[:2]).to_file(path, layer="CZKFBJ")
    with pytest.raises(ReadError, match=r"has layers STBHHX, CZKFBJ\. Say which one with layer"):
        read_vector(path)
    assert len(read(read_vector(path, layer="CZKFBJ"))) == 2
    with pytest.raises(ReadError, match=r"has no layer 'YJJBNT', but STBHHX, CZKFBJ"):
        read_vector(path, layer="YJJBNT")


def test_zip_of_a_shapefile_with_names_in_gbk(tmp_path: Path) -> None:
    write_shp(tmp_path / "a.shp", frame(BSM=[1, 2, 3]), "GBK", "UTF-8")
    packed = tmp_path / "交付.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("a.*"):
            archive.writestr(f"folder/XXXX{part.suffix}", part.read_bytes())
    # What Chinese Windows writes: GBK bytes, not marked as UTF-8.
    packed.write_bytes(packed.read_bytes().replace(b"XXXX", "园区".encode("gbk")))
    result = read_vector(packed)
    assert read(result)["XZQMC"].tolist() == NAMES
    assert codes(result) == ["encoding_mistaken"]
    assert read(read_vector(packed, layer="园区")).equals(read(result))


def test_zip_of_several_and_of_none(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_shp(tmp_path / f"{name}.shp", frame(), "UTF-8", "UTF-8")
    packed = tmp_path / "both.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in [*tmp_path.glob("one.*"), *tmp_path.glob("two.*")]:
            archive.write(part, part.name)
    with pytest.raises(ReadError, match=r"holds one, two\. Say which one with layer"):
        read_vector(packed)
    assert len(read(read_vector(packed, layer="two"))) == 3
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
        archive.writestr("../../escaped.txt", "nothing")
    with pytest.raises(ReadError, match="no vector file in it"):
        read_vector(tmp_path / "none.zip")
    assert not (tmp_path.parent / "escaped.txt").exists()
    (tmp_path / "broken.zip").write_bytes(packed.read_bytes()[:200])
    with pytest.raises(ReadError, match=r"broken\.zip: cannot be unpacked"):
        read_vector(tmp_path / "broken.zip")


def cut(path: Path, keep: int) -> Path:
    path.write_bytes(path.read_bytes()[:keep])
    return path


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = write_shp(tmp_path / "a.shp", frame(), "UTF-8", "UTF-8")
    (tmp_path / "text.txt").write_text("nothing to see", encoding="utf-8")
    (tmp_path / "text.gpkg").write_text("nothing to see", encoding="utf-8")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for name, message in [
        ("absent.shp", "no such file"),
        ("", "a folder"),
        ("text.txt", "no vector file"),
        ("text.gpkg", "no vector file"),
        ("table.csv", "a table without geometry"),
    ]:
        with pytest.raises(ReadError, match=message) as caught:
            read_vector(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(ReadError, match=r"^where: "):
        read_vector(path, where="NO_SUCH_COLUMN = 1")


@pytest.mark.parametrize(
    ("ending", "keep", "message"),
    [(".shp", 300, "cut off"), (".shp", 50, "no shapefile"), (".dbf", 90, "cut off"), (".dbf", 0, "cut off")],
)
def test_shapefiles_cut_off(tmp_path: Path, ending: str, keep: int, message: str) -> None:
    path = write_shp(tmp_path / "a.shp", frame(), "UTF-8", "UTF-8")
    cut(path.with_suffix(ending), keep)
    with pytest.raises(ReadError, match=message):
        read_vector(path)


@pytest.mark.parametrize("ending", [".shx", ".dbf"])
def test_shapefiles_with_a_part_missing(tmp_path: Path, ending: str) -> None:
    path = write_shp(tmp_path / "a.shp", frame(), "UTF-8", "UTF-8")
    path.with_suffix(ending).unlink()
    with pytest.raises(ReadError, match=rf"the {ending} file is missing\. Copy all files"):
        read_vector(path)


def test_geometries_without_shape_and_with_heights(tmp_path: Path) -> None:
    data = frame(BSM=["1", "2", "3"])
    data.geometry = [shapely.force_3d(SQUARES[0], 5.0), None, shapely.Polygon()]
    data.to_file(tmp_path / "a.gpkg")
    result = read_vector(tmp_path / "a.gpkg")
    assert not shapely.has_z(read(result).geometry.to_numpy()).any()
    assert codes(result) == ["z_dropped", "geometry_missing", "geometry_missing"]
    assert [problem.feature_id for problem in result.problems] == [None, "2", "3"]
    assert len(read(result)) == 3


def test_ids_come_from_the_best_column_that_serves(tmp_path: Path) -> None:
    def ids(**columns: Any) -> tuple[list[str], gpd.GeoDataFrame, list[str]]:
        path = tmp_path / "a.gpkg"
        path.unlink(missing_ok=True)
        frame(**columns).to_file(path)
        result = read_vector(path)
        return read(result)["id"].tolist(), read(result), codes(result)

    assert ids(OBJECTID=[1, 2, 3], BSM=["x", "y", "z"])[0] == ["x", "y", "z"]
    assert ids(OBJECTID=[1, 2, 3], BSM=["x", "y", "y"])[0] == ["1", "2", "3"]
    assert ids(ObjectID=[1.0, 2.0, 3.0], BSM=["x", None, "y"])[0] == ["1", "2", "3"]
    by_shape, read_frame, found = ids(id=["x", "x", "y"])
    assert all(name.startswith("g-") and len(name) == 14 for name in by_shape)
    assert read_frame["id_source"].tolist() == ["x", "x", "y"]
    assert found == ["id_from_geometry"]
    assert list(ids(id=[7, 8, 9])[1].columns) == ["id", "XZQMC", "geometry"]


def test_ids_from_geometry_last(tmp_path: Path) -> None:
    def ids(data: gpd.GeoDataFrame) -> dict[str, str]:
        path = tmp_path / "a.gpkg"
        path.unlink(missing_ok=True)
        data.to_file(path)
        result = read(read_vector(path))
        return dict(zip(result["XZQMC"], result["id"], strict=True))

    plain = frame()
    other_way = plain.copy()
    other_way.geometry = [
        shapely.Polygon(shapely.get_coordinates(each)[:-1][[2, 1, 0, 3]] + 0.0002) for each in plain.geometry
    ]
    assert len(set(ids(plain).values())) == 3
    assert ids(plain) == ids(plain[::-1]) == ids(other_way)
    moved = plain.copy()
    moved.geometry = plain.translate(0.01)
    assert not set(ids(moved).values()) & set(ids(plain).values())


def test_true_duplicates_are_numbered_whatever_the_order_of_rows(tmp_path: Path) -> None:
    data = frame()
    data.geometry = [SQUARES[0], SQUARES[0], None]
    data.to_file(tmp_path / "a.gpkg")
    data[::-1].to_file(tmp_path / "b.gpkg")
    one, two = (read(read_vector(tmp_path / name)).set_index("XZQMC")["id"] for name in ("a.gpkg", "b.gpkg"))
    pd.testing.assert_series_equal(one.sort_index(), two.sort_index())
    assert sorted(name[14:] for name in one) == ["", "", "-2"]


def test_digest_covers_every_part_of_a_shapefile(tmp_path: Path) -> None:
    path = write_shp(tmp_path / "a.shp", frame(), "UTF-8", "UTF-8")
    first = read_vector(path).sha256
    shutil.copytree(tmp_path, tmp_path / "copy")
    assert read_vector(tmp_path / "copy" / "a.shp").sha256 == first
    for ending in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        shutil.rmtree(tmp_path / "copy")
        shutil.copytree(tmp_path, tmp_path / "copy")
        part = tmp_path / "copy" / f"a{ending}"
        part.write_bytes(part.read_bytes() + b" ")
        assert read_vector(tmp_path / "copy" / "a.shp").sha256 != first, ending


def test_an_empty_layer(tmp_path: Path) -> None:
    frame()[:0].to_file(tmp_path / "a.gpkg")
    result = read_vector(tmp_path / "a.gpkg")
    assert len(read(result)) == 0
    assert codes(result) == []
    assert "id" in read(result)


def test_an_exclamation_mark_in_a_path(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg")
    (tmp_path / "a.gpkg").rename(tmp_path / "a!b.gpkg")
    with pytest.raises(ReadError, match="exclamation mark"):
        read_vector(tmp_path / "a!b.gpkg")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_coordinate_that_is_no_number(tmp_path: Path, value: float) -> None:
    data = frame()
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(620_000, 3_568_000), (value, 3_568_000), (620_050, 3_568_050)])
        data.geometry = [broken, *SQUARES[1:]]
        data.to_file(tmp_path / "a.gpkg")
    result = read_vector(tmp_path / "a.gpkg")
    assert read(result).geometry.isna().tolist() == [True, False, False]
    (problem,) = (one for one in result.problems if one.code == "geometry_not_finite")
    assert problem.feature_id == read(result)["id"].iloc[0]
