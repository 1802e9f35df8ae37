"""Learned weights as one file and back, with no code in it: safetensors, whose header is JSON and carries a digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from tiab.errors import InputError, ModelFileError
from tiab.reading import parse_json, read_whole
from tiab.writing import write_bytes

__all__ = ["TensorFormat", "Tensors", "read_tensors", "write_tensors"]

Tensors: TypeAlias = Mapping[str, NDArray[Any]]

_KEY = "tiab"
"""Under it safetensors' own metadata hold the digest and, behind it, our header."""
_DIGEST = 64
"""Hex digits of the SHA-256 of the header and of the numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorFormat:
    """What files of one format hold.

    Attributes:
        dtypes: the name of each tensor, and its type.
        largest: so many bytes are the most that such a file honestly has.
        hint: what to do about one that cannot be used.
    """

    dtypes: Mapping[str, str]
    largest: int
    hint: str


def write_tensors(path: str | Path, header: Mapping[str, Any], tensors: Tensors) -> None:
    """Writes the tensors and a header of plain JSON types, whole or not at all; equal input gives equal bytes.

    Raises:
        InputError: the file cannot be written.
    """
    text = json.dumps(dict(header), sort_keys=True)
    whole = {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}
    write_bytes(path, save(whole, metadata={_KEY: _digest(text, whole) + text}))


def read_tensors(path: str | Path, form: TensorFormat) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The tensors and the header of a file that `write_tensors` wrote. Nothing in the file is run.

    Raises:
        ModelFileError: the file is missing, too large, truncated, altered or foreign, or its tensors are not those of
            the format.
    """
    data = _bytes(path, form)
    try:
        tensors = load(data)
        length = int.from_bytes(data[:8], "little")
        sealed = str(parse_json(data[8 : 8 + length])["__metadata__"][_KEY])
    except (SafetensorError, ValueError, KeyError, UnicodeDecodeError, TypeError) as error:
        hint = f"It is foreign or was cut short. {form.hint}"
        raise ModelFileError("is not a model that tiab wrote", path=path, hint=hint) from error
    digest, text = sealed[:_DIGEST], sealed[_DIGEST:]
    if {name: str(tensor.dtype) for name, tensor in tensors.items()} != dict(form.dtypes):
        raise ModelFileError("does not hold what such a model holds", path=path, hint=form.hint)
    if digest not in (_digest(text, tensors), _digest(text, tensors, shapes=False)):
        raise ModelFileError("was altered after tiab wrote it", path=path, hint=form.hint)
    return tensors, _header(path, text, form)


def _header(path: str | Path, text: str, form: TensorFormat) -> dict[str, Any]:
    try:
        header = parse_json(text)
    except ValueError as error:
        raise ModelFileError(f"cannot be used ({error})", path=path, hint=form.hint) from error
    if not isinstance(header, dict):
        raise ModelFileError("cannot be used (its header is no table)", path=path, hint=form.hint)
    return header


def _bytes(path: str | Path, form: TensorFormat) -> bytes:
    try:
        return read_whole(path, largest=form.largest)
    except InputError as error:
        raise ModelFileError(error.message, path=path, hint=form.hint) from error


def _digest(header: str, tensors: Tensors, *, shapes: bool = True) -> str:
    """The digest; without the shapes as tiab 0.1.0 made it for ranking models."""
    digest = hashlib.sha256(header.encode())
    for name in sorted(tensors):
        label = f"{name} {tensors[name].shape} " if shapes else name
        digest.update(label.encode() + tensors[name].tobytes())
    return digest.hexdigest()
