"""The rules of a workspace's own (本地规则), read beside the built-in ones; a bad file stops no other rule."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planning.rulebook import Rulebook, RuleError, read_rulebook

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

FOLDER = "rules"
"""Folder of a workspace that holds its own rules, one in each `*.yaml`."""


@dataclass(frozen=True)
class LocalRuleError:
    """A rule file of a workspace that is not in use, and why."""

    path: Path
    message: str
    """What is wrong and the remedy, without the path."""
    line: int | None = None
    """Line of the file, counted from 1; None where the file as a whole is wrong."""


def find_local_files(workspace_root: Path) -> tuple[Path, ...]:
    """Return the rule files of a workspace, by name."""
    return tuple(sorted((workspace_root / FOLDER).glob("*.yaml")))


def read_with_local(workspace_root: Path, known_layers: Collection[str]) -> tuple[Rulebook, tuple[LocalRuleError, ...]]:
    """
    Read the built-in rules and those of a workspace.

    Parameters
    ----------
    workspace_root
        Its folder `rules` is looked at; there may be none.
    known_layers
        Keys that the workspace's rules may use: those of the catalogue and of the workspace.

    Returns
    -------
        The built-in rules with every rule of the workspace that can be used, and the files that cannot.

    Raises
    ------
    RuleError
        If a built-in rule or the file of laws is wrong: then there is nothing to judge by.
    """
    paths = find_local_files(workspace_root)
    builtin = read_rulebook()
    good: list[Path] = []
    bad: list[LocalRuleError] = []
    for path in paths:
        try:
            _require_usable([*good, path], builtin, known_layers)
        # A number or a date that is none can fail before the reader names its field.
        except ValueError as error:
            bad.append(_local_error(path, error))
        else:
            good.append(path)
    return (read_rulebook(good, known_layers=known_layers) if good else builtin), tuple(bad)


def _require_usable(paths: Sequence[Path], builtin: Rulebook, known_layers: Collection[str]) -> None:
    """Require that files can be read together and beside the built-in rules."""
    local = read_rulebook(paths, only_extra=True, known_layers=known_layers).rules
    for rule_id, rule in local.items():
        if rule_id in builtin.rules:
            raise RuleError(f"{rule.source}: id {rule_id} is used by another rule. Choose an id of your own.")
    _ = replace(builtin, rules={**builtin.rules, **local}).order  # refuses a circle of rules that replace each other


def _local_error(path: Path, error: ValueError) -> LocalRuleError:
    text = str(error)
    for name in (str(path), path.name):
        match = re.match(rf"{re.escape(name)}(?::(\d+))?: ", text)
        if match is not None:
            return LocalRuleError(path, text[match.end() :], int(match[1]) if match[1] else None)
    return LocalRuleError(path, text)
