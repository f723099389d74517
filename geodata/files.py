"""Files named by their content: written whole or not at all, never changed."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

NAME_LENGTH: Final = 16
"""Digits of the SHA-256 that make a file's name."""

_BLOCK: Final = 1 << 20


def find_sha256(paths: Iterable[Path]) -> str:
    """
    Digest the content of files.

    Parameters
    ----------
    paths
        Existing files; their order counts, their names do not.

    Returns
    -------
        SHA-256 in hexadecimal digits.
    """
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def add_file(folder: Path, suffix: str, write: Callable[[Path], None]) -> tuple[Path, str]:
    """
    Write a file under the name of its own content.

    Parameters
    ----------
    folder
        Made if absent.
    suffix
        The file's ending, with the dot.
    write
        Writes to the path that it is given. The path becomes visible under its final name only afterwards.

    Returns
    -------
        The file's path and its SHA-256. A file that is there already with the same content stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{uuid.uuid4().hex}.tmp"
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        sha256 = find_sha256([temporary])
        target = folder / f"{sha256[:NAME_LENGTH]}{suffix}"
        # A sound file stays untouched: Windows refuses to replace one that somebody has open.
        if not target.exists() or find_sha256([target]) != sha256:
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return target, sha256
