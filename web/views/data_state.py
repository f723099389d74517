"""What is true of the data on every screen: which layers are the demonstration county's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.views.numbers import count_words
from web.views.plan_names import layer_title
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from geodata.store import Provenance
    from layers.schema import Layer


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


def no_workspace_words(folder: str) -> str:
    """Say what to do where there is no workspace."""
    return _(
        "文件夹 `{folder}` 里没有数据。先运行 python3 start.py 生成示范县，"
        "或用 DUOGUI_WORKSPACE 指向已有的工作区，再重新启动。"
    ).format(folder=folder)


def broken_catalogue_words(folder: str) -> str:
    """Say what to do where the catalogue cannot be opened."""
    return _(
        "文件夹 `{folder}` 里的目录文件 catalogue.sqlite 打不开或已损坏。"
        "请从备份恢复整个文件夹，或换一个工作区，再重新启动。"
    ).format(folder=folder)


def damaged_words(keys: Sequence[str]) -> str:
    """Say which layers cannot be read, and that nothing is shown without them."""
    names = [_("地形") if key == "terrain" else layer_title(key) for key in keys]
    return _("图层文件缺失或损坏：{names}。请从备份恢复整个文件夹；在此之前不显示也不检测，以免漏判。").format(
        names=_("、").join(names)
    )


def gap_words(layers: Mapping[str, Layer]) -> tuple[str, ...]:
    """Say what cannot be told for want of the county, of the townships, or of any feature in a layer."""
    empty = [key for key, layer in layers.items() if not layer.frame.geometry.notna().any()]
    words = []
    if "county" not in layers or "county" in empty:
        words.append(_("没有县界：不能判断某处在不在县域内，地形也不按县域淡化。请补上县界图层，再重新启动。"))
    if "township" not in layers or "township" in empty:
        words.append(_("没有乡镇界线：不能说某处属于哪个乡镇，也不能按乡镇列出结论。请补上乡镇图层，再重新启动。"))
    others = [layer_title(key) for key in empty if key not in ("county", "township")]
    if others:
        words.append(
            _("以下图层没有任何要素：{names}。没有画出不等于没有规划，请核对来源文件。").format(
                names=_("、").join(others)
            )
        )
    return tuple(words)
