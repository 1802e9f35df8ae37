"""Duplicates settled side by side: on the page, by keyboard, and what the log makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.errors import LabelError
from tiab.records import Record
from tiab.review import Review
from tiab.review.field_comparison import compare_fields
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts
TITLE = "Effects of aerobic training on leptin in women with multiple sclerosis"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    """Two doubtful pairs: a and b, c and d."""
    (tmp_path / "s.csv").write_text(
        "record_id,title,abstract,authors,year,journal,pmid\n"
        f"a,{TITLE} {SCRIPT},Ten women trained.,Chen C,2010,Endocrine,101\n"
        f"b,{TITLE} {SCRIPT},Ten women trained.,Chen C,2010,Endocrine,102\n"
        "c,Resistance exercise and interleukin-6 in older men: a randomised trial,Old men.,Diaz D,2015,Age,201\n"
        "d,Resistance exercise and interleukin-6 in older men: a randomised trial,Old men.,Diaz D,2015,Age,202\n"
        "e,Tax law,,,,,\n"
    )
    with Review.create(tmp_path / "review") as made:
        made.add([tmp_path / "s.csv"])
        made.learn("eva")
        yield made


def pairs(review: Review) -> set[frozenset[str]]:
    return {frozenset(pair.record_ids) for pair in review.find_duplicates().doubtful}


def said(one: str, other: str, same: bool) -> dict[str, object]:
    return {"one": one, "other": other, "same": same, "why": "the titles agree"}


def test_an_answer_that_is_taken_back_is_asked_again(review: Review) -> None:
    both = {frozenset("ab"), frozenset("cd")}
    assert pairs(review) == both
    linked, apart = review.link_pair("a", "b", why="alike"), review.keep_apart("c", "d", reviewer="kim")
    assert pairs(review) == set()
    assert [(one.event_id, one.same, one.reviewer) for one in review.pair_decisions()] == [
        (apart.event_id, False, "kim"),
        (linked.event_id, True, ""),
    ]
    for event in (linked, apart):
        review.undo_pair(event.event_id)
    assert pairs(review) == both
    assert review.pair_decisions() == ()
    assert review.snapshot.groups.main_of == {}
    with pytest.raises(LabelError, match="taken back already"):
        review.undo_pair(linked.event_id)
    review.merge("b", "a")
    review.unmerge("b")
    assert pairs(review) == {frozenset("cd")}  # a link that is taken back elsewhere says that they are two


def test_differences_are_found_word_by_word() -> None:
    one = Record(record_id="a", title="Yoga in MS", year=2010, extra=(("IS", "1234-567X"), ("VL", "3")))
    other = Record(record_id="b", title="Yoga in MS", year=2011, extra=(("VL", "3"),), doi="10.1/x")
    lines = {line.name: line for line in compare_fields(one, other)}
    assert lines["title"].same
    assert lines["volume"].same
    assert "issue" not in lines
    assert lines["year"].right == (("2011", True),)
    assert (lines["DOI"].left, lines["DOI"].same) == ((), False)
    long, longer = " ".join(f"a{n}" for n in range(200)), " ".join(f"b{n}" for n in range(200))
    abstract = compare_fields(Record(record_id="a", abstract=long), Record(record_id="a", abstract=longer))[-1]
    assert (abstract.left, abstract.same) == (((long, False),), False)


def test_pairs_are_settled_on_the_page(
    review: Review, session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    page = enter(session)
    text = page.get("/duplicates").text
    assert "Pair <b>1</b> of <b>2</b>" in text
    assert "<script>document" not in text
    answer = page.post("/duplicates/decide", json=said("a", "b", same=True)).json()
    assert (answer["message"], answer["waiting"]) == ("Linked as duplicates.", False)
    assert "Pair <b>1</b> of <b>1</b>" in answer["html"]
    assert review.snapshot.groups.main_of == {"b": "a"}
    assert session.counts().left == 4
    assert page.post("/duplicates/decide", json=said("b", "a", same=True)).status_code == 404
    assert "No pairs to check" in page.post("/duplicates/decide", json=said("c", "d", same=False)).json()["html"]
    wanted = {"event": review.pair_decisions()[-1].event_id, "token": "undo-it-1"}
    opened = page.post("/duplicates/undo", json=wanted).json()
    assert 'data-one="a"' in opened["html"]
    assert review.snapshot.groups.main_of == {}
    assert page.post("/duplicates/undo", json={**wanted, "token": "undo-it-2"}).status_code == 404
    for at in (-5, 10**9):
        assert page.get("/duplicates/current", params={"at": at}).status_code == 200


def test_what_another_program_adds_or_settles_is_seen(
    review: Review, session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client], tmp_path: Path
) -> None:
    page = enter(session)
    assert "of <b>2</b>" in page.get("/duplicates").text
    (tmp_path / "more.csv").write_text(
        "record_id,title,abstract,authors,year,journal,pmid\n"
        "f,Walking and fatigue in people with multiple sclerosis,Walk.,Eng E,2001,Gait,301\n"
        "g,Walking and fatigue in people with multiple sclerosis,Walk.,Eng E,2001,Gait,302\n"
    )
    with Review(review.folder) as other:
        other.keep_apart("a", "b")
        other.add([tmp_path / "more.csv"])
    assert "of <b>2</b>" in page.get("/duplicates").text
    assert pairs(review) == {frozenset("cd"), frozenset("fg")}


def test_what_is_certain_is_linked_at_once(
    review: Review, session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    same = [Record(record_id=f"z{n}", title="Yoga for fatigue in asthma", pmid="7", source="s.csv") for n in (1, 2)]
    from tiab.store import Source, Store

    with Store(review.folder) as store:  # as an earlier version may have stored them
        store.add(Source(name="s.csv"), same)
    page = enter(session)
    assert "1 record</b> repeats another" in page.get("/duplicates").text
    answer = page.post("/duplicates/link", json={}).json()
    assert answer["message"] == "1 linked."
    assert review.snapshot.groups.main_of == {"z2": "z1"}


def test_attacks(review: Review, session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]) -> None:
    page = enter(session)
    assert page.post("/duplicates/decide", json=said("a", "nobody", same=True)).status_code == 404
    assert page.post("/duplicates/undo", json={"event": 1, "token": "undo-it-1"}).status_code == 404
    page.headers["Origin"] = "http://evil.example"
    for path, body in (("decide", said("a", "b", same=True)), ("link", {}), ("undo", {"event": 1, "token": "x" * 9})):
        assert page.post(f"/duplicates/{path}", json=body).status_code == 403
    assert len(pairs(review)) == 2


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_by_keyboard(
    review: Review,
    session: ReviewerSession,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with open_page(session, "/duplicates", scheme, width) as page:
        expect(page.locator(".count")).to_contain_text("Pair 1 of 2")
        accessible(page, "a pair")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".count")).to_contain_text("Pair 2 of 2")
        page.keyboard.press("d")
        expect(page.get_by_role("status")).to_have_text("Kept as different reports.")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.keyboard.press("s")
        expect(page.get_by_role("status")).to_have_text("Linked as duplicates.")
        expect(page.locator("#current")).to_contain_text("No pairs to check")
        accessible(page, "no pair")
        page.keyboard.press("z")
        expect(page.locator(".count")).to_contain_text("Pair 1 of 1")
        accessible(page, "a pair, and an answer")
    assert len(review.pair_decisions()) == 1
