"""Duplicates: which records are one report, which may be, and which are reports of one study.

Nothing is deleted or changed: these functions name ids, and whoever calls them links the records.
"""

from tiab.dedupe.deduplicated import joined, read_apart, taken_once
from tiab.dedupe.finding import find_duplicates
from tiab.dedupe.related import RelatedReports, related_reports
from tiab.dedupe.results import DoubtfulPair, DuplicateGroup, Duplicates

__all__ = [
    "DoubtfulPair",
    "DuplicateGroup",
    "Duplicates",
    "RelatedReports",
    "find_duplicates",
    "joined",
    "read_apart",
    "related_reports",
    "taken_once",
]
