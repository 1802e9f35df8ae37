"""Small files are read whole, and no further than such a file honestly goes; JSON is parsed or refused."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from tiab.errors import InputError

__all__ = ["check_input", "parse_json", "read_whole", "unreadable"]

_LARGEST = 64 << 20
_PIECE = 1 << 20


def check_input(path: str | Path) -> None:
    """Refuses what is no file: reading a pipe twice, or a device to its end, never comes to an end.

    Raises:
        InputError: it does not exist, cannot be reached, or is a folder, pipe or device.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        raise unreadable(path, error, hint="Check the file's name.") from error
    if stat.S_ISDIR(mode):
        raise InputError("is a folder, not a file", path=path, hint="Name the files in it.")
    if not stat.S_ISREG(mode):
        raise InputError("is a pipe or a device, not a file", path=path, hint="Save what it gives in a file first.")


def unreadable(path: str | Path, error: OSError | ValueError, *, hint: str = "Check its permissions.") -> InputError:
    """What to raise where the system would not open or read a file, which may also vanish while it is read."""
    if isinstance(error, FileNotFoundError):
        return InputError("does not exist", path=path, hint="Check the file's name.")
    return InputError(f"cannot be read ({getattr(error, 'strerror', None) or error})", path=path, hint=hint)


def read_whole(path: str | Path, *, largest: int = _LARGEST) -> bytes:
    """All bytes of a file.

    Args:
        largest: so many bytes are the most that such a file honestly has.

    Raises:
        InputError: as `check_input`; it is not readable, or larger.
    """
    check_input(path)
    try:
        with open(path, "rb") as stream:
            # In pieces: read(n) takes n bytes of memory at once, however small the file.
            data, piece = bytearray(), b"."
            while piece and len(data) <= largest:
                data += (piece := stream.read(_PIECE))
    except OSError as error:
        raise unreadable(path, error) from error
    if len(data) > largest:
        hint = "Check that it is the file that you mean."
        raise InputError(f"holds more than {largest >> 20} MB", path=path, hint=hint)
    return bytes(data)


def parse_json(text: str | bytes) -> Any:
    """What JSON says.

    Raises:
        ValueError: it is no JSON, nested too deeply, or has a number of thousands of digits.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
