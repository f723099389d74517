"""The matrix of rules and townships, and the lists of what was not judged."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from planning.findings import Reason, Severity, Verdict
from tests.web.hand_made import MISSING, ROAD, RUN, SLIVER
from web.views.conflicts import big_numbers
from web.views.matrix import group_choices, show_titles, verdict_matrix
from web.views.stock import NAMED, stock_lists
from web.views.verdict_html import matrix_html, matrix_legend_html, stock_html
from web.views.verdicts import verdict_rows

if TYPE_CHECKING:
    from web.views.matrix import Matrix

TOWNSHIPS = ("东河镇", "英萃镇")
INFORM = Reason("outside_county", {"count": 1, "names": "复线"})


def marks_of(matrix: Matrix) -> dict[str, str]:
    return {row.rule_id: "".join(cell.look.mark for cell in row.cells) for group in matrix.groups for row in group.rows}


def test_matrix_is_clear_only_where_a_rule_was_checked_everywhere() -> None:
    matrix = verdict_matrix(RUN, TOWNSHIPS)
    assert marks_of(matrix) == {"EC-02": "▨●", "LN-02": "●○", "WA-05": "○○", "LN-01": "○○", "TR-01": "▨▨"}
    assert matrix.words == "5 条规则：有冲突 3，未发现 1，未检测 1，部分未检测 1"


def test_rows_and_townships_are_counted() -> None:
    matrix = verdict_matrix(RUN, TOWNSHIPS)
    rows = {row.rule_id: row for group in matrix.groups for row in group.rows}
    assert (rows["EC-02"].findings, rows["EC-02"].unchecked) == ("1", "1")
    assert (rows["TR-01"].findings, rows["TR-01"].unchecked) == ("", "2")
    assert rows["TR-01"].why == "缺少图层：油气管道"
    assert matrix.sums == ("1", "1")
    assert matrix.total == "3", "one in a township that has no column counts too"


def test_a_cell_shows_the_gravest_and_counts_the_others() -> None:
    milder = replace(SLIVER, finding_id="LN-02-2", severity=Severity.REMINDER)
    run = replace(RUN, results=(replace(RUN.results[1], findings=(milder, SLIVER)),))
    ((cell, clear),) = (row.cells for group in verdict_matrix(run, TOWNSHIPS).groups for row in group.rows)
    assert (cell.mark, cell.words) == ("prohibited", "禁止 1 处、提示 1 处")
    assert (clear.mark, clear.words) == ("clear", "")


@pytest.mark.parametrize(
    ("group", "show", "ids"),
    [
        (None, "all", ["EC-02", "TR-01", "LN-02"]),
        ("生态", "all", ["EC-02", "TR-01"]),
        (None, "conflict", ["EC-02", "LN-02"]),
        (None, "not_checked", ["EC-02", "TR-01"]),
        ("三线", "not_checked", []),
    ],
)
def test_filters(group: str | None, show: str, ids: list[str]) -> None:
    results = (RUN.results[0], RUN.results[4], replace(RUN.results[1], group="三线"))
    matrix = verdict_matrix(replace(RUN, results=results), TOWNSHIPS, group=group, show=show)
    assert list(marks_of(matrix)) == ids
    assert list(show_titles()) == ["all", "conflict", "not_checked"]
    assert list(group_choices(replace(RUN, results=results))) == ["生态", "三线"]


def test_what_only_explains_is_no_gap() -> None:
    told = replace(RUN.results[3], reasons=(INFORM,))
    both = replace(RUN.results[3], rule_id="LN-03", reasons=(INFORM, MISSING), verdict=Verdict.NOT_CHECKED)
    run = replace(RUN, results=(told, both))
    assert marks_of(verdict_matrix(run, TOWNSHIPS)) == {"LN-01": "○○", "LN-03": "▨▨"}
    rows = {row.rule_id: row for row in verdict_rows(run)}
    assert rows["LN-01"].not_checked == ()
    assert rows["LN-01"].notes == ("1 个要素在县域外，不判定：复线",)
    assert [row.rule_id for row in verdict_rows(run, only_not_checked=True)] == ["LN-03"]
    assert big_numbers(run)[3].number == "1"


def test_marks_are_told_by_class_and_sign_and_gaps_fill_their_cell() -> None:
    page = matrix_html(verdict_matrix(RUN, TOWNSHIPS))
    assert '<td class="dg-n"><i class="dg-m dg-m-not_checked">▨</i></td>' in page
    assert '<i class="dg-m dg-m-clear">○</i>' in page
    assert '<i class="dg-m dg-m-prohibited">●</i>' in page
    assert '<i class="dg-m dg-m-conditional">●</i>' in page
    assert len(re.findall('class="dg-group"', page)) == 1
    legend = matrix_legend_html("5 条规则")
    assert all(word in legend for word in ("禁止", "有条件", "提示", "未发现冲突", "未检测", "5 条规则"))


def test_matrix_escapes_names() -> None:
    page = matrix_html(verdict_matrix(RUN, ("<img>",))) + matrix_legend_html("<img>")
    assert "<img>" not in page


def test_each_feature_that_was_not_judged_is_listed_once_per_rule_and_layer() -> None:
    existing, exempt = stock_lists(RUN)
    assert existing.tab == "存量 4 个", "two names, in two layers"
    assert [(row.rule_id, row.layer, row.count, row.names) for row in existing.rows][:2] == [
        ("EC-02", "公路", "2", "S302、县道 <b>1</b>"),
        ("EC-02", "油气管道", "2", "S302、县道 <b>1</b>"),
    ]
    assert {row.names for row in exempt.rows} == {"水厂"}
    assert existing.file_name == "存量清单_2026-11-22.csv"
    page = stock_html(existing)
    assert "<b>1</b>" not in page
    assert "县道" in page


def test_long_lists_open_at_a_click_and_an_empty_one_says_so() -> None:
    part = replace(RUN.results[0].parts[0], existing=tuple(f"房屋{n}" for n in range(NAMED + 3)), exempt=())
    existing, exempt = stock_lists(replace(RUN, results=(replace(RUN.results[0], findings=(ROAD,), parts=(part,)),)))
    (row,) = existing.rows
    assert row.names.endswith(f"等 {NAMED + 3} 个")
    assert row.more == f"房屋{NAMED}、房屋{NAMED + 1}、房屋{NAMED + 2}"
    assert "<details>" in stock_html(existing)
    assert exempt.rows == ()
    assert "没有除外的要素" in stock_html(exempt)
