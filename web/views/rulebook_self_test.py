"""What the self-test with known answers says, in words; and the known answers of one rule."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from planning.findings import Severity
from planning.self_test import CONFLICT, EXEMPT, NEAR_MISS, Outcome
from web.views.numbers import count_words
from web.views.rulebook_words import side_title
from web.views.severity import severity_look
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.self_test import Seed, SeedResult, SelfTest

KINDS = {CONFLICT: "必须找到", NEAR_MISS: "差一点，不得报", EXEMPT: "豁免，不得报"}
OUTCOMES = {
    Outcome.FOUND: "找到",
    Outcome.MISSED: "漏检",
    Outcome.WRONG_SEVERITY: "级别不对",
    Outcome.SILENT: "未误报",
    Outcome.FALSE_ALARM: "误报",
    Outcome.NOT_CHECKED: "没有判到",
}


@dataclass(frozen=True)
class SeedRow:
    """One known answer, and what the test said of it."""

    rule_id: str
    kind: str
    pair: str
    wanted: str
    """The severity that must be found; empty for any."""
    outcome: str
    """Empty before the first test."""
    good: bool
    note: str


@dataclass(frozen=True)
class SelfTestView:
    """The answer of a self-test."""

    sentence: str
    passed: bool
    failed: tuple[SeedRow, ...]
    made: str
    """Of which day and with which rules."""


def self_test_view(test: SelfTest) -> SelfTestView:
    """Put a self-test into words."""
    quiet = test.count(Outcome.SILENT)
    parts = [
        _("找到 {n} / 应找到 {total}").format(
            n=count_words(test.count(Outcome.FOUND)), total=count_words(test.expected)
        ),
        _("漏检 {n}").format(n=count_words(test.count(Outcome.MISSED))),
        _("误报 {n}").format(n=count_words(test.count(Outcome.FALSE_ALARM))),
    ]
    wrong, unchecked = test.count(Outcome.WRONG_SEVERITY), test.count(Outcome.NOT_CHECKED)
    if wrong:
        parts.append(_("级别不对 {n}").format(n=count_words(wrong)))
    if unchecked:
        parts.append(_("没有判到 {n}").format(n=count_words(unchecked)))
    if test.quiet:
        template = _("近失与豁免 {n} 条均未误报") if quiet == test.quiet else _("近失与豁免 {total} 条，{n} 条未误报")
        parts.append(template.format(n=count_words(quiet), total=count_words(test.quiet)))
    made = _("已知答案涉及 {n} 条规则 · 按 {day} 的规定 · 规则库版本 {version}")
    rules = len({result.seed.rule_id for result in test.results})
    return SelfTestView(
        sentence=" · ".join(parts),
        passed=not test.failed,
        failed=tuple(_row(result.seed, result) for result in test.failed),
        made=made.format(n=count_words(rules), day=test.as_of.isoformat(), version=test.rulebook_version),
    )


def seed_rows(seeds: Sequence[Seed], test: SelfTest | None, rule_id: str) -> tuple[SeedRow, ...]:
    """Return the known answers of one rule, with what the last test said of them."""
    results = {} if test is None else {result.seed: result for result in test.results}
    return tuple(_row(seed, results.get(seed)) for seed in seeds if seed.rule_id == rule_id)


def testing_words(done: int, total: int, rule: str) -> tuple[float, str]:
    """Return the share done, 0 to 1, and words that say which rule is being tested."""
    if done >= total:
        return 1.0, _("正在与已知答案核对…")
    return done / total, _("正在检测示范县，第 {n} 条，共 {total} 条：{rule}").format(
        n=done + 1, total=total, rule=rule
    )


def answer_html(view: SelfTestView) -> str:
    """Draw the answer, and below it what failed."""
    mark, state = ("✓", "dg-passed") if view.passed else ("✗", "dg-failed")
    head = f'<p class="dg-test {state}"><b>{mark}</b> {escape(view.sentence)}</p>'
    table = seeds_html(view.failed) if view.failed else ""
    return f'{head}<p class="dg-note">{escape(view.made)}</p>{table}'


def seeds_html(rows: Sequence[SeedRow], *, of_one_rule: bool = False) -> str:
    """Draw known answers as a table; those of one rule need not name it."""
    heads = (_("规则"), _("答案"), _("主体 × 对象"), _("应为"), _("自检"), _("说明"))[of_one_rule:]
    head = "".join(f"<th>{title}</th>" for title in heads)
    body = "".join(_row_html(row, of_one_rule=of_one_rule) for row in rows)
    return f'<table class="dg-seeds"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row_html(row: SeedRow, *, of_one_rule: bool) -> str:
    rule = "" if of_one_rule else f'<td class="dg-short">{escape(row.rule_id)}</td>'
    state = ("dg-passed" if row.good else "dg-failed") if row.outcome else ""
    return (
        f'<tr>{rule}<td class="dg-short">{escape(row.kind)}</td><td>{escape(row.pair)}</td>'
        f'<td class="dg-short">{escape(row.wanted) or "—"}</td>'
        f'<td class="{state}">{escape(row.outcome) or "—"}</td><td>{escape(row.note)}</td></tr>'
    )


def _row(seed: Seed, result: SeedResult | None) -> SeedRow:
    outcome = "" if result is None else _(OUTCOMES[result.outcome])
    if result is not None and result.outcome is Outcome.WRONG_SEVERITY:
        outcome = _("{words}：{severity}").format(words=outcome, severity=_severity_words(result.found_severity))
    return SeedRow(
        rule_id=seed.rule_id,
        kind=_(KINDS[seed.kind]),
        pair=f"{_feature(seed.subject_layer, seed.subject_id)} × {_feature(seed.against_layer, seed.against_id)}",
        wanted=_severity_words(seed.severity),
        outcome=outcome,
        good=result is not None and result.outcome in {Outcome.FOUND, Outcome.SILENT},
        note=seed.note,
    )


def _feature(layer: str, feature_id: str) -> str:
    title = side_title(layer)
    return title if feature_id == "*" else f"{title} {feature_id}"


def _severity_words(severity: str) -> str:
    known = {level.value for level in Severity}
    return severity_look(Severity(severity)).words if severity in known else severity
