"""Findings as files that other programs open: GeoPackage, CSV, JSON."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from layers.schema import DEMONSTRATION_NOTICE
from planning.findings import Severity, Verdict
from planning.words import STATUSES, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planning.findings import CheckRun, Citation, Finding

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
)

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so would run as a formula in a spreadsheet."""


def finding_rows(run: CheckRun) -> list[dict[str, Any]]:
    """Return the findings as flat rows; a row says for itself that it rests on demonstration data."""
    return [_row(finding, demonstration=run.uses_demonstration_data) for finding in run.findings]


def _row(finding: Finding, *, demonstration: bool) -> dict[str, Any]:
    """Return one finding; numbers stay numbers, absent ones are None."""
    notes = [DEMONSTRATION_NOTICE] if demonstration else []
    notes += [sentence(reason) for reason in (*finding.needs_review, *finding.assumptions)]
    if finding.stands_for:
        notes.append("同一处并入：" + "、".join(finding.stands_for))
    if finding.borderline:
        notes.append("临界：与阈值相差不足10%")
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
    }


def findings_frame(run: CheckRun) -> gpd.GeoDataFrame:
    """Return all findings, one row each, with evidence in EPSG:4490; the columns are there also when there is none."""
    rows = finding_rows(run)
    frame = gpd.GeoDataFrame(
        {name: [row[name] for row in rows] for name in COLUMNS},
        geometry=[finding.geometry for finding in run.findings],
        crs="EPSG:4490",
    )
    for name in ("area_m2", "length_m", "distance_m", "share_pct"):
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
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in finding_rows(run):
            writer.writerow({key: _cell(value) for key, value in row.items()})
    temporary.replace(path)


def write_json(run: CheckRun, path: Path) -> None:
    """Write `run.json`: inputs, rulebook, the verdict of each rule and why, counts, what was dropped."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(json.dumps(run_summary(run), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


def run_summary(run: CheckRun) -> Mapping[str, Any]:
    """Return the run without its findings, as plain data."""
    return {
        "as_of": run.as_of.isoformat(),
        "rulebook_version": run.rulebook_version,
        "working_crs": run.working_crs,
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
        "rules": [
            {
                "rule_id": result.rule_id,
                "title": result.title,
                "verdict": result.verdict.value,
                "findings": len(result.findings),
                "not_checked_because": [sentence(reason) for reason in result.reasons],
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
                        "reasons": [sentence(reason) for reason in part.reasons],
                    }
                    for part in result.parts
                ],
                "area_m2": sum(finding.area_m2 or 0.0 for finding in result.findings),
                "length_m": sum(finding.length_m or 0.0 for finding in result.findings),
                "seconds": round(result.seconds, 3),
            }
            for result in run.results
        ],
    }


def _law(citation: Citation) -> str:
    said = "，".join(part for part in (citation.version, STATUSES[citation.status]) if part)
    return f"{citation.law} {citation.article}（{said}）"


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
