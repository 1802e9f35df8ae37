"""Protocols as different people write them: each in a style of its own, none of a real review."""

from __future__ import annotations

import pytest

from tiab.criteria import ROLES, Criteria, parse_criteria
from tiab.drafting import Draft, draft
from tiab.drafting.headings import Heading, heading_of

PROSPERO = """\
Review title
Tai chi for knee osteoarthritis: protocol for a systematic review

Review question
Does tai chi relieve pain in people with knee osteoarthritis?

Searches
We will search MEDLINE and CINAHL from 1990 to 2020.

Condition or domain being studied
Knee osteoarthritis

Participants/population
Inclusion: Adults with knee osteoarthritis.
Exclusion: rheumatoid arthritis

Intervention(s), exposure(s)
Tai chi or qigong

Comparator(s)/control
Waiting list, stretching

Types of study to be included
Randomised controlled trials. No restrictions on language or year of publication.

Main outcome(s)
Walking speed

Risk of bias (quality) assessment
Two reviewers will independently assess each study.
"""
PROSE = """\
Inclusion criteria. Studies were eligible when they (1) tested a teaching garden, (2) targeted primary school pupils, \
(3) measured vegetable intake, and (4) were published in English after 1999. Studies were excluded if they were \
carried out in prisons. Two reviewers screened titles. We excluded editorials and case reports.
"""
BULLETS = """\
Bee hotels: who and what

Include if:
• wild bees, bumblebees, solitary wasps excluded
• nest boxes vs bare ground
• reports nest survival or parasitism
Exclude if:
• no original data (editorial, letter)
• honeybees
• not in English
"""
PICO = """\
P: children or adults with chronic cough
I: honey, lozenges; Control: placebo
O: cough frequency
S: RCTs
T: 1990 to 2010
"""
WRAPPED = """\
Title: Music for dental anxiety

We will include randomised trials that enrolled adults with dental anxiety or
needle phobia and compared live music with silence, and we will exclude trials
in healthy volunteers. Eligible trials had to report heart rate or saliva cortisol.
"""
QUALITATIVE = """\
Population
Fathers of children with cleft lip

Phenomenon of interest
Experiences of feeding

Context
Home and maternity ward

Types of studies
Qualitative studies such as focus group studies
"""
PROGNOSIS = """\
Title: Prevalence of thumb pain in harp players

Exposure of interest: hours of practice (e.g. daily practice)
Outcomes: thumb pain, defined as pain for at least a week
Study design: cross-sectional and cohort studies
Exclusion: studies without a count of harp players; reviews and letters
Years: 1980-2015
"""
ECOLOGY = """\
Objective: to quantify the effects of night lighting on moths

Eligibility criteria
Population: any moth species, wild or captive
Exposure: street lamps, floodlights; moonlight alone is not considered
Outcome: flight height, mating
Excluded: human studies, simulations only
"""
SOFTWARE = """\
Code comments: a mapping study

RQ1: Which tools generate code comments?
IC1: The paper proposes a comment generator
IC2: The paper is peer-reviewed
EC1: Short papers
EC2: Not in English
"""
ACCURACY = """\
Accuracy of capillary refill for dehydration in calves

Index tests
Capillary refill time

Target condition
Dehydration

Reference standard
Packed cell volume
"""
TABLE = """\
| Population | nursing home residents |
| Intervention | robotic pets |
| Comparison | soft toys |
| Outcomes | agitation |
"""
TEACHING = """\
**Objectives**
To assess whether peer quizzes improve exam scores of student pharmacists.

## Methods
### Types of participants
Student pharmacists; practising pharmacists are excluded.
### Types of interventions
Peer quizzes, compared with lectures
### Types of outcome measures
Primary outcomes
Exam scores
Secondary outcomes
Course satisfaction
"""
ALL = (PROSPERO, PROSE, BULLETS, PICO, WRAPPED, QUALITATIVE, PROGNOSIS, ECOLOGY, SOFTWARE, ACCURACY, TABLE, TEACHING)


def terms(made: Draft, role: str, key: str = "terms") -> set[str]:
    return {term.text for one in made.concepts if one.role == role for term in getattr(one, key)}


