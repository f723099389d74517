"""Findings, and what was listed and not judged, as files that other programs open: GeoPackage, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd

from layers.schema import DEMONSTRATION_NOTICE
from planning.findings import Severity, Verdict
from planning.report.cards import exemption_lines, law_day_words, layer_name
from planning.report.certainty import certainty_words
from planning.report.gaps import open_reasons
from planning.report.run_settings import settings_lines
from planning.report.stock import KINDS, list_stock
from planning.report.values import own_rulebook
from planning.words import SOURCE_KINDS, STATUSES, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from planning.findings import CheckRun, Citation, Finding, Reason, RuleResult
    from planning.report.stock import Kind

COLUMNS = (
    "finding_id",
    "rule_id",
    "verdict",
    "severity",
    "subject_layer",
    "subject_id",
    "against_layer",
    "against_id",
    "area_m2",
    "length_m",
    "distance_m",
    "share_pct",
    "township",
    "law",
    "note",
    "excess_m",
    "certainty",
    "law_day",
    "details",
    "exemptions",
    "changed_values",
    "settings",
)
STOCK_COLUMNS: Final = ("list", "rule_id", "rule", "layer", "name", "note")
_NUMBERS: Final = ("area_m2", "length_m", "distance_m", "share_pct", "excess_m")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so would run as a formula in a spreadsheet."""


def finding_rows(run: CheckRun) -> list[dict[str, Any]]:
    """Return the findings as flat rows; a row says for itself what it rests on: demonstration data, changed numbers."""
    settings = "；".join(_changed(run)) or "无"
    return [_row(finding, run, settings) for finding in run.findings]


def _row(finding: Finding, run: CheckRun, settings: str) -> dict[str, Any]:
    """Return one finding; numbers stay numbers, absent ones are None."""
    notes = [DEMONSTRATION_NOTICE] if run.uses_demonstration_data else []
    notes += [sentence(reason) for reason in (*finding.needs_review, *finding.assumptions)]
    if finding.stands_for:
        notes.append("同一处并入：" + "、".join(finding.stands_for))
    if finding.borderline:
        notes.append("临界：与阈值相差不足10%")
    if finding.law_day != run.as_of:
        notes.append(law_day_words(finding, run.as_of))
    return {
        "finding_id": finding.finding_id,
        "rule_id": finding.rule_id,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "subject_layer": finding.subject.layer,
        "subject_id": finding.subject.id,
        "against_layer": finding.against.layer,
        "against_id": finding.against.id,
        "area_m2": finding.area_m2,
        "length_m": finding.length_m,
        "distance_m": finding.distance_m,
        "share_pct": finding.share_pct,
        "township": "、".join(finding.townships),
        "law": "；".join(_law(citation) for citation in finding.citations),
        "note": "；".join(notes),
        "excess_m": finding.excess_m,
        "certainty": certainty_words(finding),
        "law_day": finding.law_day.isoformat(),
        "details": "；".join(sentence(reason) for reason in finding.details),
        "exemptions": exemption_lines(finding.exemptions).replace("\n", "；"),
        "changed_values": "；".join(value.source for value in finding.values if value.source_kind == "changed"),
        "settings": settings,
    }


def findings_frame(run: CheckRun) -> gpd.GeoDataFrame:
    """Return all findings, one row each, with evidence in EPSG:4490; the columns are there also when there is none."""
    rows = finding_rows(run)
    frame = gpd.GeoDataFrame(
        {name: [row[name] for row in rows] for name in COLUMNS},
        geometry=[finding.geometry for finding in run.findings],
        crs="EPSG:4490",
    )
    for name in _NUMBERS:
        frame[name] = frame[name].astype(float)
    return frame


def write_gpkg(run: CheckRun, path: Path) -> None:
    """Write layer `findings` of a GeoPackage, replacing the file."""
    temporary = path.with_name(path.name + ".tmp.gpkg")
    temporary.unlink(missing_ok=True)
    findings_frame(run).to_file(temporary, layer="findings", driver="GPKG", engine="pyogrio")
    temporary.replace(path)


