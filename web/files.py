"""The files of a run as bytes for a download: Word, GeoPackage, CSV."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from geodata.errors import GeodataError
from layers.background import read_background
from planning.export import write_csv, write_gpkg
from planning.prepare import CheckError
from planning.report.docx import write_docx
from planning.report.known_answers import count_answers
from planning.report.model import build_report
from web import cached
from web.views.overview import county_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator

    from layers.schema import Layer
    from planning.findings import CheckRun
    from planning.report.known_answers import KnownAnswers
    from planning.rulebook import Rulebook

_SHADE_PX = 1600


def tell(bar: DeltaGenerator, words: Callable[[int, int, str], tuple[float, str]]) -> Callable[[int, int, str], None]:
    """Return a progress that moves a bar and says in words how far the work is."""

    def show(done: int, total: int, step: str) -> None:
        bar.progress(*words(done, total, step))

    return show


def known_answers(rulebook: Rulebook, progress: Callable[[int, int, str], None] | None = None) -> KnownAnswers | None:
    """
    Return what the self-test says of these rules.

    Parameters
    ----------
    rulebook
        Rules to test.
    progress
        Told rules done, rules in all, and the rule that is next; without it, only a test that was run counts.

    Returns
    -------
        None where there is no demonstration county that can be checked, or the test was not run.
    """
    demo = cached.demonstration_path()
    if demo is None:
        return None
    fingerprint = cached.fingerprint(demo)
    test = cached.known_self_test(fingerprint, rulebook)
    if test is None and progress is not None:
        try:
            test = cached.run_self_test(demo, fingerprint, rulebook, progress)
        except (CheckError, GeodataError):
            return None  # the report says that it was not run
    return None if test is None else count_answers(test)


def make_word(
    run: CheckRun,
    layers: Mapping[str, Layer],
    *,
    terrain: Path | None,
    county: str,
    created: date,
    rulebook: Rulebook,
    self_test: KnownAnswers | None,
    progress: Callable[[int, int, str], None],
) -> bytes:
    """
    Make the Word report.

    Parameters
    ----------
    run, layers
        What was found, and the layers for the maps. Not changed.
    terrain
        Raster of elevations for the shade under the maps, or None.
    county, created
        For the cover.
    rulebook
        As written; rules that are not those of the run are left out of the report.
    self_test
        What the self-test said of the rules, or None.
    progress
        Is told the steps done, all steps and what is being made.

    Raises
    ------
    FontError
        If no Chinese font is installed: the maps would show boxes.
    """
    file = BytesIO()
    background = None if terrain is None else read_background(terrain, county_bounds(layers), width_px=_SHADE_PX)
    report = build_report(
        run,
        layers,
        county=county,
        created=created,
        background=background,
        rulebook=rulebook if rulebook.version == run.rulebook_version else None,
        self_test=self_test,
    )
    write_docx(report, file, progress)
    return file.getvalue()


def make_gpkg(run: CheckRun) -> bytes:
    """Make the GeoPackage of all findings."""
    return _written(run, write_gpkg, "findings.gpkg")


def make_csv(run: CheckRun) -> bytes:
    """Make the CSV table of all findings."""
    return _written(run, write_csv, "findings.csv")


def _written(run: CheckRun, write: Callable[[CheckRun, Path], None], name: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(run, path)
        return path.read_bytes()
