"""The evidence table: studies by outcomes, as far as their abstracts tell, and the counts of each outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tiab.pico.design_scores import design_scores
from tiab.pico.dose import middle
from tiab.pico.findings.comparison import is_control
from tiab.pico.findings.extraction import MARKER, OUTCOME, study_begins
from tiab.pico.findings.parts import has_several_doses, is_arm, is_dose, is_of_whom_was_treated
from tiab.pico.findings.subjects import CLASSES, given_markers, is_agent, is_member
from tiab.pico.lexicon import Found
from tiab.pico.sentences import sentence_around
from tiab.pico.spans import Span
from tiab.pico.text import normal_words
from tiab.records import Record

__all__ = ["DIRECTIONS", "EvidenceTable", "Reported", "Study", "counts_in_words", "evidence_table"]

DIRECTIONS = ("increased", "decreased", "unchanged", "mixed", "measured")
"""What a study can say of an outcome; "measured" where it names the outcome and no direction."""

_ANIMALS = re.compile(r"\b(?:mice|rats|animals|rabbits|pigs)\b", re.IGNORECASE)
_PEOPLE = re.compile(r"\b(?:patients|participants|volunteers|women|men|adults|humans?|subjects)\b", re.IGNORECASE)
_BOTH = re.compile(r"in\s(?:both|all|either|the\stwo)\b.*\b(?:groups?|arms?)\b", re.IGNORECASE)
_CONTROLLED = re.compile(
    r"\b(?:placebo|sham|wait(?:ing)?[\s-]?list|usual\scare|control\s(?:group|arm))\b", re.IGNORECASE
)
_HEALTHY = re.compile(r"\b(?:healthy|non-?MS|matched)\s(?:\w+\s)?controls?\b|\bcontrol\ssubjects\b", re.IGNORECASE)
_LIKELY = 0.5  # the chance from which on a design is shown
_LEAST_STUDIES = 2  # outcomes that are no markers get a column where so many studies share them


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One statement of an abstract on one outcome.

    Attributes:
        direction: "increased", "decreased" or "unchanged".
        detail: its circumstances; see `Span.detail`.
        sentence: the words that say so; start, end: their offsets in `Record.text`.
        by_class: the class of which it was said ("cytokines"), where the outcome itself was not named.
        partial: whether it is told of some alone: "only in women", one dose of several, some times.
    """

    direction: str
    detail: str
    sentence: str
    start: int
    end: int
    by_class: str = ""
    partial: bool = False

    @property
    def tendency(self) -> bool:
        """Whether it is told as a tendency, which counts as no significant change."""
        return "tendency" in self.detail.split("; ")

    def to_dict(self) -> dict[str, Any]:
        """The statement in plain JSON types."""
        return {
            "direction": self.direction, "detail": self.detail, "sentence": self.sentence, "start": self.start,
            "end": self.end, "by_class": self.by_class,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One row of the table.

    Attributes:
        n: participants, weeks: duration of the intervention; None where not found.
        design: the likeliest design, "" where none is likely.
        cells: outcome -> the statements that count; empty where it is measured and nothing is said.
        aside: outcome -> statements that say nothing of the intervention's effect: after one bout, of controls alone,
            of the ill against the healthy.
    """

    record_id: str
    title: str
    year: int | None
    n: int | None
    weeks: float | None
    design: str
    cells: Mapping[str, tuple[Reported, ...]]
    aside: Mapping[str, tuple[Reported, ...]] = field(default_factory=dict)

    def direction(self, outcome: str) -> str:
        """One of `DIRECTIONS`, or "" where the abstract does not name the outcome; a tendency is no change.

        What holds for some alone tells nothing of all: it is "mixed" where others went otherwise ("only in women"),
        and "measured" where nothing is said of them.
        """
        if outcome not in self.cells:
            return ""
        cell = self.cells[outcome]
        whole = [one for one in cell if not one.partial]
        said = {"unchanged" if one.tendency else one.direction for one in whole or cell}
        if len(said) == 1 and not whole:
            return "mixed" if any(" only " in f" {one.detail}" for one in cell) else "measured"
        return "measured" if not said else said.pop() if len(said) == 1 else "mixed"

    def to_dict(self) -> dict[str, Any]:
        """The row in plain JSON types."""
        return {
            "record_id": self.record_id, "title": self.title, "year": self.year, "n": self.n, "weeks": self.weeks,
            "design": self.design,
            "outcomes": {
                name: {"direction": self.direction(name), "statements": [one.to_dict() for one in said]}
                for name, said in self.cells.items()
            },
            "aside": {name: [one.to_dict() for one in said] for name, said in self.aside.items()},
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTable:
    """Studies in the order given, and their outcomes, those of most studies first."""

    studies: tuple[Study, ...]
    outcomes: tuple[str, ...]

    def counts(self, outcome: str) -> dict[str, int]:
        """How many studies name the outcome ("studies"), and how many say each of `DIRECTIONS`."""
        said = [study.direction(outcome) for study in self.studies]
        return {"studies": sum(map(bool, said)), **{name: said.count(name) for name in DIRECTIONS}}

    def sentence(self, outcome: str) -> str:
        """The counts in words: "IL-6 in 8 of 12; no significant change in 7; decreased in 1"."""
        return counts_in_words(outcome, self.counts(outcome), len(self.studies))

    def to_dict(self) -> dict[str, Any]:
        """The table in plain JSON types."""
        return {
            "n_studies": len(self.studies),
            "counts": {name: {**self.counts(name), "sentence": self.sentence(name)} for name in self.outcomes},
            "studies": [study.to_dict() for study in self.studies],
        }


def counts_in_words(outcome: str, counts: Mapping[str, int], of: int) -> str:
    """Counts as a sentence.

    >>> counts_in_words("IL-6", {"studies": 8, "unchanged": 7, "increased": 0, "decreased": 1}, 12)
    'IL-6 in 8 of 12; no significant change in 7; decreased in 1'
    """
    words = {"unchanged": "no significant change", "measured": "no direction given"}
    order = ("unchanged", "increased", "decreased", "mixed", "measured")
    told = [f"{words.get(name, name)} in {counts[name]}" for name in order if counts.get(name)]
    return "; ".join([f"{outcome} in {counts['studies']} of {of}", *told])


def evidence_table(records: Sequence[Record], found: Sequence[Sequence[Span]]) -> EvidenceTable:
    """What the abstracts of studies say of their outcomes, from the spans that `find_spans` gave.

    Markers get a column wherever a study names them, other outcomes where two studies share them. What is said of a
    class ("no change in cytokines") holds for its members that the abstract names and says nothing else of.
    """
    studies = [_study(record, spans) for record, spans in zip(records, found, strict=True)]
    markers = {name for _, spans in zip(records, found, strict=True) for name in _named(spans)}
    shared: dict[str, int] = {}
    for study in studies:
        for name in study.cells:
            shared[name] = shared.get(name, 0) + 1
    kept = [name for name, count in shared.items() if name in markers or count >= _LEAST_STUDIES]
    return EvidenceTable(studies=tuple(studies), outcomes=tuple(sorted(kept, key=lambda name: (-shared[name], name))))


def _named(spans: Sequence[Span]) -> Iterator[str]:
    for span in spans:
        if span.provenance == MARKER:
            yield from span.value.split("; ")
        elif span.label == "marker":
            yield span.value


def _study(record: Record, spans: Sequence[Span]) -> Study:
    cells: dict[str, list[Reported]] = {name: [] for name in _measured(record, spans)}
    aside: dict[str, list[Reported]] = {}
    several = has_several_doses(record.text)
    for span in spans:
        if span.provenance in (MARKER, OUTCOME):
            said = _reported(record, span, several_doses=several)
            for name in span.value.split("; "):
                where = cells if _tells_effect(span, record.text) else aside
                where.setdefault(name if span.provenance == MARKER else _plain_name(name), []).append(said)
    _spread_classes(cells, [(span.start, span.value) for span in spans if span.label == "marker"])
    chances = design_scores(spans, record.publication_types)
    design, chance = max(chances.items(), key=lambda item: item[1], default=("", 0.0))
    n, weeks = _number(spans, "sample size"), _number(spans, "duration")
    return Study(
        record_id=record.record_id, title=record.title, year=record.year, n=int(n) if n is not None else None,
        weeks=weeks, design=design if chance >= _LIKELY else "",
        cells={name: _telling(said) for name, said in cells.items()},
        aside={name: tuple(said) for name, said in aside.items()},
    )  # fmt: skip


def _measured(record: Record, spans: Sequence[Span]) -> dict[str, None]:
    """The markers that the study itself is about: named in the title, or behind the background."""
    begin = study_begins(record.text, next((a for name, a, _ in record.sections if name == "abstract"), 0))
    mine = (s for s in spans if s.label == "marker" and s.field != "keywords" and s.section != "background")
    said = [s for s in mine if s.field == "title" or s.section or s.start >= begin]
    given = given_markers(record.text, spans)
    own = (s for s in said if s.value not in given)
    return dict.fromkeys(s.value for s in own if not is_agent(record.text, Found(s.start, s.end, s.value)))


def _tells_effect(span: Span, text: str) -> bool:
    """Whether a finding tells an effect of what the study did, on those who got it, beyond one bout.

    What changed in both groups alike, where one of them is a control, is no effect.
    """
    parts = span.detail.split("; ")
    group = next((part for part in parts if part.removeprefix("only ").startswith("in ")), "")
    alone = parts[0] != "between groups" and is_control(group)
    elsewhere = _ANIMALS.search(group) is not None and _PEOPLE.search(text) is not None
    controlled = _CONTROLLED.search(text) is not None and _HEALTHY.search(text) is None
    alike = span.label != "unchanged" and _BOTH.match(group) is not None and controlled
    return not (alone or elsewhere or alike or "between people" in parts or "after one bout" in parts)


def _reported(record: Record, span: Span, *, several_doses: bool) -> Reported:
    start, end = sentence_around(record.text, record.sections, span.start)
    sentence = record.text[start:end].rstrip()
    parts = span.detail.split("; ")
    alone = any(part.startswith("only ") and not (is_arm(part) or is_of_whom_was_treated(part)) for part in parts)
    return Reported(
        direction=span.label, detail=span.detail, sentence=sentence, start=start, end=start + len(sentence),
        partial=alone or (several_doses and any(map(is_dose, parts))),
    )  # fmt: skip


def _telling(said: Sequence[Reported]) -> tuple[Reported, ...]:
    """What was said between groups, which tells most of an effect; else all that was said."""
    between = tuple(one for one in said if one.detail.startswith("between groups"))
    return between or tuple(said)


def _spread_classes(cells: dict[str, list[Reported]], places: Sequence[tuple[int, str]]) -> None:
    """Gives "no change in cytokines" to each cytokine of the study of which nothing else is said.

    `places` are the markers of the study, with their offsets: "all cytokines except IL-6" says nothing of IL-6.
    """
    for name in CLASSES:
        for key in (name, f"other {name}"):
            for one in [one for one in cells.get(key, ()) if one.direction == "unchanged"]:
                apart = {marker for start, marker in places if key != name and one.start <= start < one.end}
                for member, said in cells.items():
                    if is_member(member, name) and member not in apart and all(other.by_class for other in said):
                        said.append(replace(one, by_class=name))


def _plain_name(name: str) -> str:
    """An outcome's name in a form that studies share: "The fatigue scores" and "Fatigue score" are one."""
    words = [word for word in normal_words(name) if word[0].isalnum()]
    return " ".join(words) or name


def _number(spans: Sequence[Span], label: str) -> float | None:
    mine = [span for span in spans if span.label == label and span.provenance.startswith("rule:")]
    value = middle(max(mine, key=lambda span: span.weight).value) if mine else float("nan")
    return value if value == value else None
