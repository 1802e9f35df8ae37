from __future__ import annotations

import json
import math
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import tiab
from tiab import Label, Record, Review
from tiab.cli import app
from tiab.criteria import Concept, Criteria, parse_criteria
from tiab.drafting import draft
from tiab.errors import CriteriaError, LabelError
from tiab.features.matches import count_hits
from tiab.labels import Decision
from tiab.pico.term_index import TermIndex
from tiab.suggesting import TermSuggestion, add_related, suggest_terms
from tiab.suggesting.chance import adjusted, at_least

CRITERIA = """\
title = "Training for balance after stroke"
question = "Does training improve balance after stroke?"

[population]
name = "stroke"
terms = [
  "stroke",  # the usual word
  "cerebrovascular accident",
]
abbreviations = ["CVA"]

[intervention]
name = "training"
terms = ["training", "health care exercise", "tai chi"]

[outcome]
name = "balance"
terms = ["balance"]
required = false
"""


def record(number: int, title: str, abstract: str = "", keywords: tuple[str, ...] = ()) -> Record:
    doi, authors = f"10.5555/{number}", (f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26] * 5}, X",)
    return Record(
        record_id=str(number),
        title=title,
        abstract=abstract,
        keywords=keywords,
        year=1980 + number,
        doi=doi,
        authors=authors,
    )


def pool() -> list[Record]:
    wanted = [record(n, "Gait training after stroke", "Treadmill walking and balance.") for n in range(8)]
    language = [record(n, "Language training after stroke", "Naming of pictures.") for n in range(8, 14)]
    choir = [record(n, "Choir training after stroke", "Singing together.") for n in range(14, 18)]
    return wanted + language + choir + [record(n, "Tax law") for n in range(18, 24)]


def labels(reason: str = "wrong intervention") -> list[Label]:
    include = [Label(record_id=str(n), decision=Decision.INCLUDE) for n in range(6)]
    return include + [Label(record_id=str(n), decision=Decision.EXCLUDE, reason=reason) for n in range(8, 18)]


def of_kind(found: tuple[TermSuggestion, ...], kind: str) -> dict[str, TermSuggestion]:
    return {one.term: one for one in found if one.kind == kind}


def concept(role: str, *terms: str, **more: tuple[str, ...]) -> Criteria:
    return Criteria(title="x", concepts=(Concept(role=role, name=role, terms=terms, **more),))  # type: ignore[arg-type]


def test_phrases_that_let_in_what_was_excluded_are_named_with_their_counts() -> None:
    found = of_kind(suggest_terms(pool(), criteria=parse_criteria(CRITERIA), labels=labels()), "lets in")
    language, choir = found["language training"], found["choir training"]
    assert (language.concept, language.action, language.key) == ("training", "add", "against")
    assert (language.included, language.excluded, language.unread) == (0, 6, 0)
    assert choir.excluded == 4
    assert "gait training" not in found


@pytest.mark.parametrize("reason", ["wrong outcome", "wrong population"])
def test_a_reason_for_exclusion_says_which_concept_is_looked_at(reason: str) -> None:
    found = suggest_terms(pool(), criteria=parse_criteria(CRITERIA), labels=labels(reason))
    assert {one.role for one in found if one.kind == "lets in"} <= {reason.removeprefix("wrong ")}
    words = [one for one in found if one.kind == "word"]
    assert {one.role for one in words} == {reason.removeprefix("wrong ")}


def test_words_that_set_included_records_apart_come_with_a_chance_that_holds() -> None:
    found = of_kind(suggest_terms(pool(), criteria=parse_criteria(CRITERIA), labels=labels()), "word")
    best = next(iter(found.values()))
    assert best.term in ("treadmill walking", "treadmill", "gait", "walking")
    assert (best.included, best.excluded, best.unread) == (6, 0, 2)
    assert best.p is not None
    assert 1 / math.comb(16, 6) <= best.p <= 0.05


def test_words_of_few_records_are_not_significant() -> None:
    few = [*labels()[:1], *labels()[6:8]]
    assert not of_kind(suggest_terms(pool(), criteria=parse_criteria(CRITERIA), labels=few), "word")


def test_spellings_that_the_terms_do_not_find() -> None:
    records = [
        record(1, "A healthcare programme"),
        record(2, "Exercising at home"),
        record(3, "Post-menopausal women"),
        record(4, "Gymnastcis for all"),
    ]
    criteria = concept("intervention", "health care", "exercise", "postmenopausal women", "gymnastics")
    found = of_kind(suggest_terms(records, criteria=criteria), "spelling")
    assert set(found) == {"healthcare", "exercising", "post menopausal women", "gymnastcis"}
    assert found["healthcare"].changed == 1
    assert "health care" in found["healthcare"].because


