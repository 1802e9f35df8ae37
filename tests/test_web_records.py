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
from tiab.review.policy import Policy
from tiab.review.record_list import RecordList
from tiab.review.record_query import RecordQuery
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts
ROWS = (
    "record_id,title,abstract,authors,year,pmid,doi,journal,language\n"
    "a,Yoga in asthma,Forty adults breathed better.,Müller A; Sjöberg B,2010,101,10.1000/yoga.1,Rehab Neurology,eng\n"
    "b,Swimming and multiple sclerosis,,Chen C,2015,102,,,\n"
    "c,A trial of yoga in multiple sclerosis,Thirty women.,Chen C,2020,103,,,German\n"
    f'd,"{SCRIPT}","{SCRIPT}","{SCRIPT}",,,,,\n'
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
        ({"order": "author"}, "dbca"),
        ({"order": "decided"}, "abcd"),
        ({"reason": "animal study"}, "a"),
        ({"reason": "other"}, ""),
        ({"noted": True}, "a"),
        ({"reviewer": "kim"}, "bc"),
        ({"reviewer": "kim", "decision": "exclude"}, "c"),
        ({"tag": "pilot"}, "bd"),
        ({"journal": "neuro rehab"}, "a"),
        ({"language": "german"}, "c"),
    ],
)
def test_what_a_query_finds(review: Review, asked: dict[str, object], found: str) -> None:
    review.set_policy(Policy(blinded=False))
    review.label("a", "exclude", reviewer="eva", reason="animal study", note="mice")
    review.label("b", "include", reviewer="kim")
    review.label("c", "exclude", reviewer="kim")
    review.annotations.tag("b", "pilot", reviewer="eva")
    review.annotations.tag("d", "pilot", reviewer="kim")
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
    for blind, rows in ((True, 0), (False, 1)):
        review.set_policy(Policy(blinded=blind))
        session = ReviewerSession(review, reviewer="eva")
        page = enter(session)
        assert page.get("/records", params={"conflicts": "yes"}).text.count('class="what"') == rows
        assert ("flag conflict" in page.get("/records").text) is not blind
        session.close()


def test_a_blinded_reviewer_finds_nothing_by_what_others_did(review: Review) -> None:
    review.label("b", "include", reviewer="kim", reason="x", note="y")
    review.annotations.tag("b", "pilot", reviewer="kim")
    found = RecordList(review, "eva")
    for asked in ({"reviewer": "kim"}, {"tag": "pilot"}, {"reviewer": "kim", "noted": True}):
        query = RecordQuery(**asked)  # type: ignore[arg-type]
        assert found.find(query) == ("b",)
        assert found.find(query, viewer="eva") == ()


def test_scripts_and_languages_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "search.csv").write_text("record_id,title,language\na,Yoga,eng; ger\nb,Йога при боли,\nc,瑜伽,chi\n")
    with Review.create(tmp_path / "review") as review:
        review.add([tmp_path / "search.csv"])
        found = RecordList(review)
        assert found.find(RecordQuery(language="Cyrillic script")) == ("b",)
        assert found.find(RecordQuery(language="ger")) == ("a",)
        assert found.languages() == {"eng": 1, "ger": 1, "Cyrillic script": 1, "chi": 1, "Chinese script": 1}


def test_the_words_that_were_searched_for_are_marked(page: httpx.Client) -> None:
    text = page.get("/records", params={"q": "yog scleros"}).text
    marked = '<b class="own found">yoga</b> in multiple <b class="own found">sclerosis</b>'
    assert marked in text
    opened = page.get("/records/record", params={"id": "c", "q": "yog women"}).text
    assert '<b class="own found">women</b>' in opened


def batch(page: httpx.Client, **more: object) -> httpx.Response:
    said = {"token": "batch-token", "what": "decide", "value": "exclude", "reason": "animal study"}
    return page.post("/records/batch", json=said | more)


