"""The legend of a map: what is drawn on it, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from layers.furniture import LegendEntry
from layers.schema import read_certainties, read_marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.evidence import Evidence
    from layers.paths import PreparedLayer
    from layers.style import Style

_CERTAINTY_STROKE = "#4E3B2A"


def layer_entries(prepared: PreparedLayer, seen: set[int]) -> list[LegendEntry]:
    """Return a layer's entries: one, or one per variant that is seen (expressway, national road, ...)."""
    definition = prepared.layer.definition
    if definition is None or not seen:
        return []
    entries: dict[str, LegendEntry] = {}
    for number in sorted(seen):
        variant = definition.style.variants.get(prepared.variant_of[number] or "")
        style: Style = definition.style
        label = definition.name
        if variant is not None:
            label, style = variant.title, style.with_variant(prepared.variant_of[number])
        entries.setdefault(label, LegendEntry(label, definition.geometry, style))
    order = [variant.title for variant in definition.style.variants.values()]
    return sorted(entries.values(), key=lambda e: order.index(e.label) if e.label in order else len(order))


def certainty_entries(drawn: Sequence[tuple[PreparedLayer, set[int]]]) -> list[LegendEntry]:
    """Return the dashes that are seen on lines, with what each says of the course."""
    found = {
        prepared.certainty_of[number]
        for prepared, seen in drawn
        for number in seen
        if prepared.layer.definition is not None and prepared.layer.definition.geometry == "line"
    }
    plain = replace(read_marks()["clear"], stroke=_CERTAINTY_STROKE, weight=1.8)
    return [
        LegendEntry(certainty.title, "line", plain.with_certainty(certainty))
        for key, certainty in read_certainties().items()
        if key in found and certainty.dash is not None
    ]


def mark_entries(evidence: Sequence[Evidence], titles: Mapping[str, str], *, counted: bool = True) -> list[LegendEntry]:
    """Return the marks of the evidence, most severe first, with how many there are of each."""
    counts = Counter(item.mark for item in evidence)
    return [
        LegendEntry(
            f"{titles.get(mark, mark)}（{counts[mark]}）" if counted else f"疑似冲突（{titles.get(mark, mark)}）",
            "polygon",
            style,
        )
        for mark, style in read_marks().items()
        if counts[mark]
    ]
