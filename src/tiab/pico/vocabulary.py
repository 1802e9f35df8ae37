"""Vocabulary: the word lists of the rules, kept as TOML beside the code so that a reviewer can read and extend them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["vocabulary"]


@cache
def vocabulary(name: str) -> dict[str, Any]:
    """The word lists in `words/<name>.toml`.

    >>> vocabulary("design")["publication_types"]["case reports"]
    {'case report': 0.97}
    """
    return tomllib.loads(resources.files("tiab.pico").joinpath("words", f"{name}.toml").read_text(encoding="utf-8"))
