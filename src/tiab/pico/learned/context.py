"""What is known of each word before participants, interventions and outcomes are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import SHAPE
from spacy.strings import get_string_id
from spacy.tokens import Doc

from tiab.pico.layout import get_layout, get_spans
from tiab.pico.learned.roles import ROLE_LABELS, get_roles
from tiab.pico.learned.words import Words, read_words
from tiab.pico.spans import Span

__all__ = ["CUES", "Context", "read_context"]

CUES = (
    "sample size", "human", "control group", "comparison", "marker", "design", "duration", "exercise type",
)  # fmt: skip
"""What the rules find that tells of participants, interventions and outcomes; a column each."""

_CUE_OF = {
    "rule:sample_size": 0, "rule:sample_size_sum": 0, "rule:human": 1, "rule:control_group": 2, "rule:comparison": 3,
    "rule:marker": 4, "rule:design_cue": 5, "rule:duration": 6, "rule:exercise_type": 7,
}  # fmt: skip
_KIND_OF = {get_string_id(mark): kind for kind, marks in enumerate(("([", ")]", ".,;:"), start=1) for mark in marks}
_MARKS = np.array(sorted(_KIND_OF), dtype=np.uint64)
_KINDS = np.array([_KIND_OF[mark] for mark in sorted(_KIND_OF)])


@dataclass(frozen=True, eq=False)
class Context:
    """One text, word by word; arrays of length n_words unless said otherwise.

    Attributes:
        rows: the number of each word's sentence.
        capital, capitals: whether a word begins with one capital letter, and whether with two.
        roles: the probability of each role of its sentence, shape (n_words, 4); 0 in title and keywords.
        title: whether it is in the title.
        cues: whether each of `CUES` covers it, shape (n_words, 8).
        opening, closing, pause: whether it is such a mark.
    """

    words: Words
    rows: NDArray[np.int64]
    capital: NDArray[np.bool_]
    capitals: NDArray[np.bool_]
    roles: NDArray[np.float64]
    title: NDArray[np.bool_]
    cues: NDArray[np.bool_]
    opening: NDArray[np.bool_]
    closing: NDArray[np.bool_]
    pause: NDArray[np.bool_]

    @cached_property
    def again_in_title(self) -> NDArray[np.bool_]:
        """Whether a word behind the title is one of the title's, too."""
        which = self.words.different.which
        said = np.zeros(int(which.max(initial=0)) + 1, dtype=bool)
        said[which[self.title]] = True
        found: NDArray[np.bool_] = said[which] & ~self.title
        return found


def read_context(doc: Doc) -> Context:
    """The context of each word of `doc`, in which the rules and `tiab_roles` have run."""
    words = read_words(doc)
    rows = np.repeat(np.arange(len(words.lengths)), words.lengths)
    shapes, which = np.unique(doc.to_array([SHAPE]).astype(np.uint64, copy=False).ravel(), return_inverse=True)
    starts = np.array([_capitals(doc.vocab.strings[shape]) for shape in shapes.tolist()], dtype=np.int64)[which]
    roles = get_roles(doc)
    if roles is None:
        roles = np.zeros((len(words.lengths), len(ROLE_LABELS)))
    start, end = next(((a, b) for a, b, name in get_layout(doc).fields if name == "title"), (0, 0))
    place = np.minimum(np.searchsorted(_MARKS, words.hashes), len(_MARKS) - 1)
    marks = np.where(_MARKS[place] == words.hashes, _KINDS[place], 0)
    return Context(
        words=words,
        rows=rows,
        capital=starts == 1,
        capitals=starts == 2,
        roles=roles[rows],
        title=(words.starts >= start) & (words.starts < end),
        cues=_cues(get_spans(doc), words),
        opening=marks == 1,
        closing=marks == 2,
        pause=marks == 3,
    )


@lru_cache(maxsize=10_000)
def _capitals(shape: str) -> int:
    """How many capital letters a word of this shape ("Xxx-dd") begins with, at most 2."""
    return 2 if shape.startswith("XX") else int(shape.startswith("X"))


def _cues(spans: Sequence[Span], words: Words) -> NDArray[np.bool_]:
    found = np.zeros((len(words.starts), len(CUES)), dtype=bool)
    known = [(span.start, span.end, _CUE_OF[span.provenance]) for span in spans if span.provenance in _CUE_OF]
    if known:
        firsts = np.searchsorted(words.starts, [start for start, _, _ in known])
        lasts = np.searchsorted(words.starts, [end for _, end, _ in known])
        for first, last, (_, _, cue) in zip(firsts, lasts, known, strict=True):
            found[first:last, cue] = True
    return found
