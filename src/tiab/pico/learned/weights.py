"""Learned weights as one file and back, with no code in it: safetensors, whose header carries a digest."""

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

from tiab.errors import ModelFileError
from tiab.writing import write_bytes

__all__ = ["Tensors", "packed", "read_weights", "unpacked", "write_weights"]

Tensors = Mapping[str, NDArray[Any]]

_FORMAT = "tiab PICO weights"
_DIGEST = 64  # the header begins with the SHA-256 of the rest of it and of the numbers
_LARGEST = 64 * 1024 * 1024
_INT8 = 127


def write_weights(path: str | Path, kind: str, tensors: Tensors, settings: Mapping[str, Any]) -> None:
    """Writes the tensors and the settings they were learned with, whole or not at all; equal input, equal bytes.

    Raises:
        InputError: the file cannot be written.
    """
    text = json.dumps({"format": _FORMAT, "kind": kind, "settings": dict(settings)}, sort_keys=True)
    whole = {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}
    write_bytes(path, save(whole, metadata={"tiab": _digest(text, whole) + text}))


def read_weights(path: str | Path, kind: str, shapes: Mapping[str, str]) -> tuple[dict[str, NDArray[Any]], Any]:
    """(tensors, settings) of a file that `write_weights` wrote. Nothing in the file is run.

    Args:
        shapes: the name and the dtype of each tensor that a file of this kind holds.

    Raises:
        ModelFileError: the file is missing, truncated, altered, foreign or of another kind or version.
    """
    data = _bytes(path)
    try:
        tensors = load(data)
        length = int.from_bytes(data[:8], "little")
        text = str(json.loads(data[8 : 8 + length])["__metadata__"]["tiab"])
        header = json.loads(text[_DIGEST:])
    except (SafetensorError, ValueError, KeyError, UnicodeDecodeError, TypeError) as error:
        hint = "It is foreign or was cut short: reinstall tiab, or run scripts/train_pico.py."
        raise ModelFileError("holds no PICO weights that tiab wrote", path=path, hint=hint) from error
    hint = "Reinstall tiab, or run scripts/train_pico.py."
    if header.get("format") != _FORMAT or header.get("kind") != kind:
        raise ModelFileError(f"holds other weights than those of {kind}", path=path, hint=hint)
    if {name: str(tensor.dtype) for name, tensor in tensors.items()} != dict(shapes):
        raise ModelFileError(f"does not hold what this tiab needs for {kind}", path=path, hint=hint)
    if text[:_DIGEST] != _digest(text[_DIGEST:], tensors):
        raise ModelFileError("was altered after tiab wrote it", path=path, hint=hint)
    return tensors, header["settings"]


def packed(weights: NDArray[np.float64]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(whole numbers from -127 to 127, what one of them is worth in each column) for a table of weights."""
    worth = np.maximum(np.abs(weights).max(axis=0), 1e-12) / _INT8
    return np.round(weights / worth).astype(np.int8), worth.astype(np.float32)


def unpacked(numbers: NDArray[np.int8], worth: NDArray[np.float32]) -> NDArray[np.float32]:
    """The table of weights that `packed` gave, to within half a step."""
    return numbers.astype(np.float32) * worth


def _bytes(path: str | Path) -> bytes:
    try:
        if Path(path).stat().st_size > _LARGEST:
            raise ModelFileError("is too large for PICO weights", path=path, hint="Reinstall tiab.")
        return Path(path).read_bytes()
    except OSError as error:
        raise ModelFileError(f"cannot be read ({error.strerror})", path=path, hint="Reinstall tiab.") from error


def _digest(header: str, tensors: Tensors) -> str:
    digest = hashlib.sha256(header.encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].shape} ".encode() + tensors[name].tobytes())
    return digest.hexdigest()
