"""Training of the roles of sentences, and how well they are told on articles that were never seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

import tiab.pico.sentences  # noqa: F401  (registers its factory)
from tiab.evaluation.pico.role_sets import LabelledSentences, title_hash
from tiab.pico.learned.crf import Chains, fit_crf
from tiab.pico.learned.role_features import role_features
from tiab.pico.learned.roles import ROLE_LABELS, RoleModel

__all__ = ["train_roles"]


def train_roles(
    examples: Sequence[LabelledSentences], *, bits: int = 18, l2: float = 1.5, iterations: int = 70
) -> RoleModel:
    """A model of the roles; the same examples give the same model.

    Args:
        bits: the table of weights has 2^bits rows of four bytes.
    """
    rows, columns, values, above = [], [], [], 0
    for example in examples:
        found = role_features(example.words, bits)
        rows.append(found.rows + above)
        columns.append(found.columns)
        values.append(found.values)
        above += len(example.roles)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    matrix = csr_array(entries, shape=(above, 1 << bits))
    labels = np.concatenate([example.roles for example in examples])
    chains = Chains.of([len(example.roles) for example in examples])
    weights = fit_crf(matrix, labels, chains, n_labels=len(ROLE_LABELS), l2=l2, iterations=iterations)
    seen = np.array([title_hash(example.article.title) for example in examples], dtype=np.uint64)
    return RoleModel.of(weights, seen)
