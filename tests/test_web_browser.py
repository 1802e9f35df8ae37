"""The page as a person meets it, in a real Chromium: keys, focus, contrast, and the attacks of other pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tiab.assets import corpus_path
from tiab.review import Review
from tiab.web import ReviewerSession
from tiab.web.serving import leading_to

Window = Callable[..., AbstractContextManager[Page]]
Started = Callable[[Path], AbstractContextManager[str]]
# unclosed, so that it outlives the cleaning of texts
SCRIPT = "<script>document.title='taken' <img src=x onerror=\"document.title='taken'\" x"


@pytest.fixture
def page(window: Window) -> Iterator[Page]:
    with window() as opened:
        yield opened


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a review that has read its abstracts."""
    folder, corpus = tmp_path_factory.mktemp("ready") / "ms", corpus_path()
    with Review.create(folder, corpus / "criteria.toml") as made:
        made.add([corpus / "records.csv"])
        made.learn("eva")
    return folder


@pytest.fixture
def folder(ready: Path, tmp_path: Path) -> Path:
    return shutil.copytree(ready, tmp_path / "ms")


@pytest.fixture
def session(folder: Path) -> Iterator[ReviewerSession]:
    with Review(folder) as review:
        review.learn("eva")
        with closing(ReviewerSession(review, reviewer="eva")) as made:
            yield made


@pytest.fixture
def started(start: Callable[..., AbstractContextManager[subprocess.Popen[str]]]) -> Started:
    """`tiab screen` until Ctrl-C; the address that it prints."""

    @contextmanager
    def on(folder: Path) -> Iterator[str]:
        with start("screen", folder, "--reviewer", "eva") as running:
            yield (running.stdout.readline() if running.stdout else "").strip()
        assert running.returncode == 0

    return on


def shown(page: Page) -> str:
    """The record in sight; one is awaited where abstracts are still being read."""
    record = page.locator("#record")
    expect(record).to_have_attribute("data-record", re.compile("."))
    return record.get_attribute("data-record") or ""


def press(page: Page, key: str) -> str:
    """Presses a key that leads to another record; the one that was shown before."""
    before = shown(page)
    page.keyboard.press(key)
    expect(page.locator("#record")).not_to_have_attribute("data-record", before)
    return before


def test_fifty_records_by_keys_with_undo_reload_and_a_restart(page: Page, folder: Path, started: Started) -> None:
    keys, said = "iee3u", {}
    words = {"i": "include", "e": "exclude", "3": "exclude", "u": "maybe"}
    with started(folder) as address:
        page.goto(address)
        for n in range(25):
            said[press(page, keys[n % 5])] = words[keys[n % 5]]
            if n == 9:
                last = list(said)[-1]
                press(page, "z")
                assert shown(page) == last
                del said[last]
                said[press(page, "i")] = "include"
            if n == 14:
                here = shown(page)
                page.reload()
                assert shown(page) == here
                page.goto(page.url.split("?")[0])
    with started(folder) as address:
        page.goto(address)
        assert shown(page) not in said
        for n in range(25):
            said[press(page, keys[n % 5])] = words[keys[n % 5]]
        expect(page.locator("#counts")).to_contain_text("50 screened")
    assert len(said) == 50
    with Review(folder) as review:
        assert {key: str(label.decision) for key, label in review.labels("eva").items()} == said
        reasons = [label.reason for label in review.labels("eva").values() if label.reason]
    assert reasons == ["wrong comparator"] * 10


def test_keys_do_nothing_while_somebody_types(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    page.goto(serve(session))
    first = shown(page)
    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("i use 3 mice? z")
    assert shown(page) == first
    page.keyboard.press("Escape")
    expect(page.locator("#title")).to_be_focused()
    press(page, "e")
    given = session.decision_on(first)
    assert given is not None
    assert (str(given.label.decision), given.note) == ("exclude", "i use 3 mice? z")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("i")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="wrong population")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("ie")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+e")
    press(page, "u")  # were one of the keys above to decide, it came before this
    assert session.counts().screened == 2


