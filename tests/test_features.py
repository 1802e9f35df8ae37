from __future__ import annotations

import numpy as np
import pytest

from tiab.criteria import Concept, Criteria, Limits
from tiab.features import FeatureSpace, make_features
from tiab.features.words import make_word_space
from tiab.ranking.rank import rank
from tiab.records import Record

CRITERIA = Criteria(
    title="Yoga for back pain",
    concepts=(
        Concept(
            role="population", name="back pain", terms=("back pain",), abbreviations=("BP",),
            against=("blood pressure",),
        ),
        Concept(role="intervention", name="yoga", terms=("yoga",)),
        Concept(
            role="design", name="trial", terms=(), designs=("randomised trial",), against_designs=("protocol",),
            required=False,
        ),
    ),
    limits=Limits(year_from=2000, languages=("english",), species=("human",)),
)  # fmt: skip


def evidence(record: Record) -> dict[str, float]:
    features = make_features([record], criteria=CRITERIA)
    row = features.matrix[[0]].toarray().ravel()
    return dict(zip(features.space.names, row, strict=True))


def missing(record: Record) -> list[str]:
    return make_features([record], criteria=CRITERIA).criteria_missing(0)


def test_rows_have_unit_length_and_names() -> None:
    pool = [Record(record_id="1", title="Yoga for back pain"), Record(record_id="2", title="Tax law")]
    space, rows = make_word_space(pool)
    assert np.allclose(np.sqrt((rows.toarray() ** 2).sum(axis=1)), 1)
    assert "back pain" in space.words
    assert (space.rows(pool) != rows).nnz == 0


def test_criteria_are_columns_though_no_record_has_their_words() -> None:
    features = make_features([Record(record_id="1", title="Tax law")], criteria=CRITERIA)
    assert "back pain" in features.space.words.words
    row = features.space.criteria_row
    assert row is not None
    assert np.linalg.norm(row) == pytest.approx(1)
    assert len(row) == len(features.space.names) == features.matrix.shape[1]


def test_the_title_says_more_than_the_abstract_and_the_abstract_more_than_nothing() -> None:
    name = "criterion: back pain"
    title = evidence(Record(record_id="1", title="Back pain", abstract="Other words."))
    abstract = evidence(Record(record_id="1", title="Words", abstract="Of back pain."))
    nowhere = evidence(Record(record_id="1", title="Words", abstract="Of other things."))
    assert title[name] > abstract[name] > nowhere[name] == 0
    assert title["criterion in the title: back pain"] == 1


def test_without_an_abstract_what_is_not_in_the_title_may_still_be_there() -> None:
    bare = evidence(Record(record_id="1", title="Words"))
    assert bare["criterion: back pain"] == 0
    assert bare["no abstract to look in"] == 1
    half = evidence(Record(record_id="1", title="Yoga"))
    assert 0 < half["no abstract to look in"] < 1
    whole = evidence(Record(record_id="1", title="Yoga", abstract="Words."))
    assert whole["no abstract to look in"] == 0
    pool = [Record(record_id="1", title="Words"), Record(record_id="2", title="Words", abstract="Others.")]
    assert rank(pool, criteria=CRITERIA).order == ("1", "2")


def test_another_meaning_of_the_abbreviation_counts_against() -> None:
    other = Record(record_id="1", title="BP in adults", abstract="Blood pressure (BP) fell with yoga.")
    assert evidence(other)["term against: back pain"] > 0
    assert missing(other) == ["back pain"]


def test_limits_and_designs_are_missed_aloud() -> None:
    text = "Yoga lessened back pain in mice. Mice were randomised; rats, too."
    mice = Record(record_id="1", title="Yoga for back pain in mice", abstract=text, year=1990, language="ger")
    assert missing(mice) == ["species: human", "language: english", "years"]
    plan = Record(
        record_id="1", title="Yoga for back pain: study protocol for a randomised controlled trial", year=2010
    )
    assert missing(plan) == ["trial (it looks like: protocol)"]
    assert missing(Record(record_id="1", title="A randomised trial of yoga for back pain in adults", year=2010)) == []


def test_a_pool_can_be_put_into_the_columns_of_another() -> None:
    space = make_features([Record(record_id="1", title="Yoga and law")], criteria=CRITERIA).space
    features = make_features([Record(record_id="2", title="Yoga and unheard-of words")], space=space)
    assert features.space is space
    assert features.matrix.shape == (1, len(space.names))


def test_without_criteria_there_is_nothing_to_meet_or_miss() -> None:
    features = make_features([Record(record_id="1", title="Yoga")])
    assert features.criteria_met(0) == features.criteria_missing(0) == []
    assert features.space.prior_coef is None
    assert isinstance(features.space, FeatureSpace)


def test_rows_do_not_depend_on_the_company_they_are_counted_in() -> None:
    topics = ("yoga for pain", "tax law of islands", "orbits of comets")
    pool = [Record(record_id=str(i), title=f"Study {i} of {topics[i % 3]}") for i in range(5_003)]  # two chunks
    space, rows = make_word_space(pool, beside=["yoga of comets"])
    assert rows.shape == (5_003, len(space.words))
    some = [0, 4_999, 5_000, 5_002]
    assert (space.rows([pool[i] for i in some]) != rows[some]).nnz == 0
    assert rows.indices.dtype == np.int32
    assert space.rows([]).shape == (0, len(space.words))
