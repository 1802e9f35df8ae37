"""Sets of abstracts in which people marked participants, interventions and outcomes."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tiab.errors import InputError
from tiab.formats.input_file import open_source
from tiab.pico.learned.phrases import tidied
from tiab.pico.learned.words import Words
from tiab.pico.sentences import sentence_starts
from tiab.reading import check_input, read_whole
from tiab.records import Record

__all__ = [
    *("MarkedArticle", "as_interventions", "joined_tokens", "labels_of_words", "read_ebm_nlp", "read_pico_corpus"),
    *("text_lines", "tidy_marks", "tokens_of"),
]

_DOCUMENT = "-DOCSTART-"
_LARGEST = 64 << 20
_EBM_LABELS = {"O": 0, "I-PAR": 1, "I-INT": 2, "I-OUT": 3, "B-PAR": 1, "B-INT": 2, "B-OUT": 3}
_BRAT_LABELS = {
    "age": 1, "condition": 1, "control-participants": 1, "eligibility": 1, "ethinicity": 1, "ethnicity": 1,
    "intervention-participants": 1, "location": 1, "total-participants": 1, "control": 4, "intervention": 2,
    "outcome": 3, "outcome-Measure": 3,
}  # fmt: skip
_NO_SPACE_BEFORE = frozenset(".,;:)]}%?!'’")
_NO_SPACE_AFTER = frozenset("([{")
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, eq=False)
class MarkedArticle:
    """One abstract, its tokens and the label of each.

    Attributes:
        record: title and abstract.
        starts, ends: the place of each token in `record.text`.
        labels: 0 for none, else a place in `PIO_LABELS`, shape (n_tokens,).
        marks: (kind, start, end) of each mark in a brat file, in the file's words for kinds.
    """

    record: Record
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    labels: NDArray[np.int64]
    marks: tuple[tuple[str, int, int], ...] = ()

    def marked(self, kind: str) -> list[str]:
        """The texts that are marked as `kind`, in the order of the file."""
        return [self.record.text[start:end] for name, start, end in self.marks if name == kind]


def read_ebm_nlp(path: str | Path) -> list[MarkedArticle]:
    """The articles of a file with one token a line, its label last (I-PAR, I-INT, I-OUT or O), gzipped or not.

    Tokens are joined to text as an author would have spaced them; the first sentence is the title.

    Raises:
        InputError: the file cannot be read, or a line's label is none of these.
    """
    articles: list[MarkedArticle] = []
    name, tokens, labels = "", list[str](), list[int]()
    for number, line in enumerate(text_lines(path), start=1):
        if line.startswith(_DOCUMENT):
            if tokens:
                articles.append(_from_tokens(name, tokens, labels))
            name, tokens, labels = line.removeprefix(_DOCUMENT).strip(" ()\t"), [], []
        elif parts := line.split():
            if len(parts) < 2 or parts[-1] not in _EBM_LABELS:
                hint = f"Each line is a token and, last, one of {', '.join(sorted(_EBM_LABELS))}."
                raise InputError(f"has no label '{parts[-1]}'", path=path, line=number, hint=hint)
            tokens.append(parts[0])
            labels.append(_EBM_LABELS[parts[-1]])
    if tokens:
        articles.append(_from_tokens(name, tokens, labels))
    if not articles:
        raise InputError("holds no article", path=path, hint="Give a file with one token a line.")
    return articles


def text_lines(path: str | Path) -> list[str]:
    """The lines of a UTF-8 text file, gzipped or not.

    Raises:
        InputError: the file cannot be read, or is no such text.
    """
    data = open_source(path).read_all()
    try:
        return data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError("cannot be read as text", path=path, hint="Give a UTF-8 text file, gzipped or not.") from error


def joined_tokens(tokens: Sequence[str]) -> tuple[str, list[int]]:
    """(the tokens as an author would have spaced them, where each begins).

    >>> joined_tokens(["Pain", "(", "n", "=", "4", ")", "."])
    ('Pain (n = 4).', [0, 5, 6, 8, 10, 11, 12])
    """
    text, starts = "", []
    for index, token in enumerate(tokens):
        glued = not text or token[0] in _NO_SPACE_BEFORE or tokens[index - 1] in _NO_SPACE_AFTER
        text += token if glued else f" {token}"
        starts.append(len(text) - len(token))
    return text, starts


def _from_tokens(name: str, tokens: list[str], labels: list[int]) -> MarkedArticle:
    text, starts = joined_tokens(tokens)
    ends = [start + len(token) for start, token in zip(starts, tokens, strict=True)]
    return MarkedArticle(_record(name, text), np.array(starts), np.array(ends), np.array(labels))


def _record(name: str, text: str) -> Record:
    """The record of a text whose first sentence is the title; every character keeps its place."""
    cut = next((start for start in sentence_starts(text)[1:] if text[start - 1].isspace()), 0)
    if not cut:
        return Record(record_id=name, title=text)
    return Record(record_id=name, title=text[: cut - 1], abstract=text[cut:])


def read_pico_corpus(path: str | Path) -> list[MarkedArticle]:
    """The articles of a folder or a tar file of brat files: NAME.txt with the text, NAME.ann with the marks.

    Raises:
        InputError: it cannot be read, or holds no pair of such files.
    """
    files = dict(_brat_files(Path(path)))
    names = sorted(name for name in files if name.endswith(".txt") and f"{name[:-4]}.ann" in files)
    if not names:
        hint = "Give the folder, or the tar file, that holds NAME.txt beside NAME.ann."
        raise InputError("holds no brat files", path=path, hint=hint)
    return [_from_brat(name[:-4], files) for name in names]


def _brat_files(path: Path) -> Iterator[tuple[str, str]]:
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.suffix in (".txt", ".ann"):
                    yield file.name, read_whole(file).decode("utf-8")
            return
        check_input(path)
        with tarfile.open(path) as archive:  # members are read, never unpacked to disk
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() else None
                if member.size > _LARGEST:
                    raise ValueError(f"{member.name} is too large")
                if stream is not None and member.name.endswith((".txt", ".ann")):
                    yield Path(member.name).name, stream.read().decode("utf-8")
    except (OSError, EOFError, ValueError, tarfile.TarError) as error:
        raise InputError("cannot be read", path=path, hint="Give a folder or a tar file of brat files.") from error


def _from_brat(name: str, files: Mapping[str, str]) -> MarkedArticle:
    text = files[f"{name}.txt"].rstrip("\n")
    places = np.array([match.span() for match in _TOKEN.finditer(text)], dtype=np.int64).reshape(-1, 2)
    labels, marks = np.zeros(len(places), dtype=np.int64), tuple(_marks(files[f"{name}.ann"]))
    for kind, start, end in marks:
        labels[(places[:, 0] < end) & (places[:, 1] > start)] = _BRAT_LABELS.get(kind, 0)
    return MarkedArticle(_record(name, text), places[:, 0], places[:, 1], labels, marks)


def _marks(annotations: str) -> Iterator[tuple[str, int, int]]:
    for line in annotations.splitlines():
        if line.startswith("T"):
            kind, *spans = line.split("\t")[1].replace(";", " ").split()
            yield kind, int(spans[0]), int(spans[-1])


def tokens_of(article: MarkedArticle, starts: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The label of each of the article's tokens, given that of each word and where it starts.

    It is that of the first word within the token that has one; a token in which no word begins, such as the hyphen of
    "follow-up", has that of the word that covers it.
    """
    token = np.maximum(np.searchsorted(article.starts, starts, side="right") - 1, 0)
    said = np.zeros(len(article.labels), dtype=np.int64)
    if len(starts):
        before = np.searchsorted(starts, article.starts, side="right") - 1
        inside = np.searchsorted(starts, article.ends, side="left") > before + 1
        begun = (before >= 0) & (starts[np.maximum(before, 0)] == article.starts)
        covered = (before >= 0) & ~begun & ~inside
        said[covered] = labels[before[covered]]
    for place in np.flatnonzero((labels > 0) & (starts < article.ends[token]))[::-1]:
        said[token[place]] = labels[place]
    return said


def labels_of_words(article: MarkedArticle, words: Words) -> NDArray[np.int64]:
    """The label of each word: that of the token that it begins in, each phrase tidied.

    People marked a comma, an article or half a bracket along with a phrase, or did not; a tidied one has none of these.
    """
    token = np.maximum(np.searchsorted(article.starts, words.starts, side="right") - 1, 0)
    labels = np.where(words.starts < article.ends[token], article.labels[token], 0)
    return tidied(labels, article.record.text, words)


def tidy_marks(article: MarkedArticle, words: Words) -> NDArray[np.int64]:
    """The article's labels, each phrase tidied."""
    return tokens_of(article, words.starts, labels_of_words(article, words))


def as_interventions(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """The labels with comparators among the interventions, as in sets that don't tell them apart."""
    return np.array([0, 1, 2, 3, 2])[labels]
