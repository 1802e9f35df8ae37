"""The PICO card: what one abstract says of its study, in the order in which a reviewer asks, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tiab.pico.design_scores import design_scores
from tiab.pico.findings.extraction import MARKER, OUTCOME
from tiab.pico.findings.subjects import given_markers
from tiab.pico.phrases import whole_phrase
from tiab.pico.sentences import sentence_around
from tiab.pico.spans import Span
from tiab.pico.vocabulary import vocabulary
from tiab.records import Record

__all__ = ["CARD_LINES", "CardLine", "Fact", "make_pico_card"]

CARD_LINES = (
    "population", "participants", "groups", "sex", "age", "eligible age", "intervention", "dose", "comparator",
    "outcomes", "design",
)  # fmt: skip
"""The names of the lines, in their order."""

_DOSES = {"duration": "{} weeks", "frequency": "{} a week", "session": "{} min each", "intensity": "{}"}
_DIRECTIONS = {"increased": "increased", "decreased": "decreased", "unchanged": "no significant change"}
_SURE = 0.6  # the weight from which on a learned phrase is shown
_PHRASES = 2  # of one line
_MOST_OUTCOMES = 10
_LIKELY, _ALMOST = 0.5, 0.99
_DESIGN = 0.35  # designs share one chance: a randomised crossover trial is .6 and .4
_TOLD_LATE = ("results", "conclusions")
_OF_ALL = re.compile(
    r"waiting list for\b|(?:a|the) standard (?:treatment|therapy|care) (?:for|of|in)\b",
    re.IGNORECASE,
)
_OF_STUDIES = re.compile(
    r"(?:double[\s-]|association stud(?:y|ies) in|case[\s-]|recommended as (?:the )?)\Z", re.IGNORECASE
)
"""Where a comparator's word names none: both arms get a dummy, all wait for surgery, what is recommended."""
_WISHED = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|research)\b[^.;]{0,60}\b(?:are|is|will be)\s+(?:\w+\s+)?"
    r"(?:needed|required|warranted|necessary)\b",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"control|matched|counterpart", re.IGNORECASE)
_COMPARED = re.compile(r"\bpatients?\b|\bcontrols?\b|\bcompar|\bversus\b|\bvs\b|\bwith and without\b", re.IGNORECASE)
_MENTIONED = ("comparison",)  # "versus" and the like, which name nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that an abstract says.

    Attributes:
        value: it, in plain words: "all male (20)", "IL-6: no significant change, between groups".
        sentence: the sentence that says so; start, end: its place in `Record.text`; "" and 0 for the record as a whole.
        source: who found it: "criteria", "rule" or "model".
    """

    value: str
    sentence: str = ""
    start: int = 0
    end: int = 0
    source: str = "rule"

    def to_dict(self) -> dict[str, Any]:
        """The fact in plain JSON types."""
        return {
            "value": self.value, "sentence": self.sentence, "start": self.start, "end": self.end, "source": self.source,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """One line of the card: its name, of `CARD_LINES`, and what is said; never empty."""

    name: str
    facts: tuple[Fact, ...]

    def to_dict(self) -> dict[str, Any]:
        """The line in plain JSON types."""
        return {"name": self.name, "facts": [fact.to_dict() for fact in self.facts]}


def make_pico_card(record: Record, spans: Sequence[Span]) -> tuple[CardLine, ...]:
    """The lines of a record's card, those of which the abstract says nothing left out."""
    said = {
        "population": _phrases(record, spans, "population", "participants"),
        "participants": _numbers(record, spans, "sample size", "{}"),
        "groups": _groups(record, spans),
        "sex": _sexes(record, spans),
        "age": _ages(record, spans, ""),
        "eligible age": _ages(record, spans, "eligibility"),
        "intervention": _phrases(record, spans, "intervention", "interventions"),
        "dose": [fact for label, words in _DOSES.items() for fact in _numbers(record, spans, label, words)],
        "comparator": _comparators(record, spans),
        "outcomes": _outcomes(record, spans),
        "design": _designs(record, spans),
    }
    return tuple(CardLine(name=name, facts=facts) for name in CARD_LINES if (facts := tuple(_once(said[name]))))


