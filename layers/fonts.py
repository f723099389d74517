"""The Chinese font of a picture: found by name, or a clear error. Never boxes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from matplotlib import font_manager

from layers.errors import FontError

# Best first: what Windows, macOS and Linux offices have.
CHINESE_FONTS = (
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "DengXian",
    "SimSun",
    "FangSong",
)


@cache
def require_chinese_font() -> str:
    """
    Find the first installed font with simplified Chinese characters.

    Returns
    -------
        Its family name. By name and not by file: of a collection (TTC) a file name would give the Japanese face.

    Raises
    ------
    FontError
        If none is installed.
    """
    found = _first_installed()
    if found is None:
        # matplotlib keeps a list of fonts in a cache file: one installed since then is not in it.
        _add_new_fonts()
        found = _first_installed()
    if found is None:
        raise FontError(
            f"Chinese font: none of {', '.join(CHINESE_FONTS)} is installed. Install one (Debian/Ubuntu: package "
            f"fonts-noto-cjk), or copy a font file such as msyh.ttc or simhei.ttf into a font folder of this "
            f"computer ({_font_folder()}), and start again."
        )
    return found


def _first_installed() -> str | None:
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in installed), None)


def _add_new_fonts() -> None:
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in sorted(font_manager.findSystemFonts()):
        if path not in known:
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError, ValueError):
                # A broken or unreadable font file on this computer is not our matter; the next may serve.
                continue


def _font_folder() -> str:
    return str(Path.home() / ".fonts") if Path("/usr/share").exists() else "C:\\Windows\\Fonts"
