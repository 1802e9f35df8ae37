"""What a report says of a review: counts, history, what may be missing, gold."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tiab.assets import model_path
from tiab.criteria import Criteria
from tiab.errors import EvaluationError, LabelError
from tiab.report.building import build_report
from tiab.report.data import ReportData
from tiab.review import Policy, Review
from tiab.review.evaluating import evaluate_by_criteria, evaluate_review
from tiab.review.history import read_history
from tiab.stopping import ASSUMPTION, missing_at_most, stop_at

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def table(path: Path, ids: range, *, empty: tuple[int, ...] = ()) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["record_id", "title", "abstract", "year"])
        for n in ids:
            topic = "yoga" if n % 3 == 0 else f"tax law {n % 7}"
            writer.writerow([n, f"Study {n} of {topic}", "" if n in empty else f"We looked at {topic} {n}.", 2000])
    return path


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Forty records of two files, four of them in both."""
    with Review.create(tmp_path / "ms") as made:
        made.add([table(tmp_path / "one.csv", range(1, 25), empty=(5, 9)), table(tmp_path / "two.csv", range(21, 41))])
        yield made


def report(review: Review, gold: list[str] | None = None, **settings: float) -> ReportData:
    return build_report(review, gold, now=NOW, software=[("Python", "3")], **settings)


def screen(review: Review, ids: range, reviewer: str = "eva") -> None:
    for n in ids:
        review.label(str(n), "include" if n % 3 == 0 else "exclude", reviewer=reviewer)


def test_every_record_is_counted_once_and_none_unscreened_is_excluded(review: Review, tmp_path: Path) -> None:
    review.add([tmp_path / "one.csv"])
    review.merge("40", "39", reviewer="eva")
    review.add_prior(["30"])
    review.set_policy(Policy(scheme="one"))
    screen(review, range(1, 11))
    review.label("10", "maybe", reviewer="ben")
    counts = report(review).counts
    assert counts.identified == 24 + 20
    assert counts.duplicates == 4 + 1
    assert counts.to_screen == 39 == counts.prior + counts.screened + counts.unscreened
    assert (counts.prior, counts.prior_included, counts.screened, counts.unscreened) == (1, 1, 10, 28)
    assert (counts.included, counts.maybe, counts.excluded, counts.conflicts) == (3, 0, 6, 1)
    assert counts.identified - counts.duplicates - counts.unreadable == counts.to_screen
    assert counts.by_automation == 0
    assert counts.going_on == 4
    assert counts.screened_by_two == 1
    assert [row.again for row in report(review).sources] == [False, False, True]


def test_nothing_is_written_by_reporting(review: Review) -> None:
    screen(review, range(1, 7))
    before = review.status().events
    first = report(review, ["3", "6"])
    assert review.status().events == before
    assert report(review, ["3", "6"]) == first


def test_no_records_no_labels_and_all_labels_are_reported(tmp_path: Path, review: Review) -> None:
    with Review.create(tmp_path / "empty") as empty:
        nothing = report(empty, ["1"])
    assert nothing.frontier.sentence == "There is nothing to screen."
    assert nothing.gold is not None
    assert nothing.gold.studies[0].status == "not in the review"
    unlabelled = report(review)
    assert "too early to estimate" in unlabelled.frontier.sentence
    assert (unlabelled.frontier.recall_assured, unlabelled.frontier.missing) == (0, 40)
    assert unlabelled.frontier.assured_at is None
    assert unlabelled.counts.excluded == 0
    screen(review, range(1, 41))
    done = report(review)
    assert "nothing is left unread" in done.frontier.sentence
    assert (done.frontier.missing, done.frontier.recall_assured, done.counts.unscreened) == (0, 1.0, 0)


def test_the_order_of_screening_is_that_of_the_first_decision_that_stands(review: Review) -> None:
    review.label("2", "exclude", reviewer="eva")
    review.label("1", "exclude", reviewer="eva")
    review.label("3", "include", reviewer="ben")
    review.label("2", "include", reviewer="eva")  # a second thought: the place stays
    review.undo("eva", record_id="1")
    review.label("4", "include", reviewer="ben", prior=True)
    history = read_history(review.snapshot)
    assert history.screened == ("2", "3")
    assert history.prior == ("4",)
    assert history.decisions.tolist() == [True, True]
    review.label("4", "exclude", reviewer="eva")
    assert read_history(review.snapshot).screened == ("2", "3", "4")


