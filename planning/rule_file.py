"""One rule file: read, validated, and refused with file, line, field and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from planning.conditions import read_number
from planning.dates import surely_from
from planning.findings import Severity
from planning.rule import NOTHING, Basis, DatedValue, Exemption, Rule, Selector, Side, Weight
from planning.rule_shape import REQUIRED, SELECTORS, STATUSES, FieldError, require_shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EFFECTS = ("exempt", "reminder", "conditional")
TABLES = ("slope", "terrain", "industry_access")
"""What a rule can look at beside layers."""

_SLOPES = {"slope_deg": 90, "slope_pct": float("inf")}
"""Values that limit a slope, and what they must stay below."""

NEEDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "overlap": (("min_area_m2", "min_length_m"),),
    "self_overlap": (("min_area_m2",),),
    "straddle": (("min_area_m2",),),
    "within_distance": (("distance_m",),),
    "outside": (("min_area_m2", "min_length_m", "max_outside_pct"),),
    "coverage": (("min_area_m2",),),
    "line_crossing": (),
    "raster_share": (("slope_deg", "slope_pct"), ("min_area_m2", "min_share_pct")),
    "obstacle_surface": (),
    "lookup": (),
    "required": (),
    "recorded_area": (("abs_m2",), ("rel_pct",)),
    "total": (("tolerance_pct",),),
}
"""Relations, and of which values each needs one at least."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The compiled one, where there is one, reads ten times as fast."""


class RuleError(ValueError):
    """A rule or law file that cannot be used: names the file, the line, the field, its value and the remedy."""


def read_mapping(text: bytes, path: Path) -> dict[str, Any]:
    """
    Read `key: value` lines.

    Raises
    ------
    RuleError
        If the text is not UTF-8, not YAML, or something else than a mapping.
    """
    try:
        content = yaml.load(text.decode("utf-8-sig"), Loader=_LOADER)  # noqa: S506 - a safe loader
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        raise RuleError(f"{path}: is not YAML ({' '.join(str(error).split())}).") from error
    except ValueError as error:  # an unquoted day that no calendar has
        raise RuleError(
            f"{path}: holds an impossible date ({error}). Correct it, and write dates in quotes."
        ) from error
    if not isinstance(content, dict):
        raise RuleError(f"{path}: holds no `key: value` lines. See planning/rules/ for the form.")
    return content


def read_rule(text: bytes, path: Path, *, local: bool) -> Rule:
    """
    Read one rule.

    Raises
    ------
    RuleError
        Naming file, line, field, value and remedy.
    """
    # A field that is there but empty (`notes:`) is one that is not there.
    raw = {name: value for name, value in read_mapping(text, path).items() if value is not None or name in REQUIRED}
    try:
        require_shape(raw)
        return _build(raw, local=local, name=path.name)
    except FieldError as error:
        raise RuleError(f"{path}:{_line(text, error.at)}: {error}") from error
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise RuleError(f"{path}: a field has the wrong form ({error}). See planning/rules/ for the form.") from error


def require_layers(rule: Rule, known: set[str], text: bytes, path: Path) -> None:
    """
    Require that every layer of a rule exists.

    Raises
    ------
    RuleError
        For a layer that is neither in the catalogue nor in the workspace.
    """
    for field, side in (("subject", rule.subjects), ("against", rule.objects)):
        for layer in side.layers:
            if layer not in known and layer not in TABLES and layer != "*":
                raise RuleError(
                    f"{path}:{_line(text, (field, 'layers'))}: layer `{layer}` is neither in the catalogue nor in the "
                    f"workspace. Correct its key, or import the layer first."
                )


