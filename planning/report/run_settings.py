"""What a person has set for a run, line by line: a number that is not the rulebook's must be seen as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.assumptions import read_half_widths
from planning.numbers import value_words
from planning.report.values import class_title, value_title
from planning.settings import DEFAULTS
from planning.words import DATUMS

if TYPE_CHECKING:
    from planning.rulebook import Rulebook
    from planning.settings import Change, Settings


def settings_lines(settings: Settings, rulebook: Rulebook | None) -> tuple[str, ...]:
    """
    Say what differs from the usual.

    Parameters
    ----------
    settings
        Of the run.
    rulebook
        As written, to say what a number was before; None where the rules of the run are not at hand.

    Returns
    -------
        Empty where everything was as usual.
    """
    lines = []
    if not settings.county_plan_in_force:
        lines.append("县级国土空间规划按未批准处理，原土地利用总体规划、城市（镇）总体规划仍作依据")
    if settings.bank_datum != DEFAULTS.bank_datum:
        lines.append(f"岸线取{DATUMS[settings.bank_datum]}（默认取{DATUMS[DEFAULTS.bank_datum]}）")
    usual = read_half_widths()
    for name, *widths in settings.half_widths:
        before = f"（默认 {_widths(usual[name])}）" if name in usual else ""
        lines.append(f"{name}用地半宽 {_widths(widths)}{before}")
    lines += [_change(change, rulebook) for change in settings.changes]
    return tuple(lines)


def _widths(numbers: list[float] | tuple[float, ...]) -> str:
    low, middle, high = numbers
    return f"低 {low:g}、默认 {middle:g}、高 {high:g} m"


def _change(change: Change, rulebook: Rulebook | None) -> str:
    of_class = f"（{class_title(None, change.choice)}）" if change.choice else ""
    name = f"{change.rule_id} {value_title(change.name)}{of_class}"
    rule = None if rulebook is None else rulebook.rules.get(change.rule_id)
    entries = () if rule is None else rule.values.get(change.name, ())
    if change.entry >= len(entries):
        return f"{name}改为 {change.number:g}"
    entry = entries[change.entry]
    before = entry.value if isinstance(entry.value, (int, float)) else entry.value.get(change.choice)
    was = "" if before is None else f"由 {value_words(before, entry.unit)} "
    return f"{name}{was}改为 {value_words(change.number, entry.unit)}"
