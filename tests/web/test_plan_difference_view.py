"""The differences of the two former plans in the words of the screen."""

from planning.plan_differences import find_differences
from tests.planning.test_plan_differences import found
from web.views.plan_differences import difference_table
from web.views.verdict_html import differences_html


def test_the_screen_tells_the_same_amounts() -> None:
    view = difference_table(found())
    rows = {row.letter: row for row in view.rows}
    assert rows["B"].total == "1.00 公顷（15.0 亩）"
    assert sorted(rows["B"].townships) == ["乙镇 0.50 公顷（7.50 亩）", "甲镇 0.50 公顷（7.50 亩）"]
    assert rows["H"].total == "—"
    assert difference_table(find_differences({})).rows == ()
    assert "未比较" in differences_html(difference_table(find_differences({})))
