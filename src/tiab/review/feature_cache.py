"""Feature cache: what PICO finds in the records of a review, and their features, computed once and kept beside it.

What PICO finds is kept in the store; the features in a file that holds numbers and words, no code. The file is looked
at with suspicion, and made anew when it is not exactly what was asked for.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tiab.assets import model_path
from tiab.criteria import Criteria
from tiab.errors import InputError, ModelFileError
from tiab.features import Features, FeatureSpace, WordSpace, make_features
from tiab.pico import Span, find_spans
from tiab.pico.pipeline import Progress
from tiab.pico.reading_process import ReadingProcess
from tiab.reading import parse_json
from tiab.records import Record
from tiab.store import Store
from tiab.tensors import TensorFormat, read_tensors, write_tensors

__all__ = ["CACHE_NAME", "MANY", "count_unread", "find_kept_spans", "prepare", "rules_version"]

_NAMES = tuple(field.name for field in fields(Span))
_TYPES = dict.fromkeys(_NAMES, str) | dict.fromkeys(("start", "end", "sentence"), int) | {"weight": int | float}
_LARGEST = 1 << 24
"""Bytes of what is found in one record, unpacked; of the longest abstracts some 100 kB."""
MANY = 300
"""Unread abstracts that take longer to read than anybody should wait for a first record: some seconds."""
_BATCH = 500
"""So many records are kept at once: as much is lost when the program is stopped while it reads."""


def find_kept_spans(
    store: Store,
    records: Sequence[Record],
    criteria: Criteria | None,
    *,
    jobs: int = 1,
    apart: bool = False,
    progress: Progress | None = None,
) -> list[tuple[Span, ...]]:
    """The findings in each record that ranking needs, from the store where they are kept there.

    Args:
        apart: whether many records are read in a process of their own, as whoever else asks is to be answered soon.
        progress: called with the number of records done since its last call.
    """
    key = {"criteria": criteria.fingerprint if criteria else "", "version": rules_version()}
    texts = [_text_key(record) for record in records]
    kept = store.pico(texts, **key)
    found = {text: one for text, value in kept.items() if (one := _unpacked_spans(value)) is not None}
    missing = list({text: record for text, record in zip(texts, records, strict=True) if text not in found}.items())
    if progress:
        progress(len(records) - len(missing))
    with _reader(criteria, jobs=jobs, apart=apart and len(missing) >= MANY, progress=progress) as read:
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            spans = read([record for _, record in batch])
            fresh = {text: tuple(held) for (text, _), held in zip(batch, spans, strict=True)}
            found |= fresh
            if not store.read_only:
                store.keep_pico({text: _packed_spans(held) for text, held in fresh.items()}, **key)
    return [found[text] for text in texts]


@contextmanager
def _reader(
    criteria: Criteria | None, *, jobs: int, apart: bool, progress: Progress | None
) -> Iterator[Callable[[Sequence[Record]], list[tuple[Span, ...]]]]:
    """What reads records, in this process or, until the block ends, in one of its own."""
    if not apart:
        yield partial(find_spans, criteria=criteria, numbers=False, jobs=jobs, progress=progress)
        return
    with closing(ReadingProcess(criteria)) as process:
        yield partial(process.find_spans, progress=progress)


def count_unread(store: Store, records: Sequence[Record], criteria: Criteria | None) -> int:
    """How many of `records` PICO has not read for these criteria; as far as the store tells."""
    key = {"criteria": criteria.fingerprint if criteria else "", "version": rules_version()}
    texts = [_text_key(record) for record in records]
    return len(set(texts) - store.pico(texts, **key).keys())


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


def _packed_spans(spans: Sequence[Span]) -> bytes:
    rows = [[getattr(span, name) for name in _NAMES] for span in spans]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _unpacked_spans(value: bytes) -> tuple[Span, ...] | None:
    """The findings that `_packed_spans` gave; None for what another program wrote, as they can be found again."""
    try:
        rows = parse_json(zlib.decompressobj().decompress(value, _LARGEST))
        return tuple(_span(dict(zip(_NAMES, row, strict=True))) for row in rows)
    except (zlib.error, ValueError, TypeError):
        return None


def _span(values: dict[str, Any]) -> Span:
    for name, value in values.items():
        if not isinstance(value, _TYPES[name]):
            raise TypeError(f"{name} is {value!r}")
    return Span(**values)


CACHE_NAME = "features.safetensors"
"""The cache's name within the folder of a review."""

_FORMAT = TensorFormat(
    dtypes={"words": "uint8", "idf": "float32", "indptr": "int64", "indices": "int32", "data": "float32"},
    largest=4 << 30,
    hint="It is made anew.",
)


def prepare(
    records: Sequence[Record],
    fingerprints: Sequence[str],
    criteria: Criteria | None,
    find: Callable[[], Sequence[tuple[Span, ...]]],
    *,
    cache: Path | None = None,
) -> Features:
    """The features of `records`, from the file `cache` where it holds just these.

    Args:
        find: gives what PICO finds in the records; called only where the cache is of no use.
        cache: is written where it was of no use; None for no cache.
    """
    key = _features_key(records, fingerprints, criteria)
    kept = _read_features(cache, key, records, criteria) if cache else None
    if kept is not None:
        return kept
    spans = find()
    features = make_features(records, criteria=criteria, spans=spans)
    if cache:
        with suppress(InputError):  # the disk may be full or read-only: it is only a cache
            _write_features(cache, features, key)
    return Features(space=features.space, records=tuple(records), matrix=features.matrix, spans=())


def _features_key(records: Sequence[Record], fingerprints: Sequence[str], criteria: Criteria | None) -> str:
    """Changes with any change of what the features are made of."""
    digest = hashlib.sha256(rules_version().encode())
    digest.update((criteria.fingerprint if criteria else "").encode())
    for record, fingerprint in zip(records, fingerprints, strict=True):
        rest = (record.keywords, record.publication_types, record.language, record.year, len(record.text))
        digest.update(f"{record.record_id}\0{fingerprint}\0{rest}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _write_features(path: Path, features: Features, key: str) -> None:
    matrix = features.matrix
    tensors: dict[str, NDArray[Any]] = {
        "words": np.frombuffer("\n".join(features.space.words.words).encode(), dtype=np.uint8),
        "idf": features.space.words.idf,
        "indptr": matrix.indptr.astype(np.int64),
        "indices": matrix.indices.astype(np.int32),
        "data": matrix.data.astype(np.float32),
    }
    write_tensors(path, {"key": key}, tensors)


def _read_features(path: Path, key: str, records: Sequence[Record], criteria: Criteria | None) -> Features | None:
    """What the cache holds, or None where it is missing, damaged or of something else."""
    try:
        tensors, header = read_tensors(path, _FORMAT)
        if header.get("key") != key:
            return None
        text = tensors["words"].tobytes().decode()
        words = WordSpace(words=tuple(text.split("\n")) if text else (), idf=tensors["idf"])
        space = FeatureSpace(words=words, criteria=criteria)
        parts = (tensors["data"], tensors["indices"], tensors["indptr"])
        matrix = csr_array(parts, shape=(len(records), len(space.names)))
        matrix.check_format(full_check=True)
        if len(words.words) != len(words.idf) or not np.isfinite(matrix.data).all() or not np.isfinite(words.idf).all():
            return None
    except (ModelFileError, ValueError, TypeError):
        return None
    return Features(space=space, records=tuple(records), matrix=matrix, spans=())
