"""A kept model as one file and back, with no code in it: safetensors, whose header is JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

import tiab
from tiab.criteria import Criteria
from tiab.errors import CriteriaError, InputError, ModelFileError
from tiab.features import FeatureSpace, WordSpace
from tiab.ranking.rank import RankingModel
from tiab.reading import parse_json, read_whole
from tiab.writing import write_bytes

__all__ = ["read_model", "write_model"]

_FORMAT = "tiab ranking model"
_VERSION = 1
_DIGEST = 64  # the header begins with the SHA-256 of all that follows and of the numbers
_LARGEST = 512 * 1024 * 1024
_LARGEST_WEIGHT = 1e9
"""Learned weights are below 100; sums of some that are near the largest number there is would be no numbers."""
_TENSORS = {"words": np.uint8, "idf": np.float32, "coef": np.float64, "intercept": np.float64}


def write_model(path: str | Path, model: RankingModel) -> None:
    """Writes `model` to `path`, whole or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    words = "\n".join(model.space.words.words).encode()
    tensors: dict[str, NDArray[Any]] = {
        "words": np.frombuffer(words, dtype=np.uint8),
        "idf": model.space.words.idf,
        "coef": model.coef,
        "intercept": np.array([model.intercept]),
    }
    header = {
        "format": _FORMAT,
        "version": _VERSION,
        "tiab": tiab.__version__,
        "criteria": model.space.criteria.to_dict() if model.space.criteria else None,
        "evidence": model.space.evidence_names,
        "n_included": model.n_included,
        "n_excluded": model.n_excluded,
        "data_hash": model.data_hash,
        "seed": model.seed,
    }
    text = json.dumps(header, sort_keys=True)
    write_bytes(path, save(tensors, metadata={"tiab": _digest(text, tensors) + text}))


def read_model(path: str | Path) -> RankingModel:
    """The model in a file that `write_model` wrote. Nothing in the file is run.

    Raises:
        ModelFileError: the file is missing, truncated, altered, foreign or written by a later version.
    """
    data = _bytes(path)
    try:
        tensors = load(data)
        header_text, digest = _header(data)
    except (SafetensorError, ValueError, KeyError, UnicodeDecodeError, TypeError) as error:
        hint = "It is foreign or was cut short: train again, or ask for the file once more."
        raise ModelFileError("is not a model that tiab wrote", path=path, hint=hint) from error
    if set(tensors) != set(_TENSORS) or any(tensors[name].dtype != kind for name, kind in _TENSORS.items()):
        raise ModelFileError("does not hold what a model holds", path=path, hint="Train again.")
    if digest != _digest(header_text, tensors):
        raise ModelFileError("was altered after tiab wrote it", path=path, hint="Train again, or ask for it once more.")
    try:
        return _model(parse_json(header_text), tensors)
    except (CriteriaError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise ModelFileError(f"cannot be used ({error})", path=path, hint="Train again with this tiab.") from error


def _model(header: Any, tensors: Mapping[str, NDArray[Any]]) -> RankingModel:
    if not isinstance(header, dict):
        raise ValueError("its header is no table")
    if header.get("format") != _FORMAT or header.get("version") != _VERSION:
        raise ValueError(
            f"format {header.get('format')!r}, version {header.get('version')!r}, by tiab {header['tiab']}"
        )
    if any(tensors[name].ndim != 1 for name in _TENSORS) or len(tensors["intercept"]) != 1:
        raise ValueError("its numbers are not in rows")
    text = tensors["words"].tobytes().decode()
    criteria = Criteria.from_dict(header["criteria"]) if header["criteria"] else None
    words = WordSpace(words=tuple(text.split("\n")) if text else (), idf=tensors["idf"])
    space = FeatureSpace(words=words, criteria=criteria)
    if list(space.evidence_names) != header["evidence"]:
        raise ValueError(f"tiab {header['tiab']} knew other kinds of evidence")
    if len(words.words) != len(words.idf) or len(tensors["coef"]) != len(space.names):
        raise ValueError("its columns and weights differ in number")
    if not all((np.abs(tensors[name]) <= _LARGEST_WEIGHT).all() for name in ("idf", "coef", "intercept")):
        raise ValueError("a weight is not a number, or beyond all that can be learned")
    return RankingModel(
        space=space,
        coef=tensors["coef"],
        intercept=float(tensors["intercept"][0]),
        n_included=int(header["n_included"]),
        n_excluded=int(header["n_excluded"]),
        data_hash=str(header["data_hash"]),
        seed=int(header["seed"]),
    )


def _bytes(path: str | Path) -> bytes:
    try:
        return read_whole(path, largest=_LARGEST)
    except InputError as error:
        raise ModelFileError(error.message, path=path, hint="Give a file that tiab train wrote.") from error


def _header(data: bytes) -> tuple[str, str]:
    length = int.from_bytes(data[:8], "little")
    text = parse_json(data[8 : 8 + length])["__metadata__"]["tiab"]
    return text[_DIGEST:], text[:_DIGEST]


def _digest(header: str, tensors: Mapping[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256(header.encode())
    for name in sorted(tensors):
        digest.update(name.encode() + tensors[name].tobytes())
    return digest.hexdigest()
