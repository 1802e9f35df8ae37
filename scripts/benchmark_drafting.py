"""Ranks reviews by hand-written, by drafted and by no terms; writes docs/benchmarks/drafting.md.

    python scripts/benchmark_drafting.py [--replay] [--sample] [REVIEW …]
    python scripts/benchmark_drafting.py --writers
    python scripts/benchmark_drafting.py --styles

By the criteria in corpora/benchmarks, by what `tiab.drafting.draft` makes of the published text (or of the question
that this script states from the paper's title) untouched, by the same with related words from the records, and by
title and question alone: AUC, AP and WSS@95 of the first ranking and, with --replay, the loss of a replay in which
every label is learned from. What was measured is kept in drafting.json beside the page and not measured again, unless
the reviews are named; --sample ranks some hundred records of each. --writers measures ten reviews by three versions of
their criteria: the one by hand, a second writer's and the draft of the first one's question. --styles measures the
drafts of texts in several styles (corpora/benchmarks/styles, and title and question) for every tuning review.
TIAB_SHARED names the folder of the data.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import tiab
from review_split import is_tuning
from tiab import metrics
from tiab.criteria import Criteria
from tiab.drafting import draft
from tiab.evaluation.simulation import simulate
from tiab.features import make_features
from tiab.suggesting import add_related

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "benchmarks"
PAGE, KEPT, WRITERS = FOLDER / "drafting.md", FOLDER / "drafting.json", FOLDER / "writers.json"
STYLES = FOLDER / "styles.json"
WAYS = ("written by hand", "drafted", "drafted with records", "title and question")
MEASURES = ("AUC", "AP", "WSS@95", "replay loss")
STATED = {
    "Cohen_ADHD": (
        "Drug class review on pharmacologic treatments for ADHD",
        "Are drugs effective and safe in children and adults with attention deficit hyperactivity disorder (ADHD)?",
    ),
    "Cohen_UrinaryIncontinence": (
        "Drug class review on agents for overactive bladder",
        "Are drugs for overactive bladder effective and safe in adults with urinary incontinence?",
    ),
    "Wallace_COPD": (
        "Genetic association studies of chronic obstructive pulmonary disease",
        "Which genetic variants are associated with chronic obstructive pulmonary disease (COPD)?",
    ),
    "RACS_VERT": (
        "Vertebroplasty and kyphoplasty",
        "Are vertebroplasty and kyphoplasty effective and safe in people with vertebral compression fractures?",
    ),
    "Hannousse_Goulao_2016": (
        "Quality evaluation for model-driven web engineering",
        "How is the quality of model-driven web engineering evaluated?",
    ),
}
"""Title and question of reviews whose text is not published with their records, as their titles alone tell it."""
SECOND, SAMPLE = "second_writer", 400
"""Where the second writer's criteria are, and how many records of a review are a sample."""
Scores = dict[str, dict[str, float]]


def protocol(published: Mapping[str, str]) -> str:
    """The published text as a protocol that a person would paste."""
    questions = [line.strip(" -") for line in published["question"].splitlines()]
    return "\n".join(
        (
            f"Title: {published['title']}",
            *(f"Question: {question}" for question in questions),
            "\nInclusion criteria",
            published["inclusion"],
            "\nExclusion criteria",
            published["exclusion"],
        )
    )


def texts(shared: Path) -> Iterator[tuple[str, str]]:
    """(review, the text that its criteria are drafted from), the smallest file first."""
    published = json.loads((shared / "protocols" / "published.json").read_text(encoding="utf-8"))
    all_of = {one["name"]: protocol(one) for one in published}
    all_of |= {name: f"Title: {title}\nQuestion: {question}" for name, (title, question) in STATED.items()}
    there = [name for name in all_of if _records(shared, name).is_file()]
    yield from ((name, all_of[name]) for name in sorted(there, key=lambda name: _records(shared, name).stat().st_size))


def _records(shared: Path, name: str) -> Path:
    return shared / "reviews" / f"{name}.csv.gz"


def ways_of(name: str, text: str, records: Sequence[tiab.Record]) -> dict[str, Criteria]:
    """The criteria of each way."""
    made = draft(text)
    drafted = made.criteria
    ways = {
        "drafted": drafted,
        "drafted with records": add_related(made, records).criteria,
        "title and question": Criteria(title=drafted.title, question=drafted.question, concepts=()),
    }
    hand = ROOT / "corpora" / "benchmarks" / f"{name}.toml"
    return ({"written by hand": tiab.read_criteria(hand)} if hand.is_file() else {}) | ways


def scores(records: Sequence[tiab.Record], relevant: set[str], criteria: Criteria, *, replay: bool) -> dict[str, float]:
    """The measures of the first ranking and, where wanted, of the replay."""
    features = make_features(records, criteria=criteria)
    order = simulate(records, relevant, features=features, retrain="never").order
    ranks, n = metrics.ranks_of(order, relevant), len(order)
    measured = {
        "AUC": metrics.auc(ranks, n),
        "AP": metrics.average_precision(ranks, n),
        "WSS@95": metrics.wss(ranks, n, target=0.95),
    }
    if replay:
        measured["replay loss"] = metrics.loss(simulate(records, relevant, features=features).ranks, n)
    return measured


