"""Subjects: what is measured at each place of a text where a marker or a class of markers is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from tiab.pico.findings.tokens import Target, cue_of, is_kind, split_tokens, words
from tiab.pico.lexicon import Found, longest
from tiab.pico.spans import Span
from tiab.pico.vocabulary import has_any, vocabulary

__all__ = ["CLASSES", "find_outcomes", "find_targets", "given_markers", "is_agent", "is_member"]

CLASSES: dict[str, str] = {
    "cytokines": "cytokine", "chemokines": "chemokine", "adipokines": "adipokine", "myokines": "myokine",
    "neurotrophins": "neurotrophin", "inflammatory markers": "cytokine chemokine acute_phase",
}  # fmt: skip
"""Classes of markers that are named as a whole, and the groups of words/markers.toml that hold their members."""

_CLASS = re.compile(
    r"\b(?P<other>(?:other|remaining|further)\s+(?:(?!pro|anti|inflam|circul|serum|plasma|type)\w+\s+)?)?(?P<each>(?:any|no|each)\s+)?(?P<type>(?:Th|Type"
    r"|M)\s?\d+(?:-\w+)?\s+)?(?:(?P<kind>pro|anti)-?\s?inflammatory\s+|inflammatory\s+|circulating\s+"
    r"|serum\s+|plasma\s+)*"
    r"(?P<name>cytokine|chemokine|adipo(?:cyto)?kine|myokine|neurotrophin)"
    r"(?:s\b|(?(each)\b|(?!))|(?=\s(?:levels?|concentrations?|analys[ei]s|measurements?|production|secretion|release|expression|profiles?)\b))",
    re.IGNORECASE,
)
_MARKERS = re.compile(r"(?:marker|mediator)s?\b", re.IGNORECASE)
_INFLAMMATORY = re.compile(r"\b(?:pro-?)?inflammatory\s+(?:bio-?)?$", re.IGNORECASE)
_OF_INFLAMMATION = re.compile(r"\s+(?:of|for|related\s+to)\s+(?:[\w-]+\s+){0,5}?inflammation\b", re.IGNORECASE)
_PREFIX = re.compile(r"bio-?$", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:other|remaining|further)\s(?:\w+\s)?$", re.IGNORECASE)
_CLASS_SIGNS = ("kine", "neurotrophin")
_APART = re.compile(r"\b(?:except|exception|excluding|apart\s+from|besides|other\s+than|aside\s+from)\b", re.IGNORECASE)
_NAME_ONLY = re.compile(r"\s(?:(?!and|or|but|with|in|of)[a-z]+\s)?", re.IGNORECASE)
_NEAR = 30  # characters around a class within which "other" or an exception to it stands
_MEMBERS = re.compile(
    r"(?:\s+(?:levels?|concentrations?|expression|production|of|such\s+as|including|namely|like|i\.?e\.?"
    r"|e\.?g\.?))*[\s,:;([]*",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\s*(?:/|:|to|-to-|\s-\s)\s*", re.IGNORECASE)
_RATIO_WORD = re.compile(r"\s*\)?\s*(?:mRNA\s+|protein\s+|concentration\s+|serum\s+)?ratios?\b", re.IGNORECASE)
_RATIO_OF = re.compile(r"\bratios?\s+(?:of|between)\s+(?:\w+\s+)?$", re.IGNORECASE)
_SURE = 0.6  # an outcome that a model is less sure of is not looked at
_LONGEST = 80  # characters of an outcome's name
_NEXT_CLAUSE = re.compile(r",?\s(?:but|without|whereas|while)\s", re.IGNORECASE)
_SMALL = words("small")
_TOLD = ("increased", "decreased", "unchanged")
_MEASURED = re.compile(
    r"(?:[\s-](?:alpha|beta|gamma|[αβγab12]+\b))?[\s)]+(?:levels?|concentrations?|expressions?|production|secretion|release"
    r"|mRNA|values?|titers?|measure\w*)\b",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"[\w)-]/(?:\w+\s)?$")
_SLASH = re.compile(r"/\s?[A-Za-z]")


@cache
def _agents() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = vocabulary("findings")["words"]
    after = "|".join(words["agent_after"])
    before = "|".join(words["agent_before"])
    phrase = "|".join(words["agent_phrase"])
    behind = re.compile(rf"\)?(?:\s?(?:a|alpha|α|β))?[\s\u2010-\u2015-]*(?:{after})(?!\w|\s+by\b)", re.IGNORECASE)
    return behind, re.compile(rf"(?:\b(?:{before})[\s\u2010-\u2015-]*|\b(?:{phrase})\s*)$", re.IGNORECASE)


def find_targets(text: str, markers: Sequence[Found[str]]) -> list[Target]:
    """The places of markers, of ratios of two markers, and of classes of markers, in order, without overlap.

    A marker that acts ("IL-6-induced") or is part of another name ("TNF inhibitors") is left out; so is one of two
    that a slash joins without the word "ratio", because it may be a ratio or a list.
    """
    single = list(_ratios(text, markers))
    found = longest([*single, *_classes(text, {m.start: m.meaning for m in single}, [m.end for m in single])])
    return [Target(*item) for item in found if item.meaning and not is_agent(text, item) and not _is_aside(text, item)]


@cache
def _collective() -> re.Pattern[str]:
    return re.compile(
        "|".join(vocabulary("findings")["words"]["collective"]) + r"|alpha|beta|gamma|\d+|[αβγ]", re.IGNORECASE
    )


def find_outcomes(text: str, targets: Sequence[Target], outcomes: Sequence[Span]) -> list[Target]:
    """The places of outcomes that are no markers: terms of the criteria, and what a model took for outcomes.

    Words of change at the beginning are left away ("reduction in pain" is about pain); an outcome that holds others, or
    that lies within a target, is no place.
    """
    found = []
    for span in outcomes:
        if span.provenance.startswith("dict:") or (span.provenance == "model:pio" and span.weight >= _SURE):
            start, end = _name_bounds(text, span.start, span.end)
            if _is_name(text[start:end]):
                found.append(Found(start, end, text[start:end]))
    taken = [(target.start, target.end) for target in targets]
    free = [f for f in longest(found) if not any(a < f.end and f.start < b for a, b in taken)]
    return [Target(f.start, f.end, " ".join(f.meaning.split())) for f in free if not is_agent(text, f)]


def _name_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """(start, end) of an outcome's name: whole words, no words of change before it, no half bracket behind it."""
    start = _behind_change(text, start, end)
    first = max(0, start - _LONGEST - 1)  # beyond it, no word is a name
    while first < start < end and (
        text[start - 1] in "-/" or (text[start - 1].isalnum() and (text[start].isalnum() or text[start] in "-/"))
    ):
        start -= 1
    name = _NEXT_CLAUSE.split(text[start:end], maxsplit=1)[0]
    if name.count("(") > name.count(")"):
        name = name[: name.rindex("(")]
    return start + len(name) - len(name.lstrip(" ,.;:)")), start + len(name.rstrip(" ,.;:("))


