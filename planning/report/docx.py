"""The report as a Word file: sets the words of the report model, adds none of its own but page furniture."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Mm, RGBColor

from planning.report.word import (
    PAGE_WIDTH_MM,
    Cell,
    append_contents,
    append_field,
    append_table,
    clean,
    prepare_styles,
    set_bookmark,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planning.report.parts import Card, Report, Section, Table

    Progress = Callable[[int, int, str], None]

# Fill and ink of the severity marks; the words stand beside the colour, always.
_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "prohibited": ("B3261E", "FFFFFF"),
    "conditional": ("D98A00", "1F1F1F"),
    "reminder": ("3B6EA5", "FFFFFF"),
    "not_checked": ("E3E5E8", "2B3036"),
}
_HEAD_FILL: Final = "EEF1F4"
_NOTICE_INK: Final = RGBColor(0x8A, 0x5A, 0x00)
_LABEL_MM: Final = 16.0
_TAG_MM: Final = 30.0


def write_docx(report: Report, target: Path | BinaryIO, progress: Progress | None = None) -> None:
    """
    Write a report as a Word document.

    Parameters
    ----------
    report
        Final words and rows. Not changed.
    target
        File to write (replaced at once when complete) or an open binary stream.
    progress
        Called with what is done, of how many steps, and what is being done.

    Raises
    ------
    FontError
        If the maps cannot be drawn because no Chinese font is installed.
    """
    content = _Writer(report, progress or _silent).write()
    if not isinstance(target, Path):
        target.write(content)
        return
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.write_bytes(content)
    os.replace(unfinished, target)  # noqa: PTH105  replaces an existing file on Windows too


class _Writer:
    def __init__(self, report: Report, progress: Progress) -> None:
        self._report = report
        self._progress = progress
        self._document = docx.Document()
        self._headings = _headings(report)
        self._heading_number = 0
        self._captions = {"表": 0, "图": 0}

    def write(self) -> bytes:
        report, document = self._report, self._document
        steps = len(report.cards) + 2
        self._progress(0, steps, "封面和汇总")
        prepare_styles(document)
        self._set_properties()
        self._set_furniture()
        self._write_cover()
        document.add_paragraph("目录", style="Title").paragraph_format.page_break_before = True
        append_contents(document, [(level, words, mark) for level, words, mark in self._headings])
        for position, section in enumerate(report.front):
            self._write_section(section, 1, new_page=position == 0)
        self._progress(1, steps, "冲突分布图")
        self._write_heading(1, new_page=True)
        self._write_picture(report.pictures.overview(), report.overview_caption)
        self._write_heading(1, new_page=True)
        document.add_paragraph(clean(report.cards_note), style="BodyWords")
        for card in report.cards:
            self._progress(card.number + 1, steps, f"冲突图 {card.number} / {len(report.cards)}")
            self._write_card(card)
        for section in report.back:
            self._write_section(section, 1)
        self._progress(steps, steps, "完成")
        stream = io.BytesIO()
        document.save(stream)
        return _with_fixed_times(stream.getvalue(), report.created.year, report.created.month, report.created.day)

    def _set_properties(self) -> None:
        report, properties = self._report, self._document.core_properties
        day = datetime(report.created.year, report.created.month, report.created.day)  # noqa: DTZ001  a date, no instant
        properties.title = clean(f"{report.county}{report.title}")
        properties.author = ""
        properties.last_modified_by = ""
        properties.comments = clean(report.notice or "")
        properties.created = properties.modified = day
        properties.language = "zh-CN"
        properties.revision = 1

    def _set_furniture(self) -> None:
        """Set headers and footers: the notice on every page, page numbers on all but the cover."""
        report, section = self._report, self._document.sections[0]
        section.different_first_page_header_footer = True
        for header, words in (
            (section.first_page_header, ""),
            (section.header, f"{report.county}{report.title}"),
        ):
            paragraph = header.paragraphs[0]
            paragraph.style = self._document.styles["Header"]
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(PAGE_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
            paragraph.add_run(clean(words))
            if report.notice is not None:
                notice = paragraph.add_run(f"\t{clean(report.notice)}")
                notice.bold, notice.font.color.rgb = True, _NOTICE_INK
        footer = section.footer.paragraphs[0]
        footer.style = self._document.styles["Footer"]
        footer.add_run("第 ")
        append_field(footer, "PAGE")
        footer.add_run(" 页　共 ")
        append_field(footer, "NUMPAGES")
        footer.add_run(" 页")

    def _write_cover(self) -> None:
        report, document = self._report, self._document
        for _ in range(4):
            document.add_paragraph(style="CoverWords")
        document.add_paragraph(clean(report.county), style="Title")
        document.add_paragraph(clean(report.title), style="Title")
        if report.notice is not None:
            notice = document.add_paragraph(style="Notice").add_run(clean(report.notice))
            notice.font.color.rgb = _NOTICE_INK
        document.add_paragraph(style="CoverWords")
        numbers = [Cell(number, align="center", bold=True, style="BigNumber") for _, _, number in report.headline]
        titles = [
            Cell(title, align="center", bold=True, fill=_MARKS[key][0], colour=_MARKS[key][1])
            for key, title, _ in report.headline
        ]
        append_table(document, [titles, numbers], [PAGE_WIDTH_MM / len(numbers)] * len(numbers))
        document.add_paragraph(style="CoverWords")
        for label, words in report.facts:
            document.add_paragraph(clean(f"{label}：{words}"), style="CoverWords")
        document.add_paragraph(style="CoverWords")
        document.add_paragraph(clean(report.caution), style="TableNote").alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _write_section(self, section: Section, level: int, *, new_page: bool = False) -> None:
        self._write_heading(level, new_page=new_page)
        for words in section.paragraphs:
            self._document.add_paragraph(clean(words), style="BodyWords")
        for table in section.tables:
            self._write_table(table)
        for inner in section.sections:
            self._write_section(inner, level + 1)

    def _write_heading(self, level: int, *, new_page: bool = False) -> None:
        """Write the next heading of the list that the table of contents was made from."""
        found_level, words, bookmark = self._headings[self._heading_number]
        assert found_level == level, f"heading {words}: level {level} written, {found_level} listed"  # noqa: S101
        paragraph = self._document.add_heading(clean(words), level)
        paragraph.paragraph_format.page_break_before = new_page
        self._heading_number += 1
        set_bookmark(paragraph, bookmark, self._heading_number)

    def _write_table(self, table: Table) -> None:
        if not table.rows:
            self._document.add_paragraph(clean(f"{table.caption}：{table.empty}"), style="BodyWords")
            return
        self._write_caption("表", table.caption, keep_with_next=True)
        head = [Cell(words, bold=True, align="center", fill=_HEAD_FILL) for words in table.headings]
        rows = [
            [Cell(words, align="right" if column in table.numeric else "left") for column, words in enumerate(row)]
            for row in table.rows
        ]
        widths = [share * PAGE_WIDTH_MM for share in table.widths]
        append_table(self._document, [head, *rows], widths, heading_rows=1)
        self._document.add_paragraph(clean(f"注：{table.note}") if table.note else "", style="TableNote")

    def _write_card(self, card: Card) -> None:
        document = self._document
        document.add_heading(clean(f"{card.number}　{card.title}"), 3)
        fill, ink = _MARKS[card.severity]
        picture = self._picture_paragraph(self._report.pictures.card(card.number), card.caption, PAGE_WIDTH_MM - 3.0)
        rows = [
            [
                Cell(card.pair, span=2, style="CardPair"),
                Cell(card.severity_words, bold=True, align="center", fill=fill, colour=ink),
            ],
            [Cell("位置", fill=_HEAD_FILL), Cell(card.townships, span=2)],
            [Cell("数量", fill=_HEAD_FILL), Cell(card.numbers, span=2, style="CardNumbers")],
            [Cell("", span=3, element=picture)],
            *([Cell(label, fill=_HEAD_FILL), Cell(words, span=2)] for label, words in card.rows),
        ]
        widths = (_LABEL_MM, PAGE_WIDTH_MM - _LABEL_MM - _TAG_MM, _TAG_MM)
        append_table(document, rows, widths, keep_together=True)
        self._write_caption("图", card.caption)

    def _write_picture(self, png: bytes, caption: str) -> None:
        paragraph = self._picture_paragraph(png, caption, PAGE_WIDTH_MM)
        self._document.element.body.insert_element_before(paragraph, "w:sectPr")
        self._write_caption("图", caption)

    def _picture_paragraph(self, png: bytes, words: str, width_mm: float) -> Any:  # noqa: ANN401  lxml element
        """Make a paragraph of one picture, not yet in the document's flow, with its words for screen readers."""
        paragraph = self._document.add_paragraph()
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(width_mm))
        shape._inline.docPr.set("descr", clean(words))  # noqa: SLF001  python-docx has no alternative text
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._document.element.body.remove(paragraph._p)  # noqa: SLF001
        return paragraph._p  # noqa: SLF001

    def _write_caption(self, kind: str, words: str, *, keep_with_next: bool = False) -> None:
        self._captions[kind] += 1
        paragraph = self._document.add_paragraph(f"{kind} ", style="Caption")
        append_field(paragraph, f"SEQ {kind} \\* ARABIC", str(self._captions[kind]))
        paragraph.add_run(clean(f"　{words}"))
        paragraph.paragraph_format.keep_with_next = keep_with_next


def _headings(report: Report) -> list[tuple[int, str, str]]:
    """Every heading of the report in order: level, numbered words, bookmark."""
    found: list[tuple[int, str, str]] = []

    def add(level: int, number: str, title: str) -> None:
        found.append((level, f"{number}　{title}", f"_Toc{len(found) + 1:08d}"))

    outline: list[tuple[str, tuple[Section, ...]]] = [(section.title, section.sections) for section in report.front]
    outline += [(report.overview_title, ()), (report.cards_title, ())]
    outline += [(section.title, section.sections) for section in report.back]
    for number, (title, inner) in enumerate(outline, start=1):
        add(1, f"{number}", title)
        for position, section in enumerate(inner, start=1):
            add(2, f"{number}.{position}", section.title)
    return found


def _with_fixed_times(content: bytes, year: int, month: int, day: int) -> bytes:
    """Return the same document with the report's date on every part: the same input gives the same file."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as result,
    ):
        for name in source.namelist():
            part = zipfile.ZipInfo(name, (year, month, day, 0, 0, 0))
            # Pictures are compressed already.
            part.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            result.writestr(part, source.read(name))
    return stream.getvalue()


def _silent(_done: int, _total: int, _what: str) -> None:
    """Tell nobody."""
