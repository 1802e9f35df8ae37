"""A sentence of a protocol ► its clauses, each with whether it says what is included or what is excluded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tiab.drafting.words import designs_in

__all__ = ["Clause", "clauses", "is_about_methods", "says_free"]

_EXCLUDES = re.compile(
    r"(?i)\bexclu(?:de|des|ded|ding|sion)\b|\bineligible\b|\bnot (?:be )?(?:eligible|included|considered)\b"
    r"|\b(?:will|were|was) not\b"
)
_AFTER = re.compile(
    r"(?i),?\s\(?(?:excluding|except(?:ing)?(?: for)?|but not|with the exception of|(?<=\()not)\s|\((?=not\s)"
)
"""Behind it stands what is excluded of what stands before."""
_TRAILING = re.compile(
    r"(?i)[,;(]\s*(?P<what>[^,;()]{2,40}?)(?<!\bare)(?<!\bis)(?<!\bwas)(?<!\bwere)(?<!\bbe)\sexcluded\b\)?"
)
_PARTS = re.compile(
    r"(?i)[,;.]?\s+(?:and|but|while|whereas|although|however),?\s+(?=(?:we\s+)?(?:will\s+)?exclu)"
    r"|[,;]\s+(?:but|while|whereas|although)\s|;\s"
)
"""Where a sentence may turn from what is included to what is excluded, or back."""
_INCLUDES = re.compile(r"(?i)\binclud(?:e|ed)\b|\beligible\b|\bconsidered\b")
_DENIED = re.compile(
    r"(?i)\bother than\b|\bwithout\b|\bnot\b|\bonly\b|\bsolely\b|\balone\b|\bno\b|\bthan\b|\bfail\w*|\black\w*"
)
"""What makes an exclusion name the thing that is wanted."""
_DENIED_ALL = re.compile(r"(?i)\bother than\b|\bwithout\b|\bnot\b|\bthan\b|\bfail\w*|\black\w*")
"""The same, of all that follows it in the sentence."""
_FREE = re.compile(
    r"(?i)(?:there (?:will be|were|are) |with )?\bno (?:\w+[ ,]+){0,6}?(?:restrictions?|limits?|limitations?)\b[^.;]*"
    r"|\bwithout (?:\w+[ ,]+){0,5}?(?:restrictions?|limits?|limitations?)\b[^.;]*"
    r"|\b(?:regardless|irrespective) of [^.;]*|\bnot (?:be )?(?:restricted|limited) (?:by|to) [^.;]*"
    r"|\b(?:any|all) (?:languages?|years?|settings?|countr(?:y|ies)|ages?)\b"
    r"|\b(?:restrictions?|limits?)\s*:?\s*none\b"
)
"""What says that something does not matter."""
_METHODS = re.compile(
    r"(?i)\b(?:two|three|both|independent|review) (?:independent )?(?:reviewer|author|researcher|investigator)s?\b"
    r"|\bindependently\b|\brisk of bias\b|\bsearch(?:es)? (?:strategy|of|in) "
    r"|\b(?:will|were) (?:be )?(?:searched|extracted|screened|pooled|synthesi[sz]ed|contacted|resolved)\b"
    r"|\bwe (?:will )?(?:search|screen|extract|pool|contact)(?:ed)?\b"
)
"""How the review is done, which no record says of itself."""
_LACKING = re.compile(r"(?i)(?<!or )\b(?:without|no|not(?! only)|never|free of)\s[^,;()]*")
"""What eligible studies do not have."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence.

    Attributes:
        excluded: whether it says what is excluded.
        denied: whether it names what is excluded by what is wanted, as "not written in English" does.
    """

    text: str
    excluded: bool = False
    denied: bool = False


def is_about_methods(sentence: str) -> bool:
    """Whether a sentence says how the review is done, and not what is eligible.

    >>> is_about_methods("Two reviewers will screen titles."), is_about_methods("We include trials of yoga.")
    (True, False)
    """
    return bool(_METHODS.search(sentence))


def says_free(sentence: str) -> bool:
    """Whether a sentence says that something does not matter.

    >>> says_free("No restrictions on language."), says_free("Only papers in English")
    (True, False)
    """
    return bool(_FREE.search(sentence))


def clauses(sentence: str, *, excluded: bool = False) -> Iterator[Clause]:
    """The clauses of a sentence, without what it says does not matter.

    Args:
        excluded: whether the heading before it says so.

    >>> list(clauses("Adults, excluding pregnant women"))
    [Clause(text='Adults', excluded=False, denied=False), Clause(text='pregnant women', excluded=True, denied=False)]
    >>> [(c.text, c.denied) for c in clauses("Reviews, studies without controls will be excluded")]
    [('Reviews', False), ('studies without controls will be excluded', True)]
    """
    text = re.sub(r"(?i)\b(?:with or without|whether or not)\b", "with", _FREE.sub(" ", sentence)).replace("()", " ")
    said = excluded
    for part in _PARTS.split(text):
        trailing = [found["what"] for found in _TRAILING.finditer(part)]
        part = _TRAILING.sub(" ", part)
        verb = _EXCLUDES.search(part if excluded else _AFTER.split(part)[0])
        if verb:
            said = True
        elif _INCLUDES.search(part):
            said = excluded
        yield from _of_excluded(part) if said else _of_included(part)
        yield from (Clause(what, excluded=True) for what in trailing)
        if verb and not re.search(r"\w{4}", part[verb.end() :]):  # "letters are excluded; ..." ends there
            said = excluded


def _of_included(text: str) -> Iterator[Clause]:
    before, *after = _AFTER.split(text)
    kept = _LACKING.sub(" ", before)
    if re.search(r"\w", kept):
        yield Clause(kept.strip(" ,;"))
    for part in after:
        left, _, right = part.partition(")")
        yield from _of_excluded(left)
        if right.strip(" .,;"):
            yield from _of_included(right)


def _of_excluded(text: str) -> Iterator[Clause]:
    kept: list[str] = []
    denied: list[str] = []
    all_that_follows = False
    for piece in re.split(r"[,;()]", text):
        said = _EXCLUDES.sub(" ", piece)
        if re.match(r"\s*(?:e\.?g\b|i\.?e\b|such as|for example)", piece) and designs_in(piece):
            kept.append(piece.strip())  # what is given as an example is excluded itself
        elif all_that_follows or _DENIED.search(said):
            denied.append(piece.strip())
            all_that_follows = all_that_follows or bool(_DENIED_ALL.search(said))
        else:
            kept.append(piece.strip())
    for pieces, is_denied in ((kept, False), (denied, True)):
        if text := ", ".join(piece for piece in pieces if re.search(r"\w", piece)):
            yield Clause(text, excluded=True, denied=is_denied)
