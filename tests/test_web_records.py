"""The list of records: what is found, what stands in the address, and a record opened from it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.assets import corpus_path
from tiab.labels import Decision
from tiab.review import Review
from tiab.review.record_list import RecordList, RecordQuery
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts
ROWS = (
    "record_id,title,abstract,authors,year,pmid,doi\n"
    "a,Yoga in asthma,Forty adults breathed better.,Müller A; Sjöberg B,2010,101,10.1000/yoga.1\n"
    "b,Swimming and multiple sclerosis,,Chen C,2015,102,\n"
    "c,A trial of yoga in multiple sclerosis,Thirty women.,Chen C,2020,103,\n"
    f'd,"{SCRIPT}","{SCRIPT}","{SCRIPT}",,,\n'
)


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "first.csv").write_text(ROWS)
    (tmp_path / "second.csv").write_text("record_id,title,abstract,pmid\nz,Yoga in asthma,Forty adults.,101\n")
    with Review.create(tmp_path / "review") as made:
        made.add([tmp_path / "first.csv", tmp_path / "second.csv"])
        made.learn("eva")
        yield made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "abcd"),
        ({"text": "yoga"}, "ac"),
        ({"text": "yog sclero"}, "c"),
        ({"text": '"yoga in multiple"'}, "c"),
        ({"text": '"yoga in multi"'}, ""),
        ({"text": "oga"}, ""),
        ({"text": "muller"}, "a"),
        ({"text": "SJÖBERG"}, "a"),
        ({"text": "https://doi.org/10.1000/yoga.1"}, ""),
        ({"text": "10.1000/yoga"}, "a"),
        ({"text": "103"}, "c"),
        ({"text": "-- \" '"}, "abcd"),
        ({"year_from": 2015}, "bc"),
        ({"year_to": 2015}, "ab"),
        ({"no_abstract": True}, "b"),
        ({"source": "second.csv"}, "a"),
        ({"decision": "open"}, "bcd"),
        ({"decision": "exclude"}, "a"),
        ({"order": "newest"}, "cbad"),
        ({"order": "title"}, "dcba"),
        ({"missing": "population"}, ""),
    ],
)
def test_what_a_query_finds(review: Review, asked: dict[str, object], found: str) -> None:
    review.label("a", "exclude", reviewer="eva")
    query = RecordQuery(**({"order": "added"} | asked))  # type: ignore[arg-type]
    assert "".join(RecordList(review, "eva").find(query)) == found


def test_the_catalogue_follows_what_others_add_and_decide(review: Review, tmp_path: Path) -> None:
    catalogue = RecordList(review, "eva")
    assert catalogue.find(RecordQuery(text="leptin")) == ()
    later = tmp_path / "later.csv"
    later.write_text("record_id,title\nl,Leptin after walking\n")
    with Review(review.folder) as other:
        other.add([later])
        other.label("l", "include", reviewer="eva")
        other.label("b", "include", reviewer="kim")
    assert catalogue.find(RecordQuery(text="leptin")) == ("l",)
    assert catalogue.find(RecordQuery(decision="include")) == ("l",)
    assert catalogue.sources() == ("first.csv", "later.csv", "second.csv")


def test_gaps_are_the_concepts_that_are_not_found(tmp_path: Path) -> None:
    (tmp_path / "search.csv").write_text(ROWS)
    (tmp_path / "criteria.toml").write_text(
        'title = "t"\n[population]\nterms = ["asthma"]\n[design]\nterms = ["trial"]\n'
    )
    with Review.create(tmp_path / "review", tmp_path / "criteria.toml") as review:
        review.add([tmp_path / "search.csv"])
        catalogue = RecordList(review)
        assert catalogue.find(RecordQuery(missing="population")) == ()  # nothing is known before abstracts are read
        review.learn()
        assert set(catalogue.find(RecordQuery(missing="population"))) == {"b", "c", "d"}


def test_the_filter_offers_the_criteria_that_records_lack_and_says_what_it_cannot_answer(
    tmp_path: Path, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    (tmp_path / "search.csv").write_text(ROWS)
    (tmp_path / "criteria.toml").write_text(
        'title = "t"\n[population]\nname = "asthma"\nterms = ["asthma"]\n'
        '[intervention]\nname = "anything"\nterms = ["yoga", "swimming", "document*"]\n'
        '[outcome]\nname = "pain"\nterms = ["pain"]\nrequired = false\n'
    )
    with (
        Review.create(tmp_path / "review", tmp_path / "criteria.toml") as review,
        closing(ReviewerSession(review)) as session,
    ):
        review.add([tmp_path / "search.csv"])
        page = enter(session)
        assert "not known yet" in page.get("/records").text
        assert "are known once" in page.get("/records", params={"missing": "pain"}).text
        review.learn()
        session.records.gaps()
        text = page.get("/records").text
        assert re.findall(r'<option value="(?:asthma|anything|pain)">(.*?)</option>', text) == [
            "asthma (3)",
            "pain (4)",
        ]
        assert set(session.records.find(RecordQuery(missing="pain"))) == set("abcd")  # though it is not required
        assert "no concept “tax”" in page.get("/records", params={"missing": "tax"}).text


def test_the_address_says_what_is_chosen(page: httpx.Client) -> None:
    text = page.get("/records", params={"q": "yoga", "from": "2012", "decision": "open"}).text
    assert "A trial of yoga in multiple sclerosis" in text
    assert "Yoga in asthma" not in text
    assert 'value="yoga"' in text
    assert '<option value="open" selected>' in text
    assert "No records match" in page.get("/records", params={"q": "leptin"}).text
    for nonsense in ({"page": "999999999"}, {"page": "-1"}, {"from": "soon"}, {"order": "x"}, {"decision": "'--"}):
        answer = page.get("/records", params=nonsense)
        assert (answer.status_code, answer.text.count('class="what"')) == (200, 4), nonsense


def test_whatever_a_record_or_an_address_says_stays_text(page: httpx.Client) -> None:
    for params in ({}, {"q": SCRIPT}, {"source": SCRIPT}, {"q": '"><i>'}):
        text = page.get("/records", params=params).text
        assert "<script>document" not in text
        assert '"><i>' not in text
    assert "&lt;script&gt;document" in page.get("/records").text
    assert "<script>document" not in page.get("/records/record", params={"id": "d", "q": SCRIPT}).text


def test_a_record_opens_with_its_place_in_the_list(page: httpx.Client, review: Review) -> None:
    text = page.get("/records/record", params={"id": "c", "q": "yoga", "order": "added"}).text
    assert "2 of 2" in text
    assert 'rel="prev" href="../records/record?id=a&amp;q=yoga&amp;order=added"' in text
    assert 'rel="next"' not in text
    assert page.get("/records/record", params={"id": "nobody"}).status_code == 404
    given = {"record_id": "c", "decision": "exclude", "token": "decision-c", "seen": 0, "show": "c"}
    assert page.post("/screen/decisions", json=given).json()["record_id"] == "c"
    assert review.labels("eva")["c"].decision is Decision.EXCLUDE
    wanted = {"record_id": "c", "token": "undo-it-c"}
    assert page.post("/records/undo", json=wanted, headers={"Origin": "http://evil.example"}).status_code == 403
    assert "c" in review.labels("eva")
    assert page.post("/records/undo", json=wanted).json() == {"message": "Decision undone."}
    assert "c" not in review.labels("eva")
    assert page.post("/records/undo", json={"record_id": "c", "token": "undo-it-d"}).status_code == 404


def test_what_is_no_duplicate_stands_alone_again(page: httpx.Client, review: Review, session: ReviewerSession) -> None:
    assert review.snapshot.groups.main_of == {"z": "a"}
    assert "Not a duplicate" in page.get("/records/record", params={"id": "a"}).text
    foreign = {"Origin": "http://evil.example"}
    assert page.post("/records/unlink", json={"record_id": "z"}, headers=foreign).status_code == 403
    assert page.post("/records/unlink", json={"record_id": "z"}).status_code == 200
    assert page.post("/records/unlink", json={"record_id": "z"}).status_code == 404
    assert "Not a duplicate" not in page.get("/records/record", params={"id": "a"}).text
    assert session.records.find(RecordQuery(text="yoga", order="added")) == ("a", "c", "z")


def test_conflicts_are_found_and_not_shown_to_who_is_blinded(
    review: Review, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    for reviewer, decision in (("kim", "include"), ("leo", "exclude")):
        review.label("b", decision, reviewer=reviewer)
    for blind, rows in ((False, 1), (True, 0)):
        session = ReviewerSession(review, reviewer="eva", blind=blind)
        page = enter(session)
        assert page.get("/records", params={"conflicts": "yes"}).text.count('class="what"') == rows
        assert ("flag conflict" in page.get("/records").text) is not blind
        session.close()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, corpus = tmp_path_factory.mktemp("ready") / "ms", corpus_path()
    with Review.create(folder, corpus / "criteria.toml") as made:
        made.add([corpus / "records.csv"])
        made.learn("eva")
    return folder


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_by_keyboard_from_the_list_to_a_decision_and_back(
    ready: Path,
    tmp_path: Path,
    serve: Callable[[ReviewerSession], str],
    window: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with Review(shutil.copytree(ready, tmp_path / "ms")) as review, window(scheme, width) as page:
        review.learn("eva")
        session = ReviewerSession(review, reviewer="eva")
        page.goto(serve(session))
        page.goto(page.url.rstrip("/") + "/records")
        accessible(page, "the list")
        page.keyboard.press("/")
        page.keyboard.type("leptin")
        page.keyboard.press("Enter")
        page.wait_for_url("**/records?q=leptin")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/records/record?id=*&q=leptin")
        record_id = page.locator("#record").get_attribute("data-record") or ""
        page.keyboard.press("2")
        expect(page.locator(".decision")).to_contain_text("Your decision: exclude: wrong intervention")
        accessible(page, "a record")
        page.keyboard.press("z")
        expect(page.locator(".decision")).to_have_count(0)
        page.keyboard.press("i")
        expect(page.get_by_role("status")).to_have_text("Included.")
        page.keyboard.press("Escape")
        page.wait_for_url("**/records?q=leptin")
        expect(page.locator("#rows .badge.include")).to_have_count(1)
        assert review.labels("eva")[record_id].decision is Decision.INCLUDE
