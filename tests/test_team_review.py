"""A whole review of 123 records: two people, two copies, blinded, merged twice a day; a third resolves conflicts.

Every figure here was worked out by hand from what Eva and Kim think of each record:

- Eva includes every tenth (13 records), finds 5 doubtful (3, 28, 53, 78, 103) and excludes the other 105.
- Kim thinks the same, but excludes 10, 20 and 28, includes 1, 2, 3 and 4, and finds 30 doubtful.

So they disagree on six: 1, 2, 4, 10, 20, 28. Both include 12 (10 with the same word; 3 and 30 are doubtful to one of
them), both doubt 3 (53, 78, 103), and both exclude 102. Lee includes 1, 10 and 28 and excludes 2, 4 and 20, so that at
the end 15 are included, 3 doubtful, and 105 excluded.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.report.building import build_report
from tiab.report.data import ReportData
from tiab.report.flow import flow_lines
from tiab.report.rendering import render_html, render_markdown
from tiab.review import Policy, Review
from tiab.review.merging import make_from_copy
from tiab.web import ReviewerSession

DAYS, A_DAY = 4, 31
LEE = {1: "include", 10: "include", 28: "include", 2: "exclude", 4: "exclude", 20: "exclude"}


def eva_thinks(n: int) -> str:
    return "include" if n % 10 == 0 else "maybe" if n in (3, 28, 53, 78, 103) else "exclude"


def kim_thinks(n: int) -> str:
    return {10: "exclude", 20: "exclude", 28: "exclude", 30: "maybe"}.get(
        n, "include" if n in (1, 2, 3, 4) else eva_thinks(n)
    )


THINKS = {"eva": eva_thinks, "kim": kim_thinks}


class Team:
    """Two people with a copy each, and the files that they send each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with Review.create(folder / "eva") as made:
            made.add([corpus_path() / "records.csv"])
            made.set_policy(Policy(scheme="two", resolvers=("lee",), owner="eva"), reviewer="eva")
            self.number = {record_id: n for n, record_id in enumerate(made.snapshot.main_ids)}
            self.titles = [record.title for record in made.snapshot.merged_records()]
            made.share(folder / "start.tiab", decisions="none")
        make_from_copy(folder / "kim", folder / "start.tiab")
        self.reviews = {name: Review(folder / name) for name in ("eva", "kim")}
        self.decided: dict[str, set[int]] = {"eva": set(), "kim": set()}

    def close(self) -> None:
        for review in self.reviews.values():
            review.close()

    def screen(self, name: str, count: int) -> None:
        """Somebody decides on the next records in an order of their own; now and then a decision is taken back."""
        review = self.reviews[name]
        for _ in range(count):
            suggestion = review.next(name)
            if suggestion is None:
                return
            n = self.number[suggestion.record.record_id]
            said = {"reviewer": name, "note": f"{name} notes {n:03}", "reason": ""}
            if n in (40, 41):
                review.label(suggestion.record.record_id, "maybe", **said)
                review.undo(name)
            review.label(suggestion.record.record_id, THINKS[name](n), **said)
            self.decided[name].add(n)

    def exchange(self) -> None:
        for name, review in self.reviews.items():
            review.share(self.folder / f"{name}.tiab", reviewer=name)
        for name, other in (("eva", "kim"), ("kim", "eva")):
            self.reviews[name].merge_copy(self.folder / f"{other}.tiab", reviewer=name)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    made = Team(tmp_path_factory.mktemp("team"))
    assert len(made.number) == 123
    yield made
    made.close()


def hidden_from(team: Team, name: str, other: str) -> set[str]:
    """The other's notes on records on which somebody has not decided."""
    return {f"{other} notes {n:03}" for n in team.decided[other] - team.decided[name]}


