"""A finding as a card of final words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.schema import read_catalogue
from planning.numbers import full_area_words, length_words, share_words, value_words
from planning.report.parts import Card
from planning.words import SEVERITIES, SOURCE_KINDS, STATUSES, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.findings import Citation, FeatureRef, Finding, Reason, Value

VALUE_TITLES: Final[Mapping[str, str]] = {
    "min_area_m2": "最小面积",
    "min_length_m": "最短长度",
    "distance_m": "控制距离",
    "min_share_pct": "最小占比",
    "slope_deg": "坡度",
    "slope_pct": "坡度",
}
WHOLE_LAYER: Final = "*"


def layer_name(key: str) -> str:
    """Return the Chinese name of a layer; its key if the catalogue does not know it."""
    definition = read_catalogue().get(key)
    return key if definition is None else definition.name


def build_card(number: int, finding: Finding) -> Card:
    """Write one finding as a card; `number` is its place in the report."""
    rows = [
        ("主体", _feature(finding.subject)),
        ("客体", _feature(finding.against)),
        ("依据", "\n".join(map(citation_words, finding.citations)) or "无现行依据"),
        ("标准", "\n".join(map(threshold_words, finding.values))),
        ("程序", finding.procedure),
        ("豁免", finding.exemptions),
        ("牵头", finding.lead_department),
        ("假定", _sentences(finding.assumptions)),
        ("待核", _sentences(finding.needs_review)),
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
        pair=f"{_name(finding.subject)}  ×  {_name(finding.against)}",
        townships="、".join(finding.townships) or "未归属乡镇",
        numbers=numbers_words(finding),
        rows=tuple((label, words) for label, words in rows if words),
        caption=f"{finding.rule_id} {_name(finding.subject)} × {_name(finding.against)}",
    )


def numbers_words(finding: Finding) -> str:
    """Say how much: places, length, area, distance and share, each only where it was measured."""
    crosses = finding.length_m is not None
    parts = [f"{'穿越' if crosses else '涉及'} {finding.pieces} 处"]
    if finding.length_m is not None:
        parts.append(f"长 {length_words(finding.length_m)}")
    if finding.area_m2 is not None:
        parts.append(f"{'计占' if crosses else '面积'} {full_area_words(finding.area_m2)}")
    if finding.distance_m is not None:
        parts.append(f"最近距离 {length_words(finding.distance_m)}")
    if finding.share_pct is not None:
        parts.append(f"占主体{'长度' if crosses else ''} {share_words(finding.share_pct)}")
    return "；".join(parts)


def citation_words(citation: Citation) -> str:
    """`《…法》第…条（version） · 已核`."""
    version = f"（{citation.version}）" if citation.version and citation.version not in citation.law else ""
    return f"{citation.law} {citation.article}{version} · {STATUSES[citation.status]}"


def threshold_words(value: Value) -> str:
    """`最小面积 1 m²（本项目约定：…）`: law and our convention are told apart."""
    title = VALUE_TITLES.get(value.name, value.name)
    kind, source = source_words(value)
    return f"{title} {value_words(value.value, value.unit)}（{kind}：{source}）"


def source_words(value: Value) -> tuple[str, str]:
    """Return what kind of source a value has, law or our convention, and the source without repeating that."""
    kind = SOURCE_KINDS[value.source_kind]
    return kind, value.source.removeprefix(kind).lstrip("：:， ")


def _feature(ref: FeatureRef) -> str:
    layer, name = layer_name(ref.layer), _name(ref)
    # A whole layer as the object (the union of all boundaries) has no id of its own.
    number = f"编号 {ref.id}" if ref.id != WHOLE_LAYER else "整个图层"
    of_layer = [words for words in (layer, ref.plan) if words and words != name]
    return f"{name}（{'；'.join(filter(None, ['，'.join(dict.fromkeys(of_layer)), number]))}）"


def _name(ref: FeatureRef) -> str:
    return ref.name or f"{layer_name(ref.layer)} {ref.id}"


def _sentences(reasons: tuple[Reason, ...]) -> str:
    return "；".join(dict.fromkeys(map(sentence, reasons)))
