"""Decisions that files carry, and the records that they were made on.

A decision belongs to a file and to the id that its record has there. It reaches a record of another file by what
identifies both, and never by an id alone where the titles disagree. Everything that takes decisions from a file
(rank, train, simulate, evaluate, a review) takes them through this package.
"""

from tiab.decisions.decided import Decided, FileLabels
from tiab.decisions.matching import Matching, find_record, match_decisions, match_names, told_apart
from tiab.decisions.order import moment
from tiab.decisions.placing import labels_on, pool_labels, pool_reasons
from tiab.decisions.reading import read_decisions, read_labels
from tiab.decisions.record_index import RecordIndex, alike, plain_title

__all__ = [
    "Decided",
    "FileLabels",
    "Matching",
    "RecordIndex",
    "alike",
    "find_record",
    "labels_on",
    "match_decisions",
    "match_names",
    "moment",
    "plain_title",
    "pool_labels",
    "pool_reasons",
    "read_decisions",
    "read_labels",
    "told_apart",
]
