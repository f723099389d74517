"""The rules, filtered and listed; a row that is clicked is the selected one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from web.session import choose, current, widget
from web.views.rulebook import list_words, mark_words, rule_rows
from web.views.rulebook_filter import RuleFilter, filter_options, select_rules
from web.words import _

if TYPE_CHECKING:
    from planning.findings import CheckRun
    from planning.rule import Rule
    from planning.rulebook import Rulebook


def rule_filters(rulebook: Rulebook) -> RuleFilter:
    """Draw the filters and return what is wanted."""
    state = current()
    wanted, serial = state.rule_filter, state.rule_filter_serial
    with st.container(key="rule-filters"):
        text, *selects = st.columns([2.3, 1.2, 1.2, 1.3, 1.6, 1.5, 1.4, 0.9], gap="xsmall", vertical_alignment="center")
    said = text.text_input(
        _("查找规则"),
        value=wanted.text,
        placeholder=_("查找 编号、标题、法律、条"),
        key=f"rule-text-{serial}",
        label_visibility="collapsed",
    )
    titles = {
        "group": (_("分组"), _("全部分组")),
        "severity": (_("级别"), _("全部级别")),
        "department": (_("部门"), _("全部部门")),
        "law": (_("法律"), _("全部法律")),
        "layer": (_("图层"), _("全部图层")),
        "tier": (_("核心或扩展"), _("核心和扩展")),
    }
    options = filter_options(rulebook)
    changes: dict[str, str] = {"text": said}
    for column, (name, (title, every)) in zip(selects, titles.items(), strict=False):
        words = dict(options[name])
        now = getattr(wanted, name)
        chosen = column.selectbox(
            title,
            list(words),
            index=list(words).index(now) if now in words else None,
            format_func=words.__getitem__,
            placeholder=every,
            key=f"rule-{name}-{serial}",
            label_visibility="collapsed",
        )
        changes[name] = chosen or ""
    wanted = RuleFilter(**changes)
    choose(rule_filter=wanted)
    selects[-1].button(_("清除"), key="clear-rules", width="stretch", disabled=wanted.is_empty, on_click=_clear)
    return wanted


def rule_list(rulebook: Rulebook, wanted: RuleFilter, run: CheckRun | None) -> Rule | None:
    """Draw the list; return the rule that is selected: the first of the list where none is, None for an empty one."""
    rules = select_rules(rulebook, wanted)
    rows = rule_rows(rules, run)
    st.html(f'<p class="dg-note"><b>{list_words(len(rows), len(rulebook.rules))}</b>　{mark_words()}</p>')
    if not rows:
        return None
    ids = tuple(rule.id for rule in rules)
    selected = current().selected_rule
    key = f"rule-list-{hash(ids)}"  # another list is another widget
    with st.container(key="rule-list"):
        st.radio(
            _("规则"),
            range(len(rows)),
            index=ids.index(selected) if selected in ids else 0,
            format_func=lambda place: rows[place].label,
            captions=[row.caption for row in rows],
            key=key,
            label_visibility="collapsed",
            on_change=_choose,
            args=(key, ids),
        )
    return rules[ids.index(selected) if selected in ids else 0]


def _choose(key: str, rule_ids: tuple[str, ...]) -> None:
    place = widget(key)
    if isinstance(place, int):
        choose(selected_rule=rule_ids[place])


def _clear() -> None:
    choose(rule_filter=RuleFilter(), rule_filter_serial=current().rule_filter_serial + 1)
