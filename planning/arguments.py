"""The settings of a run as options of the command line, both ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planning.settings import BANK_DATUMS, Change, SettingError, Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_SET = re.compile(
    r"(?P<rule>[^.=]+)\.(?P<name>[^.=#]+)(?:#(?P<entry>[1-9]\d*))?(?:\.(?P<choice>[^=]+))?=(?P<number>.+)"
)
_WIDTHS = 3


def add_settings_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that set something for one run."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="RULE.VALUE[#N][.CLASS]=NUMBER",
        help="another number for one run, such as TR-01.distance_m.national=25; N counts several entries",
    )
    parser.add_argument(
        "--half-width",
        action="append",
        default=[],
        metavar="CLASS=LOW,DEFAULT,HIGH",
        help="half-width of a road's land in metres, such as 二级公路=7,10,18",
    )
    parser.add_argument("--bank-datum", choices=BANK_DATUMS, default="best", help="which line counts as the bank")
    parser.add_argument(
        "--plan-not-in-force", action="store_true", help="the county's territorial plan is not yet approved"
    )


def read_settings_options(options: argparse.Namespace) -> Settings:
    """
    Read the settings of a run.

    Raises
    ------
    SettingError
        If an option has another form.
    """
    return Settings(
        county_plan_in_force=not options.plan_not_in_force,
        bank_datum=options.bank_datum,
        half_widths=tuple(_read_width(text) for text in options.half_width),
        changes=tuple(_read_change(text) for text in options.set),
    )


def settings_arguments(settings: Settings) -> list[str]:
    """Write settings as options; nothing for what is as usual."""
    arguments = [] if settings.county_plan_in_force else ["--plan-not-in-force"]
    if settings.bank_datum != "best":
        arguments += ["--bank-datum", settings.bank_datum]
    for technical_class, low, default, high in settings.half_widths:
        arguments += ["--half-width", f"{technical_class}={_exact(low)},{_exact(default)},{_exact(high)}"]
    for change in settings.changes:
        place = f"#{change.entry + 1}" if change.entry else ""
        choice = f".{change.choice}" if change.choice else ""
        arguments += ["--set", f"{change.rule_id}.{change.name}{place}{choice}={_exact(change.number)}"]
    return arguments


def _exact(number: float) -> str:
    """Write a number so that the same one is read back."""
    return repr(float(number)).removesuffix(".0")


def _read_change(text: str) -> Change:
    match = _SET.fullmatch(text)
    number = _numbers([match["number"]]) if match is not None else None
    if match is None or number is None:
        raise SettingError(f"--set {text!r} is not RULE.VALUE[#N][.CLASS]=NUMBER. Write TR-01.distance_m.national=25.")
    return Change(match["rule"], match["name"], int(match["entry"] or 1) - 1, match["choice"] or "", number[0])


def _read_width(text: str) -> tuple[str, float, float, float]:
    name, equals, rest = text.partition("=")
    numbers = _numbers(rest.split(","))
    if not equals or not name or numbers is None or len(numbers) != _WIDTHS:
        raise SettingError(f"--half-width {text!r} is not CLASS=LOW,DEFAULT,HIGH. Write for example 二级公路=7,10,18.")
    return name, numbers[0], numbers[1], numbers[2]


def _numbers(texts: Sequence[str]) -> list[float] | None:
    try:
        return [float(text) for text in texts]
    except ValueError:
        return None
