# -*- coding: utf-8 -*-
# ruff: noqa: ANN001, ANN201, UP009, UP031
"""
One command sets up and opens the screens; with `test` it sets up and runs every check.

python3 start.py                         set up once, then open the screens on this computer
python3 start.py --port 8600             on another port
python3 start.py --host 0.0.0.0          for everyone on this network
python3 start.py --workspace PATH        with another workspace
python3 start.py --wheels DIR            first set-up without a network, from a folder of wheels
python3 start.py test [-- PYTEST ARGS]   set up, then run every check and every test

This file is written so that even Python 2 can read it, and says one sentence instead of a SyntaxError.
What it starts is in the folder `starting`, for the Pythons that we support; standard library only.
"""

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def find_python():
    """Name a supported Python that runs on this computer; "python3.12" if there is none."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
            for command in (["python3.%d" % minor], ["py", "-3.%d" % minor]):
                try:
                    if subprocess.call(command + ["-c", ""], stdout=nowhere, stderr=nowhere) == 0:  # noqa: RUF005
                        return " ".join(command)
                except OSError:
                    continue
    return "python3.12"


def refusal(version):
    """Say which Python is needed; empty if this one is."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return ""
    found = ".".join(str(part) for part in version[:3])
    return (
        "这是 Python %s，本程序需要 3.11–3.13：请运行 %s start.py（没有就先安装 Python 3.12）。\n"
        "  This is Python %s; 3.11 to 3.13 is needed: run %s start.py (install Python 3.12 if it is missing).\n"
    ) % ((found, find_python()) * 2)


if __name__ == "__main__":
    sentence = refusal(sys.version_info)
    if sentence:
        sys.stderr.write(sentence)
        sys.exit(2)
    from starting.command import main

    sys.exit(main(sys.argv[1:]))
