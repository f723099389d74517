from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from layers.errors import FontError
from planning import check
from planning.rulebook import read_rulebook
from tests.web.hand_made import PARK, ROAD, RUN, SLIVER
from web import cached, words

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIN = Path(__file__).parents[2] / "web" / "main.py"


@pytest.fixture
def drawn() -> Iterator[list[dict[str, Any]]]:
    """What the maps were asked to draw: AppTest has no browser."""
    calls: list[dict[str, Any]] = []

    def draw(_chart: object, **arguments: Any) -> dict[str, Any]:
        calls.append(arguments)
        return {}

    with patch("web.map.st_folium", draw):
        yield calls


@pytest.fixture
def app(workspace: Path, drawn: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> AppTest:
    def checked(*_: Any, **arguments: Any) -> Any:
        arguments["progress"](0, 12, "EC-02")
        arguments["progress"](12, 12, "")
        return RUN

    monkeypatch.setattr(check, "check_layers", checked)
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    return app.switch_page("screens/conflicts.py").run()


def page_of(app: AppTest) -> str:
    assert not app.exception, app.exception
    bodies = [element.proto.body for element in app.get("html")]
    return "\n".join([*bodies, *(element.value for element in (*app.info, *app.warning, *app.error))])


def list_of(app: AppTest) -> Any:
    """The findings that are listed: other tables have their own keys."""
    (table,) = (table.value for table in app.dataframe if str(table.key).startswith("finding-list"))
    return table


def select(app: AppTest, finding_id: str) -> AppTest:
    state = app.session_state["state"]
    app.session_state["state"] = type(state)(**{**vars(state), "selected_finding": finding_id, "selections": 1})
    return app.run()


def run_check(app: AppTest) -> AppTest:
    return app.button(key="run-check").click().run()


def test_before_the_first_check_the_screen_says_what_to_do(app: AppTest) -> None:
    assert "还没有检测" in page_of(app)
    assert app.button(key="run-check").label == "运行检测"


def test_four_numbers_and_the_list_follow_the_check(app: AppTest) -> None:
    page = page_of(run_check(app))
    labels = [button.label for button in app.button if (button.key or "").startswith("number-")]
    assert [label.split(" ")[0] for label in labels] == ["**2**", "**1**", "**0**", "**2**"]
    assert list(list_of(app)["规则"]) == ["WA-05", "LN-02", "EC-02"]
    assert "共 3 处" in page


def test_a_number_filters_and_filters_no_more(app: AppTest) -> None:
    run_check(app)
    app.button(key="number-conditional").click().run()
    assert list(list_of(app)["规则"]) == ["EC-02"]
    assert "列出 1 处，共 3 处" in page_of(app)
    app.button(key="number-conditional").click().run()
    assert len(list_of(app)) == 3


def test_filters_by_rule_department_and_township(app: AppTest) -> None:
    run_check(app)
    app.multiselect(key="finding-rules").set_value(["WA-05"]).run()
    assert list(list_of(app)["规则"]) == ["WA-05"]
    app.multiselect(key="finding-rules").set_value([]).run()
    app.multiselect(key="finding-departments").set_value(["林草"]).run()
    assert list(list_of(app)["规则"]) == ["EC-02"]
    app.multiselect(key="finding-departments").set_value([]).run()
    app.selectbox(key="finding-township").set_value("东河镇").run()
    assert list(list_of(app)["规则"]) == ["LN-02"]


def test_the_selected_finding_has_its_card(app: AppTest) -> None:
    run_check(app)
    assert "dg-card" not in page_of(app).replace(".dg-card", "")
    page = page_of(select(app, PARK.finding_id))
    assert PARK.finding_id in page
    assert "640 m" in page
    app.button(key="whole-county").click().run()
    assert PARK.finding_id not in page_of(app)


def test_filters_by_group_and_certainty(app: AppTest) -> None:
    run_check(app)
    app.multiselect(key="finding-rules").set_value(["生态"]).run()
    assert len(list_of(app)) == 3
    app.selectbox(key="finding-certainty").set_value("possible").run()
    assert "列出 0 处，共 3 处" in page_of(app)
    app.selectbox(key="finding-certainty").set_value("certain").run()
    assert len(list_of(app)) == 3


def test_the_number_of_a_card_is_explained_at_a_click(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "rulebook", lambda _fingerprint: replace(read_rulebook(), version=RUN.rulebook_version))
    select(run_check(app), SLIVER.finding_id)
    assert not app.code
    app.button(key="explain").click().run()
    page = page_of(app)
    assert "官方梯形公式" in page
    assert "ppm" in page
    assert app.code[0].value.startswith("python -m planning explain LN-02-000000000001")


def test_rules_that_have_changed_since_are_not_explained(app: AppTest) -> None:
    select(run_check(app), SLIVER.finding_id)
    app.button(key="explain").click().run()
    assert "规则库在这次检测之后改过" in page_of(app)


def test_another_rule_on_the_place_opens_its_card(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    core = replace(ROAD, finding_id="EC-03-000000000003", rule_id="EC-03", arbitration=1)
    together = replace(RUN, results=(replace(RUN.results[0], findings=(ROAD, core)),))
    monkeypatch.setattr(check, "check_layers", lambda *_, **__: together)
    select(run_check(app), ROAD.finding_id)
    assert [expander.label for expander in app.expander if "同处" in expander.label] == [
        "同处的规则 2 条 · 优先：EC-03"
    ]
    assert app.button(key=f"place-conditional-{ROAD.finding_id}").disabled
    app.button(key=f"place-conditional-{core.finding_id}").click().run()
    assert f"<code>{core.finding_id}</code>" in page_of(app)


def test_the_matrix_is_filtered_by_group_and_answer(app: AppTest) -> None:
    run_check(app)
    app.segmented_control(key="conflict-view-findings").set_value("matrix").run()
    assert "TR-01" in page_of(app)
    app.segmented_control(key="matrix-show").set_value("conflict").run()
    page = page_of(app)
    assert "<b>TR-01</b>" not in page
    assert "<b>EC-02</b>" in page
    app.selectbox(key="matrix-group").set_value("生态").run()
    assert "<b>EC-02</b>" in page_of(app)


def test_not_checked_opens_the_verdicts_that_have_gaps(app: AppTest) -> None:
    run_check(app)
    app.button(key="number-not_checked").click().run()
    page = page_of(app)
    assert "TR-01" in page
    assert "LN-01" not in page
    assert "缺少图层：油气管道" in page


def test_every_view_can_be_opened(app: AppTest) -> None:
    run_check(app)
    app.segmented_control(key="conflict-view-findings").set_value("verdicts").run()
    assert "LN-01" in page_of(app)
    app.segmented_control(key="conflict-view-verdicts").set_value("matrix").run()
    assert "dg-matrix" in page_of(app)
    app.segmented_control(key="conflict-view-matrix").set_value("findings").run()
    assert len(list_of(app)) == 3
    app.segmented_control(key="conflict-view-findings").set_value("stock").run()
    assert "S302" in page_of(app)
    assert [tab.label for tab in app.tabs] == ["存量 4 个", "除外 2 个"]
    assert [button.proto.label for button in app.get("download_button")] == ["下载存量清单 CSV", "下载除外清单 CSV"]


def test_changed_settings_are_told(app: AppTest) -> None:
    run_check(app)
    app.multiselect(key="check-rules").set_value(["EC-02"]).run()
    assert "数据或设置在这次检测之后改过" in page_of(app)
    run_check(app)
    assert "数据或设置在这次检测之后改过" not in page_of(app)


def test_the_map_is_asked_for_little_and_keeps_its_base(app: AppTest, drawn: list[dict[str, Any]]) -> None:
    run_check(app)
    app.button(key="number-conditional").click().run()
    maps = [call for call in drawn if "last_object_clicked_tooltip" in call["returned_objects"]]
    assert len({call["key"] for call in maps}) == 1
    assert set(maps[0]["returned_objects"]) == {"last_object_clicked_tooltip", "last_object_clicked_count"}


def test_report_without_a_check_offers_to_run_it(app: AppTest) -> None:
    app.switch_page("screens/report.py").run()
    assert "还没有检测结果" in page_of(app)
    app.button(key="run-for-report").click().run()
    page = page_of(app)
    assert "示意数据，非法定成果" in page
    assert "2026-11-22" in page


def test_report_is_made_once_and_offered(app: AppTest) -> None:
    run_check(app)
    app.switch_page("screens/report.py").run()
    with patch("web.files.build_report"), patch("web.files.write_docx", lambda _r, file, _p: file.write(b"PK")):
        app.button(key="make-word").click().run()
    assert not app.exception
    assert app.get("download_button")[0].proto.label == "下载 Word 报告"


def test_a_missing_font_is_a_message_with_its_remedy(app: AppTest) -> None:
    run_check(app)
    app.switch_page("screens/report.py").run()
    with patch("web.files.build_report"), patch("web.files.write_docx", side_effect=FontError("no font")):
        app.button(key="make-word").click().run()
    page = page_of(app)
    assert "没有找到中文字体" in page
    assert "fonts-noto-cjk" in page


def test_in_english_the_screen_has_no_chinese_of_its_own(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    app.segmented_control(key="language").set_value("en").run()
    monkeypatch.setattr(words, "_asked", [lambda: "en"])  # AppTest asks for the words of widgets between runs
    run_check(app)
    labels = [button.label for button in app.button if (button.key or "").startswith("number-")]
    assert "Prohibited" in labels[0]
    assert list(list_of(app).columns) == ["Severity", "Rule", "Note", "Subject × object", "Township", "Amount"]
