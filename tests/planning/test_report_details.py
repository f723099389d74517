"""What a report says beside the measure: details, certainty, the law's day, exemptions, settings, known answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from planning.findings import FeatureRef, InputLayer, Reason, Severity, Value
from planning.precedence import find_place
from planning.report.amounts import SHORT, main_amount, numbers_words
from planning.report.cards import build_card
from planning.report.certainty import certainty_key, certainty_words
from planning.report.gaps import open_reasons
from planning.report.known_answers import KnownAnswers, count_answers, known_answers_words
from planning.report.model import build_report
from planning.report.run_settings import settings_lines
from planning.rulebook import read_rulebook
from planning.self_test import Outcome, Seed, SeedResult, SelfTest
from planning.settings import DEFAULTS, Settings, read_settings
from planning.words import TEMPLATES
from tests.planning.report_fixture import AS_OF, CREATED, make_finding, make_layers, make_part, make_result, make_run
from tests.planning.test_report import tables_of

if TYPE_CHECKING:
    from planning.findings import CheckRun, Finding
    from planning.report.parts import Report

FORM = {"area_m2": 5_000.0, "length_m": None, "share_pct": 100.0, "pieces": 1}
"""A finding about attributes: its geometry is the feature itself."""


def report_of(run: CheckRun, **more: Any) -> Report:
    return build_report(run, make_layers(), county="旺苍县", created=CREATED, **more)


def with_findings(*findings: Finding, settings: Settings = DEFAULTS) -> CheckRun:
    run = make_run(settings=settings)
    return replace(run, results=(replace(run.results[0], findings=findings), *run.results[3:]))


def rows_of(finding: Finding, *others: Finding) -> dict[str, str]:
    place = find_place(finding, [finding, *others])
    return dict(build_card(1, finding, place, AS_OF).rows)


@pytest.mark.parametrize(
    ("changes", "amount", "numbers"),
    [
        ({"excess_m": 12.34}, "高出 12 m", "穿越 4 处；高出限制面 12 m；长 3,412 m"),
        ({}, "3,412 m", "穿越 4 处；长 3,412 m"),
        (
            {**FORM, "details": (Reason("field_missing", {"column": "recorded_area_m2"}),)},
            "缺少：登记面积",
            "缺少：登记面积；要素面积 0.50 公顷（7.50 亩），即 5,000 m²",
        ),
        (
            {**FORM, "details": tuple(Reason("field_missing", {"column": c}) for c in ("approval_no", "status"))},
            "缺少：批准文号 等 2 项",
            "缺少：批准文号 等 2 项；",
        ),
        (
            {
                **FORM,
                "details": (Reason("looked_up", {"column": "industry_code", "value": "2523"}), Reason("code_unknown")),
            },
            "行业代码 2523",
            "行业代码 2523；要素面积",
        ),
        (
            {**FORM, "area_m2": None, "details": (Reason("totals", {"mine": 3e6, "theirs": 1e6, "difference": 2e6}),)},
            "超出 2,000,000 m²",
            "超出 2,000,000 m²",
        ),
        ({"length_m": None, "area_m2": None, "distance_m": 12.0}, "距 12 m", "涉及 4 处；最近距离 12 m"),
        ({"length_m": None, "area_m2": None, "pieces": 3}, "3 处", "涉及 3 处"),
    ],
)
def test_the_amount_is_what_the_finding_is_about(changes: dict[str, Any], amount: str, numbers: str) -> None:
    finding = make_finding(1, **{"details": (), **changes})
    assert main_amount(finding) == amount
    assert numbers_words(finding).startswith(numbers)


def test_short_words_stand_for_details_that_exist() -> None:
    assert set(SHORT) <= set(TEMPLATES)


def test_sums_leave_out_features_whose_attributes_are_at_fault() -> None:
    form = make_finding(2, **FORM, details=(Reason("field_missing", {"column": "status"}),))
    rows = {row[0][:5]: row for row in tables_of(report_of(with_findings(make_finding(1), form)))["按规则汇总"].rows}
    assert rows["EC-02"][5] == "8.19 公顷（122.8 亩）；3,412 m"


def test_a_card_names_the_law_day_the_list_the_exemptions_and_what_was_changed() -> None:
    finding = make_finding(
        1,
        law_day=date(2024, 5, 1),
        details=(
            Reason("bank_distance", {"datum": "outer", "metres": 612.0}),
            Reason("table_placeholder", {"table": "产业准入清单"}),
        ),
        values=(Value("distance_m", 25.0, "m", "changed", "本次检测改为 25 m（规则所载 20 m）"),),
    )
    rows = rows_of(finding)
    assert rows["法律日"] == "按批准日 2024-05-01 的规定（检测日期 2026-11-22）"
    assert rows["细目"] == "距外缘边界线 612 m"
    assert "占位候选" in rows["占位清单"]
    assert rows["豁免"] == "隧道下穿，地表无永久占地（须有：设计文件）\n符合规划"
    assert rows["标准"] == "控制距离 25 m（本次调整：本次检测改为 25 m（规则所载 20 m））"
    assert "法律日" not in rows_of(make_finding(2))


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"certain": False, "distance_m": 12.0}, "possible"),
        ({"certain": True, "distance_m": 12.0}, "certain"),
        ({"certain": True, "distance_m": None}, ""),
        ({"certain": True, "distance_m": 12.0, "assumptions": ()}, ""),
    ],
)
def test_certainty_is_told_only_where_an_assumed_width_decides(changes: dict[str, Any], key: str) -> None:
    finding = make_finding(1, **changes)
    assert certainty_key(finding) == key
    assert certainty_words(finding).startswith({"possible": "可能：", "certain": "确定：", "": ""}[key])
    assert ("确定性" in rows_of(finding)) is bool(key)


def test_rules_on_one_place_stand_in_their_order() -> None:
    core = make_finding(2, rule_id="EC-03", rule_title="核心保护区", arbitration=1, severity=Severity.PROHIBITED)
    farmland = make_finding(3, rule_id="PB-02", rule_title="穿越永久基本农田")
    crossing = make_finding(1)
    words = rows_of(crossing, farmland, core)["同处规则"].split("\n")
    assert words == [
        "优先：EC-03 核心保护区（第 1 级，禁止）",
        "其次：EC-02 线性基础设施穿越生态保护红线（第 3 级，有条件，本条）",
        "其次：PB-02 穿越永久基本农田（第 3 级，有条件）",
    ]
    assert rows_of(crossing, farmland)["同处规则"].endswith("优先的几条同级，先后由人工判定")
    assert "同处规则" not in rows_of(crossing)


def test_changed_settings_are_listed_and_otherwise_none() -> None:
    rulebook = read_rulebook()
    settings = read_settings(
        {
            "county_plan_in_force": False,
            "bank_datum": "outer",
            "half_widths": {"二级公路": [6, 9, 15]},
            "values": {"TR-01": {"distance_m": {"national": 25}}, "WA-05": {"distance_m": 1200}},
        }
    )
    lines = settings_lines(settings, rulebook)
    assert lines[0].startswith("县级国土空间规划按未批准处理")
    assert lines[1].startswith("岸线取外缘边界线")
    assert lines[2].startswith("二级公路用地半宽 低 6、默认 9、高 15 m（默认 低 7")
    assert lines[3:] == ("TR-01 控制距离（国道）由 20 m 改为 25 m", "WA-05 控制距离由 1,000 m 改为 1,200 m")
    assert settings_lines(DEFAULTS, rulebook) == ()
    report = report_of(make_run(settings=settings), rulebook=rulebook)
    assert dict(report.facts)["本次改过的设定"].startswith("5 项")
    assert [row[0] for row in tables_of(report)["本次检测改过的设定"].rows] == list(lines)
    rows = {row[0]: row for row in tables_of(report)["各规则的标准及其来源"].rows}
    assert rows["WA-05 控制距离"][1:3] == ("1,200 m", "本次调整")
    usual = report_of(make_run())
    assert dict(usual.facts)["本次改过的设定"] == "无"
    assert tables_of(usual)["本次检测改过的设定"].empty.startswith("无")


def test_terrain_and_tables_are_inputs_and_a_placeholder_list_says_so() -> None:
    run = make_run()
    kept = {"sha256": "cd" * 32, "source": "x", "source_date": ""}
    terrain = InputLayer("terrain", "地形（数字高程）", 1_200_000, crs="EPSG:4490", crs_source="stored",
                         certainty="real", demonstration=False, **kept)  # fmt: skip
    table = InputLayer("industry_access", "产业准入清单（占位候选）", 30, crs="—", crs_source="—",
                       certainty="inferred", demonstration=False, **kept)  # fmt: skip
    report = report_of(replace(run, inputs=(*run.inputs, terrain, table)))
    assert dict(report.facts)["参加检测"] == f"{len(run.inputs)} 个图层、地形、1 份清单，5 条规则"
    rows = {row[0]: row for row in tables_of(report)["参加检测的数据"].rows}
    assert rows["地形（数字高程）"][1] == "1,200,000 格"
    assert rows["产业准入清单（占位候选）"][1] == "30 行"
    assert rows["产业准入清单（占位候选）"][4:6] == ("占位，非正式清单", "—")
    data = next(section for section in report.front if section.title == "数据清单")
    assert "不是正式清单" in data.paragraphs[0]


def test_reasons_are_grouped_and_what_only_explains_is_no_gap() -> None:
    inform = Reason("outside_county", {"count": 1, "names": "绵广高速复线"})
    gap = Reason("subject_is_point", {"layer": "通用机场"})
    parts = (
        make_part("road", "ecological_redline", reasons=(inform,)),
        make_part("airport", "ecological_redline", reasons=(gap,)),
        make_part("airport", "permanent_farmland", reasons=(gap, Reason("layer_missing", {"layer": "油气管道"}))),
    )
    result = replace(make_result("EC-01", "生态保护红线", *parts), reasons=(inform, gap))
    assert open_reasons(result) == (gap,)
    clear = replace(result, rule_id="EC-09", reasons=(inform,), parts=parts[:1])
    report = report_of(replace(make_run(), results=(result, clear)))
    assert report.headline[3][2] == "1"
    tables = tables_of(report)
    assert tables["未检测事项及原因"].rows == (
        ("通用机场只有点位，没有用地范围", "机场 × 生态保护红线、永久基本农田", "EC-01"),
    )
    assert tables["检测范围的说明（不影响结论）"].rows == (
        ("1 个要素在县域外，不判定：绵广高速复线", "公路 × 生态保护红线", "EC-01、EC-09"),
    )


def test_what_was_listed_and_not_judged_is_an_annex() -> None:
    many = tuple(f"房屋{n}" for n in range(70))
    parts = (
        make_part("building", "road", existing=many, exempt=("水厂",)),
        make_part("building", "railway", existing=many[:2], exempt=("水厂", "泵站")),
    )
    tables = tables_of(report_of(replace(make_run(), results=(make_result("TR-01", "公路建筑控制区", *parts),))))
    (row,) = tables["存量清单：现状要素，只列不判"].rows
    assert row[:3] == ("TR-01 公路建筑控制区", "建筑", "70")
    assert row[3].endswith("等 70 个（全部名称见程序中存量清单的 CSV）")
    assert tables["除外清单：属性表明属于规则列明的除外情形"].rows == (
        ("TR-01 公路建筑控制区", "建筑", "2", "水厂、泵站"),
    )


def test_rules_are_summed_by_group() -> None:
    (row,) = tables_of(report_of(make_run()))["按规则组汇总"].rows
    assert row == ("生态", "5", "3", "1", "1", "1", "1", "1")


def test_the_self_test_is_one_line_or_was_not_run() -> None:
    seed = Seed("EC-01", "conflict", "park", "p", "ecological_redline", "r", "prohibited", "")
    near = replace(seed, kind="near_miss")
    test = SelfTest(
        tuple(
            SeedResult(s, outcome, "")
            for s, outcome in (
                (seed, Outcome.FOUND),
                (seed, Outcome.MISSED),
                (seed, Outcome.WRONG_SEVERITY),
                (near, Outcome.FALSE_ALARM),
                (near, Outcome.SILENT),
            )
        ),
        AS_OF,
        "0123456789ab",
    )
    answers = count_answers(test)
    assert answers == KnownAnswers(3, 1, 1, 1, 1, "0123456789ab")
    report = report_of(make_run(), self_test=answers)
    said = "找到 1 / 应找到 3，漏检 1，误报 1，级别不对或没有判到 1（示范县，规则库版本 0123456789ab）"
    assert dict(report.facts)["已知答案自检"] == said
    limits = next(section for section in report.back if section.title == "局限")
    assert limits.paragraphs[-1] == f"已知答案自检：{said}。"
    assert "与本次检测的规则库版本 ffff 不同" in known_answers_words(answers, "ffff")
    assert dict(report_of(make_run()).facts)["已知答案自检"] == "未运行"


def test_a_feature_held_against_its_own_record_says_so() -> None:
    whole = FeatureRef("*", "*", "图层自身", "—")
    assert rows_of(make_finding(1, against=whole))["客体"] == "自身属性"