def test_abbreviations_of_terms_and_what_listed_ones_stand_for() -> None:
    records = [
        record(1, "Whole body vibration (WBV) in stroke"),
        record(2, "Full body vibration (FBV)", "Also whole-body vibration."),
        record(3, "Mitral stenosis (MS)"),
        record(4, "Multiple system sclerosis (MS)"),
    ]
    criteria = Criteria(
        title="x",
        concepts=(
            Concept(role="intervention", name="WBV", terms=("whole body vibration",)),
            Concept(role="population", name="MS", terms=("multiple sclerosis",), abbreviations=("MS",)),
        ),
    )
    found = suggest_terms(records, criteria=criteria)
    assert set(of_kind(found, "abbreviation")) == {"WBV"}
    expansions = of_kind(found, "expansion")
    assert (expansions["mitral stenosis"].key, expansions["multiple system sclerosis"].key) == ("against", "terms")


def test_headings_that_occur_with_the_records_of_a_concept() -> None:
    with_concept = [record(n, "Yoga for pain", keywords=("Asana/methods", "Humans")) for n in range(8)]
    without = [record(8, "Postures", keywords=("*Asana", "Humans"))]
    others = [record(n, "Tax law", keywords=("Humans", "Law")) for n in range(9, 30)]
    found = of_kind(suggest_terms(with_concept + without + others, criteria=concept("intervention", "yoga")), "heading")
    assert set(found) == {"Asana"}
    assert (found["Asana"].records, found["Asana"].changed) == (9, 1)


def test_terms_that_find_nothing() -> None:
    found = of_kind(suggest_terms(pool(), criteria=parse_criteria(CRITERIA)), "silent")
    assert set(found) == {"cerebrovascular accident", "health care exercise", "tai chi"}
    assert {one.action for one in found.values()} == {"remove"}


def test_without_terms_there_is_nothing_to_go_by() -> None:
    with pytest.raises(CriteriaError, match="no terms"):
        suggest_terms(pool(), criteria=Criteria(title="x", concepts=()))


@pytest.mark.parametrize(
    "term", ["IL-6", "TNF-alpha", "randomised trial*", "exercis*", "oedema", "MS", "interleukin-*"]
)
def test_a_term_is_found_where_the_criteria_find_it(term: str) -> None:
    texts = ["IL6 rose", "IL 6, TNFα", "A randomized trials unit", "exercising", "edema", "MS", "Interleukin 10", ""]
    records = [record(n, "x", text) for n, text in enumerate(texts)]
    hits = count_hits(records, concept("outcome", term))
    assert int(TermIndex(records).records(term).sum()) == hits.singles[0][1]


def test_no_term_reaches_over_two_fields() -> None:
    index = TermIndex([Record(record_id="1", title="After a stroke", abstract="Training", keywords=("gait", "speed"))])
    assert not index.any_of(["stroke training", "training gait", "gait speed"]).any()
    assert index.records("a stroke").all()


def test_the_chance_is_the_share_of_all_ways_to_draw() -> None:
    total, having, drawn = 9, 4, 5
    ways = [sum(one < having for one in drawn_) for drawn_ in combinations(range(total), drawn)]
    for k in range(6):
        wanted = sum(n >= k for n in ways) / len(ways)
        assert float(at_least(k, having=having, drawn=drawn, total=total)) == pytest.approx(wanted)


def test_words_too_rare_to_pass_cost_the_others_nothing() -> None:
    chances = np.array([0.01] + [0.5] * 1000)
    assert adjusted(chances, np.array([0.01] + [0.3] * 1000))[0] == 0.01
    assert adjusted(chances, np.array([0.01] + [0.00001] * 1000))[0] == 1.0


def test_a_term_is_put_into_the_criteria_and_taken_out_with_comments_left_alone(tmp_path: Path) -> None:
    with Review(made_review(tmp_path)) as review:
        text = review.change_term("stroke", "terms", "brain infarct*", added=True).text
        assert "# the usual word" in text
        assert tomllib.loads(text)["population"]["terms"] == ["stroke", "cerebrovascular accident", "brain infarct*"]
        text = review.change_term("stroke", "terms", "brain infarct*", added=False).text
        assert parse_criteria(text) == parse_criteria(CRITERIA)
        with pytest.raises(CriteriaError, match="only term"):
            review.change_term("balance", "terms", "balance", added=False)
        with pytest.raises(CriteriaError, match="no concept"):
            review.change_term("gait", "terms", "balance", added=True)


@pytest.mark.parametrize("form", ["inline", "in one line", "dotted"])
def test_a_criteria_file_that_cannot_be_edited_in_place_is_written_anew(tmp_path: Path, form: str) -> None:
    text = {
        "inline": 'title = "x"\npopulation = {name = "p", terms = ["a"]}\n',
        "in one line": 'title = "x"\n[population]\nterms = ["a"]\nname = "p"',
        "dotted": 'title = "x"\npopulation.name = "p"\npopulation.terms = ["a"]\n',
    }[form]
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    with Review.create(tmp_path / "r", tmp_path / "c.toml") as review:
        review.change_term("p", "terms", 'b "c" \\', added=True)
        assert review.criteria is not None
        assert review.criteria.concepts[0].terms == ("a", 'b "c" \\')


