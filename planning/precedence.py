"""Rules that give way to others on the same ground, and the order of rules on one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from planning.findings import Reason
from planning.judge.weigh import WEAK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from planning.findings import Finding
    from planning.judge.hits import Hit

_CRUMB = 1e-6
"""Metres or square metres: less is what cutting a line or an area twice leaves behind."""

_NEAR_DEG = 1e-9
"""Evidence that lies so near to other evidence lies on the same place."""


def give_way(hits: Sequence[Hit], done: Sequence[Hit]) -> None:
    """
    Take out of each hit what a rule that replaces this one has already judged.

    The object's whole polygon is taken out, not the other's evidence: a line cut twice has ends that differ in the
    last digit, so that the two may not even meet, and a difference of the two would leave crumbs.

    Parameters
    ----------
    hits
        Of one rule. Changed in place: what is left of their evidence, and what is assumed.
    done
        Of the rules before it, told for whom they stand.
    """
    judged: dict[tuple[str, int], list[Hit]] = {}
    for other in done:
        judged.setdefault((other.subject.key, other.pair.subject), []).append(other)
    for hit in hits:
        stronger = [
            other
            for other in judged.get((hit.subject.key, hit.pair.subject), ())
            if hit.rule.id in other.rule.replaces
            and not (_is_weak(other) and not _is_weak(hit))
            and _shares(other.ground, hit.geometry)
        ]
        if not stronger:
            continue
        taken = [other.ground for other in stronger]
        hit.without = shapely.union_all(taken if hit.without is None else [*taken, hit.without])
        hit.geometry = shapely.difference(hit.geometry, hit.without)
        replaced_by = sorted({other.rule.id for other in stronger})
        hit.assumptions += tuple(Reason("part_judged_elsewhere", {"rule": rule_id}) for rule_id in replaced_by)
        for other in stronger:
            other.stands_for.add(hit.rule.id)


def _is_weak(hit: Hit) -> bool:
    """Whether a hit only reminds because something is not known: it must not silence what is known."""
    return any(reason.code in WEAK for reason in hit.needs_review)


def _shares(ground: BaseGeometry, evidence: BaseGeometry) -> bool:
    """Whether a polygon holds a part of the evidence that can be measured, not only a touching point or edge."""
    part = shapely.intersection(ground, evidence)
    dimension = shapely.get_dimensions(evidence)
    if dimension == 0:
        return not part.is_empty
    size = part.length if dimension == 1 else part.area
    return float(size) > _CRUMB


@dataclass(frozen=True)
class Place:
    """The findings on one place, in the order in which they bind."""

    findings: tuple[Finding, ...]
    """By the rank of their rules, then by severity."""
    leading: tuple[Finding, ...]
    """Those of the highest rank; the others follow them."""

    @property
    def needs_person(self) -> bool:
        """Whether rules of the same rank meet, between which no order decides."""
        return len({finding.rule_id for finding in self.leading}) > 1


def find_place(finding: Finding, findings: Sequence[Finding]) -> Place:
    """
    Find what else the same subject meets on the same ground.

    Parameters
    ----------
    finding
        One of them.
    findings
        Of a whole run.

    Returns
    -------
        At least the finding itself.

    References
    ----------
    Core zone, then drinking-water zone 1 and heritage scope, then ecological redline and permanent farmland (equal),
    danger zones, linear infrastructure, urban boundary and parks, other construction: our order, from the principle
    of protection first (2019 press conference on the three control lines).
    """
    me = (finding.subject.layer, finding.subject.id)
    same = [other for other in findings if (other.subject.layer, other.subject.id) == me]
    near = shapely.dwithin([other.geometry for other in same], finding.geometry, _NEAR_DEG)
    here = [other for other, is_near in zip(same, near, strict=True) if is_near or other is finding]
    here.sort(key=lambda other: (other.arbitration, other.severity.rank, other.finding_id))
    return Place(tuple(here), tuple(other for other in here if other.arbitration == here[0].arbitration))
