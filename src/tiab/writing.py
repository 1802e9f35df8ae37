"""Files are written beside their place and moved there whole: nobody ever finds half of one."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tiab.errors import InputError

__all__ = ["replacing", "write_bytes", "write_json"]


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A new empty file beside `path` to write to; it takes the place of `path` when the block ends well.

    Raises:
        InputError: the folder is missing, full or not to be written to; `path` is as it was.
    """
    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=target.suffix)
    except OSError as error:
        raise _cannot_write(target, error) from error
    os.close(handle)
    try:
        yield Path(name)
        with open(name, "rb+") as written:
            os.fsync(written.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except OSError as error:
        raise _cannot_write(target, error) from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def write_bytes(path: str | Path, data: bytes) -> None:
    """Writes `data` to `path`, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    with replacing(path) as beside:
        beside.write_bytes(data)


def _cannot_write(path: Path, error: OSError) -> InputError:
    hint = "Choose a folder that exists and that you may write to, with room on the disk."
    return InputError(f"cannot be written ({error.strerror})", path=path, hint=hint)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_json(path: str | Path, value: Any) -> None:
    """Writes plain JSON types to `path`, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    write_bytes(path, (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode())
