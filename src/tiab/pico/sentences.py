"""Sentences: where they begin in an abstract, which is full of "vs.", "P < .05", "et al." and unspaced headings."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from spacy.attrs import IDX
from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.layout import Layout, get_layout, get_text, set_layout
from tiab.pico.vocabulary import vocabulary

__all__ = ["SentenceSplitter", "make_sentences", "sentence_around", "sentence_starts"]

_LISTS = vocabulary("sentences")
_NEVER_LAST = frozenset(_LISTS["never_last"])
_BEFORE_NUMBER = frozenset(_LISTS["before_number"])
_STARTERS = frozenset(_LISTS["starters"])
_STOP = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s|[A-Z][a-z]{2})")
_NEXT = re.compile(r"\s*[\"'“‘«(\[]*(\S*)")
_NEW_LINE = re.compile(r"(?<=\S)[^\S\n]*\n\s*(?=\S)")
_INITIALS = re.compile(r"(?:[A-Z]\.)*[A-Z]$")
_UNSPACED = re.compile(r"[a-z]{3}$")  # "…in both groups.Results: …" is an end, "E.coli" and "p.Arg" are none
_LONGEST_WORD = 40  # how far back the word before a full stop is looked for


def sentence_starts(text: str, start: int = 0, end: int | None = None) -> list[int]:
    """The offset of each sentence's first character in `text[start:end]`; the first is `start`.

    >>> text = "IL-6 fell vs. controls (P < .05). TNF-α, e.g. in women, did not."
    >>> [text[a : a + 4] for a in sentence_starts(text)]
    ['IL-6', 'TNF-']
    """
    end = len(text) if end is None else end
    cuts = {start, *_after_stops(text, start, end), *_after_lines(text, start, end)}
    return sorted(cut for cut in cuts if cut < end or cut == start)


def sentence_around(text: str, fields: Iterable[tuple[str, int, int]], place: int) -> tuple[int, int]:
    """(start, end) of the sentence around `place`, within one of the fields (name, start, end) of a record's text."""
    starts = [cut for _, begin, end in fields if begin < end for cut in sentence_starts(text, begin, end)]
    start = max((cut for cut in starts if cut <= place), default=0)
    return start, min((cut for cut in starts if cut > place), default=len(text))


def _after_stops(text: str, start: int, end: int) -> Iterator[int]:
    for stop in _STOP.finditer(text, start, end):
        following = _NEXT.match(text, stop.end(), end)
        if following is None or not following[1]:
            continue
        at = following.end() - len(following[0].lstrip())
        if _ends_sentence(text, stop, following[1]):
            yield at


def _ends_sentence(text: str, stop: re.Match[str], following: str) -> bool:
    first = following[0]
    if not (first.isupper() or first.isdigit() or not first.isalpha()):
        return False
    if stop[0][:1] != ".":
        return True
    word = _word_before(text, stop.start())
    if not word:
        return False
    if stop.end() < len(text) and not text[stop.end()].isspace() and not _UNSPACED.search(word):
        return False
    lower = word.casefold()
    if lower in _NEVER_LAST or (lower in _BEFORE_NUMBER and not first.isupper()):
        return False
    if _INITIALS.fullmatch(word) and ("." in word or stop.start() - 1 == 0):
        return following.rstrip(",.") in _STARTERS
    return not (word.isdigit() and _is_list_number(text, stop.start() - len(word)))


def _word_before(text: str, end: int) -> str:
    before = text[max(0, end - _LONGEST_WORD) : end]
    return before[max(before.rfind(mark) for mark in " \n([") + 1 :]


def _is_list_number(text: str, start: int) -> bool:
    """Whether the number at `start` is that of an item ("1. Age"), not the end of a sentence."""
    before = text[max(0, start - 2) : start].strip()
    return not before or before[-1] in ".:;\n"


def _after_lines(text: str, start: int, end: int) -> Iterator[int]:
    for line in _NEW_LINE.finditer(text, start, end):
        last = text[line.start() - 1] if line.start() > start else "."
        blank = line[0].count("\n") > 1
        if blank or last in ".:?!;" or text[line.end()].isupper():
            yield line.end()


class SentenceSplitter:
    """The component `tiab_sentences`: sets the sentences of a Doc and of its layout."""

    def __call__(self, doc: Doc) -> Doc:
        text = get_text(doc)
        layout = get_layout(doc)
        starts = [0]
        for begin, end, name in layout.fields:
            starts += [begin] if name == "keywords" else sentence_starts(text, begin, end)
        cuts = tuple(sorted({cut for cut in starts if cut < len(text) or cut == 0}))
        set_layout(doc, Layout(fields=layout.fields, sentences=cuts))
        _mark(doc, cuts)
        return doc


def _mark(doc: Doc, cuts: tuple[int, ...]) -> None:
    """Puts the cuts on the tokens, so that `doc.sents` agrees with the layout."""
    places: list[int] = doc.to_array(IDX).tolist()
    for cut in cuts:
        index = bisect_left(places, cut)
        if index < len(places):
            doc[index].is_sent_start = True


@Language.factory("tiab_sentences")
def make_sentences(nlp: Language, name: str) -> SentenceSplitter:
    """The component `tiab_sentences`."""
    return SentenceSplitter()
