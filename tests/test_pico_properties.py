"""What PICO promises for any text, however nasty: offsets that hold, no crash, no surprise, no long wait."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiab.criteria import Concept, Criteria
from tiab.features.evidence import evidence_names
from tiab.features.extract import extract_pico
from tiab.features.table import pico_features
from tiab.formats import read_records
from tiab.pico import Span, find_spans, pipeline
from tiab.records import Record

CRITERIA = Criteria(
    title="x",
    concepts=(
        Concept(role="population", name="MS", terms=("multiple sclerosis",), abbreviations=("MS",), against=("ALS",)),
        Concept(role="intervention", name="exercise", terms=("exercis*", "β-block*"), required=False),
        Concept(role="outcome", name="IL 6", terms=("IL-6", "TNF-α")),
        Concept(role="outcome", name="IL-6", terms=("interleukin*",)),
        Concept(role="design", name="designs", terms=(), designs=("randomised trial",)),
    ),
)
PIECES = (
    "multiple sclerosis (MS)",
    "MS",
    "LC‑MS",
    "TNF-α",
    "TNFα",
    "IL‑6",
    "IL-6, -8 and -10",
    "β‑blocker",
    "exercise",
    "İstanbul",
    "ß",
    "ﬁbrosis",
    "e\u0301",
    "\u200b",
    "\u00ad",
    "\ufeff",
    "𝛼",
    "👩‍🔬",
    "研究",
    "עברית",
    "²",
    "₂",
    "½",
    "٣",
    "\x00",
    "\ud800",
    "\u2028",
    "\r\n",
    "\n",
    "\n\n",
    "\t",
    " ",
    "  ",
    "\u00a0",
    ".",
    "...",
    "vs.",
    "P < .05",
    "n = 28",
    "(n=14)",
    "28 patients",
    "Twenty-eight women",
    "were randomised",
    "no change in",
    "decreased",
    "did not increase",
    "for 8 weeks",
    "30 min",
    "60% VO2max",
    "80% of 1RM",
    "three times a week",
    "METHODS:",
    "Results.",
    "Conclusion —",
    "(",
    ")",
    "[",
    "]",
    "1,000",
    "9" * 400,
    "-",
    "‐",
    "–",
    "—",
    "'s",
    "’",
    "whether",
    "controls",
    "rats",
    "a" * 300,
    "A" * 50,
    "placebo",
    "*",
    "\\",
    "%",
    "{}",
    "interleukins 6 and 10",
    "RPE 11–13",
)
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=20).map("".join),
    st.text(st.characters(), max_size=120),
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    keywords = tuple(draw(st.lists(TEXTS, max_size=3)))
    types = tuple(draw(st.lists(st.sampled_from(["Review", "randomized controlled trial", "", "👩"]), max_size=2)))
    return Record(
        record_id="1", title=draw(TEXTS), abstract=draw(TEXTS), keywords=keywords, publication_types=types
    )  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_every_span_lies_where_it_says(record: Record) -> None:
    (spans,) = find_spans([record], CRITERIA)
    bounds = {name: (start, end) for name, start, end in record.sections}
    for span in spans:
        assert record.text[span.start : span.end] == span.text != ""
        start, end = bounds[span.field]
        assert start <= span.start < span.end <= end
        assert 0 < span.weight <= 1
        assert span.provenance.split(":")[0] in ("dict", "rule")
        assert Span.from_dict(span.to_dict()) == span
    assert list(spans) == sorted(spans, key=lambda span: (span.start, -span.end))
    assert len(set(spans)) == len(spans)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(records(), records())
def test_a_record_is_read_the_same_in_any_company(one: Record, other: Record) -> None:
    alone = find_spans([one], CRITERIA)[0]
    assert find_spans([other, one, one], CRITERIA)[1:] == [alone, alone]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_features_are_numbers_under_the_same_names(record: Record) -> None:
    pico = extract_pico([record], CRITERIA)
    assert list(pico.features.columns) == list(extract_pico([], CRITERIA).features.columns)
    assert all(dtype.kind == "f" for dtype in pico.features.dtypes)
    pd.testing.assert_frame_equal(pico.features, pico_features([record], find_spans([record], CRITERIA), CRITERIA))
    assert pico.features[list(evidence_names(CRITERIA))].apply(lambda column: column.between(0, 1)).all(axis=None)


def test_concepts_whose_names_differ_in_punctuation_have_columns_of_their_own() -> None:
    features = extract_pico([Record(record_id="1", title="TNF-α")], CRITERIA).features
    assert features["criterion: IL 6"].tolist() == [1.0]
    assert features["criterion: IL-6"].tolist() == [0.0]


@pytest.mark.parametrize("piece", [*PIECES, "one ", "twenty-", "1 ", "a-", "IL-6 increased and ", "randomised trial "])
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (8_000 // len(piece))
    start = time.process_time()
    find_spans([Record(record_id="1", title=text[:2000], abstract=text)], CRITERIA)
    assert time.process_time() - start < 5


def test_many_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = [
        Record(record_id=str(i), title=f"Exercise {i} in mice", abstract=f"{i + 2} patients trained for {i + 2} weeks.")
        for i in range(30)
    ]
    done: list[int] = []
    alone = find_spans(pool, CRITERIA)
    monkeypatch.setattr(pipeline, "_WORTH_A_PROCESS", 10)
    monkeypatch.setattr(pipeline, "_CHUNK", 7)
    assert find_spans(pool, CRITERIA, jobs=2, progress=done.append) == alone
    assert done == [7, 7, 7, 7, 2]
    assert [spans[0].value for spans in alone[:2]] == ["exercis*", "exercis*"]


def test_without_numbers_nothing_is_counted() -> None:
    record = Record(record_id="1", title="Exercise", abstract="Forty women were randomised. IL-6 fell.")
    features = extract_pico([record], CRITERIA, numbers=False).features
    assert features["sample_size"].isna().all()
    assert features[["n_markers", "n_decreased"]].to_numpy().sum() == 0
    assert features["design: randomised trial"].item() > 0.8


@pytest.mark.shared
def test_every_span_of_real_abstracts_lies_where_it_says(shared: Path) -> None:
    pool = read_records(shared / "reviews" / "Cohen_ADHD.csv.gz")[:250]
    for record, spans in zip(pool, find_spans(pool, CRITERIA), strict=True):
        assert all(record.text[span.start : span.end] == span.text for span in spans)
    features = extract_pico(pool, CRITERIA).features
    assert features["sample_size"].notna().mean() > 0.4
    assert (features["design: randomised trial"] > 0.5).mean() > 0.2
