"""The paper around a map: a figure in millimetres, its frame, scale bar, north arrow, legend and notes."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from PIL import Image

from layers.fonts import require_chinese_font

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from layers.paths import Window

MM_PER_INCH = 25.4
INK = "#2B3036"
QUIET_INK = "#5B636D"
PAPER = "#FFFFFF"
# 64 levels of each colour in place of 256: the eye sees no difference, and the file is half as large. A palette would
# make it smaller still, but spends its colours on the hillshade and bends those of the legend.
_LEVELS = 63
_FEWER_LEVELS = np.rint(np.rint(np.arange(256) * _LEVELS / 255.0) * 255.0 / _LEVELS).astype(np.uint8)


class Sheet:
    """
    One figure, drawn again and again: what one picture adds, `clear` takes away.

    Parameters
    ----------
    width_mm, height_mm
        Size of the paper.
    map_box_mm
        Left, bottom, width and height of the map on it.
    dpi
        Pixels per inch of the picture.
    """

    def __init__(
        self, width_mm: float, height_mm: float, map_box_mm: tuple[float, float, float, float], dpi: int
    ) -> None:
        self.width_mm, self.height_mm, self.map_box_mm = width_mm, height_mm, map_box_mm
        self._family = [require_chinese_font(), "DejaVu Sans"]
        self._figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=dpi, facecolor=PAPER)
        # Its drawing methods are not annotated.
        self._canvas: Any = FigureCanvasAgg(self._figure)
        self.paper = self._axes((0.0, 0.0, width_mm, height_mm))
        self.paper.set(xlim=(0, width_mm), ylim=(0, height_mm))
        self.paper.set_zorder(10)
        self.map = self._axes(map_box_mm)
        self._added: list[Artist] = []

    def _axes(self, box_mm: tuple[float, float, float, float]) -> Axes:
        left, bottom, width, height = box_mm
        box = (left / self.width_mm, bottom / self.height_mm, width / self.width_mm, height / self.height_mm)
        axes = self._figure.add_axes(box)
        axes.set_axis_off()
        axes.set_autoscale_on(False)
        return axes

    def clear(self) -> None:
        """Take away what the last picture added."""
        for artist in self._added:
            artist.remove()
        self._added.clear()

    def add(self, artist: Artist, axes: Axes | None = None) -> None:
        """Add an artist to the map, or to other axes, until the next `clear`."""
        target = axes or self.map
        target.add_artist(artist)
        self._added.append(artist)

    def set_window(self, window: Window) -> None:
        """Show this part of the world; `fit_window` gives one of the right shape."""
        west, south, east, north = window
        self.map.set(xlim=(west, east), ylim=(south, north))

    def write(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size_pt: float = 7.0,
        colour: str = INK,
        align: Literal["left", "center", "right"] = "left",
        rotation: float = 0.0,
        weight: str = "normal",
        halo_pt: float = 0.0,
        on_map: bool = False,
        zorder: float = 60.0,
    ) -> None:
        """Write words in millimetres of the paper, or in degrees on the map. Nothing in them is read as a formula."""
        text = Text(
            x,
            y,
            printable(words),
            parse_math=False,
            fontfamily=self._family,
            fontsize=size_pt,
            fontweight=weight,
            color=colour,
            horizontalalignment=align,
            verticalalignment="center",
            rotation=rotation,
            zorder=zorder,
        )
        if halo_pt:
            text.set_path_effects([withStroke(linewidth=halo_pt, foreground=PAPER, alpha=0.9)])
        self.add(text, self.map if on_map else self.paper)
        text.set_clip_on(on_map)

    def render(self) -> bytes:
        """Return the picture as PNG bytes, the same for the same content."""
        self._canvas.draw()
        pixels = np.asarray(self._canvas.buffer_rgba())[..., :3]
        stream = io.BytesIO()
        Image.fromarray(_FEWER_LEVELS[pixels]).save(stream, format="PNG", compress_level=4)
        return stream.getvalue()


def fit_window(bounds: Window, shape: tuple[float, float], *, margin: float, least_m: float = 0.0) -> Window:
    """
    Widen bounds to a window of a paper's shape, true to shape at its middle latitude.

    Parameters
    ----------
    bounds
        What must be seen, degrees.
    shape
        Width and height of the map on paper, any unit.
    margin
        Empty rim as a share of the bounds' size, on every side.
    least_m
        The window is at least this wide, metres.
    """
    west, south, east, north = bounds
    lon, lat = (west + east) / 2.0, (south + north) / 2.0
    squeeze = math.cos(math.radians(lat))
    degree_m = 111_320.0
    width = max((east - west) * squeeze * (1.0 + 2.0 * margin), least_m / degree_m)
    height = (north - south) * (1.0 + 2.0 * margin)
    width = max(width, height * shape[0] / shape[1])
    height = width * shape[1] / shape[0]
    return (lon - width / squeeze / 2.0, lat - height / 2.0, lon + width / squeeze / 2.0, lat + height / 2.0)


def printable(words: str) -> str:
    """Replace what no font can draw (control characters) by blanks."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
