"""What the self-test with known answers said, as a report tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.self_test import Outcome

if TYPE_CHECKING:
    from planning.self_test import SelfTest

TITLE = "已知答案自检"


@dataclass(frozen=True)
class KnownAnswers:
    """Counts of a self-test on the demonstration county."""

    expected: int
    """Conflicts that must be found."""
    found: int
    missed: int
    false_alarms: int
    other: int
    """Found with another severity, or not looked at."""
    rulebook_version: str


def count_answers(test: SelfTest) -> KnownAnswers:
    """Count a self-test."""
    return KnownAnswers(
        expected=test.expected,
        found=test.count(Outcome.FOUND),
        missed=test.count(Outcome.MISSED),
        false_alarms=test.count(Outcome.FALSE_ALARM),
        other=test.count(Outcome.WRONG_SEVERITY, Outcome.NOT_CHECKED),
        rulebook_version=test.rulebook_version,
    )


def known_answers_words(answers: KnownAnswers | None, rulebook_version: str) -> str:
    """
    Say how the rules did where the answers are known.

    Parameters
    ----------
    answers
        None where the self-test was not run.
    rulebook_version
        Of the run that is reported: a self-test of other rules says so.
    """
    if answers is None:
        return "未运行"
    counts = [
        f"找到 {answers.found:,} / 应找到 {answers.expected:,}",
        f"漏检 {answers.missed:,}",
        f"误报 {answers.false_alarms:,}",
    ]
    if answers.other:
        counts.append(f"级别不对或没有判到 {answers.other:,}")
    same = answers.rulebook_version == rulebook_version
    differs = "" if same else f"，与本次检测的规则库版本 {rulebook_version} 不同"
    return f"{'，'.join(counts)}（示范县，规则库版本 {answers.rulebook_version}{differs}）"
