"""The records of an XML file one after the other, each thrown away once it has been read.

The parser resolves no entity, loads no DTD and asks no network; what a record may hold is bounded.
"""

from __future__ import annotations

import codecs
import html
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from lxml import etree

from tiab.errors import InputError
from tiab.formats.input_file import InputFile
from tiab.formats.reader_notes import ReaderNotes
from tiab.formats.text import Decoding, clean_line, decoding_of, xml_encoding

__all__ = ["elements", "forget", "text_of"]

MAX_RECORD = 16 << 20
"""Bytes from one record's start to the next; articles with thousands of authors take a quarter of it."""
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_OVERLAP = 32
_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_FORBIDDEN = re.compile(rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));")
_REFERENCE = 16
"""Bytes from the end of a chunk in which a reference may have begun."""


def elements(
    source: InputFile, noted: ReaderNotes, tags: Sequence[str], start: re.Pattern[bytes]
) -> Iterator[tuple[int, etree._Element]]:
    """Each element of one of `tags`, whole, and the line at which it starts; it is emptied when the next is asked for.

    `start` matches the start tags in the raw bytes, in which they are counted.

    Raises:
        InputError: the XML is not well-formed, breaks off, declares entities, or has a record beyond `MAX_RECORD`.
    """
    decoding = _decoding(source)
    if decoding and decoding.warning:
        noted.warnings.append(decoding.warning)
    parser = etree.XMLPullParser(
        events=("end",),
        tag=tags,
        encoding="utf-8" if decoding else None,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    read, begun = 0, False
    for chunk in _allowed(_counted(source, decoding, noted, start)):
        try:
            if chunk:
                parser.feed(chunk if begun else chunk.lstrip())  # as no blank line may stand before the declaration
                begun = True
            else:
                parser.close()
        except etree.XMLSyntaxError as error:
            read += sum(1 for _ in parser.read_events())
            reason = clean_line(str(error.msg or "no reason given"))[:120]
            raise InputError(
                f"its XML is damaged or breaks off after {read} records ({reason})",
                path=source.path,
                line=error.lineno,
                hint="Download it again.",
            ) from error
        for _, element in cast("Iterable[tuple[str, etree._Element]]", parser.read_events()):
            line = noted.starts[read] if read < len(noted.starts) else read + 1
            read += 1
            yield line, element
            forget(element)


def text_of(element: etree._Element | None) -> str:
    """The text within, that of inline markup such as <i> and <sup> with it; "" for None."""
    if element is None:
        return ""
    if not len(element):
        return element.text or ""
    # An entity that only the DTD defines stands as a node of its own, whose text is "&alpha;".
    parts = map(str, element.itertext())
    return "".join(html.unescape(part) if part.startswith("&") and part.endswith(";") else part for part in parts)


def _decoding(source: InputFile) -> Decoding | None:
    """How to decode the file where neither its declaration nor its being UTF-8 is to be believed; None where one is."""
    marked = xml_encoding(source)
    if marked:
        return Decoding(marked, "replace")
    declared = _DECLARED.match(source.head)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return None
    decoding = decoding_of(source, longest=sys.maxsize)
    return decoding if decoding.warning else None


def _counted(
    source: InputFile, decoding: Decoding | None, noted: ReaderNotes, start: re.Pattern[bytes]
) -> Iterator[bytes]:
    """The bytes as UTF-8 or as the file declares, with an empty end, noting the line of each record's start tag."""
    decoder = codecs.getincrementaldecoder(decoding.encoding)(decoding.errors) if decoding else None
    line, tail, since = 1, b"", 0
    for raw in source.chunks():
        chunk = decoder.decode(raw).encode() if decoder else raw
        window = tail + chunk
        if b"<!ENTITY" in window:
            raise InputError("declares XML entities", path=source.path, line=line, hint="No database's own files do.")
        at = 0
        for match in start.finditer(window):
            if match.end() > len(tail):
                line += window.count(b"\n", at, match.start())
                at = match.start()
                noted.starts.append(line)
                since = 0
        # Lines are counted up to the overlap, whose bytes come again at the front of the next window.
        keep = max(at, len(window) - _OVERLAP)
        line += window.count(b"\n", at, keep)
        tail = window[keep:]
        since += len(chunk)
        if since > MAX_RECORD:
            raise InputError(f"has more than {MAX_RECORD >> 20} MB in one record", path=source.path, line=line)
        if chunk:
            yield chunk
    yield b""


def _allowed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks without the control characters that XML forbids; EndNote writes those that a pasted abstract had."""
    held = b""
    for chunk in chunks:
        data = held + chunk.translate(None, _CONTROLS)
        begun = data.rfind(b"&", -_REFERENCE) if chunk else -1
        held, data = (data[begun:], data[:begun]) if begun >= 0 else (b"", data)
        if data:
            yield _FORBIDDEN.sub(b"", data) if b"&#" in data else data
    yield b""


def forget(element: etree._Element) -> None:
    """Frees a record that has been read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
