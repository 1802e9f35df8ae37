"""Findings measured: questions on trial abstracts, answered with and without being shown the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from tiab.errors import EvaluationError, InputError
from tiab.formats.input_file import open_source
from tiab.pico.findings.model import ANSWERS, findings_model, known
from tiab.pico.findings.questions import Question
from tiab.reading import parse_json

__all__ = ["AnswerScores", "FindingsResult", "measure_findings", "read_questions", "score_answers"]

_LABELS = ("label", "direction", "answer")
_DRAWS, _SEED = 2000, 20
_MEANINGS = {
    "increased": "increased", "significantly increased": "increased", "increase": "increased",
    "decreased": "decreased", "significantly decreased": "decreased", "decrease": "decreased",
    "no difference": "no difference", "no significant difference": "no difference", "unchanged": "no difference",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScores:
    """How well questions were answered.

    Attributes:
        macro_f1: the mean of the three answers' F1; low, high: its 95 % interval by bootstrap over articles.
        f1: of each answer.
    """

    macro_f1: float
    low: float
    high: float
    accuracy: float
    f1: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        return {
            "macro_f1": round(self.macro_f1, 4), "interval": [round(self.low, 4), round(self.high, 4)],
            "accuracy": round(self.accuracy, 4), "f1": {name: round(value, 4) for name, value in self.f1.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsResult:
    """Answers from abstracts alone, and, where the file tells the evidence, from that alone.

    Attributes:
        left_out: how many more questions the model was learned from.
        milliseconds: of one core's time for a question.
    """

    questions: int
    left_out: int
    scores: AnswerScores
    given_evidence: AnswerScores | None
    milliseconds: float

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        return {
            "n": self.questions, "left_out": self.left_out, **self.scores.to_dict(),
            "given_evidence": self.given_evidence.to_dict() if self.given_evidence else None,
            "milliseconds": round(self.milliseconds, 1),
        }  # fmt: skip


def read_questions(path: str | Path) -> list[Question]:
    """The questions of a JSONL file, gzipped or not, one object a line.

    Each has `abstract` and `outcome`, and as far as known `intervention`, `comparator`, `label` (increased, decreased
    or no difference), `evidence` (pairs of offsets) and `pmcid` or another id of the article.

    Raises:
        InputError: the file cannot be read, or a line is no such question.
    """
    try:
        text = open_source(path).read_all().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", path=path, hint="Give a JSONL file, gzipped or not.") from error
    found = [_question(line, number, path) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not found:
        raise InputError("holds no question", path=path, hint="Give one JSON object per line.")
    return found


def _question(line: str, number: int, path: str | Path) -> Question:
    try:
        data = parse_json(line)
        if not isinstance(data, dict) or not isinstance(data["abstract"], str) or not isinstance(data["outcome"], str):
            raise TypeError("abstract and outcome must be texts")
        label = str(next((data[name] for name in _LABELS if data.get(name)), "")).strip().lower()
        if label and label not in _MEANINGS:
            raise ValueError(f"unknown label '{label}'")
        return Question(
            abstract=data["abstract"], outcome=data["outcome"], intervention=str(data.get("intervention") or ""),
            comparator=str(data.get("comparator") or ""), title=str(data.get("title") or ""),
            label=_MEANINGS.get(label, ""), evidence=_evidence(data.get("evidence"), len(data["abstract"])),
            article=str(data.get("pmcid") or data.get("pmid") or data["abstract"][:200]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        hint = "Each line is an object with abstract, outcome, intervention, comparator and label."
        raise InputError(f"line {number} is no question ({error})", path=path, hint=hint) from error


def _evidence(pairs: object, length: int) -> tuple[tuple[int, int], ...]:
    if not isinstance(pairs, list):
        return ()
    ends = [(int(pair[0]), int(pair[1])) for pair in pairs]
    return tuple((start, end) for start, end in ends if 0 <= start < end <= length)


def measure_findings(path: str | Path, *, include_trained: bool = False) -> FindingsResult:
    """How well the kept model answers the questions of a file.

    Args:
        include_trained: whether to count the questions that it was learned from, too; that flatters it.

    Raises:
        InputError: the file cannot be read.
        EvaluationError: no question is left to measure on.
    """
    model = findings_model()
    every = [question for question in read_questions(path) if question.label]
    seen = [False] * len(every) if include_trained else known(every, model.trained_on)
    questions = [question for question, trained in zip(every, seen, strict=True) if not trained]
    if not questions:
        hint = "Give other questions, or --include-trained (the figures then flatter the model)."
        raise EvaluationError(f"no labelled question in {path} is left that the model was not trained on", hint=hint)
    began = process_time()
    answers = [model.answer(question) for question in questions]
    seconds = process_time() - began
    shown = [question for question in questions if question.evidence]
    given = score_answers(shown, [model.answer(question, given=True) for question in shown]) if shown else None
    return FindingsResult(
        questions=len(questions), left_out=len(every) - len(questions), scores=score_answers(questions, answers),
        given_evidence=given, milliseconds=1000 * seconds / len(questions),
    )  # fmt: skip


def score_answers(questions: Sequence[Question], answers: Sequence[str]) -> AnswerScores:
    """The scores of the answers, with an interval by bootstrap over articles."""
    truth = np.array([ANSWERS.index(question.label) for question in questions])
    said = np.array([ANSWERS.index(answer) for answer in answers])
    each = _f1(truth, said)
    articles = np.unique([question.article for question in questions], return_inverse=True)[1]
    table = np.zeros((articles.max() + 1, len(ANSWERS), len(ANSWERS)))
    np.add.at(table, (articles, truth, said), 1)
    rng = np.random.default_rng(_SEED)
    drawn = rng.integers(0, len(table), size=(_DRAWS, len(table)))
    low, high = np.quantile([_f1_of(table[rows].sum(axis=0)).mean() for rows in drawn], [0.025, 0.975])
    return AnswerScores(
        macro_f1=float(np.mean(each)), low=float(low), high=float(high), accuracy=float((truth == said).mean()),
        f1=dict(zip(ANSWERS, map(float, each), strict=True)),
    )  # fmt: skip


def _f1(truth: Any, said: Any) -> Any:
    table = np.zeros((len(ANSWERS), len(ANSWERS)))
    np.add.at(table, (truth, said), 1)
    return _f1_of(table)


def _f1_of(table: Any) -> Any:
    """F1 of each class of a table of counts (truth, said); 0 for a class that is neither there nor said."""
    total = table.sum(axis=0) + table.sum(axis=1)
    return 2 * np.diag(table) / np.where(total, total, 1)