def test_the_frontier_is_that_of_the_decisions_without_what_was_known_before(review: Review) -> None:
    review.add_prior(["30"])
    for n in (3, 6, *range(1, 3), *range(4, 6), *range(7, 29)):
        review.label(str(n), "include" if n in (3, 6) else "exclude")
    data = report(review, target=0.5)
    decisions = np.array([True, True] + [False] * 26)
    assert data.frontier.n_records == 39
    assert data.frontier.found_at == (1, 2)
    assert data.frontier.assured_at == stop_at(decisions, 39, target=0.5)
    assert data.frontier.recall_assured == 2 / (2 + data.frontier.missing)
    assert data.frontier.assumption == ASSUMPTION
    # Eleven are unread, and at a target of 0.5 two found allow for two missing. The chance that three stay outside of a
    # sample of n is C(8, n)/C(11, n), which is below 0.05 from n = 7 on: 4·3·2/(11·10·9).
    assert data.frontier.sample_size == 7
    assert "draw 7 of the 11 unread" in data.frontier.sample_sentence
    points = {point.rule: point for point in data.stopping}
    assert points["exact test (trailing)"].at == data.frontier.assured_at
    assert points["read 50%"].at == 19
    assert points["50 irrelevant in a row"].at is None
    assert points["50 irrelevant in a row"].guarantee == "no guarantee"


def decided(path: Path, ids: Iterable[int], *, yes: bool = False) -> Path:
    """A list of records with decisions, in the order of `ids`."""
    rows = [
        f"{n},Study {n} of {'yoga' if n % 3 == 0 else f'tax law {n % 7}'},{'include' if yes else 'exclude'}\n"
        for n in ids
    ]
    path.write_text("record_id,title,decision\n" + "".join(rows), encoding="utf-8")
    return path


def import_lists(review: Review, tmp_path: Path, ids: range) -> None:
    """The included, then the excluded, as Covidence exports them."""
    review.add_labels(decided(tmp_path / "in.csv", [n for n in ids if n % 3 == 0], yes=True), reviewer="eva")
    review.add_labels(decided(tmp_path / "out.csv", [n for n in ids if n % 3]), reviewer="eva")


def test_imported_decisions_have_no_order_and_bound_nothing(review: Review, tmp_path: Path) -> None:
    import_lists(review, tmp_path, range(1, 31))
    history = read_history(review.snapshot)
    assert (history.unordered, history.since, history.because) == (30, 30, "decisions were imported")
    now = report(review)
    assert (now.frontier.missing, now.frontier.recall_assured, now.frontier.found) == (None, None, 10)
    assert "not known: decisions were imported" in now.frontier.sentence
    assert now.to_dict()["frontier"]["missing"] is None
    assert {point.at for point in now.stopping} == {None}
    assert now.frontier.sample_size is not None  # a sample needs no order
    assert now.frontier.sample_size > 0
    assert now.frontier.assumption_in_short not in " ".join(now.texts.summary)


def test_screening_after_an_import_bounds_by_what_came_after_it_alone(review: Review, tmp_path: Path) -> None:
    import_lists(review, tmp_path, range(1, 21))
    for n in (21, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35, 37, 38, 40):
        review.label(str(n), "include" if n == 21 else "exclude", reviewer="eva")
    frontier = report(review, target=0.5).frontier
    rest = [True] + [False] * 13
    assert frontier.missing == missing_at_most(rest, 20)
    assert (frontier.found, frontier.since, frontier.found_before, frontier.unordered) == (7, 20, 6, 20)
    assert frontier.found_at == (21,)
    assert frontier.missing_at_most[:20] == tuple(range(40, 20, -1))
    assert "rests on the 14 screened after decisions were imported" in frontier.sentence
    points = {point.rule: point.at for point in report(review, target=0.5).stopping}
    labels = [True] * 6 + [False] * 14 + rest
    assert points["exact test (trailing)"] == stop_at(labels, 40, target=0.5, since=20)
    assert points["read 50%"] == 20 + 10  # half of what was left


