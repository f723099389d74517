"""What a check looks at beside layers: the terrain, and tables that an office can replace by its own."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.raster import read_terrain
from planning.prepare import CheckError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.raster import Terrain
    from geodata.store import Provenance, Workspace

INDUSTRY_ACCESS = Path(__file__).parent / "industry_access.csv"
INDUSTRY_ACCESS_KEY = "industry_access"
ACCESSES = ("禁止", "限制", "允许")
_COLUMNS = ("code", "name", "access", "requirement", "source", "placeholder")


@dataclass(frozen=True, eq=False)
class TerrainInput:
    """The terrain that a check uses, with where it comes from."""

    terrain: Terrain
    sha256: str
    provenance: Provenance


@dataclass(frozen=True)
class Table:
    """Rows with `code` and `name`."""

    key: str
    name: str
    plan: str
    rows: tuple[Mapping[str, object], ...]
    sha256: str
    source: str
    placeholder: bool
    """Whether any row only holds the place of an official one."""


def read_workspace_terrain(workspace: Workspace) -> TerrainInput | None:
    """
    Read the workspace's terrain; None where it has none.

    Raises
    ------
    ReadError
        If the file cannot be read.
    """
    stored = workspace.terrain()
    if stored is None:
        return None
    return TerrainInput(read_terrain(stored.path), stored.sha256, stored.provenance)


def read_industry_access(workspace: Workspace | None = None) -> Table:
    """
    Read the list of industries that are prohibited, restricted or allowed.

    Parameters
    ----------
    workspace
        Its own `tables/industry_access.csv` takes the place of our placeholder list.

    Raises
    ------
    CheckError
        If a row lacks a column, has an unknown access or a code that is used twice; names file, line and remedy.
    """
    path = INDUSTRY_ACCESS
    if workspace is not None and (own := workspace.root / "tables" / "industry_access.csv").is_file():
        path = own
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")  # what Excel writes on a Chinese Windows
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in _COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise CheckError(f"{path.name}: column {missing[0]!r} is missing. The table needs {', '.join(_COLUMNS)}.")
    try:
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise CheckError(f"{path.name}:{reader.line_num}: is not CSV ({error}). Look for a quote left open.") from error
    rows: dict[str, Mapping[str, object]] = {}
    for line, row in lines:
        code, access = str(row["code"]).strip(), str(row["access"]).strip()
        if not code.isdigit() or access not in ACCESSES:
            raise CheckError(
                f"{path.name}:{line}: code {code!r}, access {access!r}. "
                f"Write a GB/T 4754 code in digits and one of {'、'.join(ACCESSES)}."
            )
        if code in rows:
            raise CheckError(f"{path.name}:{line}: code {code} stands twice. Keep one row.")
        placeholder = str(row.get("placeholder", "")).strip().lower() in {"true", "1", "是"}
        name = str(row["name"] or code)
        rows[code] = {**row, "code": code, "name": name, "access": access, "placeholder": placeholder}
    placeholder = any(row["placeholder"] for row in rows.values())
    name = "产业准入清单（占位候选）" if placeholder else "产业准入清单"
    return Table(
        key=INDUSTRY_ACCESS_KEY,
        name=name,
        plan=name,
        rows=tuple(rows.values()),
        sha256=hashlib.sha256(content).hexdigest(),
        source=path.name,
        placeholder=placeholder,
    )
