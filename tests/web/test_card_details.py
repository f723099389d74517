"""What the card says beside the measure, the rules that meet on its place, and the number explained."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from shapely.geometry import LineString, Point, box

from planning.findings import FeatureRef, Reason, Severity, Value
from planning.rulebook import read_rulebook
from tests.web.hand_made import AS_OF, PARK, ROAD, RUN, SLIVER
from web import words
from web.views.card import card_view, main_number
from web.views.conflict_html import card_body_html, card_head_html, card_html
from web.views.conflicts import FindingFilter, finding_rows, select_findings
from web.views.explain import explanation_html, explanation_view
from web.views.place_rules import MOST, place_rules, plain_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.findings import CheckRun, Finding
    from web.views.card import Card


@pytest.fixture
def english() -> Iterator[None]:
    before = words._asked[0]
    words.follow(lambda: "en")
    yield
    words.follow(before)


def card_of(finding: Finding) -> Card:
    return card_view(finding, as_of=AS_OF, demonstration=False)


def facts_of(finding: Finding) -> dict[str, str]:
    return {fact.label: fact.number for fact in card_of(finding).facts}


def run_with(*findings: Finding) -> CheckRun:
    return replace(RUN, results=(replace(RUN.results[0], findings=findings),))


def test_details_stand_apart_from_the_list_that_is_no_official_one() -> None:
    finding = replace(
        PARK,
        details=(
            Reason("bank_distance", {"datum": "outer", "metres": 612.0}),
            Reason("table_placeholder", {"table": "产业准入清单（占位候选）"}),
        ),
    )
    card = card_of(finding)
    assert card.details == ("距外缘边界线 612 m",)
    assert card.placeholders == ("产业准入清单（占位候选）是占位候选，不是正式清单，须以正式公布的清单为准",)
    assert card.flags == ("占位清单",)
    assert "距外缘边界线 612 m" in card_body_html(card)
    assert "占位清单" in card_head_html(card)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"certain": False}, "可能"),
        ({"assumptions": ROAD.assumptions}, "确定"),
        ({}, None),
        ({"assumptions": ROAD.assumptions, "distance_m": None}, None),
    ],
)
def test_certainty_is_a_badge_only_where_an_assumed_width_decides(changes: dict[str, Any], word: str | None) -> None:
    card = card_of(replace(PARK, **changes))
    assert (None if card.certainty is None else card.certainty.word) == word
    assert ("dg-sure" in card_head_html(card)) is (word is not None)


def test_the_list_warns_of_what_is_only_possible() -> None:
    possible = replace(PARK, certain=False, borderline=True)
    assert finding_rows((possible,))[0].flags == "可能 临界"
    assert finding_rows((PARK,))[0].flags == ""
    run = replace(RUN, results=(replace(RUN.results[2], findings=(possible,)), RUN.results[1]))
    assert select_findings(run, FindingFilter(certainty="possible")) == (possible,)
    assert select_findings(run, FindingFilter(certainty="certain")) == (SLIVER,)


def test_the_law_of_another_day_is_told() -> None:
    card = card_of(replace(ROAD, law_day=date(2024, 5, 1)))
    assert card.law_day == "按批准日 2024-05-01 的规定"
    assert "按批准日 2024-05-01 的规定" in card_body_html(card)
    assert card_of(ROAD).law_day == ""


def test_an_open_exemption_says_what_would_show_it() -> None:
    card = card_of(ROAD)
    assert [(line.title, line.evidence) for line in card.exemptions] == [
        ("隧道下穿，地表无永久占地", "设计文件"),
        ("<b>符合</b>规划", ""),
    ]
    page = card_body_html(card)
    assert "须有 设计文件" in page
    assert "<b>符合" not in page


def test_a_number_changed_for_the_run_is_neither_law_nor_convention() -> None:
    changed = Value("distance_m", 25.0, "m", "changed", "本次检测改为 25 m（规则所载 20 m）")
    card = card_of(replace(PARK, values=(changed,)))
    assert [(value.kind, value.of) for value in card.values] == [("本次调整", "changed")]
    assert 'class="dg-changed-value">本次调整' in card_body_html(card)


def test_an_obstacle_is_told_by_how_far_it_rises() -> None:
    finding = replace(PARK, excess_m=12.34, distance_m=None)
    assert main_number(finding) == "高出 12 m"
    assert facts_of(finding)["高出限制面"] == "12 m"


def test_a_finding_about_attributes_shows_its_first_detail() -> None:
    missing = replace(
        SLIVER,
        against=FeatureRef("*", "*", "图层自身", "—"),
        details=tuple(Reason("field_missing", {"column": name}) for name in ("approval_no", "recorded_area_m2")),
    )
    assert main_number(missing) == "缺少：批准文号 等 2 项"
    assert facts_of(missing) == {"问题": "缺少：批准文号 等 2 项", "要素面积": "86.4 m²（0.13 亩）"}
    (row,) = finding_rows((missing,))
    assert row.pair == "城镇开发边界 " + SLIVER.subject.name
    assert card_of(missing).against.name == "自身属性"
    looked_up = replace(missing, details=(Reason("looked_up", {"column": "industry_code", "value": "2523"}),))
    assert main_number(looked_up) == "行业代码 2523"
    bare = replace(missing, details=(), area_m2=None, pieces=3)
    assert main_number(bare) == "3 处"


def meeting() -> tuple[Finding, Finding, Finding]:
    """A road that meets three rules on one place."""
    core = replace(ROAD, finding_id="EC-03-1", rule_id="EC-03", rule_title="核心保护区 *", arbitration=1)
    farmland = replace(ROAD, finding_id="PB-02-1", rule_id="PB-02", severity=Severity.REMINDER)
    return ROAD, core, farmland


def test_rules_on_one_place_stand_in_the_order_in_which_they_bind() -> None:
    road, core, farmland = meeting()
    view = place_rules(farmland, (road, core, farmland))
    assert view is not None
    assert [(rule.rule_id, rule.rank, rule.badge, rule.shown) for rule in view.rules] == [
        ("EC-03", 1, "优先", False),
        ("EC-02", 3, "", False),
        ("PB-02", 3, "", True),
    ]
    assert view.title == "同处的规则 3 条 · 优先：EC-03"
    assert view.rules[0].label == r"第 1 级 *▲ 有条件* EC\-03 核心保护区 \* **3,412 m** `优先`"
    assert view.rules[2].label.endswith("`本条`")


def test_rules_of_one_rank_are_for_a_person() -> None:
    road, _core, farmland = meeting()
    view = place_rules(road, (road, farmland))
    assert view is not None
    assert [rule.badge for rule in view.rules] == ["同级，交人工", "同级，交人工"]
    assert view.title == "同处的规则 2 条 · 同级，交人工：EC-02、PB-02"


def test_one_rule_alone_needs_no_order() -> None:
    elsewhere = replace(ROAD, finding_id="x", rule_id="PB-02", geometry=LineString([(107, 33), (107.1, 33)]))
    assert place_rules(ROAD, (ROAD, elsewhere, PARK)) is None


def test_a_crowded_place_lists_the_first_and_the_one_that_is_open() -> None:
    many = [replace(ROAD, finding_id=f"EC-02-{n:02d}") for n in range(MOST + 4)]
    view = place_rules(many[-1], many)
    assert view is not None
    assert len(view.rules) == MOST
    assert view.rules[-1].shown
    assert view.note == "另有 4 条，见左侧列表。"
    assert "生态保护红线（大巴山）" in view.rules[0].title, "several of one rule are told apart by their objects"


def test_names_cannot_format_a_button() -> None:
    assert plain_markdown("a*b_[c](d)`") == r"a\*b\_\[c\]\(d\)\`"


def explained(finding: Finding) -> Any:
    run = replace(run_with(finding), rulebook_version=read_rulebook().version)
    return explanation_view(finding, run, read_rulebook(), "/data/旺苍 县")


def test_an_area_is_explained_by_three_ways_to_measure_it() -> None:
    view = explained(replace(SLIVER, geometry=box(106.30, 32.23, 106.31, 32.24)))
    assert [section.title for section in view.sections] == [
        "结论",
        "用了哪些数据",
        "怎样比较",
        "怎样量算",
        "界限与依据",
        "怎样复现",
    ]
    (measured,) = (section for section in view.sections if section.ways)
    ellipsoid, plane, official = measured.ways
    assert [way.counts for way in measured.ways] == [True, False, False]
    assert ellipsoid.difference == ""
    assert re.fullmatch(r"[+-][\d,.]+ ppm", plane.difference)
    assert official.difference == "< 0.1 ppm"
    assert "椭球面积（证据图形）" not in dict(measured.lines), "said once, side by side"
    assert view.command.startswith("python -m planning explain LN-02-000000000001 --as-of 2026-11-22")
    assert '"/data/旺苍 县"' in view.command
    assert all(view.command not in line for section in view.sections for _label, line in section.lines)
    assert view.note == ""


def test_a_line_has_two_ways_and_a_point_none() -> None:
    assert [way.title for section in explained(ROAD).sections for way in section.ways] == [
        "椭球长度（采用）",
        "平面长度",
    ]
    point = replace(ROAD, geometry=Point(106.3, 32.3), area_m2=None, length_m=None)
    assert not any(section.ways for section in explained(point).sections)


def test_an_explanation_escapes_what_comes_from_data() -> None:
    page = explanation_html(explained(SLIVER))
    assert "<script>" not in page
    assert "dg-counts" in page


def test_english_says_in_which_language_it_explains(english: None) -> None:
    view = explained(SLIVER)
    assert view.note.startswith("The explanation is written in Chinese")
    assert view.sections[0].title == "Conclusion" or not re.search(r"[\u4e00-\u9fff]", view.sections[0].title)
    assert not re.search(r"[\u4e00-\u9fff]", "".join(way.title for section in view.sections for way in section.ways))
    card = card_of(replace(PARK, certain=False, law_day=date(2024, 5, 1)))
    assert card.certainty is not None
    assert card.certainty.word == "Possible"
    assert card.law_day == "By the law of the day of approval, 2024-05-01"
    assert "Needs 设计文件" in card_html(card)
