"""Terms that the records offer to the criteria, and terms that the decisions speak against."""

from tiab.suggesting.suggesting import suggest_terms
from tiab.suggesting.suggestion import KINDS, Suggestion
from tiab.suggesting.term_index import TermIndex

__all__ = ["KINDS", "Suggestion", "TermIndex", "suggest_terms"]
