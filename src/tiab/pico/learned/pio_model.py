"""The span model: a linear part over hashed features and a small network, joined in one chain for each sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.errors import ModelFileError
from tiab.pico.learned.context import Context
from tiab.pico.learned.crf import Chains, CrfWeights, marginals
from tiab.pico.learned.linear import LinearTable
from tiab.pico.learned.network import EXTRAS, STEPS, Network, network_extras
from tiab.pico.learned.pio_features import pio_features
from tiab.pico.learned.vectors import Remembered, Vectors
from tiab.pico.learned.weights import read_weights, write_weights

__all__ = ["PioModel"]

_LABELS = 4
_LAYERS = ("1", "2", "3", "_out")
_TENSORS = {
    "common": "uint64", "first": "float32", "groups": "int16", "last": "float32", "linear": "int8", "owners": "uint8",
    "trained_on": "uint64", "transitions": "float32", "vectors": "int8", "words": "uint64", "worth": "float32",
    **{f"w{name}": "float16" for name in _LAYERS}, **{f"b{name}": "float32" for name in _LAYERS},
}  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class PioModel:
    """Weights of the spans of participants, interventions and outcomes.

    Attributes:
        chain: how labels follow one another in a sentence; its `features` are empty.
        trained_on: the hashes of the titles of the articles that the weights were learned from, ascending.
        share: the network's share in the joint score; the linear part has the rest.
        gain: what the probability of each element is multiplied by before it is compared with that of none, because F1
            counts a word missed as dear as a word too many, and one of four words is in any element at all.
    """

    linear: LinearTable
    chain: CrfWeights
    network: Network
    vectors: Vectors
    trained_on: NDArray[np.uint64]
    share: float = 0.5
    gain: float = 2.0

    def predict(self, context: Context) -> NDArray[np.float64]:
        """The probability of each label for each word, shape (n_words, 4)."""
        hashes = context.words.hashes
        if not len(hashes):
            return np.zeros((0, _LABELS))
        known = self.vectors.look_up(hashes)
        rest = 1 - self.share
        joint = rest * self.linear.scores(pio_features(context, known))
        joint += self.share * self.network.predict(
            network_extras(context, known), self._projected[known.places], context.words.different.which
        )
        weaker = CrfWeights(
            self.chain.features, rest * self.chain.transitions, rest * self.chain.first, rest * self.chain.last
        )
        return marginals(joint, Chains.of(context.words.lengths), weaker)

    @cached_property
    def _projected(self) -> Remembered:
        """What the first layer makes of each word of the vocabulary, which takes half of all the network's time."""
        count, width = len(self.vectors.words) + 1, len(STEPS[0]) * len(self.network.layers[0][1])
        return Remembered(count, width, lambda places: self.network.project(self.vectors.at(places)))

    def decide(self, chances: NDArray[np.float64]) -> NDArray[np.int64]:
        """The label of each word, given what `predict` gave."""
        labels: NDArray[np.int64] = (chances * ([1.0] + [self.gain] * (_LABELS - 1))).argmax(axis=1)
        return labels

    def to_disk(self, path: str | Path) -> None:
        """Writes the model; equal models give equal bytes.

        Raises:
            InputError: the file cannot be written.
        """
        tensors: dict[str, NDArray[Any]] = {
            "owners": self.linear.owners, "linear": self.linear.numbers, "worth": self.linear.worth,
            "transitions": self.chain.transitions.astype(np.float32), "first": self.chain.first.astype(np.float32),
            "last": self.chain.last.astype(np.float32), "words": self.vectors.words, "vectors": self.vectors.numbers,
            "groups": self.vectors.groups, "common": self.vectors.common, "trained_on": self.trained_on,
        }  # fmt: skip
        for name, (weights, bias) in zip(_LAYERS, (*self.network.layers, self.network.output), strict=True):
            tensors |= {f"w{name}": weights.astype(np.float16), f"b{name}": bias.astype(np.float32)}
        write_weights(path, "spans", tensors, {"share": self.share, "gain": self.gain})

    @classmethod
    def from_disk(cls, path: str | Path) -> PioModel:
        """The model in a file that `to_disk` wrote.

        Raises:
            ModelFileError: the file is missing, damaged, foreign or of another version.
        """
        t, settings = read_weights(path, "spans", _TENSORS)
        if not _fits(t):
            raise ModelFileError("holds weights of another size", path=path, hint="Run scripts/train_pico.py.")
        chain = (t[name].astype(np.float64) for name in ("transitions", "first", "last"))
        parts = [(t[f"w{name}"].astype(np.float32), t[f"b{name}"]) for name in _LAYERS]
        return cls(
            linear=LinearTable(t["owners"], t["linear"], t["worth"]),
            chain=CrfWeights(np.zeros((0, _LABELS)), *chain),
            network=Network(tuple(parts[:-1]), parts[-1]),
            vectors=Vectors(t["words"], t["vectors"], t["groups"], t["common"]),
            trained_on=t["trained_on"],
            share=float(settings["share"]),
            gain=float(settings["gain"]),
        )


def _fits(t: dict[str, NDArray[Any]]) -> bool:
    """Whether the tensors of a file agree in size, so that no index can lie outside of one."""
    rows, (count, size), hidden = len(t["owners"]), t["vectors"].shape, len(t["b1"])
    wanted = {
        "linear": (rows, _LABELS), "worth": (_LABELS,), "transitions": (_LABELS, _LABELS), "first": (_LABELS,),
        "last": (_LABELS,), "words": (count,), "groups": (count, 3), "w1": (len(STEPS[0]) * (size + EXTRAS), hidden),
        "w2": (len(STEPS[1]) * hidden, hidden), "w3": ((len(STEPS[2]) + 2) * hidden, hidden), "b2": (hidden,),
        "w_out": (hidden, _LABELS), "b3": (hidden,), "b_out": (_LABELS,),
    }  # fmt: skip
    return rows == 1 << (rows.bit_length() - 1) and count > 0 and all(t[k].shape == v for k, v in wanted.items())
