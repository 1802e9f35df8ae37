"""Several people or keywords in one value, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tiab.formats.text import clean_line

__all__ = ["lines_in", "once", "split_names", "split_words", "words_in"]

_OUTSIDE_BRACKETS = re.compile(r",\s+(?![^()]*\))")
_ITEM = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|(?=\]$))""")
_ESCAPE = re.compile(r"\\(.)")


def split_names(text: str) -> tuple[str, ...]:
    """The people named in one cell, whichever separator it uses.

    >>> split_names("Liu R., Adler D.G.")
    ('Liu R.', 'Adler D.G.')
    >>> split_names("Rottman, Joseph; Carmel, Erran"), split_names("Rottman, Joseph")
    (('Rottman, Joseph', 'Carmel, Erran'), ('Rottman, Joseph',))
    """
    listed = _literal(text)
    if listed:
        return listed
    for separator in (";", "\n", "|", " and "):
        if separator in text:
            return _parts(text.split(separator))
    parts = text.split(",")
    return _parts(parts if all(" " in part.strip() for part in parts) else [text])


def split_words(text: str) -> tuple[str, ...]:
    """The keywords in one cell, whichever separator it uses.

    >>> split_words("yoga; *Exercise, Physical"), split_words("yoga, cyst (diagnosis, surgery)")
    (('yoga', 'Exercise, Physical'), ('yoga', 'cyst (diagnosis, surgery)'))
    """
    listed = _literal(text)
    if listed:
        return tuple(map(_unstarred, listed))
    for separator in (";", "\n", "|"):
        if separator in text:
            return tuple(map(_unstarred, _parts(text.split(separator))))
    return tuple(map(_unstarred, _parts(_OUTSIDE_BRACKETS.split(text))))


def _unstarred(word: str) -> str:
    """A heading without the stars that mark it as a major topic: "*Exercise", "Cyst/*therapy"."""
    return word.replace("/*", "/").lstrip("*") or word


def once(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values in their order, each but once."""
    return tuple(dict.fromkeys(values))


def lines_in(text: str) -> tuple[str, ...]:
    """The values in a field that has one, or one on each line."""
    if "\n" not in text:
        return (text,)
    return _parts(text.split("\n"))


def words_in(text: str) -> tuple[str, ...]:
    """The keywords in a field that has one, or several on lines or between semicolons."""
    if "\n" not in text and ";" not in text:
        return (_unstarred(text),)
    return tuple(map(_unstarred, _parts(text.replace(";", "\n").split("\n"))))


def _parts(values: Iterable[str]) -> tuple[str, ...]:
    cleaned = (clean_line(value).strip(",;| ") for value in values)
    return tuple(value for value in cleaned if value)


def _literal(text: str) -> tuple[str, ...]:
    """The texts of a list as Python prints it, which some tools put into a cell; nothing for any other text."""
    if not text.startswith(("['", '["')) or not text.endswith("]"):
        return ()
    items, at = [], 1
    while match := _ITEM.match(text, at):
        items.append(_ESCAPE.sub(r"\1", match[1] or match[2] or ""))
        at = match.end()
    return _parts(items) if at == len(text) - 1 else ()
