from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from planning import rulebook as planning_rulebook
from planning.assumptions import read_half_widths
from planning.local_rules import LocalRuleError
from planning.rule_file import NEEDS, read_rule
from planning.rulebook import read_rulebook
from planning.self_test import Outcome, Seed, SeedResult, SelfTest
from planning.settings import Change, Settings
from planning.words import DATUMS, SEGMENTS
from tests.web.hand_made import RUN
from web import words
from web.views import rulebook_detail as detail_words
from web.views import rulebook_errors, rulebook_words
from web.views import rulebook_self_test as test_words
from web.views.plan_names import value_name
from web.views.rulebook import book_words, last_result, list_words, plain_markdown, rule_rows
from web.views.rulebook_detail import RuleDetail, rule_detail
from web.views.rulebook_errors import fault_cards, faults_html
from web.views.rulebook_filter import RuleFilter, cited_laws, filter_options, select_rules
from web.views.rulebook_html import head_html, judging_html, laws_html, values_html
from web.views.rulebook_law import law_spans, law_texts
from web.views.rulebook_self_test import answer_html, seed_rows, self_test_view
from web.views.rulebook_timeline import timeline_html, timeline_svg
from web.views.rulebook_values import number_fields, value_rows
from web.views.rulebook_widths import read_widths, width_table
from web.views.rulebook_words import condition_words
from web.views.run_settings import (
    change_words,
    settings_html,
    settings_words,
    usable_settings,
    with_number,
    without_changes,
)

BOOK = read_rulebook()
TODAY = date(2026, 11, 22)
USUAL = Settings()


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_asked", [lambda: "en"])


def detail(rule_id: str, as_of: date = TODAY, settings: Settings = USUAL) -> RuleDetail:
    return rule_detail(BOOK.rules[rule_id], BOOK, as_of, settings, None)


def html_of(rule_id: str, settings: Settings = USUAL) -> str:
    one = detail(rule_id, settings=settings)
    return head_html(one) + judging_html(one) + values_html(one.values) + laws_html(one.laws)


@pytest.mark.parametrize(
    ("wanted", "inside", "outside"),
    [
        (RuleFilter(text="tr-01"), "TR-01", "TR-02"),
        (RuleFilter(text="公路安全保护条例 第十一条"), "TR-01", "EC-01"),
        (RuleFilter(text="建筑控制区"), "TR-01", "EC-01"),
        (RuleFilter(group="水"), "WA-01", "EC-01"),
        (RuleFilter(severity="prohibited"), "LN-02", "LN-01"),
        (RuleFilter(department="林草"), "EC-02", "TR-01"),
        (RuleFilter(law="railway-safety-2014"), "TR-05", "EC-01"),
        (RuleFilter(layer="river_bank"), "WA-05", "EC-01"),
        (RuleFilter(tier="core"), "TR-01", "UT-02"),
        (RuleFilter(group="交通", layer="runway"), "TR-09", "TR-01"),
    ],
)
def test_rules_are_found_by_words_and_by_each_filter(wanted: RuleFilter, inside: str, outside: str) -> None:
    found = {rule.id for rule in select_rules(BOOK, wanted)}
    assert inside in found
    assert outside not in found


def test_every_option_finds_a_rule_and_no_filter_finds_all() -> None:
    assert len(select_rules(BOOK, RuleFilter(text="  "))) == len(BOOK.rules)
    for name, pairs in filter_options(BOOK).items():
        assert pairs
        for value, title in pairs:
            assert title
            assert select_rules(BOOK, replace(RuleFilter(), **{name: value})), (name, value)


def test_a_row_says_result_severities_and_verification() -> None:
    rows = {row.rule_id: row for row in rule_rows(list(BOOK.rules.values()), RUN)}
    assert {rule_id: rows[rule_id].last.mark for rule_id in ("EC-02", "LN-01", "TR-01", "TR-05")} == {
        "EC-02": "●",
        "LN-01": "○",
        "TR-01": "▨",
        "TR-05": "—",
    }
    assert rows["LN-04"].caption.startswith(":red[■ 禁止]")
    assert "部分核实" in rows["LN-04"].caption
    assert rows["LN-04"].label.startswith("— **LN")
    assert all(row.looks and row.verification.words for row in rows.values())


def test_counts_of_the_book_and_the_list() -> None:
    assert book_words(BOOK).startswith(f"{len(BOOK.rules)} 条规则 · ")
    assert list_words(3, 76) == "列出 3 条，共 76 条规则"
    assert last_result(None, "EC-02").words == "还没有检测"
    assert "缺少图层：油气管道" in last_result(RUN, "EC-02").reasons