def _once(facts: Iterable[Fact]) -> Iterator[Fact]:
    seen: set[str] = set()
    for fact in facts:
        if fact.value.casefold() not in seen:
            seen.add(fact.value.casefold())
            yield fact


def _fact(record: Record, span: Span, value: str) -> Fact:
    start, end = sentence_around(record.text, record.sections, span.start)
    sentence = record.text[start:end].rstrip()
    source = {"dict": "criteria"}.get(kind := span.provenance.partition(":")[0], kind)
    return Fact(value=value, sentence=sentence, start=start, end=start + len(sentence), source=source)


def _of(spans: Sequence[Span], label: str) -> list[Span]:
    return [span for span in spans if span.label == label and span.provenance.startswith("rule:")]


def _numbers(record: Record, spans: Sequence[Span], label: str, words: str) -> list[Fact]:
    return [_fact(record, span, words.format(span.value)) for span in _of(spans, label)]


def _groups(record: Record, spans: Sequence[Span]) -> list[Fact]:
    """The sizes of the groups, as one fact: "20 and 20"."""
    arms = _of(spans, "arm size")
    if len(arms) == 1:
        return [_fact(record, arms[0], f"{arms[0].value} each")]
    *first, last = [span.value for span in arms] or [""]
    return [_fact(record, arms[0], f"{', '.join(first)} and {last}")] if arms else []


def _sexes(record: Record, spans: Sequence[Span]) -> list[Fact]:
    """The sexes; a count of one sex that is the sample size is everybody."""
    size = next((span.value for span in _of(spans, "sample size")), "")
    facts = []
    for span in _of(spans, "sex"):
        count, _, sex = span.value.rpartition(" ")
        everybody = span.value == f"{size} {sex}" or not count
        facts.append(_fact(record, span, f"all {sex}" if everybody else span.value))
    return facts


def _ages(record: Record, spans: Sequence[Span], detail: str) -> list[Fact]:
    return [_fact(record, span, f"{span.value} years") for span in _of(spans, "age") if span.detail == detail]


def _phrases(record: Record, spans: Sequence[Span], role: str, label: str) -> list[Fact]:
    """The terms of the criteria that were met, then the surest learned phrases that add something to them.

    A phrase of title, aim or methods comes before one of the results, which speak of groups and subgroups.
    """
    mine = [s for s in spans if s.role == role and s.field != "keywords" and s.label not in _MENTIONED]
    terms = [span for span in mine if span.provenance.startswith("dict:") and span.weight >= _LIKELY]
    learned = [s for s in mine if s.label == label and s.provenance.startswith("model:") and s.weight >= _SURE]
    facts: list[Fact] = []
    for span in [*sorted(learned, key=lambda s: (s.section in _TOLD_LATE, -round(s.weight, 1), s.start)), *terms]:
        phrase = whole_phrase(record.text, span.start, span.end, role)
        if phrase and not any(_holds(fact.value, phrase) or _holds(phrase, fact.value) for fact in facts):
            facts.append(_fact(record, span, phrase))
    named = [fact for fact in facts if role == "population" and _names_people(fact.value)]
    return (named or facts)[:_PHRASES]


def _names_people(phrase: str) -> bool:
    """Whether a phrase has a noun for people, and does not begin with a date."""
    words = re.findall(r"[^\W\d_]+", phrase.casefold())
    return any(word in _people() for word in words) and not re.match(r"[A-Z][a-z]+ \d{4}\b", phrase)


@cache
def _people() -> frozenset[str]:
    nouns = vocabulary("participants")["nouns"]
    return frozenset(form for noun in nouns for form in (noun, f"{noun}s"))


