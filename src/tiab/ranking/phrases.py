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

__all__ = ["Place", "SoughtWords", "WordEffects", "join_phrases", "spread_effects"]

_COMPOUND = re.compile(r"\w+(?:[-‐‑/'’]\w+)*")
_WORD = re.compile(r"\w\w+")
_NUMBERED = re.compile(r"(?:[A-Z]{2,4}|interleukin|type|phase|stage|grade|class|omega|vitamin)", re.IGNORECASE)
_FEW_DIGITS = re.compile(r"\d{1,2}[a-zα-ω]?")
_LONGEST = 4
"""A phrase has at most so many words."""
_REMEMBERED = 2**16
"""So many different compounds are known at a time."""

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


class Place(NamedTuple):
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


class _Sought(NamedTuple):
    """A word of a compound, and the columns that it speaks for.

    Attributes:
        names: those of the word and of its stem, wherever it stands.
        title: that of its stem in a title, "" for none.
        first: whether a pair of words begins with it.
    """

    word: str
    names: tuple[str, ...]
    title: str
    first: bool


class SoughtWords(dict[str, tuple[tuple[_Sought, ...], bool] | None]):
    """The columns of words that are looked for in texts, and what each compound of the texts has of them.

    A compound ► its words, and whether a reader would name it; None where nothing of it is looked for. What was worked
    out once is kept.

    Args:
        names: of the columns.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._forms: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._firsts: set[str] = set()
        self._seconds: set[str] = set()
        for name in self.names:
            if name.endswith(ANY_FORM):
                bare = name.removesuffix(ANY_FORM)
                block = self._titles if bare.startswith(IN_TITLE) else self._forms
                block[stem(bare.removeprefix(IN_TITLE))] = name
            elif " " in name:
                first, _, second = name.partition(" ")
                self._firsts.add(first)
                self._seconds.add(second)

    def __missing__(self, compound: str) -> tuple[tuple[_Sought, ...], bool] | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        words, named = _compound(compound)
        sought = tuple(self._word(word, key) for word, key in words)
        said = any(one.names or one.title or one.first or one.word in self._seconds for one in sought)
        self[compound] = (sought, named) if said or not words else None  # a letter parts no pair: "vitamin D levels"
        return self[compound]

    def _word(self, word: str, key: str) -> _Sought:
        names = (word,) if word in self.names else ()
        form = (self._forms[key],) if key in self._forms else ()
        return _Sought(word, (*names, *form), self._titles.get(key, ""), word in self._firsts)


def spread_effects(record: Record, effects: Mapping[str, float], sought: SoughtWords | None = None) -> WordEffects:
    """What columns of words added to a record's score, in equal shares to the places of its text where they stand.

    Args:
        effects: name of a column of words -> what it added.
        sought: these columns and others, made once for many records.

    >>> record = Record(record_id="1", title="Yoga for pain")
    >>> spread = spread_effects(record, {"yoga": 0.5, "yoga for": 0.2, "for": 0.1})
    >>> [(place.stems, round(place.effect, 2)) for place in spread.places], spread.rest
    ([(('yoga',), 0.7)], 0.1)
    """
    text = record.text
    standing = _standing(record, text, SoughtWords(effects) if sought is None else sought)
    rest = 0.0
    added: dict[_Bounds, float] = defaultdict(float)
    for name, effect in effects.items():
        said = standing.get(name)
        if not said:
            rest += effect
            continue
        share = effect / len(said)
        for some in said:
            rest += 0.0 if some else share
            for place in some:
                added[place] += share / len(some)
    places = [_place(text, *bounds, effect) for bounds, effect in sorted(added.items()) if effect]
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


_Bounds = tuple[int, int]
_Standing = Mapping[str, list[tuple[_Bounds, ...]]]


def _standing(record: Record, text: str, sought: SoughtWords) -> _Standing:
    """Name of a column -> for each time that its words stand in the text, where those are that say something."""
    standing: dict[str, list[tuple[_Bounds, ...]]] = defaultdict(list)
    for part, (_, begin, end) in enumerate(record.sections):
        before = ""
        place_before: tuple[_Bounds, ...] = ()
        for found in _COMPOUND.finditer(text, begin, end):
            known = sought[found[0]]
            if known is None:
                before = ""
                continue
            words, named = known
            place: tuple[_Bounds, ...] = (found.span(),) if named else ()
            for word, names, title, first in words:
                for name in names:
                    standing[name].append(place)
                if title and part == TITLE:
                    standing[title].append(place)
                if before and (pair := f"{before} {word}") in sought.names:
                    standing[pair].append((*place_before, *place))
                before, place_before = word if first else "", place
    return standing


@lru_cache(maxsize=_REMEMBERED)
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