def made_review(folder: Path) -> Path:
    (folder / "c.toml").write_text(CRITERIA, encoding="utf-8")
    tiab.write_records(folder / "pool.csv", pool())
    with Review.create(folder / "r", folder / "c.toml") as review:
        review.add([folder / "pool.csv"])
        for label in labels():
            review.label(label.record_id, label.decision, reason=label.reason)
    return folder / "r"


def test_accepting_is_an_entry_in_the_log_and_is_undone_like_any_other(tmp_path: Path) -> None:
    with Review(made_review(tmp_path)) as review:
        before = review.criteria_text()
        chosen = next(one for one in review.suggestions() if one.term == "language training")
        review.accept_suggestion(chosen)
        assert review.criteria is not None
        assert review.criteria.of_role("intervention")[0].against == ("language training",)
        assert "# the usual word" in review.criteria_text().text
        assert chosen.term not in {one.term for one in review.suggestions()}
        assert review.events()[-1].kind == "criteria"
        review.accept_suggestion(next(one for one in review.suggestions() if one.term == "tai chi"))
        review.undo_criteria()
        review.undo_criteria()
        assert review.criteria_text() == before
        assert len(review.criteria_versions()) == 5
        with pytest.raises(LabelError, match="no earlier criteria"):
            review.undo_criteria()


def test_the_command_suggests_accepts_and_undoes(tmp_path: Path) -> None:
    folder = str(made_review(tmp_path))
    run = CliRunner()
    shown = run.invoke(app, ["criteria", "suggest", folder])
    assert shown.exit_code == 0, shown.output
    assert "Terms that let in what was excluded" in shown.output
    said = run.invoke(app, ["criteria", "suggest", folder, "--accept", "choir training", "--json"])
    assert [one["term"] for one in json.loads(said.stdout)["accepted"]] == ["choir training"]
    assert "choir training" in Path(folder, "criteria.toml").read_text(encoding="utf-8")
    assert run.invoke(app, ["criteria", "suggest", folder, "--accept", "nonsense"]).exit_code != 0
    assert run.invoke(app, ["undo", folder, "--criteria"]).exit_code == 0
    assert Path(folder, "criteria.toml").read_text(encoding="utf-8") == CRITERIA


def test_the_command_reads_files_and_the_reasons_in_them(tmp_path: Path) -> None:
    made_review(tmp_path)
    rows = [f"{one.record_id},{int(one.decision is Decision.INCLUDE)},{one.reason}" for one in labels()]
    (tmp_path / "said.csv").write_text("record_id,label_included,reason\n" + "\n".join(rows), encoding="utf-8")
    given = [str(tmp_path / name) for name in ("pool.csv", "c.toml", "said.csv")]
    said = CliRunner().invoke(app, ["criteria", "suggest", given[0], "-c", given[1], "-l", given[2], "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)["suggestions"]
    assert {one["role"] for one in found if one["kind"] == "lets in"} == {"intervention"}


def test_each_drafted_term_says_how_many_records_it_finds(tmp_path: Path) -> None:
    tiab.write_records(tmp_path / "pool.csv", pool())
    (tmp_path / "s.txt").write_text("1 stroke.tw.\n2 train$.tw.\n3 1 and 2\n", encoding="utf-8")
    given = ["criteria", "draft", str(tmp_path / "s.txt"), "--records", str(tmp_path / "pool.csv"), "--json"]
    drafted = json.loads(CliRunner().invoke(app, given).stdout)
    counts = {term["text"]: term["records"] for one in drafted["concepts"] for term in one["terms"]}
    assert counts == {"stroke": 18, "train*": 18}


def stroke_pool() -> list[Record]:
    """20 records that a draft on balance after stroke matches, all by treadmill, and 100 on tax law."""
    matching = [
        record(n, f"Balance training after stroke, group {n}", "A treadmill with a harness.") for n in range(20)
    ]
    return matching + [
        record(n, f"Tax law, chapter {n}", "What the law of the sea says of taxes.") for n in range(20, 120)
    ]


def test_words_that_the_best_matching_records_share_are_related_words() -> None:
    made = add_related(draft("Title: Training for balance after stroke"), stroke_pool())
    related = {term.text: term.source for term in made.related}
    assert "15 of the 15" in related["treadmill"]
    assert "harness" in related
    assert not {"law", "tax", "with harness", "the"} & related.keys()
    assert parse_criteria(made.counted(stroke_pool()).to_toml()) == made.criteria


def test_related_words_raise_records_that_share_them() -> None:
    records = stroke_pool()
    other = record(500, "Walking on a treadmill in a harness")
    drafted = draft("Title: Training for balance after stroke")
    ranks = [
        tiab.rank([*records, other], criteria=one.criteria).order.index("500")
        for one in (drafted, add_related(drafted, records))
    ]
    assert ranks[1] <= ranks[0]
    assert ranks[1] == 20


def test_a_handful_of_records_gives_no_related_words() -> None:
    assert not add_related(draft("Title: Training for balance after stroke"), stroke_pool()[:50]).related