def test_some_of_what_was_found_is_decided_and_undone_at_once(page: httpx.Client, review: Review) -> None:
    done = batch(page, record_ids=["a", "c"]).json()
    assert done["message"] == "2 records excluded (animal study)."
    assert {key: label.reason for key, label in review.labels("eva").items()} == dict.fromkeys("ac", "animal study")
    assert f'data-undo-batch="{done["batch"]}"' in page.get("/records").text
    undone = page.post("/records/batch/undo", json={"batch": done["batch"]})
    assert undone.json() == {"message": "Undone: 2 records excluded (animal study)."}
    assert review.labels("eva") == {}
    assert page.post("/records/batch/undo", json={"batch": done["batch"]}).status_code == 400


def test_all_that_a_list_finds_is_labelled_unless_it_has_changed(page: httpx.Client, review: Review) -> None:
    asked = {"what": "tag", "value": "pilot", "query": "q=yoga&order=title"}
    refused = batch(page, **asked, count=3)
    assert (refused.status_code, "the list has changed" in refused.text) == (409, True)
    assert batch(page, **asked, count=2).json()["message"] == "2 records: label “pilot” added."
    assert review.annotations.now.used_tags() == {"pilot": 2}
    assert page.get("/records", params={"label": "pilot"}).text.count('class="what"') == 2
    assert batch(page, what="note", value="ask", record_ids=["nobody"], token="another-token").status_code == 404
    assert batch(page, record_ids=["a"], value="perhaps", token="third-token").status_code == 404


def test_a_label_is_renamed_where_the_list_is_filtered_by_it(
    review: Review,
    session: ReviewerSession,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
) -> None:
    review.annotations.tag("a", "ful text", reviewer="eva")
    review.choices.save(tags=["ful text"], reviewer="eva")
    with open_page(session, "/records?label=ful+text", "light", 390) as page:
        accessible(page, "records with a label")
        page.get_by_label("Rename the label").fill("full text")
        page.get_by_role("button", name="Rename").click()
        page.wait_for_url("**/records?label=full+text")
        expect(page.locator("#rows")).to_contain_text("Yoga in asthma")
    assert review.choices.read().tags == ("full text",)


def test_a_review_without_records_shows_no_filters(
    tmp_path: Path,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
) -> None:
    with (
        Review.create(tmp_path / "empty") as review,
        closing(ReviewerSession(review)) as session,
        open_page(session, "/records", "dark", 390) as page,
    ):
        expect(page.get_by_text("No records yet")).to_be_visible()
        expect(page.get_by_text("Filters")).to_be_hidden()
        expect(page.locator("#q")).to_be_hidden()
        accessible(page, "no records")


def test_a_label_is_put_on_a_record_and_taken_off(page: httpx.Client) -> None:
    put = page.post("/records/label", json={"record_id": "a", "tag": SCRIPT[:90]}).json()["tags"]
    assert "<script>" not in put
    assert "Remove the label" in put
    assert 'class="flag tagged"' in page.get("/records").text
    gone = page.post("/records/label", json={"record_id": "a", "tag": SCRIPT[:90], "on": False}).json()["tags"]
    assert "Remove the label" not in gone


