"""Prepared: the features of a review's records, kept in a file beside it so that opening it takes seconds.

The file is a cache: it holds numbers and words, no code; it is looked at with suspicion, and made anew when it is not
exactly what was asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tiab.criteria import Criteria
from tiab.errors import InputError, ModelFileError
from tiab.features import Features, FeatureSpace, WordSpace, make_features
from tiab.pico import Span
from tiab.records import Record
from tiab.review.found import rules_version
from tiab.tensors import TensorFormat, read_tensors, write_tensors

__all__ = ["CACHE_NAME", "prepare"]

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
    key = _key(records, fingerprints, criteria)
    kept = _read(cache, key, records, criteria) if cache else None
    if kept is not None:
        return kept
    spans = find()
    features = make_features(records, criteria=criteria, spans=spans)
    if cache:
        with suppress(InputError):  # the disk may be full or read-only: it is only a cache
            _write(cache, features, key)
    return Features(space=features.space, records=tuple(records), matrix=features.matrix, spans=())


def _key(records: Sequence[Record], fingerprints: Sequence[str], criteria: Criteria | None) -> str:
    """Changes with any change of what the features are made of."""
    digest = hashlib.sha256(rules_version().encode())
    digest.update((criteria.fingerprint if criteria else "").encode())
    for record, fingerprint in zip(records, fingerprints, strict=True):
        rest = (record.keywords, record.publication_types, record.language, record.year, len(record.text))
        digest.update(f"{record.record_id}\0{fingerprint}\0{rest}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _write(path: Path, features: Features, key: str) -> None:
    matrix = features.matrix
    tensors: dict[str, NDArray[Any]] = {
        "words": np.frombuffer("\n".join(features.space.words.words).encode(), dtype=np.uint8),
        "idf": features.space.words.idf,
        "indptr": matrix.indptr.astype(np.int64),
        "indices": matrix.indices.astype(np.int32),
        "data": matrix.data.astype(np.float32),
    }
    write_tensors(path, {"key": key}, tensors)


def _read(path: Path, key: str, records: Sequence[Record], criteria: Criteria | None) -> Features | None:
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
