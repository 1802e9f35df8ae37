"""The text of a criteria file that is edited by a form: it says what it should, and comments stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab.criteria import Concept, Criteria, Limits, parse_criteria
from tiab.review.criteria_text import edit_text

TEXT = """# ours
title = "Yoga"  # short
question = "Does it help?"

# who
[population]
terms = [
  "asthma",  # line 3 of the protocol
  "COPD",
  # not emphysema
]
abbreviations = ["MS"]  # rarely

[intervention]
name = "yoga"
terms = ["yoga", "asana*"]

[search]
pubmed = "yoga[tiab]"  # as run
"""


def concepts(text: str) -> list[Concept]:
    return list(parse_criteria(text).concepts)


def changed(text: str, **values: object) -> str:
    wanted = replace(parse_criteria(text), **values)  # type: ignore[arg-type]
    edited = edit_text(text, wanted)
    assert parse_criteria(edited) == wanted
    return edited


def test_what_is_unchanged_is_not_touched() -> None:
    assert edit_text(TEXT, parse_criteria(TEXT)) == TEXT


def test_a_change_touches_its_own_lines_alone() -> None:
    population, yoga = concepts(TEXT)
    terms = ("COPD", "bronchitis")
    edited = changed(TEXT, title="Yoga in asthma", concepts=(replace(population, terms=terms), yoga))
    before, after = TEXT.splitlines(), edited.splitlines()
    assert [line for line in before if line not in after] == ['title = "Yoga"  # short', before[7]]
    assert [line for line in after if line not in before] == ['title = "Yoga in asthma"  # short', '  "bronchitis",']


def test_concepts_and_limits_come_and_go() -> None:
    population, yoga = concepts(TEXT)
    more = Concept(role="population", name="adults", terms=("adult*",))
    design = Concept(role="design", name="design", terms=(), designs=("randomised trial",), required=False)
    limits = Limits(year_from=1990, languages=("english",))
    edited = changed(TEXT, concepts=(population, more, yoga, design), limits=limits)
    assert "# not emphysema" in edited
    assert "[[population]]" in edited
    less = changed(edited, concepts=(replace(yoga, required=False),), limits=Limits(), question="")
    assert "asthma" not in less
    assert "[limits]" not in less
    assert "# as run" in less


@pytest.mark.parametrize(
    "text",
    ["", "not TOML", 'title = "x"\npopulation.terms = ["a"]\n', 'title = "x"\npopulation = [{terms = ["a"]}]\n',
     'title = """x\n[population]\n"""\n[population]\nterms = ["a"]\n', "title = 'x'\r\n[population]\r\nterms = []\r\n"],
)  # fmt: skip
def test_a_file_that_is_written_in_another_way_still_says_what_is_wanted(text: str) -> None:
    wanted = Criteria(title="t", concepts=(Concept(role="population", name="population", terms=("a", "b")),))
    assert parse_criteria(edit_text(text, wanted)) == wanted


WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8).filter(
    lambda text: "*" not in text
)
CONCEPTS = st.builds(
    Concept,
    role=st.sampled_from(["population", "intervention", "comparator", "outcome"]),
    name=WORDS,
    terms=st.lists(WORDS, min_size=1, max_size=6, unique=True).map(tuple),
    abbreviations=st.lists(WORDS, max_size=2, unique=True).map(tuple),
    required=st.booleans(),
)
CRITERIA = st.builds(
    Criteria,
    title=WORDS,
    question=st.one_of(st.just(""), WORDS),
    concepts=st.lists(CONCEPTS, max_size=4, unique_by=lambda one: one.name).map(
        lambda some: tuple(
            sorted(some, key=lambda one: ["population", "intervention", "comparator", "outcome"].index(one.role))
        )
    ),
    limits=st.builds(Limits, year_from=st.one_of(st.none(), st.integers(1, 9999))),
)


@given(CRITERIA, CRITERIA)
def test_any_criteria_become_any_others(first: Criteria, second: Criteria) -> None:
    text = edit_text("", first)
    assert parse_criteria(text) == first
    assert parse_criteria(edit_text(text, second)) == second
    assert parse_criteria(edit_text(TEXT, second)) == second
