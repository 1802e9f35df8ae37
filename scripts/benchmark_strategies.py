"""Reads real search strategies and says of each how much became criteria; writes docs/benchmarks/strategies.md.

    python scripts/benchmark_strategies.py

No words of the strategies are printed. Where the package `search-query` is installed, strategies that are no numbered
lines are given to it as well. TIAB_SHARED names the folder of the data.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tiab.criteria import ROLES
from tiab.drafting import Draft, draft

__all__ = ["is_covered", "missed_words"]

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks" / "strategies.md"
_METHODS = (
    r"(?i)trial|random|placebo|clinical|blind|humans?\b|animals?\b|group|control|therapy\.fs|letter|editorial"
    r"|comment|cohort|stud|limit|remove dup|database|\bnot\b"
)
_HEADINGS = r"^\d+\.? [A-Z][a-z]|^Search"


def missed_words(made: Draft, text: str) -> tuple[int, int]:
    """(words of the source's term lines that no term of the draft has, all of them), by the eye of a plain pattern.

    Lines of filters and limits do not count; a word is its first five letters.
    """
    lines = [re.sub(r"\[[^\]]*\]?|\.[a-z,]{2,}\.", " ", line) for line in text.splitlines()[1:]]
    lines = [line for line in lines if not re.search(_METHODS, line) and not re.match(_HEADINGS, line)]
    wanted = {word[:5].casefold() for line in lines for word in re.findall(r"[^\W\d_]{5,}", line)} - {"explo"}
    terms = [
        term.text for concept in made.concepts for term in (*concept.terms, *concept.abbreviations, *concept.against)
    ]
    there = {word[:5].casefold() for term in terms for word in re.findall(r"[^\W\d_]{3,}", term)}
    return len(wanted - there), len(wanted)


def is_covered(made: Draft, text: str) -> bool:
    """Whether there are concepts, and nine tenths of the words, or all but two, are in their terms."""
    missed, wanted = missed_words(made, text)
    return bool(made.concepts) and missed <= max(2, 0.1 * wanted)


def taken_by_search_query(text: str) -> str:
    """What `search-query` makes of a strategy without numbered lines: "taken", "refused"; "" for any other."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    if re.search(r"(?m)^\s*#?\d+[.)\s]", body):
        return ""
    try:
        parser = importlib.import_module("search_query.parser")
    except ImportError:
        return ""
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints the query with its remarks
            parser.parse(body, platform="pubmed")
    except Exception:  # whatever it raises for a strategy that it does not take is its own
        return "refused"
    return "taken"


def rows(folder: Path) -> Iterator[tuple[str, ...]]:
    """The row of each strategy, and whether it is covered as its last cell."""
    for file in sorted(folder.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        made = draft(text)
        missed, wanted = missed_words(made, text)
        concepts = [f"{sum(c.role == role for c in made.concepts)} {role}" for role in ROLES]
        terms = sum(len(c.terms) + len(c.abbreviations) for c in made.concepts)
        unread = sum(why == "was not understood" for _, _, why in made.not_used)
        yield (
            file.stem,
            str(sum(bool(line.strip()) for line in text.splitlines())),
            ", ".join(one for one in concepts if not one.startswith("0")) or "none",
            str(terms),
            f"{wanted - missed} of {wanted}",
            "yes" if is_covered(made, text) else "no",
            str(unread),
            taken_by_search_query(text) or "–",
        )


def main() -> None:
    """Reads, prints and writes the page."""
    shared = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
    found = list(rows(shared / "protocols" / "strategies"))
    covered = sum(row[5] == "yes" for row in found)
    free = [row[7] for row in found if row[7] != "–"]
    lines = [
        "# Search strategies as people write them",
        "",
        f"{covered} of {len(found)} real strategies of Cochrane reviews, typing errors included, give concepts that",
        "cover their words: nine tenths of the words of their lines, or all but two, are in the terms (filters of",
        "designs and limits aside). Lines that were not understood are listed by number in the draft. Made by",
        "`scripts/benchmark_strategies.py`; the strategies themselves are not part of the repository.",
        "",
        f"The package `search-query` (0.15) takes {free.count('taken')} of the {len(free)} without numbered lines as",
        "they stand; tiab drafts concepts from each. The package has no reader for Ovid's and Cochrane's lines, and",
        "stops at a typing error, as a parser of correct queries should and a reader of drafts should not: so tiab",
        "keeps one reader of its own for every syntax, and does not depend on it.",
        "",
        "One search, written or exported as Embase.com, Scopus, ProQuest, EBSCO, Web of Science, Ovid, the Cochrane",
        "Library, PubMed, LILACS and ClinicalTrials.gov do, with hit counts, as a history with the last search first,",
        "from a word processor, for two databases in one text or cut off, gives the same concepts each time, and where",
        "it sets limits the same limits (`tests/test_strategy_dialects.py`).",
        "",
        "| strategy | lines | concepts | terms | words covered | covered | lines not understood | search-query |",
        "|---|---|---|---|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in found),
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[:12]))


if __name__ == "__main__":
    main()