def test_the_first_day_tells_neither_what_the_other_decided(
    team: Team, tmp_path: Path, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    """Attacked as a colleague who wants to peek: commands, exported files, pages, the file that was sent."""
    for _ in range(2):
        team.screen("eva", A_DAY // 2)
        team.screen("kim", A_DAY // 2)
        team.exchange()
    eva, kim = team.reviews["eva"], team.reviews["kim"]
    secret = hidden_from(team, "eva", "kim")
    assert len(secret) > 0
    assert {event.reviewer for event in eva.events() if event.kind == "labelled"} == {"eva", "kim"}  # all are there
    seen: list[str] = []
    for arguments in (
        "status {} -r eva", "status {}", "conflicts {} -r eva", "conflicts {}", "conflicts {} -r eva --json", "team {}",
        "status {} --json", "export {} -o {out}.csv", "export {} -o {out}.ris -r eva", "report {} -o {out}.md",
        "export {} -o {out}.tsv --only include", "report {} -o {out}.json",
    ):  # fmt: skip
        words = [word.format(eva.folder, out=tmp_path / "out") for word in arguments.split()]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (arguments, result.output)
        seen.append(result.output)
    seen += [
        path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.iterdir() if path.suffix != ".xlsx"
    ]
    session = ReviewerSession(eva, reviewer="eva")
    page = enter(session)
    seen += [page.get(path).text for path in ("/", "/conflicts", "/records", "/export", "/import", "/duplicates")]
    for n in team.decided["kim"] - team.decided["eva"]:
        record_id = next(key for key, number in team.number.items() if number == n)
        seen.append(page.get("/records/record", params={"id": record_id}).text)
    session.close()
    for text in seen:
        assert not [note for note in secret if note in text]
        assert "Same decision on" not in text
    assert eva.agreement() == eva.agreement("eva") == {}
    status = eva.status("eva")
    assert (status.reviewers["kim"].undisclosed, status.reviewers["kim"].include) == (30, 0)
    sent = gzip.decompress((team.folder / "eva.tiab").read_bytes()).decode()
    assert "eva notes" in sent
    assert "kim notes" not in sent  # though her copy holds them
    assert kim.status("kim").left_for["kim"] == 123 - 30


def test_the_rest_of_the_days(team: Team) -> None:
    for _ in range(1, DAYS):
        for _ in range(2):
            team.screen("kim", A_DAY // 2 + 1)
            team.screen("eva", A_DAY // 2 + 1)
            team.exchange()
    team.screen("eva", 123)
    team.screen("kim", 123)
    team.exchange()
    assert team.decided["eva"] == team.decided["kim"] == set(range(123))
    eva, kim = team.reviews["eva"], team.reviews["kim"]
    assert eva.status("eva").left_for == {"eva": 0, "kim": 0}
    numbers = {team.number[one.record_id] for one in eva.conflicts("eva")}
    assert numbers == set(LEE)
    assert {kim.snapshot.merged_record(one.record_id).title for one in kim.conflicts("kim")} == {
        team.titles[n] for n in LEE
    }


def test_a_third_resolves_and_every_figure_is_the_one_worked_out_by_hand(team: Team) -> None:
    eva, kim = team.reviews["eva"], team.reviews["kim"]
    eva.share(team.folder / "all.tiab", reviewer="eva", decisions="all")
    make_from_copy(team.folder / "lee", team.folder / "all.tiab")
    with Review(team.folder / "lee") as lee:
        by_title = {title: n for n, title in enumerate(team.titles)}
        for conflict in lee.conflicts("lee"):
            n = by_title[lee.snapshot.merged_record(conflict.record_id).title]
            lee.resolve(conflict.record_id, LEE[n], reviewer="lee", note=f"lee settles {n}")
        lee.share(team.folder / "lee.tiab", reviewer="lee")
    now, reports = datetime(2026, 1, 1, tzinfo=UTC), []
    for review in (eva, kim):
        review.merge_copy(team.folder / "lee.tiab")
        reports.append(build_report(review, now=now))
        check_figures(reports[-1])
        assert Review.check(review.folder).sound
    assert reports[0].team == reports[1].team
    assert reports[0].counts == reports[1].counts
    assert reports[0].agreement == reports[1].agreement


def check_figures(report: ReportData) -> None:
    counts = report.counts
    assert (counts.identified, counts.duplicates, counts.to_screen) == (123, 0, 123)
    assert (counts.screened, counts.screened_by_two, counts.unscreened, counts.pending) == (123, 123, 0, 0)
    assert (counts.included, counts.maybe, counts.excluded, counts.conflicts) == (15, 3, 105, 0)
    assert counts.going_on == 18
    lines = [line for _, left, right in flow_lines(report) for line in (*left, *right)]
    assert "Records excluded by people (n = 105)" in lines
    assert "Reports to be sought (n = 18):" in lines
    assert not any("Awaiting" in line or "conflict" in line for line in lines)
    assert dict(report.team.states) == {
        "awaiting first reviewer": 0, "awaiting second reviewer": 0, "agreed include": 12, "agreed exclude": 102,
        "maybe": 3, "conflict": 0, "resolved": 6, "known beforehand": 0,
    }  # fmt: skip
    assert [(row.name, row.include, row.maybe, row.exclude) for row in report.reviewers] == [
        ("eva", 13, 5, 105),
        ("kim", 14, 4, 105),
    ]
    (pair,) = report.team.pairs
    assert pair.table == ((10, 1, 2), (1, 3, 1), (3, 0, 102))
    one = pair.agreement
    assert (one.n, one.agreed) == (123, 117)
    by_chance = (18 * 18 + 105 * 105) / 123**2  # each has 18 that go on
    assert one.kappa == pytest.approx((117 / 123 - by_chance) / (1 - by_chance))
    assert one.kappa == pytest.approx(0.8048, abs=5e-5)
    assert one.ac1 == pytest.approx(0.9350, abs=5e-5)
    assert one.pabak == pytest.approx(0.9024, abs=5e-5)
    assert [(part.name, part.agreement.n) for part in pair.rounds] == [
        ("1 to 50", 50),
        ("51 to 100", 50),
        ("101 to 123", 23),
    ]
    assert sum(part.agreement.agreed for part in pair.rounds) == 117
    assert len(report.team.disagreements) == 6 + 2  # 3 and 30 are include beside maybe
    resolved = [one.resolved for one in report.team.disagreements if one.resolved]
    assert sorted(said[1] for said in resolved) == ["exclude"] * 3 + ["include"] * 3
    assert report.overrides.resolved == 6
    assert report.overrides.undone == 4  # each took back two
    assert [(one.name, one.decided, one.left) for one in report.team.progress] == [("eva", 123, 0), ("kim", 123, 0)]
    said = "Two reviewers decided on each record independently; conflicts were resolved by lee."
    assert said in report.texts.prisma_item_8
    for text in (render_html(report), render_markdown(report)):
        assert "agreed on 117 of 123 records" in text
        assert "lee settles 10" in text
        assert "kim notes 010" in text


def test_every_ranking_of_both_is_made_again_from_the_merged_log(team: Team) -> None:
    for review in team.reviews.values():
        replay = review.replay()
        assert replay.identical
        people = {one.reviewer for one in replay.rankings}
        assert {"eva", "kim"} <= people
