"""What is marked in a record: calm, whole words, whole brackets, and the reviewer's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab.pico import Span
from tiab.records import Record
from tiab.web.marking import Highlights, Run, highlighted, mark_record

TITLE = "Forty women (n = 40) with back pain did yoga or yoga training (daily)"


def span(text: str, role: str = "population", *, origin: str = "rule:people", start: int | None = None) -> Span:
    at = TITLE.index(text) if start is None else start
    return Span(start=at, end=at + len(text), text=text, role=role, label=text, provenance=origin, field="title")


def marks(*spans: Span, highlights: Highlights | None = None) -> list[str]:
    runs = mark_record(Record(record_id="1", title=TITLE), spans, highlights).title
    assert "".join(said(run) for run in runs) == TITLE
    return [said(run) for run in runs if run.mark]


def said(run: Run) -> str:
    return "".join(text for text, _ in run.pieces)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("women (n", "women"),
        ("(n = 40", "n = 40"),
        ("n = 40) with", "n = 40"),
        ("women (n = 40) ", "women (n = 40)"),
        ("(daily", "daily"),
        (") with back pain", "with back pain"),
        (" yoga or", "yoga or"),
    ],
)
def test_no_mark_begins_or_ends_inside_a_bracket(text: str, marked: str) -> None:
    assert marks(span(text)) == [marked]


def test_what_touches_or_overlaps_in_one_role_is_one_mark() -> None:
    assert marks(span("Forty"), span("women")) == ["Forty women"]
    assert marks(span("Forty women"), span("women (n = 40)")) == ["Forty women (n = 40)"]
    assert marks(span("back pain"), span("pain")) == ["back pain"]
    assert marks(span("Forty"), span("women", "intervention")) == ["Forty", "women"]
    assert marks(span("Forty"), span("back pain")) == ["Forty", "back pain"]


def test_fewer_marks_on_request() -> None:
    spans = (span("Forty"), span("back pain", origin="dict:back pain"))
    assert marks(*spans, highlights=Highlights(own_terms=True)) == ["back pain"]
    assert marks(*spans, highlights=Highlights(off=["population"])) == []


def test_words_of_ones_own_are_told_apart_within_marks() -> None:
    wanted = Highlights(include=["yoga"], exclude=["pain*"], search="wom")
    runs = mark_record(Record(record_id="1", title=TITLE), [span("back pain")], wanted).title
    assert [piece for run in runs for piece in run.pieces if piece[1]] == [
        ("women", "found"),
        ("pain", "exclude"),
        ("yoga", "include"),
        ("yoga", "include"),
    ]


def test_phrases_and_beginnings_are_found_without_accents() -> None:
    assert highlighted("Ménière’s disease", 'meni "disease"') == (
        ("Ménière", "found"),
        ("’s ", ""),
        ("disease", "found"),
    )
    assert highlighted("yoga", "") == (("yoga", ""),)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=6), st.text("ab() -.", max_size=40))
def test_no_letter_is_lost_or_doubled(places: list[tuple[int, int]], title: str) -> None:
    spans = [
        Span(
            start=at,
            end=min(at + n, len(title)),
            text=title[at : at + n],
            role="outcome",
            label="x",
            provenance="rule:x",
        )
        for at, n in sorted(places)
        if at < len(title)
    ]
    record = Record(record_id="1", title=title)
    runs = mark_record(record, spans, Highlights(include=["ab"], search="a")).title
    assert "".join(said(run) for run in runs) == record.text
    for run in runs:
        if run.mark:
            assert said(run).count("(") == said(run).count(")")
