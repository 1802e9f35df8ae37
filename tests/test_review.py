"""Review: screening, undo, two reviewers, duplicates, as the person at the keyboard meets them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiab.assets import corpus_path
from tiab.errors import CriteriaError, InputError, LabelError, ReviewError
from tiab.labels import Decision
from tiab.review import Policy, Review
from tiab.review.criteria_file import CRITERIA_NAME

INCLUDE, EXCLUDE, MAYBE = Decision.INCLUDE, Decision.EXCLUDE, Decision.MAYBE


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    """A CSV of `rows`, whose keys are its columns."""
    import csv

    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def some_rows(first: int, last: int) -> list[dict[str, object]]:
    return [
        {
            "record_id": n,
            "title": f"Study {n} of {'yoga' if n % 3 else 'tax law'}",
            "abstract": f"Words about {n}.",
            "year": 2000 + n,
        }
        for n in range(first, last)
    ]


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with Review.create(tmp_path / "ms") as made:
        made.add([table(tmp_path / "search.csv", some_rows(1, 13))])
        yield made


@pytest.fixture(scope="module")
def corpus() -> Path:
    return corpus_path()


def test_without_criteria_records_come_in_their_order_until_one_is_included(review: Review) -> None:
    first = review.next("eva")
    assert first is not None
    assert (first.record.record_id, first.rank, first.score, first.left) == ("1", 1, 0.0, 12)
    review.label("1", EXCLUDE, reviewer="eva")
    second = review.next("eva")
    assert second is not None
    assert (second.record.record_id, second.left) == ("2", 11)
    review.label("3", INCLUDE, reviewer="eva")
    third = review.next("eva")
    assert third is not None
    assert third.record.record_id in {"6", "9", "12"}  # what shares its words with the one that was included


def test_screening_to_the_end(review: Review) -> None:
    seen = []
    while (suggestion := review.next("eva")) is not None:
        assert suggestion.left == 12 - len(seen)
        seen.append(suggestion.record.record_id)
        review.label(seen[-1], INCLUDE if len(seen) % 4 == 0 else "no", reviewer="eva")
    assert sorted(map(int, seen)) == list(range(1, 13))
    status = review.status()
    assert (status.joint.include, status.joint.exclude, status.left) == (3, 9, 0)


def test_undo_shows_the_record_again(review: Review) -> None:
    first = review.next("eva")
    assert first is not None
    review.label(first.record.record_id, EXCLUDE, reviewer="eva", reason="wrong population", note="sure?")
    undone = review.undo("eva")
    assert undone is not None
    assert undone.record_id == first.record.record_id
    assert review.labels("eva") == {}
    assert review.next("eva") == first
    assert review.undo("eva") is None
    assert review.undo("ben") is None


def test_a_review_is_taken_up_again_the_next_morning(review: Review) -> None:
    for record_id in ("1", "2", "3"):
        review.label(record_id, INCLUDE if record_id == "3" else EXCLUDE, reviewer="eva")
    then = review.next("eva")
    review.close()
    with Review(review.folder) as again:
        assert again.next("eva") == then
        assert again.status().joint.decided == 3


def test_two_that_have_it_open_see_each_other(review: Review) -> None:
    with Review(review.folder) as other:
        other.label("5", MAYBE, reviewer="ben")
        assert review.status().reviewers["ben"].maybe == 1
        review.add([table(review.folder / "more.csv", some_rows(13, 15))])
        assert other.status().records == 14
        assert {one.record.record_id for one in [other.next("ben")] if one} <= {str(n) for n in range(1, 15)}


def test_a_decision_that_is_sent_twice_counts_once(review: Review) -> None:
    review.next("eva")
    first = review.label("1", INCLUDE, reviewer="eva", token="t")
    assert review.label("1", INCLUDE, reviewer="eva", token="t") == first
    assert [event.kind for event in review.events()].count("labelled") == 1


def test_what_cannot_be_labelled(review: Review) -> None:
    with pytest.raises(LabelError, match="no record 'x'"):
        review.label("x", INCLUDE)
    with pytest.raises(LabelError, match="'perhaps' is not a decision"):
        review.label("1", "perhaps")
    with pytest.raises(LabelError, match="nothing to rank by"):
        review.rank()


# Two reviewers


def test_reviewers_are_blinded(review: Review) -> None:
    alone = review.next("ben")
    for record_id in ("1", "3"):
        review.label(record_id, INCLUDE, reviewer="eva")
    assert review.labels("ben") == {}
    assert review.next("ben") == alone
    assert set(review.labels("eva")) == {"1", "3"}


def test_conflicts_are_listed_and_settled_by_a_third_entry(review: Review) -> None:
    for record_id, eva, ben in (
        ("1", INCLUDE, INCLUDE),
        ("2", INCLUDE, EXCLUDE),
        ("3", EXCLUDE, MAYBE),
        ("4", EXCLUDE, EXCLUDE),
    ):
        review.label(record_id, eva, reviewer="eva", reason="hers")
        review.label(record_id, ben, reviewer="ben")
    found = review.conflicts()
    assert [conflict.record_id for conflict in found] == ["2", "3"]
    assert [given.label.reviewer for given in found[0].labels] == ["eva", "ben"]
    assert set(review.labels()) == {"1", "4"}
    event = review.resolve("2", INCLUDE, reviewer="kim", note="agreed on the phone", token="r")
    assert review.resolve("2", INCLUDE, reviewer="kim", note="agreed on the phone", token="r") == event
    assert review.labels()["2"].decision is INCLUDE
    assert [conflict.record_id for conflict in review.conflicts()] == ["3"]
    with pytest.raises(LabelError, match="no conflict on record '1'"):
        review.resolve("1", EXCLUDE)
    assert review.status().conflicts == 1
    review.undo("kim")
    assert [conflict.record_id for conflict in review.conflicts()] == ["2", "3"]


def test_a_settled_record_is_shown_to_nobody_again(review: Review) -> None:
    review.label("1", INCLUDE, reviewer="eva")
    review.label("1", EXCLUDE, reviewer="ben")
    review.resolve("1", EXCLUDE, reviewer="kim")
    seen = {one.record.record_id for name in ("eva", "ben", "kim", "new") if (one := review.next(name))}
    assert "1" not in seen


def test_nobody_sees_a_decision_of_another_before_their_own(review: Review) -> None:
    for record_id in ("1", "2"):
        review.label(record_id, INCLUDE, reviewer="eva")
        review.label(record_id, EXCLUDE, reviewer="ben")
    review.label("1", MAYBE, reviewer="kim")
    assert [conflict.record_id for conflict in review.conflicts("eva")] == ["1", "2"]
    assert [conflict.record_id for conflict in review.conflicts("kim")] == ["1"]
    assert review.conflicts("new") == ()
    review.resolve("1", INCLUDE, reviewer="lead")
    review.resolve("2", EXCLUDE, reviewer="lead")
    assert [record.record_id for record, _ in review.resolved()] == ["2", "1"]
    assert [record.record_id for record, _ in review.resolved("kim")] == ["1"]
    assert len(review.resolved("lead")) == 2
    assert review.agreement("kim") == {}  # no figures before all is screened
    review.set_policy(Policy(blinded=False))
    assert list(review.agreement("kim")) == [("ben", "kim"), ("eva", "kim")]
    assert review.agreement("new") == {}


def test_a_resolved_conflict_is_opened_again_by_who_resolved_it(review: Review) -> None:
    review.label("1", INCLUDE, reviewer="eva")
    review.label("1", EXCLUDE, reviewer="ben")
    review.resolve("1", INCLUDE, reviewer="lead")
    with pytest.raises(LabelError, match="you resolved no conflict on record '1'"):
        review.unresolve("1", reviewer="eva")
    event = review.unresolve("1", reviewer="lead", token="open-1")
    assert review.unresolve("1", reviewer="lead", token="open-1") == event
    assert [conflict.record_id for conflict in review.conflicts()] == ["1"]


def test_terminal_and_page_are_told_of_the_same_record(review: Review) -> None:
    first = review.next("eva")
    assert first is not None
    screening = review.screening("eva")
    assert screening.next_id(review.queue("eva")) == first.record.record_id
    following = screening.next_id(review.queue("eva"), skipped=[first.record.record_id])
    review.label(first.record.record_id, EXCLUDE, reviewer="eva")
    then = review.next("eva", learn=False)
    assert then is not None
    assert then.record.record_id == following == screening.next_id(review.queue("eva"))
    assert (screening.counts().screened, screening.counts().left) == (1, then.left) == (1, 11)
    review.undo("eva")
    assert screening.next_id(review.queue("eva")) == first.record.record_id
    assert screening.rereads == 1
    assert screening.decision(first.record.record_id) is None


def test_agreement_is_measured_on_what_both_screened(review: Review) -> None:
    review.set_policy(Policy(blinded=False))
    assert review.agreement() == {}
    for n in range(1, 11):
        review.label(str(n), INCLUDE if n < 4 else EXCLUDE, reviewer="eva")
        review.label(str(n), MAYBE if n < 3 else EXCLUDE, reviewer="ben")
    review.label("11", INCLUDE, reviewer="eva")
    agreement = review.agreement()["ben", "eva"]
    assert (agreement.n, agreement.agreed) == (10, 9)
    assert agreement.kappa == pytest.approx((0.9 - 0.62) / (1 - 0.62))


def test_a_lone_reviewer_never_notices(review: Review) -> None:
    review.label("1", INCLUDE)
    assert review.labels() == review.labels("")
    assert review.conflicts() == ()
    assert list(review.status().reviewers) == [""]


# Duplicates

LONG = "Yoga and fatigue in women with multiple sclerosis: a randomised controlled trial of eight weeks"
PAPER = {"title": LONG, "abstract": "Ten women trained twice a week for eight weeks and " * 3, "year": 2015}


def test_duplicates_are_linked_known_ones_are_not_added_and_nothing_is_lost(tmp_path: Path) -> None:
    one = table(tmp_path / "one.csv", [PAPER | {"record_id": "a", "pmid": "111", "doi": "10.1000/x"}])
    two = table(
        tmp_path / "two.csv",
        [
            PAPER | {"record_id": "a", "pmid": "222", "doi": "10.1000/y", "title": "Something else altogether"},
            PAPER | {"record_id": "p", "pmid": "111"},
            PAPER | {"record_id": "b", "pmid": "111", "abstract": "Another abstract."},
            PAPER | {"record_id": "c", "doi": "https://doi.org/10.1000/X", "abstract": ""},
            {"record_id": "d", "doi": "10.1000/x", "title": "Erratum", "abstract": "None."},
        ],
    )
    with Review.create(tmp_path / "r") as review:
        reports = review.add([one, two])
        assert [(r.new, r.known, r.duplicates, r.found) for r in reports] == [(1, 0, 0, 1), (2, 1, 2, 5)]
        records = {record.record_id: record for record in review.snapshot.records}
        assert set(records) == {"a", "two.csv:a", "b", "c", "d"}
        assert records["b"].abstract == "Another abstract."
        assert review.snapshot.groups.main_of == {"b": "a", "c": "a"}
        again = review.add([two])[0]
        assert (again.new, again.known, again.duplicates, again.again) == (0, 5, 0, True)
        assert review.status().to_screen == 3


def test_a_study_is_screened_by_its_fullest_report(tmp_path: Path) -> None:
    """The record that came first has no abstract: it is ranked and shown by the words of its duplicate."""
    full = PAPER | {"record_id": "b", "pmid": "111", "journal": ""}
    bare = PAPER | {"record_id": "a", "pmid": "111", "abstract": "", "journal": "Trials", "doi": "10.1000/x"}
    with Review.create(tmp_path / "r") as review:
        review.add([table(tmp_path / "one.csv", [bare, *some_rows(1, 3)]), table(tmp_path / "two.csv", [full])])
        first = review.next()
        assert first is not None
        assert (first.record.record_id, first.duplicates) == ("a", ("b",))
        assert first.record.abstract.startswith("Ten women trained")
        assert (first.record.journal, first.record.doi) == ("Trials", "10.1000/x")
        assert review.status().no_abstract == 0
        review.label("a", INCLUDE)
        ranking = review.rank()
        assert "women trained" in ranking.explain("a")["feature"].tolist()
        assert ranking.order[0] == "a"
        assert review.replay().identical
        review.export(tmp_path / "out.ris")
        assert "Ten women trained" in (tmp_path / "out.ris").read_text(encoding="utf-8")
        assert review.export(tmp_path / "all.ris", duplicates=True) == 4


def test_a_known_record_may_say_less_but_not_more(tmp_path: Path) -> None:
    from tiab.decisions.record_index import RecordIndex
    from tiab.records import Record

    whole = Record(record_id="1", title=LONG, abstract="Ten women trained. " * 9, pmid="7", doi="10.1/x", year=2001)
    known = RecordIndex([whole])
    assert known.holder(
        Record(record_id="2", title=LONG.upper(), abstract=whole.abstract, year=2001, extra=(("a", "b"),))
    )
    assert known.holder(Record(record_id="2", title=LONG, abstract=whole.abstract, year=2001, pmid="7"))
    assert not known.holder(Record(record_id="2", title=LONG, abstract=whole.abstract, year=2001, pmid="8"))
    assert not known.holder(Record(record_id="2", title=LONG, abstract=whole.abstract, year=2002))
    assert not known.holder(Record(record_id="2", title=LONG, abstract="", year=2001, pmid="7"))
    editorial = Record(record_id="3", title="Editorial", journal="A", year=2001)
    known.add(editorial)
    assert known.holder(Record(record_id="4", title="Editorial", journal="A", year=2001))
    assert not known.holder(Record(record_id="4", title="Editorial", journal="B", year=2001))


def test_a_decision_counts_for_all_reports_of_a_study(tmp_path: Path) -> None:
    rows = [PAPER | {"record_id": "a", "pmid": "111"}, PAPER | {"record_id": "b", "pmid": "111", "abstract": "Other."}]
    with Review.create(tmp_path / "r") as review:
        review.add([table(tmp_path / "one.csv", [*rows, *some_rows(1, 3)])])
        first = review.next()
        assert first is not None
        assert (first.record.record_id, first.duplicates, first.left) == ("a", ("b",), 3)
        review.label("b", EXCLUDE)
        assert review.labels()["a"].decision is EXCLUDE
        following = review.next()
        assert following is not None
        assert (following.record.record_id, following.left) == ("1", 2)


def test_links_can_be_taken_back_and_made_by_hand(review: Review) -> None:
    review.merge("2", "1", reviewer="eva")
    review.merge("3", "2", reviewer="eva")
    assert review.snapshot.groups.main_of == {"2": "1", "3": "1"}
    with pytest.raises(LabelError, match="are one already"):
        review.merge("1", "3")
    with pytest.raises(LabelError, match="no record 'x'"):
        review.merge("1", "x")
    review.unmerge("2", reviewer="eva")
    assert review.snapshot.groups.main_of == {"3": "1"}
    with pytest.raises(LabelError, match="is no duplicate"):
        review.unmerge("1")
    seen = []
    while (suggestion := review.next()) is not None:
        seen.append(suggestion.record.record_id)
        review.label(seen[-1], EXCLUDE)
    assert sorted(seen, key=int) == ["1", "2", *map(str, range(4, 13))]


# Criteria


def test_the_criteria_lie_beside_and_may_be_edited(tmp_path: Path, corpus: Path) -> None:
    with Review.create(tmp_path / "r", corpus / "criteria.toml", seed=3) as review:
        file = tmp_path / "r" / CRITERIA_NAME
        assert file.read_bytes() == (corpus / "criteria.toml").read_bytes()
        before = review.criteria
        assert before is not None
        assert [event.kind for event in review.events()] == ["criteria"]
        assert review.events()[0].payload["seed"] == 3
        file.write_text(file.read_text(encoding="utf-8").replace("multiple sclerosis", "asthma"), encoding="utf-8")
        after = review.criteria
        assert after is not None
        assert after.fingerprint != before.fingerprint
        assert [event.payload["fingerprint"] for event in review.events()] == [before.fingerprint, after.fingerprint]
        assert review.events()[1].payload["seed"] == 3
        file.unlink()
        assert review.criteria == after


def test_a_mistake_in_the_criteria_names_its_line_and_stops_no_decision(tmp_path: Path, corpus: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "x"\npopulatoin = 3\n', encoding="utf-8")
    with pytest.raises(CriteriaError, match="line 2"):
        Review.create(tmp_path / "r", bad)
    assert not (tmp_path / "r").exists()
    with Review.create(tmp_path / "r", corpus / "criteria.toml") as review:
        review.add([table(tmp_path / "search.csv", some_rows(1, 4))])
        shutil.copy(bad, tmp_path / "r" / CRITERIA_NAME)
        with pytest.raises(CriteriaError, match="line 2"):
            review.next()
        review.label("1", INCLUDE)
        assert review.undo() is not None


def test_criteria_may_be_given_as_an_object(tmp_path: Path, corpus: Path) -> None:
    from tiab.criteria import read_criteria

    criteria = read_criteria(corpus / "criteria.toml")
    with Review.create(tmp_path / "r", criteria) as review:
        assert review.criteria == criteria
    (tmp_path / "r" / CRITERIA_NAME).unlink()
    with Review(tmp_path / "r") as review:
        assert review.criteria == criteria


def test_a_review_is_not_made_over_another(review: Review, corpus: Path) -> None:
    with pytest.raises(ReviewError, match="there is a review here already"):
        Review.create(review.folder, corpus / "criteria.toml")
    assert not (review.folder / CRITERIA_NAME).exists()


# Files


def test_a_file_that_cannot_be_read_adds_nothing(review: Review, tmp_path: Path) -> None:
    before = review.status()
    good = table(tmp_path / "good.csv", some_rows(20, 25))
    with pytest.raises(InputError):
        review.add([good, tmp_path / "missing.ris"])
    assert review.status() == before


def test_a_disk_without_room_while_files_are_added_leaves_the_review_as_it_was(review: Review, tmp_path: Path) -> None:
    before, pages = review.status(), review._store._read("PRAGMA page_count", ())[0][0]
    rows = [{"record_id": f"x{n}", "title": f"Study {n}", "abstract": f"word{n} " * 500} for n in range(300)]
    big = table(tmp_path / "big.csv", rows)
    review._store._connection.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(ReviewError, match="no room to write: nothing was stored, and the review is as it was before"):
        review.add([big])
    assert review.status() == before
    review._store._connection.execute("PRAGMA max_page_count = 1000000")
    assert review.add([big])[0].new == 300


def test_two_programs_that_add_the_same_file_at_once_add_it_once(tmp_path: Path) -> None:
    file = table(tmp_path / "search.csv", some_rows(1, 60))
    other = table(tmp_path / "other.csv", some_rows(50, 90))
    Review.create(tmp_path / "r").close()
    reviews = [Review(tmp_path / "r") for _ in range(3)]
    reports: list[list[int]] = []
    errors: list[BaseException] = []

    def add(opened: Review) -> None:
        try:
            reports.append([report.new for report in opened.add([file, other])])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=add, args=(opened,)) for opened in reviews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    ids = [record.record_id for record in reviews[0].snapshot.records]
    assert sorted(map(int, ids)) == list(range(1, 90))
    assert sum(map(sum, reports)) == 89
    for opened in reviews:
        opened.close()


def test_an_empty_review(tmp_path: Path) -> None:
    with Review.create(tmp_path / "r") as review:
        assert review.next() is None
        assert review.status().left == 0
        assert review.replay().identical
        assert review.undo() is None


def test_threads_may_share_a_review(review: Review) -> None:
    def screen(reviewer: str) -> None:
        while (suggestion := review.next(reviewer)) is not None:
            record_id = suggestion.record.record_id
            review.label(
                record_id, INCLUDE if record_id == "3" else EXCLUDE, reviewer=reviewer, token=f"{reviewer}{record_id}"
            )

    def learn_beside() -> None:
        for _ in range(20):
            review.learn("eva")
            review.next("eva", learn=False)

    threads = [threading.Thread(target=screen, args=(name,)) for name in ("eva", "ben")]
    threads.append(threading.Thread(target=learn_beside))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: counts.decided for name, counts in review.status().reviewers.items()} == {"ben": 12, "eva": 12}
    assert review.conflicts() == ()
    assert review.replay().identical


LIGHT = """
import sys
from tiab.review import Policy, Review

with Review(sys.argv[1]) as review:
    review.label("1", "include", reviewer="eva")
    review.label("1", "exclude", reviewer="ben")
    review.conflicts("eva"), review.resolve("1", "include", reviewer="kim"), review.unresolve("1", reviewer="kim")
    review.undo("ben"), review.add_prior(["2"], reviewer="eva"), review.status(), review.labels("eva")
    review.criteria_text(), review.pair_decisions(), review.imports(), review.screening("eva").counts()
print(*sorted({"spacy", "sklearn", "pandas", "matplotlib", "scipy", "numpy"} & sys.modules.keys()))
"""


def test_what_only_stores_loads_nothing_that_ranks(review: Review) -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT, str(review.folder)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
