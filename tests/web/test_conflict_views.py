from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import pytest
from shapely.geometry import MultiPoint, box

from planning import words as planning_words
from planning.findings import Severity, Verdict
from planning.rulebook import read_rulebook
from tests.web.hand_made import AS_OF, PARK, ROAD, RUN, SLIVER
from web import words
from web.views.card import card_view, main_number
from web.views.conflict_html import card_html, legend_html
from web.views.conflict_map import (
    MOST_DRAWN,
    clicked_finding,
    conflict_layer,
    drawn_findings,
    feature_outlines,
    quiet_layers,
    surroundings,
    view_serial,
)
from web.views.conflicts import (
    FindingFilter,
    big_numbers,
    filter_choices,
    find_finding,
    finding_rows,
    finding_table,
    list_words,
    run_words,
    select_findings,
)
from web.views.matrix import verdict_matrix
from web.views.numbers import area_words, length_words, share_words, square_metres, value_words
from web.views.severity import severity_look
from web.views.verdict_html import matrix_html, verdicts_html
from web.views.verdicts import verdict_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.views.conflict_map import ConflictLayer


@pytest.fixture
def english() -> Iterator[None]:
    before = words._asked[0]
    words.follow(lambda: "en")
    yield
    words.follow(before)


@pytest.mark.parametrize(
    ("area_m2", "said"),
    [
        (81_867.4, "8.19 公顷（122.8 亩）"),
        (2_045_333, "204.53 公顷（3,068.0 亩）"),
        (86.44, "86.4 m²（0.13 亩）"),
        (99.99, "100.0 m²（0.15 亩）"),
        (100, "0.01 公顷（0.15 亩）"),
        (0, "0.0 m²（0.00 亩）"),
    ],
)
def test_area_is_told_in_hectares_with_mu(area_m2: float, said: str) -> None:
    assert area_words(area_m2) == said


def test_other_numbers_carry_their_unit() -> None:
    assert length_words(3_412.3) == "3,412 m"
    assert length_words(9_999.4) == "9,999 m"
    assert length_words(12_345) == "12.35 km"
    assert length_words(0.4) == "0.4 m"
    assert share_words(21.44) == "21.4 %"
    assert share_words(0.004) == "< 0.1 %"
    assert share_words(0) == "0.0 %"
    assert square_metres(81_867.4) == "81,867 m²"
    assert value_words(1000.0, "m") == "1,000 m"
    assert value_words(0.01, "m²") == "0.01 m²"


def test_big_numbers_count_findings_and_rules_that_were_not_checked() -> None:
    assert [(number.look.word, number.number) for number in big_numbers(RUN)] == [
        ("禁止", "2"),
        ("有条件", "1"),
        ("提示", "0"),
        ("未检测", "2"),
    ]
    assert "整条 1 条" in big_numbers(RUN)[3].note


def test_severities_differ_in_mark_word_colour_and_lightness() -> None:
    looks = [severity_look(severity) for severity in Severity]
    for seen in ({look.mark for look in looks}, {look.word for look in looks}, {look.colour for look in looks}):
        assert len(seen) == 3
    grey = sorted(_lightness(look.colour) for look in looks)
    assert min(b - a for a, b in pairwise(grey)) > 0.03


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (FindingFilter(), ["WA-05", "LN-02", "EC-02"]),
        (FindingFilter(severities=("prohibited",)), ["WA-05", "LN-02"]),
        (FindingFilter(rules=("EC-02",)), ["EC-02"]),
        (FindingFilter(departments=("林草",)), ["EC-02"]),
        (FindingFilter(departments=("自然资源",)), ["LN-02", "EC-02"]),
        (FindingFilter(townships=("檬子乡", "嘉川镇")), ["WA-05", "EC-02"]),
        (FindingFilter(severities=("reminder",)), []),
        (FindingFilter(severities=("prohibited",), townships=("檬子乡",)), []),
        (FindingFilter(rules=("生态",)), ["WA-05", "LN-02", "EC-02"]),
        (FindingFilter(rules=("交通",)), []),
        (FindingFilter(certainty="certain"), ["WA-05", "LN-02", "EC-02"]),
        (FindingFilter(certainty="possible"), []),
    ],
)
def test_filter(wanted: FindingFilter, ids: list[str]) -> None:
    assert [finding.rule_id for finding in select_findings(RUN, wanted)] == ids


def test_choices_are_those_of_the_run() -> None:
    choices = filter_choices(RUN)
    assert [value for value, _words in choices["rules"]] == ["生态", "EC-02", "LN-02", "WA-05"]
    assert choices["rules"][0][1] == "生态类（3 处）"
    assert {value for value, _words in choices["departments"]} == {
        "自然资源",
        "交通",
        "林草",
        "生态环境",
        "经信",
        "水利",
    }
    assert {value for value, _words in choices["townships"]} == {"东河镇", "英萃镇", "檬子乡", "嘉川镇"}