def test_every_rule_says_what_it_compares_by_what_and_who_leads() -> None:
    for rule in BOOK.rules.values():
        one = detail(rule.id)
        assert one.relation in {*rulebook_words.RELATIONS.values(), rulebook_words.POINTS}
        assert one.subjects
        assert one.objects
        assert one.severities[-1].case in {"其余情形", "一律"}
        assert one.departments
        assert one.laws
        page = html_of(rule.id)
        assert not re.search(r"\b(min_|max_|_m2|where|when)", re.sub(r"<code>.*?</code>", "", page)), rule.id


def test_what_is_not_verified_is_said() -> None:
    for rule in BOOK.rules.values():
        partly = rule.verification != "verified" or any(b.status in {"partial", "unverified"} for b in rule.basis)
        one = detail(rule.id)
        assert bool(one.doubt) is partly
        assert (one.doubt in head_html(one)) is True
    assert "条号未核（未核）" in detail("LN-04").doubt


def test_conditions_are_words() -> None:
    lines = [(line.title, line.condition) for line in detail("TR-10").subjects]
    assert lines[0][1] == "设施类型：学校、医院、居住、养老机构、机关、科研和办公"
    assert condition_words({"voltage_kv": {"min": 35, "max": 110}}, ("powerline",)) == "电压等级：35–110 kV"
    assert condition_words({"discharge": {"missing": True}}, ("project",)) == "排放污染物：未填"
    assert condition_words({"status": ["existing", "现状"], "use": "industry"}) == "状态：现状，且规划用途：工业、物流"
    assert condition_words({"land_class": ["02*", "1104*", "*K"]}) == (
        "地类编码：02 种植园用地、1104…、可调整地类（以 K 结尾）"
    )


def test_the_cases_of_a_severity_stand_in_the_order_in_which_they_are_asked() -> None:
    lines = [(line.case, line.look.word if line.look else "") for line in detail("EC-07").severities]
    assert lines[0] == ("产业园区，且对象为核心景区", "")
    assert lines[-1][0] == "其余情形"
    assert ("县级国土空间规划未批准时", "有条件") in [
        (line.case, line.look.word if line.look else "") for line in detail("PL-04").severities
    ]


def test_law_and_convention_are_told_apart_and_tables_have_classes() -> None:
    (distance,) = detail("TR-01").values
    assert (distance.of_law, distance.kind, distance.source) == (True, "法定", "公路安全保护条例 第十一条")
    assert [(c.title, c.number) for c in distance.classes][:2] == [("高速公路", "30 m"), ("国道", "20 m")]
    assert distance.by == "行政等级"
    (area,) = detail("LN-01").values
    assert (area.of_law, area.kind) == (False, "本项目约定")
    assert not area.source.startswith("本项目约定")
    high_speed = detail("TR-05").values[0]
    assert (high_speed.meant, high_speed.otherwise) == ("对象的高速铁路：是", "其他地区")


def test_a_value_before_its_day_is_past_or_future() -> None:
    assert not detail("TR-01", date(2011, 6, 30)).values[0].in_force
    assert detail("TR-01", date(2011, 7, 1)).values[0].in_force
    assert number_fields(BOOK.rules["TR-01"], BOOK, date(2011, 6, 30), USUAL) == ()


def test_exemptions_say_effect_proof_and_evidence() -> None:
    line = detail("LN-01").exemptions[0]
    assert (line.effect, line.proof) == ("降为提示", "属性表明时自动适用：经认定保留：是")
    assert line.evidence
    assert detail("TR-01").exemptions[0].proof.startswith("须由人举证")


def test_rules_that_replace_each_other_name_each_other() -> None:
    assert detail("EC-02").replaces.startswith("EC-01 ")
    assert "EC-02 " in detail("EC-01").replaced_by


def test_a_law_says_whether_it_applies_and_what_replaced_it() -> None:
    laws = {law.name: law for law in law_texts(BOOK.rules["WA-02"], BOOK, TODAY)}
    old = next(law for name, law in laws.items() if "水污染防治法" in name)
    assert not old.in_force
    assert old.state == "2026-11-22 已失效：2018-01-01 起，2026-08-15 止，由《生态环境法典》代替"
    assert any("施行日期为背景知识" in note for note in old.notes)
    before = law_texts(BOOK.rules["WA-02"], BOOK, date(2026, 8, 14))
    assert "水污染防治法" in before[0].name + before[1].name
    assert any("尚未施行" in law.state for law in before)


