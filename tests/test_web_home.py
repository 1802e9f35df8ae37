"""The page of all reviews: what it lists, makes and opens; who is let in; what a second start finds."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tiab.assets import corpus_path
from tiab.cli.home import listen_with_token
from tiab.review import Review
from tiab.web import OpenReviews, listen
from tiab.web.security import secret_folder
from tiab.web.serving import is_serving, listen_near
from tiab.web.user_files import HomeFile, KnownReview, page_token

TOKEN = "t" * 43


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFile:
    """A person of their own for each test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TIAB_HOME", str(tmp_path / "reviews"))
    return HomeFile()


Served = Callable[[], AbstractContextManager[str]]


@pytest.fixture
def served(home: HomeFile, serve_home: Callable[[OpenReviews, str], AbstractContextManager[str]]) -> Served:
    """Serves the page of all reviews; gives its address."""
    return lambda: serve_home(OpenReviews(home), TOKEN)


@contextmanager
def entered(address: str) -> Iterator[httpx.Client]:
    with client_of(address.split("?")[0]) as client:
        assert client.get(address, follow_redirects=True).status_code == 200
        client.headers["Origin"] = f"http://{client.base_url.netloc.decode()}"
        yield client


def client_of(address: str | httpx.URL, **more: object) -> httpx.Client:
    return httpx.Client(base_url=address, trust_env=False, timeout=120, **more)  # type: ignore[arg-type]


@pytest.fixture
def page(served: Served) -> Iterator[httpx.Client]:
    with served() as address, entered(address) as client:
        yield client


def made(page: httpx.Client, title: str, name: str = "") -> str:
    """The address of a new review's first page."""
    answer = page.post("/new", json={"title": title, "name": name}).raise_for_status().json()
    return str(answer["address"]).removesuffix("import")


def test_a_new_review_is_a_folder_of_its_own_that_the_command_line_knows(page: httpx.Client, home: HomeFile) -> None:
    assert "New review" in page.get("/").text
    first, second = made(page, "Yoga: does it help?"), made(page, "Yoga  does it help?", name=" Eva ")
    assert first != second
    folders = sorted(path.name for path in home.reviews_folder.iterdir())
    assert folders == ["yoga-does-it-help", "yoga-does-it-help-2"]
    with Review(home.reviews_folder / "yoga-does-it-help") as review:
        assert review.criteria is not None
        assert (review.criteria.title, review.criteria.concepts) == ("Yoga: does it help?", ())
    assert page.get(second).text.count("Eva") == 1
    assert home.person == "Eva"  # asked once: the next form has it
    assert 'value="Eva"' in page.get("/new").text
    page.post("/new", json={"title": "Two", "name": "Eva", "scheme": "two"}).raise_for_status()
    with Review(home.reviews_folder / "two") as review:
        assert review.policy.scheme == "two"
    refused = page.post("/new", json={"title": "  "})
    assert (refused.status_code, "Enter a title" in refused.json()["error"]) == (400, True)


@pytest.mark.parametrize("title", ["../../etc", "CON", "nul.txt", "…", "Ärzte und 患者", "x" * 400, "a/b\\c"])
def test_no_title_makes_a_folder_elsewhere_or_one_that_no_system_can_have(
    page: httpx.Client, home: HomeFile, title: str
) -> None:
    page.get(made(page, title)).raise_for_status()
    (folder,) = home.reviews_folder.iterdir()
    assert folder.parent == home.reviews_folder
    assert folder.name.casefold() not in ("con", "nul", "")
    assert len(folder.name.encode()) < 200


def test_records_come_in_and_are_decided_below_the_page_of_all_reviews(
    page: httpx.Client, until: Callable[[Callable[[], object]], None]
) -> None:
    review, other = made(page, "Yoga", name="eva"), made(page, "Tax")
    table = b"record_id,title\na,Yoga in asthma\nb,Tax law\n"
    answer = page.post(f"{review}import/records?name=s.csv", content=table).raise_for_status().json()
    assert "Start screening" in answer["next"]
    until(lambda: page.get(f"{review}screen/record").json()["record_id"])
    shown = page.get(f"{review}screen/record").json()
    said = {"record_id": shown["record_id"], "decision": "include", "token": "decision-1", "seen": 0}
    assert page.post(f"{review}screen/decisions", json=said).status_code == 200
    key = review.split("/")[1]
    assert "1 of 2 records screened" in page.get("/row", params={"key": key}).json()["html"]
    assert "No records yet" in page.get(other).text
    assert page.get("/row", params={"key": "nothing"}).json() == {"html": ""}


