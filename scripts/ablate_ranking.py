"""Ranks labelled reviews with and without each family of features and writes docs/benchmarks/ablation.md.

    python scripts/ablate_ranking.py [--draws 3] [--largest 6000] [--print]

The reviews on which settings are chosen (docs/benchmarks/split.md), as they are used: with criteria and keywords. With
no label they are ranked by the criteria; with n labels, by the criteria and n records drawn at random, a fifth of them
relevant (at most half of the relevant ones); what is measured is the loss over the records that are left. The draws
favour no ranker, as the labels of a screening that one of them had led would.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # before numpy is loaded

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

import tiab
from benchmark_ranking import ROOT, Review, reviews
from comparison import compare_ratios
from tiab import metrics
from tiab.features import Features, make_features
from tiab.ranking.linear import UNLABELLED, LinearRanker, make_ranker
from tiab.ranking.scoring import score_rows

PAGE = ROOT / "docs" / "benchmarks" / "ablation.md"
LABELS = (0, 20, 100, 500)
Mask = NDArray[np.bool_]
Losses = dict[tuple[str, int], float]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """The ranker without something.

    Attributes:
        without: whether a column, of this name, is left out.
        example, prior: whether the criteria's text is learned from, and whether its likeness and the evidence count
            before and beside what is learned.
        keywords: whether the records have theirs.
    """

    without: Callable[[str], bool] = lambda _: False
    example: bool = True
    prior: bool = True
    keywords: bool = True


def is_pair(name: str) -> bool:
    """Whether a column is a pair of words."""
    return " " in name and ":" not in name and not is_general(name)


def is_general(name: str) -> bool:
    """Whether a column is evidence for none of the concepts."""
    return name in ("no abstract to look in", "other species", "other language", "outside the years") or is_design(name)


def is_design(name: str) -> bool:
    """Whether a column is about the study's design."""
    return name.startswith("design: ") or name in ("eligible design", "ineligible design")


def is_concept(name: str) -> bool:
    """Whether a column is evidence for a concept of the criteria."""
    return name.startswith(("criterion", "term against: "))


def is_form(name: str) -> bool:
    """Whether a column is a word whatever its form."""
    return name.endswith("*") and not is_title(name)


def is_title(name: str) -> bool:
    """Whether a column is a word of the title."""
    return name.startswith("title: ") and name.endswith("*")


def is_of_criteria(name: str) -> bool:
    """Whether a column would be empty without criteria."""
    return is_concept(name) or (is_general(name) and not name.startswith("design: "))


VARIANTS = {
    "word pairs": Variant(without=is_pair),
    "words whatever their form": Variant(without=is_form),
    "words of the title apart": Variant(without=is_title),
    "keywords": Variant(keywords=False),
    "the criteria's text as an example": Variant(example=False),
    "the prior (likeness and evidence, fading)": Variant(prior=False),
    "evidence for the concepts": Variant(without=is_concept),
    "design cues": Variant(without=is_design),
    "species, language, years, missing abstract": Variant(
        without=lambda name: is_general(name) and not is_design(name)
    ),
    "all evidence": Variant(without=lambda name: is_general(name) or is_concept(name)),
    "the criteria altogether": Variant(example=False, prior=False, without=is_of_criteria),
}
FULL = "nothing"


def losses(review: Review, draws: int) -> Losses:
    """(variant, number of labels) -> the loss over the rest, averaged over the draws."""
    whole = make_features(review.records, criteria=review.criteria)
    plain = [replace(record, keywords=()) for record in review.records]
    spans = [tuple(span for span in found if span.field != "keywords") for found in whole.spans]
    bare = make_features(plain, criteria=review.criteria, spans=spans)
    relevant = np.array([record_id in review.relevant for record_id in review.ids])
    found: Losses = {}
    for name, variant in {FULL: Variant(), **VARIANTS}.items():
        X, ranker = built(whole if variant.keywords else bare, variant)
        for n in LABELS:
            values = [value for y in labelled(relevant, n, draws) if (value := loss_of(X, ranker, y, relevant))]
            if values:
                found[name, n] = float(np.mean(values))
    return found


def built(features: Features, variant: Variant) -> tuple[csr_array, LinearRanker]:
    """The matrix and the ranker of one variant; rows of words have length 1 whatever was left out."""
    space, ranker = features.space, make_ranker(features.space)
    kept = np.array([not variant.without(name) for name in space.names], dtype=np.float32)
    n_words = len(space.words.words)
    text = csr_array(np.asarray(ranker.example, dtype=np.float32)[None, :])
    X, example = shortened(features.matrix, kept, n_words), shortened(text, kept, n_words)
    prior = np.asarray(ranker.prior_coef, dtype=np.float64) * kept.astype(np.float64)
    return X, replace(
        ranker,
        prior_coef=prior if variant.prior and prior.any() else None,
        example=example.toarray().ravel() if variant.example else None,
    )