def test_the_timeline_is_a_drawing_of_its_own_with_every_law() -> None:
    for rule in BOOK.rules.values():
        spans = law_spans(rule, BOOK, TODAY)
        assert len(spans) == len(cited_laws(rule))
        drawing = timeline_svg(spans, TODAY, TODAY)
        ET.fromstring(drawing)  # noqa: S314 - our own drawing
        assert drawing.count("<rect") == len(spans)
        assert "按 2026-11-22" in drawing
    page = timeline_html(law_spans(BOOK.rules["WA-02"], BOOK, TODAY), TODAY, TODAY)
    encoded = re.search(r"base64,([^\"]+)", page)
    assert encoded is not None
    svg = base64.b64decode(encoded[1]).decode()
    assert not re.search(r"(href|src|url)\b", svg), "nothing comes from outside"
    assert "水污染防治法" in svg
    assert timeline_html((), TODAY, TODAY) == ""


def test_a_number_can_be_changed_for_one_run_and_set_back() -> None:
    rule = BOOK.rules["TR-01"]
    fields = number_fields(rule, BOOK, TODAY, USUAL)
    assert [field.now for field in fields] == [30, 20, 15, 10, 5]
    assert "法定" in fields[1].help
    changed = with_number(USUAL, fields[1], 25.0)
    assert changed.changes == (Change("TR-01", "distance_m", 0, "national", 25.0),)
    BOOK.changed(changed.changes)
    assert number_fields(rule, BOOK, TODAY, changed)[1].changed
    assert "→ 25 m" in values_html(value_rows(rule, BOOK, TODAY, changed))
    assert with_number(changed, fields[1], 20.0) == USUAL
    assert without_changes(changed, "EC-01") == changed
    assert without_changes(changed, "TR-01") == without_changes(changed) == USUAL


def test_every_field_of_every_rule_can_be_changed() -> None:
    settings = USUAL
    for rule in BOOK.rules.values():
        fields = number_fields(rule, BOOK, TODAY, USUAL)
        assert len({(f.name, f.entry, f.choice) for f in fields}) == len(fields)
        for field in fields:
            assert field.label
            settings = with_number(settings, field, field.usual + field.step)
    BOOK.changed(settings.changes)
    assert usable_settings(settings, BOOK.rules) == settings


def test_a_number_that_judging_does_not_look_up_is_no_field() -> None:
    assert number_fields(BOOK.rules["TR-08"], BOOK, TODAY, USUAL) == ()
    assert detail("TR-08").values


def test_what_was_set_is_one_line() -> None:
    changes = (Change("TR-01", "distance_m", 0, "national", 25.0), Change("LN-01", "min_area_m2", 0, "", 5.0))
    settings = Settings(
        county_plan_in_force=False,
        bank_datum="outer",
        half_widths=(("二级公路", 7.0, 12.0, 20.0),),
        changes=changes,
    )
    assert settings_words(USUAL, BOOK.rules) == ""
    assert settings_html(USUAL, BOOK.rules) == ""
    said = settings_words(Settings(changes=changes), BOOK.rules)
    assert "TR-01 距离界限（国道）：20 m → 25 m" in said
    assert "LN-01 入账面积下限：1 m² → 5 m²" in said
    assert "等 5 处" in settings_words(settings, BOOK.rules)
    assert change_words(settings) == "规则数值改动 2 处：TR-01、LN-01"
    assert change_words(USUAL) == ""


def test_changes_of_rules_that_are_gone_are_left_out() -> None:
    gone = (
        Change("L-01", "distance_m", 0, "", 1.0),
        Change("TR-01", "distance_m", 3, "national", 1.0),
        Change("TR-01", "distance_m", 0, "byway", 1.0),
        Change("LN-01", "min_area_m2", 0, "national", 1.0),
    )
    kept = Change("TR-01", "distance_m", 0, "national", 25.0)
    assert usable_settings(Settings(changes=(*gone, kept)), BOOK.rules).changes == (kept,)
    assert settings_words(Settings(changes=gone), BOOK.rules)


def test_half_widths_keep_only_what_differs_and_rises() -> None:
    table = width_table(USUAL)
    assert list(table.columns) == ["公路技术等级", "低", "默认", "高"]
    assert read_widths(table, USUAL).widths == ()
    table.loc[2, "默认"] = 12.0
    answer = read_widths(table, USUAL)
    assert answer.widths == (("二级公路", 7.0, 12.0, 18.0),)
    set_before = Settings(half_widths=answer.widths)
    table = width_table(set_before)
    assert table.loc[2, "默认"] == 12.0
    for bad in (90.0, float("nan")):
        table.loc[2, "低"] = bad
        answer = read_widths(table, set_before)
        assert answer.wrong == ("二级公路",)
        assert answer.widths == set_before.half_widths


