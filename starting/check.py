"""`start.py test`: every check and every test, after the same set-up."""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from starting.install import is_root, set_up, venv_python
from starting.steps import StepFailed, Trouble, keep_log, run_step, say

CHECKS = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "mypy"),
    "lint-imports": ("-c", "from importlinter.cli import lint_imports_command as check; check()"),
    "pytest": ("-m", "pytest"),  # last, so that the output ends with its closing line
}

POSTGRESQL = Path("/usr/lib/postgresql")
"""Where Debian keeps each release of the server."""


def run_checks(root: Path, wheels: Path | None, pytest_arguments: Sequence[str]) -> int:
    """Set up and run every check, also after one has failed; give the exit code."""
    set_up(root, ["requirements.txt", "requirements-dev.txt"], wheels)
    require_packages(root)
    failed = []
    for name, arguments in CHECKS.items():
        say(f"== {name}")
        began = time.monotonic()
        command = [str(venv_python(root)), *arguments, *(pytest_arguments if name == "pytest" else ())]
        code = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, check=False).returncode
        say(f"== {name}: {'未通过 FAILED' if code else '通过 passed'}, {time.monotonic() - began:.0f} s")
        failed += [name] if code else []
    if failed:
        say(f"未通过 / failed: {', '.join(failed)}")
    return 1 if failed else 0


def prints(*command: str) -> str:
    """Give what a short command prints; nothing if this computer lacks the command."""
    if shutil.which(command[0]) is None:
        return ""
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False).stdout.strip()


def missing_packages() -> list[str]:
    """Name the Debian packages that the browser tests and the map pictures lack."""
    # Debian may have the font without fontconfig's fc-list; other systems have no dpkg-query.
    has_font = prints("fc-list", "Noto Sans CJK SC") or prints("dpkg-query", "-L", "fonts-noto-cjk")
    return ([] if shutil.which("chromium") else ["chromium"]) + ([] if has_font else ["fonts-noto-cjk"])


def missing_oracle() -> list[str]:
    """Name the Debian package without which the tests that ask PostGIS are skipped."""
    return [] if any(POSTGRESQL.glob("*/lib/postgis-3.so")) else ["postgresql-postgis"]


def require_packages(root: Path) -> None:
    """Install Chromium, a Chinese font and PostGIS where we may, or say how; only PostGIS can be done without."""
    needed = missing_packages()
    try:
        install_debian(root, [*needed, *missing_oracle()])
    except Trouble as trouble:
        if needed:
            raise
        say(f"· 没有 PostGIS，与它对照的测试将跳过 / no PostGIS: the tests that ask it are skipped\n{trouble}")


def install_debian(root: Path, missing: Sequence[str]) -> None:
    """Install Debian packages; raise with what a person can do where we may not."""
    if not missing:
        return
    names = " ".join(missing)
    if shutil.which("apt-get") is None:
        raise Trouble(
            f"测试需要 PATH 上的 chromium、字体 Noto Sans CJK SC 和 PostGIS，还缺：{names}（Debian 的包名）。",
            "The tests need chromium on the PATH, the font Noto Sans CJK SC and PostGIS; "
            f"missing: {names} (Debian's names).",
        )
    if not is_root():
        command = f"sudo apt-get install -y {names}"
        raise Trouble(f"测试还缺 {names}：请运行 {command}。", f"The tests lack {names}: run {command}.")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    try:
        run_step(root, "apt-get update", ["apt-get", "update"])
        run_step(root, f"apt-get install {names}", ["apt-get", "install", "-y", "--no-install-recommends", *missing])
    except StepFailed as failed:
        log = keep_log(root, "start-apt.log", str(failed))
        raise Trouble(
            f"apt-get 没有装上 {names}：请检查网络或软件源后再运行（记录：{log}）。",
            f"apt-get did not install {names}: check the network or its mirror and run this again (log: {log}).",
        ) from None
