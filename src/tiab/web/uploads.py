"""Uploads: a file that a browser sends, on the disk for as long as it is read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from tiab.errors import InputError

__all__ = ["received", "safe_name"]

_LONGEST = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@asynccontextmanager
async def received(request: Request, name: str) -> AsyncIterator[Path]:
    """The body of a request in a file of that name, in a folder of its own that is gone when the block ends.

    Raises:
        InputError: nothing was sent, or not all of it, or it cannot be kept.
    """
    with tempfile.TemporaryDirectory(prefix="tiab-") as folder:
        path = Path(folder) / safe_name(name)
        try:
            with path.open("wb") as file:
                async for chunk in request.stream():
                    await run_in_threadpool(file.write, chunk)
            size = path.stat().st_size
        except ClientDisconnect as error:
            raise InputError("was not sent to its end", path=path.name, hint="Send it again.") from error
        except OSError as error:
            hint = "Make room on the disk."
            raise InputError(
                f"cannot be kept while it is read ({error.strerror})", path=path.name, hint=hint
            ) from error
        if not size:
            raise InputError("is empty", path=path.name, hint="Export it again.")
        yield path


def safe_name(name: str) -> str:
    """A file's name without its folder and without what no name should hold; "upload" where nothing is left.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\\\review\\\\search.ris"), safe_name("..")
    ('passwd', 'search.ris', 'upload')
    """
    bare = _CONTROL.sub("", re.split(r"[/\\]", name)[-1]).strip(" .")
    while len(bare.encode()) > _LONGEST:
        stem, dot, suffix = bare.rpartition(".")
        bare = f"{stem[:-1]}{dot}{suffix}" if stem and len(suffix) < _LONGEST // 2 else bare[:-1]
    return bare or "upload"
