"""What more than one folder of tests needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demo_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the demonstration county once for the whole session; tests only read it."""
    from geodata.demo.build import build_demo

    root = tmp_path_factory.mktemp("demo") / "workspace"
    build_demo(root)
    return root
