"""Design: cues to the design of a study, each with a weight; `design_scores` makes a score of them together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tiab.pico.design_scores import DESIGN_CUE
from tiab.pico.layout import add_spans, get_layout, get_text, make_span
from tiab.pico.lexicon import Lexicon, longest
from tiab.pico.vocabulary import alternatives, vocabulary

__all__ = ["DesignFinder", "make_design"]

_TITLE_GAIN = 0.35  # of the doubt that a cue leaves, the title takes this much away
_MENTION_FACTOR = 0.2
_OWN_FACTOR = 0.6
_REACH = 400
_PLURAL_FACTOR = 0.4  # "randomised trials" are mostly other people's
_PLURAL = re.compile(r"(?:trials|studies|RCTs|experiments)$", re.IGNORECASE)
_OTHERS = frozenset({"systematic review", "review", "protocol", "letter"})  # a mention of studies is what these are
_CONTEXT = vocabulary("design")["context"]
_MENTION = re.compile(rf"\b{alternatives(_CONTEXT, 'mention')}\b", re.IGNORECASE)
_OWN = re.compile(rf"\b{alternatives(_CONTEXT, 'own')}\b", re.IGNORECASE)
_DENIAL = re.compile(rf"\b{alternatives(_CONTEXT, 'denial')}[\s-]+(?:\w+[\s-]+)?$", re.IGNORECASE)


class _Cue(NamedTuple):
    design: str
    weight: float
    title_only: bool = False
    own: bool = False


class DesignFinder:
    """The component `tiab_design`: a span of role "design" for each cue, its weight how far the cue can be trusted.

    A cue weighs less in a sentence that speaks of other people's studies ("we searched for randomised trials") and
    nothing where it is denied ("not randomised").
    """

    def __init__(self, vocab: Vocab) -> None:
        self._lexicon = Lexicon(vocab, _phrases())

    def __call__(self, doc: Doc) -> Doc:
        found = [item for item in longest(self._lexicon.find(doc)) if item.meaning.design]
        spans = [make_span(
            doc, item.start, item.end, role="design", label=item.meaning.design, provenance=DESIGN_CUE,
            weight=_weight(doc, item.start, item.end, item.meaning),
        ) for item in found]  # fmt: skip
        add_spans(doc, [span for span in spans if span.weight > 0])
        return doc


def _phrases() -> Iterator[tuple[str, _Cue]]:
    words = vocabulary("design")
    for cue in words["cue"]:
        for phrase in cue["phrases"]:
            yield phrase, _Cue(cue["design"], cue["weight"], cue.get("where") == "title", cue.get("own", False))
    for phrase in words["blockers"]["phrases"]:
        yield phrase, _Cue("", 0.0)


def _weight(doc: Doc, start: int, end: int, cue: _Cue) -> float:
    text, layout = get_text(doc), get_layout(doc)
    before = text[max(0, start - 30) : start]
    if _DENIAL.search(before):
        return 0.0
    field = layout.field(start)
    if cue.title_only and field != "title":
        return cue.weight * _MENTION_FACTOR
    many = _PLURAL_FACTOR if _PLURAL.search(text, start, end) and cue.design not in _OTHERS else 1.0
    if field == "keywords":
        return cue.weight
    if field == "title":
        return cue.weight * many if many < 1 else cue.weight + (1 - cue.weight) * _TITLE_GAIN
    begin, stop = layout.sentence_bounds(layout.sentence(start), len(text))
    begin, stop = max(begin, start - _REACH), min(stop, end + _REACH)
    if not cue.own and cue.design not in _OTHERS and _MENTION.search(text, begin, stop):
        return cue.weight * many * (_OWN_FACTOR if _OWN.search(text, begin, stop) else _MENTION_FACTOR)
    return cue.weight * many


@Language.factory("tiab_design")
def make_design(nlp: Language, name: str) -> DesignFinder:
    """The component `tiab_design`."""
    return DesignFinder(nlp.vocab)
