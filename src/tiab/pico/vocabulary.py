"""Vocabulary: the word lists of the rules, kept as TOML beside the code so that a reviewer can read and extend them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["alternatives", "has_any", "vocabulary"]


@cache
def vocabulary(name: str) -> dict[str, Any]:
    r"""The word lists in `words/<name>.toml`.

    >>> vocabulary("design")["publication_types"]["case reports"]
    {'case report': 0.97}
    """
    return tomllib.loads(resources.files("tiab.pico").joinpath("words", f"{name}.toml").read_text(encoding="utf-8"))


def has_any(text: str, signs: tuple[str, ...]) -> bool:
    """Whether one of `signs` is part of `text`: a look that costs far less than a regular expression.

    >>> has_any("twice weekly", ("week", "month")), has_any("yearly", ("week", "month"))
    (True, False)
    """
    return any(sign in text for sign in signs)


def alternatives(lists: Mapping[str, list[str]], key: str) -> str:
    r"""The words of one list as the alternatives of a regular expression, in which a space matches any space.

    `{other}` in a word stands for the alternatives of the list `other`.

    >>> alternatives({"end": ["fell {how}"], "how": ["fast", "slowly"]}, "end")
    '(?:fell\\s+(?:fast|slowly))'
    """
    words = "|".join(lists[key]).replace("[ -]", r"[\s-]").replace(" ", r"\s+")
    for other in lists:
        if f"{{{other}}}" in words:
            words = words.replace(f"{{{other}}}", alternatives(lists, other))
    return f"(?:{words})"
