"""Builds models/pico-findings.safetensors, which answers which way an outcome went.

    python scripts/train_findings.py [--shared DIR] [--output DIR]
    python scripts/train_findings.py --cross-validate

DIR holds the data for measuring (TIAB_SHARED), of which `pico/findings.jsonl.gz` is read. The same data and tiab give
the same bytes on the same kind of machine. `--cross-validate` writes nothing and prints the scores of models that were
learned from nine tenths of the articles on the tenth that they never saw, beside those of the reference: TF-IDF with
logistic regression on the sentence that shares most words with the outcome, or on the evidence.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tiab.errors import TiabError
from tiab.evaluation.pico.findings import AnswerScores, read_questions, score_answers
from tiab.pico.findings.model import ANSWERS, BUCKETS, FindingsModel, counts_of
from tiab.pico.findings.questions import Clause, Question, clauses_of, evidence_of
from tiab.pico.sentences import sentence_starts

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
NAME = "pico-findings.safetensors"
FOLDS, SEED = 10, 0
STRENGTH = 0.5  # inverse of the penalty on the answers' weights; words count half as much as the other numbers
WORDS = 0.5
Example = tuple[Question, list[Clause], list[Clause]]


def read_examples(path: Path) -> list[Example]:
    """(question, its clauses, its evidence) of each question of a file."""
    return [(q, clauses_of(q), evidence_of(q)) for q in read_questions(path)]


def answering(question: Question, clauses: Sequence[Clause]) -> np.ndarray[Any, Any]:
    """For each clause whether it is the evidence: it holds a good part of it, or more of it than any other."""
    held = np.array([sum(max(0, min(b, c.end) - max(a, c.start)) for a, b in question.evidence) for c in clauses])
    total = sum(b - a for a, b in question.evidence)
    sizes = np.array([c.end - c.start for c in clauses])
    return np.where((held >= 0.4 * np.minimum(sizes, total)) | ((held == held.max()) & (held > 0)), 1, 0)


def table(rows: Sequence[dict[str, float]], names: Sequence[str]) -> np.ndarray[Any, Any]:
    return np.array([[row.get(name, 0.0) for name in names] for row in rows])


def scaled(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The largest size of each column, 1 for empty ones: what the weights are divided by."""
    return np.where(np.abs(numbers).max(axis=0) > 0, np.abs(numbers).max(axis=0), 1.0)


def train(examples: Sequence[Example]) -> FindingsModel:
    """The model learned from the examples: first which clauses answer, then what they answer."""
    clauses = [clause for _, mine, _ in examples for clause in mine]
    fit_names = tuple(sorted({name for clause in clauses for name in clause.fit}))
    says_names = tuple(
        sorted({name for _, mine, given in examples for clause in (*mine, *given) for name in clause.says})
    )
    fits = table([clause.fit for clause in clauses], fit_names)
    right = np.concatenate([answering(question, mine) for question, mine, _ in examples])
    chooser = LogisticRegression(max_iter=5000).fit(fits / scaled(fits), right)
    seen = np.array([counts_of(clause.words) > 0 for _, _, given in examples for clause in given]).sum(axis=0)
    documents = sum(len(given) for _, _, given in examples)
    rarity = np.where(seen > 1, np.log((1 + documents) / (1 + seen)) + 1, 0.0)
    start = FindingsModel(
        fit_names=fit_names, says_names=says_names, fit=(chooser.coef_[0] / scaled(fits)).astype(np.float32),
        says=np.zeros((len(says_names), 3), np.float32), words=np.zeros((BUCKETS, 3), np.float32),
        rarity=rarity.astype(np.float32), bias=np.zeros(3, np.float32),
        trained_on=np.sort(np.array([question.key for question, _, _ in examples], dtype=np.uint64)),
    )  # fmt: skip
    return with_answers(start, examples)


