"""Excel workbooks (XLSX).

They are read by openpyxl, and written as the few parts of one that hold texts and numbers.

openpyxl would stamp the time into the file and take texts that begin with "=" for formulas; what is written here is the
same bytes for the same records, and its texts are texts.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import IO, Any

from lxml import etree

from tiab.errors import InputError
from tiab.formats.columns import MAX_COLUMNS, RULES, keys_of, row_record
from tiab.formats.input_file import FREE_EXPANDED, MAX_RATIO, InputFile
from tiab.formats.reader_notes import ReaderNotes, RecordAt, Unreadable
from tiab.formats.sheets import CELL, sheet_of
from tiab.formats.text import clean_line, clean_text
from tiab.formats.xml_stream import forget
from tiab.records import Record

__all__ = ["is_workbook", "parse", "write", "write_rows"]

MAX_PARTS = 1000
_HEADING_ROWS = 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError, EOFError,
           AttributeError, IndexError, OSError, NotImplementedError, RuntimeError)  # fmt: skip
"""What zipfile, XML parsers and openpyxl raise for files that are not what they should be."""
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")
MAX_ROWS = 1_048_576
_SHARED = "xl/sharedStrings.xml"
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
    write_rows(stream, sheet.headings, sheet.rows())


def write_rows(stream: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes rows of cells as a workbook of one sheet whose heading row stays in view."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(_member(name), _HEAD + text)
        with archive.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as part:
            part.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
                'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'.encode()
            )
            part.write(_row(headings, style=1).encode())
            for row in rows:
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
    if not style and _NUMBER.fullmatch(cell) and _plain(float(cell)) == cell:
        return f"<c><v>{cell}</v></c>"
    kept = _ESCAPED.sub("_x005F_", cell)
    quoted = 2 if cell[0] in "=+-@" else style
    return f'<c t="inlineStr" s="{quoted}"><is><t xml:space="preserve">{escape(kept, quote=False)}</t></is></c>'


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of the first sheet that has a column for titles, with the rows at which they stand.

    Raises:
        InputError: the workbook is damaged or protected, unpacks to too much, or no sheet has such a column.
    """
    import openpyxl  # here, as it takes a third of a second that readers of other formats need not wait

    data = source.read_all()
    counts = _row_counts(source, data)
    try:
        sheets = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets
    except _DAMAGE as error:
        raise _damaged(source, error) from error
    for sheet in sheets:
        rows = _rows(source, sheet, counts)
        below, headings = _headings(rows)
        if headings:
            noted.starts.extend(number for number in _filled_rows(source, data, _part(sheet)) if number > below)
            yield from _records(noted, headings, rows, source.name)
            return
    raise InputError("has no sheet with a column for titles", path=source.path, hint="Call one of its columns 'title'.")


def _row_counts(source: InputFile, data: bytes) -> dict[str, int]:
    """How many rows each sheet has in its raw XML; refuses a workbook that is a bomb or declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > max(FREE_EXPANDED, MAX_RATIO * len(data)) or len(members) > MAX_PARTS:
                raise InputError(f"unpacks to {size >> 20} MB, which no workbook of its size does", path=source.path)
            parts = [member for member in members if member.filename.endswith((".xml", ".rels"))]
            return {member.filename: _row_count(source, archive.open(member)) for member in parts}
    except _DAMAGE as error:
        raise _damaged(source, error) from error


def _row_count(source: InputFile, part: IO[bytes]) -> int:
    count, tail = 0, b""
    with part:
        while chunk := part.read(1 << 20):
            window = tail + chunk
            if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                raise InputError("declares XML entities", path=source.path, hint="No spreadsheet program does.")
            count += sum(match.end() > len(tail) for match in _ROW.finditer(window))
            tail = window[-32:]
    return count


def _rows(source: InputFile, sheet: Any, counts: Mapping[str, int]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet as texts, numbered from 1; at the end, an error if there were more in the raw XML."""
    number = 0
    try:
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.values, 1):
            if len(row) > MAX_COLUMNS:
                raise _too_wide(source, number)
            yield number, [_text(cell) for cell in row]
    except _DAMAGE as error:
        raise _damaged(source, error) from error
    expected = counts.get(_part(sheet), 0)
    if number < expected:
        raise InputError(f"a sheet has {expected} rows, but {number} were read", path=source.path, line=number)


def _too_wide(source: InputFile, number: int) -> InputError:
    hint = "Keep the columns you need."
    return InputError(f"has more than {MAX_COLUMNS} columns", path=source.path, line=number, hint=hint)


def _damaged(source: InputFile, error: Exception) -> InputError:
    reason = clean_line(str(error))[:100] or type(error).__name__
    return InputError(f"is a damaged workbook ({reason})", path=source.path, hint="Save it again.")


def _part(sheet: Any) -> str:
    """The member of the archive that holds a sheet."""
    return str(getattr(sheet, "_worksheet_path", "")).lstrip("/")


def _filled_rows(source: InputFile, data: bytes, part: str) -> list[int]:
    """The numbers of the rows that say something, for the guard: told from the raw XML, without openpyxl."""
    filled, number = [], 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            blank = _blank_strings(archive)
            with archive.open(part) as stream:
                for _, row in etree.iterparse(stream, tag="{*}row", resolve_entities=False, no_network=True):
                    number = int(row.get("r") or number + 1)
                    if any(_says_something(cell, blank) for cell in row):
                        filled.append(number)
                    forget(row)
    except (*_DAMAGE, etree.XMLSyntaxError) as error:
        raise _damaged(source, error) from error
    return filled


def _blank_strings(archive: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of those texts that sheets share and that say nothing."""
    if _SHARED not in archive.namelist():
        return frozenset()
    with archive.open(_SHARED) as stream:
        texts = etree.iterparse(stream, tag="{*}si", resolve_entities=False, no_network=True)
        return frozenset(str(number) for number, (_, text) in enumerate(texts) if not _words(text))


def _says_something(cell: etree._Element, blank: frozenset[str]) -> bool:
    words = _words(cell)
    return bool(words) and not (cell.get("t") == "s" and words in blank)


def _words(element: etree._Element) -> str:
    held = element.iter("{*}v", "{*}t")
    return clean_text(_CODE.sub(lambda match: chr(int(match[1], 16)), "".join(part.text or "" for part in held)))


def _headings(rows: Iterator[tuple[int, list[str]]]) -> tuple[int, tuple[str, ...]]:
    """The first row that has a heading for titles, of the first few, and its number; rows up to it are then used up."""
    for number, row in rows:
        columns = tuple(map(clean_line, row))
        if any(key in RULES.title for key in keys_of(columns)):
            return number, columns
        if number >= _HEADING_ROWS:
            break
    return 0, ()


def is_record(row: Sequence[str]) -> bool:
    """Whether a row below the headings is a record."""
    return any(row)


def _records(
    noted: ReaderNotes, headings: Sequence[str], rows: Iterator[tuple[int, list[str]]], source: str
) -> Iterator[RecordAt]:
    names = keys_of(headings)
    columns = [column or f"column {number}" for number, column in enumerate(headings, 1)]
    for number, row in rows:
        if any(row[len(columns) :]):
            noted.unreadable.append(Unreadable(number, "it has cells beyond the last heading"))
        elif is_record(row):
            yield number, row_record(columns, row, names, source)


def _text(value: object) -> str:
    """A cell as text: whole numbers without a point, dates as 2017-10-31."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return clean_text(_CODE.sub(lambda match: chr(int(match[1], 16)), str(value)))


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
