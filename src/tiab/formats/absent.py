"""What programs write where they have no title, no abstract or no author: such words are no text of the record."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["no_abstract", "no_author", "no_title"]

_LONGEST = 90
"""Characters; what is longer says something, whatever its words are."""
_EDGES = " \t\n.,:;!*-–—_()[]{}<>\"'"
_NOTHING = (
    r"#(?:name\?|value!?|ref!?|n/?a|div/0!?|null!?|num!?|spill!?|calc!?|field!?)|n\.?/?a|nan|null|undefined|"
    r"not available"
)
"""Spreadsheets' errors, and the names that programs have for nothing; the edges are gone."""
_GIVEN = (
    r"(?:available|provided|supplied|present|found|given|included|recorded|submitted|written|exists?|online|in english|"
    r"(?:for|in|with) (?:this|the) \w+(?: \w+)?)"
)
_SUMMARY = r"(?:\w+ )?(?:abstracts?|summary|summaries)(?: text)?"
_NO_ABSTRACT = (
    rf"(?:(?:there|this \w+(?: \w+)?) (?:is|was|has|had|contains) )?no {_SUMMARY}(?: (?:is|was|were|has been))?"
    rf"(?: {_GIVEN})*"
    rf"|(?:the |this |an? )?{_SUMMARY}(?: (?:is|was|were|has been))? (?:(?:not|non|un)[ -]?(?:currently |yet )?{_GIVEN}"
    rf"(?: {_GIVEN})*|missing|absent|none|pending|n/?a)"
    rf"|(?:this \w+ )?(?:without|does not (?:have|contain)|has not got|lacks)(?: an?)? {_SUMMARY}|not abstracted"
    r"|(?:none|not|un)[ -]?(?:currently )?available|none|nil"
    r"|keine? (?:abstract|zusammenfassung)(?: (?:verfügbar|vorhanden))?"
    r"|(?:pas de|aucun|sans) (?:résumé|abstract)(?: disponible)?|résumé (?:non |in)disponible"
    r"|(?:sin|no hay|no tiene) resumen(?: disponible)?|(?:resumen|resumo) n(?:o|ão) dispon[ií]\w+|sem resumo"
    r"|(?:riassunto|abstract) non disponibile|(?:暂?无|無|没有)(?:中文|英文)?摘要"
)
_NO_TITLE = r"(?:(?:no|without)(?: an?)? |un)titled?(?: (?:available|provided|given))?|title (?:not |un)available"
_NO_AUTHOR = (
    r"no authors?(?: (?:names?|ids?|listed|given|named|available|found|provided|information))*|"
    r"authors? (?:not|un)[ -]?(?:available|listed|known|given)"
)
_DASHES = re.compile(r"\s*[-–—]+\s*")
_ANONYMOUS = re.compile(r"\[anon(?:ymous)?\.?\]\.?", re.IGNORECASE)


def _teller(pattern: str) -> Callable[[str], bool]:
    found = re.compile(f"{_NOTHING}|{pattern}")

    def tells(text: str) -> bool:
        return len(text) <= _LONGEST and bool(found.fullmatch(text.strip(_EDGES).casefold()))

    return tells


_abstract, _title, _author = map(_teller, (_NO_ABSTRACT, _NO_TITLE, _NO_AUTHOR))


def no_abstract(text: str) -> bool:
    """Whether `text` stands where an abstract would, and says that there is none.

    >>> no_abstract("[No abstract available]"), no_abstract("#NAME?"), no_abstract("No pain was felt.")
    (True, True, False)
    """
    return _abstract(text) or bool(_DASHES.fullmatch(text))


def no_title(text: str) -> bool:
    """Whether `text` stands where a title would, and says that there is none.

    >>> no_title("[Not Available]."), no_title("None of us")
    (True, False)
    """
    return _title(text)


def no_author(text: str) -> bool:
    """Whether `text` stands where an author would, and says that none is named.

    >>> no_author("[No author name available]"), no_author("[Anonymous]"), no_author("WHO Group")
    (True, True, False)
    """
    return _author(text) or bool(_ANONYMOUS.fullmatch(text.strip()))
