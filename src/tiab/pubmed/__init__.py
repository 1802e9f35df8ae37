"""PubMed asked directly, over NCBI's E-utilities: what a search finds, what a list of PMIDs names.

Nothing here is asked by itself: a caller makes a `Server`, whose `Settings` say where it is and how often to ask it.
"""

from tiab.pubmed.fetching import Fetched, check_suffix, fetch_found, fetch_pmids, read_pmids
from tiab.pubmed.reviewing import Doubt, RealPool, fetch_review
from tiab.pubmed.searching import DATE_TYPES, Found, Part, search
from tiab.pubmed.server import Server, Settings

__all__ = [
    "DATE_TYPES",
    "Doubt",
    "Fetched",
    "Found",
    "Part",
    "RealPool",
    "Server",
    "Settings",
    "check_suffix",
    "fetch_found",
    "fetch_pmids",
    "fetch_review",
    "read_pmids",
    "search",
]
