"""A kept model as one file and back, as `tiab.tensors` keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tiab
from tiab.criteria import Criteria
from tiab.errors import CriteriaError, ModelFileError
from tiab.features import FeatureSpace, WordSpace
from tiab.ranking.rank import RankingModel
from tiab.tensors import TensorFormat, Tensors, read_tensors, write_tensors

__all__ = ["read_model", "write_model"]

_FORMAT = "tiab ranking model"
_VERSION = 1
_LARGEST_WEIGHT = 1e9
"""Learned weights are below 100; sums of some that are near the largest number there is would be no numbers."""
_TENSORS = TensorFormat(
    dtypes={"words": "uint8", "idf": "float32", "coef": "float64", "intercept": "float64"},
    largest=512 * 1024 * 1024,
    hint="Train again, or ask for the file once more.",
)


def write_model(path: str | Path, model: RankingModel) -> None:
    """Writes `model` to `path`, whole or not at all.

    Raises:
        InputError: the file cannot be written.

    >>> import tempfile
    >>> from tiab import Record, rank, train
    >>> pool = [Record(record_id="1", title="Tax law"), Record(record_id="2", title="Yoga for back pain")]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_model(Path(folder, "yoga.safetensors"), train(pool, labels={"2": "include"}))
    ...     model = read_model(Path(folder, "yoga.safetensors"))
    >>> later = [Record(record_id="3", title="Fiscal law"), Record(record_id="4", title="Yoga at work")]
    >>> rank(later, model=model).order
    ('4', '3')
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
    write_tensors(path, header, tensors)


def read_model(path: str | Path) -> RankingModel:
    """The model in a file that `write_model` wrote. Nothing in the file is run.

    Raises:
        ModelFileError: the file is missing, truncated, altered, foreign or written by a later version.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "mine.safetensors").write_text("no model") and read_model(Path(folder, "mine.safetensors"))
    Traceback (most recent call last):
    ...
    tiab.errors.ModelFileError: ...
    """
    tensors, header = read_tensors(path, _TENSORS)
    try:
        return _model(header, tensors)
    except (CriteriaError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise ModelFileError(f"cannot be used ({error})", path=path, hint="Train again with this tiab.") from error


def _model(header: Mapping[str, Any], tensors: Tensors) -> RankingModel:
    if header.get("format") != _FORMAT or header.get("version") != _VERSION:
        raise ValueError(
            f"format {header.get('format')!r}, version {header.get('version')!r}, by tiab {header['tiab']}"
        )
    if any(tensors[name].ndim != 1 for name in _TENSORS.dtypes) or len(tensors["intercept"]) != 1:
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
