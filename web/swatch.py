"""A layer's sign as a small drawing, from the same style as the map: legend and map cannot differ."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from layers.schema import read_catalogue, read_certainties

if TYPE_CHECKING:
    from layers.style import Style

_WIDTH, _HEIGHT = 22, 16
_UNKNOWN_COLOUR = "#5D646C"


def swatch_url(key: str, certainty: str | None = None) -> str:
    """Address of the sign of a layer, or of its lines of one certainty; new when the sign is new."""
    name = key if certainty is None else f"{key}.{certainty}"
    version = hashlib.sha256((swatch_svg(name) or "").encode()).hexdigest()[:8]
    return f"/swatches/{name}-{version}.svg"


@cache
def swatch_svg(name: str) -> str | None:
    """
    Draw the sign of a layer, 22 by 16 pixels.

    Parameters
    ----------
    name
        Layer key, with `.` and a certainty for a line. None comes back for a layer that the catalogue does not know.
    """
    key, _, certainty = name.partition(".")
    definition = read_catalogue().get(key)
    if definition is None:
        return None
    style = definition.style.with_certainty(read_certainties().get(certainty))
    if definition.style.vary_by == "road_class":
        style = style.with_variant("national")
    body = {"polygon": _polygon, "line": _line, "point": _point}[definition.geometry](style)
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'


def _polygon(style: Style) -> str:
    fill = f'fill={quoteattr(style.fill)} fill-opacity="{style.fill_opacity}"' if style.fill else 'fill="none"'
    return f'<rect x="1.5" y="1.5" width="19" height="13" rx="2" {fill} {_stroke(style)}/>'


def _line(style: Style) -> str:
    core = f'<path d="M0 8H22" stroke="{style.core}" stroke-width="1.2" stroke-dasharray="5 5"/>' if style.core else ""
    return f'<path d="M0 8H22" fill="none" {_stroke(style)}/>{core}'


def _point(style: Style) -> str:
    return f'<circle cx="11" cy="8" r="5" fill={quoteattr(style.fill or "none")} {_stroke(style)}/>'


def _stroke(style: Style) -> str:
    dash = f"stroke-dasharray={quoteattr(style.dash)}" if style.dash else ""
    return f'stroke={quoteattr(style.stroke or _UNKNOWN_COLOUR)} stroke-width="{style.weight}" {dash}'
