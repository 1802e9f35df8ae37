"""Cues: comparators, species and kinds of exercise, each a phrase of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tiab.pico.layout import add_spans, get_layout, get_text, make_span
from tiab.pico.lexicon import Found, Lexicon, longest
from tiab.pico.scope import is_controlled
from tiab.pico.vocabulary import vocabulary

__all__ = ["CueFinder", "make_cues"]

_ONCE = frozenset({"human", "animal"})  # of these, one span for each value and field says all
_CONTROL_OF = re.compile(r"\s+(?:of|over|for|system|strateg\w+|measures?|programs?|theory|polic\w+)\b", re.IGNORECASE)


class _Sign(NamedTuple):
    role: str
    label: str
    value: str


class CueFinder:
    """The component `tiab_cues`: spans for comparators, species and kinds of exercise.

    Of species a record has many signs, so only the first of each kind in each field is kept. "Control" is no
    comparator where something is being controlled ("pain control", "control of seizures").
    """

    def __init__(self, vocab: Vocab) -> None:
        self._lexicon = Lexicon(vocab, _phrases())

    def __call__(self, doc: Doc) -> Doc:
        text, layout = get_text(doc), get_layout(doc)
        spans = []
        said: set[tuple[_Sign, str]] = set()
        for found in longest(self._lexicon.find(doc)):
            sign = found.meaning
            if _is_control(text, found) and _is_not_comparator(text, found):
                continue
            if sign.label in _ONCE:
                key = (sign, layout.field(found.start))
                if key in said:
                    continue
                said.add(key)
            rule = f"rule:{sign.label.replace(' ', '_')}"
            spans.append(make_span(
                doc, found.start, found.end, role=sign.role, label=sign.label, value=sign.value, provenance=rule
            ))  # fmt: skip
        add_spans(doc, spans)
        return doc


def _phrases() -> Iterator[tuple[str, _Sign]]:
    for role, labels in vocabulary("cues").items():
        for label, values in labels.items():
            for value, phrases in values.items():
                for phrase in phrases:
                    yield phrase, _Sign(role, label, value)


def _is_control(text: str, found: Found[_Sign]) -> bool:
    return text[found.start : found.end].casefold() in ("control", "controls")


def _is_not_comparator(text: str, found: Found[_Sign]) -> bool:
    return is_controlled(text, found.start) or bool(_CONTROL_OF.match(text, found.end))


@Language.factory("tiab_cues")
def make_cues(nlp: Language, name: str) -> CueFinder:
    """The component `tiab_cues`."""
    return CueFinder(nlp.vocab)