def test_the_list_shows_what_the_command_line_made_and_says_what_is_missing(
    page: httpx.Client, home: HomeFile, tmp_path: Path
) -> None:
    Review.create(home.reviews_folder / "by hand").close()
    Review.create(tmp_path / "elsewhere").close()
    assert "by hand" in page.get("/").text
    opened = page.post("/open", json={"folder": f' "{tmp_path / "elsewhere"}" '}).raise_for_status().json()
    assert page.get(opened["address"]).status_code == 200
    shutil.move(tmp_path / "elsewhere", tmp_path / "moved")
    assert "The folder is missing" in page.get("/").text
    for folder in ("elsewhere", str(tmp_path), "", "\0", "~nobody-by-this-name/x"):
        assert page.post("/open", json={"folder": folder}).status_code == 400


def test_a_review_that_is_removed_from_the_list_stays_on_the_disk(page: httpx.Client, home: HomeFile) -> None:
    address = made(page, "Yoga")
    key = address.split("/")[1]
    assert page.post("/forget", json={"key": key}).status_code == 200
    assert key not in page.get("/").text
    folder = home.reviews_folder / "yoga"
    assert (folder / "criteria.toml").exists()
    assert page.get(address).status_code == 200  # a bookmark brings it back
    assert key in page.get("/").text


def test_the_example_is_undecided_and_copied_once(page: httpx.Client, home: HomeFile) -> None:
    first = page.post("/example").json()["address"]
    assert page.post("/example").json()["address"] == first
    (folder,) = home.reviews_folder.iterdir()
    with Review(folder) as review:
        status = review.status()
        assert (status.records > 50, status.joint.decided) == (True, 0)
    assert "multiple sclerosis" in page.get("/").text


def test_a_name_is_asked_where_others_have_one_and_only_once(page: httpx.Client, tmp_path: Path) -> None:
    with Review.create(tmp_path / "shared", corpus_path() / "criteria.toml") as review:
        review.add([corpus_path() / "records.csv"])
        review.label("white-2006", "include", reviewer="Ann")
    address = page.post("/open", json={"folder": str(tmp_path / "shared")}).json()["address"]
    asked = page.get(address)
    assert asked.status_code == 303
    form = page.get(asked.url.join(asked.headers["location"]))
    assert "Who is screening?" in form.text
    assert "Ann" in form.text
    key = address.split("/")[1]
    assert page.post("/reviewer", json={"key": key, "name": " "}).status_code == 400
    assert page.post("/reviewer", json={"key": key, "name": "Bob"}).json() == {"address": address}
    assert page.get(address).status_code == 200


def test_new_reviews_can_be_kept_elsewhere(
    page: httpx.Client, home: HomeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIAB_HOME")
    assert page.post("/reviews-folder", json={"folder": str(tmp_path / "mine")}).status_code == 200
    made(page, "Yoga")
    assert (tmp_path / "mine" / "yoga").is_dir()
    (tmp_path / "file").write_text("")
    assert page.post("/reviews-folder", json={"folder": str(tmp_path / "file")}).status_code == 400


def test_nobody_opens_a_review_without_the_cookie_or_writes_from_elsewhere(served: Served) -> None:
    with served() as address, entered(address) as page:
        review = made(page, "Yoga")
        with client_of(page.base_url) as stranger:
            for path in ("", "new", "row?key=x", review, f"{review}records", f"{review}static/page.js"):
                assert stranger.get(path).status_code == 403, path
        foreign = {"Origin": "http://evil.example"}
        for path in (
            "new",
            "open",
            "example",
            "forget",
            "reviewer",
            "reviews-folder",
            f"{review}import/records?name=x",
        ):
            assert page.post(path, json={}, headers=foreign).status_code == 403, path
        assert page.post(f"{review}import/records?name=x.csv", content=b"x" * 2_000_000).status_code == 400
        assert page.post(f"{review}criteria/save", content=b"x" * 2_000_000).status_code == 413
        straight = page.get(f"{review}?token={TOKEN}", headers={"Sec-Fetch-Site": "none"})
        assert straight.headers["location"] == f"{page.base_url.path}{review}"
        assert page.get("reviews/no-such-review/", headers={"Accept": "text/html"}).status_code == 400


def test_a_bookmark_is_enough_the_next_day(served: Served) -> None:
    """The token stays, and the browser keeps the cookie when it is closed."""
    assert page_token() == page_token()
    with served() as address, client_of("") as client:
        cookie = client.get(address).headers["set-cookie"].lower()
    assert "max-age=31536000" in cookie


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_token_is_for_one_person(tmp_path: Path) -> None:
    token, path = page_token(tmp_path), tmp_path / "token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)  # somebody else may have read it
    again = page_token(tmp_path)
    assert again != token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for content in ("", "short", "x" * 1000, f"{TOKEN}/../", "é" * 43):
        path.write_text(content)
        assert len(page_token(tmp_path)) == 43
        assert page_token(tmp_path) != content


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", "\0", '{"reviews": {"a": 1}}', '{"reviews": [1, {"path": 3}, {"path": "relative"}, {}]}',
     '{"name": 7, "folder": [], "reviews": [{"path": "/x\\u0000"}]}', "[" * 100_000],
)  # fmt: skip
def test_a_list_that_was_damaged_stops_nothing(
    page: httpx.Client, home: HomeFile, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "config" / "tiab"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "home.json").write_text(content)
    assert page.get("/").status_code == 200
    made(page, "Yoga")
    assert [one.title for one in home.reviews()] == ["Yoga"]


