"""Groups that protocols name, such as beta blockers or older people ► the members that abstracts name; synonyms."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from tiab.pico.text import normal_words

__all__ = ["drugs_for", "is_drug", "is_known", "members_of", "other_names", "people_in"]

_Key = tuple[str, ...]


def members_of(phrase: str) -> tuple[str, ...]:
    """The members of the group that a phrase names, or ends with the name of; none for other phrases.

    >>> members_of("atypical antipsychotics")[:2], members_of("Rodents")[:2], members_of("beta")
    (('clozapine', 'olanzapine'), ('rat', 'rats'), ())
    """
    return next(_named_by(_key(phrase), _groups("drugs", "people", "others")), ())


def people_in(phrase: str) -> str:
    """The group of people that a phrase ends with the name of, as it is written there; "" for other phrases.

    >>> people_in("nudging healthcare professionals"), people_in("yoga")
    ('healthcare professionals', '')
    """
    words, written = _key(phrase), phrase.split()
    for start in range(len(words)):
        if words[start:] in _groups("people") and len(words) == len(written):
            return " ".join(written[start:])
    return ""


def drugs_for(condition: str) -> tuple[str, ...]:
    """What the drugs for a condition are called; none where that is not known.

    >>> drugs_for("overactive bladder")[:2], drugs_for("boredom")
    (('oxybutynin', 'tolterodine'), ())
    """
    groups = next(_named_by(_key(condition), _groups("treatments")), ())
    return tuple(dict.fromkeys(drug for group in groups for drug in members_of(group)))


def other_names(phrase: str) -> tuple[str, ...]:
    """What else a phrase is called; words within it are replaced where the whole is not known.

    >>> other_names("chronic bronchitis")[:2], other_names("fault prediction")
    (('chronic obstructive pulmonary disease', 'emphysema'), ('defect prediction', 'bug prediction'))
    """
    words = _key(phrase)
    whole = _short(phrase) or next(_named_by(words, _synonyms()), ())
    return tuple(name for name in whole if _key(name) != words) or tuple(_replaced(words))


def _short(phrase: str) -> tuple[str, ...]:
    """All names of what the abbreviation that a phrase is, or ends with, stands for."""
    last = phrase.split(" ")[-1]
    return _abbreviations().get(last, ()) or _abbreviations().get(last.removesuffix("s"), ())


def is_known(short: str) -> bool:
    """Whether an abbreviation stands for something that is known here.

    >>> is_known("MI"), is_known("PPIs"), is_known("XYZ")
    (True, True, False)
    """
    return bool(_short(short)) or _key(short) in _groups("drugs", "people", "others")


def is_drug(phrase: str) -> bool:
    """Whether a phrase names a group of drugs, or a drug of one.

    >>> is_drug("PPIs"), is_drug("omeprazole"), is_drug("yoga")
    (True, True, False)
    """
    return _key(phrase) in _groups("drugs") or _key(phrase) in _drugs()


def _named_by(words: _Key, table: Mapping[_Key, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """What a table has for these words, then for fewer and fewer of the last ones."""
    return (table[words[start:]] for start in range(len(words)) if words[start:] in table)


def _replaced(words: _Key) -> Iterator[str]:
    for alike in _words_alike():
        for one in alike:
            for start in range(len(words) - len(one) + 1):
                if words[start : start + len(one)] == one and len(words) > len(one):
                    for other in (name for name in alike if name != one):
                        yield " ".join((*words[:start], *other, *words[start + len(one) :]))


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("tiab.drafting").joinpath("members.toml").read_text(encoding="utf-8"))


@cache
def _groups(*sections: str) -> Mapping[_Key, tuple[str, ...]]:
    return {
        _key(name): tuple(members)
        for section in sections
        for names, members in _table()[section].items()
        for name in names.split("|")
    }


@cache
def _drugs() -> frozenset[_Key]:
    return frozenset(_key(name) for members in _table()["drugs"].values() for name in members)


@cache
def _synonyms() -> Mapping[_Key, tuple[str, ...]]:
    """A name ► all names of the first list that has it."""
    lists = [tuple(names) for section in _table()["synonyms"].values() for names in section]
    heads = {_key(names[0]): names for names in reversed(lists)}
    long = {_key(name): names for names in reversed(lists) for name in names if name[-1:] != "*" and not name.isupper()}
    return long | heads


@cache
def _abbreviations() -> Mapping[str, tuple[str, ...]]:
    """An abbreviation in capitals ► all names of the first list that has it."""
    lists = [tuple(names) for section in _table()["synonyms"].values() for names in section]
    return {name: names for names in reversed(lists) for name in names if name.isupper()}


@cache
def _words_alike() -> tuple[dict[_Key, None], ...]:
    lists = [alike for section in _table()["words"].values() for alike in section]
    return tuple(dict.fromkeys(map(_key, alike)) for alike in lists)


def _key(name: str) -> _Key:
    return tuple(word.rstrip("s") for word in normal_words(name) if word.isalnum())
