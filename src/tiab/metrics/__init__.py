"""What an ordering is worth: pure functions of the ranks of the relevant records and the number of records.

Each takes `(ranks, n_records)` first. Ranks come from `ranks_of` (an order and the relevant ids) or `expected_ranks`
(scores, ties and all). docs/metrics.md sets out the definitions, and where other tools differ.
"""

from tiab.metrics.cutoffs import clopper_pearson, erf, found_at, precision_at, recall_at, recall_curve, records_in, rrf
from tiab.metrics.effort import last_relevant_rank, nnr, rank_at_recall, records_saved, tnr, wss
from tiab.metrics.ordering import atd, auc, average_precision, loss, ndcg
from tiab.metrics.ranks import Ranks, Rounding, as_fraction, checked_ranks, expected_ranks, needed, ranks_of

__all__ = [
    "Ranks",
    "Rounding",
    "as_fraction",
    "atd",
    "auc",
    "average_precision",
    "checked_ranks",
    "clopper_pearson",
    "erf",
    "expected_ranks",
    "found_at",
    "last_relevant_rank",
    "loss",
    "ndcg",
    "needed",
    "nnr",
    "precision_at",
    "rank_at_recall",
    "ranks_of",
    "recall_at",
    "recall_curve",
    "records_in",
    "records_saved",
    "rrf",
    "tnr",
    "wss",
]