def write_csv(run: CheckRun, path: Path) -> None:
    """Write the rows as CSV, UTF-8 with BOM so that Excel shows Chinese; texts cannot run as formulas."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(_csv(COLUMNS, finding_rows(run)))
    temporary.replace(path)


def stock_csv(run: CheckRun, kind: Kind) -> bytes:
    """
    Return what was listed and not judged as CSV, one feature a line, as safe for Excel as `write_csv`.

    Parameters
    ----------
    run
        Not changed.
    kind
        `existing` (存量), or `exempt` (除外).
    """
    notice = DEMONSTRATION_NOTICE if run.uses_demonstration_data else ""
    rows = (
        (KINDS[kind], stock.rule_id, stock.title, layer_name(stock.layer), name, notice)
        for stock in list_stock(run, kind)
        for name in stock.names
    )
    return _csv(STOCK_COLUMNS, (dict(zip(STOCK_COLUMNS, row, strict=True)) for row in rows))


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


def write_json(run: CheckRun, path: Path) -> None:
    """Write `run.json`: inputs, rulebook, settings, the verdict of each rule and why, counts, and every finding."""
    temporary = path.with_name(path.name + ".tmp")
    content = {**run_summary(run), "findings": [finding_summary(finding) for finding in run.findings]}
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


def run_summary(run: CheckRun) -> Mapping[str, Any]:
    """Return the run without its findings, as plain data."""
    return {
        "as_of": run.as_of.isoformat(),
        "rulebook_version": run.rulebook_version,
        "working_crs": run.working_crs,
        "settings": asdict(run.settings),
        "settings_changed": list(_changed(run)),
        "demonstration_data": run.uses_demonstration_data,
        "inputs": [
            {
                "key": layer.key,
                "name": layer.name,
                "features": layer.feature_count,
                "sha256": layer.sha256,
                "crs": layer.crs,
                "crs_source": layer.crs_source,
                "source": layer.source,
                "source_date": layer.source_date,
                "certainty": layer.certainty,
                "demonstration": layer.demonstration,
            }
            for layer in run.inputs
        ],
        "counts": {
            "findings": len(run.findings),
            "by_severity": {severity.value: run.count(severity) for severity in Severity},
            "by_verdict": {
                verdict: sum(result.verdict.value == verdict for result in run.results) for verdict in map(str, Verdict)
            },
        },
        "rules": [_rule_summary(result) for result in run.results],
    }


def _rule_summary(result: RuleResult) -> Mapping[str, Any]:
    blocked = open_reasons(result)
    return {
        "rule_id": result.rule_id,
        "title": result.title,
        "group": result.group,
        "verdict": result.verdict.value,
        "findings": len(result.findings),
        "not_checked_because": [sentence(reason) for reason in blocked],
        "notes": [sentence(reason) for reason in result.reasons if reason not in blocked],
        "dropped": {
            "count": result.dropped,
            "area_m2": result.dropped_area_m2,
            "length_m": sum(part.dropped_length_m for part in result.parts),
        },
        "parts": [
            {
                "subject": part.subject_layer,
                "against": part.against_layer,
                "verdict": part.verdict.value,
                "judged": part.judged,
                "existing": list(part.existing),
                "exempt": list(part.exempt),
                "reasons": [sentence(reason) for reason in part.reasons],
            }
            for part in result.parts
        ],
        "area_m2": sum(finding.area_m2 or 0.0 for finding in result.findings),
        "length_m": sum(finding.length_m or 0.0 for finding in result.findings),
        "seconds": round(result.seconds, 3),
    }


def finding_summary(finding: Finding) -> Mapping[str, Any]:
    """Return one finding without its geometry, as plain data: reasons as codes with their values and as sentences."""
    return {
        "finding_id": finding.finding_id,
        "rule_id": finding.rule_id,
        "severity": finding.severity.value,
        "subject": asdict(finding.subject),
        "against": asdict(finding.against),
        **{name: getattr(finding, name) for name in _NUMBERS},
        "pieces": finding.pieces,
        "townships": list(finding.townships),
        "law_day": finding.law_day.isoformat(),
        "citations": [asdict(citation) for citation in finding.citations],
        "values": [{**asdict(value), "kind": SOURCE_KINDS[value.source_kind]} for value in finding.values],
        "details": _reasons(finding.details),
        "exemptions": [asdict(exemption) for exemption in finding.exemptions],
        "assumptions": _reasons(finding.assumptions),
        "needs_review": _reasons(finding.needs_review),
        "stands_for": list(finding.stands_for),
        "borderline": finding.borderline,
        "certain": finding.certain,
        "certainty": certainty_words(finding),
        "arbitration": finding.arbitration,
    }


def _changed(run: CheckRun) -> tuple[str, ...]:
    """Say what was set for the run; what a number was before, where its rules are at hand."""
    return settings_lines(run.settings, own_rulebook(run) if run.settings.changes else None)


def _reasons(reasons: Sequence[Reason]) -> list[Mapping[str, Any]]:
    return [{"code": r.code, "params": dict(r.params), "words": sentence(r)} for r in reasons]


def _law(citation: Citation) -> str:
    said = "，".join(part for part in (citation.version, STATUSES[citation.status]) if part)
    return f"{citation.law} {citation.article}（{said}）"


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
