"""Loads spaCy without its command line, which it imports with itself and which nothing here uses.

The command line brings in web and template libraries, and takes a third of the time that the whole import takes. While
spaCy is loaded, an empty module stands in its place; whoever imports `spacy.cli` later gets the real one.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

__all__ = ["load_spacy"]


def load_spacy() -> None:
    """Imports spaCy, unless that has been done."""
    if "spacy" in sys.modules:
        return
    command_line, info = ModuleType("spacy.cli"), ModuleType("spacy.cli.info")
    info.__dict__["info"] = _info
    sys.modules.update({"spacy.cli": command_line, "spacy.cli.info": info})
    try:
        import spacy  # noqa: F401
    finally:
        for module in (command_line, info):
            del sys.modules[module.__name__]


def _info(*args: Any, **options: Any) -> Any:
    """What `spacy.info` does."""
    from spacy.cli.info import info

    return info(*args, **options)
