"""Workbooks as spreadsheet programs write them, made by hand: cells, formulas, dates, hidden sheets."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Formula:
    """A cell that is computed, and what it showed when the workbook was saved."""

    text: str
    shown: str


@dataclass(frozen=True)
class Day:
    """A date, as the number of days a workbook keeps."""

    serial: float


Cell = str | float | bool | Formula | Day | None
Rows = Sequence[Sequence[Cell]]


def workbook(sheets: Mapping[str, Rows], *, hidden: Sequence[str] = (), first_row: int = 1) -> bytes:
    """A workbook of these sheets, the hidden ones among them."""
    parts = {
        f"xl/worksheets/sheet{number}.xml": sheet(rows, first_row)
        for number, rows in enumerate(sheets.values(), 1)
    }
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"'
        f' state="{"hidden" if name in hidden else "visible"}"/>'
        for number, name in enumerate(sheets, 1)
    )
    return packed(parts, names, len(sheets))


def sheet(rows: Rows, first_row: int = 1) -> str:
    """One sheet's XML."""
    lines = []
    for number, row in enumerate(rows, first_row):
        cells = "".join(_cell(value, f"{column(place)}{number}") for place, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def packed(parts: Mapping[str, str], names: str, count: int, *, says_more: int = 0) -> bytes:
    """The archive around the sheets; its list may say that it unpacks to so many bytes more than it does."""
    rels = "".join(
        f'<Relationship Id="rId{number}" Type="{LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, count + 1)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PARTS}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PARTS}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PARTS}/relationships">{rels}'
        f'<Relationship Id="rId99" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        **parts,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.infolist()[-1].file_size += says_more
    return out.getvalue()


def column(place: int) -> str:
    """A, B, … Z, AA, …"""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(value: Cell, at: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Formula):
        return f'<c r="{at}" t="str"><f>{escape(value.text)}</f><v>{escape(value.shown)}</v></c>'
    if isinstance(value, Day):
        return f'<c r="{at}" s="1"><v>{value.serial}</v></c>'
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{at}"><v>{value}</v></c>'
