"""Sets of abstracts in which people said which sentences tell of participants, interventions or outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tiab.errors import InputError
from tiab.evaluation.pico.span_sets import joined_tokens, text_lines

__all__ = ["SENTENCE_LABELS", "LabelledAbstract", "read_nicta"]

_ARTICLE = "###"
SENTENCE_LABELS = ("background", "intervention", "other", "outcome", "population", "study design")
"""The labels of a sentence in the set of NICTA (S. N. Kim et al., BMC Bioinformatics 2011;12 Suppl 2:S5)."""


@dataclass(frozen=True, slots=True)
class LabelledAbstract:
    """One abstract.

    Attributes:
        text: its sentences with a space between.
        starts: where each sentence begins.
        labels: the label of each, one of `SENTENCE_LABELS`.
    """

    article_id: str
    text: str
    starts: tuple[int, ...]
    labels: tuple[str, ...]


def read_nicta(path: str | Path) -> list[LabelledAbstract]:
    """The abstracts of a file with a line "###identifier" for each, then its sentences: label, tab, tokens.

    Raises:
        InputError: the file cannot be read, or a line has another label.
    """
    articles: list[LabelledAbstract] = []
    name, rows = "", list[tuple[str, str]]()
    for number, line in enumerate(text_lines(path), start=1):
        label, tab, sentence = line.partition("\t")
        if line.startswith(_ARTICLE):
            articles += _abstract(name, rows)
            name, rows = line.removeprefix(_ARTICLE).strip(), []
        elif label in SENTENCE_LABELS and tab:
            rows.append((label, sentence))
        elif line.strip():
            hint = f"Each line is one of {', '.join(SENTENCE_LABELS)}, a tab and a sentence."
            raise InputError(f"has no label '{label[:40]}'", path=path, line=number, hint=hint)
    articles += _abstract(name, rows)
    if not articles:
        raise InputError("holds no labelled sentence", path=path, hint="Give a file with a label and a tab a line.")
    return articles


def _abstract(name: str, rows: Sequence[tuple[str, str]]) -> list[LabelledAbstract]:
    """The abstract of these rows; none without a row."""
    text, starts = "", []
    for _, sentence in rows:
        text += " " if text else ""
        starts.append(len(text))
        text += joined_tokens(sentence.split())[0]
    return [LabelledAbstract(name, text, tuple(starts), tuple(label for label, _ in rows))] if rows else []
