"""A review's eligibility criteria: population, intervention, comparator, outcome, design, limits."""

from tiab.criteria.concepts import DESIGNS, ROLES, Concept, Criteria, Limits, Search
from tiab.criteria.designs import designs_called
from tiab.criteria.reading import parse_criteria, read_criteria

__all__ = [
    "DESIGNS",
    "ROLES",
    "Concept",
    "Criteria",
    "Limits",
    "Search",
    "designs_called",
    "parse_criteria",
    "read_criteria",
]
