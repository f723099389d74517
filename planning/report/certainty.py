"""Whether a finding holds for sure: where the width of a road's land decides, that width is an assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planning.findings import Finding

CERTAIN: Final = "确定"
POSSIBLE: Final = "可能"
CERTAIN_WHY: Final = "公路用地半宽取低、默认、高值都成立"
POSSIBLE_WHY: Final = "只在公路用地半宽取默认或高值时成立"

_WIDTHS: Final = frozenset({"half_width_by_class", "half_width_from_roadbed", "half_width_changed"})


def certainty_key(finding: Finding) -> str:
    """
    Return `certain`, `possible`, or nothing where no assumed width decides.

    A line that crosses an area does so whatever its width; only a distance depends on it.
    """
    if not finding.certain:
        return "possible"
    decided = finding.distance_m is not None and any(reason.code in _WIDTHS for reason in finding.assumptions)
    return "certain" if decided else ""


def certainty_words(finding: Finding) -> str:
    """`可能：只在…时成立`; empty where no assumed width decides."""
    words = {"certain": f"{CERTAIN}：{CERTAIN_WHY}", "possible": f"{POSSIBLE}：{POSSIBLE_WHY}", "": ""}
    return words[certainty_key(finding)]