def test_titles_and_folders_are_text(page: httpx.Client, home: HomeFile, tmp_path: Path) -> None:
    script = "<script>document.title='taken'</script>"
    made(page, script, name=script)
    home.remember(KnownReview(path=str(tmp_path / "<b>bold"), title="<i>x"), used=True)
    for path in ("/", "/new"):
        text = page.get(path).text
        assert "<script>document" not in text
        assert "<b>bold" not in text


@contextmanager
def somebody_else() -> Iterator[tuple[int, list[str]]]:
    """Another program's server: its port, and all that was said to it."""
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.path} {self.headers}")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port, heard
        finally:
            server.shutdown()
            thread.join()


def test_another_program_on_the_port_is_not_taken_for_tiab_and_learns_nothing() -> None:
    with somebody_else() as (port, heard):
        assert not is_serving(TOKEN, port)
    assert heard
    assert TOKEN not in "".join(heard)
    assert secret_folder(TOKEN) not in "".join(heard)


def test_tiab_knows_its_own_server_by_the_token_and_the_port(served: Served) -> None:
    with served() as address, client_of("") as client:
        port = httpx.URL(address).port or 0
        assert is_serving(TOKEN, port)
        assert not is_serving("u" * 43, port)
        assert client.get(f"http://127.0.0.1:{port}/tiab?nonce=short").status_code == 403
        evil = {"Host": "evil.example"}
        assert client.get(f"http://127.0.0.1:{port}/tiab?nonce={TOKEN}", headers=evil).status_code == 421
    with listen(0) as closing:
        free = closing.getsockname()[1]
    assert not is_serving(TOKEN, free)


def test_a_port_of_somebody_else_is_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr("tiab.web.serving.PORT", taken.getsockname()[1])
        with listen_near(None) as found:
            assert found.getsockname()[1] != taken.getsockname()[1]


def test_a_token_that_another_program_may_have_seen_opens_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    before = page_token()
    with somebody_else() as (port, _):
        for module in ("tiab.web.serving", "tiab.cli.home"):
            monkeypatch.setattr(f"{module}.PORT", port)
        listening, token = listen_with_token(None)
        listening.close()
    assert token != before
    assert page_token() == token


def test_a_second_server_of_ours_keeps_the_token(
    home: HomeFile, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.reviews_folder.parent / "config" / "tiab").mkdir(parents=True)
    (home.reviews_folder.parent / "config" / "tiab" / "token").touch(mode=0o600)
    (home.reviews_folder.parent / "config" / "tiab" / "token").write_text(TOKEN)
    with served() as address:
        for module in ("tiab.web.serving", "tiab.cli.home"):
            monkeypatch.setattr(f"{module}.PORT", httpx.URL(address).port)
        listening, token = listen_with_token(None)
        listening.close()
    assert token == TOKEN == page_token()


def test_a_second_start_leads_to_the_first_and_the_next_one_has_the_same_address(
    home: HomeFile, start: Callable[..., AbstractContextManager[subprocess.Popen[str]]], port: int
) -> None:
    with start("--port", port) as first:
        assert first.stdout is not None
        address = first.stdout.readline().strip()
        with entered(address) as client:
            assert made(client, "Yoga")
            cookies = dict(client.cookies)
        with start("--port", port) as second:
            out, err = second.communicate(timeout=120)
        assert (out.strip(), second.returncode) == (address, 0)
        assert "running already" in err
    assert first.returncode == 0
    with start("--port", port) as third:
        assert third.stdout is not None
        assert third.stdout.readline().strip() == address
        with client_of(address.split("?")[0], cookies=cookies) as client:
            assert "Yoga" in client.get("/").text  # yesterday's window
    assert json.loads((home.reviews_folder.parent / "config" / "tiab" / "home.json").read_text())["reviews"]
