"""How well people and numbers are found, measured on abstracts in which they were marked by hand."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from tiab.errors import EvaluationError, InputError
from tiab.evaluation.pico.designs import read_articles
from tiab.evaluation.pico.numbers import Share
from tiab.formats import read_records
from tiab.formats.input_file import open_source
from tiab.metrics import clopper_pearson
from tiab.pico import find_spans
from tiab.pico.spans import Span
from tiab.reading import parse_json, read_whole
from tiab.records import Record

__all__ = ["PEOPLE_LABELS", "LabelScore", "Mark", "PeopleResult", "measure_people", "read_marks", "score_people"]

PEOPLE_LABELS = ("sample size", "arm size", "sex", "age", "duration", "frequency", "intensity")
_COLUMNS = ("pmid", "start", "end", "label", "value", "detail", "set")
_SETS = ("building", "kept back")
_NOTHING = "none"
"""The label of a row that only says that an abstract was read, and nothing found in it."""
_TOLERANCE = 0.06  # tiab gives ages to one decimal
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement in an abstract.

    Attributes:
        start, end: its place in `Record.text`.
        label: one of `PEOPLE_LABELS`, or "none".
        values: the values that are right, any of which may be given.
        required: whether it must be found; a statement that is not may be given without being wrong.
        detail: "eligibility" where the ages are those that were eligible.
        of: "kept back" where no rule was built on the abstract, else "building".
    """

    start: int
    end: int
    label: str
    values: tuple[str, ...]
    required: bool
    detail: str
    of: str = "kept back"


