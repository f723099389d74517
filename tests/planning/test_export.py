from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd

from planning.export import COLUMNS, finding_rows, stock_csv, write_csv, write_gpkg, write_json
from planning.findings import Reason, Value
from planning.rulebook import read_rulebook
from planning.settings import read_settings
from tests.planning.report_fixture import make_finding, make_part, make_result, make_run

if TYPE_CHECKING:
    from pathlib import Path

FINDING = make_finding(
    1,
    certain=False,
    distance_m=12.0,
    excess_m=3.5,
    law_day=date(2024, 5, 1),
    details=(Reason("bank_distance", {"datum": "outer", "metres": 612.0}),),
    values=(Value("distance_m", 25.0, "m", "changed", "本次检测改为 25 m（规则所载 20 m）"),),
)
SETTINGS = read_settings({"values": {"TR-01": {"distance_m": {"national": 25}}}})
PART = make_part("road", "ecological_redline", existing=("=1+1", "老路"))
RUN = replace(
    make_run(settings=SETTINGS),
    rulebook_version=read_rulebook().version,
    results=(make_result("EC-02", "穿越", PART, findings=(FINDING,)),),
)


def test_a_row_carries_all_that_a_card_says(tmp_path: Path) -> None:
    write_csv(RUN, tmp_path / "findings.csv")
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == COLUMNS
    assert row["certainty"].startswith("可能：")
    assert row["law_day"] == "2024-05-01"
    assert "按批准日 2024-05-01 的规定" in row["note"]
    assert row["excess_m"] == "3.5"
    assert row["details"] == "距外缘边界线 612 m"
    assert row["exemptions"] == "隧道下穿，地表无永久占地（须有：设计文件）；符合规划"
    assert row["changed_values"] == "本次检测改为 25 m（规则所载 20 m）"
    assert row["settings"] == "TR-01 控制距离（国道）由 20 m 改为 25 m"
    assert {row["settings"] for row in finding_rows(make_run())} == {"无"}


def test_the_geopackage_has_the_same_columns(tmp_path: Path) -> None:
    write_gpkg(RUN, tmp_path / "findings.gpkg")
    frame = gpd.read_file(tmp_path / "findings.gpkg", engine="pyogrio")
    assert set(COLUMNS) <= set(frame.columns)
    assert frame["excess_m"].iloc[0] == 3.5
    assert frame["certainty"].iloc[0].startswith("可能：")


def test_json_holds_every_finding_and_what_was_set(tmp_path: Path) -> None:
    write_json(RUN, tmp_path / "run.json")
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert run["settings"]["changes"][0]["number"] == 25
    assert run["settings_changed"] == ["TR-01 控制距离（国道）由 20 m 改为 25 m"]
    (finding,) = run["findings"]
    assert finding["certain"] is False
    assert finding["law_day"] == "2024-05-01"
    assert finding["details"] == [
        {"code": "bank_distance", "params": {"datum": "outer", "metres": 612.0}, "words": "距外缘边界线 612 m"}
    ]
    assert finding["exemptions"][0] == {"title": "隧道下穿，地表无永久占地", "evidence": "设计文件"}
    assert finding["values"][0]["kind"] == "本次调整"
    assert run["rules"][0]["parts"][0]["existing"] == ["=1+1", "老路"]


def test_notes_that_leave_nothing_unchecked_stand_apart(tmp_path: Path) -> None:
    inform, gap = (
        Reason("outside_county", {"count": 1, "names": "复线"}),
        Reason("layer_missing", {"layer": "油气管道"}),
    )
    result = replace(RUN.results[0], reasons=(inform, gap))
    write_json(replace(RUN, results=(result,)), tmp_path / "run.json")
    (rule,) = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["rules"]
    assert rule["not_checked_because"] == ["缺少图层：油气管道"]
    assert rule["notes"] == ["1 个要素在县域外，不判定：复线"]


def test_stock_is_one_line_per_feature_and_no_formula() -> None:
    content = stock_csv(RUN, "existing")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(row["list"], row["rule_id"], row["layer"], row["name"]) for row in rows] == [
        ("存量", "EC-02", "公路", "'=1+1"),
        ("存量", "EC-02", "公路", "老路"),
    ]
    assert rows[0]["note"] == "示意数据，非法定成果"
    assert len(list(csv.DictReader(io.StringIO(stock_csv(RUN, "exempt").decode("utf-8-sig"))))) == 0
