"""Files that come in through the page: what became of them is said, and no file comes where it should not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect
from starlette.requests import Request

from tiab.errors import InputError
from tiab.labels import Decision
from tiab.review import Review
from tiab.web import ReviewerSession
from tiab.web.pages.importing import received, safe_name

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts
SEARCH = b"record_id,title\na,Yoga in asthma\nb,Walking in asthma\n"
BROKEN = b"title,abstract\nYoga,in asthma\nWalking,in,asthma\n"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with Review.create(tmp_path / "review") as made:
        yield made


def send(page: httpx.Client, name: str, content: bytes, kind: str = "records", **params: str) -> httpx.Response:
    return page.post(f"/import/{kind}", params={"name": name, **params}, content=content)


def test_what_became_of_a_file_is_said_and_its_records_can_be_screened(
    page: httpx.Client,
    review: Review,
    session: ReviewerSession,
    until: Callable[[Callable[[], object]], None],
) -> None:
    assert "No files yet" in page.get("/import").text
    assert "No records yet" in page.get("/records").text
    assert "No records yet" in page.get("/").text
    said = send(page, "search.csv", SEARCH).json()
    assert "search.csv" in said["report"]
    assert "<dt>new</dt><dd>2</dd>" in said["report"]
    assert "records?source=search.csv" in said["sources"]
    assert {record.record_id for record in review.snapshot.records} == {"a", "b"}
    assert "No records yet" not in page.get("/").text
    until(session.next_id)
    assert session.next_id() in ("a", "b")
    again = send(page, "search.csv", SEARCH).json()["report"]
    assert "<dt>already known</dt><dd>2</dd>" in again
    assert "was imported before" in again


def test_what_cannot_be_read_is_named_with_its_line(page: httpx.Client) -> None:
    said = send(page, "search.csv", BROKEN).json()["report"]
    assert "<b>Line 3</b>" in said


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../tmp/search.csv", "search.csv"),
        ("..\\..\\search.csv", "search.csv"),
        ("/etc/passwd", "passwd"),
        ("..", "upload"),
        ("", "upload"),
        ("a\x00b\n.ris", "ab.ris"),
        ("review.sqlite", "review.sqlite"),
        ("criteria.toml", "criteria.toml"),
        ("x" * 400 + ".ris", "x" * 116 + ".ris"),
        ("ü" * 400, "ü" * 60),
    ],
)
def test_a_name_leads_to_no_place(page: httpx.Client, review: Review, tmp_path: Path, name: str, kept: str) -> None:
    assert safe_name(name) == kept
    before = {path: path.read_bytes() for path in (tmp_path / "review").iterdir() if path.suffix == ".toml"}
    assert send(page, name, SEARCH).status_code == 200
    assert review.status().sources[-1].name == kept
    assert [path.name for path in tmp_path.iterdir()] == ["review"]
    assert {path: path.read_bytes() for path in (tmp_path / "review").iterdir() if path.suffix == ".toml"} == before


def test_a_file_that_is_refused_leaves_nothing(page: httpx.Client, review: Review) -> None:
    for content, sentence in ((b"", "is empty"), (b"nothing of the kind", "no format"), (b"PK\x03\x04junk", "search")):
        answer = send(page, "search.zip", content)
        assert answer.status_code == 400
        assert sentence in answer.json()["error"]
        assert "/tiab-" not in answer.json()["error"]
    own = page.headers.pop("Origin")
    assert send(page, "search.csv", SEARCH).status_code == 403
    page.headers["Origin"] = "http://evil.example"
    assert send(page, "search.csv", SEARCH).status_code == 403
    page.headers["Origin"] = own
    assert page.get("/import/records", params={"name": "search.csv"}).status_code == 405
    assert not review.snapshot.records


def test_too_large_a_file_is_refused(
    session: ReviewerSession,
    enter: Callable[[ReviewerSession], httpx.Client],
    review: Review,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tiab.web.app.UPLOADS", {"/import": len(SEARCH) - 1})
    page = enter(session)
    assert send(page, "search.csv", SEARCH).status_code == 413
    pieces = (SEARCH[at : at + 20] for at in range(0, len(SEARCH), 20))  # sent without a length
    assert page.post("/import/records", params={"name": "search.csv"}, content=pieces).status_code == 413
    assert not review.snapshot.records


def test_a_file_and_a_name_that_are_scripts_stay_text(page: httpx.Client) -> None:
    csv = f'record_id,title\n"{SCRIPT}","{SCRIPT}"\n'.encode()
    said = send(page, f"{SCRIPT}.csv", csv).json()
    assert "<script>" not in said["report"] + said["sources"] + page.get("/import").text
    bad = send(page, SCRIPT, f"{SCRIPT}".encode())
    assert bad.headers["content-type"] == "application/json"
    missing = send(page, "d.csv", f'record_id,title,decision\nq,"{SCRIPT}",include\n'.encode(), "decisions")
    assert "<script>" not in missing.json()["report"]


DECIDED = b"record_id,title,decision\na,,include\nb,,unknown\n"


def test_whose_decisions_they_are_is_a_choice(page: httpx.Client, review: Review) -> None:
    send(page, "search.csv", SEARCH)
    assert 'name="reviewer"' in page.get("/import").text
    said = send(page, "decisions.csv", DECIDED, "decisions", reviewer="eva").json()
    assert "eva (1)" in said["report"]
    assert "<dt>undecided</dt><dd>1</dd>" in said["report"]
    assert list(review.status().reviewers) == ["eva"]
    assert '<option value="eva">' in page.get("/import").text
    again = send(page, "decisions.csv", DECIDED, "decisions", reviewer="")
    assert (again.status_code, "eva so far" in again.json()["error"]) == (400, True)
    assert list(review.status().reviewers) == ["eva"]


def test_an_import_is_undone_as_a_whole(page: httpx.Client, review: Review) -> None:
    send(page, "search.csv", SEARCH)
    send(page, "decisions.csv", DECIDED, "decisions", reviewer="eva")
    assert 'data-import="2"' in page.get("/import").text
    said = page.post("/import/undo", json={"number": 2}).json()["sources"]
    assert 'data-import="2"' not in said
    assert review.labels("eva") == {}
    page.post("/import/undo", json={"number": 1})
    assert review.snapshot.records == ()
    assert "was undone already" in page.post("/import/undo", json={"number": 1}).json()["error"]
    assert "<dt>new</dt><dd>2</dd>" in send(page, "search.csv", SEARCH).json()["report"]


def test_decisions_made_elsewhere_become_this_reviewers(page: httpx.Client, review: Review) -> None:
    send(page, "search.csv", SEARCH)
    table = b"record_id,title,decision,reason\na,,exclude,wrong outcome\nz,Nowhere to be found,include,\n"
    said = send(page, "decisions.csv", table, "decisions").json()["report"]
    assert "<dt>stored</dt><dd>1</dd>" in said
    assert "Nowhere to be found" in said
    label = review.labels("eva")["a"]
    assert (label.decision, label.reason, label.prior) == (Decision.EXCLUDE, "wrong outcome", False)
    assert send(page, "list.csv", SEARCH, "decisions", decision="include", prior="true").status_code == 200
    assert review.labels("eva")["b"].prior
    assert send(page, "list.csv", SEARCH, "decisions", decision="perhaps").status_code == 422
    assert "holds no decisions" in send(page, "list.csv", SEARCH, "decisions").json()["error"]


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 390)])
def test_several_files_in_the_browser(
    session: ReviewerSession,
    review: Review,
    tmp_path: Path,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    good, bad = tmp_path / "search.csv", tmp_path / "notes.doc"
    good.write_bytes(SEARCH)
    bad.write_bytes(b"nothing of the kind")
    with open_page(session, "/import", scheme, width) as page:
        accessible(page, "import")
        page.get_by_label("Decisions", exact=False).first.check()
        accessible(page, "import of decisions")
        page.get_by_label("Records", exact=False).first.check()
        with page.expect_file_chooser() as chosen:
            page.get_by_role("button", name="Choose files").press("Enter")
        chosen.value.set_files([bad, good])
        expect(page.locator(".reports li").first).to_contain_text("is of no format that tiab knows")
        expect(page.locator(".reports li").last).to_contain_text("found2")
        expect(page.locator("#sources")).to_contain_text("search.csv")
        accessible(page, "what became of the files")
        page.evaluate(
            """() => {
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File(["record_id,title\\nc,Rowing"], "late.csv"));
              document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
            }"""
        )
        expect(page.locator("#sources")).to_contain_text("late.csv")
        assert len(review.snapshot.records) == 3
        page.get_by_role("button", name="Undo the import of late.csv").click()
        expect(page.locator("#sources tr.undone")).to_contain_text("late.csv")
        accessible(page, "an import that was undone")
    assert len(review.snapshot.records) == 2


def test_an_upload_that_is_broken_off_is_told_as_a_mistake() -> None:
    parts = iter([{"type": "http.request", "body": b"title\n", "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(parts)

    async def take() -> None:
        async with received(Request({"type": "http", "method": "POST", "headers": []}, receive), "a.csv"):
            raise AssertionError("half of a file was taken")

    with ThreadPoolExecutor() as thread:  # the browser of other tests keeps this thread's loop
        taken = thread.submit(lambda: asyncio.run(take()))
        with pytest.raises(InputError, match="was not sent to its end"):
            taken.result()


def test_files_chosen_before_the_script_is_there_are_imported(
    session: ReviewerSession,
    tmp_path: Path,
    window: Callable[..., AbstractContextManager[Page]],
    serve: Callable[[ReviewerSession], str],
) -> None:
    search = tmp_path / "search.csv"
    search.write_bytes(SEARCH)
    with window() as page:
        page.goto(serve(session))
        held: list[Route] = []
        page.route("**/import.js", lambda route: held.append(route))
        page.goto(page.url.rstrip("/") + "/import", wait_until="commit")
        page.locator("#files").set_input_files(search)
        while not held:
            page.wait_for_timeout(20)
        held[0].continue_()
        expect(page.locator("#reports")).to_contain_text("search.csv")
        expect(page.locator("#sources")).to_contain_text("search.csv")
