"""A protocol or a search strategy ► a draft of the criteria, for a person to look over."""

from tiab.drafting.draft import Draft, DraftConcept, DraftTerm
from tiab.drafting.drafting import draft, draft_criteria

__all__ = ["Draft", "DraftConcept", "DraftTerm", "draft", "draft_criteria"]
