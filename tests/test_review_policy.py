"""Policy and states: by how many a record is screened, where it stands, and who may see what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tiab.errors import LabelError, ReviewError
from tiab.labels import Decision
from tiab.review import Policy, RecordState, Review
from tiab.review.counts import count_flow, list_sources
from tiab.review.history import read_history
from tiab.review.policy import joint_decision, read_policy
from tiab.review.team import team_progress

INCLUDE, EXCLUDE, MAYBE = Decision.INCLUDE, Decision.EXCLUDE, Decision.MAYBE


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    file = tmp_path / "search.csv"
    lines = [f"{n},Study {n} of yoga,What came of it in {n} people,{2000 + n}" for n in range(1, 9)]
    file.write_text("\n".join(["record_id,title,abstract,year", *lines]), encoding="utf-8")
    with Review.create(tmp_path / "ms") as made:
        made.add([file])
        yield made


def decide(review: Review, reviewer: str, **decisions: str) -> None:
    for record_id, decision in decisions.items():
        review.label(record_id.removeprefix("r"), decision, reviewer=reviewer)


def states(review: Review) -> dict[str, str]:
    return {record_id: str(state) for record_id, state in review.snapshot.states.of.items()}


def test_a_lone_reviewer_decides_alone(review: Review) -> None:
    decide(review, "eva", r1="include", r2="exclude", r3="maybe")
    found = states(review)
    assert [found[one] for one in "1234"] == ["agreed include", "agreed exclude", "maybe", "awaiting first reviewer"]
    assert not review.is_blinded("eva")
    assert review.status().reviewers["eva"].include == 1
    assert (review.status().left, review.status().pending) == (5, 0)


def test_every_state_and_who_it_waits_for(review: Review) -> None:
    review.set_policy(Policy(scheme="two"))
    decide(review, "eva", r1="include", r2="exclude", r3="maybe", r4="include", r5="include", r6="exclude")
    decide(review, "kim", r1="include", r2="exclude", r3="maybe", r4="exclude", r5="exclude", r7="include")
    review.resolve("5", "include", reviewer="lee")
    review.label("8", "include", prior=True)
    assert list(states(review).values()) == [
        "agreed include", "agreed exclude", "maybe", "conflict", "resolved", "awaiting second reviewer",
        "awaiting second reviewer", "known beforehand",
    ]  # fmt: skip
    status = review.status()
    assert (status.left, status.pending, status.conflicts, status.prior) == (0, 2, 1, 1)
    assert status.left_for == {"eva": 1, "kim": 1}
    assert status.joint.include == 3  # agreed, resolved, known beforehand
    waiting = {one.name: (one.decided, one.left, one.waiting) for one in team_progress(review.snapshot)}
    assert waiting == {"eva": (6, 1, 1), "kim": (6, 1, 1)}


def test_what_was_known_beforehand_is_asked_of_nobody_and_one_decision_on_it_is_final(review: Review) -> None:
    review.set_policy(Policy(scheme="two"))
    decide(review, "kim", r1="exclude")
    review.label("1", "include", prior=True)
    assert not review.snapshot.states.is_open_to("eva", "1")
    assert states(review)["1"] == "agreed exclude"
    assert review.status().pending == 0


def test_an_undone_decision_is_awaited_again(review: Review) -> None:
    decide(review, "eva", r1="include")
    decide(review, "kim", r1="exclude")
    assert states(review)["1"] == RecordState.CONFLICT
    review.undo("kim")
    assert states(review)["1"] == "agreed include"  # eva is alone again


@pytest.mark.parametrize(
    ("decisions", "conflict", "joint"),
    [
        ((INCLUDE, MAYBE), False, INCLUDE), ((INCLUDE, MAYBE), True, None), ((MAYBE, MAYBE), False, MAYBE),
        ((EXCLUDE, MAYBE), False, None), ((INCLUDE, EXCLUDE), False, None), ((EXCLUDE, EXCLUDE), True, EXCLUDE),
    ],
)  # fmt: skip
def test_maybe_beside_include(decisions: tuple[Decision, ...], conflict: bool, joint: Decision | None) -> None:
    assert joint_decision(Policy(maybe_conflicts=conflict), decisions) is joint


def test_a_calibration_sample_is_screened_by_two_and_the_rest_by_one(review: Review) -> None:
    review.set_policy(Policy(scheme="calibration", calibration=3))
    needed = review.snapshot.states.needed
    sample = [record_id for record_id, two in needed.items() if two == 2]
    assert len(sample) == 3
    rest = next(record_id for record_id, two in needed.items() if two == 1)
    decide(review, "eva", **{f"r{rest}": "exclude", f"r{sample[0]}": "include"})
    assert states(review)[rest] == "agreed exclude"
    assert states(review)[sample[0]] == "awaiting second reviewer"
    assert not review.snapshot.states.is_open_to("kim", rest)
    assert review.snapshot.states.is_open_to("kim", sample[0])
    assert {one.record.record_id for one in [review.next("kim")] if one} <= {*needed} - {rest}
    for record_id in sample:
        review.label(record_id, "include", reviewer="eva")
    assert review.agreement() == {}
    for record_id in sample:
        review.label(record_id, "include", reviewer="kim")
    assert review.agreement()["eva", "kim"].n == 3  # shown once the sample is done, though the pool is not


def test_the_sample_stays_when_records_come_in(review: Review, tmp_path: Path) -> None:
    review.set_policy(Policy(scheme="calibration", calibration=3))
    before = {record_id for record_id, two in review.snapshot.states.needed.items() if two == 2}
    more = tmp_path / "more.csv"
    more.write_text("record_id,title,year\n" + "\n".join(f"m{n},Tax law {n},2001" for n in range(50)), encoding="utf-8")
    review.add([more])
    assert {record_id for record_id, two in review.snapshot.states.needed.items() if two == 2} == before


def test_nothing_tells_a_blinded_reviewer_what_another_decided(review: Review, tmp_path: Path) -> None:
    decide(review, "eva", r1="include", r2="exclude", r3="include")
    review.label("4", "exclude", reviewer="eva", note="the control group is missing")
    decide(review, "kim", r1="exclude")
    assert review.is_blinded("kim")
    assert [one.record_id for one in review.conflicts("kim")] == ["1"]
    assert review.agreement("kim") == {}
    seen = review.status("kim").reviewers
    assert (seen["eva"].undisclosed, seen["eva"].include, seen["eva"].decided) == (4, 0, 4)
    assert seen["kim"].exclude == 1
    for reviewer in ("kim", None):  # without a name, the decisions on record 1 are shown: both have decided
        review.export(tmp_path / "out.csv", reviewer=reviewer)
        text = (tmp_path / "out.csv").read_text(encoding="utf-8")
        assert "control group is missing" not in text
        row = next(line for line in text.splitlines() if "Study 2 of" in line)
        assert "exclude" not in row
    review.set_policy(Policy(blinded=False))
    review.export(tmp_path / "out.csv")
    assert "control group is missing" in (tmp_path / "out.csv").read_text(encoding="utf-8")


def test_a_resolver_sees_what_both_have_decided_and_nothing_else(review: Review) -> None:
    review.set_policy(Policy(resolvers=("lee",)))
    decide(review, "eva", r1="include", r2="include")
    decide(review, "kim", r1="exclude")
    assert [one.record_id for one in review.conflicts("lee")] == ["1"]
    assert review.conflicts("ann") == ()
    with pytest.raises(LabelError, match="resolved by lee"):
        review.resolve("1", "include", reviewer="kim")
    review.resolve("1", "include", reviewer="lee")
    assert states(review)["1"] == "resolved"


def test_only_the_owner_changes_settings_and_the_log_says_when(review: Review) -> None:
    review.set_policy(Policy(scheme="two", owner="eva"), reviewer="eva")
    with pytest.raises(ReviewError, match="only eva may change"):
        review.set_policy(replace(review.policy, blinded=False), reviewer="kim")
    review.set_policy(replace(review.policy, blinded=False), reviewer="eva")
    assert [event.reviewer for event in review.events() if event.kind == "settings"] == ["eva", "eva"]
    assert not review.policy.blinded


@pytest.mark.parametrize(
    "absurd", [{"scheme": "three"}, {"scheme": "one"}, {"scheme": "calibration", "calibration": 0}]
)
def test_settings_of_a_stranger_are_refused(absurd: dict[str, object]) -> None:
    with pytest.raises(ReviewError):
        read_policy(absurd)


def test_who_replaces_somebody_screens_what_they_left(review: Review) -> None:
    review.set_policy(Policy(scheme="two"))
    decide(review, "eva", r1="include", r2="include", r3="include")
    decide(review, "kim", r1="include")  # and stops
    assert [one for one in review.snapshot.states.of if review.snapshot.states.is_open_to("lee", one)] == list(
        "2345678"
    )
    for record_id in "23":
        review.label(record_id, "exclude", reviewer="lee")
    assert review.status().conflicts == 2
    screening = review.screening("kim")
    assert screening.counts().left == 5  # 2 and 3 have their two


def test_whoever_reads_on_is_not_asked_what_others_have_finished(review: Review) -> None:
    review.set_policy(Policy(scheme="one"))
    kim = review.screening("kim")
    assert kim.counts().left == 8
    decide(review, "eva", r1="include")
    decide(review, "ben", r2="include")
    assert kim.counts().left == 6


def test_the_flow_counts_final_states_and_says_how_many_are_pending(review: Review) -> None:
    review.set_policy(Policy(scheme="two"))
    decide(review, "eva", r1="include", r2="exclude", r3="exclude", r4="include")
    decide(review, "kim", r1="include", r2="exclude", r3="include")
    snapshot = review.snapshot
    counts = count_flow(snapshot, read_history(snapshot), list_sources(review.status().sources))
    assert (counts.included, counts.excluded, counts.conflicts, counts.pending, counts.unscreened) == (1, 1, 1, 1, 4)
    assert counts.screened == counts.included + counts.maybe + counts.excluded + counts.conflicts + counts.pending
