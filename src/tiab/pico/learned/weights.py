"""Learned PICO weights as one file and back, and tables of weights as small whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.errors import ModelFileError
from tiab.tensors import TensorFormat, Tensors, read_tensors, write_tensors

__all__ = ["quantised", "read_weights", "write_weights"]

_FORMAT = "tiab PICO weights"
_LARGEST = 64 * 1024 * 1024
_HINT = "Reinstall tiab, or run scripts/train_pico.py."
_INT8 = 127


def write_weights(path: str | Path, kind: str, tensors: Tensors, settings: Mapping[str, Any]) -> None:
    """Writes the tensors and the settings they were learned with, whole or not at all; equal input, equal bytes.

    Raises:
        InputError: the file cannot be written.
    """
    write_tensors(path, {"format": _FORMAT, "kind": kind, "settings": dict(settings)}, tensors)


def read_weights(path: str | Path, kind: str, dtypes: Mapping[str, str]) -> tuple[dict[str, NDArray[Any]], Any]:
    """(tensors, settings) of a file that `write_weights` wrote. Nothing in the file is run.

    Args:
        dtypes: the name and the type of each tensor that a file of this kind holds.

    Raises:
        ModelFileError: the file is missing, truncated, altered, foreign or of another kind or version.
    """
    tensors, header = read_tensors(path, TensorFormat(dtypes=dtypes, largest=_LARGEST, hint=_HINT))
    settings = header.get("settings")
    if header.get("format") != _FORMAT or header.get("kind") != kind or not isinstance(settings, dict):
        raise ModelFileError(f"holds other weights than those of {kind}", path=path, hint=_HINT)
    return tensors, settings


def quantised(weights: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(whole numbers from -127 to 127, what one of them is worth in each column) for a table of weights."""
    worth = np.maximum(np.abs(weights).max(axis=0), 1e-12) / _INT8
    return np.round(weights / worth).astype(np.int8), worth.astype(np.float32)
