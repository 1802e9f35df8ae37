"""Whether a file tells in which order its decisions were made, and what an import makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tiab.decisions import read_decisions
from tiab.review import Review
from tiab.review.history import read_history

START = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
TITLES = (
    "Yoga for fatigue in multiple sclerosis",
    "Tax law in the Hanseatic League",
    "Aerobic exercise and interleukin 6 in multiple sclerosis",
    "Mass spectrometry of leptin",
    "Resistance training in multiple sclerosis",
    "Diet in mice",
)


def after(seconds: Sequence[float]) -> list[str]:
    return [(START + timedelta(seconds=one)).isoformat() for one in seconds]


def table(folder: Path, times: Sequence[str], *, undecided: int = 0) -> Path:
    """Records r0, r1, … with decisions at those times, then some without."""
    path = folder / "decisions.csv"
    rows = [f"r{n},Study {n},{'include' if n % 5 == 0 else 'exclude'},{time}" for n, time in enumerate(times)]
    rows += [f"r{n},Study {n},," for n in range(len(times), len(times) + undecided)]
    path.write_text("record_id,title,decision,decided\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("times", "ordered"),
    [
        (after([0, 12, 30, 41, 55]), True),
        (after([41, 12, 55, 0, 30]), True),  # the times are the order, not the lines
        (after([n * 12.0 for n in range(40)] + [468.5]), True),  # one in forty at once: a double click
        (after([0, 0, 0, 0, 0]), False),  # the time of an export
        (after([n * 0.0002 for n in range(40)]), False),  # the time of an import
        (after([0, 0, 12, 12, 24, 24]), False),
        (["2026-01-02"] * 5, False),
        ([*after([0, 12, 30]), ""], False),
    ],
)
def test_times_of_people_who_read_are_an_order(tmp_path: Path, times: list[str], ordered: bool) -> None:
    assert read_decisions(table(tmp_path, times)).ordered is ordered


def new_review(folder: Path, count: int) -> Review:
    search = folder / "search.csv"
    search.write_text("record_id,title\n" + "".join(f"r{n},Study {n}\n" for n in range(count)), encoding="utf-8")
    review = Review.create(folder / "review")
    review.add([search])
    return review


def test_an_import_with_times_is_read_in_their_order(tmp_path: Path) -> None:
    with new_review(tmp_path, 8) as review:
        review.add_labels(table(tmp_path, after([41, 12, 55, 0, 30]), undecided=3), reviewer="eva")
        history = read_history(review.snapshot)
    assert (history.screened, history.unordered, history.since) == (("r3", "r1", "r4", "r0", "r2"), 0, 0)


def test_an_order_says_nothing_of_records_that_the_file_does_not_hold(tmp_path: Path) -> None:
    """What was not there could not come up, and so nothing is known of it."""
    with new_review(tmp_path, 9) as review:
        review.add_labels(table(tmp_path, after([41, 12, 55, 0, 30]), undecided=3), reviewer="eva")
        history = read_history(review.snapshot)
        assert (history.unordered, history.since, history.because) == (5, 5, "decisions were imported")
    (tmp_path / "two").mkdir()
    with new_review(tmp_path / "two", 9) as review:
        review.add_prior(["r8"])  # it need not come up
        review.add_labels(table(tmp_path, after([41, 12, 55, 0, 30]), undecided=3), reviewer="eva")
        assert read_history(review.snapshot).unordered == 0


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_project_of_asreview_tells_its_order(tmp_path: Path, root: Path, version: int) -> None:
    project = root / "tests" / "data" / "review" / f"asreview-{version}.asreview"
    read = read_decisions(project)
    assert read.ordered
    assert {one.title for one in read.others} | {one.record.title for one in read.decided} == set(TITLES)
    assert not {one.title for one in read.others} & {one.record.title for one in read.decided}
    for others, unordered in (((), 0), (("Ginger for nausea",), len(read.decided) - 2)):
        folder = tmp_path / f"{len(others)}"
        folder.mkdir()
        search = folder / "search.csv"
        titles = [*TITLES, *others]
        search.write_text("record_id,title\n" + "".join(f"r{n},{title}\n" for n, title in enumerate(titles)))
        with Review.create(folder / "review") as review:
            review.add([search])
            review.add_labels(project, reviewer="eva")
            history = read_history(review.snapshot)
        assert (len(history.prior), history.unordered) == (2, unordered)
        if not others:
            assert [titles[int(one[1:])] for one in history.screened] == [
                one.record.title for one in read.decided if not one.prior
            ]
