"""Scope: where a term of the criteria is named but not meant: denied, excluded, the target of a drug, a description."""

from __future__ import annotations

import re

from tiab.pico.vocabulary import alternatives, vocabulary

__all__ = ["is_controlled", "is_meant"]

_LISTS = vocabulary("scope")
_BEFORE_REACH, _SENTENCE_REACH = 45, 400


def _pattern(form: str, *names: str) -> re.Pattern[str]:
    return re.compile(form.format(*(alternatives(_LISTS, name) for name in names)), re.IGNORECASE)


_DENIED = _pattern(r"\b{0}[\s-]+(?:\w+[\s-]+){{0,2}}$", "denial")
_NO_PEOPLE = _pattern(r"\b{0}\s+(?:(?!{1}\b)\w+\s+)?$", "denied_people", "small")
_BOTH = re.compile(r"\bwith(?:\s+(?:and|or|versus|vs\.?|and/or)\s+|/)without[\s-]+(?:\w+[\s-]+){0,2}$", re.IGNORECASE)
_EXCLUDED_BEFORE = _pattern(r"\b{0}\b(?!.*\b{1}\b)", "exclusion", "inclusion")
_EXCLUDED_BEHIND = _pattern(r"(?:(?!\b{1}\b)[^,;:.]){{0,120}}?\b{0}\b", "excluded", "inclusion")
_TARGETED_BEFORE = _pattern(r"\b{0}[\s-]*$", "anti")
_TARGETED_BEHIND = _pattern(r"[\s-]+(?:(?:receptors?|\w{{1,6}})[\s-]+)?{0}\b", "targeting")
_NOT_TARGETED = _pattern(r"(?:interleukin|il)[\s-]*(?:1|36)[\s-]+{0}", "own_antagonist")
_PEOPLE = _pattern(r"[\s-]+(?:\w+[\s-]+){{0,2}}{0}\b", "described")
_PEOPLE_BUT = _pattern(r"[\s-]+(?:\w+[\s-]+){{0,2}}{0}\b", "compared")
_CONTROLLED = _pattern(r"\b{0}[\s-]+$", "controlled")


def is_meant(text: str, start: int, end: int, sentence: tuple[int, int], role: str) -> bool:
    """Whether the term `text[start:end]` speaks for a concept of this role, in the sentence from `sentence`.

    It does not where it is denied or among what excludes people; where an outcome is what a drug acts on ("TNF
    inhibitors"); and where a word for a comparator describes the people ("sedentary men") or what is controlled
    ("behavioural control").

    >>> text = "Yoga in women without asthma."
    >>> is_meant(text, 22, 28, (0, len(text)), "population"), is_meant(text, 0, 4, (0, len(text)), "intervention")
    (False, True)
    """
    before = text[max(0, start - _BEFORE_REACH) : start]
    if (_DENIED.search(before) and not _BOTH.search(before)) or _is_excluded(text, start, end, sentence):
        return False
    if role == "population" and _NO_PEOPLE.search(before):
        return False
    if role == "outcome":
        return not _is_target(text, start, end)
    if role == "comparator":
        return not _is_description(text, start, end)
    return True


def _is_excluded(text: str, start: int, end: int, sentence: tuple[int, int]) -> bool:
    begin, stop = max(sentence[0], start - _SENTENCE_REACH), min(sentence[1], end + _SENTENCE_REACH)
    return bool(_EXCLUDED_BEFORE.search(text[begin:start]) or _EXCLUDED_BEHIND.match(text, end, stop))


def _is_target(text: str, start: int, end: int) -> bool:
    if _NOT_TARGETED.match(text, start):
        return False
    return bool(_TARGETED_BEFORE.search(text[max(0, start - 30) : start]) or _TARGETED_BEHIND.match(text, end))


def _is_description(text: str, start: int, end: int) -> bool:
    named = text[start:end].casefold()
    if named in _LISTS["adjectives"]:
        return bool(_PEOPLE.match(text, end)) and not _PEOPLE_BUT.match(text, end)
    return named in ("control", "controls") and is_controlled(text, start)


def is_controlled(text: str, start: int) -> bool:
    """Whether the word "control" at `start` is that of something: "pain control", "behavioural control"."""
    return bool(_CONTROLLED.search(text[max(0, start - 20) : start]))
