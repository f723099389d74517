"""The words for a place: what applies there, what does not, what is not known, and the suspected conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.schema import read_catalogue
from web.swatch import swatch_url
from web.views.card import main_number
from web.views.numbers import count_words, length_words
from web.views.overview import area_or_distance
from web.views.plan_names import layer_title, rule_title
from web.views.severity import Look, severity_look
from web.words import _

if TYPE_CHECKING:
    from planning.findings import Finding
    from web.views.place import Hit, Place


@dataclass(frozen=True)
class AppliesRow:
    """One feature that applies at the place."""

    swatch: str
    layer: str
    name: str
    number: str


@dataclass(frozen=True)
class ConflictRow:
    """One suspected conflict at the place."""

    finding_id: str
    look: Look
    title: str
    pair: str
    number: str


@dataclass(frozen=True)
class NameList:
    """A heading with its count, and the names below it."""

    title: str
    names: str


@dataclass(frozen=True)
class PlaceWords:
    """All that the screen says of a place."""

    coordinates: str
    where: str
    before: str
    """Its township before 2020, where that has another name."""
    warning: str
    """That the place is outside the county; empty inside."""
    applies_title: str
    applies: tuple[AppliesRow, ...]
    near_title: str
    near: tuple[AppliesRow, ...]
    """Lines and points, which no click hits exactly."""
    reach: str
    absent: NameList
    unknown: tuple[NameList, ...]
    conflicts_title: str
    conflicts: tuple[ConflictRow, ...]
    conflicts_note: str


def place_words(
    place: Place, findings: tuple[Finding, ...] | None, *, reach_m: float, unchecked: int = 0
) -> PlaceWords:
    """
    Put a place into words.

    Parameters
    ----------
    place
        Of `find_place`.
    findings
        The suspected conflicts there, None before the first check.
    reach_m
        How near lines and points were counted.
    unchecked
        Rules that were not checked, or not everywhere.
    """
    applies = tuple(_row(hit) for hit in place.hits if hit.distance_m is None)
    near = tuple(_row(hit) for hit in place.hits if hit.distance_m is not None)
    conflicts = tuple(
        ConflictRow(
            finding_id=finding.finding_id,
            look=severity_look(finding.severity),
            title=f"{finding.rule_id} {rule_title(finding)}",
            pair=f"{finding.subject.name or finding.subject.id} × {finding.against.name or finding.against.id}",
            number=main_number(finding),
        )
        for finding in findings or ()
    )
    return PlaceWords(
        coordinates=f"{place.lon:.4f}°E  {place.lat:.4f}°N",
        where=_where(place),
        before=_before(place),
        warning="" if place.in_county else _("这里在县域之外。本工作区只有本县的规划，没有落在这里不等于没有规划。"),
        applies_title=_("适用于此（{n}）").format(n=count_words(len(applies))),
        applies=applies,
        near_title=_("近旁的线和点（{n}）").format(n=count_words(len(near))),
        near=near,
        reach=_("列出 {distance} 以内的。").format(distance=length_words(reach_m)),
        absent=_named(_("不涉及（{n}）"), place.absent if place.in_county else ()),
        unknown=(
            _named(_("未知：没有数据（{n}）"), place.without_data),
            _named(_("未知：数据未覆盖此处（{n}）"), place.outside_coverage),
        ),
        conflicts_title=_conflicts_title(findings),
        conflicts=conflicts,
        conflicts_note=_conflicts_note(findings, unchecked),
    )


def _row(hit: Hit) -> AppliesRow:
    number = area_or_distance(hit.area_m2, hit.distance_m)
    sign = swatch_url(hit.key) if hit.key in read_catalogue() else ""
    return AppliesRow(sign, layer_title(hit.key), hit.name or _("（未命名）"), number)


def _where(place: Place) -> str:
    if place.in_county and place.township:
        return place.township
    return place.county or _("县域外")


def _before(place: Place) -> str:
    if not place.township_2017 or place.township_2017 == place.township:
        return ""
    return _("2017 年属{name}").format(name=place.township_2017)


def _named(title: str, keys: tuple[str, ...]) -> NameList:
    return NameList(title.format(n=count_words(len(keys))), _("、").join(layer_title(key) for key in keys))


def _conflicts_title(findings: tuple[Finding, ...] | None) -> str:
    if findings is None:
        return _("此处的疑似冲突")
    return _("此处的疑似冲突（{n}）").format(n=count_words(len(findings)))


def _conflicts_note(findings: tuple[Finding, ...] | None, unchecked: int) -> str:
    if findings is None:
        return _("还没有检测。到“冲突检测”运行一次，这里就会列出此处的疑似冲突。")
    if unchecked:
        return _("{n} 条规则未检测或部分未检测：没有列出不等于没有冲突。").format(n=count_words(unchecked))
    return ""
