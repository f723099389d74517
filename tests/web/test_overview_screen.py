from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

import web
from web import map as county_map

if TYPE_CHECKING:
    from collections.abc import Iterator

MAIN = Path(web.__file__).with_name("main.py")

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def drawn() -> Iterator[list[dict[str, Any]]]:
    """What every map of a run was told to show."""
    contents: list[dict[str, Any]] = []

    def record(_chart: Any, *, feature_group_to_add: Any, **_options: Any) -> None:
        contents.extend(child.content for child in feature_group_to_add._children.values())

    with patch.object(county_map, "st_folium", record):
        yield contents


def run() -> AppTest:
    app = AppTest.from_file(str(MAIN), default_timeout=60).run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_the_screen_asks_its_question_and_says_what_the_data_are(drawn: list[dict[str, Any]]) -> None:
    app = run()
    assert "这里规划了什么？" in texts(app)
    assert "示意数据（6 层）" in texts(app)
    assert [notice["text"] for notice in drawn[-1]["notices"]] == ["示意数据，非法定成果", "示意图，非审定界线"]


def test_the_notice_goes_with_the_last_demonstration_layer(drawn: list[dict[str, Any]]) -> None:
    app = run()
    for box in app.checkbox:
        if box.value and box.key not in ("shown-county", "shown-neighbour_county"):
            box.uncheck()
    app.run()
    assert [layer["key"] for layer in drawn[-1]["layers"]] == ["neighbour_county", "county"]
    assert [notice["text"] for notice in drawn[-1]["notices"]] == ["示意图，非审定界线"]


def test_opacity_and_order_reach_the_map(drawn: list[dict[str, Any]]) -> None:
    app = run()
    app.button(key="open-park").click().run()
    app.slider(key="opacity-park").set_value(40).run()
    assert {layer["key"]: layer["opacity"] for layer in drawn[-1]["layers"]}["park"] == 0.4
    before = [layer["key"] for layer in drawn[-1]["layers"]]
    app.button(key="move-park-True").click().run()
    after = [layer["key"] for layer in drawn[-1]["layers"]]
    assert after.index("park") == before.index("park") + 1


def test_a_search_flies_there_once(drawn: list[dict[str, Any]]) -> None:
    app = run()
    assert drawn[-1]["view"] is None
    box = app.selectbox(key="search-0")
    box.set_value(next(option for option in box.options if "嘉川镇" in option)).run()
    assert not app.exception
    assert drawn[-1]["view"]["bounds"] == [[32.2, 106.3], [32.4, 106.4]]
    assert app.selectbox[0].value is None


def test_english_screen(drawn: list[dict[str, Any]]) -> None:
    app = run()
    app.segmented_control(key="language").set_value("en").run()
    assert "What is planned here?" in texts(app)
    assert drawn[-1]["notices"][0]["text"] == "Demonstration data, not statutory"


def test_a_workspace_that_is_not_there_is_explained(
    drawn: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DUOGUI_WORKSPACE", str(tmp_path / "none"))
    app = run()
    assert "里没有数据" in app.error[0].value
    assert not drawn


def test_gaode_shifts_the_layers_and_says_so(drawn: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUOGUI_GAODE", "1")
    run()
    assert all(layer["url"].endswith("?datum=gcj02") for layer in drawn[-1]["layers"])
    assert "GCJ-02" in drawn[-1]["notices"][-1]["text"]
