"""Records in scripts that the criteria have no term in, such as Chinese: no criterion can match their words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tiab.criteria.concepts import Criteria
from tiab.records import Record

__all__ = ["foreign_scripts", "script_of", "script_warning"]

_RANGES = {
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Cyrillic": "\u0400-\u052f\u1c80-\u1c8f\ua640-\ua69f",
    "Armenian": "\u0530-\u058f",
    "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe",
    "Indic": "\u0900-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Korean": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "Japanese": "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "Chinese": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
}
_SCRIPTS = {name: re.compile(f"[{letters}]") for name, letters in _RANGES.items()}
_OTHER = re.compile(f"[{''.join(_RANGES.values())}]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LATIN_NAME = "Latin"
_WITHOUT_SPACES = frozenset({"Chinese", "Japanese", "Thai"})
"""A term in these is found only where punctuation stands around it."""


def script_of(text: str) -> str:
    """The script of most letters of `text`; "" without letters.

    >>> script_of("Йога при боли: RCT"), script_of("TNF-α in mice"), script_of("ヨガの効果"), script_of("12")
    ('Cyrillic', 'Latin', 'Japanese', '')
    """
    if text.isascii() or not _OTHER.search(text):  # nearly every text, in which no letter need be counted
        return _LATIN_NAME if _LATIN.search(text) else ""
    if len(_OTHER.findall(text)) <= len(_LATIN.findall(text)):
        return _LATIN_NAME
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS.items()}
    if counts["Japanese"]:
        counts["Chinese"] = 0  # Japanese is written with both
    return max(counts, key=counts.__getitem__)


def foreign_scripts(records: Iterable[Record], criteria: Criteria | None) -> dict[str, int]:
    """Script -> how many records are in it, most first, of the scripts that no term of the criteria can match.

    A record counts by most letters of its title and abstract. Empty without criteria that have terms.
    """
    terms = [term for concept in criteria.concepts for term in concept.terms] if criteria else []
    known = {*map(script_of, terms)} - _WITHOUT_SPACES | {""}
    counts = Counter(script_of(f"{record.title} {record.abstract}") for record in records) if terms else Counter[str]()
    return {name: count for name, count in counts.most_common() if name not in known}


def script_warning(foreign: Mapping[str, int], total: int) -> str:
    """A sentence about what `foreign_scripts` found in `total` records; "" where it found none."""
    if not foreign:
        return ""
    count = sum(foreign.values())
    names = ", ".join(f"{name} {n}" for name, n in foreign.items())
    verb, them = ("is", "it") if count == 1 else ("are", "them")
    return (
        f"{count} of {total} records {verb} in a script in which no term of the criteria can match ({names}): "
        f"only words in Latin letters tell the criteria anything of {them}. Screen {them} separately."
    )
