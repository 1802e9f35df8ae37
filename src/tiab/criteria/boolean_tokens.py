"""A line of a search strategy ► its tokens: brackets, operators, terms, references to other lines, field tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["NUMBER", "Token", "read_tokens"]

NUMBER = r"[#sl]?\d+"
"""How a strategy names one of its lines: 3, #3, S3."""
_TOKEN = re.compile(
    r"""
      (?P<open>[(\[{](?=\S|\s)) | (?P<close>[)\]}])
    | "(?P<quoted>[^"]*)"?
    | (?P<space>\s+)
    | (?P<word>[^\s()\[\]{}"]+)
    """,
    re.VERBOSE,
)
_TAG = re.compile(r"\[\s*(?P<tag>[A-Za-z][A-Za-z :/~0-9-]*?)\s*\]")
"""PubMed's and Cochrane's field tags: [tiab], [MeSH Terms], [mh:noexp]."""
_NEAR = re.compile(r"(?:adj|near/?|next/?|pre/|[nw])(?P<distance>\d*)", re.IGNORECASE)
_JOINED_LINES = re.compile(rf"(?i)(?:or|and)/{NUMBER}.*")
_OPERATORS = {"or": "or", "and": "and", "not": "not", "|": "or", "&": "and", "+": "and"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line.

    Attributes:
        kind: "open", "close", "or", "and", "not", "near", "next", "joined", "term", "reference" or "tag".
    """

    kind: str
    text: str = ""


def read_tokens(text: str, lines: int) -> Iterator[Token]:
    """The tokens of a line; words that stand together are one term.

    Args:
        lines: how many lines stand before it; a bare number up to that is a reference to a line.
    """
    words: list[str] = []
    place = 0
    while place < len(text):
        tag = _TAG.match(text, place) if words or place else None
        found = tag or _TOKEN.match(text, place)
        if found is None:
            break
        place = found.end()
        token = Token("tag", tag["tag"].lower()) if tag else _token(found, after_words=bool(words))
        if token is not None:
            yield from _phrase(" ".join(words), lines)
            words.clear()
            if token.kind != "term" or token.text:
                yield token
        elif found["word"]:
            words.append(found["word"])
    yield from _phrase(" ".join(words), lines)


def _token(found: re.Match[str], *, after_words: bool) -> Token | None:
    """What ends the words before it, and stands for itself; None for a word and for a space."""
    if found["open"] or found["close"]:
        return Token("open" if found["open"] else "close")
    if found["quoted"] is not None:
        return Token("term", found["quoted"].strip())
    word = found["word"] or ""
    bare = word.strip(",;").lower()
    if bare in _OPERATORS:
        return Token(_OPERATORS[bare])
    near = _NEAR.fullmatch(bare)
    if near and (near["distance"] or bare in ("adj", "near", "next")) and (after_words or not re.match(r"n\d", bare)):
        return Token("next" if re.match(r"(?:adj1?|next.*|pre.*|w.*)$", bare) else "near")
    return Token("joined", word) if _JOINED_LINES.fullmatch(word) else None


def _phrase(text: str, lines: int) -> Iterator[Token]:
    """Words that stand together: a reference, a heading with its slash, or a term with its field behind it."""
    text = text.strip(" ,;")
    number = re.fullmatch(r"[#sl]?(\d{1,3})\.?", text, re.IGNORECASE)
    if number and (text[0] in "#sSlL" or int(number[1]) <= lines):
        yield Token("reference", number[1])
        return
    if text:
        yield Token("term", text)
