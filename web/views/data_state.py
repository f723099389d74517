"""What is true of the data on every screen: which layers are the demonstration county's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.views.numbers import count_words
from web.views.plan_names import layer_title
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from geodata.store import Provenance


@dataclass(frozen=True)
class DataState:
    """The amber notice of the sidebar; `notice` is empty when no demonstration layer is there."""

    notice: str
    names: tuple[str, ...]
    explanation: str


def data_state(provenances: Iterable[tuple[str, Provenance]], terrain: Provenance | None) -> DataState:
    """
    Say which content is for demonstration.

    Parameters
    ----------
    provenances
        Key and provenance of every layer.
    terrain
        Provenance of the terrain, None without one.
    """
    names = [layer_title(key) for key, provenance in provenances if provenance.demonstration]
    if terrain is not None and terrain.demonstration:
        names.append(_("地形"))
    notice = _("示意数据（{n} 层）").format(n=count_words(len(names))) if names else ""
    return DataState(
        notice=notice,
        names=tuple(names),
        explanation=_("以下图层为演示用的示意数据，非法定成果，不得用于审批。导入本县成果后逐层替换。"),
    )


def status_line(as_of: date, state: DataState) -> str:
    """Return the right-hand words of a screen's title: the day whose law is asked, and the state of the data."""
    return " · ".join(part for part in (_("按 {day} 的规定").format(day=as_of.isoformat()), state.notice) if part)
