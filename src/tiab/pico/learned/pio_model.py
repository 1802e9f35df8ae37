"""The span model: a small network, whose scores are read as one chain for each sentence, and that in whole phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.errors import ModelFileError
from tiab.pico.learned.context import Context
from tiab.pico.learned.crf import Chains, CrfWeights, Posterior, posterior
from tiab.pico.learned.network import EXTRAS, STEPS, Network, network_extras
from tiab.pico.learned.phrases import DEFAULT, PhraseSettings, phrase_labels, tidied
from tiab.pico.learned.roles import SECTION_ROLE
from tiab.pico.learned.vectors import Remembered, Vectors
from tiab.pico.learned.weights import read_weights, write_weights

__all__ = ["N_LABELS", "PioModel"]

Floats = NDArray[np.float64]

N_LABELS = 5
"""None, participants, interventions, outcomes, comparators."""

_INTERVENTION, _COMPARATOR, _TOGETHER = 2, 4, 4
_HINT = "Run scripts/train_pico.py."
_METHODS = SECTION_ROLE["methods"]
_LAYERS = ("1", "2", "3", "_out")
_TENSORS = {
    "common": "uint64", "endings": "uint64", "first": "float32", "last": "float32", "trained_on": "uint64",
    "transitions": "float32", "vectors": "int8", "words": "uint64",
    **{f"w{name}": "float16" for name in _LAYERS}, **{f"b{name}": "float32" for name in _LAYERS},
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class PioModel:
    """Weights of the spans of participants, interventions, comparators and outcomes.

    Attributes:
        network: its last layer scores the labels as EBM-NLP's crowd marks whole abstracts (comparators among the
            interventions), then as experts mark titles and methods (comparators apart).
        share: the experts' share in the scores of titles and methods; elsewhere the crowd's count alone.
        chain: how labels follow one another in a sentence; its `features` are empty.
        trained_on: the hashes of the titles of the articles that the weights were learned from, ascending.
        settings: what a phrase is worth.
    """

    chain: CrfWeights
    network: Network
    vectors: Vectors
    trained_on: NDArray[np.uint64]
    settings: PhraseSettings = DEFAULT
    share: float = 0.5

    def predict(self, contexts: Sequence[Context]) -> Posterior:
        """The probability of each label for each word of some texts, and how labels go on from word to word.

        The rows of one text follow those of the text before: all chains together take little more time than one text's.
        """
        joint = np.concatenate([np.zeros((0, N_LABELS)), *(self._scores(context) for context in contexts)])
        return posterior(joint, Chains.of(_lengths(contexts)), self.chain)

    def _scores(self, context: Context) -> Floats:
        """The score of each label for each word of one text."""
        words = context.words
        if not len(words.hashes):
            return np.zeros((0, N_LABELS))
        known = self.vectors.look_up(words.hashes, words.endings)
        scores = self.network.predict(
            network_extras(context, known), self._projected[known.places], words.different.which
        )
        share = self.share * np.maximum(context.title, context.roles[:, _METHODS])[:, None]
        return _joint_scores(scores[:, :_TOGETHER], scores[:, _TOGETHER:], share)

    @cached_property
    def _projected(self) -> Remembered:
        """What the first layer makes of each word of the vocabulary, which takes half of all the network's time."""
        count, width = len(self.vectors.numbers) + 1, len(STEPS[0]) * len(self.network.layers[0][1])
        return Remembered(count, width, lambda places: self.network.project(self.vectors.at(places)))

    def label(self, context: Context, text: str) -> NDArray[np.int64]:
        """The label of each word of a text: the phrases that `predict` makes likeliest."""
        return self.decide(self.predict([context]), [context], [text])

    def decide(self, found: Posterior, contexts: Sequence[Context], texts: Sequence[str]) -> NDArray[np.int64]:
        """The label of each word of some texts, given what `predict` gave."""
        labels = phrase_labels(found, _lengths(contexts), self.settings)
        parts = np.split(labels, np.cumsum([len(context.rows) for context in contexts])[:-1])
        chosen = zip(parts, texts, contexts, strict=True)
        return np.concatenate([tidied(part, text, context.words) for part, text, context in chosen])

    def to_disk(self, path: str | Path) -> None:
        """Writes the model; equal models give equal bytes.

        Raises:
            InputError: the file cannot be written.
        """
        tensors: dict[str, NDArray[Any]] = {
            "transitions": self.chain.transitions.astype(np.float32), "first": self.chain.first.astype(np.float32),
            "last": self.chain.last.astype(np.float32), "words": self.vectors.words, "vectors": self.vectors.numbers,
            "endings": self.vectors.endings, "common": self.vectors.common, "trained_on": self.trained_on,
        }  # fmt: skip
        for name, (weights, bias) in zip(_LAYERS, (*self.network.layers, self.network.output), strict=True):
            tensors |= {f"w{name}": weights.astype(np.float16), f"b{name}": bias.astype(np.float32)}
        write_weights(path, "spans", tensors, {**asdict(self.settings), "share": self.share})

    @classmethod
    def from_disk(cls, path: str | Path) -> PioModel:
        """The model in a file that `to_disk` wrote.

        Raises:
            ModelFileError: the file is missing, damaged, foreign or of another version.
        """
        t, settings = read_weights(path, "spans", _TENSORS)
        if not _fits(t):
            raise ModelFileError("holds weights of another size", path=path, hint=_HINT)
        try:
            phrases = PhraseSettings(**{name: float(settings[name]) for name in asdict(DEFAULT)})
            share = float(settings["share"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError("holds settings of another version", path=path, hint=_HINT) from error
        chain = (t[name].astype(np.float64) for name in ("transitions", "first", "last"))
        parts = [(t[f"w{name}"].astype(np.float32), t[f"b{name}"]) for name in _LAYERS]
        return cls(
            chain=CrfWeights(np.zeros((0, N_LABELS)), *chain),
            network=Network(tuple(parts[:-1]), parts[-1]),
            vectors=Vectors(t["words"], t["endings"], t["vectors"], t["common"]),
            trained_on=t["trained_on"],
            settings=phrases,
            share=share,
        )


def _lengths(contexts: Sequence[Context]) -> NDArray[np.int64]:
    """The number of words in each sentence of some texts."""
    return np.concatenate([context.words.lengths for context in contexts])


def _joint_scores(crowd: Floats, experts: Floats, share: Floats) -> Floats:
    """The score of each label where experts have a share: what is a comparator among interventions, they alone tell."""
    both = np.logaddexp(experts[:, _INTERVENTION], experts[:, _COMPARATOR])
    together = experts[:, :_TOGETHER].copy()
    together[:, _INTERVENTION] = both
    joint = (1 - share) * crowd + share * together
    apart = experts[:, [_INTERVENTION, _COMPARATOR]] - both[:, None] + joint[:, [_INTERVENTION]]
    return np.column_stack([joint[:, :_INTERVENTION], apart[:, 0], joint[:, _INTERVENTION + 1 :], apart[:, 1]])


def _fits(t: dict[str, NDArray[Any]]) -> bool:
    """Whether the tensors of a file agree in size, so that no index can lie outside of one."""
    (count, size), hidden = t["vectors"].shape, len(t["b1"])
    wanted = {
        "transitions": (N_LABELS, N_LABELS), "first": (N_LABELS,), "last": (N_LABELS,),
        "words": (count - len(t["endings"]),), "w1": (len(STEPS[0]) * (size + EXTRAS), hidden),
        "w2": (len(STEPS[1]) * hidden, hidden), "w3": ((len(STEPS[2]) + 2) * hidden, hidden), "b2": (hidden,),
        "w_out": (hidden, _TOGETHER + N_LABELS), "b3": (hidden,), "b_out": (_TOGETHER + N_LABELS,),
    }  # fmt: skip
    return len(t["words"]) > 0 and all(t[k].shape == v for k, v in wanted.items())
