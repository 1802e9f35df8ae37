"""Terms that the records offer to the criteria, and terms that the decisions speak against."""

from tiab.suggesting.related import add_related
from tiab.suggesting.suggesting import suggest_terms
from tiab.suggesting.term_suggestion import KINDS, TermSuggestion

__all__ = ["KINDS", "TermSuggestion", "add_related", "suggest_terms"]
