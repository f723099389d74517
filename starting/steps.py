"""
Sentences for a person, stamps of finished work, and long commands that show how far they are.

Each folder that we make (.venv, vendor, workspace/demo) holds a stamp of what it was made from, written last. No stamp,
or another one: the folder was not finished, or its sources have changed, and it is made again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

STAMP = "duogui.stamp"
PYTHON = "python" if os.name == "nt" else "python3"  # as a person types it
SECONDS_BETWEEN_LINES = 20


class Trouble(Exception):  # noqa: N818  (what the person reads, not a fault of the program)
    """Something that a person can put right: one sentence in Chinese, and the same in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n  {english}")


class StepFailed(Exception):  # noqa: N818
    """A command ended badly; its text is all that the command printed."""


def say(text: str) -> None:
    """Print at once, also where the output is a file."""
    print(text, flush=True)


def keep_log(root: Path, name: str, text: str) -> Path:
    """Keep what a failed step printed, for whoever helps; give the file's path."""
    log = root / "workspace" / name
    log.parent.mkdir(exist_ok=True)
    log.write_text(text, encoding="utf-8")
    return log


def digest(*paths: Path) -> str:
    """Digest names and contents; a folder stands for all its files but its stamp."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.name != STAMP and "__pycache__" not in file.parts:
                name = file.relative_to(path).as_posix() if path.is_dir() else path.name
                total.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def read_stamp(folder: Path) -> list[str]:
    """Read the lines of a folder's stamp; none if the folder was never finished."""
    try:
        return (folder / STAMP).read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return []


def write_stamp(folder: Path, lines: Sequence[str]) -> None:
    """Say, last of all, what a folder was made from."""
    (folder / STAMP).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def remove(path: Path) -> None:
    """Remove a folder or a file, if it is there; of a link only the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def last_line(lines: Sequence[str]) -> str:
    """Say how far a command is, in its own last words."""
    return lines[-1].strip()[:40] if lines else ""


def run_step(
    root: Path,
    title: str,
    command: Sequence[str | Path],
    how_far: Callable[[Sequence[str]], str] = last_line,
) -> None:
    """
    Run one long command in the repository, showing how far it is.

    Raises
    ------
    StepFailed
        With everything that the command printed.
    """
    say(f"· {title}")
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines: list[str] = []
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    began = shown = time.monotonic()
    try:
        while process.poll() is None:
            time.sleep(0.1)
            now = time.monotonic()
            line = f"    {now - began:.0f} s   {how_far(lines)}"
            if sys.stdout.isatty():
                print(f"\r{line:<60}", end="", flush=True)
            elif now - shown > SECONDS_BETWEEN_LINES:
                shown = now
                say(line)
    finally:  # also when the person presses Ctrl-C
        stop(process)
        reader.join(timeout=5)
    if sys.stdout.isatty():
        print("\r" + " " * 78, end="\r")
    if process.returncode:
        raise StepFailed("".join(lines))
    say(f"    {time.monotonic() - began:.0f} s   完成 done")


def _read(process: subprocess.Popen[str], lines: list[str]) -> None:
    """Collect a child's output line by line, while the main thread watches the list grow."""
    if process.stdout is not None:
        with process.stdout:
            for line in process.stdout:
                lines.append(line)  # noqa: PERF402


def stop(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End a child that still runs, kindly and then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