def _line(text: bytes, at: tuple[str | int, ...]) -> int:
    """Line of a field, or of the nearest field around it that stands in the file."""
    node = yaml.compose(text.decode("utf-8-sig"))
    line = 1
    for step in at:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _build(raw: Mapping[str, Any], *, local: bool, name: str) -> Rule:
    subject, against, severity = raw["subject"], raw["against"], raw["severity"]
    values = {key: tuple(_dated(key, n, entry) for n, entry in enumerate(v)) for key, v in raw["values"].items()}
    _require_relation(raw, values)
    at_limit = _one_of(raw, "at_limit", ("conflict", "allowed"))
    segments = dict(raw.get("segments", {}))
    for kind, effect in segments.items():
        if kind not in {"tunnel", "bridge"} or effect not in {"exempt", "reminder"}:
            raise FieldError(
                f"segments: `{kind}: {effect}` is unknown. Write tunnel or bridge: exempt or reminder.",
                "segments",
                kind,
            )
    return Rule(
        id=str(raw["id"]),
        title=str(raw["title"]),
        title_en=raw.get("title_en", raw["title"]),
        group=raw.get("group", "本地规则" if local else ""),
        tier=_one_of(raw, "tier", ("extended", "core")),
        relation=raw["relation"],
        subjects=_side(subject),
        objects=_side(against),
        planned_only=bool(subject.get("planned_only", False)),
        points=bool(subject.get("points", False)),
        limit_column=subject.get("limit_column"),
        takes_land=bool(raw.get("takes_land", False)),
        segments=segments,
        needs_announced=bool(raw.get("needs_announced", False)),
        plan_history=bool(raw.get("plan_history", False)),
        replaces=tuple(raw.get("replaces", ())),
        from_land_edge=bool(raw.get("from_land_edge", False)),
        object_edge=raw.get("object_edge", NOTHING),
        at_limit=at_limit,
        merge_objects=_one_of(raw, "merge", ("", "subject")) == "subject",
        lookup=raw.get("lookup", NOTHING),
        required=raw.get("required", NOTHING),
        severity_default=_severity(severity.get("default"), "default"),
        severity_by_subject={k: _severity(v, "by_subject", k) for k, v in severity.get("by_subject", {}).items()},
        severity_by_against={k: _severity(v, "by_against", k) for k, v in severity.get("by_against", {}).items()},
        severity_cases=tuple(
            Weight(_selector(case), _severity(case.get("severity"), "cases", n))
            for n, case in enumerate(severity.get("cases", ()))
        ),
        severity_without_plan=_severity(severity.get("plan_not_in_force", "none"), "plan_not_in_force"),
        values=values,
        basis=_basis(raw["basis"]),
        verification=raw.get("verification", "convention" if local else "unverified"),
        summary=raw.get("summary", ""),
        procedure=raw.get("procedure", ""),
        exemptions=_exemptions(raw.get("exemptions", ())),
        lead_department=raw["lead_department"],
        notes=raw.get("notes", ""),
        assumes=tuple(raw.get("assumes", ())),
        arbitration=int(raw.get("arbitration", 7)),
        local=local,
        source=name,
    )


def _require_relation(raw: Mapping[str, Any], values: Mapping[str, object]) -> None:
    relation = raw["relation"]
    if relation not in NEEDS:
        raise FieldError(f"relation `{relation}` is unknown. Choose one of {', '.join(NEEDS)}.", "relation")
    own_distance = raw["subject"].get("limit_column") is not None
    for choices in () if own_distance or raw["subject"].get("points") else NEEDS[relation]:
        if not set(choices) & set(values):
            raise FieldError(f"values: `{choices[0]}` is missing. Give it with a date and a source.", "values")
    for field in ("lookup", "required"):
        if relation == field and field not in raw:
            raise FieldError(f"`{field}` is missing. Say which attributes are looked at.", "relation")


def _one_of(raw: Mapping[str, Any], field: str, choices: tuple[str, ...]) -> str:
    """Give a choice; the first is the default."""
    chosen = str(raw.get(field, choices[0]))
    if chosen not in choices:
        raise FieldError(f"{field} `{chosen}` is unknown. Write {' or '.join(c for c in choices if c)}.", field)
    return chosen


def _side(raw: Mapping[str, Any]) -> Side:
    return Side(tuple(raw["layers"]), raw.get("where", {}) or {}, raw.get("zone", {}) or {})


def _severity(text: object, *at: str | int) -> Severity | None:
    if text == "none":
        return None
    try:
        return Severity(str(text))
    except ValueError as error:
        known = ", ".join((*Severity, "none"))
        raise FieldError(f"severity `{text}` is unknown. Choose one of {known}.", "severity", *at) from error


