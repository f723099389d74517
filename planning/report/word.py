"""Word's building blocks: Chinese fonts, styles, fields and tables, on python-docx."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docx.document import Document

# As official documents have them. Word puts its own in place of one that the computer lacks.
BODY: Final = "仿宋"
HEADING: Final = "黑体"
TABLE: Final = "宋体"
LATIN: Final = "Times New Roman"
PAGE_WIDTH_MM: Final = 160.0
_TWIPS_PER_MM: Final = 56.6929
_INK: Final = "2B3036"
_RULE_COLOUR: Final = "A9B0B8"
# What XML 1.0 has no way to write, and lone surrogates.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its words and how they stand."""

    words: str
    span: int = 1
    bold: bool = False
    align: str = "left"
    fill: str | None = None
    colour: str | None = None
    element: Any = None
    """A ready paragraph (a picture) in place of words."""
    style: str = "TableText"


def clean(words: str) -> str:
    """Strip what a docx cannot hold (control characters); attribute text otherwise goes in as it is."""
    return _UNWRITABLE.sub("", words)


def set_fonts(element: Any, chinese: str) -> None:  # noqa: ANN401  any element with run properties
    """Set Latin and East Asian fonts of a style or run, instead of the theme's."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{name}"), font)


def prepare_styles(document: Document) -> None:
    """Set page, fonts and styles."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(28), Mm(25)
    styles = document.styles
    languages = styles.element.find(".//" + qn("w:lang"))
    if languages is not None:
        languages.set(qn("w:eastAsia"), "zh-CN")
    for name, font, size, bold, before, after, align in _STYLES:
        if name not in styles:
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = styles["Normal"]
        style = styles[name]
        _drop_furniture(style.element)
        set_fonts(style.element, font)
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor.from_string(_INK)
        form = style.paragraph_format
        form.space_before, form.space_after, form.alignment = Pt(before), Pt(after), align
        form.line_spacing = 1.0 if name.startswith(("Table", "TOC", "Header", "Footer")) else 1.25
    for level, indent in (("TOC 1", 0.0), ("TOC 2", 8.0)):
        styles[level].paragraph_format.left_indent = Mm(indent)
    styles["BodyWords"].paragraph_format.first_line_indent = Pt(24)


def _drop_furniture(style: Any) -> None:  # noqa: ANN401  lxml element
    """Take away the template's rules under titles and tab stops in headers."""
    for tag in ("pBdr", "tabs"):
        for found in style.findall(f".//{qn(f'w:{tag}')}"):
            found.getparent().remove(found)


_LEFT, _CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_STYLES: Final[tuple[tuple[str, str, float, bool, float, float, Any], ...]] = (
    ("Normal", BODY, 12, False, 0, 0, _LEFT),
    ("BodyWords", BODY, 12, False, 0, 6, WD_ALIGN_PARAGRAPH.JUSTIFY),
    ("Title", HEADING, 26, False, 12, 12, _CENTRE),
    ("CoverWords", BODY, 14, False, 3, 3, _CENTRE),
    ("BigNumber", HEADING, 28, True, 8, 8, _CENTRE),
    ("Notice", HEADING, 14, True, 6, 6, _CENTRE),
    ("Heading 1", HEADING, 16, False, 18, 8, _LEFT),
    ("Heading 2", HEADING, 14, False, 12, 6, _LEFT),
    ("Heading 3", HEADING, 12, False, 12, 4, _LEFT),
    ("Caption", TABLE, 10.5, True, 8, 4, _CENTRE),
    ("TableText", TABLE, 9, False, 1, 1, _LEFT),
    ("TableNote", TABLE, 8.5, False, 2, 8, _LEFT),
    ("CardPair", HEADING, 11, False, 2, 2, _LEFT),
    ("CardNumbers", TABLE, 10.5, True, 2, 2, _LEFT),
    ("TOC 1", BODY, 12, False, 3, 1, _LEFT),
    ("TOC 2", BODY, 11, False, 1, 1, _LEFT),
    ("Header", TABLE, 9, False, 0, 0, _LEFT),
    ("Footer", TABLE, 9, False, 0, 0, _CENTRE),
)


