"""The PICO card: what one abstract says of its study, line by line, in terminal and page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tiab.cli import app
from tiab.cli.pico_card import colour_key
from tiab.pico import Span, find_spans
from tiab.pico.card import CARD_LINES, CardLine, make_pico_card
from tiab.pico.phrases import whole_phrase
from tiab.records import Record

RECORD = Record(
    record_id="1",
    title="Cycling in women with gout: a randomised trial",
    abstract="BACKGROUND: Gout hurts. METHODS: Forty women with gout (mean age 54 ± 8 years) were randomly assigned to "
    "cycling (n = 21) or usual care (n = 19). They cycled three times a week for 12 weeks at 60% of heart rate "
    "reserve. RESULTS: IL-6 did not change between the groups. CRP was measured.",
)


def card_of(record: Record = RECORD, *, learned: bool = True) -> dict[str, list[str]]:
    return {line.name: [fact.value for fact in line.facts] for line in lines_of(record, learned=learned)}


def lines_of(record: Record = RECORD, *, learned: bool = True) -> tuple[CardLine, ...]:
    (spans,) = find_spans([record], learned=learned)
    return make_pico_card(record, spans)


def test_a_card_tells_the_study_in_the_order_of_its_lines() -> None:
    card = card_of()
    assert list(card) == [name for name in CARD_LINES if name in card]
    assert (card["participants"], card["groups"], card["sex"]) == (["40"], ["21 and 19"], ["all female"])
    assert (card["age"], card["dose"]) == (["mean 54, SD 8 years"], ["12 weeks", "3 a week", "60% HRR"])
    assert card["comparator"] == ["usual care"]
    assert card["outcomes"][0].startswith("IL-6: no significant change")
    assert "CRP: no direction given" in card["outcomes"]
    assert card["design"][0].startswith("randomised trial (9")


def test_empty_lines_are_left_out_and_rules_alone_make_a_card() -> None:
    assert lines_of(Record(record_id="1", title="Rest")) == ()
    card = card_of(learned=False)
    assert {"participants", "sex", "dose", "outcomes", "design"} <= set(card)
    assert "population" not in card


def test_each_statement_has_its_sentence() -> None:
    facts = {fact.value: fact for line in lines_of() for fact in line.facts}
    for fact in facts.values():
        assert RECORD.text[fact.start : fact.end] == fact.sentence
    assert facts["12 weeks"].sentence.startswith("They cycled three times")
    assert facts["40"].sentence.startswith("METHODS: Forty women")


def test_groups_of_one_size_and_single_sexes() -> None:
    record = Record(
        record_id="1", abstract="We studied 50 adults (28 women). They were divided into groups (n = 10 each)."
    )
    card = card_of(record, learned=False)
    assert (card["groups"], card["sex"]) == (["10 each"], ["28 female"])


def test_a_population_is_people_where_people_are_named() -> None:
    record = Record(record_id="1", title="Adults with gout had open surgery")
    spans = [
        Span(start=a, end=b, text=record.text[a:b], role="population", label="participants", provenance="model:pio")
        for a, b in ((21, 33), (0, 16))
    ]
    assert [fact.value for line in make_pico_card(record, spans) for fact in line.facts] == ["Adults with gout"]


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("We measured VO2max.", "VO", "VO2max"),
        ("We asked for self-efficacy.", "self-", "self-efficacy"),
        ("This was done in the patients with gout and", "the patients with gout and", "patients with gout"),
        ("It helped adults (n = 20) with gout.", "adults (n = 20) with gout", "adults with gout"),
        ("body mass) or placebo (1 min", "body mass) or placebo (1 min", "placebo"),
        (
            "SETTINGS AND PARTICIPANTS: nursing students",
            "SETTINGS AND PARTICIPANTS: nursing students",
            "nursing students",
        ),
        ("healthy men participated in the study", "healthy men participated in the study", "healthy men"),
        ("the patients", "the patients", ""),
        ("They were two bleaching systems based on", "two bleaching systems based", "two bleaching systems"),
        ("It was a novel diet using an interactive tool", "novel diet using an interactive tool", "novel diet"),
        ("+", "+", ""),
        ("-OO0", "-", "OO0"),
        ("rate of 5", "rate", ""),
    ],
)
def test_phrases_are_whole_or_not_there(text: str, cut: str, whole: str) -> None:
    start = text.index(cut)
    assert whole_phrase(text, start, start + len(cut)) == whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("March 1, 2007, and Sept 24, 2012, 148 patients", ""),
        ("years of age among children born early", ""),
        ("group, and 87 women", ""),
        ("total of 60 records", ""),
        ("third of patients with gout", "patients with gout"),
        ("total of 60 adults with gout", "adults with gout"),
        ("treating patients who suffer from gout", "patients who suffer from gout"),
        ("teenage cyclists (N = 82: 13.7 ± 1.2 y, 46% tall)", "teenage cyclists"),
        ("human donor lenses (33-88 years old)", "human donor lenses"),
        ("total, 77 pregnant gilts", "pregnant gilts"),
        ("2014, 56 patients with gout", "patients with gout"),
        ("random sample of 100 studies, half", ""),
        ("Can adults with gout", "adults with gout"),
        ("Nurses with gout first trained to run", "Nurses with gout"),
    ],
)
def test_the_population_is_no_date_age_or_count(text: str, whole: str) -> None:
    assert whole_phrase(text, 0, len(text), "population") == whole


@pytest.mark.parametrize(
    ("abstract", "comparators"),
    [
        ("Adults on a waiting list for surgery were randomised to yoga or a diet.", []),
        ("Adults were randomised to yoga or a waiting list.", ["waitlist"]),
        ("This was a double blind, double dummy trial of two drugs.", []),
        ("Surgery is recommended as the standard treatment.", []),
        ("Adults got yoga or standard treatment.", ["usual care"]),
        ("Trials with a control group are needed.", []),
        ("We studied gout in healthy individuals.", []),
        ("We saw patients with gout and healthy individuals.", ["healthy controls"]),
        ("The cell was a delivery vehicle for the drug.", []),
        ("Eyes were given drops or vehicle.", ["placebo"]),
    ],
)
def test_a_comparator_is_what_a_group_was_given(abstract: str, comparators: list[str]) -> None:
    assert card_of(Record(record_id="1", abstract=abstract), learned=False).get("comparator", []) == comparators


def test_before_and_after_is_no_comparator() -> None:
    (spans,) = find_spans(
        [Record(record_id="1", abstract="Pain was asked before and after yoga, and fell from baseline.")]
    )
    assert [span.text for span in spans if span.role == "comparator"] == []


def test_a_marker_that_is_given_as_a_drug_is_no_outcome() -> None:
    text = "Adults with multiple sclerosis were treated with interferon beta or placebo. We measured IL-6 levels."
    assert card_of(Record(record_id="1", abstract=text), learned=False)["outcomes"] == ["IL-6: no direction given"]
    measured = (
        "We measured levels of interferon beta in adults treated with interferon beta. Interferon beta levels rose."
    )
    assert "increased" in card_of(Record(record_id="1", abstract=measured), learned=False)["outcomes"][0]


@settings(max_examples=200)
@given(st.text(alphabet="VO2max self-(of [the) n=20,;] –", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_a_phrase_of_any_text_has_whole_brackets_and_no_loose_ends(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    phrase = whole_phrase(text, start, end)
    assert phrase.count("(") == phrase.count(")")
    assert phrase == phrase.strip(" ,;-–")


def test_terminal_and_json_show_the_same_card(tmp_path: Path) -> None:
    path = tmp_path / "one.ris"
    path.write_text(f"TY  - JOUR\nTI  - {RECORD.title}\nAB  - {RECORD.abstract}\nER  - \n")
    run = CliRunner()
    (found,) = json.loads(run.invoke(app, ["pico", str(path), "--json"]).stdout)
    shown = run.invoke(app, ["pico", str(path), "--sentences"], env={"COLUMNS": "200"}).stdout
    for line in found["card"]:
        for fact in line["facts"]:
            assert fact["value"] in shown
            assert " ".join(fact["sentence"].split())[:40] in shown
    assert "They cycled three times a week" in shown


def test_a_span_without_a_rule_makes_no_number() -> None:
    span = Span(start=0, end=2, text="40", role="population", label="sample size", value="40", provenance="model:pio")
    assert make_pico_card(RECORD, [span]) == ()


def test_the_colours_that_occur_are_named_in_plain_words() -> None:
    assert colour_key({"outcome", "unexpanded", "marker"}).plain == (
        "Colours:  outcome   abbreviation not spelled out "
    )