def _is_name(name: str) -> bool:
    """Whether an outcome's name names something, and no change or comparison with it."""
    words = [token.word for token in split_tokens(name, 0, len(name), ())]
    telling = any(not is_kind(word, "measure") for word in words)
    clean = not any(cue_of(word)[0] or word in ("than", "versus", "vs", "compared") for word in words)
    return 3 <= len(name) <= _LONGEST and telling and clean


def _behind_change(text: str, start: int, end: int) -> int:
    """Where an outcome begins behind its words of change: at "pain" in "a greater reduction in pain"."""
    for token in split_tokens(text, start, end, ()):
        small = token.word in _SMALL or is_kind(token.word, "significance") or is_kind(token.word, "determiner")
        if not (token.cue[0] or small):
            return token.start
    return end


def _ratios(text: str, markers: Sequence[Found[str]]) -> Iterator[Found[str]]:
    taken: set[Found[str]] = set()
    for first, second in pairwise(markers):
        if _RATIO.fullmatch(text, first.end, second.start):
            taken |= {first, second}
            is_ratio = _RATIO_WORD.match(text, second.end) or _RATIO_OF.search(
                text, max(0, first.start - 30), first.start
            )
            yield Found(first.start, second.end, f"{first.meaning}/{second.meaning} ratio" if is_ratio else "")
    for marker in markers:
        if marker not in taken:
            slashed = _SLASHED.search(text, max(0, marker.start - 12), marker.start) or _SLASH.match(text, marker.end)
            yield marker._replace(meaning="") if slashed else marker


def _classes(text: str, members: Mapping[int, str], ends: Sequence[int]) -> Iterator[Found[str]]:
    """Classes that stand for themselves; one whose members follow ("cytokines (IL-6, TNF)") is told by these."""
    low = text.lower()
    for found in _CLASS.finditer(text) if has_any(low, _CLASS_SIGNS) else ():
        name = found["name"].lower().replace("adipocytokine", "adipokine") + "s"
        kind = f"{found['kind'].lower()}-inflammatory " if found["kind"] else ""
        start = found.end("each") if found["each"] else found.start()
        if _is_behind_members(text, start, ends, kind):
            continue
        told = f"{'other ' if found['other'] else ''}{found['type'] or ''}{kind}{name}"
        if not _is_told_by_members(text, found.end(), members, name):
            yield Found(start, found.end(), _as_other(text, found.start(), found.end(), told))
    for start, end in _inflammatory_markers(text) if "inflammat" in low else ():
        if not _is_told_by_members(text, end, members, "inflammatory markers"):
            yield Found(start, end, _as_other(text, start, end, "inflammatory markers"))


