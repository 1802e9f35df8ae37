"""The whole measurement of PICO on data in the formats of the sets it was made for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from spacy.language import Language
from spacy.tokens import Doc

from tiab.assets import model_path
from tiab.errors import EvaluationError
from tiab.evaluation.pico.measures import Scores, bootstrap, count_overlaps, count_spans, count_tokens, weighted_f1
from tiab.evaluation.pico.role_sets import LabelledSentences, label_sentences, read_role_articles, title_hash
from tiab.evaluation.pico.sentence_sets import read_nicta
from tiab.evaluation.pico.span_sets import MarkedArticle, as_interventions, read_ebm_nlp, tidy_marks, tokens_of
from tiab.pico.layout import set_fields
from tiab.pico.learned.pio import get_labels
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.learned.roles import ROLE_LABELS, RoleModel
from tiab.pico.learned.words import read_words
from tiab.pico.pipeline import make_pipeline

__all__ = [
    *("RoleResult", "SentenceResult", "SpanResult"),
    *("measure_roles", "measure_sentences", "measure_spans", "predict_roles"),
]

_ELEMENTS = ("", "population", "intervention", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanResult:
    """Participants, interventions and outcomes.

    Attributes:
        articles: how many were measured.
        left_out: how many more the model was learned from.
        tokens, spans, overlaps: F1 over tokens, over spans of which both ends must be right, and over spans that need
            to share but a token.
        tidy_spans: as `spans`, where the marks are tidied as what is found is: without articles, commas and halves of
            brackets at their ends.
        per_second: abstracts a second of one core's time, by the whole pipeline with its rules and numbers.
    """

    articles: int
    left_out: int
    tokens: Scores
    spans: Scores
    tidy_spans: Scores
    overlaps: Scores
    per_second: float

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        return {
            "articles": self.articles, "left_out": self.left_out, "token_f1": self.tokens.to_dict(),
            "span_f1": self.spans.to_dict(), "tidy_span_f1": self.tidy_spans.to_dict(),
            "overlap_f1": self.overlaps.to_dict(), "abstracts_per_second": round(self.per_second, 1),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleResult:
    """Roles of sentences; `f1` is weighted by how frequent each role is, `each` by role."""

    articles: int
    left_out: int
    sentences: int
    accuracy: float
    f1: float
    each: dict[str, float]
    per_second: float

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        return {
            "articles": self.articles, "left_out": self.left_out, "sentences": self.sentences,
            "accuracy": round(self.accuracy, 4), "weighted_f1": round(self.f1, 4),
            "f1": {role: round(value, 4) for role, value in self.each.items()},
            "abstracts_per_second": round(self.per_second, 1),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceResult:
    """Sentences that people called population, intervention or outcome.

    Attributes:
        auc: for each of these, how well the share of its words that were found to belong there tells such sentences
            from the others: the area under the ROC curve, 0.5 for chance.
    """

    articles: int
    sentences: int
    auc: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        auc = {name: round(value, 4) for name, value in self.auc.items()}
        return {"articles": self.articles, "sentences": self.sentences, "auc": auc}


def measure_spans(path: str | Path, *, include_trained: bool = False) -> SpanResult:
    """How well participants, interventions and outcomes are found in a file of EBM-NLP's format.

    Args:
        include_trained: whether to measure, too, on articles that the kept model was learned from; that flatters it.

    Raises:
        InputError: the file cannot be read.
        EvaluationError: the model was learned from all its articles.
    """
    every = read_ebm_nlp(path)
    known = PioModel.from_disk(model_path("pico-pio.safetensors")).trained_on
    articles = [a for a in every if include_trained or not _is_known(a.record.title, known)]
    _refuse_none(articles, path)
    nlp = make_pipeline(learned=True)
    tokens, spans, tidy, overlaps = [], [], [], []
    with nlp.memory_zone():
        nlp(_make_doc(nlp, articles[0]))  # so that building what is kept is not timed
        began = process_time()
        docs = nlp.pipe(_make_doc(nlp, article) for article in articles)
        found = [(read_words(doc), get_labels(doc)) for doc in docs]
        seconds = process_time() - began
        for article, (words, labels) in zip(articles, found, strict=True):
            said = tokens_of(article, words.starts, as_interventions(labels))
            tokens.append(count_tokens(article.labels, said))
            spans.append(count_spans(article.labels, said))
            tidy.append(count_spans(tidy_marks(article, words), said))
            overlaps.append(count_overlaps(article.labels, said))
    return SpanResult(
        articles=len(articles),
        left_out=len(every) - len(articles),
        tokens=bootstrap(tokens),
        spans=bootstrap(spans),
        tidy_spans=bootstrap(tidy),
        overlaps=bootstrap(overlaps),
        per_second=len(articles) / seconds,
    )


def _make_doc(nlp: Language, article: MarkedArticle) -> Doc:
    doc = nlp.make_doc(article.record.text)
    set_fields(doc, article.record.sections)
    return doc


def _is_known(title: str, known: NDArray[np.uint64]) -> bool:
    return bool(np.isin(np.uint64(title_hash(title)), known))


def _refuse_none(articles: Sequence[object], path: str | Path) -> None:
    if not articles:
        hint = "Give --include-trained to measure all the same; scripts/train_pico.py --cross-validate is honest there."
        raise EvaluationError("the model was learned from every article in it", path=path, hint=hint)


def measure_sentences(path: str | Path) -> SentenceResult:
    """How well what is found tells the sentences of a file of NICTA's format; see `read_nicta`.

    Raises:
        InputError: the file cannot be read.
        EvaluationError: no sentence of the file, or each, tells of one of the elements.
    """
    articles = read_nicta(path)
    nlp = make_pipeline(learned=True)
    shares, truth = [], list[str]()
    with nlp.memory_zone():
        for article in articles:
            doc = nlp(article.text)
            row = np.searchsorted(article.starts, read_words(doc).starts, side="right") - 1
            counts = np.zeros((len(article.starts), len(_ELEMENTS)))
            np.add.at(counts, (row, as_interventions(get_labels(doc))), 1)
            shares.append(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
            truth += article.labels
    share, label = np.concatenate(shares), np.array(truth)
    if any(len(set(label == name)) < 2 for name in _ELEMENTS[1:]):
        hint = "Give a file with sentences of population, intervention, outcome and others."
        raise EvaluationError("has not all the labels that are to be told apart", path=path, hint=hint)
    auc = {name: float(roc_auc_score(label == name, share[:, i])) for i, name in enumerate(_ELEMENTS) if name}
    return SentenceResult(articles=len(articles), sentences=len(truth), auc=auc)


def measure_roles(path: str | Path, *, include_trained: bool = False) -> RoleResult:
    """How well roles of sentences are told where the headings are hidden; see `read_role_articles` for the formats.

    Raises:
        InputError: the file cannot be read.
        EvaluationError: the model was learned from all its articles.
    """
    every = read_role_articles(path)
    model = RoleModel.from_disk(model_path("pico-roles.safetensors"))
    articles = [a for a in every if include_trained or not _is_known(a.title, model.trained_on)]
    _refuse_none(articles, path)
    right, told, seconds = predict_roles(model, label_sentences(articles))
    truth, said = np.concatenate(right), np.concatenate(told)
    each = {role: _positive_f1(truth == i, said == i) for i, role in enumerate(ROLE_LABELS)}
    return RoleResult(
        articles=len(articles),
        left_out=len(every) - len(articles),
        sentences=len(truth),
        accuracy=float((truth == said).mean()),
        f1=weighted_f1(truth, said),
        each=each,
        per_second=len(articles) / seconds,
    )


def _positive_f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return float(2 * (truth & said).sum() / max(int(truth.sum() + said.sum()), 1))


def predict_roles(
    model: RoleModel, examples: Iterable[LabelledSentences]
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]], float]:
    """(right roles, predicted roles, seconds of one core that predicting took), one array for each example."""
    right, said, seconds = [], [], 0.0
    for example in examples:
        began = process_time()
        said.append(model.predict(example.words).argmax(axis=1))
        seconds += process_time() - began
        right.append(example.roles)
    return right, said, seconds
