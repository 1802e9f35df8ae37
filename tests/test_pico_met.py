"""Met means met: terms that are named but not meant, abbreviations that something supports, slips of the pen."""

from __future__ import annotations

import pytest

from tiab.criteria import Concept, Criteria
from tiab.features import read_coverage
from tiab.pico import Span, find_spans
from tiab.pico.misspelling import LongWords
from tiab.records import Record

CRITERIA = Criteria(
    title="",
    concepts=(
        Concept(
            role="population", name="gout", terms=("gouty arthritis", "gout"), abbreviations=("GA", "GAQ"),
            against=("general anaesthesia",),
        ),
        Concept(role="intervention", name="massage", terms=("massage", "lymphatic drainage")),
        Concept(role="comparator", name="none", terms=("sedentary", "untreated", "control group", "control")),
        Concept(role="outcome", name="cytokine", terms=("interleukin*", "IL-1", "IL-6", "TNF", "adiponectin")),
    ),
)  # fmt: skip


def found(abstract: str, title: str = "", **fields: str) -> tuple[Record, tuple[Span, ...]]:
    record = Record(record_id="1", title=title, abstract=abstract, **fields)  # type: ignore[arg-type]
    (spans,) = find_spans([record], CRITERIA, numbers=False)
    return record, spans


def met(name: str, abstract: str, title: str = "", **fields: str) -> bool:
    record, spans = found(abstract, title, **fields)
    return next(c for c in read_coverage(record, spans, CRITERIA) if c.concept.name == name).met


@pytest.mark.parametrize(
    ("abstract", "is_met"),
    [
        ("Adults with gout were massaged.", True),
        ("Adults without gout were massaged.", False),
        ("Exclusion criteria were stroke, diabetes, and gout.", False),
        ("Patients were excluded if they had asthma or gouty arthritis.", False),
        ("Patients with gout were excluded.", False),
        ("People with asthma or with gout were not eligible.", False),
        ("We excluded pregnant women, smokers and people with gout.", False),
        ("Exclusion criteria were stroke and age below 18; inclusion criteria were gout for a year.", True),
        ("Exclusion criteria included: pregnancy, gout, or cancer.", False),
        ("Exclusion: gout, asthma.", False),
        ("Adults were eligible if they had no gout.", False),
        ("Adults with no acute gout ran.", False),
        ("Adults with asthma, but not gout, ran.", False),
        ("Adults with neither gout nor asthma ran.", False),
        ("None of the participants had gout.", False),
        ("Adults with and without gout ran.", True),
        ("There was no treatment for gout.", True),
        ("Of 40 adults with gout, three were excluded because of pain.", True),
        ("Patients with gout were included and those with asthma were excluded.", True),
        ("Adults with gout took part. Pregnant women were excluded.", True),
        ("Adults with gout took part. Exclusion criteria were stroke and gout of the spine.", True),
    ],
)
def test_a_population_among_the_exclusions_is_not_met(abstract: str, is_met: bool) -> None:
    assert met("gout", abstract) == is_met


@pytest.mark.parametrize(
    ("abstract", "is_met"),
    [
        ("TNF fell.", True),
        ("They took TNF inhibitors.", False),
        ("They were given a TNF-alpha blocker.", False),
        ("Anti-TNF therapy went on.", False),
        ("They were on anti-IL-6 antibodies.", False),
        ("An IL-6 antagonist was given.", False),
        ("IL-6 receptor inhibitors were given.", False),
        ("They got an inhibitor of TNF.", False),
        ("They got antibodies against IL-6.", False),
        ("TNF-alpha blocking agents were used.", False),
        ("Massage inhibited TNF production.", True),
        ("There was no change in IL-6.", True),
        ("TNF inhibitors were given and TNF was measured.", True),
        ("IL-1 receptor antagonist rose.", True),  # which is a cytokine itself
    ],
)
def test_what_a_drug_acts_on_is_no_outcome(abstract: str, is_met: bool) -> None:
    assert met("cytokine", abstract) == is_met