def _selector(raw: Mapping[str, Any]) -> Selector:
    codes = raw.get("listed")
    return Selector(
        subject_layers=tuple(raw.get("subject", ())),
        against_layers=tuple(raw.get("against", ())),
        when=raw.get("when", NOTHING),
        when_against=raw.get("when_against", NOTHING),
        same=tuple(raw.get("same", ())),
        differ=tuple(raw.get("differ", ())),
        listed=None if codes is None else (codes["column"], codes["list"]),
        touching=raw.get("touching"),
    )


def _exemptions(raw: str | Sequence[Mapping[str, Any]]) -> tuple[Exemption, ...]:
    """Read a list, or one sentence, as a short rule of one's own may have it."""
    if isinstance(raw, str):
        return (Exemption(raw, "", "review", None),)
    return tuple(_exemption(n, entry) for n, entry in enumerate(raw))


def _exemption(n: int, raw: Mapping[str, Any]) -> Exemption:
    proven = any(field in raw for field in SELECTORS)
    effect = raw.get("effect", "exempt" if proven else "review")
    if effect not in EFFECTS and (proven or effect != "review"):
        raise FieldError(
            f"exemptions: effect `{effect}` is unknown. Choose one of {', '.join(EFFECTS)}.", "exemptions", n, "effect"
        )
    return Exemption(raw["title"], raw.get("evidence", ""), effect, _selector(raw) if proven else None)


def _basis(raw: list[Mapping[str, Any]]) -> tuple[Basis, ...]:
    basis = tuple(Basis(b["law"], str(b["article"]), b["status"], b.get("note", "")) for b in raw)
    for n, entry in enumerate(basis):
        if entry.status not in STATUSES:
            known = ", ".join(STATUSES[:3])
            raise FieldError(f"basis: status `{entry.status}` is unknown. Choose {known}.", "basis", n, "status")
    return basis


def _dated(name: str, n: int, entry: Mapping[str, Any]) -> DatedValue:
    at = ("values", name, n)
    try:
        surely_from(str(entry["from"]))
    except ValueError as error:
        raise FieldError(f"values.{name}: {error}", *at, "from") from error
    kind, source = _source(name, entry["source"], at)
    return DatedValue(
        start=str(entry["from"]),
        value=_numbers(name, entry, at),
        by=entry.get("by"),
        otherwise=None if entry.get("otherwise") is None else str(entry["otherwise"]),
        unit=str(entry["unit"]),
        source_kind=kind,
        source=source,
        applies=_selector(entry),
    )


def _source(name: str, source: Mapping[str, Any], at: tuple[str | int, ...]) -> tuple[str, str]:
    """Read whether a value is law or our convention, and where it stands."""
    kind = source.get("kind")
    if kind not in {"law", "convention"}:
        raise FieldError(f"values.{name}: source kind `{kind}` is unknown. Write law or convention.", *at, "source")
    return kind, f"{source['law']}|{source['article']}" if kind == "law" else source["text"]


def _numbers(name: str, entry: Mapping[str, Any], at: tuple[str | int, ...]) -> float | dict[str, float]:
    """Read one number, or one per class."""
    value = entry["value"]
    for number in value.values() if isinstance(value, dict) else [value]:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number < float("inf"):
            raise FieldError(f"values.{name}: {number!r} is not a number of at least 0. Correct it.", *at, "value")
        if name in _SLOPES and not 0 < number < _SLOPES[name]:
            raise FieldError(f"values.{name}: {number!r} is no slope. Write one above 0, below a wall's.", *at, "value")
    if not isinstance(value, dict):
        return float(value)
    if "by" not in entry:
        raise FieldError(f"values.{name}: a table of values needs `by`, the attribute that chooses in it.", *at)
    if entry.get("otherwise", next(iter(value), None)) not in value:
        raise FieldError(f"values.{name}: otherwise `{entry['otherwise']}` is not in the table.", *at, "otherwise")
    return {str(key): float(number) for key, number in value.items()}


def require_number(text: object) -> float:
    """
    Read a number of at least 0 that replaces a rule's.

    Raises
    ------
    RuleError
        If it is none.
    """
    number = read_number(text)
    if number is None or number < 0:
        raise RuleError(f"{text!r} is not a number of at least 0. Correct it.")
    return number
