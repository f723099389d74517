from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import docx
import pytest
from docx.oxml.ns import qn

from layers.schema import DEMONSTRATION_NOTICE
from planning import numbers
from planning.findings import CheckRun, FeatureRef, Severity
from planning.precedence import find_place
from planning.report.cards import build_card
from planning.report.docx import write_docx
from planning.report.model import MAPPED, build_report
from planning.report.word import clean
from planning.rulebook import read_rulebook
from planning.settings import DEFAULTS
from planning.words import VALUE_TITLES
from tests.planning.report_fixture import AS_OF, CREATED, make_finding, make_layers, make_run

if TYPE_CHECKING:
    from pathlib import Path

    from planning.report.parts import Report, Table


class BlankPictures:
    """One white pixel for every map: most tests are about words."""

    PNG = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
        "0000000c4944415408d763f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
    )

    def overview(self) -> bytes:
        return self.PNG

    def card(self, number: int) -> bytes:  # noqa: ARG002
        return self.PNG


def make_report(*, demonstration: bool = True, **changes: Any) -> Report:
    run = make_run(demonstration=demonstration)
    report = build_report(run, make_layers(demonstration=demonstration), county="旺苍县", created=CREATED)
    return replace(report, **{"pictures": BlankPictures(), **changes})


def written(report: Report) -> bytes:
    stream = io.BytesIO()
    write_docx(report, stream)
    return stream.getvalue()