@pytest.mark.parametrize(
    ("abstract", "is_met"),
    [
        ("Twenty sedentary males ran.", False),
        ("Ten sedentary middle-aged women ran.", False),
        ("They were compared with a sedentary group.", True),
        ("Sedentary controls did nothing.", True),
        ("The others stayed sedentary.", True),
        ("Sedentary adult controls did nothing.", True),
        ("Behavioral control and impulse control were told.", False),
        ("Perceived behavioural control rose.", False),
        ("The control group rested.", True),
        ("Half of them served as control.", True),
    ],
)
def test_a_description_of_people_is_no_comparator(abstract: str, is_met: bool) -> None:
    assert met("none", abstract) == is_met


def test_behavioural_control_is_no_comparator_of_the_rules_either() -> None:
    (spans,) = find_spans([Record(record_id="1", title="", abstract="Perceived behavioral control rose.")])
    assert [span for span in spans if span.role == "comparator"] == []


@pytest.mark.parametrize(
    ("abstract", "title", "fields", "is_met"),
    [
        ("Pain fell.", "Massage in GA", {}, False),
        ("Pain fell.", "Massage in GA", {"journal": "Annals of gouty arthritis"}, True),
        ("Pain and the GAQ fell.", "Massage in patients", {}, False),
        ("Adults with GA slept under general anaesthesia (GA).", "", {"journal": "Annals of gouty arthritis"}, False),
    ],
)
def test_an_abbreviation_counts_where_something_supports_it(
    abstract: str, title: str, fields: dict[str, str], is_met: bool
) -> None:
    assert met("gout", abstract, title, **fields) == is_met


SCLEROSIS = Criteria(title="", concepts=(
    Concept(role="population", name="MS", terms=("multiple sclerosis",), abbreviations=("MS", "RRMS", "EDSS")),
))  # fmt: skip


@pytest.mark.parametrize(
    ("title", "abstract", "support"),
    [
        ("Massage in MS", "The EDSS was 3.", ["EDSS", "MS"]),
        ("Massage in MS", "Those with RRMS came.", []),  # RRMS is no news of what MS is
        ("Massage by MS", "They rested.", []),
        ("Massage", "The EDSS was 3.", []),
    ],
)
def test_two_abbreviations_of_a_concept_support_each_other(title: str, abstract: str, support: list[str]) -> None:
    (spans,) = find_spans([Record(record_id="1", title=title, abstract=abstract)], SCLEROSIS, numbers=False)
    mine = [span for span in spans if span.label == "MS"]
    assert [span.provenance.partition("supported by ")[2].rstrip(")") for span in mine if "(" in span.provenance] == (
        support
    )
    assert {span.role for span in mine} == ({"population"} if support else {"unexpanded"})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("interlukin 6 fell", "interleukin*"),
        ("Interluekins fell", "interleukin*"),
        ("adiponektin rose", "adiponectin"),
        ("adipponectin rose", "adiponectin"),
        ("lymphatic draiange helped", "lymphatic drainage"),
        ("gouty artritis hurt", "gouty arthritis"),
        ("adiponectn fell", "adiponectin"),
        ("lymphatic drainnage helped", "lymphatic drainage"),
    ],
)
def test_a_long_word_is_found_with_one_letter_wrong_and_says_so(text: str, value: str) -> None:
    record, spans = found(f"{text}.")
    (slip,) = [span for span in spans if span.provenance.endswith("(one letter differs)")]
    assert slip.value == value
    assert record.text[slip.start : slip.end] == slip.text
    assert slip.weight < 1


@pytest.mark.parametrize("text", ["interleukins fell", "Adiponectin rose", "adipoectns", "goat", "masage", "leptin"])
def test_what_is_right_or_too_far_off_is_no_slip(text: str) -> None:
    _, spans = found(f"{text}.")
    assert not any("letter" in span.provenance for span in spans)


def test_a_word_is_no_slip_of_another_word() -> None:
    known: LongWords[str] = LongWords()
    for word in ("addiction", "injection", "maternal", "medication"):
        known.add(word, word)
    assert not any(known.meant_by(word) for word in ("addition", "infection", "material", "mediation", "meditation"))
    assert known.meant_by("adiction") == ["addiction"]


def test_endings_and_other_first_letters_are_no_slips() -> None:
    known: LongWords[str] = LongWords()
    known.add("training", "it")
    assert [word for word in ("trainings", "straining", "training", "trainin", "trianing") if known.meant_by(word)] == [
        "trianing"
    ]
