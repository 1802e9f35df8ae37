"""The criteria file of a review: written when it is made, edited by hand or page, read again when it changes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from tiab.criteria import Criteria, read_criteria
from tiab.errors import ReviewError
from tiab.writing import replacing

__all__ = ["CRITERIA_NAME", "CriteriaFile", "as_toml"]

CRITERIA_NAME = "criteria.toml"
"""The file's name within the folder of a review."""

_DATES = ("until",)
"""Keys whose values TOML writes without quotes."""


class CriteriaFile:
    """The criteria in one file, read again only when the file changed.

    Attributes:
        fingerprint: that of the criteria last read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark: tuple[int, int, int] | None = None
        self._criteria: Criteria | None = None
        self.fingerprint = ""

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
            self._criteria, self._mark = read_criteria(self._path), mark
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
