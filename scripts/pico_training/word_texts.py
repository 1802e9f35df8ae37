"""The unlabelled abstracts that word vectors are learned from."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

from tiab.errors import InputError
from tiab.evaluation.pico.span_sets import text_lines
from tiab.formats import read_records
from tiab.reading import parse_json

__all__ = ["MEDICAL_REVIEWS", "read_texts"]

MEDICAL_REVIEWS = (
    "Bannach-Brown_2019", "Cohen_*", "Dimitrov_SNHL", "Donners_2021", "Kwok_2020", "Meijboom_2021",
    "NIPH_ChronicPain_QES", "Nagtegaal_2019", "Ouafik_MSM_Syndemic", "RACS_*", "Sep_2021",
    "Vembye_CaregiverChildRatio_Qual", "Wallace_*", "van_de_Schoot_2018",
)  # fmt: skip
"""The labelled reviews (without their labels) that are about health; the others are about software."""


_OPENING = 150  # characters by which a text is known again


def read_texts(shared: Path) -> Iterator[str]:
    """Title and abstract of each article in `shared`, each once, always in the same order.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    known: set[str] = set()
    for text in _all_texts(shared):
        opening = text[:_OPENING].casefold()
        if opening not in known:
            known.add(opening)
            yield text


def _all_texts(shared: Path) -> Iterator[str]:
    for name in ("pubmed20n0014.xml.gz", "pubmed21n1298.xml.gz"):
        for record in read_records(shared / "pubmed" / name):
            if record.abstract:
                yield f"{record.title}\n{record.abstract}"
    for pattern in MEDICAL_REVIEWS:
        for path in sorted((shared / "reviews").glob(f"{pattern}.csv.gz")):
            yield from _rows(path)
    path = shared / "pico" / "evidence-inference-abstracts.json.gz"
    try:
        articles = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise InputError("cannot be read as gzipped JSON", path=path, hint="Fetch the file again.") from error
    for sections in articles.values():
        yield "\n".join(text for _, text in sections)
    for line in text_lines(shared / "pico" / "ebm-participants.jsonl.gz"):
        yield " ".join(parse_json(line)["text"].split())


def _rows(path: Path) -> Iterator[str]:
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        if row["abstract"]:
            yield f"{row['title']}\n{row['abstract']}"
