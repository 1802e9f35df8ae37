"""Headings of protocols, such as "Participants/population" or "Exclusion criteria:" ► what stands below them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tiab.drafting.roles import named_role

__all__ = ["Heading", "heading_of", "plain_line", "without_marks"]

_KINDS = {
    "title": "title",
    "question": "question objective aim purpose rq",
    "outcome": "outcome endpoint why evaluation",
    "comparator": "comparator comparison control compared versus",
    "intervention": "intervention exposure treatment drug therapy concept predictor what technology phenomenon test",
    "population": "population participant patient subject people person disease domain who species setting context "
    "problem sample where animal condition",
    "design": "design how",
    "limits": "language year date publication time timeframe period limit restriction",
    "other": "background introduction rationale search source database extraction bias synthesis analysis subgroup "
    "affiliation funding contact conflict keyword country stage status dissemination author reviewer registration "
    "amendment selection screening url team reference collection management abstract version",
}
"""What a heading is about ► the words that say so; the first kind that is named counts, but for those below."""
_FIRST = (
    ("title", r"\btitle\b"),
    ("outcome", r"\boutcomes?\b|\bend ?points?\b|\btarget conditions?\b|\breference standards?\b|\bgold standards?\b"),
    ("intervention", r"\bindex tests?\b|\bphenomen\w+ of interest\b|\bprognostic factors?\b|\bfactors? of interest\b"),
    ("question", r"\b(?:research|review|key) questions?\b|\bobjectives?\b|\baims?\b"),
    ("other", r"\bstudy selection\b|\bselection of stud|\bdata\b|\bsearch\w*|\brisk of bias\b|\bquality assess"),
    ("design", r"\bstud(?:y|ies) (?:types?|designs?)\b|\btypes? (?:and methods? )?of (?:study|studies|review)\b"),
    ("limits", r"\btype of publications?\b|\bpublication (?:types?|status|dates?|years?)\b|\blanguages?\b"),
)
_LETTERS = {"P": "population", "I": "intervention", "E": "intervention", "C": "comparator", "O": "outcome"}
_LETTERS |= {"S": "design", "T": "limits"}
"""PICO, PECO, PICOS, PICOT as headings."""
_FILLING_WORDS = """
    a additional adverse all also and any anticipated assessment at be being brief by characteristic coding considered
    considering core criteria criterion definition description domain effect effectiveness efficacy eligibility
    eligible e event exclude excluded excluding exclusion exclusively factor first focus following for from gold group
    harm health if include included including inclusion ineligible index interest is key main mesh measure measurement
    method methodological methodology not number of or original other out p i c o s t pico peco picos picot primary
    prognostic qualitative quantitative quality question reference report research review reviewed risk safety second
    secondary selected specific standard statement strategy studied study studies systematic target the their these
    this to type used very we will with leave discussion data actual start end protocol details named organisational
    organization planned electronic searching resources searches
"""
_FILLING = frozenset(_FILLING_WORDS.split())
"""Words of headings that do not say what a heading is about."""
_EXCLUDES = re.compile(
    r"(?i)\bexclu(?:de|des|ded|sion|sions|ding)\b|\bineligib\w+|\bnot (?:be )?(?:eligible|included|considered)\b"
    r"|\bleave out\b|\bleft out\b|\brejected\b"
)
_INCLUDES = re.compile(r"(?i)\binclu(?:de|des|ded|sion|sions|ding)\b|\beligib(?:le|ility)\b|\bselection criteria\b")
_MARKS = re.compile(
    r"^[\s>#|*_•·◦▪●○■□–—-]*(?:(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-z]|[ivx]{1,4})[.)](?!\d)|\[\d+\]|o\s)\s*)?[\s*_]*",
)
"""What begins a line of a list, a heading of Markdown, or a numbered one."""
_ITEM = re.compile(r"(?P<kind>IC|EC|RQ|Q|I|E)[- ]?\d{1,2}\s*[:.)-]?\s+(?=\S)")
"""How software engineers number criteria and questions."""
_NAMED = re.compile(
    r"(?P<name>[^:=|\t]{1,70}?)\**\s*(?:(?P<sure>[:=])|\t|\||\s[–—-]\s|(?P<stop>\.)\s+(?=[A-Z(]))\**\s*(?P<rest>.*)$"
)
_EXPLAINED = re.compile(r"^(?P<name>[^:(]{3,50}?)\s*\([^()]{12,}\)\s*:")
_LETTERS_ONLY = re.compile(r"[A-Za-z\s()\[\]/,&'’-]+")
_LONGEST, _LONGEST_NAME = 9, 6


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says of what stands below it, or behind it in the same line.

    Attributes:
        kind: "title", "question", a role of criteria, "limits", "other" for what is not about eligibility, or "".
        excluded: whether it names what is excluded; None where it says neither.
        rest: what stands behind it in its line.
    """

    kind: str = ""
    excluded: bool | None = None
    rest: str = ""


