"""The rules as data: complete, dated, cited, and refused with a clear sentence when they are not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from layers.schema import read_catalogue
from planning.dates import surely_from
from planning.rule_file import TABLES
from planning.rulebook import UNSEEN_DATE, RuleError, read_rulebook
from planning.words import STATUSES

if TYPE_CHECKING:
    from pathlib import Path

    from planning.rule import Rule

GOOD = """
id: MY-1
title: 我的规则
relation: overlap
subject: {layers: [mine]}
against: {layers: [theirs]}
severity: {default: conditional}
values:
  min_area_m2:
    - {from: "2020-01-01", value: 1, unit: m², source: {kind: convention, text: 我方约定}}
basis:
  - {law: 我方约定, article: "1", status: convention}
lead_department: 本单位
"""


COUNTS = {"LN": 4, "PB": 6, "EC": 13, "WA": 10, "TR": 12, "IN": 7, "HE": 6, "HZ": 5, "MI": 3, "UT": 2, "PL": 4, "AD": 4}


def test_the_seventy_six_rules() -> None:
    rules = read_rulebook().rules
    assert sorted(rules) == sorted(f"{group}-{n:02}" for group, count in COUNTS.items() for n in range(1, count + 1))
    assert len(rules) == 76
    assert sum(rule.tier == "core" for rule in rules.values()) == 45


def test_every_rule_cites_a_law_and_says_how_far_it_was_verified() -> None:
    book = read_rulebook()
    for rule in book.rules.values():
        for words in (rule.summary, rule.procedure, rule.lead_department):
            assert words, rule.id
        for exemption in rule.exemptions:
            assert exemption.title, rule.id
            assert exemption.evidence, rule.id
        for basis in rule.basis:
            assert basis.law in book.laws
            assert basis.status in STATUSES
        assert 1 <= rule.arbitration <= 7


def test_every_layer_and_attribute_that_a_rule_looks_at_is_in_the_catalogue() -> None:
    """A misspelt column would be missing in every layer, and the rule would remind for ever."""
    catalogue = read_catalogue()
    columns = {column.name for definition in catalogue.values() for column in definition.columns}
    beside = {"surface", "on_tunnel", "on_bridge", "access", "placeholder"}  # of relations and tables, not layers
    for rule in read_rulebook().rules.values():
        for layer in (*rule.subject_layers, *rule.against_layers):
            assert layer in catalogue or layer in TABLES or layer == "*", (rule.id, layer)
        for name in columns_of(rule):
            assert name in columns | beside, (rule.id, name)


def columns_of(rule: Rule) -> set[str]:
    """All attributes that a rule looks at."""
    selectors = [weight.applies for weight in rule.severity_cases]
    selectors += [exemption.applies for exemption in rule.exemptions if exemption.applies is not None]
    entries = [entry for dated in rule.values.values() for entry in dated]
    selectors += [entry.applies for entry in entries]
    names = {entry.by for entry in entries if entry.by}
    for side in (rule.subjects, rule.objects):
        names |= {name for wanted in side.where.values() for name in wanted}
    for selector in selectors:
        names |= {*selector.when, *selector.when_against, *selector.same, *selector.differ, *(selector.listed or ())}
    return names | set(rule.object_edge.values()) | ({rule.limit_column} if rule.limit_column else set())


def test_partial_laws_stay_partial() -> None:
    """What the catalogue of facts marks partial or unverified is never shown as verified."""
    status = {(rule.id, b.law): b.status for rule in read_rulebook().rules.values() for b in rule.basis}
    assert status["LN-01", "farmland-redline-2025"] == "partial"
    assert status["LN-04", "urban-boundary-2026"] == "partial"
    assert status["LN-04", "zrzf-2023-193"] == "unverified"
    assert status["EC-03", "reserve-2026"] == "partial"
    assert status["EC-04", "reserve-2026"] == "partial"
    assert status["WA-05", "jialing-2022"] == "partial"


@pytest.mark.parametrize("as_of", [date(2017, 12, 30), date(2022, 9, 1), date(2026, 8, 15), date(2026, 11, 22)])
def test_no_citation_out_of_force(as_of: date) -> None:
    book = read_rulebook()
    for rule in book.rules.values():
        for citation in book.citations(rule, as_of):
            assert surely_from(citation.in_force_from) <= as_of


def test_what_is_not_known_of_a_law_goes_with_its_citation() -> None:
    book = read_rulebook()
    notes = {c.law_key: c.note for rule in book.rules.values() for c in book.citations(rule, date(2026, 11, 22))}
    assert "未见条文编号" in notes["urban-boundary-2026"]
    assert notes["land-2019"] == UNSEEN_DATE
    assert notes["yangtze-2021"] == ""


def test_a_rule_comes_before_those_it_replaces() -> None:
    book = read_rulebook()
    for rule in book.rules.values():
        for other in rule.replaces:
            assert book.order.index(rule.id) < book.order.index(other)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-15", date(2026, 8, 15)),
        ("2022-08", date(2022, 8, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2023", date(2023, 12, 31)),
    ],
)
def test_partial_dates_count_from_their_last_day(text: str, day: date) -> None:
    assert surely_from(text) == day


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "soon", "20260815", ""])
def test_impossible_dates(text: str) -> None:
    with pytest.raises(ValueError, match=r"Correct|Write"):
        surely_from(text)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("status: convention", "status: sure", "my.yaml:12: basis"),
        ("value: 1,", "value: -1,", "my.yaml:10: values.min_area_m2"),
        ("severity: {default: conditional}", "severity: {default: conditional, cases: [{severity: bad}]}", "my.yaml:7"),
        ("subject: {layers: [mine]}", "subject: {layer: [mine]}", "my.yaml:5: `layer` is not a field of `subject`"),
        ("lead_department: 本单位", "lead_department: 本单位\nsegments: {cave: exempt}", "`cave: exempt` is unknown"),
        ("lead_department: 本单位", "lead_department: 本单位\nexemptions: [{evidence: 批文}]", "`title` is missing"),
        ("relation: overlap", "relation: touches", "relation `touches` is unknown"),
        ("    - {from", "    - {form", "`from` is missing"),
        (", source: {kind: convention, text: 我方约定}", "", "`source` is missing"),
        ("kind: convention, text: 我方约定", "kind: rumour", "source kind `rumour`"),
        ('"2020-01-01"', '"2020-02-31"', "2020-02-31"),
        ("value: 1,", "value: -1,", "not a number of at least 0"),
        ("value: 1,", "value: .nan,", "not a number of at least 0"),
        ("status: convention", "status: sure", "status `sure`"),
        ("default: conditional", "default: illegal", "illegal"),
        ("title: 我的规则\n", "", "`title` is missing"),
        ("title: 我的规则", "titel: 我的规则\ntitle: 我的规则", "`titel` is not a field"),
        ("min_area_m2", "min_width_m", "`min_area_m2` is missing"),
        ("id: MY-1", "id: EC-02", "id EC-02 is used"),
        ("id: MY-1", "id: [", "is not YAML"),
        ('basis:\n  - {law: 我方约定, article: "1", status: convention}', "basis: []", "basis is empty"),
    ],
)
def test_a_bad_rule_names_file_field_and_remedy(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=r"my\.yaml") as error:
        read_rulebook([path])
    assert sentence in str(error.value)


def test_a_good_local_rule_loads_beside_the_others(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(GOOD, encoding="utf-8")
    book = read_rulebook([path])
    assert book.rules["MY-1"].local
    assert not book.rules["EC-02"].local
    assert book.version != read_rulebook().version


def test_an_unknown_layer_is_refused_where_layers_are_known(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(RuleError, match=r"my\.yaml:5: layer `mine` is neither in the catalogue nor in the workspace"):
        read_rulebook([path], known_layers={"theirs"})
    assert "MY-1" in read_rulebook([path], known_layers={"theirs", "mine"}).rules


def test_an_impossible_date_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(GOOD.replace('"2020-01-01"', "2020-02-31"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"impossible date|2020-02-31"):
        read_rulebook([path])


def test_the_version_does_not_depend_on_line_ends(tmp_path: Path) -> None:
    unix, windows = tmp_path / "a.yaml", tmp_path / "b.yaml"
    unix.write_bytes(GOOD.encode())
    windows.write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert read_rulebook([unix]).version == read_rulebook([windows]).version


def test_a_rule_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes(GOOD.replace("m²", "平方米").encode("gbk"))
    with pytest.raises(RuleError, match="Save it as UTF-8"):
        read_rulebook([path])
