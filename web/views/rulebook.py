"""The list of rules: id, title, group, severities, how far it was verified, and what the last check said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.findings import Verdict
from web.views.numbers import count_words
from web.views.plan_names import reasons_words
from web.views.rulebook_words import group_title
from web.views.severity import Look, severity_look, status_words, verdict_look
from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.findings import CheckRun
    from planning.rule import Rule
    from planning.rulebook import Rulebook

_COLOURS = {"prohibited": "red", "conditional": "orange", "reminder": "blue"}
"""Names that the list's markdown has for the colours of severities; the mark beside each differs in shape."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!:~$<>|^=&])")


@dataclass(frozen=True)
class Verification:
    """How far the text of a rule was verified."""

    words: str
    verified: bool


@dataclass(frozen=True)
class RuleResultLine:
    """What the last check of the session said of a rule; no look where it said nothing."""

    look: Look | None
    words: str
    reasons: tuple[str, ...]
    """What was not checked, also beside a conflict."""

    @property
    def mark(self) -> str:
        """●, ○, ▨ or —."""
        return "—" if self.look is None else self.look.mark


@dataclass(frozen=True)
class RuleRow:
    """A row of the list."""

    rule_id: str
    title: str
    group: str
    looks: tuple[Look, ...]
    verification: Verification
    last: RuleResultLine

    @property
    def label(self) -> str:
        """First line of the row, as markdown: result, id, title."""
        return f"{self.last.mark} **{plain_markdown(self.rule_id)}** {plain_markdown(self.title)}"

    @property
    def caption(self) -> str:
        """Second line: severities, how far verified, group."""
        looks = [f":{_COLOURS[look.key]}[{look.words}]" for look in self.looks]
        colour = "green" if self.verification.verified else "orange"
        badge = f":{colour}-badge[{plain_markdown(self.verification.words)}]"
        return "　".join([*looks, badge, plain_markdown(self.group)])


def rule_rows(rules: Sequence[Rule], run: CheckRun | None) -> tuple[RuleRow, ...]:
    """
    Put rules into the words of the list.

    Parameters
    ----------
    rules
        In the order of the list.
    run
        The last check of the session, None before the first.
    """
    return tuple(
        RuleRow(
            rule_id=rule.id,
            title=_titled(rule),
            group=group_title(rule.group),
            looks=tuple(severity_look(severity) for severity in rule.severities()),
            verification=verification(rule),
            last=last_result(run, rule.id),
        )
        for rule in rules
    )


def verification(rule: Rule) -> Verification:
    """Say how far a rule was verified; a user's own rule that does not say so stands on its own word."""
    if rule.local and rule.verification == "convention":
        return Verification(_("自行制定"), verified=False)
    return Verification(status_words(rule.verification), verified=rule.verification == "verified")


def last_result(run: CheckRun | None, rule_id: str) -> RuleResultLine:
    """Say what the last check said of a rule."""
    if run is None:
        return RuleResultLine(None, _("还没有检测"), ())
    result = next((result for result in run.results if result.rule_id == rule_id), None)
    if result is None:
        return RuleResultLine(None, _("上次检测没有用到这条规则"), ())
    look = verdict_look(result.verdict)
    words = look.word
    if result.verdict is Verdict.CONFLICT:
        words = _("疑似冲突 {n} 处").format(n=count_words(len(result.findings)))
    return RuleResultLine(look, words, reasons_words(result.reasons))


def plain_markdown(text: str) -> str:
    """Escape what markdown would read as more than text: a user's own rule may be called anything."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def list_words(shown: int, total: int) -> str:
    """Say how many of all rules are listed."""
    if shown == total:
        return _("共 {n} 条规则").format(n=count_words(total))
    return _("列出 {shown} 条，共 {total} 条规则").format(shown=count_words(shown), total=count_words(total))


def mark_words() -> str:
    """Explain the marks of the list."""
    return _("● 疑似冲突　○ 未发现冲突　▨ 未检测　— 上次没有检测")


def book_words(rulebook: Rulebook) -> str:
    """Say in one line what the rulebook is: how many rules, how far verified, which version."""
    rules = rulebook.rules.values()
    local = sum(rule.local for rule in rules)
    sure = sum(rule.verification == "verified" and not rule.local for rule in rules)
    parts = [
        _("{n} 条规则").format(n=count_words(len(rulebook.rules))),
        _("{n} 条已核").format(n=count_words(sure)),
        _("{n} 条部分核实或未核").format(n=count_words(len(rulebook.rules) - sure - local)),
    ]
    if local:
        parts.append(_("本地规则 {n} 条").format(n=count_words(local)))
    parts.append(_("版本 {version}").format(version=rulebook.version))
    return " · ".join(parts)


def _titled(rule: Rule) -> str:
    title = rule.title_en if language() == "en" else rule.title
    return _("{name}（{words}）").format(name=title, words=_("本地规则")) if rule.local else title
