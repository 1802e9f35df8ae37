"""Phrases: what the words of a record added to its score, given to phrases as they stand in its text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from tiab.features.counting import TITLE
from tiab.features.stems import stem
from tiab.features.words import ANY_FORM, IN_TITLE
from tiab.records import Record

__all__ = ["Place", "WordEffects", "join_phrases", "spread_effects"]

_COMPOUND = re.compile(r"\w+(?:[-‐‑/'’]\w+)*")
_WORD = re.compile(r"\w\w+")
_NUMBERED = re.compile(r"(?:[A-Z]{2,4}|interleukin|type|phase|stage|grade|class|omega|vitamin)", re.IGNORECASE)
_FEW_DIGITS = re.compile(r"\d{1,2}[a-zα-ω]?")
_LONGEST = 4
"""A phrase has at most so many words."""

_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """
        a about above according across after again against all almost alone along also although always am among an and
        another any anyone are around as at away be became because become been before behind being below beside
        besides best better between beyond both but by can cannot could did do does doing done down due during each
        either else enough especially etc even ever every except far few first for former four from further get give
        given go had has have having he hence her here hers herself him himself his how however if in indeed instead
        into is it its itself just keep last latter least less like likely made mainly make many may me might mine
        more moreover most mostly much must my myself namely near nearly neither never nevertheless next no nobody
        none nor not nothing now nowhere of off often on once one only onto or other others otherwise our ours
        ourselves out over overall own part per perhaps please put quite rather re really regarding respectively s
        same second see seem seemed several she should show showed shown shows side since so some still such take ten
        than that the their theirs them themselves then there thereby therefore these they third this those though
        three through throughout thus to together too toward towards two under unless until up upon us use used using
        various very via was we well were what whatever when where whereas whether which while who whole whom whose
        why will with within without would yet you your abstract aim aimed aims analyses analysed analysis analyzed
        article assess assessed background compare compared conclusion conclusions data determine effect effects
        evaluate evaluated examine examined findings found group groups included increase increased decrease decreased
        investigate investigated level levels mean method methods measured number objective objectives observed paper
        performed present purpose report reported result results significant significantly studied studies study total
        vs versus week weeks month months year years day days min associated association change changed changes
        control controls delays differ difference differences early explore high higher influence investigation
        involved leads link listed low lower new novel people possible potential reach reduce reduced reduces reducing
        related relation relations relationship reveal reveals role subject subjects participant participants suggest
        suggests trial trials kg mg ml cm mm hr hrs sd ci ie eg et al
        """,
    )
)
"""Words that say nothing of what a record is about: they count, but are not named."""


@dataclass(frozen=True, slots=True)
class Place:
    """A word of the text, or several joined by hyphens: its offsets, its stems, and what it added to the score."""

    start: int
    end: int
    stems: tuple[str, ...]
    effect: float


@dataclass(slots=True)
class WordEffects:
    """What the words of one record added: by place, and (`rest`) what belongs to no word that says something."""

    places: list[Place] = field(default_factory=list)
    rest: float = 0.0


class _Compound(NamedTuple):
    """What is known of a word, or of words joined by hyphens, wherever it stands.

    Attributes:
        words: its words in lower case, and the stem of each.
        named: whether a reader would name it: not a bare number, a stop word or a unit, nor two lower-case letters.
    """

    words: tuple[tuple[str, str], ...]
    named: bool


def spread_effects(record: Record, effects: Mapping[str, float]) -> WordEffects:
    """What columns of words added to a record's score, in equal shares to the places of its text where they stand.

    Args:
        effects: name of a column of words -> what it added.

    >>> record = Record(record_id="1", title="Yoga for pain")
    >>> spread = spread_effects(record, {"yoga": 0.5, "yoga for": 0.2, "for": 0.1})
    >>> [(place.stems, round(place.effect, 2)) for place in spread.places], spread.rest
    ([(('yoga',), 0.7)], 0.1)
    """
    offsets, standing = _standing(record, effects)
    rest = 0.0
    added: dict[int, float] = defaultdict(float)
    for name, effect in effects.items():
        said = [[place for place in one if place is not None] for one in standing.get(name, ())]
        share = effect / len(said) if said else 0.0
        rest += 0.0 if said else effect
        for some in said:
            rest += 0.0 if some else share
            for place in some:
                added[place] += share / len(some)
    text = record.text
    places = [_place(text, *offsets[at], effect) for at, effect in sorted(added.items()) if effect]
    return WordEffects(places, rest)


def _place(text: str, start: int, end: int, effect: float) -> Place:
    return Place(start, end, tuple(one for _, one in _compound(text[start:end]).words), effect)


def join_phrases(text: str, places: Sequence[Place]) -> Iterator[tuple[str, frozenset[str], float]]:
    """Neighbours that pull the same way, as phrases: (the text, its stems, what it added)."""
    run: list[Place] = []
    for place in places:
        if run and not _follows(text, run, place):
            yield _phrase(text, run)
            run = []
        run.append(place)
    if run:
        yield _phrase(text, run)


_Standing = Mapping[str, list[tuple[int | None, ...]]]


def _standing(record: Record, effects: Mapping[str, float]) -> tuple[list[tuple[int, int]], _Standing]:
    """The offsets of the compounds that say something; and name of a column -> where its words stand, each time.

    A place is the number of such a compound, or None in one that says nothing.
    """
    forms, titles, firsts = _sought(effects)
    offsets: list[tuple[int, int]] = []
    standing: dict[str, list[tuple[int | None, ...]]] = defaultdict(list)
    text = record.text
    for part, (_, begin, end) in enumerate(record.sections):
        before, place_before = "", None
        for found in _COMPOUND.finditer(text, begin, end):
            words, named = _compound(found[0])
            place = len(offsets) if named else None
            if named:
                offsets.append(found.span())
            for word, key in words:
                if word in effects:
                    standing[word].append((place,))
                if key in forms:
                    standing[forms[key]].append((place,))
                if part == TITLE and key in titles:
                    standing[titles[key]].append((place,))
                if before in firsts and (pair := f"{before} {word}") in effects:
                    standing[pair].append((place_before, place))
                before, place_before = word, place
    return offsets, standing


def _sought(names: Iterable[str]) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """Of columns of words: stem -> name of those for any form, and for those in titles; first words of the pairs."""
    forms: dict[str, str] = {}
    titles: dict[str, str] = {}
    firsts: set[str] = set()
    for name in names:
        if name.endswith(ANY_FORM):
            bare = name.removesuffix(ANY_FORM)
            (titles if bare.startswith(IN_TITLE) else forms)[stem(bare.removeprefix(IN_TITLE))] = name
        elif " " in name:
            firsts.add(name.partition(" ")[0])
    return forms, titles, firsts


@lru_cache(maxsize=2**16)
def _compound(text: str) -> _Compound:
    words = [one.lower() for one in _WORD.findall(text)]
    telling = [word for word in words if word not in _EMPTY and not word[0].isdecimal()]
    return _Compound(
        tuple((word, stem(word)) for word in words), bool(telling) and (len(text) > 2 or text[0].isupper())
    )


def _follows(text: str, run: Sequence[Place], place: Place) -> bool:
    """Whether `place` goes on with the phrase: nothing but a blank between, and it pulls the same way."""
    before = run[-1]
    same = (before.effect > 0, before.effect < 0) == (place.effect > 0, place.effect < 0)
    between = text[before.end : place.start]
    return same and len(run) < _LONGEST and between.isspace() and "\n" not in between


def _phrase(text: str, run: Sequence[Place]) -> tuple[str, frozenset[str], float]:
    start, end = run[0].start, _with_number(text, run[-1])
    stems = frozenset(one for place in run for one in place.stems)
    return " ".join(text[start:end].split()), stems, sum(place.effect for place in run)


def _with_number(text: str, place: Place) -> int:
    """Where it ends with the number or the letter that belongs to it: "IL 17", "type 2", "vitamin D"."""
    found = _COMPOUND.match(text, place.end + 1)
    if found is None or text[place.end : place.end + 1] != " " or text[found.end() : found.end() + 1] in (".", "%"):
        return place.end
    letter = len(found[0]) == 1 and found[0].isupper() and found[0] not in "AI"
    number = _FEW_DIGITS.fullmatch(found[0]) and _NUMBERED.fullmatch(text[place.start : place.end])
    return found.end() if letter or number else place.end
