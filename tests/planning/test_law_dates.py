"""Every day on which the law of a rule changes: the day before and the day itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from planning.dates import surely_from
from planning.rulebook import Rulebook, read_rulebook

BOOK = read_rulebook()
CHANGES = (
    # rules, old law, new law, first day of the new one
    (("WA-01", "WA-02", "WA-03", "WA-04"), "water-pollution-2017", "eco-code-2026", date(2026, 8, 15)),
    (("EC-03", "EC-04"), "reserve-2017", "reserve-2026", date(2026, 3, 15)),
    (("HE-01", "HE-02", "HE-03", "HE-06"), "heritage-2017", "heritage-2025", date(2025, 3, 1)),
    (("MI-01", "MI-02", "MI-03"), "mineral-2009", "mineral-2025", date(2025, 7, 1)),
    (("TR-09",), "civil-aviation-2021", "civil-aviation-2026", date(2026, 7, 1)),
)
WITHOUT_AN_OLD_ARTICLE = {"MI-03", "HE-06"}


def cited(book: Rulebook, rule_id: str, day: date) -> set[str]:
    return {citation.law_key for citation in book.citations(book.rules[rule_id], day)}


@pytest.mark.parametrize(
    ("rule_id", "old", "new", "day"), [(rule, old, new, day) for rules, old, new, day in CHANGES for rule in rules]
)
def test_the_law_changes_on_its_day(rule_id: str, old: str, new: str, day: date) -> None:
    before, after = cited(BOOK, rule_id, day - timedelta(days=1)), cited(BOOK, rule_id, day)
    assert new not in before
    assert new in after
    assert old not in after
    # Where no article of the old law is known, none is invented: the rule begins with the new one.
    assert (old in before) is (rule_id not in WITHOUT_AN_OLD_ARTICLE)


def test_repealed_laws_name_their_successor() -> None:
    for law in BOOK.laws.values():
        if law.repealed_by is not None:
            successor = BOOK.laws[law.repealed_by]
            assert law.in_force_until is not None, law.key
            assert surely_from(successor.in_force_from) == surely_from(law.in_force_until), law.key


def test_what_is_cited_exists_and_is_in_force_on_every_day_of_change() -> None:
    """Walk the day before and the day itself of every beginning and end of every law."""
    days = {surely_from(text) for law in BOOK.laws.values() for text in (law.in_force_from, law.in_force_until) if text}
    walked = 0
    for day in sorted({day - timedelta(days=1) for day in days} | days):
        for rule in BOOK.rules.values():
            for citation in BOOK.citations(rule, day):
                law = BOOK.laws[citation.law_key]
                assert surely_from(law.in_force_from) <= day
                assert law.in_force_until is None or day < surely_from(law.in_force_until)
                walked += 1
    assert walked > 1000


def test_every_value_of_law_names_a_law_that_the_rule_cites() -> None:
    for rule in BOOK.rules.values():
        for name, entries in rule.values.items():
            for entry in entries:
                if entry.source_kind == "law":
                    assert entry.source.split("|")[0] in {basis.law for basis in rule.basis}, (rule.id, name)


def test_no_verified_article_rests_on_a_law_that_was_not_seen() -> None:
    """A law whose articles were not seen cannot have a verified one."""
    unseen = {"nature-park-2023", "td-1055-2019", "zrzf-2023-193"}
    for rule in BOOK.rules.values():
        for basis in rule.basis:
            assert not (basis.law in unseen and basis.status == "verified"), rule.id


def test_every_law_is_cited_by_some_rule() -> None:
    assert {basis.law for rule in BOOK.rules.values() for basis in rule.basis} == set(BOOK.laws)
