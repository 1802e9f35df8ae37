"""Prints how well the PICO rules find sample sizes and designs, on the data for measuring (TIAB_SHARED).

    python scripts/measure_pico_rules.py

Sample sizes: PICO-Corpus (1,011 breast-cancer trials), in two halves by the hash of the PMID. The rules were written
with the mistakes of the "tuned" half in sight; the other half was only counted. "any" is right if the number is one of
those that people marked as total, "first" if it is the first; "single" counts the abstracts with one marked total. The
sizes of arms are measured on the same halves (rules written with the tuned half in sight), ages on both together (the
mistakes of all were looked at, so that figure is no held-out one).

Designs: the share of trials that score, in PICO-Corpus and Evidence Inference; and the publication types and MeSH
headings that indexers gave the abstracts of pubmed20n0014 (1970s). Both were looked at, but no rule was fitted to them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sklearn.metrics import roc_auc_score

from tiab.evaluation.pico.numbers import score_numbers
from tiab.evaluation.pico.span_sets import MarkedArticle, read_pico_corpus
from tiab.formats import read_records
from tiab.pico import find_spans
from tiab.pico.design_scores import design_scores
from tiab.pico.quantities import number_of
from tiab.records import Record

SHARED = Path(os.environ.get("TIAB_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
TRIAL = "randomised trial"
TYPES: dict[str, Callable[[Record], bool]] = {
    TRIAL: lambda r: "Randomized Controlled Trial" in r.publication_types,
    "case report": lambda r: "Case Reports" in r.publication_types,
    "review": lambda r: "Review" in r.publication_types,
    "animal study": lambda r: "Animals" in r.keywords and "Humans" not in r.keywords,
    "cohort study": lambda r: any(
        word in " ".join(r.keywords) for word in ("Follow-Up Studies", "Prospective Studies")
    ),
}


def pico_corpus() -> list[tuple[Record, list[int]]]:
    """Each article and the totals that people marked in it, in the order of the text."""
    files: dict[str, dict[str, str]] = {}
    with tarfile.open(SHARED / "pico" / "pico-corpus.tar.gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is not None:
                path = Path(member.name)
                files.setdefault(path.stem, {})[path.suffix] = content.read().decode("utf-8")
    return [(_record(name, parts[".txt"]), _totals(parts[".ann"])) for name, parts in sorted(files.items())]


def _record(name: str, text: str) -> Record:
    """The first sentence is the title."""
    cut = text.find(". ") + 1
    return Record(record_id=name, title=text[:cut], abstract=text[cut:].strip())


def _totals(annotations: str) -> list[int]:
    marked = []
    for line in annotations.splitlines():
        mark, _, words = line.partition("\t")[2].partition("\t")
        kind, start, *_ = mark.split()
        if kind == "total-participants" and (words[0].isdigit() or words[0].isalpha()):
            marked.append((int(start), number_of(words.strip())))
    return [value for _, value in sorted(marked)]


def is_half(record: Record, half: int) -> bool:
    """Whether an article belongs to the half whose mistakes were looked at (0), or to the other (1)."""
    return int(hashlib.sha256(record.record_id.encode()).hexdigest(), 16) % 2 == half


def measure_sizes(articles: Sequence[tuple[Record, list[int]]], name: str) -> None:
    """Prints the share of exact sample sizes."""
    found = find_spans([record for record, _ in articles])
    said = [next((int(s.value) for s in spans if s.label == "sample size"), None) for spans in found]
    pairs = [(value, totals) for value, (_, totals) in zip(said, articles, strict=True) if totals]
    single = [value == totals[0] for value, totals in pairs if len(set(totals)) == 1]
    unmarked = [value for value, (_, totals) in zip(said, articles, strict=True) if not totals]
    print(
        f"sample size, {name:8s} n={len(pairs)}  any {sum(v in t for v, t in pairs) / len(pairs):.3f}  "
        f"first {sum(v == t[0] for v, t in pairs) / len(pairs):.3f}  single {sum(single)}/{len(single)} "
        f"{sum(single) / len(single):.3f}  none given {sum(v is None for v, _ in pairs)}  "
        f"given where none is marked {sum(v is not None for v in unmarked)}/{len(unmarked)}"
    )


def measure_arms(articles: Sequence[MarkedArticle], name: str) -> None:
    """Prints how many arms and ages were found."""
    found = score_numbers(articles)
    shares = (("arms", found.arms), ("of those given", found.arms_said), ("ages", found.ages))
    print(f"{name}: " + "  ".join(f"{of} {s.right}/{s.of} {s.value:.3f}" for of, s in shares))


def measure_trials(records: Sequence[Record], name: str) -> None:
    """Prints the share of trials that score as randomised."""
    scores = [design_scores(spans).get(TRIAL, 0.0) for spans in find_spans(records, numbers=False)]
    shares = "  ".join(f">={t} {sum(s >= t for s in scores) / len(scores):.3f}" for t in (0.3, 0.5, 0.8))
    print(f"randomised trial, {name}: n={len(scores)}  {shares}")


def measure_types(records: Sequence[Record]) -> None:
    """Prints how the scores, from title and abstract alone, agree with the indexers."""
    bare = [replace(record, keywords=(), publication_types=()) for record in records]
    scores = [design_scores(spans) for spans in find_spans(bare, numbers=False)]
    for design, is_it in TYPES.items():
        truth = [is_it(record) for record in records]
        score = [found.get(design, 0.0) for found in scores]
        print(f"{design}: {sum(truth)} of {len(truth)}  AUC {roc_auc_score(truth, score):.3f}", end="")
        for threshold in (0.3, 0.8):
            said = [value >= threshold for value in score]
            right = sum(a and b for a, b in zip(truth, said, strict=True))
            print(
                f"  at {threshold}: precision {right / max(sum(said), 1):.2f} recall {right / sum(truth):.2f}", end=""
            )
        print()


def main() -> None:
    """Prints everything."""
    articles = pico_corpus()
    marked = read_pico_corpus(SHARED / "pico" / "pico-corpus.tar.gz")
    for half, name in enumerate(("tuned", "held out")):
        measure_sizes([pair for pair in articles if is_half(pair[0], half)], name)
        measure_arms([article for article in marked if is_half(article.record, half)], f"arms and ages, {name}")
    measure_trials([record for record, _ in articles], "PICO-Corpus")
    inference = json.loads(gzip.decompress((SHARED / "pico" / "evidence-inference-abstracts.json.gz").read_bytes()))
    parts = ((name, parts[0][1], [part for _, part in parts[1:]]) for name, parts in inference.items())
    measure_trials([Record(record_id=n, title=t, abstract="\n".join(a)) for n, t, a in parts], "Evidence Inference")
    old = read_records(SHARED / "pubmed" / "pubmed20n0014.xml.gz")
    measure_types([record for record in old if record.abstract and record.keywords])


if __name__ == "__main__":
    main()
