"""The state of a review is what its log adds up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab.errors import ReviewError
from tiab.labels import Decision, Label
from tiab.store import Event, LogState, Merge, advance, label_entry

REVIEWERS = ("eva", "ben")


def labelled(event_id: int, record_id: str, decision: str, reviewer: str = "eva", kind: str = "labelled") -> Event:
    entry = label_entry(Label(record_id=record_id, decision=Decision(decision), reviewer=reviewer, reason="why"))
    return Event(event_id=event_id, time="t", kind=kind, reviewer=reviewer, record_id=record_id, payload=entry.payload)


def undone(event_id: int, target: Event) -> Event:
    return Event(
        event_id=event_id,
        time="t",
        kind="undone",
        reviewer=target.reviewer,
        record_id=target.record_id,
        target=target.event_id,
    )


def decisions(state: LogState) -> dict[tuple[str, str], str]:
    return {(g.label.record_id, g.label.reviewer): g.label.decision.value for g in state.standing()}


def test_of_two_labels_the_later_stands_and_both_are_kept() -> None:
    state = advance(LogState(), [labelled(1, "a", "include"), labelled(2, "a", "exclude")])
    assert decisions(state) == {("a", "eva"): "exclude"}
    assert [given.event_id for given in state.labels["a", "eva"]] == [1, 2]


def test_an_undo_brings_the_earlier_label_back() -> None:
    first, second = labelled(1, "a", "include"), labelled(2, "a", "exclude")
    state = advance(LogState(), [first, second, undone(3, second)])
    assert decisions(state) == {("a", "eva"): "include"}
    assert decisions(advance(state, [undone(4, first)])) == {}


def test_an_undo_may_name_any_label() -> None:
    first, second = labelled(1, "a", "include"), labelled(2, "a", "exclude")
    assert decisions(advance(LogState(), [first, second, undone(3, first)])) == {("a", "eva"): "exclude"}


def test_reviewers_do_not_overwrite_each_other() -> None:
    state = advance(LogState(), [labelled(1, "a", "include"), labelled(2, "a", "exclude", "ben")])
    assert decisions(state) == {("a", "eva"): "include", ("a", "ben"): "exclude"}


def test_a_resolution_stands_beside_the_labels_and_can_be_undone() -> None:
    resolution = labelled(3, "a", "include", "kim", kind="resolved")
    state = advance(LogState(), [labelled(1, "a", "include"), labelled(2, "a", "exclude", "ben"), resolution])
    assert len(decisions(state)) == 2
    assert state.resolved["a"][-1].label.decision is Decision.INCLUDE
    assert advance(state, [undone(4, resolution)]).resolved == {}


def test_merges_come_and_go() -> None:
    merged = Event(event_id=1, time="t", kind="merged", record_id="b", payload={"into": "a", "reason": "DOI"})
    state = advance(LogState(), [merged])
    assert state.merges == {1: Merge(event_id=1, record_id="b", into="a", reason="DOI")}
    taken_back = Event(event_id=2, time="t", kind="unmerged", record_id="b", target=1)
    assert advance(state, [taken_back]).merges == {}


def test_imports_tell_how_many_records_there_were() -> None:
    events = [Event(event_id=n, time="t", kind="imported", payload={"last_position": 10 * n}) for n in (1, 2)]
    assert (advance(LogState(), events[:1]).n_records, advance(LogState(), events).n_records) == (10, 20)


def test_imports_that_brought_nothing_are_not_listed() -> None:
    events = [
        Event(event_id=n, time="t", kind="imported", payload={"last_position": last})
        for n, last in ((1, 10), (2, 10), (5, 12))
    ]
    assert advance(advance(LogState(), events[:2]), events[2:]).imports == ((1, 10), (3, 12))  # by place


def by_an_earlier_version(event_id: int, seconds: float, reviewer: str = "eva") -> Event:
    """An entry that does not say whether its decision came from a file."""
    return Event(
        event_id=event_id,
        time=(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds"),
        kind="labelled",
        reviewer=reviewer,
        record_id=f"r{event_id}",
        payload={"decision": "exclude"},
    )


def ordered(state: LogState) -> list[bool]:
    return [given.ordered for given in state.standing()]


def test_decisions_from_a_file_say_that_their_order_is_not_known() -> None:
    label = Label(record_id="a", decision=Decision.INCLUDE)
    entry = label_entry(label, ordered=False)
    event = Event(event_id=1, time="t", kind="labelled", record_id="a", payload=entry.payload)
    assert ordered(advance(LogState(), [event])) == [False]
    assert ordered(advance(LogState(), [labelled(1, "a", "include")])) == [True]


def test_in_the_log_of_an_earlier_version_a_file_is_told_by_its_pace() -> None:
    """A person takes more than a blink; the decisions of a file were written within the same one."""
    times = [0.0, 9.0, 9.4, 60.0, 60.0001, 60.0003, 75.0]
    events = [by_an_earlier_version(n, seconds) for n, seconds in enumerate(times, 1)]
    assert ordered(advance(LogState(), events)) == [True, True, True, False, False, False, True]
    two = [by_an_earlier_version(1, 0.0), by_an_earlier_version(2, 0.001, "ben")]
    assert ordered(advance(LogState(), two)) == [True, True]  # two people at once


def test_the_last_criteria_stand() -> None:
    events = [Event(event_id=n, time="t", kind="criteria", payload={"title": str(n)}) for n in (1, 2)]
    assert advance(LogState(), events).criteria == {"title": "2"}


@pytest.mark.parametrize(
    ("kind", "payload"), [("labelled", {}), ("labelled", {"decision": "banana"}), ("merged", {"reason": "x"})]
)
def test_an_event_that_tiab_never_writes_is_named(kind: str, payload: dict[str, object]) -> None:
    with pytest.raises(ReviewError, match=rf"event 7 of the log \({kind}\) cannot be understood"):
        advance(LogState(), [Event(event_id=7, time="t", kind=kind, record_id="a", payload=payload)])


steps = st.lists(
    st.tuples(st.sampled_from(REVIEWERS), st.sampled_from("abc"), st.sampled_from(["include", "exclude", "undo"])),
    max_size=30,
)


@given(steps, st.integers(0, 30))
def test_the_log_adds_up_like_a_pile_for_each_reviewer(moves: list[tuple[str, str, str]], cut: int) -> None:
    """Against a model: each reviewer has a pile of decisions, undo takes the top one off."""
    piles: dict[str, list[Event]] = {name: [] for name in REVIEWERS}
    events: list[Event] = []
    for number, (reviewer, record_id, move) in enumerate(moves, 1):
        if move == "undo":
            if piles[reviewer]:
                events.append(undone(number, piles[reviewer].pop()))
        else:
            events.append(labelled(number, record_id, move, reviewer))
            piles[reviewer].append(events[-1])
    expected = {(e.record_id, e.reviewer): str(e.payload["decision"]) for pile in piles.values() for e in pile}
    whole = advance(LogState(), events)
    assert decisions(whole) == expected
    in_two = advance(advance(LogState(), events[:cut]), events[cut:])
    assert in_two == whole


def test_advance_leaves_the_earlier_state_as_it_was() -> None:
    state = advance(LogState(), [labelled(1, "a", "include")])
    advance(state, [labelled(2, "a", "exclude"), labelled(3, "b", "include")])
    assert decisions(state) == {("a", "eva"): "include"}
    assert state.cursor == 1
    assert advance(state, []) is state
