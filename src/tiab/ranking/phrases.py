"""Phrases: what the words of a record added to its score, given to phrases as they stand in its text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tiab.features.counting import TITLE
from tiab.features.stems import stem
from tiab.features.words import ANY_FORM, IN_TITLE
from tiab.records import Record

__all__ = ["Place", "Run", "SoughtWords", "WordEffects", "join_phrases", "phrase_name", "spread_effects"]

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
        columns: those of the word and of its stem, wherever it stands.
        title: those of its stem in a title.
        pairs: second word ► the column of the pair that this word begins.
    """

    word: str
    columns: tuple[int, ...]
    title: tuple[int, ...]
    pairs: Mapping[str, int] | None


class _Known(NamedTuple):
    """What is looked for of a compound.

    Attributes:
        stems: of its words; None where a reader would not name it.
    """

    words: tuple[_Sought, ...]
    stems: tuple[str, ...] | None


class SoughtWords(dict[str, _Known | None]):
    """The columns of words that are looked for in texts, and what each compound of the texts has of them.

    A compound ► what is looked for of it; None where that is nothing. What was worked out once is kept.

    Args:
        names: of the columns.
        columns: the numbers of those that are looked for.
    """

    def __init__(self, names: Sequence[str], columns: Iterable[int]) -> None:
        self._singles: dict[str, int] = {}
        self._forms: dict[str, int] = {}
        self._titles: dict[str, int] = {}
        self._pairs: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for column in columns:
            name = names[column]
            if name.endswith(ANY_FORM):
                bare = name.removesuffix(ANY_FORM)
                block = self._titles if bare.startswith(IN_TITLE) else self._forms
                block[stem(bare.removeprefix(IN_TITLE))] = column
            elif " " in name:
                first, _, second = name.partition(" ")
                self._pairs[first][second] = column
            else:
                self._singles[name] = column
        self._seconds = frozenset(second for pairs in self._pairs.values() for second in pairs)

    def __missing__(self, compound: str) -> _Known | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        words, named = _compound(compound)
        sought = tuple(self._word(word, key) for word, key in words)
        said = any(one.columns or one.title or one.pairs or one.word in self._seconds for one in sought)
        known = _Known(sought, tuple(key for _, key in words) if named else None)
        self[compound] = known if said or not words else None  # a letter parts no pair: "vitamin D levels"
        return self[compound]

    def _word(self, word: str, key: str) -> _Sought:
        columns = [block[one] for block, one in ((self._singles, word), (self._forms, key)) if one in block]
        title = (self._titles[key],) if key in self._titles else ()
        return _Sought(word, tuple(columns), title, self._pairs.get(word))


def spread_effects(
    record: Record, columns: NDArray[np.integer[Any]], effects: NDArray[np.float64], sought: SoughtWords
) -> WordEffects:
    """What columns of words added to a record's score, in equal shares to the places of its text where they stand.

    Args:
        columns: ascending.
        effects: what each of them added.
        sought: these columns, perhaps among others.

    >>> record, names = Record(record_id="1", title="Yoga for pain"), ["for", "yoga", "yoga for"]
    >>> sought = SoughtWords(names, range(3))
    >>> spread = spread_effects(record, np.arange(3), np.array([0.1, 0.5, 0.2]), sought)
    >>> [(place.stems, round(place.effect, 2)) for place in spread.places], spread.rest
    ([(('yoga',), 0.7)], 0.1)
    """
    named, held = _standing(record, sought)
    column, place, shares = np.array(held, dtype=np.int64).reshape(-1, 3).T
    at = np.searchsorted(columns, column)
    here = np.flatnonzero(at < len(columns))
    here = here[columns[at[here]] == column[here]]
    at, place, shares = at[here], place[here], shares[here]
    standing = np.bincount(at, weights=1.0 / shares, minlength=len(columns))
    nowhere = np.flatnonzero(standing == 0)
    each = effects / np.where(standing == 0, 1.0, standing)
    added = np.concatenate([each[at] / shares, effects[nowhere]])
    order = np.argsort(np.concatenate([at, nowhere]), kind="stable")  # sums are to have the same digits however formed
    place = np.concatenate([place, np.zeros(len(nowhere), dtype=np.int64)])
    sums = np.bincount(place[order], weights=added[order], minlength=len(named) + 1).tolist()
    pairs = zip(named, sums[1:], strict=True)
    return WordEffects([Place(start, end, stems, effect) for (start, end, stems), effect in pairs if effect], sums[0])


