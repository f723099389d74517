"""What is wrong with data: collected over a whole file and shown once, never raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Level: TypeAlias = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Problem:
    """
    One fault of the data, as a code with its values.

    The words (what, why, what to do) stand beside the code in the catalogue of problems, so that a screen in another
    language can say the same.
    """

    code: str
    level: Level
    """`error`: the data cannot be used as it is; `warning`: it can, answers may differ; `info`: for the record."""
    layer: str
    """Layer key, or the file's name while the layer is not yet known."""
    feature_id: str | None = None
    """None where the fault is the file's, not one feature's."""
    where: tuple[float, float] | None = None
    """Longitude and latitude in degrees, EPSG:4490; None where no place can be said."""
    params: Mapping[str, object] = field(default_factory=dict)
    """Values for the words, a unit in each name."""