class LabelScore(NamedTuple):
    """How many marked values were found, and how many found values are marked."""

    recall: Share
    precision: Share

    def to_dict(self) -> dict[str, Any]:
        """The shares in plain JSON types, each with its exact 95% interval."""
        return {
            name: {**share.to_dict(), "interval": [round(end, 4) for end in clopper_pearson(*share)]}
            for name, share in zip(self._fields, self, strict=True)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleResult:
    """The scores of each label, in the abstracts that the rules were built on and in those that were kept back.

    Attributes:
        abstracts: how many were read of each set.
        missing: how many marked abstracts are in none of the files.
        ages: of the ages that are marked as eligible or observed, and found, how many are told apart rightly.
    """

    abstracts: Mapping[str, int]
    missing: int
    scores: Mapping[str, Mapping[str, LabelScore]]
    ages: Mapping[str, Share]

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        return {"missing": self.missing} | {
            name: {
                "abstracts": self.abstracts[name],
                **{label: score.to_dict() for label, score in labels.items()},
                "eligible ages": self.ages[name].to_dict(),
            }
            for name, labels in self.scores.items()
        }


def measure_people(marks: str | Path, abstracts: Sequence[str | Path]) -> PeopleResult:
    """How well people and numbers are found in marked abstracts.

    Args:
        marks: a CSV file with the columns pmid, start, end, label, value, detail and set.
        abstracts: the files that hold the abstracts: search exports, JSONL with `pmid` and `text`, or gzipped JSON by
            section.

    Raises:
        InputError: a file cannot be read.
        EvaluationError: none of the marked abstracts is in the files.
    """
    marked = read_marks(marks)
    records = {r.pmid: r for path in abstracts for r in _records(path) if r.pmid in marked}
    if not records:
        hint = "Give the files that the marks were made on with --abstracts."
        raise EvaluationError(f"no abstract that {marks} marks is in the files given", hint=hint)
    pairs = [(record, marked[pmid]) for pmid, record in sorted(records.items())]
    return score_people(pairs, missing=len(marked) - len(records))


def read_marks(path: str | Path) -> dict[str, tuple[Mark, ...]]:
    """The marks of each abstract by its PMID.

    A value is a number or a statement as `tiab pico` gives it; "|" parts values of which each is right, and "?" before
    a value says that it need not be found.

    Raises:
        InputError: the file cannot be read, or is no such table.
    """
    try:
        rows = csv.DictReader(read_whole(path).decode("utf-8-sig").splitlines())
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", path=path, hint="Save it as CSV in UTF-8.") from error
    if tuple(rows.fieldnames or ()) != _COLUMNS:
        raise InputError("is no table of marks", path=path, hint=f"Its columns must be {', '.join(_COLUMNS)}.")
    found: dict[str, list[Mark]] = defaultdict(list)
    for number, row in enumerate(rows, start=2):
        try:
            found[row["pmid"]].append(_mark(row))
        except (TypeError, ValueError, AttributeError) as error:
            hint = f"start and end are whole numbers; label is one of {', '.join(PEOPLE_LABELS)} or {_NOTHING}."
            raise InputError(f"line {number} is no mark ({error})", path=path, hint=hint) from error
    return {pmid: tuple(marks) for pmid, marks in found.items()}


def _mark(row: Mapping[str, str]) -> Mark:
    if row["label"] not in (*PEOPLE_LABELS, _NOTHING):
        raise ValueError(f"unknown label '{row['label']}'")
    if row["set"] not in _SETS:
        raise ValueError(f"unknown set '{row['set']}'")
    values = tuple(row["value"].removeprefix("?").split("|"))
    required = row["value"][:1] != "?"
    return Mark(int(row["start"]), int(row["end"]), row["label"], values, required, row["detail"], row["set"])


def _records(path: str | Path) -> Iterator[Record]:
    """The records of a search export, of JSONL texts that begin with the title's line, or of abstracts by section.

    The ids of the last stand where PMIDs do.
    """
    if str(path).endswith(".json.gz"):
        yield from (replace(record, pmid=record.record_id) for record in read_articles(path))
        return
    if not str(path).removesuffix(".gz").endswith(".jsonl"):
        yield from read_records(path)
        return
    for number, line in enumerate(open_source(path).read_all().decode("utf-8", "replace").splitlines(), start=1):
        try:
            data = parse_json(line)
            title, _, abstract = data["text"].partition("\n")
            pmid = str(data["pmid"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            hint = "Each line is an object with pmid and text."
            raise InputError(f"line {number} is no abstract ({error})", path=path, hint=hint) from error
        yield Record(record_id=pmid, pmid=pmid, title=title.strip(), abstract=abstract.strip())


def score_people(pairs: Sequence[tuple[Record, Sequence[Mark]]], *, missing: int = 0) -> PeopleResult:
    """How well people and numbers are found in these records, which have these marks."""
    found = find_spans([record for record, _ in pairs])
    sets: dict[str, list[tuple[Sequence[Mark], Sequence[Span]]]] = {name: [] for name in _SETS}
    for (_, marks), spans in zip(pairs, found, strict=True):
        sets["building" if any(mark.of == "building" for mark in marks) else "kept back"].append((marks, spans))
    return PeopleResult(
        abstracts={name: len(read) for name, read in sets.items()},
        missing=missing,
        scores={name: {label: _score(read, label) for label in PEOPLE_LABELS} for name, read in sets.items()},
        ages={name: _told_apart(read) for name, read in sets.items()},
    )


def _score(read: Iterable[tuple[Sequence[Mark], Sequence[Span]]], label: str) -> LabelScore:
    wanted = seen = given = right = 0
    for marks, spans in read:
        mine = [mark for mark in marks if mark.label == label]
        said = {_parts(span.value) for span in spans if span.label == label and span.provenance.startswith("rule:")}
        each = {part for value in said for part in value}
        required = {mark.values for mark in mine if mark.required}
        wanted += len(required)
        seen += sum(any(_is_said(_parts(value), each, label) for value in values) for values in required)
        true = {part for mark in mine for value in mark.values for part in _parts(value)}
        given += len(said)
        right += sum(all(_is_in(part, true) for part in value) for value in said)
    return LabelScore(recall=Share(seen, wanted), precision=Share(right, given))


def _told_apart(read: Iterable[tuple[Sequence[Mark], Sequence[Span]]]) -> Share:
    """Of the marked ages at the places that were found, those whose detail is the marked one."""
    pairs = [
        (mark.detail, span.detail)
        for marks, spans in read
        for mark in marks
        for span in spans
        if mark.label == span.label == "age" and mark.required and span.start < mark.end and mark.start < span.end
    ]
    return Share(sum(marked == said for marked, said in pairs), len(pairs))


def _parts(value: str) -> tuple[str, ...]:
    return tuple(value.split(", "))


def _is_said(parts: Sequence[str], said: Iterable[str], label: str) -> bool:
    """Whether a value was given: all of it, but of a sex, which a record may tell in several ways, any part."""
    said = tuple(said)
    return (any if label == "sex" else all)(_is_in(part, said) for part in parts)


def _is_in(part: str, others: Iterable[str]) -> bool:
    return any(_alike(part, other) for other in others)


def _alike(one: str, other: str) -> bool:
    """Whether two parts have the same words, and the same numbers but for rounding.

    >>> _alike("mean 56.38", "mean 56.4"), _alike("60% female", "60% male")
    (True, False)
    """
    numbers = [list(map(float, _NUMBER.findall(part))) for part in (one, other)]
    alike = len(numbers[0]) == len(numbers[1]) and _NUMBER.sub("", one) == _NUMBER.sub("", other)
    return alike and all(abs(a - b) <= _TOLERANCE for a, b in zip(*numbers, strict=True))
