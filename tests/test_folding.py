from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab.dedupe.spelling import plain_words
from tiab.folding import GREEK, folded, folded_words, heading
from tiab.pico.text import plain_form
from tiab.records import Record


@given(st.text(max_size=60))
def test_nothing_of_case_accents_and_punctuation_is_left(text: str) -> None:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    assert folded(text) == plain
    assert folded_words(text).split() == folded_words(f"-{text}_ ").split()
    assert " " not in {folded_words(text)[:1], folded_words(text)[-1:]}


@pytest.mark.parametrize(
    ("record", "fingerprint"),
    [
        (
            Record(record_id="1", title="Yoga in Ménière's disease", abstract="CO₂ – “fell”.", year=2010),
            "86b8bcbf762053ee",
        ),
        (Record(record_id="2", title="YOGA IN MENIERE'S DISEASE", abstract="co2 fell", year=2010), "86b8bcbf762053ee"),
    ],
)
def test_fingerprints_stay_those_of_the_reviews_that_exist(record: Record, fingerprint: str) -> None:
    assert record.fingerprint == fingerprint


@pytest.mark.parametrize("letter", GREEK)
def test_greek_letters_have_one_name_everywhere(letter: str) -> None:
    assert plain_words(letter) == plain_words(letter.upper()) == [plain_form(letter)] == [GREEK[letter]]


def test_a_heading_keeps_its_accents() -> None:
    assert heading(" Título_(del artículo) ") == "título del artículo"


def test_a_text_of_all_accents_there_are_takes_no_time() -> None:
    marks = "".join(filter(unicodedata.combining, map(chr, range(0x300, 0x1F000))))
    text = f"é{marks}" * 500
    start = time.process_time()
    assert folded(text) == "e" * 500
    assert time.process_time() - start < 5
