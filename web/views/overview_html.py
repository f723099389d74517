"""The panels of 一张图 as HTML; every word from data is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.views.overview import Line, ProjectRow
    from web.views.place_words import AppliesRow, NameList, PlaceWords


def sign(address: str) -> str:
    """Draw a layer's sign; an empty one keeps the place."""
    if not address:
        return '<i class="dg-nosign"></i>'
    return f'<img class="dg-sign" src="{escape(address)}" alt="">'


def legend_html(lines: Sequence[Line]) -> str:
    """Explain how certain courses are drawn."""
    items = "".join(f"<span>{sign(line.label)}{escape(line.words)}</span>" for line in lines)
    return f'<div class="dg-legend">{items}</div>'


def details_html(lines: Sequence[Line]) -> str:
    """List labels with their words."""
    rows = "".join(f"<dt>{escape(line.label)}</dt><dd>{escape(line.words)}</dd>" for line in lines)
    return f'<dl class="dg-details">{rows}</dl>'


def projects_html(projects: Sequence[ProjectRow]) -> str:
    """List the transport projects: name, and below it every fact with its label."""
    rows = []
    for project in projects:
        facts = "".join(f"<span><i>{escape(line.label)}</i> {escape(line.words)}</span>" for line in project.lines)
        note = f"<em>{escape(project.note)}</em>" if project.note else ""
        rows.append(f"<li>{sign(project.swatch)}<div><b>{escape(project.name)}</b><p>{facts}</p>{note}</div></li>")
    return f'<ul class="dg-projects">{"".join(rows)}</ul>'


def place_html(place: PlaceWords) -> str:
    """Say what applies at a place, what does not and what is not known."""
    before = f"<small>{escape(place.before)}</small>" if place.before else ""
    warning = f'<p class="dg-warning">{escape(place.warning)}</p>' if place.warning else ""
    empty = f'<p class="dg-quiet">{escape(_("已有数据的图层在这里都没有要求。"))}</p>'
    return (
        f'<section class="dg-place"><header><h2>{escape(place.where)}</h2>{before}'
        f"<span>{escape(place.coordinates)}</span></header>{warning}"
        f"<h3>{escape(place.applies_title)}</h3>{_features(place.applies) or empty}"
        f"{_near(place)}"
        f"{_conflicts(place)}"
        f"{''.join(_names(names) for names in (place.absent, *place.unknown))}</section>"
    )


def _near(place: PlaceWords) -> str:
    if not place.near:
        return ""
    reach = f'<p class="dg-quiet">{escape(place.reach)}</p>'
    return f"<h3>{escape(place.near_title)}</h3>{_features(place.near)}{reach}"


def _features(rows: Sequence[AppliesRow]) -> str:
    items = "".join(
        f"<li>{sign(row.swatch)}<div><b>{escape(row.name)}</b>"
        f"<span>{escape(row.layer)}</span><span>{escape(row.number)}</span></div></li>"
        for row in rows
    )
    return f'<ul class="dg-applies">{items}</ul>' if items else ""


def _conflicts(place: PlaceWords) -> str:
    rows = "".join(
        f'<li style="--severity:{row.look.colour}"><i>{escape(row.look.mark)}</i><div><b>{escape(row.title)}</b>'
        f"<span>{escape(row.pair)}</span><span>{escape(row.look.word)} · {escape(row.number)}</span></div></li>"
        for row in place.conflicts
    )
    listed = f'<ul class="dg-here">{rows}</ul>' if rows else ""
    note = f'<p class="dg-quiet">{escape(place.conflicts_note)}</p>' if place.conflicts_note else ""
    return f"<h3>{escape(place.conflicts_title)}</h3>{listed}{note}"


def _names(names: NameList) -> str:
    if not names.names:
        return ""
    return f"<details><summary>{escape(names.title)}</summary><p>{escape(names.names)}</p></details>"
