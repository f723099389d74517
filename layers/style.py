"""How a layer is drawn: colours, widths and dashes, before any map library is named."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Variant:
    """What one kind of feature changes in its layer's style, such as a national road."""

    title: str
    title_en: str
    stroke: str
    weight: float
    fill: str | None = None
    """None keeps the layer's fill."""


@dataclass(frozen=True)
class Certainty:
    """How certain the course of a line is: drawn as a dash, not only written."""

    key: str
    title: str
    title_en: str
    dash: str | None


@dataclass(frozen=True)
class Style:
    """Colours are `#RRGGBB`; weights and dashes are screen pixels."""

    stroke: str
    fill: str | None
    fill_opacity: float
    weight: float
    dash: str | None = None
    """Dash array, such as `9 6`; None is a solid line."""
    casing: str | None = None
    """A wider line under the stroke, so that lines stay readable over fills."""
    core: str | None = None
    """A thin dashed line on the stroke: the map sign of a railway."""
    hatch: str | None = None
    """Angle of stripes in degrees, or `dots`."""
    radius: float = 0.0
    """Of a point's circle."""
    vary_by: str | None = None
    """The column that chooses a variant."""
    variants: Mapping[str, Variant] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def casing_weight(self) -> float:
        """Width of the casing: a rim of 1.3 px on either side."""
        return self.weight + 2.6

    def with_variant(self, value: object) -> Style:
        """Return the style of a feature whose `vary_by` column has this value."""
        variant = self.variants.get(str(value))
        if variant is None:
            return self
        return replace(self, stroke=variant.stroke, weight=variant.weight, fill=variant.fill or self.fill)

    def with_certainty(self, certainty: Certainty | None) -> Style:
        """Return the style with the dash of a certainty; unknown certainty changes nothing."""
        return self if certainty is None else replace(self, dash=certainty.dash)
