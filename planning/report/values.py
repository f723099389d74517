"""The numbers of the rules with their titles, classes and sources: what the law says, what we say, what was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.schema import read_catalogue
from planning.dates import surely_from
from planning.numbers import value_words
from planning.report.parts import Table
from planning.rulebook import read_rulebook
from planning.words import CODES, SOURCE_KINDS, VALUE_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planning.findings import CheckRun, Value
    from planning.rule import DatedValue, Rule
    from planning.rulebook import Rulebook


def value_title(name: str) -> str:
    """Title of a value; the name itself for one of a user's own rule."""
    return VALUE_TITLES.get(name, name)


def class_title(column: str | None, code: str) -> str:
    """Title of a class, such as 国道; `column` None looks at every column."""
    if code in CODES:
        return CODES[code]
    for definition in read_catalogue().values():
        if (column is None or definition.style.vary_by == column) and code in definition.style.variants:
            return definition.style.variants[code].title
    return code


def source_words(value: Value) -> tuple[str, str]:
    """Return what kind of source a value has and the source without repeating that."""
    kind = SOURCE_KINDS[value.source_kind]
    return kind, value.source.removeprefix(kind).lstrip("：:， ")


def own_rulebook(run: CheckRun) -> Rulebook | None:
    """Return the built-in rules as written, if the run was made with exactly these."""
    own = read_rulebook()
    return own if own.version == run.rulebook_version else None


def thresholds(run: CheckRun, rulebook: Rulebook | None) -> Table:
    """
    List the numbers of every rule that was run, one row per number or table of numbers.

    Parameters
    ----------
    run
        Not changed.
    rulebook
        Of the run, with what was changed for it; None lists only what its findings show.
    """
    rows: dict[tuple[str, str, str, str], None] = {}
    for result in run.results:
        rule = None if rulebook is None else rulebook.rules.get(result.rule_id)
        for finding in () if rule is not None else result.findings:
            for value in finding.values:
                number = value_words(value.value, value.unit)
                rows[f"{result.rule_id} {value_title(value.name)}", number, *source_words(value)] = None
        if rule is not None and rulebook is not None:
            for name, dated in _in_force(rule, run):
                shown = rulebook.shown_value(name, dated, 0.0)
                rows[f"{result.rule_id} {value_title(name)}", _number(dated), *source_words(shown)] = None
    return Table(
        caption="各规则的标准及其来源",
        headings=("规则与标准", "数值", "性质", "来源"),
        rows=tuple(rows),
        widths=(0.22, 0.2, 0.12, 0.46),
        note="法定：见于所列条文；本项目约定：为筛查而定，不是法定值；本次调整：只在这一次检测中改动，不是规则所载。",
        empty="没有使用数值标准。",
    )


def _in_force(rule: Rule, run: CheckRun) -> Iterator[tuple[str, DatedValue]]:
    """Return the values as they stood on the day of the run: a later number of the same case replaces an earlier."""
    for name, entries in rule.values.items():
        begun = [dated for dated in entries if surely_from(dated.start) <= run.as_of]
        for dated in begun:
            alike = [other for other in begun if other.applies == dated.applies]
            if dated is max(alike, key=lambda other: surely_from(other.start)):
                yield name, dated


def _number(dated: DatedValue) -> str:
    if isinstance(dated.value, (int, float)):
        return value_words(dated.value, dated.unit)
    classes = "、".join(f"{class_title(dated.by, code)} {number:g}" for code, number in dated.value.items())
    return f"{classes} {dated.unit}"