def test_list_and_table_say_the_same() -> None:
    rows = finding_rows(RUN.findings)
    assert [row.number for row in rows] == ["距 640 m", "86.4 m²（0.13 亩）", "3,412 m"]
    assert [row.flags for row in rows] == ["", "", "临界 待核"]
    table = finding_table(rows).data
    assert list(table["级别"]) == ["■ 禁止", "■ 禁止", "▲ 有条件"]
    assert list(table["乡镇"]) == ["嘉川镇", "东河镇", "英萃镇、檬子乡"]
    assert finding_table(()).data.empty


def test_the_verdict_of_a_rule_is_never_a_silent_clear() -> None:
    rows = {row.rule_id: row for row in verdict_rows(RUN)}
    assert (rows["EC-02"].look.mark, rows["EC-02"].words) == ("●", "疑似冲突 1 处")
    assert rows["EC-02"].not_checked == ("缺少图层：油气管道",)
    assert rows["LN-01"].look.mark == "○"
    assert rows["TR-01"].look.mark == "▨"
    assert rows["TR-01"].not_checked == ("缺少图层：油气管道",)
    assert rows["LN-02"].counts == (
        "判定 7 个要素",
        "存量 2 个只列不判",
        "除外 1 个",
        "低于阈值舍去 3 处，合计 41.5 m²",
    )
    assert [row.rule_id for row in verdict_rows(RUN, only_not_checked=True)] == ["EC-02", "TR-01"]


def test_card_tells_law_from_convention_and_how_far_a_text_was_verified() -> None:
    card = card_view(ROAD, as_of=AS_OF, demonstration=True)
    assert [(law.status, law.verified) for law in card.laws] == [("已核", True), ("部分核实", False)]
    assert [(value.kind, value.of) for value in card.values] == [("本项目约定", "convention"), ("法定", "law")]
    assert [(fact.label, fact.number) for fact in card.facts] == [
        ("穿越长度", "3,412 m"),
        ("按假定半宽占地", "8.19 公顷（122.8 亩）"),
        ("分布", "4 处"),
        ("占主体", "21.4 %"),
    ]
    assert card.flags == ("临界", "待核")
    assert card.assumptions[0].startswith("公路用地半宽按技术等级“二级公路”假定 12 m")
    assert card.stands_for == "EC-01"
    assert card.notice.startswith("示意数据，非法定成果")
    assert "示意数据" not in card_view(ROAD, as_of=AS_OF, demonstration=False).notice


def test_the_number_of_the_list_is_a_number_of_the_card() -> None:
    for finding in RUN.findings:
        numbers = [fact.number for fact in card_view(finding, as_of=AS_OF, demonstration=False).facts]
        assert any(number in main_number(finding) for number in numbers)


def test_no_screen_says_that_something_is_illegal() -> None:
    pages = [card_html(card_view(finding, as_of=AS_OF, demonstration=True)) for finding in RUN.findings]
    pages += [verdicts_html(verdict_rows(RUN)), matrix_html(verdict_matrix(RUN, ("东河镇",))), run_words(RUN)]
    pages += [f"{number.note}{number.definition}" for number in big_numbers(RUN)]
    assert not any(re.search("违法|违规|非法(?!定)", page) for page in pages)


def test_text_from_data_is_escaped() -> None:
    for page in (
        card_html(card_view(SLIVER, as_of=AS_OF, demonstration=True)),
        _script(conflict_layer(RUN.findings, None, {})),
    ):
        assert "<script>alert" not in page
    named = replace(RUN.results[0], title="<img src=x onerror=1>")
    page = verdicts_html(verdict_rows(replace(RUN, results=(named,))))
    assert "<img" not in page
    assert "<img" not in matrix_html(verdict_matrix(RUN, ("<img>",)))


def _script(layer: ConflictLayer) -> str:
    layer.add_to(folium.FeatureGroup())
    return str(layer._template.module.script(layer))


def test_legend_names_every_severity() -> None:
    legend = legend_html("共 3 处", [severity_look(severity) for severity in Severity])
    assert all(word in legend for word in ("禁止", "有条件", "提示", "主体", "对象"))


