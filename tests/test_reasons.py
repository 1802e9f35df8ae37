"""Why a record ranks where it does: in a clinician's words, and summing to the score."""

from __future__ import annotations

import re

import pytest

from tiab.criteria import Concept, Criteria
from tiab.ranking.rank import Ranking, rank
from tiab.ranking.reasons import OTHER_WORDS, START
from tiab.records import Record

CRITERIA = Criteria(
    title="Yoga for back pain",
    concepts=(
        Concept(
            role="population", name="back pain", terms=("back pain", "lumbago"), against=("back pain of the horse",)
        ),
        Concept(role="intervention", name="yoga", terms=("yoga", "asana*"), against=("yoghurt",)),
        Concept(
            role="design",
            name="trials",
            terms=(),
            designs=("randomised trial",),
            against_designs=("review", "case report"),
        ),
    ),
)
RECORDS = [
    Record(
        record_id="trial",
        title="Yoga with stretching for chronic back pain: a randomised controlled trial",
        abstract="Twenty-four adults with back pain did yoga for 12 weeks. IL-17 and interleukin 6 fell by 17%. "
        "The pelvic floor training does help the sedentary office workers in the 2010 trial.",
        publication_types=("Randomized Controlled Trial",),
    ),
    Record(
        record_id="review",
        title="Yoga for back pain: a systematic review",
        abstract="We searched five databases for yoga. Sedentary office workers were left out.",
        publication_types=("Review",),
    ),
    Record(record_id="bare", title="Stretching of office workers"),
    Record(
        record_id="other",
        title="Yoghurt and tax law",
        abstract="Yoghurt is taxed with milk in 17 countries. Tax law does not tell cheese from yoghurt.",
    ),
]
LABELS = {"trial": "include", "other": "exclude", "bare": "exclude"}


@pytest.fixture(scope="module", params=[None, LABELS], ids=["criteria alone", "with labels"])
def ranking(request: pytest.FixtureRequest) -> Ranking:
    return rank(RECORDS, criteria=CRITERIA, labels=request.param)


def test_the_rows_sum_to_the_score(ranking: Ranking) -> None:
    scores = dict(zip((one.record_id for one in RECORDS), ranking.scores, strict=True))
    for record_id, score in scores.items():
        reasons = ranking.reasons(record_id)
        assert reasons.score == pytest.approx(score, abs=1e-9)
        assert {row.name for row in reasons.rest} <= {OTHER_WORDS, START}
        assert set(reasons.rows) == set(reasons.named) | set(reasons.rest)


def test_concepts_come_first_and_nothing_weighs_zero(ranking: Ranking) -> None:
    for record in RECORDS:
        rows = ranking.reasons(record.record_id).named
        kinds = [row.kind for row in rows]
        assert kinds == sorted(kinds, key=["concept", "evidence", "phrase"].index)
        assert not [row.name for row in rows if f"{row.effect:+.2f}" in ("+0.00", "-0.00")]
    assert {row.name for row in ranking.reasons("trial").named[:2]} == {"yoga", "back pain"}


def test_phrases_stand_in_the_text_and_say_something(ranking: Ranking) -> None:
    for record in RECORDS:
        for row in ranking.reasons(record.record_id).named:
            if row.kind != "phrase":
                continue
            assert row.name in " ".join(record.text.split())
            assert re.search(rf"(?<!\w){re.escape(row.name)}(?!\w)", record.text)  # no stem, no fragment
            assert not {"with", "does", "the", "for", "in", "17", "12", "2010", "il"} & {row.name.lower()}
            assert not row.name.isdecimal()


def test_a_marker_keeps_its_number() -> None:
    records = [*RECORDS, Record(record_id="more", title="IL-17 and interleukin 6 in vitamin D deficiency")]
    reasons = rank(records, labels={"more": "include", "other": "exclude"}).reasons("more")
    named = {row.name for row in reasons.named}
    assert {"IL-17", "interleukin 6", "vitamin D"} <= named


def test_an_eligible_and_an_ineligible_design_are_never_both_named(ranking: Ranking) -> None:
    for record in RECORDS:
        designs = [row.name for row in ranking.reasons(record.record_id).rows if "design" in row.name]
        assert len(designs) <= 1
    assert "eligible design: randomised trial" in ranking.reasons("trial").listed(positive=True)
    assert "ineligible design: review" in ranking.reasons("review").listed(positive=False)


def test_no_abstract_is_no_merit(ranking: Ranking) -> None:
    assert "abstract" not in ranking.reasons("bare").listed(positive=True)


def test_a_term_against_is_named(ranking: Ranking) -> None:
    assert "term against yoga: yoghurt (-" in ranking.reasons("other").listed(positive=False)


def test_the_words_of_a_concepts_terms_are_counted_with_it(ranking: Ranking) -> None:
    rows = ranking.reasons("trial").rows
    assert [row.detail for row in rows if row.name == "yoga"] == [("yoga",)]
    assert not [row for row in rows if row.kind == "phrase" and "yoga" in row.name.lower()]


def test_what_weighs_next_to_nothing_is_not_named() -> None:
    trial = [Record(record_id=f"r{n}", title=f"A randomised trial of yoga, part {n}") for n in range(6)]
    ranking = rank(trial, labels={"r0": "include", "r1": "exclude"})
    for record in trial:
        reasons = ranking.reasons(record.record_id)
        assert not [row.name for row in reasons.named if abs(row.effect) < 0.005]
        assert reasons.score == pytest.approx(ranking.scores[trial.index(record)], abs=1e-9)


def test_labels_alone_are_explained_by_phrases() -> None:
    reasons = rank(RECORDS, labels=LABELS).reasons("review")
    assert not [row for row in reasons.rows if row.kind == "concept"]
    assert "back pain" in reasons.listed(positive=True).lower()


@pytest.mark.parametrize("record_id", ["bare", "other"])
def test_a_record_that_says_nothing_of_its_design_is_given_none(ranking: Ranking, record_id: str) -> None:
    added = ranking.explain(record_id)["feature"]
    assert not [name for name in added if name.startswith(("design: ", "eligible design", "ineligible design"))]
    assert not [row.name for row in ranking.reasons(record_id).rows if "design" in row.name]


def test_a_word_of_the_text_is_not_taken_for_the_kind_of_evidence_that_bears_its_name() -> None:
    pool = [
        Record(record_id="a", title="A criterion for the design of yoga mats"),
        Record(record_id="b", title="Tax law of islands"),
        Record(record_id="c", title="The design of criterion tests"),
    ]
    ranking = rank(pool, criteria=CRITERIA, labels={"a": "include", "b": "exclude"})
    named = {row.name for key in "abc" for row in ranking.reasons(key).rows if row.kind == "concept"}
    assert named <= {"back pain", "yoga", "trials"}
    assert not any(row.kind == "evidence" for row in ranking.reasons("c").rows)
