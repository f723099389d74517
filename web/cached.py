"""The only caches. Keys are content hashes and choices, never a frame: new data has a new key."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import streamlit as st

from geodata.errors import GeodataError
from geodata.store import Workspace
from layers.schema import Layer, read_catalogue, read_layers
from planning.settings import DEFAULTS
from web.views.place import PlaceIndex, index_places

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from planning.findings import CheckRun
    from planning.local_rules import LocalRuleError
    from planning.plan_differences import Differences
    from planning.rulebook import Rulebook
    from planning.self_test import SelfTest
    from planning.settings import Settings
    from planning.sources import Table, TerrainInput

_KEPT_RUNS = 8
_KEPT_FILES = 6
_KEPT_TESTS = 2
_RunKey: TypeAlias = "tuple[str, tuple[str, ...], tuple[str, ...], date, Settings]"

DEFAULT_WORKSPACE = Path(__file__).parent.parent / "workspace" / "demo"


def workspace_path() -> Path:
    """Return the folder of the workspace that is shown: `DUOGUI_WORKSPACE`, else the demonstration county."""
    return Path(os.environ.get("DUOGUI_WORKSPACE") or DEFAULT_WORKSPACE)


def workspace() -> Workspace:
    """Open the workspace."""
    return Workspace.open(workspace_path())


def fingerprint(path: Path | None = None) -> str:
    """
    Hash all current content of a workspace, with its own rules and tables: the key of everything that is kept.

    Parameters
    ----------
    path
        Its folder; that of the workspace that is shown if None.
    """
    root = path or workspace_path()
    opened = Workspace.open(root)
    parts = [str(root.resolve())]
    for key, version in sorted(opened.current().items()):
        parts += [key, version.sha256, repr(version.provenance), version.coverage_wkt or ""]
    stored = opened.terrain()
    parts.append(stored.sha256 if stored else "")
    for file in sorted((*root.glob("rules/*.yaml"), *root.glob("tables/*.csv"))):
        parts += [file.name, hashlib.sha256(file.read_bytes()).hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@st.cache_resource(max_entries=2, show_spinner=False)
def layers(fingerprint: str) -> dict[str, Layer]:  # noqa: ARG001  # the key of the cache
    """Read all layers of the workspace, in drawing order. Shared by all sessions: not to be changed."""
    return read_layers(workspace())


def find_damaged() -> tuple[str, ...]:
    """Return the keys of the layers whose file is missing or broken; `terrain` for the elevations."""
    opened, damaged = workspace(), []
    for key in opened.current():
        try:
            opened.read_layer(key)
        except (GeodataError, OSError):
            damaged.append(key)
    try:
        terrain()
    except (GeodataError, OSError):
        damaged.append("terrain")
    return tuple(damaged)


@st.cache_resource(max_entries=2, show_spinner=False)
def places(fingerprint: str) -> PlaceIndex:
    """Index all features by place, for questions about a point."""
    coverages = {key: version.coverage_wkt for key, version in workspace().current().items()}
    return index_places(layers(fingerprint), coverages)


@st.cache_resource(max_entries=2, show_spinner=False)
def plan_differences(fingerprint: str) -> Differences:
    """Compare the two former plans."""
    from planning.plan_differences import find_differences

    return find_differences(layers(fingerprint))


@dataclass(frozen=True)
class Terrain:
    """The shade of the stored terrain, as the map needs to know it before the picture is there."""

    sha256: str
    """Of all that the picture is made from."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north; EPSG:4490."""
    demonstration: bool


def terrain() -> Terrain | None:
    """Return the shade of the terrain, faded outside the county; None for a workspace without terrain."""
    stored = workspace().terrain()
    if stored is None:
        return None
    from geodata.raster import read_bounds

    county = workspace().current().get("county")
    made_from = f"{stored.sha256} {county.sha256 if county else ''}"
    sha256 = hashlib.sha256(made_from.encode()).hexdigest()
    return Terrain(sha256, read_bounds(stored.path), stored.provenance.demonstration)


@st.cache_resource(max_entries=2, show_spinner=False)
def shade_png(fingerprint: str) -> bytes | None:
    """Draw the shade of the terrain: two seconds' work, for which no map waits."""
    from geodata.raster import hillshade_png

    stored, county = workspace().terrain(), layers(fingerprint).get("county")
    if stored is None:
        return None
    png, _bounds = hillshade_png(stored.path, mask=None if county is None else county.frame.geometry.union_all())
    return png


@st.cache_resource(max_entries=2, show_spinner=False)
def elevations(fingerprint: str) -> TerrainInput | None:  # noqa: ARG001
    """Read the elevations that rules ask for."""
    from planning.sources import read_workspace_terrain

    return read_workspace_terrain(workspace())


@st.cache_resource(max_entries=2, show_spinner=False)
def tables(fingerprint: str) -> tuple[Table, ...]:  # noqa: ARG001
    """Read the tables that rules look codes up in: the workspace's own, else ours."""
    from planning.sources import read_industry_access

    return (read_industry_access(workspace()),)


