"""The command line as a hurried person uses it: what works, and one clear sentence for what does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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
        *("area_m2", "length_m", "distance_m", "share_pct", "township", "law", "note", "geometry"),
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
