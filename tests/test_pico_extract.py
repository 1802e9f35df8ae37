"""extract_pico: what it finds in invented records, and what it promises for any record."""

from __future__ import annotations

import json

import numpy as np
import pytest
import spacy

from tiab.criteria import DESIGNS, Concept, Criteria
from tiab.features.extract import extract_pico
from tiab.pico import Span, find_spans, make_pipeline
from tiab.pico.layout import get_spans
from tiab.ranking.rank import rank
from tiab.records import Record

CRITERIA = Criteria(
    title="Exercise and cytokines in multiple sclerosis",
    concepts=(
        Concept(
            role="population",
            name="multiple sclerosis",
            terms=("multiple sclerosis",),
            abbreviations=("MS", "pwMS"),
            against=("mass spectrometry", "amyotrophic lateral sclerosis"),
        ),
        Concept(role="intervention", name="exercise", terms=("exercis*", "aerobic train*", "yoga")),
        Concept(role="outcome", name="cytokines", terms=("cytokin*", "IL-6", "TNF-alpha", "tumour necrosis factor")),
        Concept(
            role="design", name="design", terms=(), designs=("randomised trial",), against_designs=("animal study",)
        ),
    ),
)


def spans_of(title: str, abstract: str = "", *keywords: str) -> list[Span]:
    record = Record(record_id="1", title=title, abstract=abstract, keywords=keywords)
    (spans,) = find_spans([record], CRITERIA)
    assert all(record.text[span.start : span.end] == span.text for span in spans)
    return list(spans)


def concept_hits(role: str, title: str, abstract: str = "") -> list[str]:
    return [s.text for s in spans_of(title, abstract) if s.role == role and s.provenance.startswith("dict:")]


@pytest.mark.parametrize("spelling", ["IL-6", "IL‑6", "IL–6", "IL6", "IL 6", "il-6", "IL−6", "IL-\u200b6"])
def test_one_term_finds_every_spelling_of_a_name_with_a_number(spelling: str) -> None:
    assert concept_hits("outcome", f"Serum {spelling}-levels fell") == [spelling]


@pytest.mark.parametrize("spelling", ["TNF-α", "TNFα", "TNF alpha", "TNF-alpha", "TNFalpha", "TNF‐Α"])
def test_one_term_finds_greek_letters_and_their_names(spelling: str) -> None:
    assert concept_hits("outcome", f"Rise of {spelling} in serum") == [spelling]


def test_spelling_and_number_of_a_word_do_not_matter() -> None:
    assert concept_hits("outcome", "Tumor necrosis factors and Cytokines") == ["Tumor necrosis factors", "Cytokines"]
    assert concept_hits("intervention", "Aerobic\ntraining, exercised") == ["Aerobic\ntraining", "exercised"]


def test_abbreviation_counts_where_the_record_spells_it_out() -> None:
    assert concept_hits("population", "Multiple sclerosis and yoga", "People with MS took part.") == [
        "Multiple sclerosis",
        "MS",
    ]
    assert concept_hits("population", "Yoga in MS") == []
    assert concept_hits("unexpanded", "Yoga in MS") == ["MS"]


def test_abbreviation_with_another_meaning_counts_against() -> None:
    title, abstract = "Leptin by MS (mass spectrometry)", "We used MS twice; MS is precise. No multiple sclerosis."
    assert concept_hits("against", title, abstract) == ["MS", "mass spectrometry", "MS", "MS"]
    assert concept_hits("population", title, abstract) == ["multiple sclerosis"]


def test_abbreviation_within_a_longer_one_is_not_meant() -> None:
    title = "Liquid chromatography-mass spectrometry (LC-MS) in multiple sclerosis (MS)"
    assert concept_hits("against", title, "LC-MS was used.") == ["mass spectrometry", "LC-MS", "LC-MS"]
    assert concept_hits("population", title, "MS is rare.") == ["multiple sclerosis", "MS", "MS"]


def test_long_form_may_say_more_than_the_term() -> None:
    hits = concept_hits("population", "Yoga in multiple sclerosis disease (MS)", "MS is rare.")
    assert hits == ["multiple sclerosis", "MS", "MS"]


def test_a_denied_term_weighs_little_and_is_not_met() -> None:
    record = Record(record_id="1", title="Yoga", abstract="We studied people without multiple sclerosis.")
    (spans,) = find_spans([record], CRITERIA)
    (denied,) = [span for span in spans if span.role == "population" and span.provenance.startswith("dict:")]
    assert denied.weight < 0.5
    features = extract_pico([record], CRITERIA).features
    assert features["criterion: multiple sclerosis"].tolist() == [0]
    ranking = rank([record], criteria=CRITERIA)
    assert "multiple sclerosis" in ranking.table["criteria_missing"].item()
    assert "multiple sclerosis" not in ranking.table["criteria_met"].item()


