"""What commands write: declared as such, and checked before the work begins, so that no input is written over.

An option or argument whose path is declared `writable` is an output, any other path an input.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import typer
from typer.models import ParameterInfo

from tiab.errors import InputError
from tiab.store import ANCHOR_NAME, FILE_NAME
from tiab.writing import check_output, protecting

__all__ = ["Commands", "is_review", "paths_of", "picture_option", "records_option"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Commands(typer.Typer):
    """A group of commands that check their outputs before they begin, and write none of them over what they read."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[_Function], _Function]:
        """As Typer's."""
        register = super().command(name, **settings)

        def decorate(function: _Function) -> _Function:
            register(_keeping_inputs(function))
            return function

        return decorate


def records_option(help: str) -> Any:
    """The option of a command that writes records; the suffix tells the format."""
    return typer.Option("--output", "-o", writable=True, callback=_records_output, help=help, show_default=False)


def picture_option(help: str) -> Any:
    """The option of a command that draws recall; the suffix tells the kind of picture."""
    return typer.Option("--curve", writable=True, callback=_picture_output, help=help, show_default=False)


def _records_output(path: Path | None) -> Path | None:
    """`path`, if its suffix names a format of records."""
    if path is not None:
        from tiab.formats.writing import check_suffix

        check_suffix(path)
    return path


def _picture_output(path: Path | None) -> Path | None:
    """`path`, if its suffix names a kind of picture."""
    if path is not None:
        from tiab.report.drawing import picture_kind  # with matplotlib

        picture_kind(path)
    return path


def paths_of(function: Callable[..., Any], *, written: bool) -> dict[str, bool]:
    """The parameters of a command that are paths to be written, or to be read; and whether each is that of a folder."""
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for name, hint in hints.items():
        kind, *told = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
        info = next((one for one in told if isinstance(one, ParameterInfo)), None)
        if (kind is Path or Path in _inside(kind)) and (info is not None and info.writable) is written:
            found[name] = info is not None and not info.file_okay
    return found


def _inside(kind: Any) -> set[Any]:
    """The types that a union or list is made of."""
    return {one for part in get_args(kind) for one in (part, *get_args(part))}


def _keeping_inputs(function: _Function) -> _Function:
    """`function`, called once its outputs have been checked, and with its inputs protected."""

    @wraps(function)
    def call(**given: Any) -> Any:
        written, read = (paths_of(function, written=written) for written in (True, False))
        outputs = [(path, is_folder) for name, is_folder in written.items() for path in _given(given[name])]
        if not outputs:
            return function(**given)
        inputs = [path for name in read for path in _given(given[name])]
        reviews = [path for path in inputs if is_review(path)]
        with protecting(path for path in inputs if path not in reviews):  # whose own files may change meanwhile
            _check(outputs, reviews)
            return function(**given)

    return call  # type: ignore[return-value]


def _given(value: Any) -> list[Path]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _check(outputs: Sequence[tuple[Path, bool]], reviews: Sequence[Path]) -> None:
    """Refuses what could not be written, or would be lost.

    Raises:
        InputError: as `check_output`; two outputs are one file, or one is a file of a review that is read.
    """
    exist = any(os.path.exists(path) for path, is_folder in outputs if not is_folder)
    own = [file for folder in reviews for file in _own_files(folder)] if exist else []
    known: dict[str, Path] = {}
    for path, is_folder in outputs:
        place = os.path.realpath(path)
        replaced = os.path.isfile(place) or not os.path.exists(place)
        if known.setdefault(place, path) is not path and replaced:
            raise InputError("is named twice as an output", path=path, hint="Give each output a name of its own.")
        if is_folder:
            continue
        with protecting(own):
            check_output(path)


def is_review(path: Path) -> bool:
    """Whether a path is the folder of a review."""
    return os.path.isfile(path / FILE_NAME)  # which says no, where Path.is_file raises


def _own_files(folder: Path) -> list[Path]:
    """The files in which a review keeps what cannot be made again."""
    from tiab.review.criteria_file import CRITERIA_NAME
    from tiab.review.notes import DRAFTS
    from tiab.web.settings import FILE_NAME as SETTINGS_NAME

    database = [f"{FILE_NAME}{end}" for end in ("", "-wal", "-shm", "-journal")]
    kept = (*database, ANCHOR_NAME, CRITERIA_NAME, SETTINGS_NAME)
    return [*(folder / name for name in kept), *folder.glob(DRAFTS)]
