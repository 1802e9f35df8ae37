"""Design: cues to the design of a study, each with a weight; `design_scores` makes scores of them together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tiab.pico.design_scores import DESIGN_CUE
from tiab.pico.layout import Layout, add_spans, get_layout, get_spans, get_text, make_span
from tiab.pico.lexicon import Found, Lexicon, longest
from tiab.pico.spans import Span
from tiab.pico.vocabulary import alternatives, vocabulary

__all__ = ["DesignFinder", "design_cues", "make_design"]

_TITLE_GAIN = 0.35  # of the doubt that a cue leaves, the title takes this much away
_MENTION_FACTOR = 0.2
_OWN_FACTOR = 0.6
_PLURAL_FACTOR = 0.4  # "randomised trials" are mostly other people's
_PASSING_FACTOR = {"background": 0.2, "objective": 0.4, "conclusions": 0.3}
"""What is left of a cue in parts of an abstract that tell of other things than of what was done."""
_PLAIN = 0.8  # a cue of this weight names a design, and among the aims it is most often the study's own
_TOLD_FACTOR = 0.5  # a review of studies that is named in the middle of an abstract may be somebody else's
_REACH, _AROUND = 400, 100
_PLURAL = re.compile(r"(?:trials|studies|RCTs|experiments)$", re.IGNORECASE)
_OTHERS = frozenset({"systematic review", "review", "protocol", "letter"})  # a mention of studies is what these are
_STUDIES = frozenset({"systematic review", "protocol"})
_TOPICS = frozenset({"population", "intervention", "outcome"})
_CONTEXT = vocabulary("design")["context"]
_MENTION = re.compile(rf"\b{alternatives(_CONTEXT, 'mention')}\b", re.IGNORECASE)
_OWN = re.compile(rf"\b{alternatives(_CONTEXT, 'own')}\b", re.IGNORECASE)
_STUDY = re.compile(rf"\b{alternatives(_CONTEXT, 'study')}", re.IGNORECASE)
_DENIAL = re.compile(rf"\b{alternatives(_CONTEXT, 'denial')}[\s-]+(?:\w+[\s-]+)?$", re.IGNORECASE)


class _Cue(NamedTuple):
    designs: tuple[str, ...]
    weight: float
    elsewhere: float | None = None
    own: bool = False
    unless_before: tuple[str, ...] = ()
    unless_after: tuple[str, ...] = ()


class DesignFinder:
    """The component `tiab_design`: a span of role "design" for each cue, its weight how far the cue can be trusted.

    A cue weighs less in a sentence that speaks of other people's studies ("we searched for randomised trials"), and in
    background, aims and conclusions. It weighs nothing where it is denied ("not randomised"), where the words around it
    say something else ("a review of 500 charts"), and within a term of the review's own subject, which says what a
    record is about, not how it was done.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._lexicon = Lexicon(vocab, _phrases())

    def __call__(self, doc: Doc) -> Doc:
        found = [item for item in longest(self._lexicon.find(doc)) if item.meaning.designs]
        found = _outside(found, [s for s in get_spans(doc) if s.provenance.startswith("dict:") and s.role in _TOPICS])
        begins = _study_begins(get_text(doc), get_layout(doc)) if found else 0
        weights = [(item, _weight(doc, item.start, item.end, item.meaning, begins)) for item in found]
        add_spans(doc, [
            make_span(
                doc, item.start, item.end, role="design", label=design, provenance=DESIGN_CUE, weight=round(weight, 4)
            )
            for item, weight in weights if weight > 0 for design in item.meaning.designs
        ])  # fmt: skip
        return doc


def _phrases() -> Iterator[tuple[str, _Cue]]:
    words = vocabulary("design")
    for cue in words["cue"]:
        meaning = _cue(cue)
        for phrase in cue["phrases"]:
            yield phrase, meaning
    for phrase in words["blockers"]["phrases"]:
        yield phrase, _Cue((), 0.0)