def test_a_record_tells_its_history_but_not_what_a_blinded_reviewer_must_not_know(
    review: Review, enter: Callable[[ReviewerSession], httpx.Client]
) -> None:
    review.label("b", "include", reviewer="kim", note="kim's note")
    review.label("b", "exclude", reviewer="eva", reason="animal study")
    review.undo("eva")
    review.annotations.tag("b", "pilot", reviewer="kim")
    review.set_policy(Policy(blinded=False))
    for blind, lines in ((False, 4), (True, 2)):
        with closing(ReviewerSession(review, reviewer="eva", blind=blind)) as session:
            text = enter(session).get("/records/record", params={"id": "b"}).text
            assert text.count("<time ") == lines
            assert ("kim" in text) is not blind
            assert "imported with first.csv" in text
            assert re.search(r'class="undone".*exclude: animal study <em>undone', text)


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


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 390)])
def test_what_is_selected_is_excluded_and_brought_back(
    ready: Path,
    tmp_path: Path,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with Review(shutil.copytree(ready, tmp_path / "ms")) as review:
        session = ReviewerSession(review, reviewer="eva")
        with open_page(session, "/records", scheme, width) as page:
            page.get_by_role("searchbox").fill("rats")  # applies as it is typed
            page.wait_for_url("**/records?q=rats")
            page.get_by_label("Select these").check()
            accessible(page, "a list with a selection")
            chosen = page.locator("#rows .pick").count()
            page.get_by_label("Reason for exclusion").select_option("wrong population")
            page.locator("#batch").get_by_role("button", name="Exclude").click()
            expect(page.locator("#rows .badge.exclude")).to_have_count(chosen)
            assert {label.reason for label in review.labels("eva").values()} == {"wrong population"}
            page.locator("#message").get_by_role("button", name="Undo").click()
            expect(page.locator("#rows .badge.exclude")).to_have_count(0)
            page.locator("#rows h2 a").first.click()
            page.wait_for_url("**/records/record?id=*")
            page.keyboard.press("l")
            page.get_by_label("New label").fill("animal")
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Remove the label animal")).to_be_visible()
            accessible(page, "a record with a label")
            assert review.annotations.now.used_tags() == {"animal": 1}


def test_search_and_keys_are_on_every_page(
    ready: Path, tmp_path: Path, open_page: Callable[..., AbstractContextManager[Page]]
) -> None:
    with Review(shutil.copytree(ready, tmp_path / "ms")) as review:
        session = ReviewerSession(review, reviewer="eva")
        with open_page(session, "/export", "light", 1280) as page:
            heights = set()
            for path in ("/", "/records", "/duplicates", "/conflicts", "/import", "/criteria", "/export"):
                page.goto(page.url.rsplit("/", 1)[0] + path)
                heights.add(page.locator("header").evaluate("header => header.offsetHeight"))
                page.keyboard.press("?")
                expect(page.locator("#help")).to_be_visible()
                page.keyboard.press("Escape")
            assert len(heights) == 1  # the header does not jump from page to page
            page.keyboard.press("/")
            page.keyboard.type("leptin")
            page.keyboard.press("Enter")
            page.wait_for_url("**/records?q=leptin")


def test_labels_have_keys_while_screening(
    ready: Path, tmp_path: Path, open_page: Callable[..., AbstractContextManager[Page]]
) -> None:
    with Review(shutil.copytree(ready, tmp_path / "ms")) as review:
        review.choices.save(tags=["full text", "pilot"])
        session = ReviewerSession(review, reviewer="eva")
        with open_page(session, "/", "light", 1280) as page:
            shown = page.locator("#record").get_attribute("data-record") or ""
            page.keyboard.press("Shift+Digit2")
            expect(page.get_by_role("button", name="Remove the label pilot")).to_be_visible()
            assert review.annotations.now.tags_of(shown, "eva") == ("pilot",)
            page.keyboard.press("Shift+Digit2")
            expect(page.get_by_role("button", name="Remove the label pilot")).to_have_count(0)
            page.keyboard.press("2")  # without Shift it is the second reason
            expect(page.locator("#record")).not_to_have_attribute("data-record", shown)
            assert review.labels("eva")[shown].reason == "wrong intervention"


def test_the_end_and_empty_pages_say_what_to_do_next(tmp_path: Path, enter: Callable[..., httpx.Client]) -> None:
    (tmp_path / "one.csv").write_text("record_id,title\na,Yoga\n")
    with Review.create(tmp_path / "review") as review, closing(ReviewerSession(review, reviewer="eva")) as session:
        page = enter(session)
        for path in ("/", "/records"):
            assert 'href="import"' in page.get(path).text
        for path in ("/conflicts", "/duplicates"):
            assert 'href="./">Continue screening' in page.get(path).text
        review.add([tmp_path / "one.csv"])
        review.learn("eva")
        assert "Not ranked yet" in page.get("/screen/record").json()["why"]
        review.label("a", "include", reviewer="eva")
        session.refresh()
        end = page.get("/screen/record").json()["record"]
        for wanted in ("export", "conflicts", "records?decision=include"):
            assert f'href="{wanted}"' in end


def test_the_page_says_what_is_wrong_with_the_folder(tmp_path: Path, enter: Callable[..., httpx.Client]) -> None:
    folder = tmp_path / "Dropbox" / "review"
    with Review.create(folder) as review, closing(ReviewerSession(review)) as session:
        assert "synchronised by Dropbox" in enter(session).get("/import").text
