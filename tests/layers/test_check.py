from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter
from typing import Any

from shapely import LineString, Point, Polygon, box

from geodata.problems import Problem
from layers.check import check_layer, problem_words, read_problem_entries

ROOT = Path(__file__).resolve().parents[2]
COUNTY = box(106.0, 32.0, 106.8, 32.7)


def codes(layer: Any, county: Any = None) -> list[str]:
    return [problem.code for problem in check_layer(layer, county)]


def test_a_sound_layer_has_no_problem(layer_of: Any) -> None:
    layer = layer_of("park", [{"id": "p1", "name": "甲", "own": 3, "geometry": box(106.1, 32.1, 106.2, 32.2)}])
    assert codes(layer, COUNTY) == []


def test_ids(layer_of: Any) -> None:
    here = box(106.1, 32.1, 106.2, 32.2)
    rows = [{"id": value, "name": "甲", "geometry": here} for value in ("a", "a", "", None)]
    problems = check_layer(layer_of("park", rows))
    assert [(p.code, p.feature_id, p.params["count"]) for p in problems] == [
        ("id_missing", None, 2),
        ("id_duplicate", "a", 2),
    ]
    assert codes(layer_of("park", [{"geometry": here}])) == ["id_column_missing", "name_column_missing"]


def test_geometries(layer_of: Any) -> None:
    bow = Polygon([(106.1, 32.1), (106.2, 32.2), (106.2, 32.1), (106.1, 32.2)])
    rows = [
        {"id": "none", "name": "甲", "geometry": None},
        {"id": "bow", "name": None, "geometry": bow},
        {"id": "line", "name": "丙", "geometry": LineString([(106.1, 32.1), (106.2, 32.2)])},
    ]
    problems = check_layer(layer_of("park", rows))
    assert [(p.code, p.feature_id) for p in problems] == [
        ("name_missing", None),
        ("geometry_missing", "none"),
        ("geometry_invalid", "bow"),
        ("geometry_kind", "line"),
    ]


def test_place(layer_of: Any) -> None:
    far = Point(105.0, 30.0)
    row = {"id": "x", "name": "甲", "geometry": far}
    problem = check_layer(layer_of("airport", [row]), COUNTY)[0]
    assert (problem.code, problem.where) == ("outside_county", (105.0, 30.0))
    assert codes(layer_of("airport", [row])) == []
    assert codes(layer_of("neighbour_county", [{**row, "geometry": far.buffer(0.1)}]), COUNTY) == []


def test_a_road_outside_on_purpose_is_no_problem(layer_of: Any) -> None:
    rows = [
        {"id": "r1", "name": "复线", "in_county": False, "geometry": None},
        {"id": "r2", "name": "国道", "in_county": True, "geometry": LineString([(106.1, 32.1), (106.2, 32.2)])},
    ]
    assert codes(layer_of("road", rows), COUNTY) == []


def test_problem_words_have_their_values() -> None:
    params = {"reason": "Self-intersection", "area_before_m2": 1234.56, "area_change_m2": -0.2}
    problem = Problem("geometry_repaired", "warning", "park", params=params)
    assert problem_words(problem).endswith("原面积 1,234.6 m²，变化 -0.2 m²")
    assert "1,234.6 m²" in problem_words(problem, english=True)


def _codes_in(path: Path) -> set[str]:
    """The first argument, or `code=`, of every `Problem(...)` in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Problem":
            named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            # A code may be chosen between two: every word in the argument counts, those of its conditions aside.
            for value in [*node.args[:1], *named]:
                choices = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                found |= {one.value for one in choices if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def _fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field}


def test_every_problem_code_has_its_words() -> None:
    entries = read_problem_entries()
    used = {
        code for folder in ("geodata", "layers") for path in (ROOT / folder).rglob("*.py") for code in _codes_in(path)
    }
    assert used
    assert used <= set(entries), f"no words for {sorted(used - set(entries))}"
    for entry in entries.values():
        assert set(entry) == {"level", "template", "cause", "remedy", "template_en", "cause_en", "remedy_en"}
        names = [
            {field for _, field, _, _ in Formatter().parse(entry[key]) if field} for key in ("template", "template_en")
        ]
        assert names[0] == names[1]
