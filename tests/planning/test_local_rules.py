"""A workspace's own rules: read beside the built-in ones, and a bad file stops no other rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layers.schema import read_catalogue
from planning.local_rules import read_with_local
from planning.rulebook import read_rulebook

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
id: {id}
title: 茶园不得占用水库
relation: overlap
subject: {{layers: [{layer}]}}
against: {{layers: [reservoir]}}
severity: {{default: reminder}}
values:
  min_area_m2:
    - {{from: "2026-01-01", value: {value}, unit: m², source: {{kind: convention, text: 本县约定}}}}
basis: [{{law: 旺府发〔2026〕1号, article: 第三条, status: verified}}]
lead_department: 水利
"""


def write(root: Path, name: str, *, rule_id: str = "L-01", layer: str = "tea_garden", value: str = "50") -> Path:
    folder = root / "rules"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(GOOD.format(id=rule_id, layer=layer, value=value), encoding="utf-8")
    return path


def read(root: Path) -> tuple[set[str], dict[str, tuple[int | None, str]]]:
    """Return the ids of the local rules in use, and line and words of the files that are not."""
    rulebook, errors = read_with_local(root, {*read_catalogue(), "tea_garden"})
    assert set(read_rulebook().rules) <= set(rulebook.rules), "a bad file must stop no built-in rule"
    assert rulebook.order
    local = {rule.id for rule in rulebook.rules.values() if rule.local}
    return local, {error.path.name: (error.line, error.message) for error in errors}


def test_without_own_rules_the_book_is_the_built_in_one(tmp_path: Path) -> None:
    rulebook, errors = read_with_local(tmp_path, set())
    assert errors == ()
    assert rulebook.version == read_rulebook().version


def test_own_rules_are_read_and_change_the_version(tmp_path: Path) -> None:
    write(tmp_path, "tea.yaml")
    rulebook, errors = read_with_local(tmp_path, {*read_catalogue(), "tea_garden"})
    assert errors == ()
    assert rulebook.rules["L-01"].local
    assert rulebook.version != read_rulebook().version


def test_only_yaml_in_the_folder_counts(tmp_path: Path) -> None:
    write(tmp_path, "tea.yaml.bak")
    assert read(tmp_path) == (set(), {})


def test_bad_files_are_named_and_good_ones_stay(tmp_path: Path) -> None:
    write(tmp_path, "a-good.yaml")
    write(tmp_path, "b-number.yaml", rule_id="L-02", value="many")
    write(tmp_path, "c-layer.yaml", rule_id="L-03", layer="coffee")
    (tmp_path / "rules" / "d-broken.yaml").write_text("id: [L-04\n", encoding="utf-8")
    (tmp_path / "rules" / "e-latin.yaml").write_bytes("title: 茶园\n".encode("gb18030"))
    local, errors = read(tmp_path)
    assert local == {"L-01"}
    assert errors["b-number.yaml"][0] == 9
    assert "not a number" in errors["b-number.yaml"][1]
    assert errors["c-layer.yaml"][0] == 4
    assert "`coffee` is neither" in errors["c-layer.yaml"][1]
    assert "is not YAML" in errors["d-broken.yaml"][1]
    assert "is not UTF-8" in errors["e-latin.yaml"][1]
    assert not any(str(tmp_path) in message for _line, message in errors.values())


@pytest.mark.parametrize("rule_id", ["EC-01", "L-01"])
def test_an_id_that_is_taken_is_refused(tmp_path: Path, rule_id: str) -> None:
    write(tmp_path, "a.yaml")
    write(tmp_path, "b.yaml", rule_id=rule_id)
    local, errors = read(tmp_path)
    assert local == {"L-01"}
    assert f"id {rule_id} is used by another rule" in errors["b.yaml"][1]


def test_rules_that_replace_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    for name, rule_id, other in (("a.yaml", "L-01", "L-02"), ("b.yaml", "L-02", "L-01")):
        path = write(tmp_path, name, rule_id=rule_id)
        path.write_text(path.read_text(encoding="utf-8") + f"replaces: [{other}]\n", encoding="utf-8")
    local, errors = read(tmp_path)
    assert local == {"L-01"}
    assert "in a circle" in errors["b.yaml"][1]


def test_a_value_of_another_kind_is_no_crash(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml")
    path.write_text(path.read_text(encoding="utf-8") + "arbitration: first\n", encoding="utf-8")
    local, errors = read(tmp_path)
    assert local == set()
    assert set(errors) == {"a.yaml"}
