"""Records out: the format is told by the file's suffix, and the file is there whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, cast

from tiab.errors import InputError, LabelError
from tiab.folding import heading
from tiab.formats import bibtex, endnote_xml, nbib, ris, sheets, xlsx
from tiab.formats.text import clean_text
from tiab.labels import Decision
from tiab.records import Record
from tiab.writing import replacing

__all__ = ["SUFFIXES", "check_suffix", "write_records"]

_Writer = Callable[[IO[bytes], Sequence[Record], Sequence[str]], None]
_SHOWN = ("rank", "score", "decision", "reason", "reasons", "label_included", "included")
"""What a person wants to see of a record that came with it, beside the columns that are added."""
_HIDDEN = frozenset({"decisions"})
"""What is added for tiab to read again, and is no note for people."""


def write_records(
    path: str | Path,
    records: Iterable[Record],
    *,
    columns: Mapping[str, Mapping[str, object]] | None = None,
) -> None:
    """Writes `records` in their order to `path`, whole or not at all.

    The suffix chooses the format: .csv, .tsv, .xlsx, .ris, .nbib, .bib or .xml (EndNote); .gz may follow. What a record
    carried in its `extra` is written too, and the file reads back to records equal to these but for their source. What
    is added comes before the record's own columns in a table, and in notes ("tiab_rank: 3") elsewhere. A column
    "decision" is also written as other programs read it: ASReview's notes, or a column `included` of 1 and 0.

    Args:
        columns: what to add: name -> record id -> value. A record that an inner mapping lacks gets nothing. A column
            takes the place of one of that name that the record carried.

    Raises:
        InputError: the suffix is none of these, or the file cannot be written.
        LabelError: a value of "decision" is no decision.

    >>> import tempfile
    >>> pool = [Record(record_id="1", title="Yoga for back pain"), Record(record_id="2", title="Tax law")]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "ranked.csv")
    ...     write_records(path, pool, columns={"rank": {"1": 1, "2": 2}})
    ...     path.read_text(encoding="utf-8-sig").splitlines()[1][:22]
    '1,1,Yoga for back pain'
    """
    writer, tabular = _writer_of(Path(path))
    added = columns or {}
    full = [_with_columns(record, added, tabular=tabular) for record in records]
    first = [*added, *(["included"] if "decision" in added and "included" not in added else [])]
    with replacing(path) as beside, _opened(beside, Path(path)) as stream:
        writer(stream, full, first)


def check_suffix(path: str | Path) -> None:
    """Refuses a name that tells no format, before any work is done for it.

    Raises:
        InputError: its suffix is none of `SUFFIXES`.
    """
    _writer_of(Path(path))


@contextmanager
def _opened(beside: Path, path: Path) -> Iterator[IO[bytes]]:
    with beside.open("wb") as plain:
        if path.suffix.lower() != ".gz":
            yield plain
            return
        # The name and time that gzip would keep are left out, so that equal records make equal files.
        with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
            yield cast("IO[bytes]", packed)


def _text(render: Callable[[Record, frozenset[str]], str], *, head: str = "", end: str = "") -> _Writer:
    """A writer of a format in which each record is a piece of text."""

    def write(stream: IO[bytes], records: Sequence[Record], first: Sequence[str]) -> None:
        shown = frozenset((*first, *_SHOWN)) - _HIDDEN
        stream.write(head.encode())
        for record in records:
            stream.write(render(record, shown).encode("utf-8", "replace"))
        stream.write(end.encode())

    return write


_WRITERS: dict[str, tuple[_Writer, bool]] = {
    ".csv": (sheets.write_csv, True),
    ".tsv": (partial(sheets.write_csv, delimiter="\t"), True),
    ".xlsx": (xlsx.write, True),
    ".ris": (_text(ris.render), False),
    ".nbib": (_text(nbib.render), False),
    ".bib": (_text(bibtex.render), False),
    ".xml": (_text(endnote_xml.render, head=endnote_xml.HEAD, end=endnote_xml.END), False),
}
SUFFIXES = tuple(_WRITERS)
"""The suffixes that tell a format to write."""


def _writer_of(path: Path) -> tuple[_Writer, bool]:
    name = path.name.lower().removesuffix(".gz")
    for suffix, writer in _WRITERS.items():
        if name.endswith(suffix):
            return writer
    known = ", ".join(SUFFIXES[:-1]) + f" or {SUFFIXES[-1]}"
    raise InputError("has a suffix that names no format", path=path, hint=f"Call it something that ends in {known}.")


def _with_columns(record: Record, columns: Mapping[str, Mapping[str, object]], *, tabular: bool) -> Record:
    """`record` with the columns in its `extra`, in the place where reading the format finds them."""
    if not columns:
        return record
    added = [(name, _value(values.get(record.record_id))) for name, values in columns.items()]
    replaced = {heading(name) for name in columns}
    if "decision" in columns:
        replaced.add("included")
        added += _decided(record, columns["decision"].get(record.record_id), tabular=tabular)
    kept = [pair for pair in record.extra if heading(pair[0]) not in replaced and not _stale(pair, columns)]
    added = [pair for pair in added if pair[1]]
    return replace(record, extra=tuple([*added, *kept] if tabular else [*kept, *added]))


def _decided(record: Record, decision: object, *, tabular: bool) -> list[tuple[str, str]]:
    """A decision as other programs read it; a maybe has no such form."""
    if decision is None or decision == "":
        return []
    try:
        parsed = Decision.parse(decision)
    except LabelError as error:
        raise LabelError(
            f"record {record.record_id}: {error.message}", hint="Use include, exclude or maybe."
        ) from error
    if parsed is Decision.MAYBE:
        return []
    included = parsed is Decision.INCLUDE
    if tabular:
        return [("included", "1" if included else "0")]
    return [("N1", "ASReview_relevant" if included else "ASReview_irrelevant")]


def _stale(pair: tuple[str, str], columns: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether a note says of a decision what may no longer be so."""
    return "decision" in columns and pair[1] in ("ASReview_relevant", "ASReview_irrelevant", "ASReview_not_seen")


def _value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return "" if value != value else format(value, ".6g")
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(map(_value, sorted(value) if isinstance(value, (set, frozenset)) else value))
    return clean_text(str(value))
