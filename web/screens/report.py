"""The screen 报告: the results of a check as files to take away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from layers.errors import FontError
from web import cached
from web.assets import OWN
from web.checking import is_outdated, run_check, shown_run
from web.files import known_answers, make_csv, make_gpkg, make_word, tell
from web.frame import require_workspace, show_title
from web.session import current, today
from web.views import report as words
from web.views.rulebook_self_test import testing_words
from web.words import _

if TYPE_CHECKING:
    from planning.findings import CheckRun

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@st.fragment
def draw_word(run: CheckRun, view: words.ReportView, fingerprint: str) -> None:
    st.html(words.files_html(_("Word 报告"), _("给人读：结论、清单，重点冲突一图一表。")))
    rulebook = cached.rulebook(fingerprint)
    answers = known_answers(rulebook)
    key = ("word", current().checked, today(), answers)
    file = cached.kept_file(key)
    place = st.empty()
    if file is None and place.button(_("生成 Word 报告"), type="primary", key="make-word", width="stretch"):
        bar = place.progress(0.0, text=_("正在整理内容…"))
        answers = known_answers(rulebook, tell(bar, testing_words))
        key = ("word", current().checked, today(), answers)
        layers, terrain = cached.layers(fingerprint), cached.workspace().terrain()
        path = None if terrain is None else terrain.path
        make = partial(make_word, run, layers, terrain=path, created=today(), rulebook=rulebook, self_test=answers)
        try:
            file = cached.kept_file(
                key, partial(make, county=words.county_name(layers), progress=tell(bar, words.making_words))
            )
        except FontError:
            bar.empty()
            st.error(words.missing_font_words())
            return
    if file is not None:
        name = f"{view.file_stem}.docx"
        place.download_button(
            _("下载 Word 报告"), file, name, WORD, type="primary", key="get-word", width="stretch", on_click="ignore"
        )


def draw_tables(run: CheckRun, view: words.ReportView) -> None:
    checked = current().checked
    with st.container(border=True):
        st.html(words.files_html("GeoPackage", _("给 GIS 用：每处冲突的图形与属性，EPSG:4490。")))
        st.download_button(
            _("下载 GeoPackage"),
            lambda: cached.kept_file(("gpkg", checked), partial(make_gpkg, run)) or b"",
            f"{view.file_stem}.gpkg",
            "application/geopackage+sqlite3",
            key="get-gpkg",
            width="stretch",
            on_click="ignore",
        )
    with st.container(border=True):
        st.html(words.files_html(_("CSV 表格"), _("给 Excel 用：每处冲突一行，数字不带单位，单位在列名里。")))
        st.download_button(
            _("下载 CSV"), make_csv(run), f"{view.file_stem}.csv", "text/csv", key="get-csv", width="stretch"
        )


def draw_screen() -> None:
    st.html(OWN / "conflicts.css")
    show_title(_("把检测结果带走"))
    fingerprint = require_workspace()
    run = shown_run()
    if run is None:
        st.info(_("还没有检测结果，先运行一次检测，再在这里下载。"))
        if st.button(_("运行检测"), type="primary", key="run-for-report"):
            run_check(fingerprint)
        return
    if is_outdated(fingerprint):
        st.warning(_("数据或设置在这次检测之后改过，下面的文件仍按改动前的结果。到“冲突检测”重新运行。"))
    view = words.report_view(run, words.county_name(cached.layers(fingerprint)))
    inside, files = st.columns([3, 2], gap="medium")
    inside.html(words.report_html(view))
    with files:
        with st.container(border=True):
            draw_word(run, view, fingerprint)
        draw_tables(run, view)


draw_screen()
