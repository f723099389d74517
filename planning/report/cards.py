"""A finding as a card of final words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.schema import read_catalogue
from planning.numbers import value_words
from planning.report.amounts import PLACEHOLDER, numbers_words
from planning.report.certainty import certainty_words
from planning.report.parts import Card
from planning.report.values import source_words, value_title
from planning.sources import INDUSTRY_ACCESS_KEY
from planning.words import SEVERITIES, STATUSES, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from planning.findings import Citation, FeatureRef, Finding, OpenExemption, Reason, Value
    from planning.precedence import Place

WHOLE_LAYER: Final = "*"
_BESIDE: Final[Mapping[str, str]] = {
    WHOLE_LAYER: "自身属性",
    "slope": "坡度（数字高程）",
    "terrain": "地形（数字高程）",
    INDUSTRY_ACCESS_KEY: "产业准入清单",
}
_MOST_RULES = 8


def layer_name(key: str) -> str:
    """Return the Chinese name of a layer, or of what rules look at beside layers; the key of one that nobody knows."""
    definition = read_catalogue().get(key)
    return _BESIDE.get(key, key) if definition is None else definition.name


def build_card(number: int, finding: Finding, place: Place, as_of: date) -> Card:
    """
    Write one finding as a card.

    Parameters
    ----------
    number
        Its place in the report.
    finding
        Not changed.
    place
        What else the same subject meets there.
    as_of
        Date of the check.
    """
    rows = [
        ("主体", _feature(finding.subject)),
        ("客体", _feature(finding.against)),
        ("细目", _sentences(reason for reason in finding.details if reason.code != PLACEHOLDER)),
        ("占位清单", _sentences(reason for reason in finding.details if reason.code == PLACEHOLDER)),
        ("依据", "\n".join(map(citation_words, finding.citations)) or "无现行依据"),
        ("法律日", law_day_words(finding, as_of)),
        ("标准", "\n".join(map(threshold_words, finding.values))),
        ("程序", finding.procedure),
        ("豁免", exemption_lines(finding.exemptions)),
        ("牵头", finding.lead_department),
        ("同处规则", place_words(finding, place)),
        ("假定", _sentences(finding.assumptions)),
        ("待核", _sentences(finding.needs_review)),
        ("确定性", certainty_words(finding)),
        ("临界", "数值在标准的 ±10 % 以内，结论可能随数据精度改变，请先复核。" if finding.borderline else ""),
        ("并入", f"同一处还触及 {'、'.join(finding.stands_for)}，由本条代表，不另列。" if finding.stands_for else ""),
        ("编号", finding.finding_id),
    ]
    severity = SEVERITIES[finding.severity.value]
    return Card(
        number=number,
        title=f"{finding.rule_id} {finding.rule_title}",
        severity=finding.severity.value,
        severity_words=f"{severity} · 疑似",
        pair=pair_words(finding),
        townships="、".join(finding.townships) or "未归属乡镇",
        numbers=numbers_words(finding),
        rows=tuple((label, words) for label, words in rows if words),
        caption=f"{finding.rule_id} {_name(finding.subject)} × {_name(finding.against)}",
    )


def pair_words(finding: Finding) -> str:
    """`S303 升级改造  ×  大巴山`."""
    return f"{_name(finding.subject)}  ×  {_name(finding.against)}"


def law_day_words(finding: Finding, as_of: date) -> str:
    """Say whose day the law is taken from, where it is not that of the check."""
    if finding.law_day == as_of:
        return ""
    return f"按批准日 {finding.law_day.isoformat()} 的规定（检测日期 {as_of.isoformat()}）"


def exemption_lines(exemptions: Iterable[OpenExemption]) -> str:
    """Say what could exempt a finding or soften it, one to a line, each with what would show it."""
    return "\n".join(f"{e.title}（须有：{e.evidence}）" if e.evidence else e.title for e in exemptions)


def place_words(finding: Finding, place: Place) -> str:
    """Say in which order the rules on one place bind; nothing where there is only one."""
    if len(place.findings) <= 1:
        return ""
    lines = []
    for other in place.findings[:_MOST_RULES]:
        said = [f"第 {other.arbitration} 级", SEVERITIES[other.severity.value], "本条" if other is finding else ""]
        order = "优先" if other in place.leading else "其次"
        lines.append(f"{order}：{other.rule_id} {other.rule_title}（{'，'.join(filter(None, said))}）")
    if len(place.findings) > _MOST_RULES:
        lines.append(f"另有 {len(place.findings) - _MOST_RULES:,} 条")
    if place.needs_person:
        lines.append("优先的几条同级，先后由人工判定")
    return "\n".join(lines)


def citation_words(citation: Citation) -> str:
    """`《…法》第…条（version） · 已核`."""
    version = f"（{citation.version}）" if citation.version and citation.version not in citation.law else ""
    return f"{citation.law} {citation.article}{version} · {STATUSES[citation.status]}"


def threshold_words(value: Value) -> str:
    """`最小面积 1 m²（本项目约定：…）`: law, our convention and what was changed for the run are told apart."""
    kind, source = source_words(value)
    return f"{value_title(value.name)} {value_words(value.value, value.unit)}（{kind}：{source}）"


def _feature(ref: FeatureRef) -> str:
    if ref.layer == WHOLE_LAYER:
        return _name(ref)
    layer, name = layer_name(ref.layer), _name(ref)
    # A whole layer as the object (the union of all boundaries) has no id of its own.
    number = f"编号 {ref.id}" if ref.id != WHOLE_LAYER else "整个图层"
    of_layer = [words for words in (layer, ref.plan) if words and words not in {name, "—"}]
    return f"{name}（{'；'.join(filter(None, ['，'.join(dict.fromkeys(of_layer)), number]))}）"


def _name(ref: FeatureRef) -> str:
    if ref.layer == WHOLE_LAYER:  # held against nothing but its own record
        return layer_name(ref.layer)
    return ref.name or f"{layer_name(ref.layer)} {ref.id}"


def _sentences(reasons: Iterable[Reason]) -> str:
    return "\n".join(dict.fromkeys(map(sentence, reasons)))
