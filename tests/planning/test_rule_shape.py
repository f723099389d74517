"""A rule of another shape is refused with file and line: a misspelt field must not be passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from planning.rulebook import RuleError, read_rulebook
from tests.planning.plain_rule import rule, value

if TYPE_CHECKING:
    from pathlib import Path

    from planning.rule import Rule


def read(raw: dict[str, Any], folder: Path) -> Rule:
    path = folder / "rule.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return read_rulebook([path], only_extra=True).rules["X-1"]


def at(path: str, new: object) -> dict[str, Any]:
    """Put something into a rule: `severity.cases`."""
    raw = rule()
    inner: dict[str, Any] = raw
    *steps, last = path.split(".")
    for step in steps:
        inner = inner.setdefault(step, {})
    inner[last] = new
    return raw


ENTRY = value(1)[0]
WRONG: list[tuple[str, object]] = [
    ("id", ["a"]),
    ("title", 5),
    ("lead_department", None),
    ("verification", "sure"),
    ("arbitration", "first"),
    ("arbitration", 9),
    ("takes_land", "no"),
    ("replaces", "EC-01"),
    ("assumes", "bank_datum"),
    ("segments", ["tunnel"]),
    ("object_edge", ["tree"]),
    ("lookup", {"key": "code"}),
    ("lookup", {"column": "a", "key": "b", "match": "nearly"}),
    ("lookup", {"column": "a", "key": "b", "successors": "township"}),
    ("required", {"other": {"present": ["a"]}}),
    ("required", {"project": ["a"]}),
    ("required", {"project": {"presnt": ["a"]}}),
    ("subject", "project"),
    ("subject.layers", "project"),
    ("subject.layers", []),
    ("subject.where", {"project": True}),
    ("subject.where", {"project": {"a": {"mni": 1}}}),
    ("subject.zone", {"project": "no_such_value"}),
    ("subject.planned_only", "no"),
    ("against.foo", 1),
    ("severity", "prohibited"),
    ("severity.by_subject", [1]),
    ("severity.cases", [{"wenn": {"a": 1}, "severity": "none"}]),
    ("severity.cases", [{"when": ["a"], "severity": "none"}]),
    ("severity.cases", [{"when": {"a": None}, "severity": "none"}]),
    ("severity.cases", [{"when": {"a": {"min": "x"}}, "severity": "none"}]),
    ("severity.cases", [{"subject": "project", "severity": "none"}]),
    ("severity.cases", [{"listed": "a", "severity": "none"}]),
    ("severity.cases", [{"touching": "yes", "severity": "none"}]),
    ("values", [1]),
    ("values.min_area_m2", []),
    ("values.min_area_m2", 5),
    ("values.min_area_m2", [{**ENTRY, "source": "law"}]),
    ("values.min_area_m2", [{**ENTRY, "when": 5}]),
    ("values.min_area_m2", [{**ENTRY, "value": {"a": 1}, "by": ["x"]}]),
    ("values.slope_deg", [{**ENTRY, "value": 90}]),
    ("values.slope_pct", [{**ENTRY, "value": 0}]),
    ("basis", {"law": "x"}),
    ("basis", [{"law": "x"}]),
    ("basis", [{"law": ["x"], "article": 1, "status": "verified"}]),
    ("exemptions", {"title": "x"}),
    ("exemptions", [{"title": "x", "effct": "exempt"}]),
    ("exemptions", [{"title": "x", "when": 5}]),
]


@pytest.mark.parametrize(("path", "new"), WRONG, ids=[f"{path} {new}" for path, new in WRONG])
def test_a_rule_of_another_shape_is_refused_with_file_and_line(tmp_path: Path, path: str, new: object) -> None:
    with pytest.raises(RuleError, match=r"rule\.yaml:\d+: "):
        read(at(path, new), tmp_path)


@pytest.mark.parametrize("number", [10**400, {}])
def test_a_number_of_another_kind_is_refused(tmp_path: Path, number: object) -> None:
    with pytest.raises(RuleError, match=r"rule\.yaml"):
        read(at("values.min_area_m2", value(number, by="a")), tmp_path)


def test_an_empty_field_is_one_that_is_not_there(tmp_path: Path) -> None:
    read_back = read(rule(notes=None, exemptions=None, arbitration=None), tmp_path)
    assert (read_back.notes, read_back.exemptions, read_back.arbitration) == ("", (), 7)