def measure(shared: Path, name: str, text: str, *, replay: bool, sampled: bool) -> dict[str, object]:
    """What is kept of one review."""
    records = tiab.read_records(_records(shared, name))
    relevant = {record.record_id for record in records if dict(record.extra).get("label_included") == "1"}
    whole = len(records)
    if sampled:
        records = sample_of(records, relevant)
        relevant &= {record.record_id for record in records}
    ways = {way: scores(records, relevant, c, replay=replay) for way, c in ways_of(name, text, records).items()}
    print(name, ways, flush=True)
    size = f"{len(records)} of {whole}" if sampled else len(records)
    return {"records": size, "relevant": len(relevant), "ways": ways}


def sample_of(records: list[tiab.Record], relevant: set[str]) -> list[tiab.Record]:
    """All records of a small review; of a larger one an even sample with at most half of it relevant."""
    inside = [record for record in records if record.record_id in relevant]
    others = [record for record in records if record.record_id not in relevant]
    rng = random.Random(0)
    some = rng.sample(inside, min(len(inside), SAMPLE // 2))
    return some + rng.sample(others, min(len(others), SAMPLE - len(some)))


def writers(shared: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """(review, loss of the first ranking by each version of its criteria)."""
    for path in sorted((ROOT / "corpora" / "benchmarks" / SECOND).glob("*.toml")):
        hand = tiab.read_criteria(path.parent.parent / path.name)
        versions = {
            "by hand": hand,
            "second writer": tiab.read_criteria(path),
            "drafted": draft(f"Title: {hand.title}\nQuestion: {hand.question}").criteria,
        }
        records = tiab.read_records(_records(shared, path.stem))
        relevant = {record.record_id for record in records if dict(record.extra).get("label_included") == "1"}
        some = sample_of(records, relevant)
        relevant &= {record.record_id for record in some}
        losses = {who: 1 - scores(some, relevant, c, replay=False)["AUC"] for who, c in versions.items()}
        print(path.stem, losses, flush=True)
        yield path.stem, losses


def styles(shared: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """(review, AUC of the first ranking by hand and by the draft of each text about it), the tuning reviews alone."""
    folder = ROOT / "corpora" / "benchmarks"
    for path in sorted(folder.glob("*.toml")):
        if not is_tuning(path.stem):
            continue
        hand = tiab.read_criteria(path)
        versions = {
            "by hand": hand,
            "title and question": draft(f"Title: {hand.title}\nQuestion: {hand.question}").criteria,
        }
        for text in sorted((folder / "styles").glob(f"{path.stem}.*.txt")):
            versions[text.stem.rpartition(".")[2]] = draft(text.read_text(encoding="utf-8")).criteria
        records = tiab.read_records(_records(shared, path.stem))
        relevant = {record.record_id for record in records if dict(record.extra).get("label_included") == "1"}
        some = sample_of(records, relevant)
        relevant &= {record.record_id for record in some}
        yield path.stem, {who: scores(some, relevant, c, replay=False)["AUC"] for who, c in versions.items()}


def main() -> None:
    """Measures what is missing or named, and writes the page."""
    names, replay = [name for name in sys.argv[1:] if not name.startswith("--")], "--replay" in sys.argv
    shared = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    if "--writers" in sys.argv:
        WRITERS.write_text(json.dumps(dict(writers(shared)), indent=1) + "\n", encoding="utf-8")
    if "--styles" in sys.argv:
        STYLES.write_text(json.dumps(dict(styles(shared)), indent=1) + "\n", encoding="utf-8")
    for name, text in texts(shared) if not {"--writers", "--styles"} & set(sys.argv) else ():
        if name in names or (not names and name not in kept):
            kept[name] = measure(shared, name, text, replay=replay, sampled="--sample" in sys.argv)
            KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(kept), encoding="utf-8")


def page(kept: Mapping[str, dict[str, object]]) -> str:
    """The page of what was measured."""
    lines = [
        "# Drafted criteria beside criteria written by hand",
        "",
        "By the criteria in `corpora/benchmarks`, by what `tiab criteria draft` makes of the published eligibility",
        "text untouched (or of a question that was stated from the paper's title alone: †), by the same draft with the",
        "related words that `--related` takes from the records (no label is used), and by title and question alone.",
        "AUC, AP and WSS@95 of the first ranking, before any label; the loss of a replay in which every label is",
        "learned from, where there was time for it. Each cell: by hand / drafted / drafted with records / title and",
        "question. Made by `scripts/benchmark_drafting.py --replay`.",
        "",
        "The words and rules of the reader of protocols were chosen on the tuning side of [split.md](split.md), with",
        "its lists of groups and their members (`drafting/members.toml`), which know the drug classes of the Cohen",
        "reviews: a text of another field may fare worse. All ten published texts had been read before. Where a draft",
        "of a tuning review is far behind (Radjenovic_2013), the hand-written file has terms that the text lacks: what",
        "software metrics are called. Van_de_Schoot_2018 and Hannousse_Goulao_2016 are untouched, and were not",
        "looked into.",
        "",
        f"| review | side | records | relevant | {' | '.join(MEASURES)} |",
        f"|---|---|---|---|{'---|' * len(MEASURES)}",
        *(_row(name, one) for name, one in kept.items()),
    ]
    for side, chosen in (("tuning", True), ("untouched", False)):
        lines += _means(side, [one for name, one in kept.items() if is_tuning(name) is chosen])
    lines += _means("published texts", [one for name, one in kept.items() if name not in STATED])
    lines += _means("all", list(kept.values()))
    lines += _styles_section(json.loads(STYLES.read_text(encoding="utf-8"))) if STYLES.is_file() else []
    lines += _writers_section(json.loads(WRITERS.read_text(encoding="utf-8"))) if WRITERS.is_file() else []
    return "\n".join(lines) + "\n"


def _styles_section(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The drafts of texts in several styles: how far each style is behind the hand-written criteria, and the spread."""
    behind: dict[str, list[float]] = {}
    for one in found.values():
        for style, auc in one.items():
            behind.setdefault(style, []).append(auc - one["by hand"])
    several = [one for one in found.values() if len(one) > 2]
    spread = sum(max(drafts) - min(drafts) for one in several if (drafts := list(one.values())[1:])) / len(several)
    every = [value for style, values in behind.items() if style != "by hand" for value in values]
    del behind["by hand"]
    return [
        "",
        "## Texts in several styles",
        "",
        "AUC of the first ranking by the draft, less that by the hand-written criteria of the same review, on the",
        "tuning reviews: of title and question, and of texts that one person wrote in the styles of several",
        "(`corpora/benchmarks/styles`: a short question, a protocol or PROSPERO record, bullets). The reader of",
        f"protocols was chosen on these. At most {SAMPLE} records of each review; made by",
        "`scripts/benchmark_drafting.py --styles`.",
        "",
        "| style | texts | mean | worst |",
        "|---|---|---|---|",
        *(
            f"| {style} | {len(values)} | {sum(values) / len(values):+.3f} | {min(values):+.3f} |"
            for style, values in behind.items()
        ),
        f"| all | {len(every)} | {sum(every) / len(every):+.3f} | {min(every):+.3f} |",
        "",
        f"The drafts of one review lie {spread:.3f} apart on average (AUC, the best less the worst;",
        f"{len(several)} reviews with more than one text).",
    ]


def _writers_section(losses: Mapping[str, Mapping[str, float]]) -> list[str]:
    """What the writer makes out: the loss of the first ranking by each version, and the spread of the three."""
    names = list(next(iter(losses.values())))
    spreads = [max(one.values()) - min(one.values()) for one in losses.values()]
    means = [sum(one[name] for one in losses.values()) / len(losses) for name in names]
    return [
        "",
        "## What the writer makes out",
        "",
        "Loss (1 - AUC) of the first ranking on ten tuning reviews by three versions of their criteria: by hand,",
        f"a second writer's from title and question alone (`corpora/benchmarks/{SECOND}`), and the draft of the first",
        f"one's title and question. At most {SAMPLE} records of each review, drawn evenly, at most half of them",
        "relevant; made by `scripts/benchmark_drafting.py --writers`.",
        "",
        f"| review | {' | '.join(names)} | spread |",
        f"|---|{'---|' * len(names)}---|",
        *(
            f"| {review} | {' | '.join(f'{one[name]:.3f}' for name in names)} | {spread:.3f} |"
            for (review, one), spread in zip(losses.items(), spreads, strict=True)
        ),
        f"| mean | {' | '.join(f'{mean:.3f}' for mean in means)} | {sum(spreads) / len(spreads):.3f} |",
    ]


def _row(name: str, one: Mapping[str, object]) -> str:
    cells = [_cell([_ways(one).get(way, {}).get(measure) for way in WAYS]) for measure in MEASURES]
    side = "tuning" if is_tuning(name) else "untouched"
    cells = [name + ("†" if name in STATED else ""), side, str(one["records"]), str(one["relevant"]), *cells]
    return f"| {' | '.join(cells)} |"


def _ways(one: Mapping[str, object]) -> Scores:
    ways = one["ways"]
    return ways if isinstance(ways, dict) else {}


def _cell(values: Sequence[float | None]) -> str:
    return " / ".join("–" if value is None else f"{value:.3f}" for value in values)


def _means(side: str, those: Sequence[Mapping[str, object]]) -> list[str]:
    whole = [one for one in those if len(_ways(one)) == len(WAYS)]
    if not whole:
        return []
    cells = []
    for measure in MEASURES:
        full = [_ways(one) for one in whole if all(measure in _ways(one)[way] for way in WAYS)]
        cells.append(
            _cell([sum(one[way][measure] for one in full) / len(full) for way in WAYS] if full else [None] * len(WAYS))
        )
    return [f"| mean, {side} ({len(whole)}) | | | | {' | '.join(cells)} |"]


if __name__ == "__main__":
    main()
