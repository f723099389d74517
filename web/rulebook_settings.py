"""What a person sets for one run: the county's plan, the banks, the land of roads, and the numbers of rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from planning.settings import BANK_DATUMS
from planning.words import DATUMS
from web.session import choose, current, widget
from web.views.rulebook_widths import read_widths, width_table, width_titles
from web.views.run_settings import change_words, with_number, without_changes
from web.words import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.settings import Settings
    from web.views.rulebook_values import NumberField

_COLUMNS = 2


def set_for_run(settings: Settings, *, anew: bool = False) -> None:
    """Take settings for the next check; `anew` makes their widgets again, with what they now say."""
    choose(settings=settings, settings_serial=current().settings_serial + anew)


def draw_settings() -> None:
    """Draw the settings that no single rule owns, and how many numbers of rules are changed."""
    state = current()
    serial, settings = state.settings_serial, state.settings
    plan = st.toggle(
        _("县级国土空间规划已批准"),
        value=settings.county_plan_in_force,
        help=_("批准后，原土地利用总体规划和城市总体规划只作历史对照，规划类规则降为提示。"),
        key=f"county-plan-{serial}",
    )
    datum = st.selectbox(
        _("岸线口径"),
        BANK_DATUMS,
        index=BANK_DATUMS.index(settings.bank_datum),
        format_func=lambda key: _(DATUMS[key]),
        key=f"bank-datum-{serial}",
    )
    set_for_run(replace(settings, county_plan_in_force=plan, bank_datum=datum))
    _draw_widths(serial)
    words = change_words(current().settings)
    if words:
        st.caption(words)
        st.button(_("恢复规则所载"), key="reset-changes", on_click=_reset, args=(None,))


def number_form(fields: Sequence[NumberField]) -> None:
    """Draw the numbers of one rule as they are for the next check; a change counts at once."""
    serial = current().settings_serial
    for first in range(0, len(fields), _COLUMNS):
        for column, field in zip(st.columns(_COLUMNS), fields[first : first + _COLUMNS], strict=False):
            key = f"rule-number-{field.rule_id}-{field.name}-{field.entry}-{field.choice}-{serial}"
            column.number_input(
                field.label,
                min_value=0.0,
                value=field.now,
                step=field.step,
                format="%g",
                help=field.help,
                key=key,
                on_change=_set_number,
                args=(field, key),
            )
    if any(field.changed for field in fields):
        rule_id = fields[0].rule_id
        st.button(_("恢复规则所载"), key=f"reset-{rule_id}", on_click=_reset, args=(rule_id,))


def _draw_widths(serial: int) -> None:
    st.caption(_("公路用地半宽（m，本项目约定）：只有中心线、没有用地界线时使用"))
    class_title, *numbers = width_titles()
    # The table is drawn from what was set when it was made: an edited table keeps its edits by itself.
    edited = st.data_editor(
        width_table(current().settings),
        key=f"half-widths-{serial}",
        hide_index=True,
        disabled=[class_title],
        num_rows="fixed",
        row_height=30,
        column_config={
            class_title: st.column_config.TextColumn(width=150),
            **{t: st.column_config.NumberColumn(width=64, min_value=0.0, format="%g") for t in numbers},
        },
    )
    answer = read_widths(edited, current().settings)
    set_for_run(replace(current().settings, half_widths=answer.widths))
    if answer.wrong:
        st.error(_("{names}：低、默认、高三个数须依次不减，未采用。").format(names=_("、").join(answer.wrong)))
    if answer.widths and st.button(_("半宽恢复默认"), key="reset-widths"):
        set_for_run(replace(current().settings, half_widths=()), anew=True)
        st.rerun()


def _set_number(field: NumberField, key: str) -> None:
    number = widget(key)
    if isinstance(number, (int, float)):
        set_for_run(with_number(current().settings, field, float(number)))


def _reset(rule_id: str | None) -> None:
    set_for_run(without_changes(current().settings, rule_id), anew=True)
