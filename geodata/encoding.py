"""Which encoding a shapefile's texts are really in: the .cpg file beside them may be missing, and may lie."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geodata.errors import ReadError

if TYPE_CHECKING:
    from pathlib import Path

UTF_8: Final = "UTF-8"
GB18030: Final = "GB18030"
LATIN_1: Final = "ISO-8859-1"

_HEADER: Final = 32
_DESCRIPTOR: Final = 32
_END_OF_DESCRIPTORS: Final = 0x0D
_SINGLE_BYTE: Final = 0x80
# The 3,755 level-1 characters of GB/T 2312 make up nearly all Chinese text, and stand nowhere near the pairs of
# accented letters that European text looks like in GBK.
_COMMON_CHINESE: Final = frozenset(
    bytes((row, cell)).decode("gb2312")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF)
    if (row, cell) <= (0xD7, 0xF9)
)
_CHINESE_SHARE: Final = 0.5
_CODE_PAGES: Final = {"65001": UTF_8, "936": GB18030, "54936": GB18030, "88591": LATIN_1}
_SUPERSETS: Final = {"gbk": GB18030, "gb2312": GB18030, "gb18030": GB18030, "utf-8": UTF_8, "iso8859-1": LATIN_1}


@dataclass(frozen=True)
class TextEncoding:
    """What a table's texts are in."""

    encoding: str
    """A name that Python and GDAL both know."""
    declared: str | None
    """What the .cpg file says, word for word; None without one."""
    mistaken: bool
    """Whether the declaration is wrong, as the bytes show."""
    foreign: bool
    """Whether there is any text beyond ASCII: without it nothing depends on the encoding."""
    cut_values: int
    """Values that end within a character, cut to the width of their field."""


@dataclass(frozen=True)
class _Decoded:
    cut_values: int
    chinese_share: float


def find_text_encoding(dbf: Path, cpg: Path | None) -> TextEncoding:
    """
    Find the encoding of a dBASE table by decoding all of its text.

    Parameters
    ----------
    dbf
        The table.
    cpg
        The file that names its encoding, if there is one.

    Returns
    -------
        The declared encoding where the bytes bear it out; else UTF-8 if all text is; else GB18030 (which includes GBK)
        if that makes common Chinese; else ISO-8859-1, which never fails.

    Raises
    ------
    ReadError
        If the table is cut off or is none.
    """
    texts = _read_foreign_texts(dbf)
    declared_text = None if cpg is None else cpg.read_text(encoding="latin-1").strip()
    declared = _known_name(declared_text)
    decoded = {name: _decode(texts, name) for name in dict.fromkeys((UTF_8, GB18030, declared or UTF_8))}
    utf_8, gb, as_declared = decoded[UTF_8], decoded[GB18030], decoded[declared or UTF_8]
    is_chinese = gb is not None and gb.chinese_share >= _CHINESE_SHARE
    encoding = LATIN_1
    if not texts:
        encoding = declared or UTF_8
    elif declared == GB18030 and is_chinese and utf_8 is not None and utf_8.chinese_share < _CHINESE_SHARE:
        encoding = GB18030  # a few short texts in GBK happen to be UTF-8 as well
    elif utf_8 is not None:
        encoding = UTF_8
    elif is_chinese and (declared is None or as_declared is None or _is_single_byte(declared)):
        encoding = GB18030
    elif declared is not None and as_declared is not None:
        encoding = declared
    chosen = decoded.get(encoding)
    return TextEncoding(
        encoding=encoding,
        declared=declared_text,
        mistaken=declared is not None and encoding != declared,
        foreign=bool(texts),
        cut_values=chosen.cut_values if chosen is not None else 0,
    )


def _known_name(declared: str | None) -> str | None:
    """Bring `GBK`, `936`, `ANSI 1252`, `utf8` and the like to one form; None for what no codec knows."""
    if not declared:
        return None
    word = declared.split()[-1]
    if word in _CODE_PAGES:
        return _CODE_PAGES[word]
    try:
        name = codecs.lookup(f"cp{word}" if word.isdigit() else word).name
    except LookupError:
        return None
    return _SUPERSETS.get(name, name.upper())


def _is_single_byte(encoding: str) -> bool:
    """Whether the encoding has a letter for nearly every byte, so that decoding proves nothing."""
    return len("é".encode(encoding, errors="replace")) == 1 and encoding not in {UTF_8, GB18030}


def _decode(texts: list[tuple[bytes, bool]], encoding: str) -> _Decoded | None:
    """Decode all texts strictly, but for a last character that was cut; None if one does not decode."""
    cut_values = chinese = foreign = 0
    for raw, fills_field in texts:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        try:
            text = decoder.decode(raw)
        except UnicodeDecodeError:
            return None
        common = sum(letter in _COMMON_CHINESE for letter in text)
        if decoder.getstate()[0]:
            if not (fills_field or common):
                return None
            cut_values += 1
        chinese += common
        foreign += sum(not letter.isascii() for letter in text)
    return _Decoded(cut_values, chinese / foreign if foreign else 0.0)


def _read_foreign_texts(dbf: Path) -> list[tuple[bytes, bool]]:
    """Every different text beyond ASCII, field names too, and whether it fills its field."""
    content = dbf.read_bytes()
    count = int.from_bytes(content[4:8], "little")
    start, width = int.from_bytes(content[8:10], "little"), int.from_bytes(content[10:12], "little")
    if start <= _HEADER or not width or len(content) < start + count * width:
        raise ReadError(
            f"{dbf}: cut off: {count} rows are announced, fewer are there. Get a complete copy of the file."
        )
    records = np.frombuffer(content, dtype=np.uint8, count=count * width, offset=start).reshape(count, width)
    texts: list[tuple[bytes, bool]] = []
    offset = 1  # a record begins with its deletion mark
    for at in range(_HEADER, start - 1, _DESCRIPTOR):
        if content[at] == _END_OF_DESCRIPTORS:
            break
        name, kind, length = content[at : at + 11].split(b"\0")[0], content[at + 11 : at + 12], content[at + 16]
        if not name.isascii():
            texts.append((name, len(name) >= 10))  # noqa: PLR2004 - dBASE's longest name
        column = records[:, offset : offset + length]
        offset += length
        if kind != b"C":
            continue
        foreign = column[(column >= _SINGLE_BYTE).any(axis=1)]
        texts += [
            (value.rstrip(b" \0"), len(value.rstrip(b" \0")) == length)
            for value in sorted({row.tobytes() for row in foreign})
        ]
    return texts
