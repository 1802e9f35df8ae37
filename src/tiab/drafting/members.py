"""Groups that protocols name, such as beta blockers or older people ► the members that abstracts name instead."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from tiab.pico.text import normal_words

__all__ = ["members_of"]


def members_of(phrase: str) -> tuple[str, ...]:
    """The members of the group that a phrase names, or ends with the name of; none for other phrases.

    >>> members_of("atypical antipsychotics")[:2], members_of("Rodents")[:2], members_of("beta")
    (('clozapine', 'olanzapine'), ('rat', 'rats'), ())
    """
    words = _key(phrase)
    found = (_groups().get(words[start:]) for start in range(len(words)))
    return next((members for members in found if members), ())


@cache
def _groups() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    text = resources.files("tiab.drafting").joinpath("members.toml").read_text(encoding="utf-8")
    return {
        _key(name): tuple(members)
        for groups in tomllib.loads(text).values()
        for names, members in groups.items()
        for name in names.split("|")
    }


def _key(name: str) -> tuple[str, ...]:
    return tuple(word.rstrip("s") for word in normal_words(name) if word.isalnum())
