"""One report, whatever the file: every word and number is made here, writers only set them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from layers.schema import DEMONSTRATION_NOTICE
from planning.findings import Severity, Verdict
from planning.precedence import find_place
from planning.report import gaps, method, summary
from planning.report.cards import build_card
from planning.report.differences import differences_table
from planning.report.known_answers import TITLE, KnownAnswers, known_answers_words
from planning.report.listing import list_findings
from planning.report.parts import Card, Pictures, Report, Section, Table
from planning.report.pictures import FindingPictures
from planning.report.run_settings import settings_lines
from planning.report.stock import stock_table
from planning.report.values import own_rulebook
from planning.words import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from layers.background import Background
    from layers.schema import Layer
    from planning.findings import CheckRun, Finding
    from planning.rulebook import Rulebook

__all__ = ["MAPPED", "Card", "KnownAnswers", "Pictures", "Report", "Section", "Table", "build_report"]

MAPPED = 100
"""Conflicts that get a map of their own: more would make a report that nobody carries to a meeting."""

_CAUTION = "本报告所列均为疑似冲突，供核实和决策，不作违法认定。地图为示意图，非审定界线。"


def build_report(
    run: CheckRun,
    layers: Mapping[str, Layer],
    *,
    county: str,
    created: date,
    background: Background | None = None,
    rulebook: Rulebook | None = None,
    max_cards: int | None = MAPPED,
    self_test: KnownAnswers | None = None,
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
        The rules of the run as written, to list the thresholds of rules without a finding; None takes the built-in ones
        if they are those of the run.
    max_cards
        How many conflicts get a card with a map, most severe first; None: all. The report says how many are left out.
    self_test
        What the self-test with known answers said of the rules; None where it was not run: the report says so.

    Returns
    -------
        The same report for the same arguments. Maps are drawn later, by the writer.
    """
    findings = run.findings
    shown = findings if max_cards is None else findings[:max_cards]
    totals = Section(
        "总体结论",
        (_overall(run),),
        (
            summary.by_severity(run),
            summary.by_group(run),
            summary.by_rule(run),
            summary.by_township(run),
            summary.by_department(run),
        ),
    )
    if rulebook is None:
        rulebook = own_rulebook(run)
    changes = len(settings_lines(run.settings, rulebook))
    answers = known_answers_words(self_test, run.rulebook_version)
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
            ("参加检测", _inputs_words(run)),
            ("本次改过的设定", f"{changes:,} 项，见“本次设定”" if changes else "无"),
            (TITLE, answers),
        ),
        headline=_headline(run),
        front=(totals, method.data_section(run)),
        overview_title="冲突分布图",
        overview_caption=f"{county}疑似冲突分布图（{_numbered(len(shown), len(findings))}）",
        cards_title="冲突图册",
        cards_note=_cards_note(len(shown), len(findings)),
        cards=_cards(shown, findings, run.as_of),
        back=(
            Section("未检测事项及原因", tables=(gaps.missing_layers(run), gaps.other_reasons(run), gaps.notes(run))),
            Section("未入台账的碎片", tables=(gaps.dropped(run),)),
            method.method_section(run, rulebook),
            method.limits_section(run, f"{TITLE}：{answers}。"),
            Section("附表一　冲突清单", tables=(list_findings(run),)),
            Section("附表二　存量清单", tables=(stock_table(run, "existing"),)),
            Section("附表三　除外清单", tables=(stock_table(run, "exempt"),)),
            Section("附表四　两规差异", tables=(differences_table(layers, run),)),
        ),
        pictures=FindingPictures(shown, layers, background),
    )


def _cards(shown: Sequence[Finding], findings: Sequence[Finding], as_of: date) -> tuple[Card, ...]:
    """Write the cards; what meets on one place is looked for among the findings of the same subject."""
    by_subject: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        by_subject[finding.subject.layer, finding.subject.id].append(finding)
    return tuple(
        build_card(number, finding, find_place(finding, by_subject[finding.subject.layer, finding.subject.id]), as_of)
        for number, finding in enumerate(shown, start=1)
    )


def _inputs_words(run: CheckRun) -> str:
    kinds = [method.kind_of(layer) for layer in run.inputs]
    words = [f"{kinds.count('layer'):,} 个图层"]
    if "terrain" in kinds:
        words.append("地形")
    tables = kinds.count("table") + kinds.count("placeholder")
    if tables:
        words.append(f"{tables:,} 份清单")
    return f"{'、'.join(words)}，{len(run.results):,} 条规则"


def _numbered(shown: int, total: int) -> str:
    return "编号同冲突图册" if shown == total else f"只画重点冲突第 1–{shown:,} 条，编号同冲突图册"


def _headline(run: CheckRun) -> tuple[tuple[str, str, str], ...]:
    numbers = [(severity.value, SEVERITIES[severity.value], f"{run.count(severity):,}") for severity in Severity]
    return (*numbers, (Verdict.NOT_CHECKED.value, "有未检测部分的规则", f"{gaps.count_unchecked_rules(run):,}"))


def _overall(run: CheckRun) -> str:
    of = {verdict: sum(result.verdict is verdict for result in run.results) for verdict in Verdict}
    partly = gaps.count_unchecked_rules(run) - of[Verdict.NOT_CHECKED]
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
    if not left:
        return order
    return (
        f"{order}共 {total:,} 条疑似冲突，本图册只列重点冲突（最严重的前 {shown:,} 条），"
        f"其余 {left:,} 条没有单独的图，见附表一冲突清单。"
    )
