"""Phrases that name participants, interventions, comparators and outcomes, as learned from marked abstracts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from tiab.assets import model_path
from tiab.pico.layout import add_spans, get_layout, get_text, make_span
from tiab.pico.learned.context import Context, read_context
from tiab.pico.learned.phrases import runs_of
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.learned.words import TOGETHER, read_together
from tiab.pico.spans import Span

__all__ = ["PIO_LABELS", "PioFinder", "get_labels", "make_pio"]

PIO_LABELS = ("", "population", "intervention", "outcome", "comparator")
"""What a word may belong to."""

_NAMES = ("", "participants", "interventions", "outcomes", "comparators")
_FILE = "pico-pio.safetensors"
_KEY = "tiab_pio"


class PioFinder:
    """The component `tiab_pio`: a span for each phrase that names one of the four elements.

    Its label is "participants", "interventions", "comparators" or "outcomes", its weight the mean probability of its
    words. It reads what the rules and `tiab_roles` found, so it comes after them.
    """

    def __init__(self, model: PioModel) -> None:
        self._model = model

    def __call__(self, doc: Doc) -> Doc:
        self._read([doc])
        return doc

    def pipe(self, docs: Iterable[Doc], batch_size: int = TOGETHER) -> Iterator[Doc]:
        """The same docs, some at a time, which takes less time."""
        return read_together(docs, self._read, batch_size)

    def _read(self, docs: Sequence[Doc]) -> None:
        """Finds the phrases in docs."""
        contexts = [read_context(doc) for doc in docs]
        found = self._model.predict(contexts)
        labels = self._model.decide(found, contexts, [get_text(doc) for doc in docs])
        chances = found.chances[np.arange(len(labels)), labels]
        end = 0
        for doc, context in zip(docs, contexts, strict=True):
            start, end = end, end + len(context.rows)
            labels[start:end][_in_keywords(doc, context)] = 0
            doc.user_data[_KEY] = labels[start:end]
            add_spans(doc, list(_spans(doc, context, chances[start:end], labels[start:end])))


def _in_keywords(doc: Doc, context: Context) -> NDArray[np.bool_]:
    """Whether each word is one of the keywords, which are no sentences, and which nothing was learned from."""
    start, end = next(((a, b) for a, b, name in get_layout(doc).fields if name == "keywords"), (0, 0))
    return (context.words.starts >= start) & (context.words.starts < end)


def _spans(doc: Doc, context: Context, chances: NDArray[np.float64], labels: NDArray[np.int64]) -> Iterator[Span]:
    """A span for each phrase, given each word's label, and how probable that is."""
    text, words = get_text(doc), context.words
    before = np.append(0.0, chances.cumsum())
    for first, last, label in runs_of(labels, words.lengths):
        start, end = int(words.starts[first]), int(words.ends[last - 1])
        yield make_span(
            doc, start, start + len(text[start:end].rstrip()), role=PIO_LABELS[label], label=_NAMES[label],
            provenance="model:pio", weight=round(float(before[last] - before[first]) / (last - first), 3),
        )  # fmt: skip


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
