"""Tokens: a sentence as words of known kinds, without what stands in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from tiab.pico.vocabulary import vocabulary

__all__ = ["CUES", "Target", "Token", "closing", "cue_of", "is_kind", "plain", "split_tokens", "words"]

CUES = ("up", "down", "change", "same", "undo")
"""The kinds of words that say which way something went."""

_WORD = re.compile(
    r"[Ww]ent\s+(?:up|down)\b|[Ll]ower\s+(?:extremit|limb|leg|body|back|respirator|urinary|airway|abdom"
    r"|GI\b)\w*|\d+(?:[.,]\d+)*%?|[^\W_]+(?:[-\u2010-\u2013/'’][^\W_]+)*(?:n['’]t)?|[^\s\w]|_"
)
_HYPHEN = re.compile("[\u2010-\u2013]")
_EITHER = (["with", "or"], ["with", "and"])
_OPEN = re.compile(r"[(\[]")
_BRACKETS = {"(": ")", "[": "]"}


class Target(NamedTuple):
    """A place whose direction is looked for: offsets into the text, and the name of what is measured there."""

    start: int
    end: int
    name: str


class Token(NamedTuple):
    """One word of a sentence.

    Attributes:
        start, end: offsets into the text.
        word: in lower case, hyphens made plain.
        target: the number of the target that the token stands for, -1 for none.
        cue: the kind of a word of change, with its form: ("up", "past"); ("", "") for other words.
    """

    start: int
    end: int
    word: str
    target: int = -1
    cue: tuple[str, str] = ("", "")


@cache
def _patterns() -> tuple[list[tuple[tuple[str, str], re.Pattern[str]]], dict[str, re.Pattern[str]]]:
    lists = vocabulary("findings")
    cues = [((cue, form), re.compile("|".join(words))) for cue in CUES for form, words in lists[cue].items() if words]
    return cues, {name: re.compile("|".join(words)) for name, words in lists["words"].items() if name != "agent_phrase"}


def words(name: str) -> frozenset[str]:
    """A closed set of plain words of words/findings.toml."""
    return frozenset(vocabulary("findings")["sets"][name])


@lru_cache(maxsize=50_000)
def cue_of(word: str) -> tuple[str, str]:
    """(kind, form) of a word of change: of those that are spelt alike, the noun; ("", "") for other words.

    >>> cue_of("increase"), cue_of("fell"), cue_of("patients")
    (('up', 'noun'), ('down', 'verb'), ('', ''))
    """
    return next((cue for cue, pattern in _patterns()[0] if pattern.fullmatch(word)), ("", ""))


@lru_cache(maxsize=200_000)
def is_kind(word: str, kind: str) -> bool:
    """Whether `word` stands in the list `kind` of words/findings.toml.

    >>> is_kind("neither", "negation")
    True
    """
    return _patterns()[1][kind].fullmatch(word) is not None


def split_tokens(text: str, start: int, end: int, targets: Sequence[Target]) -> list[Token]:
    """The tokens of `text[start:end]`, without brackets that hold no target; each target is one token.

    Targets are in order and do not overlap.
    """
    return list(_tokens(text, start, end, targets))


def _tokens(text: str, start: int, end: int, targets: Sequence[Target]) -> Iterator[Token]:
    place, number = start, 0
    while place < end:
        while number < len(targets) and targets[number].end <= place:
            number += 1
        target = targets[number] if number < len(targets) else None
        if target is not None and target.start <= place:
            yield Token(target.start, target.end, "#", number)
            place = target.end
            continue
        stop = min(target.start if target else end, end)
        found = _WORD.search(text, place, stop)
        if found is None:
            place = stop
            continue
        if found[0] in _BRACKETS:
            close = closing(text, found.start(), end)
            if not any(found.start() < t.start < close for t in targets):
                place = close
                continue
        word = found[0].lower()
        if not word.isascii():
            word = _HYPHEN.sub("-", word.replace("’", "'"))
        if " " in word or "\n" in word:
            word = " ".join(word.split())
        if word == "without" and text[max(start, found.start() - 9) : found.start()].lower().split()[-2:] in _EITHER:
            word = "with"  # "with or without" denies nothing
        yield Token(found.start(), found.end(), word, -1, cue_of(word))
        place = found.end()


def closing(text: str, start: int, end: int) -> int:
    """The offset behind the bracket that closes the one at `start`; `end` where none does."""
    depth = 0
    for place in range(start, end):
        if text[place] in _BRACKETS:
            depth += 1
        elif text[place] in _BRACKETS.values():
            depth -= 1
            if depth == 0:
                return place + 1
    return end


def plain(text: str, start: int, end: int) -> str:
    """`text[start:end]` without what stands in brackets.

    >>> plain("IL-6 (P < .05) fell", 0, 19)
    'IL-6  fell'
    """
    parts, place = [], start
    for found in _OPEN.finditer(text, start, end):
        if found.start() >= place:
            parts.append(text[place : found.start()])
            place = closing(text, found.start(), end)
    return "".join([*parts, text[place:end]])
