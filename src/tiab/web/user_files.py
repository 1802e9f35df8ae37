"""What tiab keeps for one person outside of any review: the token of the page, the known reviews, a name."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tiab.errors import InputError
from tiab.reading import parse_json, read_whole
from tiab.store import FILE_NAME
from tiab.writing import write_json

__all__ = ["HomeFile", "KnownReview", "config_folder", "page_token", "short_path", "write_private"]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST = 4096
_MOST = 1000


def config_folder() -> Path:
    """The folder for the configuration of this user; it may not exist yet."""
    given = os.environ.get("XDG_CONFIG_HOME")
    if not given and sys.platform == "win32":
        given = os.environ.get("APPDATA")
    if given:
        return Path(given) / "tiab"
    return Path.home() / ("Library/Application Support" if sys.platform == "darwin" else ".config") / "tiab"


def write_private(path: Path, text: str) -> None:
    """Writes a file that nobody else can read, whole or not at all; an OSError where that is impossible."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            os.unlink(beside)
        raise


def page_token(folder: Path | None = None, *, anew: bool = False) -> str:
    """The token of this user's page, the same at each start, so that a bookmark of the page stays valid.

    It is made anew where there is none, or where others could have read it. Where it cannot be kept, it holds for one
    start.

    Args:
        anew: whether to make another in any case.
    """
    path = (folder or config_folder()) / "token"
    with suppress(OSError, UnicodeDecodeError):
        text = path.read_text(encoding="ascii")[:100].strip()
        if not anew and _TOKEN.fullmatch(text) and _is_private(path):
            return text
    token = secrets.token_urlsafe(32)
    with suppress(OSError):  # a home that cannot be written to: the address is printed at each start
        write_private(path, token)
    return token


def _is_private(path: Path) -> bool:
    found = path.stat()
    return os.name == "nt" or (found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReview:
    """A review in the list of the home page.

    Attributes:
        path: its folder, absolute.
        used: when it was last opened, as an ISO time; "" where it never was.
        reviewer: the name of who screens it here; None where nobody was asked yet.
        hidden: whether the person removed it from the list.
        mark: changes with the review's file; that for which `records` and `screened` were counted.
    """

    path: str
    title: str = ""
    used: str = ""
    reviewer: str | None = None
    hidden: bool = False
    mark: str = ""
    records: int = 0
    screened: int = 0

    @property
    def key(self) -> str:
        """What stands for the review in addresses: the name of its folder, and what tells it from others of that name.

        >>> KnownReview(path="/home/eva/tiab/Exercise in MS").key
        'exercise-in-ms-f2730eac'
        """
        name = re.sub(r"[^a-z0-9]+", "-", Path(self.path).name.casefold()).strip("-")[:60] or "review"
        return f"{name}-{hashlib.sha256(self.path.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"

    @property
    def name(self) -> str:
        """The title, or the name of the folder where there is none yet."""
        return self.title or Path(self.path).name

    @property
    def exists(self) -> bool:
        """Whether there is still a review in the folder."""
        return is_review(self.path)

    @property
    def current_mark(self) -> str:
        """The mark of the review's file as it is now; "" where it is missing."""
        marks = []
        for suffix in ("", "-wal"):
            with suppress(OSError):
                found = os.stat(os.path.join(self.path, FILE_NAME + suffix))
                marks.append(f"{found.st_mtime_ns}:{found.st_size}")
        return " ".join(marks)


def short_path(path: str | Path) -> str:
    """A path as people write it, with ~ for their own folder."""
    folder, home = Path(path), Path.home()
    return str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)


def is_review(folder: str | Path) -> bool:
    """Whether there is a review in a folder; False where that cannot be looked up."""
    try:
        return (Path(folder) / FILE_NAME).is_file()
    except (OSError, ValueError):
        return False


class HomeFile:
    """The known reviews of one person, their name and where new reviews are made; threads may share it.

    Reviews in the folder for reviews are known even where the command line made them.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or config_folder()) / "home.json"
        self._lock = threading.Lock()

    @property
    def person(self) -> str:
        """The name that this person last gave; "" where they gave none."""
        return _text(self._read().get("name"))

    @property
    def reviews_folder(self) -> Path:
        """Where new reviews are made."""
        chosen = os.environ.get("TIAB_HOME") or _text(self._read().get("folder"))
        return Path(chosen).expanduser().absolute() if chosen else Path.home() / "tiab"

    def set_person(self, name: str) -> None:
        """Keeps the name for the next review."""
        self._change({"name": name})

    def set_reviews_folder(self, folder: Path) -> None:
        """Has new reviews made in another folder; those there are stay where they are."""
        self._change({"folder": str(folder)})

    def reviews(self) -> tuple[KnownReview, ...]:
        """The reviews of the list, those last used first."""
        shown = [one for one in self._known().values() if not one.hidden]
        return tuple(sorted(shown, key=lambda one: one.used, reverse=True))

    def find(self, key: str) -> KnownReview | None:
        """The review that stands in addresses by this key, hidden or not; None where none is known."""
        return next((one for one in self._known().values() if one.key == key), None)

    def at(self, folder: Path) -> KnownReview:
        """What is known of the review in that folder."""
        path = str(folder.expanduser().resolve())
        return self._known().get(path, KnownReview(path=path))

    def remember(self, review: KnownReview, *, used: bool = False) -> None:
        """Keeps what is known of a review; `used` says that it was opened just now, and is to be shown."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = replace(review, used=now, hidden=False) if used else review
        with self._lock:
            data = self._read()
            others = [one for one in _reviews(data.get("reviews")) if one.path != kept.path]
            self._write(data | {"reviews": [asdict(one) for one in (kept, *others)][:_MOST]})

    def _known(self) -> dict[str, KnownReview]:
        """Path -> what is known of the review there."""
        found = {path: KnownReview(path=path) for path in _folders_in(self.reviews_folder)}
        return found | {one.path: one for one in _reviews(self._read().get("reviews"))}

    def _change(self, values: Mapping[str, Any]) -> None:
        with self._lock:
            self._write(self._read() | dict(values))

    def _write(self, data: dict[str, Any]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InputError(f"cannot be written ({error.strerror})", path=self._path.parent) from error
        write_json(self._path, data)

    def _read(self) -> dict[str, Any]:
        try:
            data = parse_json(read_whole(self._path))
        except (InputError, ValueError):  # not there yet, or not ours: nothing that matters is kept here alone
            return {}
        return data if isinstance(data, dict) else {}


def _folders_in(parent: Path) -> Iterable[str]:
    """The folders of reviews right within `parent`."""
    try:
        inside = sorted(os.scandir(parent), key=lambda one: one.name)[:_MOST]
    except OSError:
        return []
    return [str(Path(one.path).resolve()) for one in inside if is_review(one.path)]


def _reviews(data: object) -> list[KnownReview]:
    """The reviews that `remember` wrote; what is not of that shape is left out."""
    rows = data if isinstance(data, list) else []
    return [one for row in rows[:_MOST] if isinstance(row, dict) and (one := _review(row)) is not None]


def _review(row: Mapping[str, Any]) -> KnownReview | None:
    types = {"hidden": bool, "records": int, "screened": int}
    names = [field.name for field in fields(KnownReview)]
    kept = {name: row[name] for name in names if isinstance(row.get(name), types.get(name, str))}
    kept = {name: value[:_LONGEST] if isinstance(value, str) else value for name, value in kept.items()}
    path = kept.get("path", "")
    return KnownReview(**kept) if path and "\0" not in path and Path(path).is_absolute() else None


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) and "\0" not in value else ""
