"""
A PostGIS server of the tests' own, from Debian's packages: in a temporary folder, on a free port of 127.0.0.1.

It asks for a password made for the run, and no other server is touched. It is spoken to through `psql`, so that no
driver is needed;
geometry crosses as hexadecimal WKB and numbers in PostgreSQL's shortest exact form, so that no digit is lost.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PACKAGE = "postgresql-postgis"
"""Debian's name for the server of the release with PostGIS."""

SCHEMA = tuple(Path(__file__).with_name(name) for name in ("relations.sql", "findings.sql"))
_ACCOUNT = "postgres"
"""Made by Debian's package: the server refuses to run as root."""

_START_S = 60
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # parallel workers need more /dev/shm than a container may have
}


class PostgisError(RuntimeError):
    """The server did not start, or refused a script: with what it said."""


def find_programs() -> Path | None:
    """Find the newest PostgreSQL that has PostGIS: the folder of its programs."""
    found = [path.parent.parent / "bin" for path in Path("/usr/lib/postgresql").glob("*/lib/postgis-3.so")]
    found = [path for path in found if (path / "initdb").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


class Postgis:
    """One running server with the oracle's functions in it."""

    def __init__(self, programs: Path, port: int, password: str) -> None:
        self._password = password
        self._command = [str(programs / "psql"), "-XqAt", "-F\t", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        self._command += ["-h", "127.0.0.1", "-p", str(port), "-U", _ACCOUNT, "-d", "postgres"]

    def ask(self, script: str, **variables: str | float) -> list[list[str]]:
        """Run SQL with `:'name'` standing for variables, and give the rows it prints."""
        words = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        done = subprocess.run(
            [*self._command, *words],
            input=script,
            capture_output=True,
            encoding="utf-8",
            env={**_environment(), "PGPASSWORD": self._password},
            check=False,
        )
        if done.returncode:
            raise PostgisError(f"{done.stderr.strip()}\n{script[:500]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def load(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Append rows to a table; None is NULL, a geometry goes in as WKB."""
        lines = ["\t".join(_field(value) for value in row) for row in rows]
        self.ask("\n".join([f"COPY {table} FROM STDIN;", *lines, "\\.", f"ANALYZE {table};"]))


@contextmanager
def run_postgis(programs: Path) -> Iterator[Postgis]:
    """Start a new server, and end it with all that it has written."""
    folder = Path(tempfile.mkdtemp(prefix="postgis-"))  # not under pytest's folder, which the server may not enter
    data, log, secret = folder / "data", folder / "log.txt", folder / "password"
    secret.write_text(secrets.token_urlsafe(), encoding="ascii")
    # The kernel ends the server with us, also where nobody gets to end it.
    before = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        shutil.chown(folder, _ACCOUNT, _ACCOUNT)
        shutil.chown(secret, _ACCOUNT, _ACCOUNT)
        before += ["--reuid", _ACCOUNT, "--regid", _ACCOUNT, "--clear-groups"]
    settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    try:
        _run(
            [*before, str(programs / "initdb"), "-D", str(data), "-U", _ACCOUNT, f"--pwfile={secret}", *_INITDB], folder
        )
        port = _free_port()
        with log.open("w", encoding="utf-8") as output:
            server = subprocess.Popen(
                [*before, str(programs / "postgres"), "-D", str(data), "-p", str(port), *settings],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait([str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)], server, log)
            postgis = Postgis(programs, port, secret.read_text(encoding="ascii"))
            for script in SCHEMA:
                postgis.ask(script.read_text(encoding="utf-8"))
            yield postgis
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_INITDB = ("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise PostgisError(f"{' '.join(command)}: {done.stdout}{done.stderr}")


def _wait(is_ready: Sequence[str], server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and server.poll() is None:
        if subprocess.run(is_ready, env=_environment(), check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise PostgisError(f"the server did not start: {log.read_text(encoding='utf-8', errors='replace')}")


def _environment() -> Mapping[str, str]:
    """Leave out what would send psql to another server, or change how numbers are written."""
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, "LC_ALL": "C"}


def _field(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, shapely.Geometry):
        return str(shapely.to_wkb(value, hex=True, include_srid=True))
    text = str(value)
    for character, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(character, escaped)
    return text
