"""
The rules as data: read, validated, and as they stood on a date.

A rule is one YAML file in `planning/rules/` (or anywhere, for a user's own rule); the laws it cites stand once
in `planning/laws.yaml`. A value without a source does not load.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from planning.dates import surely_from
from planning.findings import Citation, Severity, Value
from planning.rule import Basis, DatedValue, Law, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

RULES = Path(__file__).parent / "rules"
LAWS = Path(__file__).parent / "laws.yaml"
RELATIONS = ("overlap", "within_distance", "outside", "coverage")
UNSEEN_DATE = "施行日期为背景知识，未见原文"
STATUSES = ("verified", "partial", "unverified")
GROUPS = ("三线", "农田", "生态", "水", "交通", "产业", "文物", "灾害", "矿业", "管线", "规划", "界线")
"""Order in which groups of rules are shown: what binds most comes first; a user's own groups come last."""

_REQUIRED = ("id", "title", "relation", "subject", "against", "severity", "values", "basis", "lead_department")
_OPTIONAL = (
    "title_en",
    "group",
    "takes_land",
    "exempt_where",
    "replaces",
    "from_land_edge",
    "at_limit",
    "verification",
    "summary",
    "procedure",
    "exemptions",
    "notes",
    "assumes",
)


class RuleError(ValueError):
    """A rule or law file that cannot be used: names the file, the field, its value and the remedy."""


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
                found.append(Citation(basis.law, basis.law, basis.article, "", "", basis.status))
            elif law.in_force(as_of):
                name = f"{law.name}（{law.number}）" if law.number not in law.name else law.name
                found.append(
                    Citation(law.key, name, basis.article, law.version, law.in_force_from, basis.status, _law_note(law))
                )
        return tuple(found)

    def shown_value(self, name: str, dated: DatedValue, chosen: str | None = None) -> Value:
        """Return a dated value as a finding shows it; `chosen` picks the class of a table."""
        number = dated.value if isinstance(dated.value, (int, float)) else dated.value[str(chosen)]
        source = dated.source
        if dated.source_kind == "law":
            key, _, article = dated.source.partition("|")
            source = f"{self.laws[key].name} {article}"
        return Value(name, float(number), dated.unit, dated.source_kind, source)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Rule ids such that a rule comes before those it replaces."""
        done: list[str] = []
        for rule_id in sorted(self.rules):
            _place(rule_id, self.rules, done, ())
        return tuple(reversed(done))


def read_rulebook(extra: Sequence[Path] = (), *, only_extra: bool = False) -> Rulebook:
    """
    Read the built-in rules and a user's own.

    Parameters
    ----------
    extra
        Files of the user's own rules.
    only_extra
        Leave the built-in rules out.

    Raises
    ------
    RuleError
        For a file that is missing, is not YAML or breaks the rule format, naming file, field and remedy.
    """
    laws_text = LAWS.read_bytes()
    laws = {key: _law(key, entry) for key, entry in _mapping(laws_text, LAWS).items()}
    digest = hashlib.sha256(laws_text)
    rules: dict[str, Rule] = {}
    builtin = () if only_extra else sorted(RULES.glob("*.yaml"))
    for path in (*builtin, *extra):
        try:
            text = path.read_bytes()
        except OSError as error:
            raise RuleError(f"{path}: cannot be read ({error.strerror}). Check the path of the rule file.") from error
        rule = _rule(_mapping(text, path), path, laws, local=path.parent != RULES)
        if rule.id in rules:
            raise RuleError(f"{path}: id {rule.id} is used by another rule. Choose an id of your own.")
        rules[rule.id] = rule
        digest.update(text.replace(b"\r\n", b"\n"))
    shown = sorted(rules.values(), key=lambda rule: (GROUPS.index(rule.group) if rule.group in GROUPS else 99, rule.id))
    rules = {rule.id: rule for rule in shown}
    return Rulebook(rules, laws, digest.hexdigest()[:12])


def _mapping(text: bytes, path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        raise RuleError(f"{path}: is not YAML ({' '.join(str(error).split())}).") from error
    if not isinstance(content, dict):
        raise RuleError(f"{path}: holds no `key: value` lines. See planning/rules/ for the form.")
    return content


def _law(key: str, entry: Mapping[str, Any]) -> Law:
    return Law(
        key=key,
        name=entry["name"],
        number=entry["number"],
        version=entry["version"],
        in_force_from=entry["in_force_from"],
        in_force_until=entry.get("in_force_until"),
        dates_seen=entry["dates"] == "seen",
        note=entry.get("note", ""),
    )


def _law_note(law: Law) -> str:
    """Say what is not known of a law itself."""
    return "；".join(part for part in (law.note, "" if law.dates_seen else UNSEEN_DATE) if part)


def _rule(raw: Mapping[str, Any], path: Path, laws: Mapping[str, Law], *, local: bool) -> Rule:
    for name in _REQUIRED:
        if name not in raw:
            raise RuleError(f"{path}: `{name}` is missing. Add it.")
    for name in raw:
        if name not in _REQUIRED + _OPTIONAL:
            raise RuleError(f"{path}: `{name}` is not a field of a rule. Known: {', '.join(_REQUIRED + _OPTIONAL)}.")
    try:
        rule = _build(raw, local=local)
    except RuleError as error:
        raise RuleError(f"{path}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise RuleError(f"{path}: a field has the wrong form ({error}). See planning/rules/ for the form.") from error
    except ValueError as error:
        raise RuleError(f"{path}: {error}") from error
    for basis in rule.basis:
        if basis.law not in laws and not local:
            raise RuleError(f"{path}: law `{basis.law}` is not in laws.yaml. Add it there.")
    return rule


def _build(raw: Mapping[str, Any], *, local: bool) -> Rule:
    if raw["relation"] not in RELATIONS:
        raise RuleError(f"relation `{raw['relation']}` is unknown. Choose one of {', '.join(RELATIONS)}.")
    subject, severity = raw["subject"], raw["severity"]
    values = {name: tuple(_dated(name, entry) for entry in entries) for name, entries in raw["values"].items()}
    needed = "distance_m" if raw["relation"] == "within_distance" else "min_area_m2"
    if needed not in values and not ({"min_area_m2", "min_length_m"} & set(values)):
        raise RuleError(f"values: `{needed}` is missing. Give it with a date and a source.")
    if raw["relation"] == "within_distance" and "distance_m" not in values:
        raise RuleError("values: `distance_m` is missing. Give it with a date and a source.")
    basis = tuple(Basis(b["law"], str(b["article"]), b["status"]) for b in raw["basis"])
    if not basis:
        raise RuleError("basis is empty. Name the law, or your own convention, that the rule stands on.")
    for entry in basis:
        if entry.status not in (*STATUSES, "convention"):
            raise RuleError(f"basis: status `{entry.status}` is unknown. Choose verified, partial or unverified.")
    if raw.get("at_limit", "conflict") not in {"allowed", "conflict"}:
        raise RuleError(f"at_limit `{raw['at_limit']}` is unknown. Write allowed or conflict.")
    return Rule(
        id=str(raw["id"]),
        title=raw["title"],
        title_en=raw.get("title_en", raw["title"]),
        group=raw.get("group", "本地规则" if local else ""),
        relation=raw["relation"],
        subject_layers=tuple(subject["layers"]),
        subject_where={
            layer: {column: tuple(allowed) for column, allowed in wanted.items()}
            for layer, wanted in subject.get("where", {}).items()
        },
        planned_only=bool(subject.get("planned_only", False)),
        against_layers=tuple(raw["against"]["layers"]),
        takes_land=bool(raw.get("takes_land", False)),
        exempt_where=raw.get("exempt_where", {}),
        replaces=tuple(raw.get("replaces", ())),
        from_land_edge=bool(raw.get("from_land_edge", False)),
        at_limit=raw.get("at_limit", "conflict"),
        severity_default=Severity(severity["default"]),
        severity_by_subject={k: Severity(v) for k, v in severity.get("by_subject", {}).items()},
        severity_cases=tuple(_case(case) for case in severity.get("cases", ())),
        values=values,
        basis=basis,
        verification=raw.get("verification", "convention" if local else "unverified"),
        summary=raw.get("summary", ""),
        procedure=raw.get("procedure", ""),
        exemptions=raw.get("exemptions", ""),
        lead_department=raw["lead_department"],
        notes=raw.get("notes", ""),
        assumes=tuple(raw.get("assumes", ())),
        local=local,
    )


def _case(case: Mapping[str, Any]) -> tuple[str, Mapping[str, object], Severity]:
    side = "when" if "when" in case else "when_against"
    return side, case[side], Severity(case["severity"])


def _dated(name: str, entry: Mapping[str, Any]) -> DatedValue:
    for field in ("from", "value", "unit", "source"):
        if field not in entry:
            raise RuleError(f"values.{name}: `{field}` is missing. A value needs a date, a unit and a source.")
    surely_from(str(entry["from"]))
    source = entry["source"]
    kind = source.get("kind")
    if kind == "law":
        text = f"{source['law']}|{source['article']}"
    elif kind == "convention":
        text = source["text"]
    else:
        raise RuleError(f"values.{name}: source kind `{kind}` is unknown. Write law or convention.")
    value = entry["value"]
    numbers = list(value.values()) if isinstance(value, dict) else [value]
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number < float("inf"):
            raise RuleError(f"values.{name}: {number!r} is not a number of at least 0. Correct it.")
    if isinstance(value, dict) and "by" not in entry:
        raise RuleError(f"values.{name}: a table of values needs `by`, the attribute that chooses among them.")
    return DatedValue(str(entry["from"]), value, entry.get("by"), entry["unit"], kind, text)


def _place(rule_id: str, rules: Mapping[str, Rule], done: list[str], path: tuple[str, ...]) -> None:
    if rule_id in path:
        raise RuleError(f"rules {' -> '.join((*path, rule_id))} replace each other in a circle. Remove one `replaces`.")
    if rule_id in done or rule_id not in rules:
        return
    for other in sorted(rules[rule_id].replaces):
        _place(other, rules, done, (*path, rule_id))
    done.append(rule_id)