def write_note(page: Page, text: str) -> None:
    page.keyboard.press("n")
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def test_a_note_that_was_typed_is_never_lost(
    window: Window, folder: Path, started: Started, until: Callable[[Callable[[], object]], None]
) -> None:
    with started(folder) as address, window() as page, window() as other:
        page.goto(address)
        record_id, note = shown(page), page.locator("#note")
        write_note(page, "ask Kim")
        page.reload()  # at once
        expect(note).to_have_value("ask Kim")
        page.keyboard.press("Escape")
        for _ in range(2):  # typed and gone on at once, by a key and by a click
            write_note(page, "!")
            page.get_by_role("button", name="Next record").click()
            expect(page.locator("#record")).not_to_have_attribute("data-record", record_id)
            expect(note).to_have_value("")
            press(page, "ArrowLeft")
        expect(note).to_have_value("ask Kim!!")
        write_note(page, "?")
        page.get_by_role("link", name="Records").click()  # another page
        page.go_back()
        expect(note).to_have_value("ask Kim!!?")
        with Review(folder) as review:  # it was sent as the page was left
            until(lambda: review.note(record_id, reviewer="eva") == "ask Kim!!?")
        other.goto(address)
        assert shown(other) == record_id
        expect(other.locator("#note")).to_have_value("ask Kim!!?")
    with started(folder) as address, window() as page:  # another day
        page.goto(address)
        note = page.locator("#note")
        expect(note).to_have_value("ask Kim!!?")
        write_note(page, " done")
        page.keyboard.press("Escape")
        press(page, "e")
        expect(note).to_have_value("")
        press(page, "z")
        expect(note).to_have_value("ask Kim!!? done")
        expect(note).to_be_visible()
        press(page, "i")
    with Review(folder) as review:
        given = review.snapshot.state.standing()
        assert [(one.label.record_id, one.note) for one in given] == [(record_id, "ask Kim!!? done")]
        assert "ask Kim" not in "".join(file.read_text() for file in folder.glob("drafts-*"))


def test_a_note_that_the_server_could_not_keep_stays_in_the_window(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    page.goto(serve(session))
    first = shown(page)
    page.route("**/screen/note", lambda route: route.abort())
    write_note(page, "mice")
    expect(page.get_by_role("alert")).to_contain_text("tiab is not running")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("body")).not_to_have_attribute("aria-busy", "true")
    assert (shown(page), session.counts().screened) == (first, 0)
    page.reload()
    expect(page.locator("#note")).to_have_value("mice")
    page.unroute("**/screen/note")
    press(page, "e")
    given = session.decision_on(first)
    assert given is not None
    assert given.note == "mice"