def test_an_import_in_between_is_counted_before_what_was_screened_and_ends_its_evidence(
    review: Review, tmp_path: Path
) -> None:
    screen(review, range(1, 5))
    import_lists(review, tmp_path, range(5, 11))
    screen(review, range(11, 13))
    history = read_history(review.snapshot)
    assert set(history.screened[:6]) == {str(n) for n in range(5, 11)}
    assert history.screened[6:] == ("1", "2", "3", "4", "11", "12")
    assert (history.unordered, history.since) == (6, 10)


def test_what_a_reviewer_read_here_has_an_order_though_another_imported_it(review: Review, tmp_path: Path) -> None:
    screen(review, range(1, 11), "ben")
    import_lists(review, tmp_path, range(1, 11))
    assert read_history(review.snapshot, "eva").unordered == 10
    assert read_history(review.snapshot, "ben").unordered == 0
    assert read_history(review.snapshot).unordered == 0  # ben's decisions came first


def test_records_that_were_added_later_could_not_come_up_before(review: Review, tmp_path: Path) -> None:
    screen(review, range(1, 41))
    assert report(review).frontier.missing == 0
    review.add([table(tmp_path / "three.csv", range(50, 61))])
    history = read_history(review.snapshot)
    assert (history.since, history.because, history.unordered) == (40, "records were added", 0)
    now = report(review).frontier
    assert now.missing is None
    assert "records were added" in now.sentence
    screen(review, range(50, 58))
    assert report(review).frontier.missing == missing_at_most([n % 3 == 0 for n in range(50, 58)], 11)
    review.add([tmp_path / "three.csv"])  # the same again adds nothing
    assert read_history(review.snapshot).since == 40


def test_a_review_is_evaluated_without_the_records_whose_place_is_not_known(review: Review, tmp_path: Path) -> None:
    import_lists(review, tmp_path, range(1, 21))
    with pytest.raises(EvaluationError, match="decisions on the relevant records were imported"):
        evaluate_review(review, ["3", "6"])
    assert evaluate_review(review, ["3", "6"], order="ranking").n_records == 40
    screen(review, range(22, 26))
    result = evaluate_review(review, ["3", "6", "24"])
    assert (result.n_records, dict(result.relevant_ranks), result.with_prior) == (20, {"24": 3}, None)
    gold = report(review, ["3", "6", "24"]).gold
    assert gold is not None
    assert (gold.n, gold.found, gold.found_unordered, gold.ranks) == (3, 3, 2, (23,))
    assert {study.record_id: study.rank for study in gold.studies} == {"3": None, "6": None, "24": 23}


def test_a_row_of_irrelevant_records_ends_where_it_does(tmp_path: Path) -> None:
    with Review.create(tmp_path / "long") as review:
        review.add([table(tmp_path / "long.csv", range(1, 121))])
        for n in range(1, 101):
            review.label(str(n), "include" if n == 7 else "exclude")
        points = {point.rule: point for point in report(review, ["7", "110"]).stopping}
    assert (points["50 irrelevant in a row"].at, points["50 irrelevant in a row"].found) == (57, 1)
    assert points["50 irrelevant in a row"].recall == 0.5
    assert points["100 irrelevant in a row"].at is None


def test_gold_records_are_told_worst_first_with_what_became_of_them(review: Review) -> None:
    review.add_prior(["30"])
    review.merge("40", "39")
    review.label("3", "include")
    review.label("6", "exclude")
    review.label("9", "maybe")
    gold = report(review, ["3", "6", "9", "30", "40", "99"]).gold
    assert gold is not None
    assert (gold.n, gold.found, gold.seen, gold.n_prior) == (5, 2, 3, 1)
    said = {study.record_id: study.status for study in gold.studies}
    assert said == {
        "99": "not in the review",
        "39": "unscreened",
        "9": "maybe",
        "6": "excluded",
        "3": "included",
        "30": "known beforehand",
    }
    assert [study.record_id for study in gold.studies] == ["99", "39", "9", "6", "3", "30"]
    assert {study.record_id for study in gold.studies if study.no_abstract} == {"9"}
    assert gold.low < 2 / 5 < gold.high
    assert gold.ranks[:2] == (1, 3)  # the second was excluded: no curve rises there


