"""spaCy's own `ner`, and its `span_finder` with `spancat`, trained on the same articles as tiab's network."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import load_config
from thinc.api import Adam, fix_random_seed

import tiab.pico.text  # noqa: F401  (registers the tokenizer)
from pico_training.pio_training import MarkedWords
from tiab.pico.learned.phrases import runs_of
from tiab.pico.learned.pio import PIO_LABELS

__all__ = ["KINDS", "label_words", "trained_spacy"]

KINDS = ("ner", "spancat")
_CONFIG = Path(__file__).with_name("spacy_pretrain.cfg")
_KEPT, _WIDTH, _BATCH = "sc", 96, 16
_LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": _WIDTH}


@contextmanager
def trained_spacy(
    kind: str, items: Sequence[MarkedWords], *, pretrained: Path | None = None, epochs: int = 20, seed: int = 0
) -> Iterator[Language]:
    """The pipeline of a tok2vec and one of `KINDS`, whose weights are, inside, the means over the steps of training.

    Args:
        pretrained: what `spacy pretrain` wrote of the tok2vec.
    """
    fix_random_seed(seed)
    nlp = _pipeline(kind)
    examples = [_example(nlp, item) for item in items]
    nlp.initialize(lambda: examples)
    if pretrained is not None:
        nlp.get_pipe("tok2vec").model.from_bytes(pretrained.read_bytes())  # type: ignore[attr-defined]
    optimizer = Adam(0.001, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    order = random.Random(seed)
    for _ in range(epochs):
        order.shuffle(examples)
        for first in range(0, len(examples), _BATCH):
            batch = examples[first : first + _BATCH]
            nlp.update(batch, sgd=optimizer, drop=0.3, annotates=["span_finder"] if kind == "spancat" else [])
    with nlp.use_params(optimizer.averages):
        yield nlp


def _pipeline(kind: str) -> Language:
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "tiab_words.v1"}}})
    nlp.add_pipe("tok2vec", config={"model": load_config(_CONFIG)["components"]["tok2vec"]["model"]})
    if kind == "ner":
        nlp.add_pipe("ner", config={"model": {
            "@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner", "extra_state_tokens": False,
            "hidden_width": 64, "maxout_pieces": 2, "use_upper": True, "tok2vec": _LISTENER,
        }})  # fmt: skip
        return nlp
    scorer = {"@layers": "spacy.LinearLogistic.v1", "nO": 2}
    finder = {"@architectures": "spacy.SpanFinder.v1", "scorer": scorer, "tok2vec": _LISTENER}
    nlp.add_pipe("span_finder", config={"max_length": 40, "threshold": 0.1, "spans_key": _KEPT, "model": finder})
    nlp.add_pipe("spancat_singlelabel", config={
        "spans_key": _KEPT, "negative_weight": 0.8, "allow_overlap": False,
        "suggester": {"@misc": "spacy.preset_spans_suggester.v1", "spans_key": _KEPT},
        "model": {
            "@architectures": "spacy.SpanCategorizer.v1", "tok2vec": _LISTENER, "scorer": {"@layers": "Softmax.v2"},
            "reducer": {"@layers": "spacy.mean_max_reducer.v1", "hidden_size": 128},
        },
    })  # fmt: skip
    return nlp


def _example(nlp: Language, item: MarkedWords) -> Example:
    doc = nlp.make_doc(item.article.record.text)
    right = doc.copy()
    runs = runs_of(item.labels, item.context.words.lengths)
    spans = [right[first:last] for first, last, _ in runs]
    for span, (_, _, label) in zip(spans, runs, strict=True):
        span.label_ = PIO_LABELS[label]
    right.set_ents(spans)
    right.spans[_KEPT] = spans
    return Example(doc, right)


def label_words(nlp: Language, item: MarkedWords) -> NDArray[np.int64]:
    """The label of each word of an article, as the pipeline finds it."""
    doc: Doc = nlp(item.article.record.text)
    labels = np.zeros(len(doc), dtype=np.int64)
    found: Any = doc.spans.get(_KEPT, doc.ents)
    for span in found:
        labels[span.start : span.end] = PIO_LABELS.index(span.label_)
    return labels