def _inflammatory_markers(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each "inflammatory markers" and "biomarkers of low-grade inflammation"."""
    for found in _MARKERS.finditer(text):
        before = max(0, found.start() - _NEAR)
        named = _INFLAMMATORY.search(text, before, found.start())
        behind = None if named else _OF_INFLAMMATION.match(text, found.end())
        if named:
            yield named.start(), found.end()
        elif behind:
            prefix = _PREFIX.search(text, before, found.start())
            yield prefix.start() if prefix else found.start(), behind.end()


def _is_told_by_members(text: str, end: int, members: Mapping[int, str], name: str) -> bool:
    """Whether the members of a class follow it, so that they tell it: "cytokines (IL-6, TNF)", not "cytokines, CRP"."""
    behind = _MEMBERS.match(text, end)
    if behind is None or behind.end() not in members:
        return False
    return behind[0].strip() != "," or is_member(members[behind.end()], name)


def _is_behind_members(text: str, start: int, ends: Sequence[int], kind: str) -> bool:
    """Whether members stand before their class: "IL-6 and IL-8 cytokines", "anti-inflammatory (IL-10) cytokines"."""
    if text[:start].rstrip().endswith(")") and not kind:
        return True
    return any(end < start and _NAME_ONLY.fullmatch(text, end, start) for end in ends)


def _as_other(text: str, start: int, end: int, name: str) -> str:
    """The name of a class; with "other" where the sentence sets some of it apart: "all cytokines except IL-6"."""
    apart = _OTHER.search(text, max(0, start - _NEAR), start)
    apart = apart or _APART.search(text, text.rfind(". ", 0, start) + 1, end + _NEAR)
    return f"other {name}" if apart and not name.startswith("other ") else name


def is_member(marker: str, name: str) -> bool:
    """Whether a marker belongs to one of `CLASSES`.

    >>> is_member("IL-6", "cytokines"), is_member("CRP", "cytokines"), is_member("CRP", "inflammatory markers")
    (True, False, True)
    """
    if "ratio" in marker or name not in CLASSES:
        return False
    groups = CLASSES[name].split()
    return ("cytokine" in groups and marker.startswith("IL-")) or any(marker in _group(group) for group in groups)


@cache
def _group(name: str) -> frozenset[str]:
    return frozenset(vocabulary("markers")[name])


def _is_aside(text: str, item: Found[str]) -> bool:
    """Whether the marker stands in a bracket behind something else: "vascular damage (collagen IV, MMP-9)"."""
    sentence = text[max(0, item.start - 200) : item.start]
    opening = sentence.rfind("(")
    if opening < 0 or sentence.rfind(")") > opening:
        return False
    inside = split_tokens(text, item.start - len(sentence) + opening + 1, item.start, ())
    if any(token.cue[0] for token in inside):
        return False
    before = re.sub(r"\([^()]*\)", "", sentence[:opening])
    head = re.search(r"([\w-]+)\s*$", before)
    kind = re.search(r"([\w-]+)\sof\s[\w\s-]*$", before)  # "markers of immunity (IL-10)"
    return head is not None and not any(found and _collective().fullmatch(found[1]) for found in (head, kind))


def given_markers(text: str, spans: Sequence[Span]) -> set[str]:
    """The markers that the record tells of as a drug: interferon-beta where it is the treatment, not what is measured.

    That is so where one is named within an intervention or comparator, and nowhere as something that is measured.
    """
    given = [s for s in spans if s.role in ("intervention", "comparator") and not s.provenance.startswith("rule:")]
    markers = [span for span in spans if span.label == "marker"]
    told = {name for span in spans if span.label in _TOLD for name in span.value.split("; ")}
    inside = {m.value for m in markers if any(g.start <= m.start and m.end <= g.end for g in given)}
    agents = {m.value for m in markers if is_agent(text, Found(m.start, m.end, m.value))}
    measured = {m.value for m in markers if _MEASURED.match(text, m.end)}
    return (inside | agents) - told - measured


def is_agent(text: str, item: Found[str]) -> bool:
    """Whether a marker acts or is part of another name, by the words around it in its sentence."""
    behind, before = _agents()
    begin = max(0, item.start - 40)
    begin = max(begin, text.rfind(". ", begin, item.start) + 1)
    return bool(behind.match(text, item.end) or before.search(text, begin, item.start))
