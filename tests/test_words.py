"""The blocks of word columns: what each counts, how rows are weighted, and that a kept space reads back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiab.features import counting
from tiab.features.stems import stem
from tiab.features.words import WordSpace, make_word_space
from tiab.records import Record

POOL = [
    Record(record_id="1", title="Exercise for pain", abstract="Exercising women had less pain."),
    Record(record_id="2", title="Exercises", keywords=("Tax law",)),
    Record(record_id="3", title="Tax law"),
    Record(record_id="4"),
]


def row_of(record: Record, space: WordSpace) -> dict[str, float]:
    row = space.rows([record]).toarray().ravel()
    return {name: float(value) for name, value in zip(space.words, row, strict=True) if value}


def test_each_kind_of_column_has_its_name() -> None:
    space, rows = make_word_space(POOL)
    names = set(space.words)
    assert {"exercise", "exercises", "exercise for", "tax law"} <= names
    assert {"pain*", "title: pain*", "title: law*"} <= names
    assert len([name for name in names if name.startswith("exercis") and name.endswith("*")]) == 1
    assert "exercises exercising" not in names
    assert "law tax" not in names
    assert rows.shape == (4, len(space.words)) == (4, len(set(space.words)))


def test_forms_of_a_word_share_a_column() -> None:
    space, _ = make_word_space(POOL)
    first, second = row_of(POOL[0], space), row_of(POOL[1], space)
    shared = {name for name in first if name in second}
    assert shared == {name for name in space.words if "exercis" in name and name.endswith("*")}
    assert len(shared) == 2


def test_a_record_has_length_one_and_one_without_words_length_nothing() -> None:
    _, rows = make_word_space(POOL)
    lengths = np.sqrt((rows.toarray() ** 2).sum(axis=1))
    np.testing.assert_allclose(lengths, [1, 1, 1, 0], atol=1e-6)


def test_weights_are_those_of_the_formula() -> None:
    """By hand: 'pain' is in 1 of 4 records, twice in the title's weight and once in the abstract of the first."""
    space, _ = make_word_space(POOL)
    row = row_of(POOL[0], space)

    def weight(times: float, held: int) -> float:
        return (1 + math.log(times)) * (math.log(5 / (1 + held)) + 1)

    assert row["pain"] / row["women"] == pytest.approx(weight(3, 1) / weight(1, 1), rel=1e-5)
    titled = {name: value for name, value in row.items() if name.startswith("title: ")}
    assert sum(value**2 for value in titled.values()) == pytest.approx(0.2 / 1.7, rel=1e-5)
    form = next(name for name in titled if "exercis" in name)
    assert titled[form] / titled["title: pain*"] == pytest.approx(weight(1, 2) / weight(1, 1), rel=1e-5)


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from(["pain", "pains", "yoga", "title", "law", "laws and", "x", "ÄÖ"]), max_size=6))
)
def test_a_kept_space_gives_the_rows_that_it_was_made_with(texts: list[list[str]]) -> None:
    pool = [Record(record_id=str(n), title=" ".join(t[:2]), abstract=" ".join(t[2:])) for n, t in enumerate(texts)]
    space, rows = make_word_space(pool, beside=["yoga", "tax law"])
    kept = WordSpace(words=tuple("\n".join(space.words).split("\n")) if space.words else (), idf=space.idf)
    again = kept.rows(pool)
    assert again.shape == rows.shape
    assert (again != rows).nnz == 0
    np.testing.assert_array_equal(kept.row(["yoga", "tax law"]), space.row(["yoga", "tax law"]))


def test_the_order_of_the_records_does_not_matter() -> None:
    space, rows = make_word_space(POOL)
    other, back = make_word_space(POOL[::-1])
    assert other.words == space.words
    assert (back[::-1] != rows).nnz == 0


def test_reading_a_few_texts_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    words = [f"word{number}" for number in range(40)]
    pool = [Record(record_id=str(n), title=" ".join(rng.choice(words, 4)), abstract=" ".join(rng.choice(words, 9)))
            for n in range(50)]  # fmt: skip
    space, rows = make_word_space(pool, beside=["word1 word99", "word3"])
    monkeypatch.setattr(counting, "_CHUNK", 7)
    again, same = make_word_space(pool, beside=["word1 word99", "word3"])
    assert again.words == space.words
    assert (same != rows).nnz == 0
    assert (again.rows(pool) != rows).nnz == 0
    np.testing.assert_array_equal(again.row(["word1 word99", "word3"]), space.row(["word1 word99", "word3"]))


def test_in_a_large_pool_a_word_in_one_record_is_no_column_unless_the_criteria_have_it() -> None:
    pool = [Record(record_id=str(n), title="Pain and law", abstract=f"unique{n}") for n in range(1000)]
    space, _ = make_word_space(pool, beside=["yoga class"])
    assert {"pain", "pain and", "yoga", "yoga class", "yoga*", "title: yoga*"} <= set(space.words)
    assert not [name for name in space.words if "unique" in name]


def test_phrases_do_not_make_pairs_with_each_other() -> None:
    space, _ = make_word_space(POOL, beside=["tax", "law"])
    row = dict(zip(space.words, space.row(["tax", "law"]), strict=True))
    assert row["tax"] > 0
    assert row["tax law"] == 0
    assert np.linalg.norm(list(row.values())) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize(
    "forms",
    [
        ("randomised", "randomized", "randomises", "randomisation", "randomizing"),
        ("treat", "treated", "treating", "treats"),
        ("study", "studies", "studied"),
        ("anaemia", "anemia"),
        ("haemophilia", "hemophilia"),
        ("stopped", "stopping", "stops", "stop"),
    ],
)
def test_forms_of_one_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["virus", "loss", "il6", "men", "b12", "basis"])
def test_what_only_looks_like_a_form_is_left_alone(word: str) -> None:
    assert stem(word) == word


@given(st.text(alphabet="abcdeginstyz", min_size=1, max_size=12))
def test_a_stem_is_never_empty(word: str) -> None:
    assert 1 <= len(stem(word)) <= len(word) + 2
