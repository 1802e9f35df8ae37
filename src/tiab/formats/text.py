"""Bytes to clean lines of text: the encoding found, line ends made equal, no line too long to be honest."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tiab.errors import InputError
from tiab.formats.input_file import InputFile

__all__ = ["Decoding", "clean_line", "clean_text", "decoding_of", "head_text", "lines_of", "xml_encoding"]

MAX_LINE = 4 << 20
"""Bytes in a line, or in a cell of a table. Long abstracts are below 20 kB, long reference lists below 1 MB."""
_SAMPLE = 1 << 16
_FEW = 32
"""Zero bytes that a text may have; binary files have more."""
_ENOUGH = 40
"""Bytes above ASCII from which an encoding can be told."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a file's bytes become text; `warning` is empty where there was no doubt."""

    encoding: str
    errors: str = "strict"
    warning: str = ""


def clean_line(value: str) -> str:
    """`value` as one line: NFC, no control characters, every run of white space one space.

    >>> clean_line("Exercise\\n   in\\u00a0MS\\x07 ")
    'Exercise in MS'
    """
    if value.isascii():
        if value.isprintable() and "  " not in value:
            return value.strip()
    else:
        value = unicodedata.normalize("NFC", value)
    if not value.isprintable():
        value = _CONTROL.sub("", _LINE_ENDS.sub("\n", value).replace("\x0b", " ").replace("\x0c", " "))
    return " ".join(value.split())


def clean_text(value: str) -> str:
    """`value` with its line breaks: each line cleaned as by `clean_line`, blank ones left out.

    >>> clean_text("AIM: to see.\\r\\n\\r\\n  METHODS:\\twe looked. ")
    'AIM: to see.\\nMETHODS: we looked.'
    """
    if value.isprintable():
        return clean_line(value)
    parts = (clean_line(part) for part in _LINE_ENDS.sub("\n", value).split("\n"))
    return "\n".join(part for part in parts if part)


def lines_of(source: InputFile, decoding: Decoding) -> Iterator[str]:
    """The lines of `source` without their ends; CR, LF and CRLF all end one.

    Raises:
        InputError: a byte that the encoding doesn't have.
    """
    with io.TextIOWrapper(source.open(), encoding=decoding.encoding, errors=decoding.errors) as stream:
        try:
            for line in stream:
                yield line.rstrip("\n").replace("\ufeff", "")
        except UnicodeError as error:
            raise InputError(
                f"is not text in {decoding.encoding}", path=source.path, hint="Save it as UTF-8 text."
            ) from error


def head_text(source: InputFile) -> str:
    """The first 64 KiB as text, for a look at what the file is; what can't be decoded is replaced."""
    encoding = _marked(source.head) or "utf-8-sig"
    return _LINE_ENDS.sub("\n", source.head.decode(encoding, "replace")).replace("\ufeff", "")


def xml_encoding(source: InputFile) -> str:
    """The encoding of an XML file that a byte order mark tells, or "" where its own declaration is to be believed."""
    return _marked(source.head)