def test_a_gold_record_is_explained_by_a_model_that_has_not_learned_from_it(review: Review) -> None:
    review.label("3", "include")
    review.label("1", "exclude")
    alone = report(review, ["3"]).gold
    assert alone is not None
    assert alone.studies[0].rank_unlearned is None  # its own label is all there is to rank by
    review.label("6", "include")
    both = report(review, ["3", "4"]).gold
    assert both is not None
    ranks = {study.record_id: study.rank_unlearned for study in both.studies}
    assert ranks["3"] is not None
    assert ranks["4"] is not None
    assert ranks["3"] < ranks["4"]  # yoga, of which another record is included, before tax law


def test_second_thoughts_and_overrides_are_counted(review: Review) -> None:
    review.label("1", "exclude", reviewer="eva")
    review.label("1", "include", reviewer="eva")
    review.undo("eva")
    review.label("1", "include", reviewer="ben")
    review.resolve("1", "include", reviewer="cy")
    review.merge("40", "39", reviewer="eva")
    review.unmerge("40", reviewer="eva")
    review.keep_apart("37", "38", reviewer="eva")
    said = report(review).overrides
    assert said.kept_apart == 1
    assert (said.undone, said.changed, said.resolved, said.linked, said.unlinked) == (1, 1, 1, 1, 1)
    assert (said.included_against, said.excluded_against) == (None, None)


def test_agreement_and_records_without_abstract_are_listed(review: Review) -> None:
    review.set_policy(Policy(blinded=False))
    screen(review, range(1, 11), "eva")
    screen(review, range(1, 10), "ben")
    review.label("10", "include", reviewer="ben")
    data = report(review)
    assert [(row.first, row.second, row.n, row.agreed) for row in data.agreement] == [("ben", "eva", 10, 9)]
    assert data.agreement[0].kappa is not None
    assert [(line.record_id, line.status) for line in data.no_abstract] == [("5", "excluded"), ("9", "included")]
    assert data.counts.no_abstract_unscreened == 0


def test_decisions_against_the_criteria_are_counted(tmp_path: Path) -> None:
    criteria = tmp_path / "criteria.toml"
    criteria.write_text('title = "Yoga"\n[intervention]\nterms = ["yoga"]\n', encoding="utf-8")
    with Review.create(tmp_path / "ms", criteria) as review:
        review.add([table(tmp_path / "one.csv", range(1, 25))])
        for n, decision in ((1, "include"), (2, "exclude"), (3, "exclude"), (6, "include"), (4, "include")):
            review.label(str(n), decision)
        data = report(review, ["1", "3"])
    assert (data.overrides.included_against, data.overrides.excluded_against) == (2, 1)
    assert data.title == "Yoga"
    assert len(data.made.criteria_hash) == len(data.made.model_hash) == 16
    assert data.gold is not None
    assert {study.record_id: bool(study.missing) for study in data.gold.studies} == {"1": True, "3": False}


def test_hours_are_those_of_all_readers(review: Review) -> None:
    screen(review, range(1, 11))
    rows = {(row.seconds_per_record, row.screeners): row for row in report(review).workload}
    assert rows[36.0, 1].hours_all == pytest.approx(40 * 36 / 3600)
    assert rows[79.0, 2].hours_unscreened == pytest.approx(2 * 30 * 79 / 3600)
    assert rows[30.0, 1].hours_screened == pytest.approx(10 * 30 / 3600)
    assert len(rows) == 6


def test_it_is_plain_data(review: Review) -> None:
    screen(review, range(1, 11))
    data = report(review, ["3", "99"])
    plain = json.loads(json.dumps(data.to_dict(), allow_nan=False))
    assert plain["made"]["at"] == "2026-01-02T03:04:05+00:00"
    assert plain["counts"]["unscreened"] == 30
    assert plain["gold"]["evaluation"]["last_relevant_rank"] is None