def _comparators(record: Record, spans: Sequence[Span]) -> list[Fact]:
    """The learned comparators and the kinds that the lists know; "control group" where nothing says more."""
    learned = _phrases(record, spans, "comparator", "comparators")
    said = [span for span in spans if span.role == "comparator" and span.field != "keywords"]
    named = [span for span in said if span.label not in _MENTIONED and not _is_of_others(record, span)]
    listed = [span for span in named if _is_listed(record.text, span)]
    telling = [span for span in listed if span.value != "control group"] or ([] if learned else listed)
    return [*learned, *(_fact(record, span, span.value or span.text) for span in telling)]


def _is_listed(text: str, span: Span) -> bool:
    """Whether a list's word names a comparator: no heading, nor the untreated disease, or the waiting list, of all."""
    if not span.provenance.startswith("rule:") or span.text.isupper() or span.text.casefold() == "untreated":
        return False
    return not (_OF_ALL.match(text, span.start) or _OF_STUDIES.search(text, max(0, span.start - 40), span.start))


def _is_of_others(record: Record, span: Span) -> bool:
    """Whether a comparator is only wished for ("trials with a control group are needed"), or is who was studied."""
    start, end = sentence_around(record.text, record.sections, span.start)
    if _WISHED.search(record.text, start, end):
        return True
    names_controls = span.value != "healthy controls" or _CONTROLS.search(span.text)
    return not (names_controls or _COMPARED.search(record.text, start, end))


def _holds(whole: str, part: str) -> bool:
    """Whether each word of `part` is one of `whole`, in any number."""
    words, parts = ({word.rstrip("s") for word in re.findall(r"\w+", text.casefold())} for text in (whole, part))
    return parts <= words


def _outcomes(record: Record, spans: Sequence[Span]) -> list[Fact]:
    """What changed and which way, then what was measured without a direction."""
    told = [(name, span) for span in spans if span.provenance in (MARKER, OUTCOME) for name in span.value.split("; ")]
    told.sort(key=lambda item: -len(item[1].detail.split("; ")))  # what says more of one outcome comes first
    facts: dict[tuple[str, str], Fact] = {}
    for name, span in told:
        facts.setdefault((name, span.label), _fact(record, span, _direction(name, span)))
    found = sorted(facts.values(), key=lambda fact: fact.start)
    named = {name.casefold() for name, _ in told}
    given = given_markers(record.text, spans)
    markers = [s for s in _of(spans, "marker") if s.field != "keywords" and s.value not in given]
    markers = [span for span in markers if span.value.casefold() not in named]
    found += [_fact(record, span, f"{span.value}: no direction given") for span in markers]
    return (found or _phrases(record, spans, "outcome", "outcomes"))[:_MOST_OUTCOMES]


def _direction(name: str, span: Span) -> str:
    shown = re.sub(
        r"^(?:[^\W\d]\s+|(?:the|overall)\s+|terms\s+of\s+|(?:moreover|however|furthermore|also|additionally),?\s+)+",
        "",
        name,
        flags=re.IGNORECASE,
    ).rstrip("-‐‑– ")
    return f"{shown}: {', '.join(part for part in (_DIRECTIONS[span.label], *span.detail.split('; ')) if part)}"


def _designs(record: Record, spans: Sequence[Span]) -> list[Fact]:
    """The likely designs, the likeliest first, each with its chance and the sentence of a cue."""
    chances = design_scores(spans, record.publication_types)
    likely = sorted(((chance, name) for name, chance in chances.items() if chance >= _DESIGN), reverse=True)
    cues = {span.label: span for span in reversed(spans) if span.role == "design"}
    return [
        _fact(record, cues[name], said) if name in cues else Fact(value=said, source="rule")
        for chance, name in likely
        for said in (f"{name} ({min(chance, _ALMOST):.0%})",)
    ]
