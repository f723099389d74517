"""A finding's number explained: what went in, the ways to measure it side by side, the command to see it again."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from planning.explain import explain_finding, measure_evidence, reproduce_command, working_crs_of
from web.words import _, language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning.explain import Measures, Section
    from planning.findings import CheckRun, Finding
    from planning.rulebook import Rulebook

MEASURING = "怎样量算"
"""The section whose numbers stand side by side."""
_LEAST_PPM = 0.1


@dataclass(frozen=True)
class Way:
    """One way to measure the evidence."""

    title: str
    number: str
    difference: str
    """From the one that counts, in ppm."""
    formula: str
    counts: bool
    """Whether the finding's number is made so."""


@dataclass(frozen=True)
class ExplainedSection:
    """A part of the explanation; the one that measures also has its ways."""

    title: str
    lines: tuple[tuple[str, str], ...]
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """A finding explained, in the order in which a person would ask."""

    sections: tuple[ExplainedSection, ...]
    command: str
    """Finds the same number again."""
    note: str
    """In which language the sentences are; empty where that is the screen's."""


def explanation_view(finding: Finding, run: CheckRun, rulebook: Rulebook, workspace: str) -> Explanation:
    """
    Explain a finding.

    Parameters
    ----------
    run
        The run that found it.
    rulebook
        As used by the run.
    workspace
        Folder of the workspace, as it goes into the command.
    """
    crs = working_crs_of(run)
    ways = () if crs is None else measured_ways(measure_evidence(finding, crs), run.working_crs)
    command = reproduce_command(finding, run, workspace)
    sections = (_section(section, ways, command) for section in explain_finding(finding, run, rulebook, workspace))
    return Explanation(
        sections=tuple(section for section in sections if section.lines or section.ways),
        command=command,
        note=_("解释用中文写，与报告一致。") if language() == "en" else "",
    )


def measured_ways(measures: Measures, working_crs: str) -> tuple[Way, ...]:
    """Put the ways to measure one piece of evidence side by side; empty for points."""
    geodesic = _("顶点之间取大地线，在 CGCS2000 椭球上直接量算（geographiclib 算法）")
    plane = _("高斯投影平面 {crs}").format(crs=working_crs)
    area, length = measures.ellipsoidal_area_m2, measures.ellipsoidal_length_m
    if area is not None:
        shoelace = _("½｜Σ（xᵢyᵢ₊₁ − xᵢ₊₁yᵢ）｜，{plane}").format(plane=plane)
        trapezia = _(
            "Σ 2b²ΔL[A sin(ΔB/2)cosBₘ − B sin(3ΔB/2)cos3Bₘ + C sin(5ΔB/2)cos5Bₘ − …]，"
            "国土调查办发〔2008〕32号，长边先加密"
        )
        return (
            Way(_("椭球面积（采用）"), f"{area:,.2f} m²", "", geodesic, counts=True),
            _compared(_("平面面积"), measures.planar_area_m2, area, "m²", shoelace),
            _compared(_("官方梯形公式"), measures.official_area_m2, area, "m²", trapezia),
        )
    if length is not None:
        straight = _("Σ√(Δx² + Δy²)，{plane}").format(plane=plane)
        return (
            Way(_("椭球长度（采用）"), f"{length:,.2f} m", "", geodesic, counts=True),
            _compared(_("平面长度"), measures.planar_length_m, length, "m", straight),
        )
    return ()


def explanation_html(view: Explanation) -> str:
    """Draw an explanation as a table of definitions."""
    note = f'<p class="dg-note">{escape(view.note)}</p>' if view.note else ""
    return f'<div class="dg-explain">{note}{"".join(_section_html(section) for section in view.sections)}</div>'


def _section(section: Section, ways: tuple[Way, ...], command: str) -> ExplainedSection:
    lines = tuple((line.label, line.words) for line in section.lines if line.words != command)
    if section.title != MEASURING or not ways:
        return ExplainedSection(_(section.title), _translated(lines))
    # The measures stand side by side: only what else is said of them stays a line.
    return ExplainedSection(_(section.title), _translated(line for line in lines if line[0] == "说明"), ways)


def _translated(lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((_(label), words) for label, words in lines)


def _compared(title: str, value: float | None, reference: float, unit: str, formula: str) -> Way:
    if value is None or reference == 0:
        return Way(title, "—", "", formula, counts=False)
    ppm = 1e6 * (value / reference - 1)
    difference = f"{ppm:+,.1f} ppm" if abs(ppm) >= _LEAST_PPM else "< 0.1 ppm"
    return Way(title, f"{value:,.2f} {unit}", difference, formula, counts=False)


def _section_html(section: ExplainedSection) -> str:
    ways = "".join(_way_html(way) for way in section.ways)
    measured = f'<div class="dg-ways">{ways}</div>' if ways else ""
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(words)}</dd>" for label, words in section.lines)
    listed = f"<dl>{rows}</dl>" if rows else ""
    return f"<section><h4>{escape(section.title)}</h4>{measured}{listed}</section>"


def _way_html(way: Way) -> str:
    difference = f"<i>{escape(way.difference)}</i>" if way.difference else ""
    state = ' class="dg-counts"' if way.counts else ""
    return (
        f"<div{state}><small>{escape(way.title)}</small><b>{escape(way.number)}</b>{difference}"
        f"<p>{escape(way.formula)}</p></div>"
    )
