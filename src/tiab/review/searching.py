"""Searching: the review's own PubMed search, asked again for what PubMed took in since it was last asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tiab.errors import InputError
from tiab.pubmed import Server, fetch_found, search
from tiab.review.criteria_file import CRITERIA_NAME
from tiab.review.service import Review

__all__ = ["OVERLAP", "LaterSearch", "search_later"]

OVERLAP = timedelta(days=7)
"""How far a search reaches back before the end of the last: PubMed's day is not everybody's, and it has long ones."""

_DATES = ("edat", "crdt", "mhda")
"""Entered, created, indexed: a record is new to a search by its MeSH terms only once it has some, months after it came;
and one that is entered late bears its day of publication as that of its entry, so its creation counts, too."""

_FETCHING = "pubmed-update.xml.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterSearch:
    """One round of a living review.

    Attributes:
        query: the review's own.
        since, until: the first and last day on which PubMed took a record in, or indexed it, that counts.
        found: how many records there are.
        path: the file in the review's folder that holds them; None where there are none.
        warnings: what PubMed didn't understand of the query.
    """

    query: str
    since: date
    until: date
    found: int
    path: Path | None = None
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The same as plain JSON types; of the path, the name."""
        plain: dict[str, object] = {"query": self.query, "since": str(self.since), "until": str(self.until)}
        name = self.path.name if self.path else ""
        return plain | {"found": self.found, "file": name, "warnings": list(self.warnings)}


def search_later(
    review: Review,
    server: Server,
    *,
    since: date | None = None,
    today: date | None = None,
    found: Callable[[int], Callable[[int], object]] | None = None,
) -> LaterSearch:
    """Fetches into the review's folder what its own search finds anew; once added, `Review.log_search` notes it.

    What comes is more than what is new, as the days overlap; adding it tells what the review has. A fetch that broke
    off is taken up by the next.

    Args:
        since: the first day that counts; None for a week before the last day that the same search has covered.
        found: is called with the number of records; what it gives is called with numbers of records that came.

    Raises:
        InputError: the review's criteria have no search, or don't say how far it went.
        TiabError: PubMed cannot be asked.
    """
    query, until = _query(review), today or date.today()
    since = since or min(_covered(review, query), until) - OVERLAP
    days = f"{since:%Y/%m/%d}:{until:%Y/%m/%d}"
    term = f"({query}) AND ({' OR '.join(f'{days}[{name}]' for name in _DATES)})"
    result = search(server, term, today=until)
    path = None
    if result.total:
        fetching, progress = review.folder / _FETCHING, found(result.total) if found else None
        fetch_found(server, result, fetching, query=query, progress=progress)
        path = fetching.rename(_free(review.folder, until))
    return LaterSearch(
        query=query, since=since, until=until, found=result.total, path=path, warnings=result.warnings
    )  # fmt: skip


def _query(review: Review) -> str:
    query = review.criteria.search.pubmed if review.criteria else ""
    if not query:
        hint = 'Add [search] with pubmed = "…" and until = 2017-10-31, the last day that it has covered.'
        raise InputError("has no search to repeat", path=review.folder / CRITERIA_NAME, hint=hint)
    return query


def _covered(review: Review, query: str) -> date:
    """The last day that the same query has covered: by the log, else by the criteria."""
    logged = [search["until"] for search in review.searches() if search["query"] == query]
    until = logged[-1] if logged else review.criteria.search.until if review.criteria else ""
    if not until:
        hint = "Add until = 2017-10-31 to [search], the last day that your search has covered, or give --since."
        raise InputError("doesn't say how far the search went", path=review.folder / CRITERIA_NAME, hint=hint)
    return date.fromisoformat(str(until))


def _free(folder: Path, day: date) -> Path:
    path, number = folder / f"pubmed-{day}.xml.gz", 1
    while path.exists():
        number += 1
        path = folder / f"pubmed-{day}-{number}.xml.gz"
    return path
