"""The criteria of a review: the file that people edit, read again when it changes; every version stays in the log."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tiab.criteria import Criteria, parse_criteria, read_criteria
from tiab.criteria.reading import read_criteria_text
from tiab.errors import CriteriaError, ReviewError
from tiab.store import FILE_NAME, Entry, LogState, Store
from tiab.writing import replacing

__all__ = [
    "CRITERIA_NAME",
    "CriteriaFile",
    "as_toml",
    "criteria_payload",
    "follows",
    "logged_criteria",
    "logged_text",
    "make_folder",
]

CRITERIA_NAME = "criteria.toml"
"""The file's name within the folder of a review."""

_DATES = ("until",)
"""Keys whose values TOML writes without quotes."""


class CriteriaFile:
    """The criteria in one file, read again only when the file changed.

    Attributes:
        text: the file as it was last read, comments and all.
        fingerprint: that of the criteria last read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark: tuple[int, int, int] | None = None
        self._criteria: Criteria | None = None
        self.text = self.fingerprint = ""

    def read(self) -> Criteria | None:
        """The criteria; None where there is no file.

        Raises:
            CriteriaError: there is a mistake in it.
        """
        try:
            stat = os.stat(self._path)
        except FileNotFoundError:
            return None
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if mark != self._mark:
            text = read_criteria_text(self._path)
            self._criteria, self._mark = parse_criteria(text, path=self._path), mark
            self.text = text
            self.fingerprint = self._criteria.fingerprint
        return self._criteria

    def write(self, criteria: Criteria | Path) -> None:
        """Puts criteria into the file: a copy of another file, comments and all, or what `Criteria` holds.

        Raises:
            CriteriaError: there is a mistake in the other file.
            InputError: the file cannot be written.
            ReviewError: the criteria cannot be written as a file.
        """
        if isinstance(criteria, Path):
            read_criteria(criteria)
            with replacing(self._path) as beside:
                shutil.copyfile(criteria, beside)
            return
        with replacing(self._path) as beside:
            beside.write_text(as_toml(criteria), encoding="utf-8")
            if read_criteria(beside).fingerprint != criteria.fingerprint:
                hint = "Write them into a TOML file, and give that."
                raise ReviewError("these criteria cannot be written as a file", path=self._path, hint=hint)


def as_toml(criteria: Criteria) -> str:
    """The criteria as TOML; a concept is a table of its role."""
    lines = [f"{name} = {_value(getattr(criteria, name))}" for name in ("title", "question")]
    lines += [f"related = {_value(criteria.related)}"] if criteria.related else []
    data = criteria.to_dict()
    for concept in data["concepts"]:
        role = concept.pop("role")
        keys = [key for key in concept if role == "design" or key not in ("designs", "against_designs")]
        lines += ["", f"[[{role}]]", *_pairs({key: concept[key] for key in keys})]
    for name, table in data.items():
        if isinstance(table, dict) and _pairs(table):
            lines += ["", f"[{name}]", *_pairs(table)]
    return "\n".join(lines) + "\n"


def _pairs(table: dict[str, object]) -> list[str]:
    pairs = {key: value for key, value in table.items() if value not in (None, "", [], ())}
    return [f"{key} = {value if key in _DATES else _value(value)}" for key, value in pairs.items()]


def _value(value: object) -> str:
    """A value of TOML; JSON writes texts, lists, numbers and truth as TOML does, but for one control character."""
    listed = list(value) if isinstance(value, tuple) else value
    return json.dumps(listed, ensure_ascii=False).replace("\x7f", "\\u007f")


def criteria_payload(criteria: Criteria | None, *, text: str, seed: int) -> dict[str, Any]:
    """What a `criteria` event says: the criteria and the file's text, so that a later change of it loses nothing."""
    fingerprint = criteria.fingerprint if criteria else ""
    said = criteria.to_dict() if criteria else None
    return {"fingerprint": fingerprint, "criteria": said, "text": text, "seed": seed}


def follows(state: LogState) -> dict[str, Any]:
    """Which earlier `criteria` events a new one replaces, to be said where two copies of the review changed them."""
    return {"follows": list(state.criteria_heads)} if len(state.criteria_heads) > 1 else {}


def logged_criteria(state: LogState) -> Criteria | None:
    """The criteria of the last `criteria` event.

    Raises:
        ReviewError: they are not what tiab wrote.
    """
    data = state.criteria.get("criteria")
    if not data:
        return None
    try:
        return Criteria.from_dict(data)
    except CriteriaError as error:
        hint = "Another program may have altered the file: take the last copy of the folder."
        raise ReviewError(f"the criteria in the log cannot be understood ({error})", hint=hint) from error


def logged_text(payload: Mapping[str, Any]) -> str:
    """The criteria of a `criteria` event as TOML, comments and all where the event has them.

    Raises:
        CriteriaError: they are not what tiab wrote.
    """
    criteria, text = Criteria.from_dict(payload["criteria"]), str(payload.get("text", ""))
    try:
        same = bool(text) and parse_criteria(text, path=CRITERIA_NAME).fingerprint == criteria.fingerprint
    except CriteriaError:  # another copy of the review may say anything here
        same = False
    return text if same else as_toml(criteria)


def make_folder(folder: str | Path, criteria: Criteria | str | Path | None, *, seed: int) -> None:
    """Makes the folder of a review. The criteria come first: a folder is a review only once the SQLite file is there.

    Args:
        seed: makes what is drawn by chance repeatable.

    Raises:
        CriteriaError: there is a mistake in the criteria file.
        ReviewError: there is a review already, or other criteria; or the folder cannot be written.
    """
    place = Path(folder)
    if (place / FILE_NAME).exists():
        raise ReviewError("there is a review here already", path=place, hint="Open it, or name another folder.")
    source = Path(criteria) if isinstance(criteria, str) else criteria
    wanted = read_criteria(source) if isinstance(source, Path) else source
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise ReviewError(f"cannot be made ({error.strerror})", path=place, hint=hint) from error
    file = CriteriaFile(place / CRITERIA_NAME)
    there = file.read()
    if source is not None and there is None:
        file.write(source)
    elif wanted is not None and there != wanted:
        hint = "Leave --criteria out to use them, or move them away."
        raise ReviewError("there are other criteria here already", path=place / CRITERIA_NAME, hint=hint)
    criteria_now = file.read()
    payload = criteria_payload(criteria_now, text=file.text, seed=seed)
    with Store.create(place) as store:
        store.append(Entry(kind="criteria", payload=payload))
