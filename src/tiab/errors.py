"""What tiab says when something is wrong with its input.

    TiabError
    ├── InputError        a file that cannot be read as what it should be, or an output that cannot be written
    ├── CriteriaError     a mistake in a criteria file
    ├── LabelError        a label that is not one, or that names no record
    ├── EvaluationError   an ordering and a relevant set that do not fit together
    ├── ModelFileError    a model file that is truncated, altered, foreign or from another version
    └── ReviewError       a review folder that cannot be opened, written or understood

    TiabWarning           what was read or ranked, but looks doubtful; never raised

Every message says what happened, where, and what to do next. A command that meets one says it in one line and leaves
with status 2; `tiab.cli.root.ExitStatus` has all that there are.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "CriteriaError",
    "EvaluationError",
    "InputError",
    "LabelError",
    "ModelFileError",
    "ReviewError",
    "TiabError",
    "TiabWarning",
]


class TiabError(Exception):
    """An error that the user can correct; any other exception is a defect in tiab.

    Args:
        message: what happened.
        path: the file in which it happened, if any.
        line: the line of that file, counted from 1, if known.
        hint: what to do next.

    >>> str(TiabError("no title", path="search.ris", line=12, hint="Export it again."))
    'search.ris, line 12: no title. Export it again.'
    """

    def __init__(
        self, message: str, *, path: str | Path | None = None, line: int | None = None, hint: str = ""
    ) -> None:
        self.message = message.rstrip(".")
        self.path = None if path is None else str(path)
        self.line = line
        self.hint = hint
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        place = self.path or ""
        if self.line is not None:
            place = f"{place}, line {self.line}" if place else f"line {self.line}"
        head = f"{place}: {self.message}" if place else self.message
        return f"{head}. {self.hint}" if self.hint else head


class InputError(TiabError):
    """A file that cannot be read as what it should be, or an output that cannot be written."""


class CriteriaError(TiabError):
    """A mistake in a criteria file."""


class LabelError(TiabError):
    """A label that is not one, or that names no record."""


class EvaluationError(TiabError):
    """An ordering and a relevant set that do not fit together."""


class ModelFileError(TiabError):
    """A model file that is truncated, altered, foreign or from another version."""


class ReviewError(TiabError):
    """A review folder that cannot be opened, written or understood."""


class TiabWarning(UserWarning):
    """Something that was read or ranked all the same, and that a person should know of."""