def without_marks(line: str) -> str:
    """A line without the bullet, number or marks of Markdown before it.

    >>> without_marks("  - **Participants**: adults"), without_marks("2.1 Aims"), without_marks("(a) adults")
    ('Participants**: adults', 'Aims', 'adults')
    """
    return re.sub(r"^\d{1,2}(?:\.\d{1,2})+\s+", "", line[_MARKS.match(line).end() :]).strip()  # type: ignore[union-attr]


def plain_line(line: str) -> bool:
    """Whether a line has no bullet or number before it."""
    return without_marks(line) == line.strip()


def heading_of(line: str) -> Heading | None:
    """What a line says as a heading; None where it is none.

    >>> heading_of("Types of participants"), heading_of("Exclusion criteria:")
    (Heading(kind='population', excluded=None, rest=''), Heading(kind='', excluded=True, rest=''))
    >>> heading_of("P: adults with gout"), heading_of("Adults with gout: a review")
    (Heading(kind='population', excluded=None, rest='adults with gout'), None)
    """
    bare = without_marks(line)
    if item := _ITEM.match(bare):
        kind = "question" if item["kind"] in ("RQ", "Q") else ""
        return Heading(kind, None if kind else item["kind"].startswith("E"), bare[item.end() :])
    whole = bare.strip("*_ ")
    if not whole.endswith((".", ",", ";", "?", "!")) and _is_name(whole.rstrip(": ")):
        return _named(whole.rstrip(": "))
    named = _NAMED.match(_EXPLAINED.sub(r"\g<name>:", bare))
    if named is None:
        return None
    name = named["name"].strip("*_ ")
    if _is_name(name) or name in _LETTERS:
        said = _named(name, named["rest"].strip())
        run_in = named["stop"] and said.kind == "other"  # a paragraph on the selection of studies says what is selected
        return replace(said, kind="") if run_in else said
    if named["sure"] == ":" and len(name.split()) <= _LONGEST_NAME and (role := named_role(name)):
        return Heading(role, _excluded(name), named["rest"].strip())
    return None


def _is_name(name: str) -> bool:
    """Whether all words are those of headings, and one of them says of what."""
    words = _words(name) if _LETTERS_ONLY.fullmatch(name) else []
    known = all(word in _FILLING or word in _KIND_OF for word in words)
    telling = any(word in _KIND_OF for word in words) or _excluded(name) is not None or _first(name) is not None
    return 0 < len(words) <= _LONGEST and known and telling


def _named(name: str, rest: str = "") -> Heading:
    name = re.sub(r"(?i)\b(?:study )?selection criteria", "criteria", name)
    kinds = [_KIND_OF[word] for word in _words(name) if word in _KIND_OF]
    first = _first(name)
    kind = _LETTERS.get(name, "") or (next((k for k in _KINDS if k in kinds), "") if first is None else first)
    return Heading(kind, _excluded(name), rest)


def _first(name: str) -> str | None:
    """The kind that a phrase in the name says; None where none does."""
    return next((kind for kind, pattern in _FIRST if re.search(f"(?i){pattern}", name)), None)


def _excluded(name: str) -> bool | None:
    said = bool(_EXCLUDES.search(name)), bool(_INCLUDES.search(_EXCLUDES.sub(" ", name)))
    return True if said == (True, False) else False if said == (False, True) else None


def _words(name: str) -> list[str]:
    words = re.findall(r"[a-z]+", re.sub(r"\(e?s\)", "", name.casefold()))
    return [word if word in _FILLING else word.rstrip("s") if word.rstrip("s") in _SINGULAR else word for word in words]


_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_SINGULAR = frozenset(_KIND_OF) | _FILLING