def all_words(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    return "\n".join("".join(p.itertext()) for p in document.element.body.iter(qn("w:p")))


def tables_of(report: Report) -> dict[str, Table]:
    found: dict[str, Table] = {}
    pending = [*report.front, *report.back]
    while pending:
        section = pending.pop()
        found |= {table.caption: table for table in section.tables}
        pending += section.sections
    return found


@pytest.mark.parametrize(
    ("area_m2", "words"),
    [
        (81_867.4, "8.19 公顷（122.8 亩），即 81,867 m²"),
        (1_234_567.0, "123.46 公顷（1,851.9 亩），即 1,234,567 m²"),
        (107.0, "0.01 公顷（0.16 亩），即 107 m²"),
        (35.25, "35.2 m²（0.05 亩）"),
        (0.012, "不足 0.1 m²（0.012 m²）"),
    ],
)
def test_areas(area_m2: float, words: str) -> None:
    assert numbers.full_area_words(area_m2) == words


@pytest.mark.parametrize(
    ("length_m", "words"),
    [(3412.3, "3,412 m"), (9_999.9, "10,000 m"), (10_000.0, "10.00 km"), (102_200.0, "102.20 km"), (4.26, "4.3 m")],
)
def test_lengths(length_m: float, words: str) -> None:
    assert numbers.length_words(length_m) == words


def test_every_value_of_a_rule_has_a_title() -> None:
    names = {name for rule in read_rulebook().rules.values() for name in rule.values}
    assert names <= set(VALUE_TITLES)


def test_cards_say_how_much_which_law_and_what_was_assumed() -> None:
    prohibited, conditional, reminder = make_report().cards
    assert [card.number for card in make_report().cards] == [1, 2, 3]
    assert prohibited.title == "PB-01 非农建设占用永久基本农田"
    assert prohibited.severity_words == "禁止 · 疑似"
    assert "临界" in dict(prohibited.rows)
    assert "部分核实" in dict(prohibited.rows)["依据"]
    assert conditional.pair == "S303 升级改造  ×  大巴山"
    assert conditional.townships == "英萃镇、檬子乡"
    assert conditional.numbers == ("穿越 4 处；长 3,412 m；计占 8.19 公顷（122.8 亩），即 81,867 m²；占主体长度 2.5 %")
    rows = dict(conditional.rows)
    assert rows["依据"] == "自然资发〔2022〕142号 一（一）第6类（2022-08，试行） · 已核"
    assert rows["标准"] == "最短长度 1 m（本项目约定：更短的计数合计）"
    assert "假定 10 m" in rows["假定"]
    assert "推断" in rows["待核"]
    assert "EC-01" in rows["并入"]
    assert rows["编号"] == "EC-02-00000001"
    assert "临界" not in rows
    assert reminder.numbers == "涉及 1 处；最近距离 813 m"
    assert reminder.townships == "未归属乡镇"


def test_a_whole_layer_as_object_shows_no_id() -> None:
    whole = FeatureRef("urban_boundary", "*", "城镇开发边界", "国土空间总体规划（三区三线）")
    finding = make_finding(1, against=whole)
    rows = dict(build_card(1, finding, find_place(finding, [finding]), AS_OF).rows)
    assert rows["客体"] == "城镇开发边界（国土空间总体规划（三区三线）；整个图层）"
    assert rows["主体"] == "S303 升级改造（公路，综合交通运输规划；编号 S303）"


def test_summary_by_rule_has_three_verdicts() -> None:
    rows = {row[0][:5]: row[1:] for row in tables_of(make_report())["按规则汇总"].rows}
    assert rows["EC-02"][0] == "冲突；部分未检测，因为：缺少图层：油气管道"
    assert rows["LN-02"][0] == "未发现冲突"
    assert rows["EC-06"][0] == "未检测，因为：缺少图层：采矿权/探矿权"
    assert rows["EC-02"][1:4] == ("0", "1", "0")
    assert rows["EC-02"][4] == "8.19 公顷（122.8 亩）；3,412 m"


def test_summaries_by_township_and_department_count_shared_findings_in_each() -> None:
    tables = tables_of(make_report())
    townships = {row[0]: row[1:5] for row in tables["按乡镇汇总"].rows}
    assert townships == {
        "东河镇": ("1", "0", "0", "1"),
        "英萃镇": ("0", "1", "0", "1"),
        "檬子乡": ("0", "1", "0", "1"),
        "（未归属乡镇）": ("0", "0", "1", "1"),
    }
    departments = {row[0]: row[4] for row in tables["按部门汇总"].rows}
    assert departments == {"自然资源": "3", "交通": "2", "林草": "2"}


def test_not_checked_dropped_and_existing_are_told() -> None:
    tables = tables_of(make_report())
    assert tables["缺少的图层和受影响的规则"].rows == (
        ("油气管道", "1", "EC-02"),
        ("采矿权/探矿权", "1", "EC-06"),
    )
    assert tables["未检测事项及原因"].rows == ()
    fragments = tables["低于标准而未入台账的碎片"]
    assert fragments.rows == (("EC-02 公路 × 生态保护红线", "3", "7", "61.5 m²（0.09 亩）", "4.2 m"),)
    assert fragments.note.startswith("合计 7 对，61.5 m²")
    existing = tables["存量清单：现状要素，只列不判"].rows
    assert ("EC-02 线性基础设施穿越生态保护红线", "公路", "1", "老路") in existing


def test_thresholds_come_from_the_rulebook_of_the_run() -> None:
    rulebook = read_rulebook()
    base = make_run()
    near_road = replace(base.results[2], rule_id="TR-01", findings=())
    run = replace(base, rulebook_version=rulebook.version, results=(*base.results, near_road))
    report = build_report(run, make_layers(), county="旺苍县", created=CREATED)
    rows = tables_of(report)["各规则的标准及其来源"].rows
    assert any(row[0].startswith("LN-02") for row in rows), "a rule without a finding"
    assert [row[:3] for row in rows if row[0].startswith("TR-01")] == [
        ("TR-01 控制距离", "高速公路 30、国道 20、省道 15、县道 10、乡道 5 m", "法定")
    ]
    other = tables_of(make_report())["各规则的标准及其来源"].rows
    assert {row[0][:5] for row in other} == {"EC-02", "PB-01", "WA-05"}


def test_a_limited_report_says_what_it_leaves_out() -> None:
    report = build_report(make_run(), make_layers(), county="旺苍县", created=CREATED, max_cards=1)
    assert [card.title[:5] for card in report.cards] == ["PB-01"]
    assert "其余 2 条没有单独的图，见附表一冲突清单" in report.cards_note
    assert "第 1–1 条" in report.overview_caption
    assert len(tables_of(report)["冲突清单"].rows) == 3


@pytest.mark.parametrize("demonstration", [True, False])
def test_the_notice_is_on_cover_and_every_page_only_with_demonstration_data(*, demonstration: bool) -> None:
    document = docx.Document(io.BytesIO(written(make_report(demonstration=demonstration))))
    section = document.sections[0]
    assert section.different_first_page_header_footer
    headers = [section.header.paragraphs[0].text, section.first_page_header.paragraphs[0].text]
    assert [DEMONSTRATION_NOTICE in words for words in headers] == [demonstration, demonstration]
    cover = "".join(paragraph.text for paragraph in document.paragraphs[:12])
    assert (DEMONSTRATION_NOTICE in cover) is demonstration


def test_word_file_holds_every_part() -> None:
    words = all_words(written(make_report()))
    for part in (
        "旺苍县",
        "多规合一冲突检测报告",
        "2026-11-22",
        "2026-11-23",
        "0123456789ab",
        "数据清单",
        "EPSG:4544",
        "按规则汇总",
        "冲突分布图",
        "禁止 · 疑似",
        "未检测事项及原因",
        "局限",
        "示意图，非审定界线",
    ):
        assert part in words
    document = docx.Document(io.BytesIO(written(make_report())))
    fields = {re.sub(r"\s+", " ", e.text).strip() for e in document.element.body.iter(qn("w:instrText"))}
    assert 'TOC \\o "1-2" \\h \\z \\u' in fields
    assert any(field.startswith("SEQ 图") for field in fields)
    footer = document.sections[0].footer.paragraphs[0]._p
    assert {e.text.strip() for e in footer.iter(qn("w:instrText"))} == {"PAGE", "NUMPAGES"}
    marks = {e.get(qn("w:name")) for e in document.element.body.iter(qn("w:bookmarkStart"))}
    links = {e.get(qn("w:anchor")) for e in document.element.body.iter(qn("w:hyperlink"))}
    assert links
    assert links == marks
    assert document.sections[0].page_width.mm == pytest.approx(210, abs=0.1)


def test_styles_have_chinese_fonts_and_no_theme_font() -> None:
    styles = docx.Document(io.BytesIO(written(make_report()))).styles
    for name, font in (("Normal", "仿宋"), ("Heading 1", "黑体"), ("TableText", "宋体"), ("Caption", "宋体")):
        fonts = styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [key for key in fonts.attrib if "heme" in key]


def test_attribute_text_goes_in_as_text() -> None:
    assert clean("a\x00b\x0bc\ud800\ufffed\te") == "abcd\te"
    words = all_words(written(make_report()))
    assert "焦化 $扩建$ <二期>" in words


def test_the_same_input_gives_the_same_file(tmp_path: Path) -> None:
    report = build_report(make_run(), make_layers(), county="旺苍县", created=CREATED)
    target = tmp_path / "报告 1.docx"
    target.write_bytes(b"old")
    write_docx(report, target)
    again = build_report(make_run(), make_layers(), county="旺苍县", created=CREATED)
    assert hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(written(again)).digest()
    assert [path.name for path in tmp_path.iterdir()] == ["报告 1.docx"]
    with zipfile.ZipFile(target) as parts:
        assert parts.testzip() is None
        assert {part.date_time[:3] for part in parts.infolist()} == {(2026, 11, 23)}
        assert sum(name.startswith("word/media/") for name in parts.namelist()) == 4


def test_progress_goes_from_nothing_to_all() -> None:
    told: list[tuple[int, int, str]] = []
    write_docx(make_report(), io.BytesIO(), lambda done, total, what: told.append((done, total, what)))
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 4, 5]
    assert {total for _, total, _ in told} == {5}
    assert all(what for _, _, what in told)


