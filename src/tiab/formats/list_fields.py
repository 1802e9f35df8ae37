"""Several people or keywords in one value, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tiab.formats.absent import no_author
from tiab.formats.text import clean_line

__all__ = ["lines_in", "once", "people_in", "split_names", "split_words", "words_in"]

_OUTSIDE_BRACKETS = re.compile(r",\s+(?![^()]*\))")
_TIGHT = re.compile(r",(?![^()]*\))")
_CHEMICAL = re.compile(r"\b[A-Z],[A-Z]\b|\d,\d")
"""Commas within names such as "1,25-dihydroxyvitamin D" and "N,N-dimethyltryptamine"."""
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?){1,4}")
_WITH_INITIALS = re.compile(r"[^\W\d_][^\d,;]* (?:[^\W\d_a-z]\.?-?){1,4}(?: (?:Jr|Sr|II|III)\.?)?")
_ONE_PERSON = re.compile(r"[^\s,]+, [^\s,]+(?: [^\s,&]{1,3}){0,3}")
"""A family name of one word and a given name, so that most names take no time."""
_LAST = re.compile(r",?\s+(?:and|&)\s+(?=\S)")
_NUMBERED = re.compile(r"\s*[(\[](?:orcid:?\s*)?(?:\d{6,}|[\d-]{15,}x?)[)\]]$", re.IGNORECASE)
"""The number that Scopus gives an author, or an ORCID, behind the name."""
_ITEM = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|(?=\]$))""")
_ESCAPE = re.compile(r"\\(.)")


_MORE = ("et al", "others")
"""What stands for authors that are not named; the second is BibTeX's."""


def split_names(text: str) -> tuple[str, ...]:
    """The people named in one cell, whichever separator it uses.

    >>> split_names("Liu R., Adler D.G."), split_names("Muster, Max (57999999999)")
    (('Liu R.', 'Adler D.G.'), ('Muster, Max',))
    >>> split_names("Rottman, Joseph; Carmel, Erran"), split_names("Rottman, Joseph")
    (('Rottman, Joseph', 'Carmel, Erran'), ('Rottman, Joseph',))
    """
    listed = _literal(text)
    if listed:
        return _named(listed)
    for separator in (";", "\n", "|"):
        if separator in text:
            return _named(_parts(text.split(separator)))
    several = _several(text)
    if several:
        return _named(several)
    if " and " in text:
        return _named(_parts(text.split(" and ")))
    parts = text.split(",")
    alone = text[:1].islower() and len(parts) == 2  # "van der Berg, Jan Willem"
    return _named(_parts(parts if not alone and all(" " in part.strip() for part in parts) else [text]))


def people_in(text: str) -> tuple[str, ...]:
    """The people in a field made for one, in which some programs put all.

    >>> people_in("Muster, Max"), people_in("Muster, Max; Example, Eva"), people_in("Muster, M., & Example, E.")
    (('Muster, Max',), ('Muster, Max', 'Example, Eva'), ('Muster, M.', 'Example, E.'))
    """
    if "\n" in text or ";" in text:
        return _named(_parts(text.replace(";", "\n").split("\n")))
    return _named(_several(text) or (text,))


def _several(text: str) -> tuple[str, ...]:
    """The people in a list by commas whose initials show where each name ends; nothing for any other text."""
    if "," not in text or _ONE_PERSON.fullmatch(text):
        return ()
    joint = _LAST.search(text)
    parts = [part.strip() for part in _LAST.sub(", ", text).split(",") if part.strip()]
    if len(parts) > 1 and all(map(_WITH_INITIALS.fullmatch, parts)):
        return tuple(parts)
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) >= 4 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(given) for _, given in pairs):
        return tuple(f"{family}, {given}" for family, given in pairs)
    people = _parts(_LAST.split(text)) if joint else ()
    return people if all(person.count(",") == 1 for person in people) else ()


def _named(people: tuple[str, ...]) -> tuple[str, ...]:
    """The names without the numbers behind them; what says that there is none, left out."""
    return tuple(_NUMBERED.sub("", name) for name in people if not no_author(name) and name.rstrip(".") not in _MORE)


def split_words(text: str) -> tuple[str, ...]:
    """The keywords in one cell, whichever separator it uses.

    >>> split_words("yoga; *Exercise, Physical"), split_words("yoga, cyst (diagnosis, surgery)")
    (('yoga', 'Exercise, Physical'), ('yoga', 'cyst (diagnosis, surgery)'))
    >>> split_words("yoga,tai chi"), split_words("1,25-dihydroxyvitamin D")
    (('yoga', 'tai chi'), ('1,25-dihydroxyvitamin D',))
    """
    listed = _literal(text)
    if listed:
        return tuple(map(_unstarred, listed))
    for separator in (";", "\n", "|"):
        if separator in text:
            return tuple(map(_unstarred, _parts(text.split(separator))))
    apart = _OUTSIDE_BRACKETS.split(text)
    if len(apart) == 1 and "," in text and not _CHEMICAL.search(text):
        apart = _TIGHT.split(text)
    return tuple(map(_unstarred, _parts(apart)))


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
