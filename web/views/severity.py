"""How severities, verdicts and degrees of verification look: a mark and a word each, never the colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from layers.schema import read_marks
from planning.findings import Severity, Verdict
from planning.words import SEVERITIES, SOURCE_KINDS, STATUSES, VERDICTS
from web.words import _

_INK = "#1F2933"


@dataclass(frozen=True)
class Look:
    """Marks differ in shape, colours in lightness too: both survive a grey print and colour blindness."""

    key: str
    mark: str
    word: str
    colour: str

    @property
    def words(self) -> str:
        """Mark and word."""
        return f"{self.mark} {self.word}"


def severity_look(severity: Severity) -> Look:
    """Mark, word and colour of a severity."""
    mark = {Severity.PROHIBITED: "■", Severity.CONDITIONAL: "▲", Severity.REMINDER: "◆"}[severity]
    return Look(severity.value, mark, _(SEVERITIES[severity.value]), read_marks()[severity.value].stroke)


def verdict_look(verdict: Verdict) -> Look:
    """Mark, word and colour of a verdict; a conflict has no colour of its own, its severities have."""
    mark = {Verdict.CONFLICT: "●", Verdict.CLEAR: "○", Verdict.NOT_CHECKED: "▨"}[verdict]
    colour = _INK if verdict is Verdict.CONFLICT else read_marks()[verdict.value].stroke
    return Look(verdict.value, mark, _(VERDICTS[verdict.value]), colour)


def status_words(status: str) -> str:
    """How far the text of an article was verified; an unknown status counts as not verified."""
    return _(STATUSES.get(status, STATUSES["unverified"]))


def source_words(kind: str) -> str:
    """Whether a number is the law's or our own."""
    return _(SOURCE_KINDS[kind])
