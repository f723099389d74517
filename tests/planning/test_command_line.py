"""The command line as a hurried person uses it: what works, and one clear sentence for what does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from planning.__main__ import main

ROOT = Path(__file__).parents[2]
RULE = """
id: MY-1
title: 我的规则
relation: overlap
subject: {layers: [mine]}
against: {layers: [theirs]}
severity: {default: conditional}
values:
  min_area_m2:
    - {from: "2020-01-01", value: 1, unit: m², source: {kind: convention, text: 我方约定}}
basis:
  - {law: 我方约定, article: "1", status: convention}
lead_department: 本单位
"""


@pytest.fixture
def two_layers(tmp_path: Path) -> list[str]:
    (tmp_path / "my.yaml").write_text(RULE, encoding="utf-8")
    origin = shapely.Point(500_000, 3_568_000)
    for name, boxes in {"mine": [(0, 0, 100, 100)], "theirs": [(90, 0, 200, 100), (500, 0, 600, 100)]}.items():
        shapes = [shapely.box(x0 + origin.x, y0 + origin.y, x1 + origin.x, y1 + origin.y) for x0, y0, x1, y1 in boxes]
        names = ["=HYPERLINK(1)", "b"][: len(boxes)]
        frame = gpd.GeoDataFrame(
            {"id": [f"{name}{i}" for i in range(len(boxes))], "name": names}, geometry=shapes, crs=4544
        )
        frame.to_file(tmp_path / f"{name}.gpkg", layer="plan", engine="pyogrio")
    return [
        *("--layer", f"mine={tmp_path / 'mine.gpkg'}#plan"),
        *("--layer", f"theirs={tmp_path / 'theirs.gpkg'}#plan?id = 'theirs0'"),
        *("--rules", str(tmp_path / "my.yaml")),
        *("--out", str(tmp_path / "out")),
    ]


def test_own_rule_on_own_layers(two_layers: list[str], tmp_path: Path) -> None:
    assert main(["check", *two_layers, "--as-of", "2026-11-22"]) == 0
    found = gpd.read_file(tmp_path / "out" / "findings.gpkg", layer="findings")
    assert found["area_m2"].to_list() == pytest.approx([1000.0], rel=1e-6)
    assert list(found.columns) == [
        *("finding_id", "rule_id", "verdict", "severity", "subject_layer", "subject_id", "against_layer", "against_id"),
        *("area_m2", "length_m", "distance_m", "share_pct", "township", "law", "note"),
        *("excess_m", "certainty", "law_day", "details", "exemptions", "changed_values", "settings", "geometry"),
    ]
    assert (tmp_path / "out" / "findings.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(pd.read_csv(tmp_path / "out" / "findings.csv", encoding="utf-8-sig")) == 1
    summary = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert [layer["features"] for layer in summary["inputs"]] == [1, 1]


def test_json_is_printed(two_layers: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *two_layers, "--as-of", "2026-11-22", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["findings"] == 1


def test_before_the_rule_it_is_not_checked(two_layers: list[str], tmp_path: Path) -> None:
    assert main(["check", *two_layers, "--as-of", "2019-12-31"]) == 0
    (rule,) = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["rules"]
    assert rule["verdict"] == "not_checked"
    assert "2020-01-01" in rule["not_checked_because"][0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--layer", "park"], "KEY=PATH"),
        (["--layer", "park=nowhere.shp"], "nowhere.shp"),
        (["--rules", "XX-99"], "XX-99"),
        (["--rules", "nowhere.yaml"], "nowhere.yaml"),
        (["--workspace", "nowhere"], "nowhere"),
        (["--layer", "a=x.shp", "--crs", "park"], "KEY=EPSG"),
        (["--crs", "park=EPSG:4544"], "no --layer is given"),
        (["--crs", "park=EPSG:4544", "--crs", "park=EPSG:4545"], "both given"),
        (["--rules", " "], "names no rule"),
    ],
)
def test_one_sentence_and_exit_2(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *arguments, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.startswith("error: ")
    assert "Traceback" not in error


def test_a_layer_without_crs_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4544)
    frame.to_file(tmp_path / "park.shp", engine="pyogrio")
    (tmp_path / "park.prj").unlink()
    arguments = ["check", "--layer", f"park={tmp_path / 'park.shp'}", "--out", str(tmp_path / "out")]
    assert main(arguments) == 2
    assert "--crs park=EPSG:4544" in capsys.readouterr().err
    assert main([*arguments, "--crs", "park=EPSG:4544"]) == 0


def test_a_bad_date_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "planning", "check", "--as-of", "22.11.2026", "--out", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "YYYY-MM-DD" in done.stderr


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """One planned park of 100 m by 100 m, and beside it a red line over its eastern half."""
    for name, x0, x1 in (("park", 0, 100), ("red", 50, 200)):
        box = shapely.box(500_000 + x0, 3_568_000, 500_000 + x1, 3_568_100)
        frame = gpd.GeoDataFrame({"id": [name], "status": ["planned"]}, geometry=[box], crs=4544)
        frame.to_file(tmp_path / f"{name}.gpkg", engine="pyogrio")
    return tmp_path


def _part(folder: Path) -> dict[str, Any]:
    """Park against red line under EC-01, as `run.json` tells it."""
    (rule,) = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))["rules"]
    (part,) = (part for part in rule["parts"] if part["subject"] == "park")
    return {**part, "area_m2": rule["area_m2"]}


def _check(folder: Path, park: str, red: str = "red.gpkg", *more: str) -> int:
    layers = ["--layer", f"park={folder / park}", "--layer", f"ecological_redline={folder / red}"]
    return main(["check", *layers, "--rules", "EC-01", "--as-of", "2026-11-22", "--out", str(folder / "out"), *more])


@pytest.mark.parametrize("name", ["a#b.gpkg", "a?b.gpkg", "a=b.gpkg", "a b.gpkg", "园区 #1?x=y.gpkg", "a&b%20.gpkg"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such names")
def test_any_file_name(name: str, plan: Path) -> None:
    (plan / "park.gpkg").rename(plan / name)
    assert _check(plan, f"{name}#park?id = 'park'") == 0
    assert _part(plan)["area_m2"] == pytest.approx(5000, rel=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4545", "EPSG:4524", "EPSG:32648", "EPSG:3857"])
def test_layers_in_two_coordinate_systems_meet(crs: str, plan: Path) -> None:
    gpd.read_file(plan / "red.gpkg").to_crs(crs).to_file(plan / "other.gpkg", engine="pyogrio")
    assert _check(plan, "park.gpkg", "other.gpkg") == 0
    assert _part(plan)["area_m2"] == pytest.approx(5000, rel=1e-6)


def test_swapped_axes_and_a_wrong_zone_are_not_clear(plan: Path) -> None:
    red = gpd.read_file(plan / "red.gpkg")
    red.set_crs(4545, allow_override=True).to_file(plan / "zone.gpkg", engine="pyogrio")
    swapped = red.set_geometry(gpd.GeoSeries(shapely.transform(red.geometry, lambda xy: xy[:, ::-1]), crs=4544))
    swapped.to_file(plan / "swapped.gpkg", engine="pyogrio")
    for name in ("zone.gpkg", "swapped.gpkg"):
        assert _check(plan, "park.gpkg", name) == 0
        assert _part(plan)["verdict"] == "not_checked"
        assert "请核对坐标系" in _part(plan)["reasons"][0]


@pytest.mark.parametrize(
    ("crs", "sentence"),
    [("EPSG:2364", "not on an earth-centred datum"), ("EPSG:5773", "neither geographic nor projected")],
)
def test_a_crs_that_does_not_serve_names_the_layer(
    crs: str, sentence: str, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Xian 1980 would land a hundred metres off, in silence."""
    assert _check(plan, "park.gpkg", "red.gpkg", "--crs", f"park={crs}") == 2
    error = capsys.readouterr().err
    assert f"layer park: {crs} is" in error
    assert sentence in error


