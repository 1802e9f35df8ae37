"""Words, sentences, headings and abbreviations: the ground on which the PICO rules stand."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from tiab.pico import find_spans
from tiab.pico.abbreviations import find_abbreviations
from tiab.pico.lexicon import Lexicon
from tiab.pico.sections import section_of
from tiab.pico.sentences import sentence_starts
from tiab.pico.spelling import american, singular
from tiab.pico.text import make_tokenizer, normal_form, normal_words, split_words
from tiab.pico.vocabulary import vocabulary
from tiab.records import Record


def sentences(text: str) -> list[str]:
    starts = [*sentence_starts(text), len(text)]
    return [text[a:b].strip() for a, b in pairwise(starts)]


@given(st.text(max_size=300))
def test_words_and_spaces_are_the_text(text: str) -> None:
    words, spaces = split_words(text)
    assert "".join(word + " " * space for word, space in zip(words, spaces, strict=True)) == text


@given(st.text(min_size=1, max_size=40).filter(lambda text: not text.isspace()))
def test_a_normal_form_is_never_empty(text: str) -> None:
    assert normal_form(text)


@pytest.mark.parametrize("word", ["Übung", "étude", "Ångström", "Ménière's", "naïve"])
def test_an_accent_parts_no_word(word: str) -> None:
    assert split_words(word)[0] == [word]


def test_an_acronym_that_ends_in_s_is_no_plural() -> None:
    nlp = spacy.blank("en")
    nlp.tokenizer = make_tokenizer()(nlp)
    lexicon = Lexicon(nlp.vocab, [("AIDS", "disease"), ("hearing aids", "device"), ("SARS*", "virus"), ("Übung*", "x")])
    text = "AIDS, SARS-CoV and Übungen; hearing aid, aids."
    found = {(text[f.start : f.end], f.meaning) for f in lexicon.find(nlp(text))}
    assert found == {("AIDS", "disease"), ("SARS", "virus"), ("Übungen", "x"), ("hearing aid", "device")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("interleukin‑6", "Interleukin 6"),
        ("TNF-α", "TNFalpha"),
        ("VO₂max", "VO2 max"),
        ("haemoglobins", "hemoglobin"),
        ("randomised", "Randomized"),
        ("oedema", "edema"),
        ("Parkinson's disease", "Parkinson disease"),
        ("Ménière’s", "Meniere"),
        ("women", "woman"),
        ("tumour necrosis factor", "tumor  necrosis\nfactors"),
        ("counselling programmes", "counseling program"),
        ("β-amyloid", "beta amyloid"),
        ("NFκB", "NF-kappa B"),
        ("µg", "μg"),
        ("co\u00adoperation", "cooperation"),
    ],
)
def test_spellings_of_one_name_have_one_normal_form(one: str, other: str) -> None:
    assert normal_words(one) == normal_words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("AIDS", "aid"), ("IL-6", "IL-16"), ("mean", "men"), ("organ", "organs were"), ("T3", "T4")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert normal_words(one) != normal_words(other)


def test_spelling_rules_leave_other_words_alone() -> None:
    words = ["control", "disease", "process", "analysis", "sclerosis", "virus", "glass", "series"]
    assert [singular(american(word)) for word in words] == words


@pytest.mark.parametrize(
    "text",
    [
        "Fatigue fell in the yoga group vs. Controls did not change much (P < .05).",
        "IL-6 was 3.5 pg/ml, i.e. Twice as high as in Fig. 2 of Smith et al. (2010).",
        "S. aureus was found by Dr. Miller at no. 5 Main St. in spring.",
        "Doses of 0.5 mg/kg were given p.o. and i.v. to rats.",
    ],
)
def test_full_stops_within_a_sentence_do_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ten nurses took part. Burnout fell! Did it last? Yes.", 4),
        ("Strength rose in both groups.Results were similar in men.", 2),
        ("Trained for 30 min. The controls rested.", 2),
        ('They said "we are tired." This was coded twice.', 2),
        ("BACKGROUND: Pain is common.\nMETHODS: We asked 40 people.", 2),
        ("Effects of vitamin D. We searched two databases.", 2),
        ("Cells were kept at 37 °C. Each (n = 3) was counted.", 2),
    ],
)
def test_sentences_are_parted(text: str, count: int) -> None:
    assert len(sentences(text)) == count


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("BACKGROUND", "background"),
        ("Background/Aims", "objective"),
        ("Study Design, Setting and Participants", "methods"),
        ("PATIENTS AND METHODS", "methods"),
        ("MEASUREMENTS AND MAIN RESULTS", "results"),
        ("METHODS AND RESULTS", "methods"),
        ("Clinical Implications", "conclusions"),
        ("Trial registration", "other"),
        ("Patients with gout", ""),
        ("Multiple sclerosis", ""),
        ("", ""),
    ],
)
def test_headings_are_sorted_into_sections(heading: str, section: str) -> None:
    assert section_of(heading) == section


@pytest.mark.parametrize(
    "abstract",
    [
        "BACKGROUND: Gout hurts. METHODS: We asked 12 men. RESULTS: Eight answered. CONCLUSIONS: Ask again.",
        "Background Gout hurts.\nMethods: We asked 12 men.\nResults: Eight answered.\nConclusions: Ask again.",
        "Background. Gout hurts. Methods. We asked 12 men. Results. Eight answered. Conclusions. Ask again.",
        "INTRODUCTION\nGout hurts.\nMETHODS\nWe asked 12 men.\nRESULTS\nEight answered.\nDISCUSSION\nAsk again.",
        "AIM - To ask about gout. DESIGN - We asked 12 men. FINDINGS - Eight answered. INTERPRETATION - Ask again.",
    ],
)
def test_sections_of_structured_abstracts_are_found(abstract: str) -> None:
    record = Record(record_id="1", title="Methods: a title with a colon", abstract=abstract)
    (spans,) = find_spans([record])
    labels = [span.label for span in spans if span.role == "section"]
    assert labels[-3:] == ["methods", "results", "conclusions"]
    men = next(span for span in spans if span.label == "human")
    assert (men.field, men.section) == ("abstract", "methods")


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("in people with multiple sclerosis (MS) and pain", "MS", "multiple sclerosis"),
        ("a randomised controlled trial (RCT; n = 30)", "RCT", "randomised controlled trial"),
        ("using MRI (magnetic resonance imaging) twice", "MRI", "magnetic resonance imaging"),
        ("brain-derived neurotrophic factor [BDNF]", "BDNF", "brain-derived neurotrophic factor"),
        ("several code smells (CSs) and bugs", "CSs", "code smells"),
        ("peak oxygen uptake (VO2peak)", "VO2peak", ""),
        ("tumor necrosis factor alpha (TNF-α)", "TNF-α", ""),
        ("at two hospitals (Berlin)", "Berlin", ""),
        ("the mean was high (see below)", "see below", ""),
    ],
)
def test_abbreviations_are_resolved(text: str, short: str, long: str) -> None:
    found = {a.short: a for a in find_abbreviations(text)}
    assert (found[short].long if short in found else "") == long
    assert all(text[a.start : a.end] == a.long for a in found.values())


def test_no_cue_to_a_design_says_two_things() -> None:
    """Of two meanings of one wording, chance would tell which is read."""
    words = vocabulary("design")
    phrases = [phrase for cue in [*words["cue"], words["blockers"]] for phrase in cue["phrases"]]
    forms = Counter(map(normal_words, phrases))
    assert [form for form, count in forms.items() if count > 1] == []
