"""bib-dedupe asked about pairs of records that neither an identifier nor the place in print settles.

bib-dedupe (Gerit Wagner, MIT licence) compares authors, title, journal, volume, issue, pages, abstract and DOI by rules
that were made on labelled sets. It is asked about chosen pairs, in this process and in batches: left to itself it pairs
records by year, volume and issue alone, which takes memory without bound, starts a process for each core, and prints.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tiab.dedupe.citation import MAX_AUTHORS, MAX_TITLE, Citation
from tiab.records import Record

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["agreeing"]

BATCH = 500
_MAX_ABSTRACT = 2000
_NOT_TEXT = re.compile(r"[^\x20-\x7e]+")
_FULL = {
    "ID": "-1", "ENTRYTYPE": "article", "title": "A title", "author": "Author, A.", "year": "2000", "journal": "Brain",
    "booktitle": "Talks", "volume": "1", "number": "1", "pages": "1-2", "abstract": "An abstract", "doi": "10.1/x",
}  # fmt: skip
"""A record with every field, which goes with the others: bib-dedupe stops where a field is empty in all records."""
_INITIALS_BEHIND = re.compile(r"([^,]*[^,\s.])\s+((?:[A-Z]\.?-?){1,4})")


def agreeing(
    pairs: Sequence[tuple[int, int]],
    records: Sequence[Record],
    citations: Sequence[Citation],
    *,
    progress: Callable[[int], object] | None = None,
) -> Iterator[tuple[int, int]]:
    """The pairs of places in `records` that bib-dedupe calls duplicates, each as it was given, in order.

    Args:
        citations: what `citation_of` gives of the records: their volumes and pages are taken from there.
        progress: is called with the number of pairs of each batch that is done.
    """
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        yield from _batch(batch, records, citations)
        if progress:
            progress(len(batch))


def _batch(
    pairs: Sequence[tuple[int, int]], records: Sequence[Record], citations: Sequence[Citation]
) -> Iterator[tuple[int, int]]:
    import pandas as pd

    # Its comparison is not the same both ways round, so that the titles decide which record comes first.
    turned = [
        tuple(sorted(pair, key=lambda place: (citations[place].title, records[place].record_id))) for pair in pairs
    ]
    places = sorted({place for pair in pairs for place in pair})
    frame = pd.DataFrame([_FULL, *(_row(place, records[place], citations[place]) for place in places)], dtype="str")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it sets an option that pandas 3 calls deprecated
        from bib_dedupe.bib_dedupe import match, prep

        prepared = prep(frame, verbosity_level=0, cpu=1).set_index("ID", drop=False)
        sides = [
            prepared.loc[[str(pair[side]) for pair in turned]].add_suffix(f"_{side + 1}").reset_index(drop=True)
            for side in (0, 1)
        ]
        verdicts: pd.DataFrame = match(pd.concat(sides, axis=1), verbosity_level=0, cpu=1)
    sure = verdicts[verdicts["duplicate_label"] == "duplicate"]
    agreed = {frozenset((int(one), int(other))) for one, other in zip(sure["ID_1"], sure["ID_2"], strict=True)}
    yield from (pair for pair in pairs if frozenset(pair) in agreed)


def _row(place: int, record: Record, citation: Citation) -> dict[str, str]:
    """One record as bib-dedupe wants it; text without bounds and digits that are not ASCII would stop it."""
    pages = "-".join(filter(None, (*citation.place.pages[:1], citation.place.last_page)))
    container = _text(record.journal[:200]) or citation.journal
    return {
        "ID": str(place),
        "ENTRYTYPE": "inproceedings" if citation.proceedings else "article",
        "title": _text(record.title[:MAX_TITLE]),
        "author": " and ".join(
            _INITIALS_BEHIND.sub(r"\1, \2", _text(name[:80])) for name in record.authors[:MAX_AUTHORS]
        ),
        "year": str(record.year or ""),
        "journal": "" if citation.proceedings else container,
        "booktitle": container if citation.proceedings else "",
        "volume": citation.place.volume,
        "number": citation.place.issue,
        "pages": pages,
        "abstract": _text(record.abstract[:_MAX_ABSTRACT]),
        "doi": _text(citation.doi),
    }


def _text(text: str) -> str:
    """What bib-dedupe reads of a text: letters without accents, and nothing beyond ASCII."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return _NOT_TEXT.sub(" ", plain).strip()
