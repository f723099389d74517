"""A number explained: what went in, three ways to measure it, and a command that finds it again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from pyproj import CRS

from geodata.store import Workspace
from planning.__main__ import main
from planning.check import check_layers
from planning.explain import explain_finding, measure_evidence, plain_lines, reproduce_command, working_crs_of
from planning.rulebook import read_rulebook
from planning.settings import Change, Settings
from tests.planning.plain import layer

if TYPE_CHECKING:
    from pathlib import Path

    from planning.findings import CheckRun

AS_OF = date(2026, 11, 22)
FEATURES = {
    "permanent_farmland": [{"id": "p1", "name": "一号田", "box": [0, 0, 100, 100]}],
    "ecological_redline": [{"id": "e1", "name": "一号红线", "box": [50, 0, 200, 100]}],  # 50 m x 100 m of overlap
}


def checked(settings: Settings = Settings()) -> CheckRun:  # noqa: B008 - frozen
    layers = {key: layer(key, features) for key, features in FEATURES.items()}
    return check_layers(layers, read_rulebook(), as_of=AS_OF, rule_ids=["LN-01"], settings=settings)


def test_three_areas_stand_side_by_side() -> None:
    run = checked()
    (finding,) = run.findings
    measures = measure_evidence(finding, CRS.from_epsg(4544))
    assert measures.planar_area_m2 == pytest.approx(5000, abs=1e-3)  # on the central meridian the plane is the ground
    assert measures.ellipsoidal_area_m2 == pytest.approx(5000, rel=1e-6)
    assert measures.official_area_m2 == pytest.approx(measures.ellipsoidal_area_m2, rel=1e-7)
    assert measures.planar_length_m is None
    assert working_crs_of(run) == CRS.from_epsg(4544)


def test_everything_that_decides_is_said() -> None:
    run = checked(Settings(changes=(Change("LN-01", "min_area_m2", 0, "", 2.0),)))
    (finding,) = run.findings
    book = read_rulebook().changed(run.settings.changes)
    text = "\n".join(plain_lines(explain_finding(finding, run, book, "workspace/demo")))
    for words in (
        "一号田",
        "一号红线",
        "sha256 000000000000",
        "EPSG:4544",
        "5,000.00 m²",
        "官方椭球面积",
        "ppm",
        "本次检测改为 2 m²（规则所载 1 m²）",
        "厅字〔2019〕48号",
        "已核",
        book.version,
        "LN-01.yaml",
        "--set LN-01.min_area_m2=2",
    ):
        assert words in text, words


def test_the_command_quotes_what_a_shell_would_split() -> None:
    run = checked()
    command = reproduce_command(run.findings[0], run, "我的 工作区")
    assert command.endswith('--workspace "我的 工作区"')


def test_the_command_finds_the_number_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    for key, features in FEATURES.items():
        plain = layer(key, features)
        workspace.add_layer(key, plain.frame.to_crs(4490), plain.provenance, added="2026-11-01T00:00:00")
    (finding,) = checked().findings
    arguments = ["explain", finding.finding_id, "--as-of", "2026-11-22", "--workspace", str(tmp_path / "ws")]
    assert main(arguments) == 0
    assert "5,000.0" in capsys.readouterr().out
    assert main([*arguments, "--set", "LN-01.min_area_m2=9999"]) == 2
    assert "not found on 2026-11-22 with these layers and settings" in capsys.readouterr().err
    assert main(["explain", "nonsense", "--workspace", str(tmp_path / "ws")]) == 2
    assert "Copy the whole id" in capsys.readouterr().err