def element(tag: str, **attributes: str) -> Any:  # noqa: ANN401  lxml element
    """Make a WordprocessingML element."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def append_field(paragraph: Any, instruction: str, shown: str = "1") -> None:  # noqa: ANN401  docx Paragraph
    """Append a field that Word counts itself, such as PAGE; `shown` stands until it does."""
    for part in (
        element("fldChar", fldCharType="begin"),
        _instruction(instruction),
        element("fldChar", fldCharType="separate"),
    ):
        paragraph.add_run()._r.append(part)  # noqa: SLF001  python-docx has no fields
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))  # noqa: SLF001


def append_contents(document: Document, headings: Sequence[tuple[int, str, str]]) -> None:
    """
    Append a table of contents as a field whose result is already there.

    Word fills in page numbers when the field is updated; without that nobody meets an empty page, and no question
    about updating fields is asked on opening.

    Parameters
    ----------
    headings
        Level (1 or 2), words and bookmark of each heading.
    """
    first = True
    for level, words, bookmark in headings:
        paragraph = document.add_paragraph(style=f"TOC {level}")
        if first:
            for part in (
                element("fldChar", fldCharType="begin"),
                _instruction('TOC \\o "1-2" \\h \\z \\u'),
                element("fldChar", fldCharType="separate"),
            ):
                paragraph.add_run()._r.append(part)  # noqa: SLF001
            first = False
        link = element("hyperlink", anchor=bookmark, history="1")
        link.append(_run(words))
        paragraph._p.append(link)  # noqa: SLF001
    closing = document.add_paragraph(style="TableNote")
    if not first:
        closing.add_run("（在目录上按右键选“更新域”，可显示页码）")
        closing.add_run()._r.append(element("fldChar", fldCharType="end"))  # noqa: SLF001


def set_bookmark(paragraph: Any, name: str, number: int) -> None:  # noqa: ANN401  docx Paragraph
    """Put a bookmark around a paragraph's words, for the table of contents to point at."""
    paragraph._p.insert_element_before(element("bookmarkStart", id=str(number), name=name), "w:r")  # noqa: SLF001
    paragraph._p.append(element("bookmarkEnd", id=str(number)))  # noqa: SLF001


def append_table(
    document: Document,
    rows: Sequence[Sequence[Cell]],
    widths_mm: Sequence[float],
    *,
    heading_rows: int = 0,
    keep_together: bool = False,
) -> None:
    """
    Append a table; made as XML at once, since python-docx finds each cell anew.

    Parameters
    ----------
    rows
        The spans of a row's cells add up to the number of columns.
    widths_mm
        Of the columns.
    heading_rows
        Repeated on every page.
    keep_together
        Move the whole table to the next page rather than break it.
    """
    table = element("tbl")
    table.append(_table_properties(sum(widths_mm)))
    grid = element("tblGrid")
    for width in widths_mm:
        grid.append(element("gridCol", w=_twips(width)))
    table.append(grid)
    for number, row in enumerate(rows):
        made = element("tr")
        properties = element("trPr")
        properties.append(element("cantSplit"))
        if number < heading_rows:
            properties.append(element("tblHeader"))
        made.append(properties)
        column = 0
        keep = keep_together and number < len(rows) - 1
        for cell in row:
            made.append(_cell(cell, sum(widths_mm[column : column + cell.span]), keep=keep))
            column += cell.span
        table.append(made)
    body = document.element.body
    body.insert_element_before(table, "w:sectPr")


def _table_properties(width_mm: float) -> Any:  # noqa: ANN401
    properties = element("tblPr")
    properties.append(element("tblW", w=_twips(width_mm), type="dxa"))
    borders = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(side, val="single", sz="4", space="0", color=_RULE_COLOUR))
    properties.append(borders)
    properties.append(element("tblLayout", type="fixed"))
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="70", type="dxa"))
    properties.append(margins)
    return properties


def _cell(cell: Cell, width_mm: float, *, keep: bool) -> Any:  # noqa: ANN401
    made = element("tc")
    properties = element("tcPr")
    properties.append(element("tcW", w=_twips(width_mm), type="dxa"))
    if cell.span > 1:
        properties.append(element("gridSpan", val=str(cell.span)))
    if cell.fill is not None:
        properties.append(element("shd", val="clear", color="auto", fill=cell.fill))
    properties.append(element("vAlign", val="center"))
    made.append(properties)
    if cell.element is not None:
        made.append(cell.element)
        return made
    for line in cell.words.split("\n"):
        paragraph = element("p")
        look = element("pPr")
        look.append(element("pStyle", val=cell.style))
        if keep:
            look.append(element("keepNext"))
        look.append(element("jc", val=cell.align))
        paragraph.append(look)
        if line:
            paragraph.append(_run(line, _run_look(cell)))
        made.append(paragraph)
    return made


def _run_look(cell: Cell) -> Mapping[str, str]:
    look = {}
    if cell.bold:
        look["b"] = "1"
    if cell.colour is not None:
        look["color"] = cell.colour
    return look


def _run(words: str, look: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
    run = element("r")
    if look:
        properties = element("rPr")
        for tag, value in look.items():
            properties.append(element(tag, val=value))
        run.append(properties)
    text = element("t")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = clean(words)
    run.append(text)
    return run


def _instruction(words: str) -> Any:  # noqa: ANN401
    made = element("instrText")
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.text = f" {words} "
    return made


def _twips(mm: float) -> str:
    return str(round(mm * _TWIPS_PER_MM))
