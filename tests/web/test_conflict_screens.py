from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from layers.errors import FontError
from planning import check
from tests.web.hand_made import PARK, RUN

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


def run_check(app: AppTest) -> AppTest:
    return app.button(key="run-check").click().run()


def test_before_the_first_check_the_screen_says_what_to_do(app: AppTest) -> None:
    assert "还没有检测" in page_of(app)
    assert app.button(key="run-check").label == "运行检测"


def test_four_numbers_and_the_list_follow_the_check(app: AppTest) -> None:
    page = page_of(run_check(app))
    labels = [button.label for button in app.button if (button.key or "").startswith("number-")]
    assert [label.split(" ")[0] for label in labels] == ["**2**", "**1**", "**0**", "**2**"]
    assert list(app.dataframe[0].value["规则"]) == ["WA-05", "LN-02", "EC-02"]
    assert "共 3 处" in page


def test_a_number_filters_and_filters_no_more(app: AppTest) -> None:
    run_check(app)
    app.button(key="number-conditional").click().run()
    assert list(app.dataframe[0].value["规则"]) == ["EC-02"]
    assert "列出 1 处，共 3 处" in page_of(app)
    app.button(key="number-conditional").click().run()
    assert len(app.dataframe[0].value) == 3


def test_filters_by_rule_department_and_township(app: AppTest) -> None:
    run_check(app)
    app.multiselect(key="finding-rules").set_value(["WA-05"]).run()
    assert list(app.dataframe[0].value["规则"]) == ["WA-05"]
    app.multiselect(key="finding-rules").set_value([]).run()
    app.multiselect(key="finding-departments").set_value(["林草"]).run()
    assert list(app.dataframe[0].value["规则"]) == ["EC-02"]
    app.multiselect(key="finding-departments").set_value([]).run()
    app.selectbox(key="finding-township").set_value("东河镇").run()
    assert list(app.dataframe[0].value["规则"]) == ["LN-02"]


def test_the_selected_finding_has_its_card(app: AppTest) -> None:
    run_check(app)
    assert "dg-card" not in page_of(app).replace(".dg-card", "")
    state = app.session_state["state"]
    app.session_state["state"] = type(state)(**{**vars(state), "selected_finding": PARK.finding_id, "selections": 1})
    page = page_of(app.run())
    assert PARK.finding_id in page
    assert "640 m" in page
    app.button(key="whole-county").click().run()
    assert PARK.finding_id not in page_of(app)


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
    assert len(app.dataframe) == 1


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


def test_in_english_the_screen_has_no_chinese_of_its_own(app: AppTest) -> None:
    app.segmented_control(key="language").set_value("en").run()
    run_check(app)
    labels = [button.label for button in app.button if (button.key or "").startswith("number-")]
    assert "Prohibited" in labels[0]
    assert list(app.dataframe[0].value.columns) == ["Severity", "Rule", "Subject × object", "Township", "Amount"]
