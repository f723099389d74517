"""The command line: `python -m planning check ...`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.errors import GeodataError
from geodata.files import find_sha256
from geodata.raster import read_terrain
from geodata.store import Provenance, Workspace
from layers.check import problem_words, read_problem_entries
from layers.errors import LayerError
from layers.schema import DEMONSTRATION_NOTICE, read_catalogue, read_layers
from planning.arguments import add_settings_options, read_settings_options
from planning.check import check_layers
from planning.explain import explain_finding, plain_lines
from planning.export import run_summary, write_csv, write_gpkg, write_json
from planning.findings import Severity
from planning.inputs import read_named_layers
from planning.prepare import CheckError
from planning.report.known_answers import count_answers, known_answers_words
from planning.rulebook import RULES, Rulebook, RuleError, read_rulebook
from planning.self_test import AS_OF
from planning.self_test import run_self_test as self_test
from planning.settings import SettingError
from planning.sources import TerrainInput, read_industry_access, read_workspace_terrain
from planning.words import OUTCOMES, SEVERITIES, VERDICTS, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geodata.problems import Problem
    from layers.schema import Layer
    from planning.findings import CheckRun

_EPILOG = """\
examples:
  python -m planning check --out out
  python -m planning check --rules EC-02,PB-02 --as-of 2026-08-14 --out out
  python -m planning check --layer zones="plan.shp?TYPE IN ('U','AUc')" --layer woods=woods.gpkg#protected \\
      --rules my_rule.yaml --out out
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it ran, 1 when a known answer failed, 2 with one sentence when it could not run."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may not have every character; a question mark is better than a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        show, code = options.run(options)
    except (CheckError, RuleError, SettingError, GeodataError, LayerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: interrupted; --out is not up to date. Start again.", file=sys.stderr)
        return 2
    except MemoryError:
        print("error: out of memory. Check fewer layers or rules at once, or part of the area.", file=sys.stderr)
        return 2
    try:
        for line in show:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has seen enough, as `head` does; the files are written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(code)


def run_check(options: argparse.Namespace) -> tuple[list[str], int]:
    """Check, write the files, and say what was found."""
    out = _require_folder(options.out)
    run = _check(options)
    _write(run, out)
    if options.json:
        return [json.dumps(run_summary(run), ensure_ascii=False, indent=2)], 0
    return _run_lines(run, out), 0


def run_explain(options: argparse.Namespace) -> tuple[list[str], int]:
    """Find one number again and explain it."""
    workspace = Workspace.open(Path(options.workspace))
    rulebook = _workspace_rulebook(workspace)
    settings = read_settings_options(options)
    rule_id = options.finding.rpartition("-")[0]
    if rule_id not in rulebook.rules:
        raise CheckError(
            f"finding {options.finding!r}: no rule {rule_id!r}. Copy the whole id, such as EC-02-0A1B2C3D4E."
        )
    run = check_layers(
        read_layers(workspace),
        rulebook,
        as_of=options.as_of or _today(),
        rule_ids=_with_replacing(rulebook, rule_id),
        terrain=read_workspace_terrain(workspace),
        tables=[read_industry_access(workspace)],
        settings=settings,
    )
    found = next((finding for finding in run.findings if finding.finding_id == options.finding), None)
    if found is None:
        raise CheckError(
            f"finding {options.finding!r}: not found on {run.as_of} with these layers and settings. "
            "Check the date, the workspace and the settings it was found with."
        )
    return plain_lines(explain_finding(found, run, rulebook.changed(settings.changes), options.workspace)), 0


def run_self_test(options: argparse.Namespace) -> tuple[list[str], int]:
    """Check the demonstration county, whose answers are known; 1 if one is not as it should be."""
    workspace = Workspace.open(Path(options.workspace))
    rulebook = read_rulebook()
    test = self_test(workspace, rulebook, options.as_of or AS_OF, _progress if sys.stderr.isatty() else None)
    lines = []
    for result in test.failed:
        seed = result.seed
        pair = f"{seed.subject_layer} {seed.subject_id} × {seed.against_layer} {seed.against_id}"
        lines.append(f"{seed.rule_id}  {OUTCOMES[result.outcome]}  {pair}  {seed.note}")
    return [*lines, known_answers_words(count_answers(test), rulebook.version)], int(bool(test.failed))


def _with_replacing(rulebook: Rulebook, rule_id: str) -> list[str]:
    """Return the rule, and every rule that may take ground from it."""
    wanted = {rule_id}
    while True:
        more = {rule.id for rule in rulebook.rules.values() if wanted & set(rule.replaces)} - wanted
        if not more:
            return sorted(wanted)
        wanted |= more


def _require_folder(text: str) -> Path:
    """Make the folder of `--out`, and find out before the work, not after, whether it can be written to."""
    if not text.strip():
        raise CheckError("--out is empty. Write a folder, such as out.")
    out = Path(text)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise CheckError(f"--out {text}: cannot be written to ({why}). Choose another folder.") from error
    return out


def _write(run: CheckRun, out: Path) -> None:
    try:
        write_gpkg(run, out / "findings.gpkg")
        write_csv(run, out / "findings.csv")
        write_json(run, out / "run.json")
    except (OSError, RuntimeError) as error:  # GDAL raises the latter
        raise CheckError(
            f"--out {out}: cannot be written ({error}). Close programs that have its files open, or choose another."
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m planning", description="多规合一冲突检测")
    commands = parser.add_subparsers(required=True, metavar="command")
    check = commands.add_parser(
        "check",
        help="check layers against rules",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("--layer", action="append", default=[], metavar="KEY=PATH[#LAYERNAME][?WHERE]")
    check.add_argument(
        "--crs", action="append", default=[], metavar="KEY=EPSG:CODE", help="for files that declare none"
    )
    check.add_argument("--rules", action="append", default=[], metavar="FILE_OR_IDS", help="ids with commas, or files")
    check.add_argument("--out", required=True, metavar="DIR")
    check.add_argument("--terrain", metavar="FILE", help="elevations as GeoTIFF, with --layer")
    check.add_argument("--json", action="store_true", help="print run.json instead of the table")
    check.set_defaults(run=run_check)
    explain = commands.add_parser("explain", help="find one number again and explain it")
    explain.add_argument("finding", metavar="FINDING_ID")
    explain.set_defaults(run=run_explain)
    known = commands.add_parser("selftest", help="check the demonstration county, whose answers are known")
    known.set_defaults(run=run_self_test)
    for command in (check, explain, known):
        command.add_argument("--as-of", type=_day, default=None, metavar="DATE", help="law in force on this day; today")
        command.add_argument("--workspace", default=os.environ.get("DUOGUI_WORKSPACE", "workspace/demo"), metavar="DIR")
    for command in (check, explain):
        add_settings_options(command)
    return parser


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day on this desk, asked once, at the door


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date. Write YYYY-MM-DD.") from error


def _check(options: argparse.Namespace) -> CheckRun:
    rulebook, rule_ids = _read_rules(options)
    settings = read_settings_options(options)
    layers = _read_layers(options)
    if options.layer:
        _require_use(layers, rulebook, rule_ids)
        terrain = _read_terrain_option(options.terrain)
        tables = [read_industry_access()]
    else:
        workspace = Workspace.open(Path(options.workspace))
        terrain, tables = read_workspace_terrain(workspace), [read_industry_access(workspace)]
    return check_layers(
        layers,
        rulebook,
        as_of=options.as_of or _today(),
        rule_ids=rule_ids,
        terrain=terrain,
        tables=tables,
        settings=settings,
        progress=_progress if sys.stderr.isatty() else None,
    )


def _read_terrain_option(text: str | None) -> TerrainInput | None:
    if text is None:
        return None
    path = Path(text)
    said = Provenance(path.name, "", "real", demonstration=False, crs_source="declared")
    return TerrainInput(read_terrain(path), find_sha256([path]), said)


def _read_layers(options: argparse.Namespace) -> dict[str, Layer]:
    crs: dict[str, str] = {}
    for text in options.crs:
        key, value = _pair(text)
        if crs.setdefault(key, value) != value:
            raise CheckError(f"--crs {key}: {crs[key]} and {value} are both given. Give each layer one.")
    if options.layer:
        layers, problems = read_named_layers(options.layer, crs)
        _tell(problems)
        return layers
    if crs:
        raise CheckError(f"--crs {', '.join(crs)}: no --layer is given. The layers of a workspace know their CRS.")
    if options.terrain is not None:
        raise CheckError("--terrain: no --layer is given. The workspace has its own terrain.")
    return read_layers(Workspace.open(Path(options.workspace)))


def _workspace_rulebook(workspace: Workspace) -> Rulebook:
    """Read the built-in rules and those that lie in the workspace's folder `rules`."""
    known = {*read_catalogue(), *workspace.current()}
    return read_rulebook(sorted((workspace.root / "rules").glob("*.yaml")), known_layers=known)


def _tell(problems: Sequence[Problem]) -> None:
    """Say each kind of problem once per layer, with the first feature and how many more there are."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.layer, problem.code), []).append(problem)
    for (layer, code), found in groups.items():
        feature = f" {found[0].feature_id}" if found[0].feature_id is not None else ""
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        words = problem_words(found[0], english=True)
        remedy = read_problem_entries()[code]["remedy_en"]
        print(f"{found[0].level}: {layer}{feature}{more}: {words}. {remedy}.", file=sys.stderr)


def _require_use(layers: Mapping[str, Layer], rulebook: Rulebook, rule_ids: Sequence[str] | None) -> None:
    """Refuse a layer that nothing looks at: its key is probably misspelt, and silence would look like `clear`."""
    rules = [rulebook.rules[rule_id] for rule_id in (rulebook.rules if rule_ids is None else rule_ids)]
    used = {key for rule in rules for key in (*rule.subject_layers, *rule.against_layers)}
    for key, layer in layers.items():
        if layer.definition is None and key not in used:
            known = ", ".join(sorted(used))
            raise CheckError(f"--layer {key}: no rule looks at a layer of this name. Rules look at: {known}.")


def _read_rules(options: argparse.Namespace) -> tuple[Rulebook, list[str] | None]:
    """Ids choose among the built-in rules; files are a user's own. Files alone leave the built-in ones out."""
    texts: Sequence[str] = options.rules
    ids: list[str] = []
    files: list[Path] = []
    for text in texts:
        if text.lower().endswith((".yaml", ".yml")):
            files.append(Path(text))
        else:
            ids += [part.strip() for part in text.split(",") if part.strip()]
    if not texts and not options.layer:
        return _workspace_rulebook(Workspace.open(Path(options.workspace))), None
    rulebook = read_rulebook(files, only_extra=bool(files) and not ids)
    if not texts:
        return rulebook, None
    own = [rule.id for rule in rulebook.rules.values() if rule.local]
    if not ids and not own:
        raise CheckError(f"--rules {', '.join(texts)!r} names no rule. Write ids such as EC-02,PB-01, or leave it out.")
    unknown = [rule_id for rule_id in ids if rule_id not in rulebook.rules]
    if unknown:
        known = ", ".join(sorted(path.stem for path in RULES.glob("*.yaml")))
        raise CheckError(f"--rules {unknown[0]!r} is neither a rule id nor a .yaml file. Ids: {known}.")
    return rulebook, [*ids, *own]


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not value:
        raise CheckError(f"--crs {text!r} is not KEY=EPSG:CODE. Write for example park=EPSG:4544.")
    return key, value


def _progress(done: int, total: int, what: str) -> None:
    print(f"\r[{done}/{total}] {what:<60}", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _run_lines(run: CheckRun, out: Path) -> list[str]:
    lines = []
    for result in run.results:
        lines.append(f"{result.rule_id}  {VERDICTS[result.verdict]}  {len(result.findings):>4}  {result.title}")
        lines += [f"       - {sentence(reason)}" for reason in result.reasons]
        if result.dropped:
            lines.append(f"       - 阈值以下 {result.dropped} 处，合计 {result.dropped_area_m2:,.4f} m²")
    if run.uses_demonstration_data:
        lines.append(DEMONSTRATION_NOTICE)
    counts = "，".join(f"{SEVERITIES[severity]} {run.count(severity)}" for severity in Severity)
    return [*lines, f"{run.as_of}  {len(run.findings)} 处疑似冲突（{counts}）-> {out}"]


if __name__ == "__main__":
    raise SystemExit(main())