def test_arrows_go_on_and_back_and_a_decision_there_returns(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    page.goto(serve(session))
    first = press(page, "ArrowRight")
    second = press(page, "ArrowRight")
    third = shown(page)
    assert len({first, second, third}) == 3
    press(page, "ArrowLeft")
    press(page, "ArrowLeft")
    assert shown(page) == first
    press(page, "i")
    assert shown(page) == second
    press(page, "ArrowLeft")
    expect(page.locator(".decision")).to_contain_text("Your decision: include")


def test_an_answer_that_is_lost_costs_nothing(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    page.goto(serve(session))
    first = shown(page)
    # not `times=1`: that ends the interception while the request is held, and lets it through
    page.route("**/screen/decisions", lambda route: (route.fetch(), route.abort()))
    page.keyboard.press("i")
    expect(page.get_by_role("alert")).to_contain_text("tiab is not running")
    page.unroute("**/screen/decisions")
    assert shown(page) == first
    press(page, "i")
    expect(page.get_by_role("alert")).to_be_empty()
    assert sum(event.kind == "labelled" for event in session.review.events()) == 1


def test_a_screen_reader_hears_what_happened_and_reads_on_from_the_title(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    page.goto(serve(session))
    press(page, "2")
    expect(page.get_by_role("status")).to_have_text("Excluded: wrong intervention.")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("m")
    mark = page.locator("mark:focus")
    expect(mark).to_have_count(1)
    expect(page.get_by_role("tooltip")).to_be_visible()
    assert re.search(r"\((population|intervention|comparator|outcome|design)\)", mark.inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    window: Window,
    accessible: Callable[[Page, str], None],
    session: ReviewerSession,
    serve: Callable[[ReviewerSession], str],
    scheme: str,
    width: int,
) -> None:
    with window(scheme, width) as page:
        page.goto(serve(session))
        accessible(page, "a record")
        press(page, "i")
        press(page, "ArrowLeft")
        page.get_by_role("button", name="Reasons").click()
        page.keyboard.press("n")
        expect(page.locator(".decision")).to_be_visible()
        expect(page.locator("#note")).to_be_focused()
        accessible(page, "a record that is decided, its reasons and its note")
        page.keyboard.press("Escape")
        for name in ("Settings", "Keys"):
            page.get_by_role("button", name=name).click()
            accessible(page, name)
            page.keyboard.press("Escape")


def test_a_title_that_is_a_script_is_text(page: Page, tmp_path: Path, serve: Callable[[ReviewerSession], str]) -> None:
    search = tmp_path / "search.csv"
    quoted = SCRIPT.replace('"', '""')
    search.write_text(
        "record_id,title,abstract,journal\n" + "".join(f'{n},"{n} {quoted}","{n} {quoted}","{quoted}"\n' for n in "ab")
    )
    with Review.create(tmp_path / "hostile") as review:
        review.add([search])
        with closing(ReviewerSession(review)) as session:
            page.goto(serve(session))
            expect(page.locator("h1")).to_contain_text(SCRIPT)
            press(page, "i")
            expect(page.locator("h1")).to_contain_text(SCRIPT)
        assert "taken" not in page.title()
        # Were one to get through, the browser would not run it.
        page.evaluate("""() => new Promise((failed) => {
          document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='document.title=`taken`'>");
          document.body.lastElementChild.addEventListener("error", () => failed());
        })""")
        assert "taken" not in page.title()


def test_other_pages_can_neither_write_nor_read_nor_frame(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    address = serve(session)
    page.goto(address)
    home, record_id = page.url.split("/?")[0].rstrip("/"), shown(page)
    port = home.rsplit(":", 1)[1]
    attack = """async ([home, record_id]) => {
      const said = {};
      const body = JSON.stringify({record_id, decision: "exclude", token: "an attacker's", seen: 0});
      for (const [name, options] of Object.entries({
        json: {method: "POST", body, headers: {"Content-Type": "application/json"}, credentials: "include"},
        simple: {method: "POST", body, mode: "no-cors", credentials: "include"},
        read: {credentials: "include"},
      })) {
        const path = name === "read" ? "/screen/record" : "/screen/decisions";
        said[name] = await fetch(home + path, options).then((answer) => answer.type, () => "refused");
      }
      const frame = document.createElement("iframe");
      frame.src = home + "/";
      document.body.append(frame);
      await new Promise((done) => { frame.onload = done; setTimeout(done, 500); });
      try { said.frame = frame.contentDocument ? "empty" : "closed"; } catch { said.frame = "closed"; }
      return said;
    }"""
    with elsewhere() as (other, _):
        for host in ("evil.example", "127.0.0.1"):  # another site, and another port of this computer
            page.goto(f"http://{host}:{other}/")
            said = page.evaluate(attack, [home, record_id])
            assert said["json"] == said["read"] == "refused", said
            assert not page.frames[-1].locator("#record").count()
    assert session.counts().screened == 0
    answer = page.goto(f"http://evil.example:{port}/")  # its name now leads to this computer
    assert answer is not None
    assert answer.status == 421


def test_another_server_on_this_computer_is_sent_no_token(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    page.goto(serve(session))
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["value"])
    with elsewhere() as (other, received):
        for host in ("127.0.0.1", "localhost"):
            page.goto(f"http://{host}:{other}/")
            page.goto(f"http://{host}:{other}/records/record?id=1")
            page.evaluate("fetch('/static/any.js', {credentials: 'include'})")
    assert len(received) >= 6
    assert not any("cookie" in headers or token in str(headers) for headers in received)


@contextmanager
def elsewhere() -> Iterator[tuple[int, list[dict[str, str]]]]:
    """A page of somebody else: its port, and the headers of what it is asked."""
    received: list[dict[str, str]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], received
        finally:
            server.shutdown()
            thread.join()


def test_the_file_that_opens_the_page_is_for_one_person(
    page: Page, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    with leading_to(serve(session), session.review.folder) as way:
        (file,) = session.review.folder.glob("open-*.html")
        assert file.stat().st_mode & 0o077 == 0
        page.goto(way)
        expect(page.locator("#record h1")).to_be_visible()
        assert "token" not in page.url
    assert not file.exists()


def test_two_tabs_do_not_overwrite_each_other(
    window: Window, session: ReviewerSession, serve: Callable[[ReviewerSession], str]
) -> None:
    address = serve(session)
    with window() as one, window() as other:
        one.goto(address)
        other.goto(address)
        assert shown(one) == shown(other)
        record_id = press(one, "i")
        other.keyboard.press("e")
        expect(other.get_by_role("alert")).to_contain_text("now 'include'")
        expect(other.locator(".decision")).to_contain_text("Your decision: include")
        assert shown(other) == record_id
        press(other, "e")  # now that it is seen, it may be changed
    given = session.decision_on(record_id)
    assert given is not None
    assert str(given.label.decision) == "exclude"
