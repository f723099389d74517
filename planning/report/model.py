"""One report, whatever the file: every word and number is made here, writers only set them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.schema import DEMONSTRATION_NOTICE
from planning.findings import Severity, Verdict
from planning.report import method, summary
from planning.report.cards import build_card
from planning.report.parts import Card, Pictures, Report, Section, Table
from planning.report.pictures import FindingPictures
from planning.rulebook import read_rulebook
from planning.words import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from layers.background import Background
    from layers.schema import Layer
    from planning.findings import CheckRun
    from planning.rulebook import Rulebook

__all__ = ["Card", "Pictures", "Report", "Section", "Table", "build_report"]

_CAUTION = "本报告所列均为疑似冲突，供核实和决策，不作违法认定。地图为示意图，非审定界线。"


def build_report(
    run: CheckRun,
    layers: Mapping[str, Layer],
    *,
    county: str,
    created: date,
    background: Background | None = None,
    rulebook: Rulebook | None = None,
    max_cards: int | None = None,
) -> Report:
    """
    Write a run of the check as a report.

    Parameters
    ----------
    run
        What was found.
    layers
        The layers that were checked, for the maps. Not changed.
    county
        Name of the county, for the cover.
    created
        Date on the cover; the core never reads the clock.
    background
        Hillshade under the maps, or None.
    rulebook
        The rules of the run, to list the thresholds of rules without a finding; None takes the built-in ones if they
        are those of the run.
    max_cards
        How many conflicts get a card with a map, most severe first; None: all. The report says how many are left out.

    Returns
    -------
        The same report for the same arguments. Maps are drawn later, by the writer.
    """
    findings = run.findings
    shown = findings if max_cards is None else findings[:max_cards]
    totals = Section(
        "总体结论",
        (_overall(run),),
        (summary.by_rule(run), summary.by_severity(run), summary.by_township(run), summary.by_department(run)),
    )
    return Report(
        county=county,
        title="多规合一冲突检测报告",
        as_of=run.as_of,
        created=created,
        rulebook_version=run.rulebook_version,
        notice=DEMONSTRATION_NOTICE if run.uses_demonstration_data else None,
        caution=_CAUTION,
        facts=(
            ("检测日期（依据以此日有效为准）", run.as_of.isoformat()),
            ("编制日期", created.isoformat()),
            ("规则库版本", run.rulebook_version),
            ("工作坐标系", run.working_crs),
            ("参加检测", f"{len(run.inputs):,} 个图层，{len(run.results):,} 条规则"),
        ),
        headline=_headline(run),
        front=(method.data_section(run), method.method_section(run, rulebook or _own_rulebook(run)), totals),
        overview_title="冲突分布图",
        overview_caption=f"{county}疑似冲突分布图（编号同冲突图册）",
        cards_title="冲突图册",
        cards_note=_cards_note(len(shown), len(findings)),
        cards=tuple(build_card(number, finding) for number, finding in enumerate(shown, start=1)),
        back=(
            Section("未检测事项及原因", tables=(summary.not_checked(run),)),
            Section("未入台账的碎片和存量要素", tables=(summary.dropped(run), summary.existing(run))),
            method.limits_section(run),
        ),
        pictures=FindingPictures(findings, layers, background),
    )


def _headline(run: CheckRun) -> tuple[tuple[str, str, str], ...]:
    numbers = [(severity.value, SEVERITIES[severity.value], f"{run.count(severity):,}") for severity in Severity]
    # A rule with one layer missing is not checked there: to count only whole rules would show a 0 that is not true.
    gaps = sum(bool(result.reasons) or result.verdict is Verdict.NOT_CHECKED for result in run.results)
    return (*numbers, (Verdict.NOT_CHECKED.value, "有未检测部分的规则", f"{gaps:,}"))


def _overall(run: CheckRun) -> str:
    of = {verdict: sum(result.verdict is verdict for result in run.results) for verdict in Verdict}
    partly = sum(bool(result.reasons) and result.verdict is not Verdict.NOT_CHECKED for result in run.results)
    counts = "、".join(f"{SEVERITIES[severity.value]} {run.count(severity):,} 条" for severity in Severity)
    return (
        f"按 {run.as_of.isoformat()} 有效的依据检测 {len(run.results):,} 条规则："
        f"{of[Verdict.CONFLICT]:,} 条发现疑似冲突，{of[Verdict.CLEAR]:,} 条未发现冲突，"
        f"{of[Verdict.NOT_CHECKED]:,} 条未检测；前两类中另有 {partly:,} 条部分未检测。"
        f"共列疑似冲突 {len(run.findings):,} 条：{counts}。"
    )


def _cards_note(shown: int, total: int) -> str:
    if total == 0:
        return "已检测的规则、图层和范围内没有发现疑似冲突。"
    order = "按严重程度、面积、长度排序，一条一图。"
    left = total - shown
    return order if not left else f"{order}共 {total:,} 条，本图册列前 {shown:,} 条，其余 {left:,} 条见冲突清单。"


def _own_rulebook(run: CheckRun) -> Rulebook | None:
    """Return the built-in rules, if the run was made with exactly these."""
    own = read_rulebook()
    return own if own.version == run.rulebook_version else None
