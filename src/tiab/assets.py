"""Where the kept models and the embedded corpora lie: inside the wheel, or beside `src` in an editable install."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from tiab.errors import InputError

__all__ = ["corpus_path", "has_model", "model_path"]


def corpus_path(name: str = "exercise-ms-cytokines") -> Path:
    """The folder of an embedded corpus.

    Raises:
        InputError: tiab carries no corpus of that name.
    """
    return _asset("corpora", name)


def model_path(name: str = "exercise-ms-cytokines.safetensors") -> Path:
    """The file of a kept model.

    Raises:
        InputError: tiab carries no model of that name.
    """
    return _asset("models", name)


def has_model(name: str) -> bool:
    """Whether this installation has a kept model; weights may be left out of it."""
    return _found("models", name) is not None


def _asset(kind: str, name: str) -> Path:
    path = _found(kind, name)
    if path is None:
        hint = "Reinstall tiab, or give a file of your own."
        raise InputError(f"tiab carries no '{name}' among its {kind}", hint=hint)
    return path


def _found(kind: str, name: str) -> Path | None:
    package = Path(str(files("tiab")))
    paths = (folder / name for folder in (package / f"_{kind}", package.parent.parent / kind))
    return next((path for path in paths if path.exists()), None)