SEED = Seed("EC-02", "conflict", "road", "S303", "ecological_redline", "*", "conditional", "<i>穿越</i>")


def answers(*outcomes: tuple[str, Outcome]) -> SelfTest:
    results = tuple(
        SeedResult(replace(SEED, kind=kind, subject_id=f"S{n}"), outcome, "prohibited")
        for n, (kind, outcome) in enumerate(outcomes)
    )
    return SelfTest(results, TODAY, "0123456789ab")


def test_the_self_test_is_one_sentence() -> None:
    good = answers(("conflict", Outcome.FOUND), ("near_miss", Outcome.SILENT), ("exempt", Outcome.SILENT))
    view = self_test_view(good)
    assert view.sentence == "找到 1 / 应找到 1 · 漏检 0 · 误报 0 · 近失与豁免 2 条均未误报"
    assert view.passed
    assert "<table" not in answer_html(view)
    bad = answers(
        ("conflict", Outcome.MISSED),
        ("conflict", Outcome.WRONG_SEVERITY),
        ("near_miss", Outcome.FALSE_ALARM),
        ("exempt", Outcome.NOT_CHECKED),
    )
    view = self_test_view(bad)
    assert view.sentence == (
        "找到 0 / 应找到 2 · 漏检 1 · 误报 1 · 级别不对 1 · 没有判到 1 · 近失与豁免 2 条，0 条未误报"
    )
    assert [row.outcome for row in view.failed] == ["漏检", "级别不对：■ 禁止", "误报", "没有判到"]
    page = answer_html(view)
    assert page.count("<tr>") == 5
    assert "<i>" not in page


def test_the_known_answers_of_one_rule() -> None:
    others = (SEED, replace(SEED, rule_id="EC-01"))
    (row,) = seed_rows(others, None, "EC-02")
    assert (row.pair, row.wanted, row.outcome) == ("公路 S303 × 生态保护红线", "▲ 有条件", "")
    test = SelfTest((SeedResult(SEED, Outcome.FOUND, "conditional"),), TODAY, "0")
    assert seed_rows(others, test, "EC-02")[0].good


RULE = """\
id: L-01
title: <b>茶园</b> 不得 [占用](x) 水库
relation: overlap
subject: {layers: [project]}
against: {layers: [reservoir]}
severity: {default: reminder}
values:
  min_area_m2:
    - {from: "2026-01-01", value: 50, unit: m², source: {kind: convention, text: 本县约定}}
basis: [{law: <i>旺府发</i>, article: 第三条, status: partial}]
lead_department: 水利
"""


