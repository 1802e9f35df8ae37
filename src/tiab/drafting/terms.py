"""The terms of a search strategy ► terms as criteria have them, where only the end of a term is truncated."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from tiab.criteria.strategy import SearchTerm
from tiab.drafting.draft import DraftTerm

__all__ = ["criteria_terms", "is_date", "whole_words"]

_TAIL = re.compile(r"(?i)\s*\.?(?<=[*.\s])(?:ti|ab|tw|mp|kw|ot|sh)\b[.,\s]*(?:ti|ab|kw|ot|tw)?\.?$")
"""A field that was written wrongly and so stayed with the word."""
_FORMS = 4
_SHORTEST = 3
_STEMS = re.compile(r"\w*[\w-]\*")


def criteria_terms(terms: Sequence[SearchTerm], words: Collection[str]) -> tuple[DraftTerm, ...]:
    """Each term once; what no record could be found by is left out.

    Args:
        words: whole words that the same source uses; a truncated word within a phrase is completed by them.
    """
    made = (
        DraftTerm(text=text, line=term.line, source=_source(term))
        for term in terms
        for text in _texts(term.text, words)
    )
    return tuple({term.text.casefold(): term for term in reversed(list(made))}.values())[::-1]


def whole_words(terms: Sequence[SearchTerm]) -> frozenset[str]:
    """The words of the terms that are not truncated, in lower case."""
    return frozenset(
        word.casefold()
        for term in terms
        for word in re.findall(r"[^\W\d_]{4,}(?![\w*?#])", term.text.replace("*", "* "))
    )


def is_date(text: str) -> bool:
    """Whether a term is only a date or numbers: those belong to limits.

    >>> is_date("2012*"), is_date("1966/01/01:2017"), is_date("5-HT")
    (True, True, False)
    """
    return not re.search(r"[^\W\d_]", text)


def _source(term: SearchTerm) -> str:
    return (term.source or term.text) + ("/" if term.heading else "") + (f".{term.field}." if term.field else "")


def _texts(text: str, words: Collection[str]) -> Iterator[str]:
    plain = re.sub(r"(?i)^(?:exp|explode)(?:\s+|$)", "", _TAIL.sub("", text)).strip(" .,;:'\"")
    plain = re.sub(r"[$!]", "*", plain)
    for spelt in _spelt(plain):
        for whole in _completed(" ".join(re.sub(r"\*+", "*", spelt).split()), words):
            letters = whole.rstrip("*").strip(" -")
            short = len(letters) < _SHORTEST and not (letters.isupper() and not whole.endswith("*"))
            if not short and not is_date(letters) and "*" not in letters:
                yield letters + ("*" if whole.endswith("*") else "")


def _spelt(text: str) -> list[str]:
    """Wildcards for one letter spelt out; British and American spelling are the same to tiab.

    >>> _spelt("randomi?ed"), _spelt("h?emoglobin"), _spelt("wom#n"), _spelt("factor?")
    (['randomised'], ['hemoglobin'], ['women', 'woman'], ['factor'])
    """
    text = re.sub(r"(?<=i)[?#](?=[aei])", "s", text)
    if re.search(r"(?i)m[?#]n\b", text):
        return [re.sub(r"(?i)(m)[?#](n\b)", rf"\1{vowel}\2", text) for vowel in "ea"]
    if "#" in text:
        return [text.replace("#", vowel) for vowel in "ei"]
    return [re.sub(r"\*(?=\w)", "", text.replace("?", ""))]


def _completed(text: str, words: Collection[str]) -> list[str]:
    """A phrase whose words before the last are whole: `child* asthma*` is children asthma* where the source says so."""
    *before, last = text.split(" ")
    made = [""]
    for word in before:
        stem = word.rstrip("*")
        forms = [stem]
        if word.endswith("*") and stem.casefold() not in words:
            forms = sorted((full for full in words if full.startswith(stem.casefold())), key=len)[:_FORMS] or [stem]
        made = [f"{start}{form} " for start in made for form in forms][: _FORMS * 2]
    return [start + last for start in made]
