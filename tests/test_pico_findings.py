"""Markers, comparators, species and designs, on invented sentences of many fields."""

from __future__ import annotations

import pytest

from tiab.criteria import DESIGNS
from tiab.features.table import pico_features
from tiab.pico import Span, find_spans
from tiab.pico.design_scores import design_scores
from tiab.records import Record


def spans_of(abstract: str, title: str = "A title", *types: str) -> tuple[Span, ...]:
    (spans,) = find_spans([Record(record_id="1", title=title, abstract=abstract, publication_types=types)])
    return spans


def values(label: str, abstract: str) -> list[str]:
    return [span.value for span in spans_of(abstract) if span.label == label and span.provenance.startswith("rule:")]


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("IL-6, IL‑10 and IL 17A were measured", ["IL-6", "IL-10", "IL-17A"]),
        ("interleukin-6 and interleukin (IL)-10", ["IL-6", "IL-10"]),
        ("IL-6, -8 and -10 in serum", ["IL-6", "IL-8", "IL-10"]),
        ("interleukins 4 and 13 were low", ["IL-4", "IL-13"]),
        ("IL-1β, IL-1ra and IL-12p70", ["IL-1beta", "IL-1ra", "IL-12p70"]),
        ("IL-1b, IL1a and IFN-g", ["IL-1beta", "IL-1alpha", "IFN-gamma"]),
        ("IL-17, a cytokine; IL-17 a marker; IL-17a", ["IL-17", "IL-17", "IL-17A"]),
        ("tumour necrosis factor-α (TNF-α)", ["TNF-alpha"]),
        ("TNFα, IFN-γ and TGF-β1", ["TNF-alpha", "IFN-gamma", "TGF-beta"]),
        ("leptin, adiponectin, Resistin", ["leptin", "adiponectin", "resistin"]),
        ("brain derived neurotrophic factor", ["BDNF"]),
        ("high-sensitivity C-reactive protein (hs-CRP)", ["CRP", "CRP"]),
        ("soluble TNF receptors and nitric oxide synthase", ["sTNFR"]),
        ("CCL2 and monocyte chemoattractant protein-1", ["MCP-1", "MCP-1"]),
        ("the IL-6 and 12 patients of ward 4", ["IL-6"]),
        ("NGF (national guideline forum) advice", []),
        ("10 code reviews, 6 bugs", []),
    ],
)
def test_markers_have_one_name(text: str, markers: list[str]) -> None:
    assert values("marker", f"{text}.") == markers


@pytest.mark.parametrize(
    ("text", "comparators"),
    [
        ("or a control group", ["control group"]),
        ("were put on a waiting list", ["waitlist"]),
        ("against placebo tablets", ["placebo"]),
        ("sham stimulation", ["sham"]),
        ("received usual care", ["usual care"]),
        ("and matched healthy controls", ["healthy controls"]),
        ("quality control and pain control", []),
        ("the control of seizures", []),
        ("TDD versus test-last development", ["versus"]),
    ],
)
def test_comparators(text: str, comparators: list[str]) -> None:
    found = [span.value for span in spans_of(f"They got massage {text}.") if span.role == "comparator"]
    assert found == comparators


def test_species_are_told_apart() -> None:
    mice = Record(record_id="1", title="Running in mice", abstract="C57BL/6 mice ran. EAE was induced.")
    women = Record(record_id="2", title="Running", abstract="Women ran.", keywords=("Humans", "Female"))
    stones = Record(record_id="3", title="Running water")
    features = pico_features([mice, women, stones], find_spans([mice, women, stones]))
    assert features["animal_share"].tolist()[:2] == [1.0, 0.0]
    assert features["animal_share"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("text", "animals"),
    [
        ("Eight Holstein steers grazed.", ["cattle"]),
        ("Growth of steers and heifers on clover.", ["cattle"]),
        ("The steers were weighed.", ["cattle"]),
        ("Adipokines that steer the immune response.", []),
        ("Leptin steers T cells; nurses steer the visit.", []),
        ("How to steer a wheelchair.", []),
    ],
)
def test_steers_are_cattle_only_where_they_cannot_be_a_verb(text: str, animals: list[str]) -> None:
    assert [span.value for span in spans_of(text) if span.label == "animal"] == animals


@pytest.mark.parametrize(
    ("design", "title", "abstract"),
    [
        ("randomised trial", "Yoga for gout: a randomised controlled trial", ""),
        ("randomised trial", "Yoga for gout", "Forty adults were randomly assigned to yoga or rest."),
        ("randomised trial", "Pair programming", "Students were randomised to pairs or to work alone."),
        ("non-randomised trial", "Yoga for gout", "In this quasi-experimental study two wards were compared."),
        ("non-randomised trial", "Yoga for gout: a non-randomised trial", "Two groups."),
        ("single-arm trial", "Yoga for gout: a single-arm trial", "All took part."),
        ("crossover trial", "Caffeine and reaction time: a cross-over study", "In random order."),
        ("cohort study", "Gout in Norway", "We followed a population-based cohort for 10 years."),
        ("case-control study", "Serum vitamin D in psoriasis: a case–control study", ""),
        ("cross-sectional study", "Burnout of nurses", "A cross-sectional survey was sent to all wards."),
        ("systematic review", "Yoga for gout: systematic review and meta-analysis of randomised trials", ""),
        ("systematic review", "Code smells", "This systematic mapping study found 60 papers."),
        ("review", "Adipokines in asthma", "In this review we discuss recent advances."),
        ("protocol", "Yoga for gout: study protocol for a randomised controlled trial", "Adults will be recruited."),
        ("case report", "Gout of the spine", "We report a case of a 45-year-old man."),
        ("qualitative study", "Living with gout", "Semi-structured interviews underwent thematic analysis."),
        ("animal study", "Running wheels and myelin", "C57BL/6 mice with EAE were used."),
        ("laboratory study", "Leptin and T cells", "Cells were cultured in vitro and lysed for western blot."),
        ("letter", "Reply to: Yoga for gout", ""),
    ],
)
def test_designs(design: str, title: str, abstract: str) -> None:
    scores = design_scores(spans_of(abstract, title))
    assert set(scores) <= set(DESIGNS)
    assert scores[design] >= 0.8


@pytest.mark.parametrize(
    "abstract",
    [
        "Patients were not randomised.",
        "Randomised trials are needed.",
        "Further randomised controlled trials should test this.",
        "Data were randomly divided into training and validation sets.",
        "A random sample of hospitals was drawn with a random forest.",
    ],
)
def test_words_of_chance_alone_make_no_randomised_trial(abstract: str) -> None:
    assert design_scores(spans_of(abstract)).get("randomised trial", 0.0) < 0.4


def test_a_review_of_trials_and_a_trial_in_rats_score_lower_than_a_trial() -> None:
    trial = design_scores(spans_of("Adults were randomly assigned to two groups."))
    review = design_scores(spans_of("We searched PubMed.", "A systematic review of randomised controlled trials"))
    rats = design_scores(spans_of("Wistar rats were randomly divided into two groups.", "Running in rats"))
    assert trial["randomised trial"] > 0.8 > max(review["randomised trial"], rats["randomised trial"])


def test_publication_types_are_a_score_of_their_own() -> None:
    record = Record(record_id="1", title="Yoga", publication_types=("Randomized Controlled Trial", "Case Reports"))
    row = pico_features([record], find_spans([record])).iloc[0]
    assert row["design: randomised trial"] > 0.3 < row["design: case report"]  # they share the chance
    assert row["has_publication_type"] == 1
    assert design_scores((), ["Some New Type"]) == design_scores(())
