"""XLSX out, as the few parts of one that hold texts and numbers.

openpyxl would stamp the time into the file and take texts that begin with "=" for formulas; what is written here is the
same bytes for the same records, and its texts are texts.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO
from xml.sax.saxutils import escape

from tiab.errors import InputError
from tiab.formats.sheets import CELL, sheet_of
from tiab.records import Record

__all__ = ["is_workbook", "write"]

MAX_ROWS = 1_048_576
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="records" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Style 1 is the bold heading; style 2 says that a text is one, whatever it begins with.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/>'
        '<xf quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>"
    ),
}


def is_workbook(names: Iterable[str]) -> bool:
    """Whether a zip archive with members of these names is a workbook."""
    return "xl/workbook.xml" in set(names)


def write(stream: IO[bytes], records: Sequence[Record], first: Sequence[str]) -> None:
    """Writes `records` as a workbook of one sheet whose heading row stays in view.

    Raises:
        InputError: there are more records than a sheet has rows.
    """
    if len(records) >= MAX_ROWS:
        raise InputError(f"{len(records)} records are more than a sheet holds", hint="Write them as CSV.")
    sheet = sheet_of(records, first, longest=CELL)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(_member(name), _HEAD + text)
        with archive.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as part:
            part.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
                'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'.encode()
            )
            part.write(_row(sheet.headings, style=1).encode())
            for row in sheet.rows():
                part.write(_row(row, style=0).encode())
            part.write(b"</sheetData></worksheet>")


def _member(name: str) -> zipfile.ZipInfo:
    """A member of a fixed date, so that equal records make equal files."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _row(cells: Sequence[str], *, style: int) -> str:
    return f"<row>{''.join(_cell(cell, style) for cell in cells)}</row>"


def _cell(cell: str, style: int) -> str:
    if not cell:
        return "<c/>"
    if not style and _NUMBER.fullmatch(cell):
        return f"<c><v>{cell}</v></c>"
    kept = _ESCAPED.sub("_x005F_", cell)
    quoted = 2 if cell[0] in "=+-@" else style
    return f'<c t="inlineStr" s="{quoted}"><is><t xml:space="preserve">{escape(kept)}</t></is></c>'