def has_design(criteria: Criteria, name: str) -> bool:
    return any(name in concept.designs for concept in criteria.of_role("design"))


@pytest.mark.parametrize("text", ALL)
def test_no_protocol_leaves_words_of_its_own_structure_among_the_terms(text: str) -> None:
    made = draft(text)
    words = {word for role in ROLES for key in ("terms", "against") for term in terms(made, role, key)
             for word in term.casefold().split()}  # fmt: skip
    forbidden = "inclusion exclusion excluded eligible criteria reviewers restrictions language published title pico"
    assert not words & set(forbidden.split()), words
    assert parse_criteria(made.to_toml()) == made.criteria


def test_headings_of_prospero_give_roles_and_what_is_not_about_eligibility_is_left_out() -> None:
    made = draft(PROSPERO)
    assert made.title == "Tai chi for knee osteoarthritis"
    assert made.question == "Does tai chi relieve pain in people with knee osteoarthritis?"
    assert "knee osteoarthritis" in {term.casefold() for term in terms(made, "population")}
    assert terms(made, "population", "against") == {"rheumatoid arthritis"}
    assert {"Tai chi", "qigong"} <= terms(made, "intervention")
    assert terms(made, "comparator") == {"Waiting list", "stretching"}
    assert "Walking speed" in terms(made, "outcome")
    assert has_design(made.criteria, "randomised trial")
    assert made.limits == draft("Title: Tai chi").limits  # no years of a search, no languages
    assert {why for _, _, why in made.not_used} == {"stands below a heading that is not about eligibility"}


def test_numbered_criteria_in_one_sentence_have_their_roles_by_their_verbs() -> None:
    made = draft(PROSE)
    assert "teaching garden" in terms(made, "intervention")
    assert "primary school pupils" in terms(made, "population")
    assert "vegetable intake" in terms(made, "outcome")
    assert (made.limits.languages, made.limits.year_from) == (("english",), 1999)
    (design,) = made.criteria.of_role("design")
    assert set(design.against_designs) == {"letter", "case report"}


def test_bullets_of_what_is_included_and_excluded() -> None:
    made = draft(BULLETS)
    assert "solitary wasps" in {term for role in ROLES for term in terms(made, role, "against")}
    assert "bare ground" in terms(made, "comparator")
    assert {"nest survival", "parasitism"} <= terms(made, "outcome")
    assert made.criteria.of_role("design")[0].against_designs == ("letter",)
    assert made.limits.languages == ("english",)


def test_the_letters_of_pico_are_headings_and_all_ages_are_no_children() -> None:
    made = draft(PICO)
    assert "chronic cough" in terms(made, "population")
    assert "child" not in terms(made, "population")
    assert {"honey", "lozenges"} <= terms(made, "intervention")
    assert terms(made, "comparator") == {"placebo"}
    assert (made.limits.year_from, made.limits.year_to) == (1990, 2010)
    assert made.title == "honey in chronic cough"


def test_sentences_broken_by_the_page_are_read_whole() -> None:
    made = draft(WRAPPED)
    assert {"dental anxiety", "needle phobia"} <= terms(made, "population")
    assert "live music" in terms(made, "intervention")
    assert "silence" in terms(made, "comparator")
    assert {"heart rate", "saliva cortisol"} <= terms(made, "outcome")
    assert "healthy volunteers" in {term for role in ROLES for term in terms(made, role, "against")}


def test_qualitative_reviews_have_a_phenomenon_and_a_setting() -> None:
    made = draft(QUALITATIVE)
    assert "feeding" in terms(made, "intervention")
    assert {"cleft lip", "maternity ward"} <= terms(made, "population")
    assert has_design(made.criteria, "qualitative study")


def test_the_prevalence_of_something_is_the_outcome() -> None:
    made = draft(PROGNOSIS)
    assert "Prevalence" in terms(made, "outcome")
    assert "thumb pain" in terms(made, "intervention") | terms(made, "outcome")
    assert "harp players" in terms(made, "population")
    assert "week" not in terms(made, "outcome")
    (design,) = made.criteria.of_role("design")
    assert design.designs == ("cross-sectional study", "cohort study")
    assert set(design.against_designs) == {"review", "letter"}
    assert (made.limits.year_from, made.limits.year_to) == (1980, 2015)