def with_answers(start: FindingsModel, examples: Sequence[Example]) -> FindingsModel:
    """The model with the weights of the answers, learned from evidence and from the clauses that it chose itself."""
    mixed = [mixture(start, given, np.full(len(given), 1 / len(given))) for _, _, given in examples]
    mixed += [mixture(start, mine, start.shares(mine)) for _, mine, _ in examples]
    rows = np.array(mixed)
    n_says = len(start.says_names)
    scale = np.concatenate([scaled(rows[:, :n_says]), np.full(BUCKETS, 1 / WORDS)])
    labels = [ANSWERS.index(question.label) for question, _, _ in examples] * 2
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=5000).fit(rows / scale, labels)
    weights = (model.coef_ / scale).T.astype(np.float32)
    return FindingsModel(
        fit_names=start.fit_names, says_names=start.says_names, fit=start.fit, says=weights[:n_says],
        words=weights[n_says:], rarity=start.rarity, bias=model.intercept_.astype(np.float32),
        trained_on=start.trained_on,
    )  # fmt: skip


def mixture(model: FindingsModel, clauses: Sequence[Clause], shares: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The numbers and the words of the clauses, each by its share, in one row."""
    says = shares @ table([clause.says for clause in clauses], model.says_names)
    words = np.zeros(BUCKETS)
    for clause, share in zip(clauses, shares, strict=True):
        if share:
            counts = counts_of(clause.words) * model.rarity
            words += share * counts / (np.sqrt((counts**2).sum()) or 1.0)
    return np.concatenate([says, words])


def folds(examples: Sequence[Example]) -> Iterator[tuple[list[Example], list[Example]]]:
    """(learned from, tried on) of each fold; an article lies in one alone."""
    articles = sorted({question.article for question, _, _ in examples})
    order = np.random.default_rng(SEED).permutation(len(articles)) % FOLDS
    fold = dict(zip(articles, order.tolist(), strict=True))
    for number in range(FOLDS):
        parted: tuple[list[Example], list[Example]] = ([], [])
        for example in examples:
            parted[fold[example[0].article] == number].append(example)
        yield parted


def reference(learned: Sequence[Example], tried: Sequence[Example]) -> tuple[list[str], list[str]]:
    """The reference's answers from the abstract and from the evidence."""
    said = []
    for text_of in (most_alike, evidence_text):
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        rows = vectors.fit_transform([text_of(question) for question, _, _ in learned])
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=5000)
        model.fit(rows, [question.label for question, _, _ in learned])
        said.append(model.predict(vectors.transform([text_of(question) for question, _, _ in tried])).tolist())
    return said[0], said[1]


def most_alike(question: Question) -> str:
    """The sentence that shares most words with the outcome."""
    starts = sentence_starts(question.abstract)
    sentences = [question.abstract[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    outcome = set(re.findall(r"\w+", question.outcome.lower()))
    return max(sentences, key=lambda sentence: len(outcome & set(re.findall(r"\w+", sentence.lower()))))


def evidence_text(question: Question) -> str:
    return " ".join(question.abstract[a:b] for a, b in question.evidence)


def cross_validate(examples: Sequence[Example]) -> None:
    """Prints the scores of tiab and of the reference on questions of articles that neither saw."""
    tried: list[Question] = []
    said: list[list[str]] = [[], [], [], []]
    for learned, unseen in folds(examples):
        model = train(learned)
        tried += [question for question, _, _ in unseen]
        for _, clauses, given in unseen:
            said[0].append(ANSWERS[int(np.argmax(model.chances(clauses, model.shares(clauses))))])
            said[1].append(ANSWERS[int(np.argmax(model.chances(given, np.full(len(given), 1 / len(given)))))])
        for answers, more in zip(said[2:], reference(learned, unseen), strict=True):
            answers += more
    names = ("abstract", "evidence given", "reference, abstract", "reference, evidence given")
    for name, answers in zip(names, said, strict=True):
        print(f"{name}: {shown(score_answers(tried, answers))}", flush=True)


def shown(scores: AnswerScores) -> str:
    each = ", ".join(f"{name} {value:.3f}" for name, value in scores.f1.items())
    interval = f"{scores.low:.3f} to {scores.high:.3f}"
    return f"macro F1 {scores.macro_f1:.3f} ({interval}), accuracy {scores.accuracy:.3f}; {each}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--output", type=Path, default=ROOT / "models")
    parser.add_argument("--cross-validate", action="store_true")
    given = parser.parse_args()
    try:
        examples = read_examples(given.shared / "pico" / "findings.jsonl.gz")
        if given.cross_validate:
            cross_validate(examples)
        else:
            train(examples).to_disk(given.output / NAME)
            print(f"{NAME}: {(given.output / NAME).stat().st_size / 1e3:.0f} kB")
    except TiabError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
