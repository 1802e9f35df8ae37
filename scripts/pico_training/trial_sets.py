"""Trial abstracts that experts or crowds marked, beside EBM-NLP and PICO-Corpus: JSON lines, as MarkedArticle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.errors import InputError
from tiab.evaluation.pico.span_sets import MarkedArticle, text_lines
from tiab.pico.sentences import sentence_starts
from tiab.reading import parse_json
from tiab.records import Record

__all__ = ["article_key", "read_evidence_map", "read_participants", "read_section_specific"]

_MAP_LABELS = {"Participant": 1, "Intervention": 2, "Outcome": 3}
_TOKEN = re.compile(r"\w+|[^\w\s]")
_KEY_LETTERS = 60
_GLUE = frozenset("-/'’")
_BEFORE = frozenset(".,;:)]}%?!")
_AFTER = frozenset("([{")


def article_key(record: Record) -> str:
    """The first letters and digits of a record's text: the same for one article in all sets, however it is spaced."""
    return "".join(re.findall(r"\w+", record.text.casefold()))[:_KEY_LETTERS]


def read_section_specific(path: str | Path) -> list[MarkedArticle]:
    """The articles of a file of {"part", "sentences": [[[token, BIO label], …], …]}; comparators have label 4.

    Raises:
        InputError: the file cannot be read or has another form.
    """
    return [_from_sentences(str(n), data["sentences"]) for n, data in enumerate(_lines(path), start=1)]


def read_evidence_map(path: str | Path) -> list[MarkedArticle]:
    """The articles of a file of {"id", "text", "spans": [[name, kind, start, end], …]}.

    Raises:
        InputError: the file cannot be read or has another form.
    """
    return [
        _from_spans(data["id"], data["text"], [
            (_MAP_LABELS[kind], start, end) for _, kind, start, end in data["spans"] if kind in _MAP_LABELS
        ]) for data in _lines(path)
    ]  # fmt: skip


def read_participants(path: str | Path) -> list[MarkedArticle]:
    """The articles of a file of {"pmid", "text", "participants": [[start, end], …]} that have participants marked.

    Raises:
        InputError: the file cannot be read or has another form.
    """
    return [
        _from_spans(data["pmid"], data["text"], [(1, start, end) for start, end in data["participants"]])
        for data in _lines(path)
        if data["participants"]
    ]


def _lines(path: str | Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(text_lines(path), start=1):
        try:
            data = parse_json(line)
        except ValueError as error:
            raise InputError("is no JSON", path=path, line=number, hint="Give a file of JSON lines.") from error
        if not isinstance(data, dict):
            raise InputError("is no JSON object", path=path, line=number, hint="Give a file of JSON objects.")
        yield data


def _from_sentences(name: str, sentences: Sequence[Sequence[tuple[str, str]]]) -> MarkedArticle:
    sentences = [[pair for pair in sentence if pair[0].strip()] for sentence in sentences]
    pairs = [pair for sentence in sentences for pair in sentence]
    while pairs and pairs[0][0] in ("Title", ":"):
        pairs = pairs[1:]
    title = len(sentences[0]) - (sum(map(len, sentences)) - len(pairs))
    tokens = [token for token, _ in pairs]
    labels = [0 if label == "O" else _MARKS[label[2:]] for _, label in pairs]
    text, starts = _natural(tokens, {title})
    ends = [start + len(token) for start, token in zip(starts, tokens, strict=True)]
    cut = starts[title] if title < len(starts) else len(text) + 1
    record = Record(record_id=name, title=text[: cut - 1], abstract=text[cut:])
    return MarkedArticle(record, np.array(starts), np.array(ends), np.array(labels))


_MARKS = {"P": 1, "I": 2, "O": 3, "C": 4}


def _from_spans(name: str, raw: str, spans: Sequence[tuple[int, int, int]]) -> MarkedArticle:
    """The article of a text with marks; what stands apart because it was cut into tokens is joined again."""
    found = list(_TOKEN.finditer(raw))
    labels = np.zeros(len(found), dtype=np.int64)
    places = np.array([match.span() for match in found], dtype=np.int64).reshape(-1, 2)
    for label, start, end in spans:
        labels[(places[:, 0] < end) & (places[:, 1] > start)] = label
    tokens = [match.group() for match in found]
    apart = raw[: places[-1, 0]].count(" ,") + raw.count(" .") > 3
    text, starts = _natural(tokens, set()) if apart else _as_it_was(raw, places)
    ends = [start + len(token) for start, token in zip(starts, tokens, strict=True)]
    cut = next((start for start in sentence_starts(text)[1:] if text[start - 1].isspace()), 0)
    record = Record(record_id=name, title=text[: max(cut - 1, 0)] if cut else text, abstract=text[cut:] if cut else "")
    return MarkedArticle(record, np.array(starts), np.array(ends), labels)


def _as_it_was(raw: str, places: NDArray[np.int64]) -> tuple[str, list[int]]:
    """The text with one space for each run of white space, and where each token begins in it."""
    text, starts, before = "", list[int](), 0
    for start, end in places.tolist():
        text += " " if text and start > before else ""
        starts.append(len(text))
        text += raw[start:end]
        before = end
    return text, starts


def _natural(tokens: Sequence[str], breaks: set[int]) -> tuple[str, list[int]]:
    """Tokens joined as an author writes them: "low - grade" is "low-grade", "3 . 5" is "3.5"."""
    text, starts = "", list[int]()
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else ""
        if index in breaks and text:
            text += "\n"
        elif text and not _is_glued(tokens, index, before):
            text += " "
        starts.append(len(text))
        text += token
    return text, starts


def _is_glued(tokens: Sequence[str], index: int, before: str) -> bool:
    token = tokens[index]
    if token in _BEFORE or before in _AFTER or token in _GLUE or before in _GLUE:
        return True
    return before in (".", ",") and token.isdigit() and index > 1 and tokens[index - 2].isdigit()
