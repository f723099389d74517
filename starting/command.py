"""The command line of start.py. Every failure becomes one sentence; the exit code is 0, 2, or 1 for failed checks."""

import argparse
import contextlib
import io
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from starting.check import run_checks
from starting.install import set_up
from starting.serve import DEFAULT_PORT, LOOPBACK, require_port, serve
from starting.steps import Trouble, keep_log

ROOT = Path(__file__).resolve().parent.parent
LAST_PORT = 65535


def port_number(text: str) -> int:
    """Read a port."""
    if not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
        raise Trouble(
            f"--port {text}：端口是 1–65535 的整数。", f"--port {text}: a port is a whole number from 1 to 65535."
        )
    return int(text)


def folder(text: str) -> Path:
    """Read a folder's path, as seen from where the command was given."""
    path = Path(text).expanduser().resolve()
    if not path.is_dir():
        raise Trouble(f"没有文件夹 {path}：请检查路径。", f"There is no folder {path}: check the path.")
    return path


def read_arguments(arguments: Sequence[str]) -> tuple[argparse.Namespace, Sequence[str]]:
    """Read the command line; what follows `--` is pytest's."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(prog="start.py", description="安装并打开，或安装并测试 / set up and open, or test")
    parser.add_argument("task", nargs="?", choices=["test"], help="运行全部检查和测试 / run every check and test")
    parser.add_argument("--port", type=port_number, default=DEFAULT_PORT, help="端口 / port (8501)")
    parser.add_argument("--host", default=LOOPBACK, help="监听地址 / address to listen on (127.0.0.1)")
    parser.add_argument("--workspace", type=folder, help="工作区 / workspace (workspace/demo)")
    parser.add_argument("--wheels", type=folder, help="离线安装包 / wheels, where there is no network")
    return parser.parse_args(arguments[:cut]), arguments[cut + 1 :]


def start(options: argparse.Namespace) -> int:
    """Set up if needed, then serve until Ctrl-C."""
    require_port(options.host, options.port)
    set_up(ROOT, ["requirements.txt"], options.wheels, demo=options.workspace is None)
    serve(ROOT, options.host, options.port, options.workspace or ROOT / "workspace" / "demo")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run; say every failure in one sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a Windows console may lack a character
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the server ends with us
    try:
        options, pytest_arguments = read_arguments(arguments)
        return run_checks(ROOT, options.wheels, pytest_arguments) if options.task else start(options)
    except KeyboardInterrupt:
        message = "已中断，再运行一次会接着做。\n  Interrupted: run it again to go on."
    except Trouble as trouble:
        message = str(trouble)
    except PermissionError as error:
        message = (
            f"没有权限写 {error.filename}：请把本程序放在自己的文件夹里，并关掉正在使用它的程序。\n"
            f"  No permission for {error.filename}: keep this program in a folder of your own; close whatever uses it."
        )
    except OSError as error:
        message = f"系统报错，没有完成：{error}。\n  The system refused: {error}."
    except Exception:  # noqa: BLE001  (who starts it gets a sentence, the maintainers the rest)
        message = "未预料的错误：请把 workspace/start-error.log 发给维护者。\n  Unexpected: send it to the maintainers."
        with contextlib.suppress(OSError):
            keep_log(ROOT, "start-error.log", traceback.format_exc())
    print(message, file=sys.stderr, flush=True)
    return 2
