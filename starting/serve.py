"""The port, the server, and its address once it answers."""

import errno
import ipaddress
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from starting.install import venv_python
from starting.steps import PYTHON, Trouble, keep_log, say, stop

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8501
FIRST_FREE_PORT = 1024  # below it, a port belongs to the administrator
NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, 10049)  # 10049: the same on Windows
SECONDS_TO_ANSWER = 90


def bind_error(host: str, port: int) -> OSError | None:
    """Try whether a server could listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # a port just closed is free; on Windows the option would share a busy one
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        return error
    return None


def require_port(host: str, port: int) -> None:
    """Raise, naming a free port, unless the server can listen there."""
    error = bind_error(host, port)
    if error is None:
        return
    if isinstance(error, socket.gaierror) or error.errno in NO_SUCH_ADDRESS:
        raise Trouble(
            f"{host} 不是本机的地址：请用 --host {LOOPBACK}（只限本机）或 --host 0.0.0.0（局域网）。",
            f"{host} is not an address of this computer: use --host {LOOPBACK} (here only) or 0.0.0.0 (the network).",
        )
    others = range(max(port, DEFAULT_PORT) + 1, 65536)
    free = next((other for other in others if bind_error(host, other) is None), DEFAULT_PORT)
    if port < FIRST_FREE_PORT and isinstance(error, PermissionError):
        why, why_english = "只有管理员能用", "is for administrators"
    else:
        why, why_english = "已被占用（也许本程序已经开着）", "is in use (perhaps by this program)"
    raise Trouble(
        f"端口 {port} {why}：请运行 {PYTHON} start.py --port {free}。",
        f"Port {port} {why_english}: run {PYTHON} start.py --port {free}.",
    )


def is_local(host: str) -> bool:
    """Tell whether only this computer can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """Give the address to open on this computer."""
    here = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def answers(where: str) -> bool:
    """Ask the server whether it is ready; never through the office's proxy."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{where}/_stcore/health", timeout=2):
            return True
    except OSError:
        return False


def serve(root: Path, host: str, port: int, workspace: Path) -> None:
    """
    Run the server until Ctrl-C, and print its address once it answers.

    Raises
    ------
    Trouble
        If the server ends by itself, or does not answer in time.
    """
    if not is_local(host):
        say(
            f"注意：用 --host {host} 时，同一网络里的任何人都能打开，不需要密码。\n"
            f"  Note: with --host {host} anyone on this network can open it, without a password."
        )
    command = [venv_python(root), "-m", "streamlit", "run", "app.py", "--server.port", port, "--server.address", host]
    log, where = keep_log(root, "server.log", ""), address(host, port)
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(part) for part in command],
            cwd=root,
            env={**os.environ, "DUOGUI_WORKSPACE": str(workspace)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            ready, deadline = False, time.monotonic() + SECONDS_TO_ANSWER
            while server.poll() is None and (ready or time.monotonic() < deadline):
                if not ready and answers(where):
                    ready = True
                    say(f"请打开 / open:  {where}\n  （按 Ctrl-C 结束 / Ctrl-C ends it）")
                time.sleep(0.1)
        except KeyboardInterrupt:
            say("\n已结束 / ended")
            return
        finally:
            stop(server)
    raise Trouble(f"服务停止了：原因在 {log} 的末尾。", f"The server has stopped: the end of {log} says why.")