def rulebook(fingerprint: str) -> Rulebook:
    """Return the built-in rules with those of the workspace's own that can be used."""
    return _read_rules(fingerprint)[0]


def local_rule_errors(fingerprint: str) -> tuple[LocalRuleError, ...]:
    """Return the workspace's own rule files that are not in use, and why."""
    return _read_rules(fingerprint)[1]


@st.cache_resource(max_entries=2, show_spinner=False)
def _read_rules(fingerprint: str) -> tuple[Rulebook, tuple[LocalRuleError, ...]]:
    from planning.local_rules import read_with_local

    return read_with_local(workspace_path(), {*read_catalogue(), *layers(fingerprint)})


def check_run(
    fingerprint: str,
    rule_ids: tuple[str, ...],
    layer_keys: tuple[str, ...],
    as_of: date,
    settings: Settings = DEFAULTS,
    progress: Callable[[int, int, str], None] | None = None,
) -> CheckRun:
    """
    Check layers against rules; a check that was run before is not run again.

    Parameters
    ----------
    fingerprint
        Of the workspace.
    rule_ids, layer_keys
        Empty is all.
    as_of
        Day whose law is asked.
    settings
        What a person has set for this run.
    progress
        Told rules done, rules in all, and the rule that is next.
    """
    runs, key = _runs(), (fingerprint, rule_ids, layer_keys, as_of, settings)
    # Not a cached function: Streamlit would record the progress bar's messages and fail to repeat them.
    run = runs.pop(key, None)
    if run is None:
        from planning.check import check_layers

        known = layers(fingerprint)
        run = check_layers(
            {layer: known[layer] for layer in layer_keys or known if layer in known},
            rulebook(fingerprint),
            as_of=as_of,
            rule_ids=rule_ids or None,
            terrain=elevations(fingerprint),
            tables=tables(fingerprint),
            settings=settings,
            progress=progress,
        )
    runs[key] = run
    for old in list(runs)[:-_KEPT_RUNS]:
        runs.pop(old, None)
    return run


def known_run(fingerprint: str, as_of: date, settings: Settings = DEFAULTS) -> CheckRun | None:
    """
    Return the last check of this content, day and settings, if there was one.

    Without settings, only a check with the usual ones: what someone has tried out is no answer for another screen.
    """
    wanted = (fingerprint, as_of, settings)
    found = [run for (content, _rules, _keys, day, s), run in list(_runs().items()) if (content, day, s) == wanted]
    return found[-1] if found else None


@st.cache_resource(show_spinner=False)
def _runs() -> dict[_RunKey, CheckRun]:
    """Return the checks that are kept, the last used at the end."""
    return {}


def demonstration_path() -> Path | None:
    """Return the folder of the demonstration county: the workspace that is shown if it is one, else the usual place."""
    if all(version.provenance.demonstration for version in workspace().current().values()):
        return workspace_path()
    return DEFAULT_WORKSPACE if (DEFAULT_WORKSPACE / "catalogue.sqlite").is_file() else None


def known_self_test(demo_fingerprint: str, rulebook: Rulebook) -> SelfTest | None:
    """Return what the self-test said of this demonstration county and these rules, if it was run."""
    return _self_tests().get((demo_fingerprint, rulebook.version))


def run_self_test(
    demo: Path, demo_fingerprint: str, rulebook: Rulebook, progress: Callable[[int, int, str], None]
) -> SelfTest:
    """
    Hold the known answers against a check of the demonstration county, and keep what came of it.

    Parameters
    ----------
    demo, demo_fingerprint
        Folder of the demonstration county, and its content.
    rulebook
        Rules to test.
    progress
        Told rules done, rules in all, and the rule that is next.
    """
    from planning import self_test

    tests = _self_tests()
    done = self_test.run_self_test(Workspace.open(demo), rulebook, self_test.AS_OF, progress)
    tests[(demo_fingerprint, rulebook.version)] = done
    for old in list(tests)[:-_KEPT_TESTS]:
        tests.pop(old, None)
    return done


@st.cache_resource(show_spinner=False)
def _self_tests() -> dict[tuple[str, str], SelfTest]:
    """Return the self-tests that are kept, by content of the demonstration county and version of the rules."""
    return {}


def kept_file(key: tuple[object, ...], make: Callable[[], bytes] | None = None) -> bytes | None:
    """
    Return a file that was made before, or make it and keep it.

    Parameters
    ----------
    key
        Everything the content depends on.
    make
        Makes the file; without it, None is returned for a file that was not made yet.
    """
    files = _files()
    if key not in files and make is not None:
        files[key] = make()
        for old in list(files)[:-_KEPT_FILES]:
            files.pop(old, None)
    return files.get(key)


@st.cache_resource(show_spinner=False)
def _files() -> dict[tuple[object, ...], bytes]:
    """Return the files that are kept, the last made at the end."""
    return {}
