"""The workspace's catalogue: which layer version is current, and every addition ever made. One small SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from geodata.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION: Final = 1
_APPLICATION_ID: Final = 0x44554F47  # "DUOG": tells our catalogue from any other SQLite file
_TIMEOUT_S: Final = 30.0

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS version (
    key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    path TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (key, sha256)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ledger (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    added TEXT NOT NULL,
    FOREIGN KEY (key, sha256) REFERENCES version (key, sha256)
);
CREATE INDEX IF NOT EXISTS ledger_key ON ledger (key, entry);
"""


def create_catalogue(path: Path) -> None:
    """
    Make an empty catalogue.

    Parameters
    ----------
    path
        A file that does not exist, in a folder that does.
    """
    with closing(sqlite3.connect(path, timeout=_TIMEOUT_S, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # readers go on while one process writes
        # One transaction that may be repeated: two processes that create at once end with the same catalogue.
        connection.executescript(
            f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {_APPLICATION_ID}; "
            f"PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
        )


def require_catalogue(path: Path) -> None:
    """
    Require a catalogue that this program can read.

    Parameters
    ----------
    path
        The catalogue's file.

    Raises
    ------
    StoreError
        If it is absent, no catalogue, or of another schema version.
    """
    if not path.is_file():
        raise StoreError(f"{path}: no workspace here. Create one first with Workspace.create.")
    with open_catalogue(path) as connection:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application_id != _APPLICATION_ID:
        raise StoreError(f"{path}: not a workspace catalogue. Choose the folder that Workspace.create made.")
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"{path}: schema version {version}, this program knows {SCHEMA_VERSION}. Open it with the program that "
            "made it, or make a new workspace and add the layers again."
        )


@contextmanager
def open_catalogue(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """
    Open a catalogue for one short transaction and always close it.

    Parameters
    ----------
    path
        The catalogue's file; it must exist.
    write
        Take the only write lock at once, waiting up to half a minute for another process to give it back.

    Yields
    ------
        The connection. The transaction is committed at the end, and rolled back on any exception.

    Raises
    ------
    StoreError
        If the file is absent or damaged, or another process keeps it locked.
    """
    try:
        uri = f"{path.resolve().as_uri()}?mode=rw"  # never makes a file
        with closing(sqlite3.connect(uri, uri=True, timeout=_TIMEOUT_S, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{path}: cannot be opened ({error}). Check that it exists, that no other program holds it, and that the "
            "folder may be written to."
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path}: damaged ({error}). Restore it from a copy, or make the workspace again.") from error
