"""Abbreviations: which short form a record defines by which long form.

After A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text", Pacific Symposium on Biocomputing 2003, 451-462: the letters of the short form are looked for from right to left
in the words before the bracket; the first one must begin a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.layout import get_layout, get_text

__all__ = ["Abbreviation", "AbbreviationResolver", "find_abbreviations", "get_abbreviations", "make_abbreviations"]

_KEY = "tiab_abbreviations"
_BRACKET = re.compile(r"[(\[]\s*([^()\[\]]{2,120})\s*[)\]]")
_CUT = re.compile(r"\s*[,:]\s|\s*[;=]")
_SHORT = re.compile(r"[A-Za-z0-9\u0370-\u03ff][\w+/.&\u2010-\u2015-]{1,11}(?: [A-Z0-9][\w-]{0,5})?")
_BEFORE = re.compile(r"(?:^|(?<=[\s(/,]))([A-Za-z][\w+/-]{1,11})\s*$")
_PAUSE = re.compile(r"[.;:!?]\s|[()\[\]]")
_MAX_SHORT = 10


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the place of its long form in the text: `text[start:end] == long`."""

    short: str
    long: str
    start: int
    end: int


def find_abbreviations(text: str, start: int = 0, end: int | None = None) -> list[Abbreviation]:
    """The abbreviations that `text[start:end]` defines, the first definition of each.

    >>> [(a.short, a.long) for a in find_abbreviations("Women with multiple sclerosis (MS) and MRI (magnetic "
    ...  "resonance imaging).")]
    [('MS', 'multiple sclerosis'), ('MRI', 'magnetic resonance imaging')]
    """
    found: dict[str, Abbreviation] = {}
    end = len(text) if end is None else end
    for bracket in _BRACKET.finditer(text, start, end):
        for abbreviation in _definitions(text, start, bracket):
            found.setdefault(abbreviation.short, abbreviation)
    return list(found.values())


def _definitions(text: str, start: int, bracket: re.Match[str]) -> Iterator[Abbreviation]:
    inside = _CUT.split(bracket[1], maxsplit=1)[0].strip(" \"'“”‘’")
    if _is_short(inside):
        place = _long_before(text, start, bracket.start(), inside)
        if place:
            yield Abbreviation(inside, text[place[0] : place[1]], *place)
            return
    before = _BEFORE.search(text, max(start, bracket.start() - 14), bracket.start())
    if before and _is_short(before[1]):
        at = bracket.start(1)
        stop = at + len(_CUT.split(bracket[1], maxsplit=1)[0].rstrip())
        place = _align(text, at, stop, before[1])
        if place and place[0] == at:
            yield Abbreviation(before[1], text[at:stop], at, stop)


def _is_short(form: str) -> bool:
    """A short form has 2 to 10 characters, a letter, and is no ordinary lower-case word."""
    return (
        2 <= len(form) <= _MAX_SHORT
        and bool(_SHORT.fullmatch(form))
        and any(c.isalpha() for c in form)
        and any(c.isupper() or c.isdigit() for c in form)
    )


def _long_before(text: str, start: int, bracket: int, short: str) -> tuple[int, int] | None:
    """Where the long form of `short` lies among the few words before the bracket."""
    end = bracket
    while end > start and text[end - 1].isspace():
        end -= 1
    words = min(len(short) + 5, 2 * len(short))
    begin = max(start, end - 20 * words)
    begin += max((m.end() for m in _PAUSE.finditer(text[begin:end])), default=0)
    spaces = [m.end() for m in re.finditer(r"\s+", text[begin:end])]
    if len(spaces) >= words:
        begin += spaces[-words]
    bare = short[:-1] if short[-1] == "s" and short[:-1].isupper() else short
    return _align(text, begin, end, bare)


def _align(text: str, begin: int, end: int, short: str) -> tuple[int, int] | None:
    """(start, end) of the shortest long form in `text[begin:end]` that holds the letters of `short` in order."""
    letters = [c.lower() for c in short if c.isalnum()]
    place = end
    for index in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= begin and not _fits(text, begin, place, letters[index], index == 0):
            place -= 1
        if place < begin:
            return None
    long = text[place:end]
    if len(long) <= len(short) or short in long.split() or len(long.split()) > 2 * len(short) + 2:
        return None
    return place, end


def _fits(text: str, begin: int, place: int, letter: str, is_first: bool) -> bool:
    if text[place].lower() != letter:
        return False
    return not is_first or place == begin or not text[place - 1].isalnum()


def get_abbreviations(doc: Doc) -> tuple[Abbreviation, ...]:
    """The abbreviations that `doc` defines, once `tiab_abbreviations` has run."""
    found: tuple[Abbreviation, ...] = doc.user_data.get(_KEY, ())
    return found


class AbbreviationResolver:
    """The component `tiab_abbreviations`: keeps with a Doc the abbreviations that its title and abstract define."""

    def __call__(self, doc: Doc) -> Doc:
        text = get_text(doc)
        found: dict[str, Abbreviation] = {}
        for start, end, name in get_layout(doc).fields:
            if name != "keywords":
                for abbreviation in find_abbreviations(text, start, end):
                    found.setdefault(abbreviation.short, abbreviation)
        doc.user_data[_KEY] = tuple(found.values())
        return doc


@Language.factory("tiab_abbreviations")
def make_abbreviations(nlp: Language, name: str) -> AbbreviationResolver:
    """The component `tiab_abbreviations`."""
    return AbbreviationResolver()
