"""When the laws of a rule came and went, as a drawing that needs nothing from outside."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from web.words import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from web.views.rulebook_law import LawSpan

_WIDTH, _ROW, _TOP, _FOOT = 560, 38, 24, 20
_LEFT, _RIGHT = 8, 552
_LETTERS = 44.0
"""Chinese characters that a line has room for."""
_FIRST_WIDE = 0x2E80
_HALO = 'stroke="#FFFFFF" stroke-width="3" paint-order="stroke"'
_INK, _QUIET, _LINE, _ACCENT, _ENDED = "#1F2933", "#66707A", "#D9DEE3", "#1F5E8C", "#B4BAC2"
_MARKS_WANTED = 6
_STEPS = (1, 2, 5, 10, 20)
_FONT = "'Microsoft YaHei','PingFang SC','Source Han Sans SC','Noto Sans CJK SC',sans-serif"


def timeline_html(spans: Sequence[LawSpan], as_of: date, today: date) -> str:
    """Draw the timeline as an image that holds its own content; nothing for a rule without a dated law."""
    if not spans:
        return ""
    drawing = base64.b64encode(timeline_svg(spans, as_of, today).encode()).decode()
    said = "；".join(f"{span.title} {span.words}" for span in spans)
    return (
        f'<img class="dg-timeline" alt="{escape(said, {chr(34): "&quot;"})}" src="data:image/svg+xml;base64,{drawing}">'
    )


def timeline_svg(spans: Sequence[LawSpan], as_of: date, today: date) -> str:
    """
    Draw one bar for each law, with the years below and the day that is asked across.

    Parameters
    ----------
    spans
        At least one.
    as_of
        Day whose law is asked.
    today
        A law that still applies is drawn up to here, or to `as_of` where that is later.
    """
    first = min(span.start for span in spans)
    last = max([today, as_of, *(span.start for span in spans), *(span.end for span in spans if span.end)])
    begin, end = date(first.year, 1, 1), date(last.year + 1, 1, 1)
    days = (end - begin).days

    def x(day: date) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (day - begin).days / days

    bottom = _TOP + _ROW * len(spans)
    parts = [_years(begin, end, x, bottom), _mark(x(as_of), as_of, bottom)]
    parts += [_bar(span, number, x, max(today, as_of, span.start)) for number, span in enumerate(spans)]
    height = bottom + _FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="{_FONT}" font-size="12">{"".join(parts)}</svg>'
    )


def _years(begin: date, end: date, x: Callable[[date], float], bottom: float) -> str:
    years = end.year - begin.year
    step = next((step for step in _STEPS if years / step <= _MARKS_WANTED), _STEPS[-1])
    marks = []
    for year in range(begin.year, end.year + 1):
        if year % step:
            continue
        at = x(date(year, 1, 1))
        anchor = "start" if at < _LEFT + step else "end" if at > _RIGHT - 1 else "middle"
        marks.append(
            f'<path d="M{at:.1f} {_TOP}V{bottom}" stroke="{_LINE}"/>'
            f'<text x="{at:.1f}" y="{bottom + 14}" fill="{_QUIET}" text-anchor="{anchor}" font-size="11">{year}</text>'
        )
    return "".join(marks)


def _bar(span: LawSpan, number: int, x: Callable[[date], float], open_end: date) -> str:
    top = _TOP + _ROW * number
    start, stop = x(span.start), x(span.end or open_end)
    room = _LETTERS - _width(span.words)
    colour = _ACCENT if span.in_force else _ENDED
    weight = "600" if span.in_force else "400"
    return (
        f'<text x="{_LEFT}" y="{top + 15}" {_HALO}><tspan fill="{_INK}" font-weight="{weight}">'
        f'{escape(_shortened(span.title, room))}</tspan><tspan fill="{_QUIET}" font-size="11" dx="8">'
        f"{escape(span.words)}</tspan></text>"
        f'<rect x="{start:.1f}" y="{top + 20}" width="{max(stop - start, 2):.1f}" height="10" rx="2" fill="{colour}"/>'
        + (f'<path d="M{stop:.1f} {top + 17}v16" stroke="{_INK}" stroke-width="1.5"/>' if span.end else "")
    )


def _width(text: str) -> float:
    """Width of a text in Chinese characters: others are about half as wide."""
    return sum(1.0 if ord(sign) >= _FIRST_WIDE else 0.55 for sign in text)


def _shortened(text: str, room: float) -> str:
    if _width(text) <= room:
        return text
    while text and _width(text) > room - 1:
        text = text[:-1]
    return f"{text}…"


def _mark(at: float, as_of: date, bottom: float) -> str:
    anchor = "end" if at > _WIDTH / 2 else "start"
    words = _("按 {day}").format(day=as_of.isoformat())
    return (
        f'<path d="M{at:.1f} {_TOP - 6}V{bottom}" stroke="{_INK}" stroke-width="1.5" stroke-dasharray="4 3"/>'
        f'<text x="{at:.1f}" y="13" fill="{_INK}" text-anchor="{anchor}" font-weight="600">{escape(words)}</text>'
    )
