from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tiab
from benchmark_strategies import is_covered
from tiab.cli import app
from tiab.criteria import ROLES, parse_criteria
from tiab.criteria.strategy import is_strategy, read_strategy
from tiab.drafting import Draft, draft
from tiab.errors import CriteriaError

OVID = """\
# Garden work for low mood in older people
1 exp Gardening/
2 garden$.ti,ab.
3 (horticultur$ adj3 therap$).tw.
4 or/1-3
5 exp Depression/
6 (depress$ or low mood).mp. [mp=title, abstract, heading word]
7 5 or 6
8 randomized controlled trial.pt.
9 controlled clinical trial.pt.
10 randomi?ed.ab.
11 placebo.ab.
12 or/8-11
13 exp animals/ not humans.sh.
14 (4 and 7 and 12) not 13
15 remove duplicates from 14
16 limit 15 to (english language and yr="2005 -Current")
"""
PROTOCOL = """\
Title: Garden work for low mood in older people
Question: Does garden work lift the mood of older people?

Inclusion criteria
- Participants: older people with depression or seasonal affective disorder (SAD)
- Interventions: gardening, horticultural therapy
- Comparators: waiting list
- Outcomes: mood score, quality of life
- Types of studies: RCTs and quasi-experimental studies
- written in English or Dutch
- published since 1995

Exclusion criteria
- Types of studies: case reports, editorials
- Participants: bipolar disorder
"""


def concepts(made: Draft, role: str) -> list[list[str]]:
    return [[term.text for term in concept.terms] for concept in made.concepts if concept.role == role]


def test_the_blocks_of_a_strategy_are_concepts_with_roles() -> None:
    made = draft(OVID)
    assert made.title == "Garden work for low mood in older people"
    assert concepts(made, "intervention") == [["Gardening", "garden*", "horticultur therap*"]]
    assert concepts(made, "population") == [["Depression", "depress*", "low mood"]]
    (design,) = made.criteria.of_role("design")
    assert design.designs == ("randomised trial", "non-randomised trial")
    assert made.limits.species == ("human",)
    assert (made.limits.languages, made.limits.year_from, made.limits.year_to) == (("english",), 2005, None)


def test_each_term_says_where_it_came_from() -> None:
    made = draft(OVID)
    terms = {term.text: term for concept in made.concepts for term in concept.terms}
    assert (terms["garden*"].line, terms["Depression"].source) == (3, "Depression/")
    assert "  # line 3: garden" in made.to_toml()
    assert parse_criteria(made.to_toml()) == made.criteria


@pytest.mark.parametrize(
    ("strategy", "blocks"),
    [
        ("(yoga[tiab] OR asana*[tiab]) AND (asthma[mesh] OR wheez*[tw])", [["yoga", "asana*"], ["asthma", "wheez*"]]),
        ("#1 yoga:ti,ab\n#2 [mh Asthma]\n#3 #1 AND #2", [["yoga"], ["Asthma"]]),
        ("TS=(yoga OR asana*) AND TS=(asthma OR wheez*)", [["yoga", "asana*"], ["asthma", "wheez*"]]),
        ("yoga.tw.\nasana$.tw.\nasthma.tw.\nwheez$.tw.\nOR 1-2\nOR 3-4\n5 AND 6",
         [["yoga", "asana*"], ["asthma", "wheez*"]]),
    ],
)  # fmt: skip
def test_strategies_of_each_database_are_read(strategy: str, blocks: list[list[str]]) -> None:
    found = [[term.text.replace("TS=", "") for term in block.terms] for block in read_strategy(strategy).blocks]
    assert found == blocks


def test_wildcards_are_spelt_so_that_criteria_can_hold_them() -> None:
    text = "1 (wom?n or randomi?ed walk$ or an?emi$).tw.\n2 (p#diatric or child$ asthma$ or children).tw.\n3 1 and 2"
    terms = {term.text for concept in draft(text).concepts for term in concept.terms}
    assert {"women", "woman", "randomised walk*", "anemi*", "children asthma*"} <= terms
    assert not [term for term in terms if re.search(r"[?#$]|\*.", term)]


