"""The numbers of a rule: with their days, sources and classes, and as fields that can be changed for one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.dates import surely_from
from planning.words import SOURCE_KINDS
from web.views.numbers import value_words
from web.views.plan_names import value_name
from web.views.rulebook_words import class_title, column_title, selector_words
from web.views.severity import source_words
from web.words import _

if TYPE_CHECKING:
    from datetime import date

    from planning.rule import DatedValue, Rule
    from planning.rulebook import Rulebook
    from planning.settings import Settings

_LOOKED_UP = frozenset(
    {
        "min_area_m2",
        "min_length_m",
        "distance_m",
        "slope_deg",
        "slope_pct",
        "min_share_pct",
        "max_outside_pct",
        "abs_m2",
        "rel_pct",
        "tolerance_pct",
        "fence_m",
    }
)
"""Values that judging looks up by name, beside the zones that a rule names: others stand there to be read."""


@dataclass(frozen=True)
class ValueClass:
    """One number of a table of values."""

    title: str
    number: str
    changed: str
    """What it is for the next run; empty where nobody changed it."""


@dataclass(frozen=True)
class ValueRow:
    """One dated value: a number, or a table of numbers by class."""

    title: str
    meant: str
    """For which cases; empty for all."""
    by: str
    """Attribute that chooses in the table; empty for one number."""
    classes: tuple[ValueClass, ...]
    """One without a title where there is no table."""
    otherwise: str
    """What counts where the attribute is missing; empty where nothing does."""
    since: str
    in_force: bool
    """Whether it counts on the day that is asked."""
    kind: str
    of_law: bool
    source: str


@dataclass(frozen=True)
class NumberField:
    """One number that can be changed for one run."""

    rule_id: str
    name: str
    entry: int
    choice: str
    label: str
    unit: str
    usual: float
    now: float
    help: str
    """What the rule says, and on what ground."""

    @property
    def step(self) -> float:
        """What one click on plus or minus adds."""
        return 1.0 if self.usual >= 1 else 0.01

    @property
    def changed(self) -> bool:
        """Whether it is not what the rule says."""
        return self.now != self.usual


def value_rows(rule: Rule, rulebook: Rulebook, as_of: date, settings: Settings) -> tuple[ValueRow, ...]:
    """
    Put the values of a rule into words.

    Parameters
    ----------
    rule
        As written, without changes.
    rulebook
        Names the laws.
    as_of
        Day whose law is asked.
    settings
        Whose changes are shown beside what the rule says.
    """
    now = _changed_numbers(settings)
    rows = []
    for name, dated in rule.values.items():
        for entry, value in enumerate(dated):
            numbers = _numbers_of(value)
            rows.append(
                ValueRow(
                    title=value_name(name),
                    meant=_meant(rule, value),
                    by=column_title(value.by, _chooser(rule)) if value.by else "",
                    classes=tuple(
                        ValueClass(
                            title=class_title(choice) if choice else "",
                            number=value_words(number, value.unit),
                            changed=_changed_words(now.get((rule.id, name, entry, choice)), number, value.unit),
                        )
                        for choice, number in numbers
                    ),
                    otherwise=class_title(value.otherwise) if value.otherwise else "",
                    since=value.start,
                    in_force=value in _in_force(dated, as_of),
                    kind=source_words(value.source_kind),
                    of_law=value.source_kind == "law",
                    source=_source(value, rulebook),
                )
            )
    return tuple(rows)


def number_fields(rule: Rule, rulebook: Rulebook, as_of: date, settings: Settings) -> tuple[NumberField, ...]:
    """Return the numbers of a rule that count on a day and that judging looks up."""
    now = _changed_numbers(settings)
    zones = {*rule.subjects.zone.values(), *rule.objects.zone.values()}
    fields = []
    for name, dated in rule.values.items():
        if name not in _LOOKED_UP | zones:
            continue
        for entry, value in enumerate(dated):
            if value not in _in_force(dated, as_of):
                continue
            said = _("规则所载 {number}（{kind}：{source}）")
            fields += [
                NumberField(
                    rule_id=rule.id,
                    name=name,
                    entry=entry,
                    choice=choice,
                    label=_label(name, class_title(choice) if choice else "", _meant(rule, value), value.unit),
                    unit=value.unit,
                    usual=number,
                    now=now.get((rule.id, name, entry, choice), number),
                    help=said.format(
                        number=value_words(number, value.unit),
                        kind=source_words(value.source_kind),
                        source=_source(value, rulebook),
                    ),
                )
                for choice, number in _numbers_of(value)
            ]
    return tuple(fields)


def limit_words(rows: tuple[ValueRow, ...]) -> tuple[str, ...]:
    """Say the values in force in one line each."""
    lines = []
    for row in rows:
        if row.in_force:
            numbers = _("、").join(f"{c.title} {c.number}".strip() for c in row.classes)
            title = f"{row.title}（{row.meant}）" if row.meant else row.title
            lines.append(_("{name}：{value}").format(name=title, value=numbers))
    return tuple(lines)


def _source(value: DatedValue, rulebook: Rulebook) -> str:
    """Say where a number comes from; that it is our own convention stands beside it."""
    return rulebook.source_words(value).removeprefix(f"{SOURCE_KINDS['convention']}：")


def _numbers_of(value: DatedValue) -> list[tuple[str, float]]:
    if isinstance(value.value, (int, float)):
        return [("", float(value.value))]
    return [(choice, float(number)) for choice, number in value.value.items()]


def _in_force(dated: tuple[DatedValue, ...], as_of: date) -> list[DatedValue]:
    """Return the entries that count on a day: of those for the same cases, the last that has begun."""
    begun = [value for value in dated if surely_from(value.start) <= as_of]
    return [
        value
        for value in begun
        if not any(
            other.applies == value.applies and surely_from(other.start) > surely_from(value.start) for other in begun
        )
    ]


def _meant(rule: Rule, value: DatedValue) -> str:
    return selector_words(value.applies, rule.subject_layers, rule.against_layers)


def _chooser(rule: Rule) -> tuple[str, ...]:
    """Layers whose attribute chooses in a table: the objects', in terrain rules and zones also the subjects'."""
    return (*rule.against_layers, *rule.subject_layers)


def _label(name: str, choice: str, meant: str, unit: str) -> str:
    parts = [part for part in (choice, meant) if part]
    return _("{name}（{unit}）").format(name=" · ".join([value_name(name), *parts]), unit=unit)


def _changed_numbers(settings: Settings) -> dict[tuple[str, str, int, str], float]:
    return {(c.rule_id, c.name, c.entry, c.choice): c.number for c in settings.changes}


def _changed_words(now: float | None, usual: float, unit: str) -> str:
    return "" if now is None or now == usual else value_words(now, unit)
