"""The shape of a rule file: which fields there are, and what stands in each, before anything is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

STATUSES = ("verified", "partial", "unverified", "convention")

SELECTORS = ("subject", "against", "when", "when_against", "same", "differ", "listed", "touching")
"""Fields that choose cases."""

REQUIRED = ("id", "title", "relation", "subject", "against", "severity", "values", "basis", "lead_department")
_TEXTS = ("title_en", "group", "tier", "at_limit", "merge", "verification", "summary", "procedure", "notes")
_FLAGS = ("takes_land", "needs_announced", "plan_history", "from_land_edge")
_LISTS = ("replaces", "assumes")
_TABLES = ("segments", "object_edge")
OPTIONAL = (*_TEXTS, *_FLAGS, *_LISTS, *_TABLES, "lookup", "required", "arbitration", "exemptions")

_SUBJECT = ("layers", "where", "zone", "planned_only", "points", "limit_column")
_AGAINST = ("layers", "where", "zone")
_SEVERITY = ("default", "by_subject", "by_against", "cases", "plan_not_in_force")
_VALUE = ("from", "value", "unit", "source", "by", "otherwise", *SELECTORS)
_BASIS = ("law", "article", "status", "note")
_RANGE = ("min", "max", "missing")
_LOOKUP = ("column", "key", "match", "finding_when", "successors")
_SUCCESSORS = ("layer", "key", "give")
_WANTED = ("present", "true", "not_expired", "codes")
_RANKS = range(1, 8)


class FieldError(ValueError):
    """A field that cannot be used, before the file and the line are known."""

    def __init__(self, message: str, *at: str | int) -> None:
        super().__init__(message)
        self.at = at


def require_shape(raw: Mapping[str, Any]) -> None:
    """
    Require that every field of a rule exists and holds what it must.

    Parameters
    ----------
    raw
        As read from the file. Not changed.

    Raises
    ------
    FieldError
        For the first field that does not: a misspelt one would be passed over, and a text where a list is due would
        be taken for its letters.
    """
    _mapping(raw, known=REQUIRED + OPTIONAL)
    for name in REQUIRED:
        if name not in raw:
            raise FieldError(f"`{name}` is missing. Add it.")
    _plain_fields(raw)
    _sides(raw)
    _severities(raw["severity"])
    _values(raw["values"])
    _bases(raw["basis"])
    _exemptions(raw.get("exemptions", ()))
    _attributes(raw)


def _plain_fields(raw: Mapping[str, Any]) -> None:
    for name in ("id", "title", "relation", "lead_department", *_TEXTS):
        _text(raw.get(name, name), name)
    for name in _FLAGS:
        _flag(raw.get(name, False), name)
    for name in _LISTS:
        _texts(raw.get(name, ()), name)
    for name in _TABLES:
        for key, value in _mapping(raw.get(name, {}), name).items():
            _text(value, name, key)
    _one_of(raw.get("verification", STATUSES[0]), STATUSES, "verification")
    rank = raw.get("arbitration", 7)
    if isinstance(rank, bool) or rank not in _RANKS:
        raise FieldError(f"arbitration {rank!r} is no rank. Write a whole number from 1 to 7.", "arbitration")


def _values(raw: object) -> None:
    for name, entries in _mapping(raw, "values").items():
        for n, entry in enumerate(_list(entries, "values", name)):
            at = ("values", name, n)
            for field in _VALUE[:4]:
                if field not in _mapping(entry, *at):
                    reason = f"values.{name}: `{field}` is missing. A value needs a date, a unit and a source."
                    raise FieldError(reason, *at)
            _mapping(entry, *at, known=_VALUE)
            _mapping(entry["source"], *at, "source")
            _selector(entry, *at)
            _text(entry.get("by", "by"), *at, "by")


def _bases(raw: object) -> None:
    for n, entry in enumerate(_list(raw, "basis")):
        for field in _BASIS[:3]:
            if field not in _mapping(entry, "basis", n, known=_BASIS):
                raise FieldError(f"basis: `{field}` is missing. Name the law, its article and its status.", "basis", n)
        _text(entry["law"], "basis", n, "law")
        _text(entry.get("note") or "note", "basis", n, "note")


def _sides(raw: Mapping[str, Any]) -> None:
    for side, known in (("subject", _SUBJECT), ("against", _AGAINST)):
        fields = _mapping(raw[side], side, known=known)
        if not _texts(fields.get("layers", ()), side, "layers"):
            raise FieldError(f"{side}: `layers` names none. Name at least one layer.", side)
        for layer, wanted in _mapping(fields.get("where") or {}, side, "where").items():
            _conditions(wanted, side, "where", layer)
        for layer, name in _mapping(fields.get("zone") or {}, side, "zone").items():
            if not isinstance(raw["values"], dict) or _text(name, side, "zone", layer) not in raw["values"]:
                raise FieldError(f"{side}.zone: value `{name}` is not among `values`. Add it.", side, "zone", layer)
    for name in ("planned_only", "points"):
        _flag(raw["subject"].get(name, False), "subject", name)
    _text(raw["subject"].get("limit_column") or "column", "subject", "limit_column")


def _severities(raw: object) -> None:
    fields = _mapping(raw, "severity", known=_SEVERITY)
    for name in ("by_subject", "by_against"):
        _mapping(fields.get(name, {}), "severity", name)
    for n, case in enumerate(_list(fields.get("cases", []), "severity", "cases", least=0)):
        _mapping(case, "severity", "cases", n, known=("severity", *SELECTORS))
        _selector(case, "severity", "cases", n)


def _exemptions(raw: object) -> None:
    """One sentence may stand for a list."""
    if isinstance(raw, str):
        return
    for n, entry in enumerate(_list(raw, "exemptions", least=0)):
        if "title" not in _mapping(entry, "exemptions", n, known=("title", "evidence", "effect", *SELECTORS)):
            raise FieldError("exemptions: `title` is missing. Say what could exempt.", "exemptions", n)
        _text(entry["title"], "exemptions", n, "title")
        _text(entry.get("evidence") or "evidence", "exemptions", n, "evidence")
        _selector(entry, "exemptions", n)


def _attributes(raw: Mapping[str, Any]) -> None:
    """Look at what relations of attributes are told to look at."""
    if "lookup" in raw:
        fields = _mapping(raw["lookup"], "lookup", known=_LOOKUP)
        for name in ("column", "key"):
            _text(fields.get(name), "lookup", name)
        _one_of(fields.get("match", "exact"), ("prefix", "exact"), "lookup", "match")
        _one_of(fields.get("finding_when", "found"), ("found", "absent"), "lookup", "finding_when")
        if "successors" in fields:
            successors = _mapping(fields["successors"], "lookup", "successors", known=_SUCCESSORS)
            for name in _SUCCESSORS:
                _text(successors.get(name), "lookup", "successors", name)
    if "required" in raw:
        for layer, wanted in _mapping(raw["required"], "required").items():
            fields = _mapping(wanted, "required", layer, known=_WANTED)
            for name in _WANTED[:-1]:
                _texts(fields.get(name, ()), "required", layer, name)
            _conditions(fields.get("codes", {}), "required", layer, "codes")
        for layer in raw["subject"]["layers"]:
            if layer not in raw["required"] and "*" not in raw["required"]:
                raise FieldError(f"required: layer `{layer}` is not there. Say what it must have.", "required")


def _selector(raw: Mapping[str, Any], *at: str | int) -> None:
    for name in ("subject", "against", "same", "differ"):
        _texts(raw.get(name, ()), *at, name)
    for name in ("when", "when_against"):
        _conditions(raw.get(name, {}), *at, name)
    if "listed" in raw:
        codes = _mapping(raw["listed"], *at, "listed", known=("column", "list"))
        for name in ("column", "list"):
            _text(codes.get(name), *at, "listed", name)
    _flag(raw.get("touching", False), *at, "touching")


def _conditions(raw: object, *at: str | int) -> None:
    """Require columns, each with a value, some values, a range or whether it is missing."""
    for column, wanted in _mapping(raw, *at).items():
        if isinstance(wanted, dict):
            _range(wanted, *at, column)
            continue
        choices = wanted if isinstance(wanted, (list, tuple)) else [wanted]
        if not choices or any(choice is None or isinstance(choice, (dict, list)) for choice in choices):
            raise FieldError(
                f"{_path(at)}: {column} is {wanted!r}. Write a value, a list of values, "
                "{min: , max: } or {missing: true}.",
                *at,
                column,
            )


def _range(raw: Mapping[str, Any], *at: str | int) -> None:
    _mapping(raw, *at, known=_RANGE)
    for name, value in raw.items():
        if name == "missing":
            _flag(value, *at, name)
        elif isinstance(value, bool) or not isinstance(value, (int, float)):
            raise FieldError(f"{_path(at)}: {name} is {value!r}. Write a number.", *at, name)


def _mapping(raw: object, *at: str | int, known: Collection[str] | None = None) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise FieldError(f"{_path(at)} is {raw!r}. Write `key: value` lines.", *at)
    for name in raw:
        if known is not None and name not in known:
            of = f"`{_path(at)}`" if at else "a rule"
            raise FieldError(f"`{name}` is not a field of {of}. Known: {', '.join(known)}.", *at, str(name))
    return raw


def _list(raw: object, *at: str | int, least: int = 1) -> list[Any]:
    if not isinstance(raw, (list, tuple)):
        raise FieldError(f"{_path(at)} is {raw!r}. Write a list.", *at)
    if len(raw) < least:
        raise FieldError(f"{_path(at)} is empty. Write at least one entry.", *at)
    return list(raw)


def _texts(raw: object, *at: str | int) -> list[str]:
    return [_text(entry, *at, n) for n, entry in enumerate(_list(raw, *at, least=0))]


def _text(raw: object, *at: str | int) -> str:
    if not isinstance(raw, str) or not (raw.strip() or at == ("merge",)):
        raise FieldError(f"{_path(at)} is {raw!r}. Write a text, in quotes where it looks like a number.", *at)
    return raw


def _flag(raw: object, *at: str | int) -> None:
    if not isinstance(raw, bool):
        raise FieldError(f"{_path(at)} is {raw!r}. Write true or false.", *at)


def _one_of(raw: object, choices: Collection[str], *at: str | int) -> None:
    if raw not in choices:
        raise FieldError(f"{_path(at)} `{raw}` is unknown. Choose one of {', '.join(choices)}.", *at)


def _path(at: tuple[str | int, ...]) -> str:
    """Name a place in the file: `values.min_area_m2[0]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")
