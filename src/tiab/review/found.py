"""Found: what PICO finds in the records of a review, looked for once and kept in its store."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from tiab.assets import model_path
from tiab.criteria import Criteria
from tiab.errors import InputError
from tiab.pico import Span, find_spans
from tiab.pico.pipeline import Progress
from tiab.records import Record
from tiab.store import Store

__all__ = ["find_kept_spans", "rules_version"]

_NAMES = tuple(field.name for field in fields(Span))
_BATCH = 2_000
"""So many records are kept at once: as much is lost when the program is stopped while it reads."""


def find_kept_spans(
    store: Store,
    records: Sequence[Record],
    criteria: Criteria | None,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[tuple[Span, ...]]:
    """The findings in each record that ranking needs, from the store where they are kept there.

    Args:
        progress: called with the number of records done since its last call.
    """
    key = {"criteria": criteria.fingerprint if criteria else "", "version": rules_version()}
    texts = [_text_key(record) for record in records]
    kept = store.pico(texts, **key)
    found = {text: _unpacked(value) for text, value in kept.items()}
    missing = list({text: record for text, record in zip(texts, records, strict=True) if text not in found}.items())
    if progress:
        progress(len(records) - len(missing))
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        spans = find_spans([record for _, record in batch], criteria, numbers=False, jobs=jobs, progress=progress)
        fresh = {text: one for (text, _), one in zip(batch, spans, strict=True)}
        found |= fresh
        if not store.read_only:
            store.keep_pico({text: _packed(one) for text, one in fresh.items()}, **key)
    return [found[text] for text in texts]


@cache
def rules_version() -> str:
    """16 hex digits that change with any change of the code, word lists and models that PICO and features rest on."""
    digest = hashlib.sha256()
    rooms = [_files(files("tiab") / room) for room in ("pico", "features")]
    for file in sorted((file for room in (*rooms, _models()) for file in room), key=lambda file: file.name):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _models() -> Iterable[Traversable]:
    try:
        folder = model_path().parent
    except InputError:  # an installation without models finds by rules alone
        return []
    return [file for file in folder.iterdir() if file.name.startswith("pico-") and file.suffix == ".safetensors"]


def _files(folder: Traversable) -> Iterable[Traversable]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith((".py", ".toml", ".txt", ".json")):
            yield entry


def _text_key(record: Record) -> str:
    """Changes with any change of the text: offsets count its characters, which `Record.fingerprint` does not."""
    parts = json.dumps([record.title, record.abstract, record.keywords])
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _packed(spans: Sequence[Span]) -> bytes:
    rows = [[getattr(span, name) for name in _NAMES] for span in spans]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _unpacked(value: bytes) -> tuple[Span, ...]:
    return tuple(Span(**dict(zip(_NAMES, row, strict=True))) for row in json.loads(zlib.decompress(value)))