def test_what_is_not_considered_in_half_a_sentence_leaves_the_other_half() -> None:
    made = draft(ECOLOGY)
    assert {"street lamps", "floodlights"} <= terms(made, "intervention")
    assert "moth species" in terms(made, "population")
    assert made.limits.species == ("animal",)
    assert not has_design(made.criteria, "randomised trial")


def test_numbered_criteria_of_software_engineers() -> None:
    made = draft(SOFTWARE)
    assert made.question == "Which tools generate code comments?"
    assert "comment generator" in terms(made, "intervention")
    assert made.limits.languages == ("english",)


def test_a_table_pasted_from_a_word_processor_is_read() -> None:
    made = draft(TABLE)
    assert "nursing home residents" in terms(made, "population")
    assert "robotic pets" in terms(made, "intervention")
    assert terms(made, "comparator") == {"soft toys"}
    assert "agitation" in terms(made, "outcome")


def test_headings_of_markdown_and_those_below_them() -> None:
    made = draft(TEACHING)
    assert made.question.startswith("To assess whether peer quizzes")
    assert "student pharmacists" in {term.casefold() for term in terms(made, "population")}
    assert "practising pharmacists" in terms(made, "population", "against")
    assert terms(made, "comparator") == {"lectures"}
    assert {"Exam scores", "Course satisfaction"} <= terms(made, "outcome")


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Participants/population", Heading("population")),
        ("Type of publications", Heading("limits")),
        ("Strategy for data synthesis", Heading("other")),
        ("Main outcome(s):", Heading("outcome")),
        ("Study designs to be included", Heading("design", excluded=False)),
        ("Exclusion criteria for participants", Heading("population", excluded=True)),
        ("Not eligible: fish", Heading("", excluded=True, rest="fish")),
        ("Selection of studies. Fish were eligible.", Heading("", rest="Fish were eligible.")),
        ("EC2. Fish", Heading("", excluded=True, rest="Fish")),
        ("Fish for gout: a trial", None),
        ("mortality", None),
    ],
)
def test_headings_are_known_by_their_words(line: str, heading: Heading | None) -> None:
    assert heading_of(line) == heading


@pytest.mark.parametrize(
    "free",
    ["No language restrictions will be applied.", "There will be no restrictions on language or publication date.",
     "Any language.", "Language: no limits", "Studies will be included irrespective of language (e.g. German)."],
)  # fmt: skip
def test_what_does_not_matter_is_no_limit_and_no_term(free: str) -> None:
    made = draft(f"Title: Yoga for gout\n\nInclusion criteria\n- adults with gout\n- {free}")
    assert made.limits == draft("Title: Yoga for gout").limits
    assert terms(made, "intervention") == {"Yoga"}
    assert "language" not in " ".join(terms(made, "population"))


def test_a_designation_that_is_excluded_by_an_example_is_excluded() -> None:
    made = draft("Title: Yoga for gout\n\nExclusion criteria\n- publications without new data (e.g. editorials)")
    assert made.criteria.of_role("design")[0].against_designs == ("letter",)


def test_known_abbreviations_are_spelt_out_and_lower_case_words_are_none() -> None:
    made = draft("Title: Walking after MI\nQuestion: Does walking help patients with MI or OCD?")
    assert {"myocardial infarction", "obsessive-compulsive disorder"} <= terms(made, "population")
    assert "claudication" not in terms(draft("Title: Fat pad swelling in rats"), "intervention")


def test_reviews_of_reviews_look_for_the_words_of_reviews() -> None:
    made = draft("Title: Acupuncture: an overview\n\nStudy design: systematic reviews")
    assert "meta-analysis" in terms(made, "design")


def test_years_that_contradict_each_other_are_told_and_not_used() -> None:
    made = draft(
        "Title: Yoga for gout\n\nInclusion: published since 2015",
        "TITLE(yoga OR asana) AND KEY(gout) AND PUBYEAR < 2010",
    )
    assert (made.limits.year_from, made.limits.year_to) == (None, None)
    assert "years that contradict each other" in {why for _, _, why in made.not_used}
    assert parse_criteria(made.to_toml()) == made.criteria