def shortened(X: csr_array, kept: NDArray[np.float32], n_words: int) -> csr_array:
    """The matrix with the columns that are not kept at 0, and the words of each row as long as they were."""
    words = np.arange(X.shape[1]) < n_words
    before, after = X.power(2) @ words, X.power(2) @ (words * kept)
    longer = np.sqrt(np.divide(before, after, out=np.zeros_like(before), where=after > 0)).astype(np.float32)
    scaled = diags_array(longer) @ X @ diags_array(kept * words) + X @ diags_array(kept * ~words)
    result = csr_array(scaled, dtype=np.float32)
    result.eliminate_zeros()
    return result


def labelled(relevant: Mask, n: int, draws: int) -> Iterator[NDArray[np.int_]]:
    """The labels of each draw; none where the review is too small for so many."""
    many = min(n // 5, int(relevant.sum()) // 2)
    if n - many > (~relevant).sum() / 2:
        return
    for seed in range(draws if n else 1):
        rng = np.random.default_rng(seed)
        y = np.full(len(relevant), UNLABELLED)
        y[rng.choice(np.flatnonzero(relevant), many, replace=False)] = 1
        y[rng.choice(np.flatnonzero(~relevant), n - many, replace=False)] = 0
        yield y


def loss_of(X: csr_array, ranker: LinearRanker, y: NDArray[np.int_], relevant: Mask) -> float | None:
    """The loss over the records without a label; None where there is nothing to rank by."""
    if not (y >= 0).any() and ranker.prior_coef is None:
        return None
    fitted = ranker.fit(X, y)
    scores = score_rows(X, fitted.coef, fitted.intercept)
    rest = y == UNLABELLED
    order = np.argsort(-scores[rest], kind="stable")
    return metrics.loss((np.flatnonzero(relevant[rest][order]) + 1).tolist(), int(rest.sum()))


def page(found: Mapping[str, Losses], draws: int) -> str:
    """The whole page."""
    header = [f"{n} labels" if n else "no label" for n in LABELS]
    counts = [sum((FULL, n) in one for one in found.values()) for n in LABELS]
    means = [sum(one.get((FULL, n), 0.0) for one in found.values()) / max(counts[i], 1) for i, n in enumerate(LABELS)]
    lines = [
        "# What each family of features adds to the ranking",
        "",
        f"Written by `scripts/ablate_ranking.py` on {datetime.now(UTC):%Y-%m-%d} with tiab {tiab.__version__}: "
        f"{len(found)} reviews on which settings are chosen ([split.md](split.md)), ranked by their criteria and by "
        f"labels drawn at random, a fifth of them relevant; {draws} draws each. A number is the loss without the "
        "family over the loss with everything, geometric mean over reviews, with its 95% bootstrap interval: **above "
        "1 the family helps**. Rows of words are brought back to length 1 when columns are left out. Labels that a "
        "screening has led to are others than these: what each family is worth there stands in [tried.md](tried.md), "
        "and it is what decides.",
        "",
        f"| left out | {' | '.join(header)} |",
        "|---" * (1 + len(LABELS)) + "|",
        f"| nothing: mean loss | {' | '.join(f'{mean:.3f}' for mean in means)} |",
    ]
    for name in VARIANTS:
        lines.append(f"| {name} | {' | '.join(cell(found, name, n) for n in LABELS)} |")
    lines += [f"| reviews | {' | '.join(map(str, counts))} |", "", f"Reviews: {', '.join(sorted(found))}.", ""]
    return "\n".join(lines)


def cell(found: Mapping[str, Losses], name: str, n: int) -> str:
    """How much larger the loss is without a family."""
    pairs = [(one[name, n], one[FULL, n]) for one in found.values() if (name, n) in one]
    if not pairs:
        return "–"
    result = compare_ratios([a for a, _ in pairs], [b for _, b in pairs])
    return f"{result.estimate:.3f} [{result.low:.3f}, {result.high:.3f}]"


def main() -> None:
    """Writes the page or prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--largest", type=int, default=6000, help="leave out reviews of more records")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    given = parser.parse_args()
    found: dict[str, Losses] = {}
    for review in reviews(given.shared, "tuning"):
        if review.criteria and len(review.ids) <= given.largest:
            found[review.name] = losses(review, given.draws)
            print(f"{review.name}: {found[review.name][FULL, 0]:.4f}", file=sys.stderr, flush=True)
    text = page(found, given.draws)
    if given.print:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
