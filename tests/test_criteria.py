from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tiab.criteria import DESIGNS, Criteria, designs_called, read_criteria
from tiab.errors import CriteriaError
from tiab.ranking.rank import rank
from tiab.records import Record

GOOD = """\
title = "Yoga for back pain"
question = "Does yoga lessen chronic low back pain?"

[population]
name = "back pain"
terms = ["low back pain", "lumbago"]
abbreviations = ["LBP"]

[[outcome]]
terms = ["pain intensity"]

[[outcome]]
name = "disability"
terms = ["disabilit*"]
required = false

[design]
designs = ["Randomised trial"]
against_designs = ["protocol"]

[limits]
year_from = 1990
languages = ["English"]

[search]
until = 2020-01-31
"""


Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str) -> Path:
        path = tmp_path / "criteria.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def test_a_file_written_by_hand_is_read(write: Write) -> None:
    criteria = read_criteria(write(GOOD))
    assert [c.name for c in criteria.concepts] == ["back pain", "outcome", "disability", "design"]
    assert [c.required for c in criteria.concepts] == [True, True, False, False]
    assert criteria.of_role("design")[0].designs == ("randomised trial",)
    assert criteria.limits.languages == ("english",)
    assert criteria.search.until == "2020-01-31"
    assert {"lumbago", "disabilit"} < set(criteria.phrases)
    assert Criteria.from_dict(criteria.to_dict()) == criteria


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("terms = [\"low", "term = [\"low", 6, "Did you mean 'terms'"),
        ("question =", "qestion =", 2, "Did you mean 'question'"),
        ("[population]", "[populaton]", 4, "Did you mean 'population'"),
        ("required = false", "requird = false", 15, "Did you mean 'required'"),
        ("required = false", 'required = "no"', 15, "true or false"),
        ('designs = ["Randomised trial"]', 'designs = ["randomsed trial"]', 18, "Did you mean 'randomised trial'"),
        ("year_from = 1990", 'year_from = "1990"', 22, "a whole number"),
        ("year_from = 1990", "year_from = 1990\nyear_to = 1980", 22, "after 'year_to'"),
        ("until = 2020-01-31", 'until = "January"', 26, "a date such as"),
        ('terms = ["pain intensity"]', "", 9, "has no terms"),
        ('terms = ["pain intensity"]', 'terms = [""]', 10, "empty text"),
        ('terms = ["pain intensity"]', "terms = [3]", 10, "list of texts"),
        ('title = "Yoga for back pain"', "", None, "'title' is missing"),
        ('name = "disability"', 'name = "back pain"', None, "two concepts are called"),
        ('"lumbago"]', '"lumbago', 6, "not valid TOML"),
        ("[design]", "[design]\nweight = 0", 18, "above 0"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_the_nearest_valid_key(
    write: Write, old: str, new: str, line: int | None, says: str
) -> None:
    assert old in GOOD
    with pytest.raises(CriteriaError, match=r"criteria\.toml") as caught:
        read_criteria(write(GOOD.replace(old, new)))
    assert says in str(caught.value)
    assert caught.value.line == line


def test_a_missing_file_a_folder_and_bytes_that_are_not_text(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none.toml", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(CriteriaError, match=said):
            read_criteria(path)
    (tmp_path / "bytes.toml").write_bytes(b'title = "\xff\xfe\x00"')
    with pytest.raises(CriteriaError, match="UTF-8"):
        read_criteria(tmp_path / "bytes.toml")


def test_related_words_are_compared_with_and_no_concept(write: Write) -> None:
    plain, related = read_criteria(write(GOOD)), read_criteria(write('related = ["mat", "studio"]\n' + GOOD))
    assert related.related == ("mat", "studio")
    assert related.phrases == (*plain.phrases, "mat", "studio")
    assert related.concepts == plain.concepts
    assert related.fingerprint != plain.fingerprint
    assert Criteria.from_dict(related.to_dict()) == related


def test_criteria_logged_before_there_were_related_words_are_read_and_keep_their_fingerprint(write: Write) -> None:
    criteria = read_criteria(write(GOOD))
    logged = criteria.to_dict()
    del logged["related"]
    assert Criteria.from_dict(logged) == criteria
    said = {key: value for key, value in logged.items() if key != "search"}
    assert criteria.fingerprint == hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def test_the_fingerprint_follows_eligibility_alone(write: Write) -> None:
    before = read_criteria(write(GOOD)).fingerprint
    assert read_criteria(write(GOOD.replace("2020-01-31", "2021-01-31"))).fingerprint == before
    assert read_criteria(write(GOOD.replace("1990", "1991"))).fingerprint != before


@pytest.mark.parametrize("term", ["exer*cise", "exercis* training", "*cise", "a**", "exercise *"])
@pytest.mark.parametrize("key", ["terms", "abbreviations", "against"])
def test_a_star_that_does_not_end_a_term_is_refused_with_a_word_of_explanation(
    write: Write, term: str, key: str
) -> None:
    more = "" if key == "terms" else 'terms = ["yoga"]\n'
    with pytest.raises(CriteriaError, match=r"line \d: .*has a \* that does not end it. A \* can only end a term"):
        read_criteria(write(f'title = "t"\n[population]\nname = "n"\n{more}{key} = ["{term}"]\n'))


@pytest.mark.parametrize(
    "line",
    [
        "x = " + "[" * 200_000, "x = " + "{a = " * 5000, "[" + "a." * 100_000 + "a]", "a." * 100_000 + "a = 1",
        "x = {" + "b . " * 100_000 + "a = 1}", "'a'." * 20_000 + "a = 1", "weight = " + "9" * 10_000,
        "weight = 1" + "0" * 400, "weight = 1e999", "weight = nan", "weight = 0x" + "f" * 10_000,
        "required = 0x" + "f" * 10_000,
    ],
)  # fmt: skip
def test_nesting_and_numbers_beyond_all_measure_are_refused(write: Write, line: str) -> None:
    with pytest.raises(CriteriaError, match=r"criteria.toml"):
        read_criteria(write(f'title = "t"\n[population]\nname = "n"\nterms = ["yoga"]\n{line}\n'))


@pytest.mark.parametrize("year", ["-1", "10000", "9" * 4000])
def test_a_year_has_four_digits(write: Write, year: str) -> None:
    with pytest.raises(CriteriaError, match="'year_from' is no year"):
        read_criteria(write(GOOD.replace("1990", year)))


def test_a_time_of_day_in_a_date_counts_for_nothing(write: Write) -> None:
    assert read_criteria(write(GOOD.replace("2020-01-31", "2020-01-31T10:00:00Z"))).search.until == "2020-01-31"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("RCT", ("randomised trial",)), ("RCTs", ("randomised trial",)),
        ("Randomized Controlled Trials", ("randomised trial",)), ("randomised controlled trial", ("randomised trial",)),
        ("quasi-experimental", ("non-randomised trial",)), ("nonrandomized trial", ("non-randomised trial",)),
        ("cohort", ("cohort study",)), ("Cohort studies", ("cohort study",)), ("case series", ("case report",)),
        ("case–control", ("case-control study",)), ("editorials", ("letter",)),
        ("meta-analyses", ("systematic review",)),
        ("observational studies", ("cohort study", "case-control study", "cross-sectional study")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["designs", "against_designs"])
def test_designs_are_known_in_the_words_that_people_use(
    write: Write, key: str, written: str, meant: tuple[str, ...]
) -> None:
    criteria = read_criteria(write(f'title = "t"\n[design]\nterms = ["x"]\n{key} = ["{written}", "{written}"]\n'))
    assert getattr(criteria.concepts[0], key) == meant


def test_every_design_is_called_by_its_own_name() -> None:
    assert all(designs_called(design) == (design,) for design in DESIGNS)
    assert designs_called("tea leaves") == ()


def test_a_wrong_design_gets_the_list(write: Write) -> None:
    with pytest.raises(CriteriaError) as caught:
        read_criteria(write('title = "t"\n[design]\ndesigns = ["tea leaves"]\n'))
    assert caught.value.line == 3
    assert all(design in str(caught.value) for design in DESIGNS)


def test_a_title_and_a_question_are_criteria_and_say_what_they_lack(write: Write) -> None:
    criteria = read_criteria(write('title = "Yoga for back pain"\nquestion = "Does yoga help backs?"\n'))
    assert criteria.concepts == ()
    assert "There is no concept" in " ".join(criteria.lacking)
    records = [
        Record(record_id="1", title="Tax law in the Hanseatic League"),
        Record(record_id="2", title="Yoga for low back pain", abstract="Sixty people did yoga for their backs."),
        Record(record_id="3", title="Salt trade by sea"),
    ]
    assert rank(records, criteria=criteria).order[0] == "2"
    assert "question" not in " ".join(criteria.lacking).split("concept")[0]
    assert not read_criteria(write(GOOD + '[intervention]\nterms = ["yoga"]\n')).lacking
