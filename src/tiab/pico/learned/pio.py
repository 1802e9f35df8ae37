"""Participants, interventions and outcomes: the words that name them, as learned from abstracts that people marked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from tiab.assets import model_path
from tiab.pico.layout import add_spans, get_text, make_span
from tiab.pico.learned.context import Context, read_context
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.spans import Span

__all__ = ["PIO_LABELS", "PioFinder", "get_labels", "make_pio"]

PIO_LABELS = ("", "population", "intervention", "outcome")
"""What a word may belong to; comparators are interventions here, as in the sets that were learned from."""

_NAMES = ("", "participants", "interventions", "outcomes")
_FILE = "pico-pio.safetensors"
_KEY = "tiab_pio"
_BARE = frozenset({
    "", ".", ",", ";", ":", "a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or",
    "the", "to", "was", "were", "with",
})  # fmt: skip
"""Words and marks that no span begins or ends with, though those who marked the abstracts were not strict in this."""


class PioFinder:
    """The component `tiab_pio`: a span for each run of words of one sentence that belong to the same element.

    Its label is "participants", "interventions" or "outcomes", its weight the mean probability of its words. It reads
    what the rules and `tiab_roles` found, so it comes last.
    """

    def __init__(self, model: PioModel) -> None:
        self._model = model

    def __call__(self, doc: Doc) -> Doc:
        context = read_context(doc)
        chances = self._model.predict(context)
        labels = self._model.decide(chances)
        doc.user_data[_KEY] = labels
        add_spans(doc, list(_spans(doc, context, chances, labels)))
        return doc


def _spans(doc: Doc, context: Context, chances: NDArray[np.float64], labels: NDArray[np.int64]) -> Iterator[Span]:
    text, words = get_text(doc), context.words
    changes = np.flatnonzero((np.diff(labels) != 0) | (np.diff(context.rows) != 0)) + 1
    edges = [0, *changes.tolist(), len(labels)]
    summed = np.vstack([np.zeros(chances.shape[1]), chances.cumsum(axis=0)])
    for first, last in pairwise(edges):
        label = int(labels[first]) if first < last else 0
        if not label:
            continue
        while last > first and _is_bare(text[words.starts[last - 1] : words.ends[last - 1]]):
            last -= 1
        while last > first and _is_bare(text[words.starts[first] : words.ends[first]]):
            first += 1
        if last > first:
            start, end = int(words.starts[first]), int(words.ends[last - 1])
            mean = float(summed[last, label] - summed[first, label]) / (last - first)
            yield make_span(
                doc, start, start + len(text[start:end].rstrip()), role=PIO_LABELS[label], label=_NAMES[label],
                provenance="model:pio", weight=round(mean, 3),
            )  # fmt: skip


def _is_bare(word: str) -> bool:
    return word.strip().casefold() in _BARE


def get_labels(doc: Doc) -> NDArray[np.int64]:
    """The label of each word of `doc`, a place in `PIO_LABELS`, once `tiab_pio` has run."""
    found: NDArray[np.int64] = doc.user_data.get(_KEY, np.zeros(len(doc), dtype=np.int64))
    return found


@cache
def _kept() -> PioModel:
    return PioModel.from_disk(model_path(_FILE))


@Language.factory("tiab_pio")
def make_pio(nlp: Language, name: str) -> PioFinder:
    """The component `tiab_pio`, with the weights that tiab carries."""
    return PioFinder(_kept())