def test_a_run_without_findings_or_layers_is_a_report_too() -> None:
    empty = CheckRun(AS_OF, "0123456789ab", "EPSG:4544", DEFAULTS, (), ())
    report = build_report(empty, {}, county="旺苍县", created=date(2026, 11, 23))
    assert report.notice is None
    words = all_words(written(report))
    assert "没有发现疑似冲突" in words
    assert "没有规则参加检测" in words


def test_headline_numbers_are_those_of_the_run() -> None:
    run = make_run()
    assert [number for _, _, number in make_report().headline] == [
        *(str(run.count(severity)) for severity in Severity),
        "2",
    ]


def test_hundreds_of_findings_get_a_map_only_where_it_is_gravest_and_a_line_each() -> None:
    run = make_run()
    many = tuple(make_finding(number) for number in range(100))
    run = replace(run, results=(replace(run.results[0], findings=many), *run.results[1:]))
    report = build_report(run, make_layers(), county="旺苍县", created=CREATED)
    assert len(report.cards) == MAPPED == 100
    assert len({card.number for card in report.cards}) == 100
    assert report.cards[0].severity == "prohibited"
    rows = tables_of(report)["冲突清单"].rows
    assert len(rows) == 102
    assert [row[0] for row in rows[:2]] == ["1", "2"]