def test_the_table_shows_what_the_ranker_sees() -> None:
    pool = [
        Record(record_id="1", title="Yoga in multiple sclerosis", abstract="IL-6 fell in a randomised trial."),
        Record(record_id="2", title="Mice without multiple sclerosis ran", publication_types=("Review",)),
    ]
    ranking = rank(pool, criteria=CRITERIA)
    names = ranking.model.space.evidence_names
    seen = ranking.features.matrix[:, -len(names) :].toarray()
    table = extract_pico(pool, CRITERIA).features[names].to_numpy(dtype=np.float32)
    assert (table == seen).all()


def test_the_longest_term_counts_and_what_is_against_hides_the_term_in_it() -> None:
    concept = Concept(role="population", name="ms", terms=("sclerosis*",), against=("amyotrophic lateral sclerosis",))
    criteria = Criteria(title="x", concepts=(concept,))
    record = Record(record_id="1", title="Amyotrophic lateral sclerosis and multiple sclerosis")
    (spans,) = find_spans([record], criteria)
    assert [(s.role, s.text) for s in spans if s.label == "ms"] == [
        ("against", "Amyotrophic lateral sclerosis"),
        ("population", "sclerosis"),
    ]


def test_truncation_follows_the_spelling_of_the_record() -> None:
    terms = ("randomis*", "tumour*", "interleukin-*", "aerobic train*", "behavio*")
    criteria = Criteria(title="x", concepts=(Concept(role="outcome", name="y", terms=terms),))
    text = "Randomization of tumors; interleukin 10, aerobic\u00a0trainings and behaviours. Untrained trainers."
    (spans,) = find_spans([Record(record_id="1", abstract=text)], criteria)
    assert [s.text for s in spans if s.label == "y"] == [
        "Randomization",
        "tumors",
        "interleukin",
        "aerobic\u00a0trainings",
        "behaviours",
    ]


def test_milliseconds_are_no_abbreviation() -> None:
    assert concept_hits("population", "Multiple sclerosis", "Latency was 12 ms.") == ["Multiple sclerosis"]


def test_short_forms_made_in_the_record_count() -> None:
    hits = concept_hits(
        "population", "Yoga", "Women with relapsing-remitting multiple sclerosis (RRMS). RRMS is common."
    )
    assert hits == ["multiple sclerosis", "RRMS", "RRMS"]


def test_features_have_one_row_for_each_record_in_order() -> None:
    records = [
        Record(record_id="z", title="Yoga in mice"),
        Record(record_id="a", title="", publication_types=("Randomized Controlled Trial",)),
    ]
    features = extract_pico(records, CRITERIA).features
    assert list(features.index) == ["z", "a"]
    assert features.loc["z", "criterion: exercise"] == 1
    assert features.loc["z", "ineligible design"] > 0.8
    assert features.loc["a", "eligible design"] > 0.9
    assert all(f"design: {design}" in features for design in DESIGNS)


def test_no_records_give_empty_tables_with_their_columns() -> None:
    empty, one = extract_pico([], CRITERIA), extract_pico([Record(record_id="1", title="Yoga")], CRITERIA)
    assert list(empty.features.columns) == list(one.features.columns)
    assert list(empty.spans.columns) == list(one.spans.columns)


def test_spans_go_through_json() -> None:
    spans = spans_of("Exercise and IL-6", "We randomised 12 women.")
    assert [Span.from_dict(json.loads(json.dumps(span.to_dict()))) for span in spans] == spans


def test_pipeline_survives_a_folder(tmp_path) -> None:  # type: ignore[no-untyped-def]
    nlp = make_pipeline(CRITERIA)
    nlp.to_disk(tmp_path)
    text = "A randomised trial of exercise on TNF‑α."
    assert get_spans(spacy.load(tmp_path)(text)) == get_spans(nlp(text))
    assert [span.label for span in get_spans(nlp(text))].count("randomised trial") == 1


def test_many_records_are_read_in_two_processes_with_the_same_findings() -> None:
    pool = [Record(record_id=str(i), title=f"Yoga trial {i}", abstract="A randomised trial.") for i in range(5_000)]
    assert find_spans(pool, numbers=False, jobs=0) == find_spans(pool, numbers=False)
