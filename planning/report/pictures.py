"""The maps of a report, drawn when a writer wants them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from layers.draw import Evidence, MapDrawer
from planning.words import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.background import Background
    from layers.schema import Layer
    from planning.findings import Finding


class FindingPictures:
    """
    Maps of the findings of one run.

    Parameters
    ----------
    findings
        In the order of the report: the first is number 1.
    layers
        The layers that were checked. Not changed.
    background
        Hillshade under the maps, or None.
    """

    def __init__(
        self, findings: Sequence[Finding], layers: Mapping[str, Layer], background: Background | None = None
    ) -> None:
        self._findings = findings
        self._layers = layers
        self._background = background

    @cached_property
    def _drawer(self) -> MapDrawer:
        return MapDrawer(self._layers, self._background, SEVERITIES)

    def overview(self) -> bytes:
        """
        Draw the whole county with all findings, numbered as in the report.

        Raises
        ------
        FontError
            If no Chinese font is installed.
        """
        return self._drawer.draw_overview([self._evidence(number) for number in range(1, len(self._findings) + 1)])

    def card(self, number: int) -> bytes:
        """
        Draw the place of one finding, by its number, with the two layers of its conflict.

        Raises
        ------
        FontError
            If no Chinese font is installed.
        """
        finding = self._findings[number - 1]
        keys = {finding.subject.layer, finding.against.layer}
        return self._drawer.draw_small_map(self._evidence(number), keys=keys)

    def _evidence(self, number: int) -> Evidence:
        finding = self._findings[number - 1]
        return Evidence(finding.geometry, finding.severity.value, str(number))