Run = Sequence[Place]
"""Neighbours that pull the same way."""


def join_phrases(text: str, places: Sequence[Place]) -> Iterator[tuple[Run, frozenset[str], float]]:
    """Neighbours that pull the same way, as phrases: (their places, the stems, what they added)."""
    run: list[Place] = []
    for place in places:
        if run and not _follows(text, run, place):
            yield _phrase(run)
            run = []
        run.append(place)
    if run:
        yield _phrase(run)


def phrase_name(text: str, run: Run) -> str:
    """A phrase as it stands in the text."""
    return " ".join(text[run[0].start : _with_number(text, run[-1])].split())


_Named = list[tuple[int, int, tuple[str, ...]]]
"""Compounds that say something: their offsets, and the stems of their words."""


def _standing(record: Record, sought: SoughtWords) -> tuple[_Named, list[int]]:
    """The compounds that say something; and a column, a place and a share for each place where a column's words stand.

    A place is the number of such a compound, from 1, and 0 for a word that says nothing. The share is 2, for a half,
    where a pair of words has two places. All are in one list, as a tuple of each would keep the garbage collector busy.
    """
    named: _Named = []
    held: list[int] = []
    text = record.text
    for part, (_, begin, end) in enumerate(record.sections):
        pairs, place_before = None, 0
        for found in _COMPOUND.finditer(text, begin, end):
            known = sought[found[0]]
            if known is None:
                pairs = None
                continue
            words, stems = known
            place = 0
            if stems is not None:
                named.append((*found.span(), stems))
                place = len(named)
            for word, columns, title, follows in words:
                for column in columns:
                    held += (column, place, 1)
                if title and part == TITLE:
                    held += (title[0], place, 1)
                if pairs is not None and (pair := pairs.get(word)) is not None:
                    if place and place_before:
                        held += (pair, place_before, 2, pair, place, 2)
                    else:
                        held += (pair, place or place_before, 1)
                pairs, place_before = follows, place
    return named, held


@lru_cache(maxsize=_REMEMBERED)
def _compound(text: str) -> _Compound:
    words = [one.lower() for one in _WORD.findall(text)]
    telling = [word for word in words if word not in _EMPTY and not word[0].isdecimal()]
    return _Compound(
        tuple((word, stem(word)) for word in words), bool(telling) and (len(text) > 2 or text[0].isupper())
    )


def _follows(text: str, run: Run, place: Place) -> bool:
    """Whether `place` goes on with the phrase: nothing but a blank between, and it pulls the same way."""
    before = run[-1]
    if len(run) == _LONGEST or (before.effect > 0) != (place.effect > 0):  # no effect is 0
        return False
    between = text[before.end : place.start]
    return between.isspace() and "\n" not in between


def _phrase(run: Run) -> tuple[Run, frozenset[str], float]:
    stems = frozenset(run[0].stems) if len(run) == 1 else frozenset(one for place in run for one in place.stems)
    return run, stems, sum(place.effect for place in run)


def _with_number(text: str, place: Place) -> int:
    """Where it ends with the number or the letter that belongs to it: "IL 17", "type 2", "vitamin D"."""
    found = _COMPOUND.match(text, place.end + 1)
    if found is None or text[place.end : place.end + 1] != " " or text[found.end() : found.end() + 1] in (".", "%"):
        return place.end
    letter = len(found[0]) == 1 and found[0].isupper() and found[0] not in "AI"
    number = _FEW_DIGITS.fullmatch(found[0]) and _NUMBERED.fullmatch(text[place.start : place.end])
    return found.end() if letter or number else place.end
