"""Roles: which sentences of an abstract say why, how, what was found and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from tiab.assets import model_path
from tiab.errors import ModelFileError
from tiab.pico.layout import add_spans, get_layout, get_text, make_span
from tiab.pico.learned.crf import Chains, CrfWeights, marginals
from tiab.pico.learned.role_features import role_features
from tiab.pico.learned.weights import quantised, read_weights, write_weights
from tiab.pico.learned.words import TOGETHER, Words, read_together, read_words
from tiab.pico.spans import Span

__all__ = ["ROLE_LABELS", "SECTION_ROLE", "RoleFinder", "RoleModel", "get_roles", "make_roles"]

ROLE_LABELS = ("background", "methods", "results", "conclusions")
"""The roles that are told apart; "background" holds objectives, too."""

SECTION_ROLE = {"background": 0, "objective": 0, "methods": 1, "results": 2, "conclusions": 3}
"""The role of the sentences under each heading, as a place in `ROLE_LABELS`."""

_FILE = "pico-roles.safetensors"
_KEY = "tiab_roles"
_TENSORS = {
    "features": "int8", "worth": "float32", "transitions": "float32", "first": "float32", "last": "float32",
    "trained_on": "uint64",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class RoleModel:
    """Weights of the roles of sentences.

    Attributes:
        features: shape (2^bits, 4), whole numbers; a column for each of `ROLE_LABELS`.
        worth: what one of them weighs in each column.
        chain: how roles follow one another; its `features` are empty.
        trained_on: the hashes of the titles of the articles that the weights were learned from, ascending.
    """

    features: NDArray[np.int8]
    worth: NDArray[np.float32]
    chain: CrfWeights
    trained_on: NDArray[np.uint64]

    @property
    def bits(self) -> int:
        """The table of weights has 2^bits rows."""
        return len(self.features).bit_length() - 1

    @classmethod
    def of(cls, weights: CrfWeights, trained_on: NDArray[np.uint64]) -> RoleModel:
        """The model of freshly learned weights, rounded as a file will hold them."""
        features, worth = quantised(weights.features)
        return cls(features, worth, weights.rounded(), np.unique(trained_on))

    @classmethod
    def from_disk(cls, path: str | Path) -> RoleModel:
        """The model in a file that `to_disk` wrote.

        Raises:
            ModelFileError: the file is missing, damaged, foreign or of another version.
        """
        tensors, _ = read_weights(path, "roles", _TENSORS)
        n, rows = len(ROLE_LABELS), len(tensors["features"])
        shapes = {"features": (1 << max(rows.bit_length() - 1, 0), n), "transitions": (n, n), "first": (n,)}
        if any(tensors[name].shape != shape for name, shape in {**shapes, "last": (n,), "worth": (n,)}.items()):
            raise ModelFileError("holds weights of another size", path=path, hint="Run scripts/train_pico.py.")
        chain = (tensors[name].astype(np.float64) for name in ("transitions", "first", "last"))
        weights = CrfWeights(np.zeros((0, n)), *chain)
        return cls(tensors["features"], tensors["worth"], weights, tensors["trained_on"])

    def to_disk(self, path: str | Path) -> None:
        """Writes the model; equal models give equal bytes.

        Raises:
            InputError: the file cannot be written.
        """
        chain = {"transitions": self.chain.transitions, "first": self.chain.first, "last": self.chain.last}
        tensors: dict[str, NDArray[Any]] = {name: values.astype(np.float32) for name, values in chain.items()}
        tensors |= {"features": self.features, "worth": self.worth, "trained_on": self.trained_on}
        write_weights(path, "roles", tensors, {"labels": ROLE_LABELS})

    def predict(self, *abstracts: Words) -> NDArray[np.float64]:
        """The probability of each role for each sentence of an abstract, or of several one after another.

        Shape (n_sentences, 4). Several together take less time than each alone.
        """
        scores = np.concatenate([np.zeros((0, len(ROLE_LABELS))), *(self._scores(words) for words in abstracts)])
        if not len(scores):
            return scores
        return marginals(scores, Chains.of([len(words.lengths) for words in abstracts]), self.chain)

    def _scores(self, words: Words) -> NDArray[np.float64]:
        """The score of each role for each sentence of one abstract."""
        count = len(words.lengths)
        if not count:
            return np.zeros((0, len(ROLE_LABELS)))
        found = role_features(words, self.bits)
        weighted = self.features[found.columns].T * found.values
        totals = [np.bincount(found.rows, weights=row, minlength=count) for row in weighted]
        return np.stack(totals, axis=1).astype(np.float64) * self.worth.astype(np.float64)


class RoleFinder:
    """The component `tiab_roles`: a span of role "sentence" for each sentence of the abstract, its label the role.

    Where a heading says what a sentence is, the heading is believed; elsewhere the model says it, and `weight` is how
    sure it is.
    """

    def __init__(self, model: RoleModel) -> None:
        self._model = model

    def __call__(self, doc: Doc) -> Doc:
        self._read([doc])
        return doc

    def pipe(self, docs: Iterable[Doc], batch_size: int = TOGETHER) -> Iterator[Doc]:
        """The same docs, some at a time, which takes less time."""
        return read_together(docs, self._read, batch_size)

    def _read(self, docs: Sequence[Doc]) -> None:
        """Finds the roles of sentences in docs."""
        asked = [words.part(begin, end) for words, begin, end in map(_abstract, docs)]
        headed = [_headed(doc, words) for doc, words in zip(docs, asked, strict=True)]
        unsure = [-1 in roles for roles in headed]
        told = iter(self._model.predict(*compress(asked, unsure)))
        for doc, known, ask in zip(docs, headed, unsure, strict=True):
            words, begin, _ = _abstract(doc)
            roles = np.zeros((len(words.lengths), len(ROLE_LABELS)))
            for row, role in enumerate(known, start=begin):
                if ask:
                    roles[row] = next(told)
                if role >= 0:
                    roles[row] = np.eye(len(ROLE_LABELS))[role]
            doc.user_data[_KEY] = roles
            add_spans(doc, [_span(doc, words, begin + i, roles[begin + i], role >= 0) for i, role in enumerate(known)])


def _headed(doc: Doc, words: Words) -> list[int]:
    """The role that a heading gives to each sentence of an abstract, -1 where none does."""
    layout = get_layout(doc)
    return [SECTION_ROLE.get(layout.section(place), -1) for place in words.places.tolist()]


def _abstract(doc: Doc) -> tuple[Words, int, int]:
    """(the words of a record, the number of the first sentence of its abstract, that of the first behind it)."""
    words, fields = read_words(doc), get_layout(doc).fields
    start, stop = next(((start, stop) for start, stop, name in fields if name == "abstract"), (0, 0))
    begin, end = np.searchsorted(words.places, (start, stop))
    return words, int(begin), int(end)


def _span(doc: Doc, words: Words, row: int, chances: NDArray[np.float64], by_heading: bool) -> Span:
    role = int(chances.argmax())
    first = int(words.sentences[row])
    start, end = int(words.starts[first]), int(words.ends[first + int(words.lengths[row]) - 1])
    return make_span(
        doc, start, start + len(get_text(doc)[start:end].rstrip()), role="sentence", label=ROLE_LABELS[role],
        provenance="rule:section_heading" if by_heading else "model:roles", weight=round(float(chances[role]), 3),
    )  # fmt: skip


def get_roles(doc: Doc) -> NDArray[np.float64] | None:
    """The probability of each role for each sentence with a word, 0 outside the abstract; None before `tiab_roles`."""
    found: NDArray[np.float64] | None = doc.user_data.get(_KEY)
    return found


@cache
def _kept() -> RoleModel:
    return RoleModel.from_disk(model_path(_FILE))


@Language.factory("tiab_roles")
def make_roles(nlp: Language, name: str) -> RoleFinder:
    """The component `tiab_roles`, with the weights that tiab carries."""
    return RoleFinder(_kept())
