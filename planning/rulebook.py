"""
The rules as data, and as they stood on a date.

A rule is one YAML file in `planning/rules/` (or anywhere, for a user's own rule); the laws it cites stand once
in `planning/laws.yaml`. A value without a source does not load.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning.findings import Citation, Value
from planning.rule import DatedValue, Law, Rule
from planning.rule_file import RuleError, read_mapping, read_rule, require_layers, require_number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from planning.settings import Change

RULES = Path(__file__).parent / "rules"
LAWS = Path(__file__).parent / "laws.yaml"
UNSEEN_DATE = "施行日期为背景知识，未见原文"
GROUPS = ("三线", "农田", "生态", "水", "交通", "产业", "文物", "灾害", "矿业", "管线", "规划", "界线")
"""Order in which groups of rules are shown: what binds most comes first; a user's own groups come last."""

__all__ = ["GROUPS", "LAWS", "RULES", "UNSEEN_DATE", "RuleError", "Rulebook", "read_rulebook"]


@dataclass(frozen=True)
class Rulebook:
    """All rules and laws in use, and a hash that names them."""

    rules: Mapping[str, Rule]
    laws: Mapping[str, Law]
    version: str
    """First 12 hex digits of the sha256 over all rule and law files."""

    def citations(self, rule: Rule, as_of: date) -> tuple[Citation, ...]:
        """Return the articles a rule stands on that were in force on a day; empty if none was."""
        found = []
        for basis in rule.basis:
            law = self.laws.get(basis.law)
            if law is None:
                found.append(Citation(basis.law, basis.law, basis.article, "", "", basis.status, basis.note))
            elif law.in_force(as_of):
                name = f"{law.name}（{law.number}）" if law.number not in law.name else law.name
                note = "；".join(part for part in (basis.note, law_note(law)) if part)
                found.append(Citation(law.key, name, basis.article, law.version, law.in_force_from, basis.status, note))
        return tuple(found)

    def shown_value(self, name: str, dated: DatedValue, number: float) -> Value:
        """Return a dated value as a finding shows it, with the number that was chosen."""
        return Value(name, number, dated.unit, dated.source_kind, self.source_words(dated))

    def source_words(self, dated: DatedValue) -> str:
        """Say where a value comes from."""
        if dated.source_kind != "law":
            return dated.source
        key, _, article = dated.source.partition("|")
        return f"{self.laws[key].name if key in self.laws else key} {article}"

    def changed(self, changes: Sequence[Change]) -> Rulebook:
        """
        Return the rulebook with some numbers replaced, for one run.

        Raises
        ------
        RuleError
            If a change names a rule, value, entry or class that does not exist, or is no number.
        """
        rules = dict(self.rules)
        for change in changes:
            rule = rules.get(change.rule_id)
            if rule is None or change.name not in rule.values or not 0 <= change.entry < len(rule.values[change.name]):
                raise RuleError(f"{change.rule_id} {change.name}: there is no such value. Look it up in the rulebook.")
            entries = list(rule.values[change.name])
            entries[change.entry] = _change(entries[change.entry], change)
            rules[change.rule_id] = replace(rule, values={**rule.values, change.name: tuple(entries)})
        return replace(self, rules=rules)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Rule ids such that a rule comes before those it replaces."""
        done: list[str] = []
        for rule_id in sorted(self.rules):
            _place(rule_id, self.rules, done, ())
        return tuple(reversed(done))


def read_rulebook(
    extra: Sequence[Path] = (), *, only_extra: bool = False, known_layers: Collection[str] | None = None
) -> Rulebook:
    """
    Read the built-in rules and a user's own.

    Parameters
    ----------
    extra
        Files of the user's own rules.
    only_extra
        Leave the built-in rules out.
    known_layers
        Keys that a user's own rules may use; None: any, as on the command line, where layers are named freely.

    Raises
    ------
    RuleError
        For a file that is missing, is not YAML or breaks the rule format, naming file, line, field and remedy.
    """
    laws = read_laws()
    digest = hashlib.sha256(LAWS.read_bytes().replace(b"\r\n", b"\n"))
    rules: dict[str, Rule] = {}
    builtin = () if only_extra else sorted(RULES.glob("*.yaml"))
    for path in (*builtin, *extra):
        try:
            text = path.read_bytes()
        except OSError as error:
            raise RuleError(f"{path}: cannot be read ({error.strerror}). Check the path of the rule file.") from error
        rule = read_rule(text, path, local=path.parent != RULES)
        if rule.id in rules:
            raise RuleError(f"{path}: id {rule.id} is used by another rule. Choose an id of your own.")
        if not rule.local:
            _require_laws(rule, laws, path)
        elif known_layers is not None:
            require_layers(rule, set(known_layers), text, path)
        rules[rule.id] = rule
        digest.update(text.replace(b"\r\n", b"\n"))
    shown = sorted(rules.values(), key=lambda rule: (GROUPS.index(rule.group) if rule.group in GROUPS else 99, rule.id))
    rules = {rule.id: rule for rule in shown}
    return Rulebook(rules, laws, digest.hexdigest()[:12])


def read_laws() -> dict[str, Law]:
    """Read the laws."""
    return {key: _law(key, entry) for key, entry in read_mapping(LAWS.read_bytes(), LAWS).items()}


def law_note(law: Law) -> str:
    """Say what is not known of a law itself."""
    return "；".join(part for part in (law.note, "" if law.dates_seen else UNSEEN_DATE) if part)


def _require_laws(rule: Rule, laws: Mapping[str, Law], path: Path) -> None:
    cited = [basis.law for basis in rule.basis]
    cited += [v.source.split("|")[0] for dated in rule.values.values() for v in dated if v.source_kind == "law"]
    for key in cited:
        if key not in laws:
            raise RuleError(f"{path}: law `{key}` is not in laws.yaml. Add it there.")


def _law(key: str, entry: Mapping[str, Any]) -> Law:
    return Law(
        key=key,
        name=entry["name"],
        number=entry["number"],
        issuer=entry["issuer"],
        version=entry["version"],
        in_force_from=entry["in_force_from"],
        in_force_until=entry.get("in_force_until"),
        repealed_by=entry.get("repealed_by"),
        dates_seen=entry["dates"] == "seen",
        note=entry.get("note", ""),
    )


def _change(dated: DatedValue, change: Change) -> DatedValue:
    number = require_number(change.number)
    if isinstance(dated.value, (int, float)):
        if change.choice:
            raise RuleError(f"{change.rule_id} {change.name}: is one number. Leave the class {change.choice!r} out.")
        before: float | str = dated.value
        value: float | dict[str, float] = number
    elif change.choice in dated.value:
        before = dated.value[change.choice]
        value = {**dated.value, change.choice: number}
    else:
        raise RuleError(
            f"{change.rule_id} {change.name}: class {change.choice!r} is not one of {', '.join(dated.value)}. "
            "Choose one."
        )
    source = f"本次检测改为 {number:g} {dated.unit}（规则所载 {before:g} {dated.unit}）"
    return replace(dated, value=value, source_kind="changed", source=source)


def _place(rule_id: str, rules: Mapping[str, Rule], done: list[str], path: tuple[str, ...]) -> None:
    if rule_id in path:
        raise RuleError(f"rules {' -> '.join((*path, rule_id))} replace each other in a circle. Remove one `replaces`.")
    if rule_id in done or rule_id not in rules:
        return
    for other in sorted(rules[rule_id].replaces):
        _place(other, rules, done, (*path, rule_id))
    done.append(rule_id)