def test_a_layer_goes_by_its_alias_everywhere(plan: Path) -> None:
    arguments = ["--layer", f"产业园区={plan / 'park.gpkg'}", "--layer", f"STBHHX={plan / 'red.gpkg'}"]
    arguments += ["--crs", "STBHHX=EPSG:4544", "--rules", "EC-01", "--out", str(plan / "out")]
    assert main(["check", *arguments]) == 0
    assert _part(plan)["verdict"] == "conflict"


def test_a_layer_that_no_rule_looks_at_is_refused(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--layer", f"parc={plan / 'park.gpkg'}", "--rules", "EC-01", "--out", str(plan / "out")]
    assert main(["check", *arguments]) == 2
    assert "--layer parc: no rule looks at" in capsys.readouterr().err


def test_what_cannot_be_judged_against_is_said(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A red line with a lost or broken patch is not clear elsewhere; a stray line in it is named."""
    far = shapely.box(500_900, 3_568_000, 500_950, 3_568_100)
    endless = shapely.Polygon([(500_000, 3_568_000), (float("inf"), 3_568_000), (500_100, 3_568_100)])
    shapes = [far, far, None, endless, shapely.LineString([(500_000, 3_568_050), (500_100, 3_568_050)])]
    red = gpd.GeoDataFrame({"id": list("abcde")}, geometry=shapes, crs=4544)
    red.to_file(plan / "odd.gpkg", engine="pyogrio")
    assert _check(plan, "park.gpkg", "odd.gpkg") == 0
    part = _part(plan)
    assert part["verdict"] == "not_checked"
    assert part["reasons"] == [
        "2 个要素没有图形，未判定：生态保护红线 c、生态保护红线 d",
        "生态保护红线 1 个要素（e）的几何类型不适用于本规则（需要面）",
    ]
    assert "odd d: The feature has coordinates that are no finite numbers." in capsys.readouterr().err


def test_out_is_tried_before_the_work(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planning.__main__.check_layers", lambda *_, **__: pytest.fail("checked first"))
    (plan / "out").write_text("a file", encoding="utf-8")
    assert _check(plan, "park.gpkg") == 2
    assert "Choose another folder" in capsys.readouterr().err
    assert main(["check", "--out", " "]) == 2


def test_a_file_that_cannot_be_replaced(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (plan / "out" / "findings.gpkg").mkdir(parents=True)
    assert _check(plan, "park.gpkg") == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(("raised", "sentence"), [(KeyboardInterrupt, "interrupted"), (MemoryError, "out of memory")])
def test_an_interrupted_check(
    raised: type[BaseException],
    sentence: str,
    plan: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("planning.__main__.check_layers", stop)
    assert _check(plan, "park.gpkg") == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝"])
def test_no_text_runs_as_a_formula(begin: str, plan: Path) -> None:
    park = gpd.read_file(plan / "park.gpkg").assign(id=begin + 'HYPERLINK("http://x")', name="<script>")
    park.to_file(plan / "park.gpkg", engine="pyogrio")
    assert _check(plan, "park.gpkg") == 0
    (row,) = pd.read_csv(plan / "out" / "findings.csv", encoding="utf-8-sig").to_dict("records")
    assert row["subject_id"] == "'" + begin + 'HYPERLINK("http://x")'


def test_a_filter_that_fits_no_column_lists_them(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(plan, "park.gpkg?nowhere = 1") == 2
    assert "Columns are id, status." in capsys.readouterr().err