def test_map_shows_each_finding_as_shape_and_mark_and_outlines_the_chosen_one() -> None:
    features = conflict_layer(RUN.findings, PARK, {"subject": PARK.geometry}).data["features"]
    assert features[0]["properties"]["path"]["fill"] is False
    assert "words" not in features[0]["properties"]
    told = [feature for feature in features if "words" in feature["properties"]]
    assert len(told) == 2 * 3
    for feature in told:
        assert clicked_finding(re.sub(r"<[^>]+>", "", feature["properties"]["words"])) is not None
    hatched = [f for f in told if f["properties"].get("path", {}).get("fillColor") == "url(#dg-hatch-prohibited)"]
    assert len(hatched) == 2
    assert _script(conflict_layer(RUN.findings, PARK, {})).count("dg-chosen") >= 1


def test_thousands_of_findings_are_listed_and_the_gravest_drawn() -> None:
    many = tuple(replace(PARK, finding_id=f"WA-05-{n:012d}") for n in range(MOST_DRAWN + 50))
    assert drawn_findings(many, None) == many[:MOST_DRAWN]
    assert drawn_findings(many, many[-1]) == (*many[:MOST_DRAWN], many[-1])
    assert drawn_findings(many[:3], many[0]) == many[:3]
    assert len(finding_table(finding_rows(many)).data) == MOST_DRAWN + 50
    assert list_words(MOST_DRAWN + 50, 900, MOST_DRAWN) == "列出 650 处，共 900 处，图上只画最重的 600 处"
    assert list_words(3, 3, MOST_DRAWN) == "共 3 处"


def test_a_crossing_is_a_dot_under_one_mark() -> None:
    crossing = replace(ROAD, geometry=MultiPoint([(106.3, 32.3), (106.31, 32.31)]))
    features = conflict_layer((crossing,), None, {}).data["features"]
    assert [feature["geometry"]["type"] for feature in features] == ["MultiPoint", "Point"]
    assert ["mark" in feature["properties"] for feature in features] == [False, True]
    assert "circleMarker" in _script(conflict_layer((crossing,), None, {}))


def test_layers_under_the_findings_are_few() -> None:
    frame = gpd.GeoDataFrame({"id": ["cp-1"], "name": ["嘉川化工园区"]}, geometry=[box(106, 32, 107, 33)], crs=4490)
    layers: Any = {key: SimpleNamespace(frame=frame) for key in ("county", "road", "chemical_park", "river_bank")}
    assert set(quiet_layers(layers, None)) == {"county"}
    assert set(quiet_layers(layers, PARK)) == {"county", "chemical_park", "river_bank"}
    assert set(feature_outlines(layers, PARK)) == {"subject"}
    assert feature_outlines(layers, None) == {}


def test_a_click_names_its_finding() -> None:
    assert clicked_finding("■ 禁止 WA-05 …⌗WA-05-000000000002 ") == "WA-05-000000000002"
    assert clicked_finding("东河镇") is None
    assert clicked_finding(None) is None
    assert find_finding(RUN, "WA-05-000000000002") is PARK
    assert find_finding(RUN, "gone") is None


def test_view_shows_the_evidence_with_its_surroundings() -> None:
    assert surroundings((106.0, 32.0, 106.4, 32.2)) == pytest.approx((105.9, 31.95, 106.5, 32.25))
    assert surroundings((106.3, 32.2, 106.3, 32.2)) == pytest.approx((106.298, 32.198, 106.302, 32.202))
    assert view_serial("a", 1) != view_serial("b", 1)
    assert view_serial("a", 1) != view_serial("a", 2)


def test_english(english: None) -> None:
    assert [number.look.word for number in big_numbers(RUN)] == ["Prohibited", "Conditional", "Reminder", "Not checked"]
    card = card_view(ROAD, as_of=AS_OF, demonstration=True)
    assert card.title == "Linear infrastructure crossing the ecological redline"
    assert card.facts[1].number == "8.19 ha (122.8 mu)"
    assert "12 m" in card.assumptions[0]
    assert not re.search(r"[\u4e00-\u9fff]", card.notice + card.lead_department + "".join(card.flags))


def test_words_that_come_from_the_rules_have_english(english: None) -> None:
    texts = [
        *planning_words.TEMPLATES.values(),
        *planning_words.VERDICTS.values(),
        *planning_words.SEVERITIES.values(),
        *planning_words.STATUSES.values(),
        *planning_words.SOURCE_KINDS.values(),
        *{name for rule in read_rulebook().rules.values() for name in rule.lead_department.split("、")},
    ]
    missing = [text for text in texts if words._(text) == text]
    assert missing == []
    for text in planning_words.TEMPLATES.values():
        assert set(re.findall(r"\{(\w+)", words._(text))) == set(re.findall(r"\{(\w+)", text))


def test_verdicts_are_three() -> None:
    assert {row.look.key for row in verdict_rows(RUN)} == {verdict.value for verdict in Verdict}