def test_a_local_rule_is_marked_and_its_words_stay_text() -> None:
    rule = read_rule(RULE.encode(), Path("rules/tea.yaml"), local=True)
    book = replace(BOOK, rules={**BOOK.rules, "L-01": rule})
    one = rule_detail(rule, book, TODAY, USUAL, None)
    page = head_html(one) + judging_html(one) + values_html(one.values) + laws_html(one.laws)
    assert "本地规则" in head_html(one)
    assert "<b>茶园" not in page
    assert "<i>旺府发" not in page
    (row,) = rule_rows([rule], None)
    assert "本地规则" in row.label
    assert plain_markdown("[占用](x)") == r"\[占用\]\(x\)"
    assert "本地规则 1 条" in book_words(book)
    assert row.verification.words == "自行制定"
    assert not row.verification.verified
    assert law_spans(rule, book, TODAY) == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("relation: overlap", "relation: touches"), "比较方式“touches”不认识"),
        (("default: reminder", "default: bad"), "级别“bad”不认识"),
        (("value: 50", "value: many"), "'many' 不是大于等于 0 的数"),
        (("kind: convention", "kind: habit"), "来源类别“habit”不认识"),
        (("status: partial", "status: maybe"), "核实状态“maybe”不认识"),
        (('from: "2026-01-01"', "from: soon"), "'soon' 不是日期"),
        (('from: "2026-01-01", ', ""), "缺少字段“from”"),
        (("lead_department: 水利", ""), "缺少字段“lead_department”"),
        (("lead_department: 水利", "lead_department: 水利\ncolour: red"), "字段“colour”不认识"),
        (("min_area_m2:", "min_area:"), "缺少字段“min_area_m2”"),
        (("id: L-01", "id: [L-01"), "文件不是 YAML 格式"),
    ],
)
def test_common_faults_are_said_in_chinese_with_a_remedy(change: tuple[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=r"rules/tea\.yaml") as caught:
        read_rule(RULE.replace(*change).encode(), Path("rules/tea.yaml"), local=True)
    (card,) = fault_cards([LocalRuleError(Path("rules/tea.yaml"), str(caught.value), 3)])
    assert card.fault.startswith(fault)
    assert card.remedy
    page = faults_html([card])
    for said in ("rules/tea.yaml", "第 3 行", "怎么办", "本地规则有 1 个文件没有启用"):
        assert said in page


def test_an_unknown_fault_has_words_too() -> None:
    (card,) = fault_cards([LocalRuleError(Path("tea.yaml"), "something <b>else</b>")])
    assert card.fault == "写法不符合规则格式"
    assert "<b>else" not in faults_html([card])
    assert faults_html(()) == ""


def test_every_relation_and_class_has_words() -> None:
    assert set(rulebook_words.RELATIONS) == set(NEEDS)
    classes = {
        code
        for rule in BOOK.rules.values()
        for dated in rule.values.values()
        for value in dated
        if not isinstance(value.value, (int, float))
        for code in value.value
    }
    assert classes <= set(rulebook_words.CODES)
    assert {rule.arbitration for rule in BOOK.rules.values()} <= set(detail_words.RANKS)
    assert {name for rule in BOOK.rules.values() for name in rule.assumes} <= set(detail_words._ASSUMED)
    names = {name for rule in BOOK.rules.values() for name in rule.values}
    assert [name for name in names if value_name(name) == name] == []


def test_words_of_rules_have_english(english: None) -> None:
    lists = (
        rulebook_words.RELATIONS,
        rulebook_words.TIERS,
        rulebook_words.COLUMNS,
        rulebook_words.CODES,
        detail_words.RANKS,
        detail_words._EFFECTS,
        detail_words._ASSUMED,
        test_words.KINDS,
        test_words.OUTCOMES,
        DATUMS,
        SEGMENTS,
    )
    texts = {text for one in lists for text in one.values()}
    texts |= {text for fault in rulebook_errors.FAULTS for text in fault[1:]}
    texts |= {rulebook_words.POINTS, rulebook_words.EVERY_LAYER, detail_words._PLANNED, detail_words._ALL}
    texts |= {rulebook_errors.OTHER_FAULT, rulebook_errors.OTHER_REMEDY, *planning_rulebook.GROUPS, *read_half_widths()}
    assert sorted(text for text in texts if words._(text) == text) == []


def test_in_english_only_the_text_of_rules_is_chinese(english: None) -> None:
    for rule in BOOK.rules.values():
        one = detail(rule.id)
        said = [one.title, *one.tags, one.relation, *one.manner, one.rank, one.departments, one.verification.words]
        said += [line.case for line in one.severities] + [line.title for line in (*one.subjects, *one.objects)]
        said += [line.condition for line in (*one.subjects, *one.objects)]
        assert not re.search(r"[\u4e00-\u9fff]", "".join(said)), (rule.id, said)


RULE_IN_ENGLISH = """\
id: L-09
title: Tea gardens away from roads
relation: within_distance
subject: {layers: [project, park], where: {project: {activity: quarry}}, planned_only: true}
against: {layers: [road]}
from_land_edge: true
severity: {default: reminder, cases: [{when_against: {road_class: county}, severity: none}]}
values:
  distance_m:
    - from: "2030-01-01"
      by: road_class
      otherwise: county
      value: {national: 20, county: 10}
      unit: m
      source: {kind: convention, text: our own}
exemptions: [{title: Harvest paths, when: {use: industry}, evidence: a map}]
basis: [{law: County order 1, article: "3", status: partial, note: not seen}]
lead_department: County office
"""


def test_a_page_about_an_english_rule_is_english(english: None) -> None:
    rule = read_rule(RULE_IN_ENGLISH.encode(), Path("rules/tea.yaml"), local=True)
    book = replace(BOOK, rules={**BOOK.rules, "L-09": rule})
    one = rule_detail(rule, book, TODAY, USUAL, RUN)
    page = head_html(one) + judging_html(one) + values_html(one.values) + laws_html(one.laws)
    page += "".join(f"{f.label}{f.help}" for f in number_fields(rule, book, date(2030, 1, 1), USUAL))
    page += faults_html(fault_cards([LocalRuleError(Path("a.yaml"), "basis is empty. Name the law.", 3)]))
    page += answer_html(self_test_view(answers(("conflict", Outcome.MISSED)))).replace("穿越", "")
    (row,) = rule_rows([rule], RUN)
    page += row.label + row.caption + book_words(book)
    assert re.findall(r"[\u4e00-\u9fff]+", page) == []
