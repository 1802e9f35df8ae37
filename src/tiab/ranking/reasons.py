"""Reasons: which words and which evidence moved a record most, said in a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiab.features import CRITERION, IN_TITLE
from tiab.features.stems import stem
from tiab.features.words import word_of

__all__ = ["Reasons", "find_reasons"]

_SHOWN = 5
_CONSIDERED = 40
"""Beyond the strongest so many columns nothing is left that could be among the first few reasons."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """(name, what it added to the score), strongest first."""

    pairs: tuple[tuple[str, float], ...]

    def strongest(self, *, positive: bool) -> tuple[tuple[str, float], ...]:
        """The strongest of one sign, without the words of a phrase that is named already."""
        chosen: list[tuple[str, float]] = []
        for name, effect in self.pairs:
            words = set(name.split())
            said = any(words <= set(other.split()) or set(other.split()) <= words for other, _ in chosen)
            if (effect > 0) == positive and not said:
                chosen.append((name, effect))
        return tuple(chosen[:_SHOWN])

    def listed(self, *, positive: bool) -> str:
        """The same in a line.

        >>> Reasons((("back pain", 0.5), ("pain", 0.4), ("law", -0.1))).listed(positive=True)
        'back pain (+0.50)'
        """
        return "; ".join(f"{name} ({effect:+.2f})" for name, effect in self.strongest(positive=positive))


def find_reasons(names: Sequence[str], effects: NDArray[np.float64]) -> Reasons:
    """The reasons behind a score of which column `names[i]` added `effects[i]`.

    What several columns say of one criterion (met, met in the title), or of the forms of one word, is taken together,
    under the name of the strongest.

    >>> find_reasons(["yoga", "pains*", "title: pain*"], np.array([0.2, 0.3, 0.1])).pairs
    (('pains', 0.4), ('yoga', 0.2))
    """
    together: dict[str, tuple[str, float]] = {}
    for i in np.argsort(-np.abs(effects), kind="stable")[:_CONSIDERED]:
        if effects[i]:
            shown = word_of(names[i]).replace(IN_TITLE, CRITERION)
            name, effect = together.get(stem(shown), (shown, 0.0))
            together[stem(shown)] = name, effect + float(effects[i])
    return Reasons(tuple(sorted(together.values(), key=lambda reason: -abs(reason[1]))))
