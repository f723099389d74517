"""All findings in one table, one line each: beside a report whose maps show only the gravest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.report.amounts import main_amount
from planning.report.cards import pair_words
from planning.report.certainty import POSSIBLE, certainty_key
from planning.report.parts import Table
from planning.words import SEVERITIES

if TYPE_CHECKING:
    from planning.findings import CheckRun, Finding

MOST_LISTED = 3000


def list_findings(run: CheckRun) -> Table:
    """List every finding in the order of the report."""
    findings = run.findings
    left = len(findings) - MOST_LISTED
    note = "序号与冲突图册一致。数量一栏：面积、长度、距离，或属性类规则的第一项细目。"
    if left > 0:
        note += f"只列前 {MOST_LISTED:,} 条，其余 {left:,} 条见 CSV 或 GeoPackage。"
    return Table(
        caption="冲突清单",
        headings=("序号", "规则", "程度", "主体 × 客体", "乡镇", "数量"),
        rows=tuple(_row(number, finding) for number, finding in enumerate(findings[:MOST_LISTED], start=1)),
        widths=(0.07, 0.09, 0.09, 0.39, 0.15, 0.21),
        note=note,
        empty="没有疑似冲突。",
        numeric=(0,),
    )


def finding_flags(finding: Finding) -> tuple[str, ...]:
    """Return what must be known before the number."""
    flags = {
        POSSIBLE: certainty_key(finding) == "possible",
        "临界": finding.borderline,
        "待核": bool(finding.needs_review),
    }
    return tuple(words for words, applies in flags.items() if applies)


def _row(number: int, finding: Finding) -> tuple[str, ...]:
    return (
        f"{number:,}",
        finding.rule_id,
        SEVERITIES[finding.severity.value],
        pair_words(finding),
        "、".join(finding.townships) or "未归属",
        "\n".join(filter(None, (main_amount(finding), " · ".join(finding_flags(finding))))),
    )