def test_the_texts_say_what_the_numbers_cannot(review: Review) -> None:
    screen(review, range(1, 11))
    texts = report(review, ["3"]).texts
    limits = " ".join(texts.limitations)
    assert ASSUMPTION in limits
    assert "30 records were not screened" in limits
    assert "2 records have no abstract" in limits
    assert "excluded none" in texts.prisma_item_8
    assert "30 records were left unscreened" in texts.prisma_item_8
    assert dict(texts.raise_disclosure)["What it was used for"].endswith("It decided on no record.")
    published = json.loads(model_path("evidence.json").read_text(encoding="utf-8"))
    told = dict(texts.raise_disclosure)["How well it works"]
    assert f"{published['reviews']} finished reviews" in told
    assert published["loss_ratio"] in told
    assert "[" not in told  # nothing is left for the authors to fill in


def test_a_review_is_evaluated_in_the_order_in_which_it_was_read(review: Review) -> None:
    for n in (1, 2, 3):
        review.label(str(n), "include" if n == 3 else "exclude")
    result = evaluate_review(review, ["3", "1"])
    assert dict(result.relevant_ranks) == {"1": 1, "3": 3}
    again = evaluate_review(review, ["3"], order="ranking")
    assert dict(again.relevant_ranks)["3"] < 3
    with pytest.raises(EvaluationError, match="99"):
        evaluate_review(review, ["99"])
    assert evaluate_review(review, ["3", "99"], missing="count").n_relevant == 2


def test_a_review_is_evaluated_by_its_criteria_alone_whatever_was_decided(tmp_path: Path, review: Review) -> None:
    assert evaluate_by_criteria(review, ["3"]) is None  # it has none
    with Review.create(tmp_path / "by", Criteria(title="tax law", question="Which law taxes?", concepts=())) as by:
        by.add([table(tmp_path / "more.csv", range(1, 25))])
        before = evaluate_by_criteria(by, ["1"])
        for n in (3, 6, 9, 12):  # of what the criteria do not ask for
            by.label(str(n), "include")
        for n in (1, 2, 4, 5):
            by.label(str(n), "exclude")
        assert before is not None
        assert evaluate_review(by, ["1"], order="ranking").loss > before.loss
        assert evaluate_by_criteria(by, ["1"], order="ranking") == before


def test_an_empty_or_unrankable_review_says_so(tmp_path: Path, review: Review) -> None:
    with Review.create(tmp_path / "empty") as empty, pytest.raises(EvaluationError, match="nothing to evaluate"):
        evaluate_review(empty, ["1"], missing="count")
    with pytest.raises(LabelError, match="nothing to rank by"):
        evaluate_review(review, ["1"], order="ranking")


def test_excluded_records_are_counted_by_reason_each_once(review: Review) -> None:
    review.set_policy(Policy(scheme="one"))
    review.choices.save(reasons=["wrong population", "no original data", "never used"])
    for n, reason in ((1, "no original data"), (2, "wrong population"), (4, "own words"), (5, ""), (7, "own words")):
        review.label(str(n), "exclude", reviewer="eva", reason=reason, note="see page 3" if n == 2 else "")
    review.label("3", "include", reviewer="eva", note="good")
    made = build_report(review, notes=True)
    rows = [(row.reason, row.records) for row in made.exclusions]
    assert rows == [("wrong population", 1), ("no original data", 1), ("own words", 2), ("", 1)]
    assert sum(records for _, records in rows) == made.counts.excluded
    assert [(line.record_id, line.decision, line.note) for line in made.notes] == [
        ("2", "exclude", "see page 3"),
        ("3", "include", "good"),
    ]
    assert report(review).notes == ()


def test_labels_taken_off_are_no_decisions_taken_back(review: Review) -> None:
    from tiab.review.batches import BatchWork

    done = review.batches.do(["1", "2"], BatchWork(kind="tag", value="pilot"), reviewer="eva")
    review.batches.undo(done.token, reviewer="eva")
    assert report(review).overrides.undone == 0