def test_a_protocol_gives_roles_designs_limits_and_exclusions() -> None:
    made = draft(PROTOCOL)
    criteria = made.criteria
    assert criteria.question == "Does garden work lift the mood of older people?"
    assert {"depression", "seasonal affective disorder"} <= set(criteria.of_role("population")[0].terms)
    assert "SAD" in criteria.of_role("population")[0].abbreviations
    assert "bipolar disorder" in criteria.of_role("population")[0].against
    assert {"gardening", "horticultural therapy"} <= set(criteria.of_role("intervention")[0].terms)
    assert criteria.of_role("comparator")[0].terms == ("waiting list",)
    assert "mood score" in criteria.of_role("outcome")[0].terms
    (design,) = criteria.of_role("design")
    assert design.designs == ("randomised trial", "non-randomised trial")
    assert design.against_designs == ("case report", "letter")
    assert (criteria.limits.languages, criteria.limits.year_from) == (("english", "dutch"), 1995)
    assert parse_criteria(made.to_toml()) == criteria


@pytest.mark.parametrize("both", [(PROTOCOL, OVID), (PROTOCOL + "\n\n" + OVID,)])
def test_of_both_the_terms_are_the_strategys_and_the_roles_the_texts(both: tuple[str, ...]) -> None:
    made = draft(*both)
    assert concepts(made, "population") == [["Depression", "depress*", "low mood"]]
    assert concepts(made, "intervention") == [["Gardening", "garden*", "horticultur therap*"]]
    assert concepts(made, "comparator") == [["waiting list"]]
    assert not made.criteria.of_role("outcome")[0].required
    assert "case report" in made.criteria.of_role("design")[0].against_designs


def test_a_title_alone_makes_concepts_and_says_nothing_of_the_review_itself() -> None:
    criteria = tiab.draft_criteria(
        "Garden work for low mood: a systematic review of trials\n\nExcluded: trials without gardens"
    )
    assert [(concept.role, concept.terms) for concept in criteria.concepts] == [
        ("population", ("low mood",)),
        ("intervention", ("Garden work",)),
    ]


def test_prose_is_no_strategy() -> None:
    assert is_strategy(OVID)
    assert not is_strategy(PROTOCOL)


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 1_000_001])
def test_no_text_and_far_too_much_are_told(text: str) -> None:
    with pytest.raises(CriteriaError):
        tiab.draft_criteria(text)


@pytest.mark.parametrize(
    "text",
    [
        "?", "*", "((((", ")))) and ((((", "1\n2\n3", "or/1-5", "1 and 1", "1 2 and 3\n2 1 and 3\n3 1 or 2",
        "\x00\x1b[2J",
        "“”", "(" * 3000 + "yoga" + ")" * 3000, "a AND " * 500, "[mh] [tiab] .ti,ab.",
        "limit 99999999999999 to english",
        "ed=19991399 AND ed=00000000 AND yoga", "1 1-99999999/or\n2 1 and yoga.ti.", "Excluded:\n-\n:", "# \n#1 #2 #3",
        "yoga[tiab] OR a[tiab] OR b[tiab] OR " + "(" * 3000 + "x[tiab]", "a[tiab] NOT " * 3000,
        "1 yoga.ti.\n2 asana.ab.\n" + "\n".join(f"{n} {n - 1} or {n - 2}" for n in range(3, 200)),
        'title = "x"\n[population]\nterms = ["yoga \\" \\u007f"]',
    ],
)  # fmt: skip
def test_whatever_is_pasted_gives_criteria_that_can_be_read_again(text: str) -> None:
    made = draft(text)
    assert parse_criteria(made.to_toml()) == made.criteria