def design_cues() -> Iterator[tuple[str, tuple[str, ...], float, float]]:
    """Each phrase that speaks for designs, these, and the most that it weighs in a title and elsewhere."""
    for phrase, cue in _phrases():
        if cue.designs:
            elsewhere = cue.weight if cue.elsewhere is None else cue.elsewhere
            yield phrase, cue.designs, cue.weight + (1 - cue.weight) * _TITLE_GAIN, elsewhere


def _cue(cue: dict[str, Any]) -> _Cue:
    designs = (cue["design"], cue["also"]) if "also" in cue else (cue["design"],)
    unless = (tuple(cue.get(side, ())) for side in ("unless_before", "unless_after"))
    elsewhere = cue.get("elsewhere", 0.0) if cue.get("where") == "title" else None
    return _Cue(designs, cue["weight"], elsewhere, cue.get("own", False), *unless)


def _outside(found: Sequence[Found[_Cue]], terms: Sequence[Span]) -> list[Found[_Cue]]:
    """The cues that are no part of a term of the criteria."""
    return [f for f in found if not any(term.start <= f.start and f.end <= term.end for term in terms)]


def _study_begins(text: str, layout: Layout) -> int:
    """Where an abstract without headings comes to the study itself, behind its background; 0 where that is not told."""
    begin = next((start for start, _, name in layout.fields if name == "abstract"), 0)
    found = None if any(layout.section_names) else _STUDY.search(text, begin)
    return layout.sentence_bounds(layout.sentence(found.start()), len(text))[0] if found else 0


def _weight(doc: Doc, start: int, end: int, cue: _Cue, begins: int) -> float:
    text, layout = get_text(doc), get_layout(doc)
    if _DENIAL.search(text[max(0, start - 30) : start]) or _says_else(text, start, end, cue):
        return 0.0
    field, weight = layout.field(start), cue.weight
    if cue.elsewhere is not None and field != "title":
        weight = cue.elsewhere
    if _PLURAL.search(text, start, end) and not _OTHERS.intersection(cue.designs):
        weight *= _PLURAL_FACTOR
    if field == "keywords" or cue.own:
        return weight
    if field == "title":
        return weight if weight < cue.weight else weight + (1 - weight) * _TITLE_GAIN
    return weight * _place_factor(text, layout, start, end, cue.designs, weight, begins)


def _says_else(text: str, start: int, end: int, cue: _Cue) -> bool:
    before = cue.unless_before and _around(cue.unless_before, "before").search(text[max(0, start - _AROUND) : start])
    return bool(before or (cue.unless_after and _around(cue.unless_after, "after").match(text, end, end + _AROUND)))


def _place_factor(
    text: str, layout: Layout, start: int, end: int, designs: tuple[str, ...], weight: float, begins: int
) -> float:
    """What is left of a cue's weight in this sentence of the abstract."""
    sentence = layout.sentence(start)
    begin, stop = layout.sentence_bounds(sentence, len(text))
    begin, stop = max(begin, start - _REACH), min(stop, end + _REACH)
    own = _OWN.search(text, begin, stop) is not None
    if not _OTHERS.intersection(designs) and _MENTION.search(text, begin, stop):
        return _OWN_FACTOR if own else _MENTION_FACTOR
    section = layout.section(start) or ("background" if start < begins else "")
    if own or (weight >= _PLAIN and section == "objective"):
        return 1.0
    if section in _PASSING_FACTOR:
        return _PASSING_FACTOR[section]
    return _TOLD_FACTOR if _STUDIES.intersection(designs) and weight >= _PLAIN else 1.0


@cache
def _around(names: tuple[str, ...], side: str) -> re.Pattern[str]:
    """What says something else directly before or behind a cue."""
    words = "|".join(alternatives(vocabulary("design")["around"], name) for name in names)
    return re.compile(rf"\b(?:{words})[\s(-]+$" if side == "before" else rf"[\s-]+(?:{words})", re.IGNORECASE)


@Language.factory("tiab_design")
def make_design(nlp: Language, name: str) -> DesignFinder:
    """The component `tiab_design`."""
    return DesignFinder(nlp.vocab)
