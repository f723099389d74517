from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import web
from geodata.store import Workspace
from planning import check, self_test
from planning.rulebook import read_rulebook
from planning.self_test import Outcome, Seed, SeedResult, SelfTest
from planning.settings import Change, Settings
from tests.web.hand_made import RUN
from web import cached

from .conftest import DEMONSTRATION, frame

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIN = Path(web.__file__).with_name("main.py")
CHANGE = Change("TR-01", "distance_m", 0, "national", 25.0)
RULE = """\
id: {id}
title: 茶园不得占用园区
relation: overlap
subject: {{layers: [{layer}]}}
against: {{layers: [park]}}
severity: {{default: reminder}}
values:
  min_area_m2: [{{from: "2026-01-01", value: 50, unit: m², source: {{kind: convention, text: 本县约定}}}}]
basis: [{{law: 旺府发〔2026〕1号, article: 第三条, status: verified}}]
lead_department: 水利
"""


@pytest.fixture(autouse=True)
def no_map() -> Iterator[None]:
    with patch("web.map.st_folium", lambda *_, **__: {}):
        yield


@pytest.fixture
def own(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace to change."""
    copied = tmp_path / "own"
    shutil.copytree(workspace, copied)
    monkeypatch.setenv("DUOGUI_WORKSPACE", str(copied))
    return copied


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What every check was asked."""
    calls: list[dict[str, Any]] = []

    def checked(layers: Any, rulebook: Any, **arguments: Any) -> Any:
        calls.append({"layers": layers, "rulebook": rulebook, **arguments})
        return replace(RUN, settings=arguments["settings"])

    monkeypatch.setattr(check, "check_layers", checked)
    return calls


@pytest.fixture
def app(own: Path, checks: list[dict[str, Any]]) -> AppTest:
    return AppTest.from_file(str(MAIN), default_timeout=60).run().switch_page("screens/rulebook.py").run()


def page_of(app: AppTest) -> str:
    assert not app.exception, app.exception
    bodies = [element.proto.body for element in app.get("html")]
    told = (*app.info, *app.warning, *app.error, *app.caption, *app.markdown)
    return "\n".join([*bodies, *(element.value for element in told)])


def rules_of(app: AppTest) -> Any:
    (found,) = [radio for radio in app.radio if (radio.key or "").startswith("rule-list")]
    return found


def state_of(app: AppTest) -> Any:
    return app.session_state["state"]


def find(app: AppTest, text: str) -> AppTest:
    (box,) = app.text_input
    return box.set_value(text).run()


def field(app: AppTest, name: str) -> Any:
    (found,) = [box for box in app.number_input if (box.key or "").startswith(f"rule-number-{name}")]
    return found


def test_the_screen_asks_its_question_and_lists_every_rule(app: AppTest) -> None:
    page = page_of(app)
    assert "有哪些规则，依据什么，怎么判？" in page
    assert len(rules_of(app).options) == len(read_rulebook().rules)
    assert "LN-01" in page, "the first rule is open"
    assert "还没有检测" in page


def test_a_search_narrows_the_list_and_opens_its_first_rule(app: AppTest) -> None:
    find(app, "公路安全保护条例 第十一条")
    assert 0 < len(rules_of(app).options) < 10
    assert "公路建筑控制区内的建筑与规划地块" in page_of(app)
    assert state_of(app).rule_filter.text == "公路安全保护条例 第十一条"
    app.button(key="clear-rules").click().run()
    assert len(rules_of(app).options) == len(read_rulebook().rules)


def test_filters_and_an_empty_list(app: AppTest) -> None:
    group = next(box for box in app.selectbox if (box.key or "").startswith("rule-group"))
    group.set_value("文物").run()
    assert {option.split("**")[1].split("\\")[0] for option in rules_of(app).options} == {"HE"}
    find(app, "没有这样的规则")
    assert "没有符合条件的规则" in page_of(app)


def test_a_selected_rule_says_how_it_judges(app: AppTest) -> None:
    radio = rules_of(app)
    radio.set_value(list(read_rulebook().rules).index("WA-02")).run()
    page = page_of(app)
    for words in ("饮用水水源二级保护区内排放污染物的项目", "排放污染物：是", "部分核实", "由《生态环境法典》代替"):
        assert words in page
    assert "data:image/svg+xml;base64," in page
    assert state_of(app).selected_rule == "WA-02"


def test_a_changed_number_goes_into_the_next_check_only(app: AppTest, checks: list[dict[str, Any]]) -> None:
    find(app, "TR-01")
    assert field(app, "TR-01-distance_m-0-national").value == 20
    field(app, "TR-01-distance_m-0-national").set_value(25.0).run()
    assert state_of(app).settings.changes == (CHANGE,)
    assert "→ 25 m" in page_of(app)
    app.switch_page("screens/conflicts.py").run()
    assert "规则数值改动 1 处：TR-01" in page_of(app)
    app.button(key="run-check").click().run()
    assert checks[-1]["settings"] == Settings(changes=(CHANGE,))
    assert checks[-1]["tables"][0].key == "industry_access"
    assert checks[-1]["terrain"] is None
    assert "TR-01 距离界限（国道）：20 m → 25 m" in page_of(app)
    app.button(key="reset-changes").click().run()
    assert state_of(app).settings == Settings()
    assert "改动前的结果" in page_of(app)


def test_a_number_is_set_back_in_the_rule(app: AppTest) -> None:
    find(app, "TR-01")
    field(app, "TR-01-distance_m-0-national").set_value(25.0).run()
    app.button(key="reset-TR-01").click().run()
    assert state_of(app).settings == Settings()
    assert field(app, "TR-01-distance_m-0-national").value == 20
    assert not [button for button in app.button if button.key == "reset-TR-01"]


def test_plan_and_banks_are_set_beside_rules_and_layers(app: AppTest, checks: list[dict[str, Any]]) -> None:
    app.switch_page("screens/conflicts.py").run()
    app.toggle(key="county-plan-0").set_value(False).run()
    app.selectbox(key="bank-datum-0").set_value("outer").run()
    app.button(key="run-check").click().run()
    assert checks[-1]["settings"] == Settings(county_plan_in_force=False, bank_datum="outer")
    said = page_of(app)
    assert "县级国土空间规划按未批准" in said
    assert "岸线取外缘边界线" in said
    app.switch_page("screens/rulebook.py").run().switch_page("screens/conflicts.py").run()
    assert app.toggle(key="county-plan-0").value is False
    assert "改动前的结果" not in page_of(app)


def test_the_last_result_is_marked(app: AppTest) -> None:
    app.switch_page("screens/conflicts.py").run()
    app.button(key="run-check").click().run()
    app.switch_page("screens/rulebook.py").run()
    marks = {option.split("**")[1].replace("\\", ""): option[0] for option in rules_of(app).options}
    assert {marks[rule] for rule in ("EC-02", "LN-01", "TR-01", "TR-05")} == {"●", "○", "▨", "—"}
    assert "未发现冲突" in page_of(app)


def test_own_rules_are_read_without_a_restart_and_bad_ones_are_shown(own: Path, app: AppTest) -> None:
    before = cached.fingerprint()
    folder = own / "rules"
    folder.mkdir()
    (folder / "tea.yaml").write_text(RULE.format(id="L-01", layer="park"), encoding="utf-8")
    (folder / "bad.yaml").write_text(RULE.format(id="L-02", layer="coffee"), encoding="utf-8")
    assert cached.fingerprint() != before
    app.run()
    page = page_of(app)
    assert "本地规则有 1 个文件没有启用" in page
    assert "rules/bad.yaml 第 4 行" in page
    assert "图层“coffee”不在图层目录里" in page
    assert len(rules_of(app).options) == len(read_rulebook().rules) + 1
    find(app, "茶园")
    assert "dg-local" in page_of(app)


def test_a_changed_number_of_a_rule_that_is_gone_stops_no_check(
    own: Path, app: AppTest, checks: list[dict[str, Any]]
) -> None:
    folder = own / "rules"
    folder.mkdir()
    (folder / "tea.yaml").write_text(RULE.format(id="L-01", layer="park"), encoding="utf-8")
    app.run()
    find(app, "茶园")
    field(app, "L-01-min_area_m2").set_value(60.0).run()
    (folder / "tea.yaml").unlink()
    app.switch_page("screens/conflicts.py").run()
    app.button(key="run-check").click().run()
    page_of(app)
    assert checks[-1]["settings"] == Settings()


def test_a_bad_table_of_the_workspace_is_named(own: Path, app: AppTest) -> None:
    before = cached.fingerprint()
    (own / "tables").mkdir()
    (own / "tables" / "industry_access.csv").write_text("code,name\n25,石油\n", encoding="utf-8")
    assert cached.fingerprint() != before
    app.switch_page("screens/conflicts.py").run()
    app.button(key="run-check").click().run()
    assert "tables/industry_access.csv 不能用" in page_of(app)


@pytest.fixture
def demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the demonstration county."""
    root = tmp_path / "demo"
    parks = frame("park", [], name=[])
    Workspace.create(root).add_layer("park", parks, DEMONSTRATION, added="2026")
    monkeypatch.setattr(cached, "DEFAULT_WORKSPACE", root)
    return root


def answers(_workspace: object, rulebook: Any, as_of: date, progress: Any) -> SelfTest:
    progress(0, 76, "LN-01")
    progress(76, 76, "")
    one = Seed("LN-01", "conflict", "road", "S303", "ecological_redline", "*", "conditional", "穿越")
    near = replace(one, kind="near_miss")
    return SelfTest(
        (SeedResult(one, Outcome.MISSED, ""), SeedResult(near, Outcome.SILENT, "")), as_of, rulebook.version
    )


def test_the_self_test_runs_on_the_demonstration_county_and_is_kept(
    app: AppTest, demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tested: list[Path] = []

    def test(workspace: Workspace, *arguments: Any) -> SelfTest:
        tested.append(workspace.root)
        return answers(workspace, *arguments)

    monkeypatch.setattr(self_test, "run_self_test", test)
    app.segmented_control(key="rulebook-view-rules").set_value("self_test").run()
    assert "自检在示范县上运行" in page_of(app)
    app.button(key="run-self-test").click().run()
    page = page_of(app)
    assert "找到 0 / 应找到 1 · 漏检 1 · 误报 0 · 近失与豁免 1 条均未误报" in page
    assert "公路 S303 × 生态保护红线" in page
    assert tested == [demonstration]
    app.run()
    assert "找到 0 / 应找到 1" in page_of(app)
    assert len(tested) == 1


def test_without_a_demonstration_county_the_screen_says_what_to_do(
    app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached, "DEFAULT_WORKSPACE", tmp_path / "none")
    app.segmented_control(key="rulebook-view-rules").set_value("self_test").run()
    assert "示范县还没有生成" in page_of(app)


def test_a_workspace_of_demonstration_layers_is_tested_itself(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUOGUI_WORKSPACE", str(demonstration))
    monkeypatch.setattr(cached, "DEFAULT_WORKSPACE", demonstration / "none")
    assert cached.demonstration_path() == demonstration


def test_what_was_tried_out_is_no_answer_for_others(own: Path, checks: list[dict[str, Any]]) -> None:
    st.cache_resource.clear()
    content, day = cached.fingerprint(), date(2026, 11, 22)
    tried = Settings(changes=(CHANGE,))
    cached.check_run(content, (), (), day, tried)
    assert cached.known_run(content, day) is None
    assert cached.known_run(content, day, tried) is not None
    cached.check_run(content, (), (), day, tried)
    assert len(checks) == 1
    cached.check_run(content, (), (), day)
    assert len(checks) == 2
    assert cached.known_run(content, day) is not None


def test_english_screen(app: AppTest) -> None:
    app.segmented_control(key="language").set_value("en").run()
    page = page_of(app)
    assert "Which rules, on what law, judged how?" in page
    assert "Permanent basic farmland overlaps the ecological redline" in page
    assert [tab.label for tab in app.tabs] == ["How it judges", "Values", "Law and history", "Known answers"]
