"""The shared file: one file that holds what another copy of a review can take in, as compressed lines of JSON.

A line says what the file is, then each source, record and event has one, and the last has the SHA-256 of those before
it. It holds no code, and everything in it is checked before anything is taken from it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tiab.errors import ReviewError
from tiab.reading import check_input, parse_json, unreadable
from tiab.records import Record
from tiab.store.copies import CopiedEvent, CopiedRecord, Copy
from tiab.store.rows import Source
from tiab.writing import replacing

__all__ = ["SUFFIX", "ShareHeader", "read_share", "write_share"]

SUFFIX = ".tiab"
_FORMAT = 1
_LONGEST_LINE = 64 << 20
_LARGEST = 4 << 30
_LISTS = ("authors", "keywords", "publication_types")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareHeader:
    """What a shared file says of itself.

    Attributes:
        review: the name of the review's first event.
        made_by: the reviewer who made it; "" where nobody said.
        decisions: whose decisions it holds, in words.
        tiab: the version that wrote it.
    """

    review: str
    made_by: str
    decisions: str
    tiab: str


def write_share(path: str | Path, copy: Copy, header: ShareHeader) -> None:
    """Writes `copy` to `path`, whole or not at all; equal copies give equal bytes.

    Raises:
        InputError: it cannot be written.
    """
    digest = hashlib.sha256()
    with (
        replacing(path) as beside,
        open(beside, "wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as file,
    ):
        for said in _lines(copy, header):
            line = (json.dumps(said, ensure_ascii=False, allow_nan=False) + "\n").encode()
            digest.update(line)
            file.write(line)
        file.write((json.dumps({"sha256": digest.hexdigest()}) + "\n").encode())


def _lines(copy: Copy, header: ShareHeader) -> Iterator[dict[str, Any]]:
    yield {"tiab_review_copy": _FORMAT, **asdict(header)}
    for source in copy.sources.values():
        yield {"source": asdict(source)}
    for copied in copy.records:
        yield {"record": asdict(copied.record), "of": copied.source}
    for event in copy.events:
        yield {"event": {name: getattr(event, name) for name in event.__slots__} | {"payload": dict(event.payload)}}


def read_share(path: str | Path) -> tuple[Copy, ShareHeader]:
    """What `write_share` wrote.

    Raises:
        InputError: the file cannot be opened.
        ReviewError: it is something else, from a later version, cut off, or damaged.
    """
    check_input(path)
    try:
        with gzip.open(path, "rb") as file:
            return _parsed(file, path)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        if isinstance(error, gzip.BadGzipFile) and "Not a gzipped file" in str(error):
            raise _foreign(path) from error
        raise _damaged(path) from error
    except OSError as error:
        raise unreadable(path, error) from error
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _damaged(path) from error


def _parsed(file: gzip.GzipFile, path: str | Path) -> tuple[Copy, ShareHeader]:
    digest, size = hashlib.sha256(), 0
    header: ShareHeader | None = None
    sources: dict[int, Source] = {}
    records: list[CopiedRecord] = []
    events: list[CopiedEvent] = []
    while line := file.readline(_LONGEST_LINE + 1):
        size += len(line)
        if size > _LARGEST or len(line) > _LONGEST_LINE:
            raise ReviewError("is larger than any review", path=path, hint="Check that it is the file that you mean.")
        said = _object(line) if header or b"tiab_review_copy" in line[:40] else None
        if said is None:
            raise _foreign(path)
        if "sha256" in said:
            if said["sha256"] != digest.hexdigest() or header is None or file.read(1):
                raise _damaged(path)
            _must_be_in_order(events)
            return Copy(records=tuple(records), sources=sources, events=tuple(events)), header
        digest.update(line)
        if header is None:
            header = _header(said, path)
        elif "source" in said:
            source = _source(said["source"])
            sources[source.source_id] = source
        elif "record" in said:
            records.append(CopiedRecord(record=_record(said["record"]), source=_number(said["of"])))
        else:
            events.append(_event(said["event"]))
    raise _damaged(path) if header else _foreign(path)  # it was cut off before its last line


def _object(line: bytes) -> Mapping[str, Any]:
    said = parse_json(line)
    if not isinstance(said, dict):
        raise TypeError("no table where one belongs")
    return said


def _header(said: Mapping[str, Any], path: str | Path) -> ShareHeader:
    version = said["tiab_review_copy"]
    if version != _FORMAT:
        wrote = str(said.get("tiab", ""))[:20]
        hint = "Upgrade tiab: pip install --upgrade tiab."
        raise ReviewError(f"was written by a later tiab ({wrote})", path=path, hint=hint)
    return ShareHeader(**{name: _text(said[name]) for name in ShareHeader.__slots__})


def _source(said: Mapping[str, Any]) -> Source:
    counts = ("source_id", "found", "new", "known", "duplicates", "unreadable")
    numbers = {name: _number(said[name]) for name in counts}
    return Source(name=_text(said["name"]), sha256=_text(said["sha256"]), **numbers)


def _record(said: Mapping[str, Any]) -> Record:
    plain = {name: _text(said[name]) for name in Record.__slots__ if name not in (*_LISTS, "year", "extra")}
    lists = {name: tuple(map(_text, _list(said[name]))) for name in _LISTS}
    extra = tuple((_text(name), _text(value)) for name, value in _list(said["extra"]))
    year = None if said["year"] is None else _number(said["year"])
    if not plain["record_id"]:
        raise ValueError("a record without an id")
    return Record(**plain, **lists, extra=extra, year=year)  # type: ignore[arg-type]


def _event(said: Mapping[str, Any]) -> CopiedEvent:
    names = ("name", "original", "time", "kind", "reviewer", "record_id")
    if not isinstance(said["payload"], dict):
        raise TypeError("no table where one belongs")
    return CopiedEvent(
        **{name: _text(said[name]) for name in names},
        number=_number(said["number"]),
        height=_number(said["height"]),
        target=None if said["target"] is None else _number(said["target"]),
        payload=MappingProxyType(said["payload"]),
    )


def _must_be_in_order(events: list[CopiedEvent]) -> None:
    """Raises ValueError where events are not numbered in the order that all copies share."""
    if [event.number for event in events] != list(range(1, len(events) + 1)):
        raise ValueError("events that are not numbered one by one")
    order = [(event.height, event.name) for event in events]
    if order != sorted(set(order)):
        raise ValueError("events that are not in order")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text where one belongs")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 1 << 53:
        raise TypeError("no number where one belongs")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list where one belongs")
    return value


def _foreign(path: str | Path) -> ReviewError:
    hint = "Give a folder of a review, or a file that `tiab share` wrote."
    return ReviewError("is not a copy of a review", path=path, hint=hint)


def _damaged(path: str | Path) -> ReviewError:
    return ReviewError("is damaged, or was cut off on its way", path=path, hint="Ask for the file again.")
