"""Settings for one run: read, refused with a remedy, written as a command, and recorded by the run."""

from __future__ import annotations

import argparse
from datetime import date

import pytest

from planning.arguments import add_settings_options, read_settings_options, settings_arguments
from planning.check import check_layers
from planning.rulebook import RuleError, read_rulebook
from planning.settings import Change, SettingError, Settings, read_settings
from tests.planning.plain import layer

AS_OF = date(2026, 11, 22)
SETTINGS = Settings(
    county_plan_in_force=False,
    bank_datum="outer",
    half_widths=(("二级公路", 7.0, 12.0, 20.0),),
    changes=(Change("TR-01", "distance_m", 0, "national", 25.0), Change("LN-01", "min_area_m2", 0, "", 5.0)),
)


def parsed(arguments: list[str]) -> Settings:
    parser = argparse.ArgumentParser()
    add_settings_options(parser)
    return read_settings_options(parser.parse_args(arguments))


def test_settings_survive_the_command_line() -> None:
    assert parsed(settings_arguments(SETTINGS)) == SETTINGS
    assert settings_arguments(Settings()) == []


def test_the_same_as_people_write_it() -> None:
    raw = {
        "county_plan_in_force": False,
        "bank_datum": "outer",
        "half_widths": {"二级公路": [7, 12, 20]},
        "values": {"TR-01": {"distance_m": {"national": 25.0}}, "LN-01": {"min_area_m2": 5.0}},
    }
    assert read_settings(raw) == SETTINGS


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "TR-01=25"], "is not RULE.VALUE"),
        (["--set", "TR-01.distance_m=far"], "is not RULE.VALUE"),
        (["--half-width", "二级公路=7,10"], "is not CLASS=LOW,DEFAULT,HIGH"),
        (["--half-width", "二级公路=10,7,18"], "at least as large"),
    ],
)
def test_a_bad_option_says_its_form(arguments: list[str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        parsed(arguments)


def test_an_unknown_setting_or_datum_is_refused() -> None:
    with pytest.raises(SettingError, match="setting 'datum' is unknown"):
        read_settings({"datum": "outer"})
    with pytest.raises(SettingError, match="bank_datum 'middle' is unknown"):
        Settings(bank_datum="middle")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change("XX-99", "distance_m", 0, "", 1.0), "there is no such value"),
        (Change("TR-01", "width", 0, "", 1.0), "there is no such value"),
        (Change("TR-01", "distance_m", 7, "national", 1.0), "there is no such value"),
        (Change("TR-01", "distance_m", 0, "mule track", 1.0), "class 'mule track' is not one of"),
        (Change("LN-01", "min_area_m2", 0, "", -1.0), "not a number of at least 0"),
    ],
)
def test_a_change_of_what_is_not_there_is_refused(change: Change, sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        read_rulebook().changed([change])


def test_a_changed_threshold_counts_for_one_run_and_says_what_it_was() -> None:
    layers = {
        "permanent_farmland": layer("permanent_farmland", [{"id": "p1", "box": [0, 0, 10, 10]}]),
        "ecological_redline": layer("ecological_redline", [{"id": "e1", "box": [9.5, 0, 20, 10]}]),  # 5 m2 of overlap
    }
    book = read_rulebook()
    usual = check_layers(layers, book, as_of=AS_OF, rule_ids=["LN-01"])
    assert len(usual.findings) == 1
    (value,) = (v for v in usual.findings[0].values if v.name == "min_area_m2")
    assert (value.value, value.source_kind) == (1.0, "convention")
    for number, count in ((5.0, 1), (5.1, 0)):
        settings = Settings(changes=(Change("LN-01", "min_area_m2", 0, "", number),))
        run = check_layers(layers, book, as_of=AS_OF, rule_ids=["LN-01"], settings=settings)
        assert len(run.findings) == count
        assert run.settings == settings
    settings = Settings(changes=(Change("LN-01", "min_area_m2", 0, "", 2.0),))
    (finding,) = check_layers(layers, book, as_of=AS_OF, rule_ids=["LN-01"], settings=settings).findings
    (value,) = (v for v in finding.values if v.name == "min_area_m2")
    assert value.source_kind == "changed"
    assert value.source == "本次检测改为 2 m²（规则所载 1 m²）"
    assert book.rules["LN-01"].values["min_area_m2"][0].value == 1  # the rule itself is as it was