def test_the_command_writes_a_file_that_check_reads(tmp_path: Path) -> None:
    source, target = tmp_path / "strategy.txt", tmp_path / "criteria.toml"
    source.write_text(OVID, encoding="utf-8")
    result = CliRunner().invoke(app, ["criteria", "draft", str(source), "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert tiab.read_criteria(target) == tiab.draft_criteria(OVID)
    answer = CliRunner().invoke(app, ["criteria", "draft", str(source), "--json"])
    assert json.loads(answer.stdout)["title"] == "Garden work for low mood in older people"
    assert CliRunner().invoke(app, ["criteria", "draft", str(source), "-o", str(source)]).exit_code == 2
    assert source.read_text(encoding="utf-8") == OVID


def test_real_strategies_give_concepts_that_cover_their_blocks(shared: Path) -> None:
    """Of each strategy, the words of its terms are counted by eye of a plain pattern, not by the reader itself."""
    covered = 0
    files = sorted((shared / "protocols" / "strategies").glob("*.txt"))
    for file in files:
        text = file.read_text(encoding="utf-8")
        made = draft(text)
        assert parse_criteria(made.to_toml()) == made.criteria, file.name
        covered += is_covered(made, text)
    assert (len(files), covered >= 120) == (126, True), covered


def test_a_question_alone_gives_concepts_by_what_stands_where() -> None:
    made = draft(
        "Title: Walking groups\nQuestion: Do beta blockers, compared with usual care, reduce tremor in adults?"
    )
    assert {"beta blockers", "propranolol"} <= set(made.criteria.of_role("intervention")[0].terms)
    assert made.criteria.of_role("comparator")[0].terms == ("usual care",)
    assert "tremor" in made.criteria.of_role("outcome")[0].terms


def test_the_members_of_a_group_say_so() -> None:
    terms = {
        term.text: term.source for one in draft("Do statins lower the risk of falls?").concepts for term in one.terms
    }
    assert terms["simvastatin"] == "one of statins"


def test_designs_are_guessed_where_the_question_asks_what_a_treatment_does() -> None:
    (design,) = [one for one in draft("Is exercise training effective in adults with gout?").concepts if one.designs]
    assert "randomised trial" in design.designs
    assert "no design is named" in design.because
    assert not [one for one in draft("How common is gout in adults?").concepts if one.designs]
    (animal,) = [one for one in draft("Title: Maze tasks\nInclusion: studies about rodents").concepts if one.designs]
    assert animal.designs == ("animal study",)


def test_a_hyphenated_word_is_not_parted_at_its_small_word() -> None:
    made = draft("Title: The face-to-face interview task: a systematic review")
    assert made.concepts[0].terms[0].text == "face-to-face interview task"


def test_what_a_control_group_got_is_the_comparator() -> None:
    made = draft("Title: Yoga for gout\nInclusion criteria\n- Studies with control animals (saline injection)")
    assert "saline injection" in made.criteria.of_role("comparator")[0].terms


def test_a_sentence_that_names_a_design_says_more_than_that() -> None:
    made = draft("Title: Pottery\nInclusion: RCTs on clay modelling for adults with tinnitus, lasting 16 weeks or more")
    assert "clay modelling" in made.criteria.of_role("intervention")[0].terms
    assert "tinnitus" in made.criteria.of_role("population")[0].terms
    assert made.criteria.of_role("design")[0].designs == ("randomised trial",)


def test_initials_that_the_text_uses_are_abbreviations_of_the_term() -> None:
    made = draft("Title: Clay modelling for restless hand disorder\nQuestion: Is clay effective for adults with RHD?")
    assert [term.text for one in made.concepts if one.role == "population" for term in one.abbreviations] == ["RHD"]


def test_what_something_is_effective_on_is_an_outcome() -> None:
    made = draft("Question: Are walking groups effective for widowers on self-injury, low mood and dropout?")
    outcomes = {term for concept in made.criteria.of_role("outcome") for term in concept.terms}
    assert {"self-injury", "low mood", "dropout"} <= outcomes


def test_a_title_is_parted_at_of_and_both_parts_are_looked_for_apart() -> None:
    made = draft("Title: Leaf shapes of garden mint\nQuestion: Which leaf shapes has garden mint?")
    assert concepts(made, "intervention")[0][0] == "Leaf shapes"
    assert "Leaf shapes" not in concepts(made, "population")[0]


def test_what_the_title_alone_is_about_is_required() -> None:
    made = draft("Title: Garden yield prediction: a review\nQuestion: How well does it predict?")
    (concept,) = made.concepts
    assert (concept.role, concept.required) == ("outcome", True)


def test_a_concept_that_says_what_another_has_said_is_left_out() -> None:
    made = draft("Title: Mint teas\nQuestion: Which mint teas are there?\n\nComparators: mint teas")
    assert [concept.role for concept in made.concepts] == ["intervention"]


@pytest.mark.parametrize(
    ("asked", "drug"),
    [
        ("Are drugs for overactive bladder effective in adults?", "oxybutynin"),
        ("Do pharmacologic treatments for ADHD help?", "methylphenidate"),
    ],
)
def test_the_drugs_for_a_condition_are_named(asked: str, drug: str) -> None:
    made = draft(f"Title: Drug class review\nQuestion: {asked}")
    (terms,) = concepts(made, "intervention")
    assert drug in terms


def test_terms_have_their_other_names_and_say_so() -> None:
    made = draft("Title: Yoga for back pain\nQuestion: Does yoga reduce back pain?")
    terms = {term.text: term.source for concept in made.concepts for term in concept.terms}
    assert terms["lumbago"] == "another name of back pain"
    assert "defect prediction" in draft("Title: Fault prediction in software").to_toml()


def test_people_at_the_end_of_a_phrase_are_the_population() -> None:
    made = draft("Title: Coaxing older people towards gardens\nQuestion: Does it work?")
    assert concepts(made, "population")[0][0] == "older people"
    assert "elderly" in concepts(made, "population")[0]
    assert "work" not in [term for terms in concepts(made, "intervention") for term in terms]


def test_reviews_that_a_question_asks_for_are_the_design() -> None:
    made = draft("Title: Reviews of gardening\nQuestion: Which systematic literature reviews are there on gardening?")
    (design,) = made.criteria.of_role("design")
    assert design.designs == ("systematic review",)
    assert "meta-analysis" in design.terms


def test_general_words_stay_with_the_one_word_that_they_narrow_down() -> None:
    terms = [term for terms in concepts(draft("Title: Test case ordering for language impairment"), "intervention")
             for term in terms]  # fmt: skip
    assert terms[0] == "Test case ordering"


@pytest.mark.parametrize(
    "text",
    ["9 not e and/1,8(adj3m*\xa0", "tO_", "yoga-" * 100_000],
)
def test_broken_lines_and_endless_words_are_drafted_at_once(text: str) -> None:
    start = time.process_time()
    made = draft(text)
    assert parse_criteria(made.to_toml()) == made.criteria
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        "How accurate is chest ultrasound for the diagnosis of pneumonia in children?",
        "Title: Accuracy of chest ultrasound for pneumonia in children\n\nParticipants\nChildren with a cough.\n\n"
        "Index tests\nChest ultrasound.\n\nTarget conditions\nPneumonia.\n\nReference standards\nChest radiograph.\n",
    ],
    ids=["question", "protocol"],
)
def test_a_review_of_diagnostic_accuracy_has_its_test_condition_and_designs(text: str) -> None:
    criteria = draft(text).criteria
    terms = {role: " / ".join(term for one in criteria.of_role(role) for term in one.terms) for role in ROLES}
    assert "chest ultrasound" in terms["intervention"].casefold()
    assert "pneumonia" in terms["outcome"].casefold()
    assert "child" in terms["population"].casefold()
    (design,) = criteria.of_role("design")
    assert "cross-sectional study" in design.designs
    assert "randomised trial" not in design.designs
    assert "sensitivity" in design.terms
