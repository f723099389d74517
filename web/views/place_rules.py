"""The rules that meet on one place, in the order in which they bind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.precedence import find_place
from web.views.card import main_number
from web.views.numbers import count_words
from web.views.plan_names import feature_name, rule_title
from web.views.severity import Look, severity_look
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.findings import Finding

MOST = 8
"""Rules listed; the others are counted."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!~:$<>|])")


@dataclass(frozen=True)
class PlaceRule:
    """One of the rules on a place."""

    finding_id: str
    rank: int
    look: Look
    rule_id: str
    title: str
    """Of the rule; with the object where another finding of the same rule stands beside it."""
    number: str
    badge: str
    """What its place in the order means: that it leads, or that a person decides; empty for one that follows."""
    shown: bool
    """Whether it is the one whose card is open."""

    @property
    def label(self) -> str:
        """Markdown of its button: rank, severity emphasised, its number strong, what leads marked."""
        badges = (self.badge, _("本条") if self.shown else "")
        return " ".join(
            (
                _("第 {rank} 级").format(rank=self.rank),
                f"*{self.look.words}*",
                plain_markdown(f"{self.rule_id} {self.title}"),
                f"**{plain_markdown(self.number)}**",
                *(f"`{badge}`" for badge in badges if badge),
            )
        )


@dataclass(frozen=True)
class PlaceRules:
    """The rules on one place."""

    title: str
    rules: tuple[PlaceRule, ...]
    note: str
    """How many more there are; empty where all are listed."""


def place_rules(finding: Finding, findings: Sequence[Finding]) -> PlaceRules | None:
    """
    List what else the subject of a finding meets on the same ground.

    Parameters
    ----------
    finding
        The one whose card is open.
    findings
        Of the whole run.

    Returns
    -------
        None where no other rule speaks there.
    """
    place = find_place(finding, findings)
    if len(place.findings) <= 1:
        return None
    shown = list(place.findings[:MOST])
    if finding not in shown:
        shown[-1] = finding
    badge = _("同级，交人工") if place.needs_person else _("优先")
    left = len(place.findings) - len(shown)
    return PlaceRules(
        title=_("同处的规则 {n} 条 · {badge}：{rules}").format(
            n=count_words(len(place.findings)),
            badge=badge,
            rules=_("、").join(dict.fromkeys(other.rule_id for other in place.leading)),
        ),
        rules=tuple(
            PlaceRule(
                finding_id=other.finding_id,
                rank=other.arbitration,
                look=severity_look(other.severity),
                rule_id=other.rule_id,
                title=_title(other, shown),
                number=main_number(other),
                badge=badge if other in place.leading else "",
                shown=other is finding,
            )
            for other in shown
        ),
        note=_("另有 {n} 条，见左侧列表。").format(n=count_words(left)) if left else "",
    )


def _title(finding: Finding, beside: Sequence[Finding]) -> str:
    alike = sum(other.rule_id == finding.rule_id for other in beside)
    return rule_title(finding) if alike == 1 else f"{rule_title(finding)} · {feature_name(finding.against)}"


def plain_markdown(text: str) -> str:
    """Return a text that Markdown shows as it is: names come from data."""
    return _MARKDOWN.sub(r"\\\1", text)