def decoding_of(source: InputFile, *, longest: int = MAX_LINE) -> Decoding:
    """How to decode `source`, from all of its bytes, no line of which may have more than `longest`.

    A byte order mark is believed. Valid UTF-8 is UTF-8. UTF-8 with a few stray bytes has those read as cp1252. Text
    that is mostly ASCII is cp1252, as charset-normalizer needs more accents than a Western search export has; it
    names the encoding of the rest.

    Raises:
        InputError: the file is binary, has a line beyond `longest`, or fits no encoding.
    """
    marked = _marked(source.head)
    decoder = codecs.getincrementaldecoder(marked or "utf-8-sig")("strict")
    lengths = _Lengths(source, longest)
    valid = True
    for chunk in source.chunks():
        lengths.add(chunk)
        if not marked and chunk.count(0) > max(_FEW, len(chunk) // 100):
            raise _not_text(source, None)
        if valid:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                valid = False
                if marked:
                    raise _not_text(source, lengths.line) from None
    if valid:
        try:
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            # The file breaks off within a character.
            if marked:
                return Decoding(marked, "replace", "breaks off within a character")
            valid = False
    return Decoding(marked or "utf-8-sig") if valid else _guess(source)


class _Lengths:
    """Counts lines chunk by chunk, and refuses too long a one."""

    def __init__(self, source: InputFile, longest: int) -> None:
        self._source = source
        self._longest = longest
        self._open = 0
        self.line = 1

    def add(self, chunk: bytes) -> None:
        first = re.search(rb"[\r\n]", chunk)
        if self._open + (first.start() if first else len(chunk)) > self._longest:
            raise InputError(
                f"has a line of more than {self._longest >> 20} MB",
                path=self._source.path,
                line=self.line,
                hint="That is no search export; export it again.",
            )
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._open = self._open + len(chunk) if last < 0 else len(chunk) - last - 1
        self.line += chunk.count(b"\n")


def _guess(source: InputFile) -> Decoding:
    """The decoding of a file that is not UTF-8."""
    size = multibyte = high = 0
    sample = bytearray()
    for chunk in source.chunks():
        sequences = _MULTIBYTE.findall(chunk)
        size += len(chunk)
        multibyte += len(sequences)
        high += len(_HIGH.findall(chunk)) - sum(map(len, sequences))
        if len(sample) < _SAMPLE and not chunk.isascii():
            sample += b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:_SAMPLE]
    if multibyte > high:
        return _checked(source, Decoding("utf-8-sig", _STRAY, "has bytes that are not UTF-8; they were read as cp1252"))
    if high <= 0.15 * size:
        try:
            return _checked(source, Decoding("cp1252", warning="is not UTF-8; it was read as cp1252"))
        except InputError:
            if high < _ENOUGH:
                raise
    from charset_normalizer import from_bytes  # loaded for files of old encodings alone

    best = from_bytes(bytes(sample)).best()
    if best is None:
        raise _not_text(source, None)
    warning = f"is not UTF-8; it was read as {best.encoding}, so look at its accents"
    return _checked(source, Decoding(best.encoding, warning=warning))


def _checked(source: InputFile, decoding: Decoding) -> Decoding:
    """`decoding`, once it has been seen to fit the whole file; the line of the first byte that it lacks otherwise."""
    decoder = codecs.getincrementaldecoder(decoding.encoding)(decoding.errors)
    line = 1
    for chunk in source.chunks():
        try:
            decoder.decode(chunk)
        except UnicodeError as error:
            # A guess of UTF-16 without a mark is no UnicodeDecodeError, and tells no place.
            before = chunk[: error.start] if isinstance(error, UnicodeDecodeError) else b""
            raise _not_text(source, line + before.count(b"\n")) from error
        line += chunk.count(b"\n")
    return decoding


def _not_text(source: InputFile, line: int | None) -> InputError:
    return InputError(
        "is not text in any encoding that tiab knows",
        path=source.path,
        line=line,
        hint="If it is a search export, save it as UTF-8 text; it may be binary or damaged.",
    )


def _marked(head: bytes) -> str:
    """The encoding that a byte order mark, or every second byte being zero, tells; "" for none."""
    for mark, encoding in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")):
        if head.startswith(mark):
            return encoding
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:2000]
    if len(sample) >= 8:
        if sample[1::2].count(0) > 0.4 * len(sample) and not sample[::2].count(0):
            return "utf-16-le"
        if sample[::2].count(0) > 0.4 * len(sample) and not sample[1::2].count(0):
            return "utf-16-be"
    return ""


def _stray(error: UnicodeError) -> tuple[str, int]:
    """One byte that is not UTF-8, read as cp1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    try:
        return error.object[error.start : error.start + 1].decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        raise error from None


_STRAY = "tiab-stray-cp1252"
codecs.register_error(_STRAY, _stray)
