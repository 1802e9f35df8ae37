"""The page as a program meets it: who is let in, what is stored, what is shown."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from tiab.assets import corpus_path
from tiab.errors import TiabError
from tiab.labels import Decision
from tiab.review import Review
from tiab.review.rankings import Learned
from tiab.web import ReviewerSession
from tiab.web.security import HEADERS
from tiab.web.serving import listen

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a review that has read its abstracts."""
    folder, corpus = tmp_path_factory.mktemp("ready") / "ms", corpus_path()
    with Review.create(folder, corpus / "criteria.toml") as made:
        made.add([corpus / "records.csv"])
        made.learn("eva")
    return folder


@pytest.fixture
def review(ready: Path, tmp_path: Path) -> Iterator[Review]:
    with Review(shutil.copytree(ready, tmp_path / "ms")) as opened:
        opened.learn("eva")
        yield opened


@pytest.fixture
def address(session: ReviewerSession, serve: Callable[[ReviewerSession], str]) -> str:
    """What `tiab screen` prints."""
    return serve(session)


@pytest.fixture
def page(address: str) -> Iterator[httpx.Client]:
    """A browser that came by the address with the token."""
    with entered(address) as client:
        yield client


@pytest.fixture
def held(page: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Nothing is learned from what is decided until it is set."""
    may, learn = Event(), Review.learn

    def learn_later(*given: Any, **named: Any) -> bool:
        may.wait()
        return learn(*given, **named)

    monkeypatch.setattr(Review, "learn", learn_later)
    yield may
    may.set()


def stranger(address: str) -> httpx.Client:
    return httpx.Client(base_url=address.split("/?")[0], trust_env=False, timeout=120)


@contextmanager
def entered(address: str) -> Iterator[httpx.Client]:
    with stranger(address) as client:
        assert client.get(address, follow_redirects=True).status_code == 200
        client.headers["Origin"] = f"http://{client.base_url.netloc.decode()}"
        yield client


def decision(record_id: str, **said: object) -> dict[str, object]:
    return {"record_id": record_id, "decision": "exclude", "token": f"decision-{record_id}", "seen": 0, **said}


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(address: str) -> None:
    with stranger(address) as client:
        typed = client.get(address, headers={"Sec-Fetch-Site": "none"})
        linked = client.get(address, headers={"Sec-Fetch-Site": "cross-site"})
        folder = client.base_url.path
    assert (typed.status_code, typed.headers["location"]) == (303, folder)
    assert 'content="0;url=./"' in linked.text
    for answer in (typed, linked):
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert f"path={folder.lower()};" in cookie
        assert address.rsplit("=")[-1] not in answer.text


def test_nobody_comes_in_without_the_token(address: str) -> None:
    with stranger(address) as client:
        for path in ("/", "/?token=", f"{address[:-1]}~", "/screen/record", "/static/screen.js"):
            assert client.get(path).status_code == 403, path
        with entered(address) as known:
            ((name, value),) = known.cookies.items()
        client.cookies.set(name, "wrong")
        assert client.get("/").status_code == 403
        client.cookies.set(name, value)
        assert client.get("/").status_code == 200


def test_what_lies_beside_the_secret_folder_is_closed_even_with_the_cookie(page: httpx.Client) -> None:
    """Only in the folder does the browser send the cookie; whoever sends it elsewhere is no browser."""
    folder = page.base_url.path.rstrip("/")
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())}
    server = str(page.base_url).removesuffix(f"{folder}/")
    with httpx.Client(base_url=server, trust_env=False, headers=cookie, timeout=120) as client:
        assert client.get(f"{folder}/").status_code == 200
        for path in ("/", "/records", folder, f"{folder}x/", f"{folder[:-1]}/", f"{folder.swapcase()}/"):
            assert client.get(path).status_code == 403, path


def test_no_address_on_a_page_leaves_the_secret_folder(page: httpx.Client, session: ReviewerSession) -> None:
    record = httpx.QueryParams({"id": session.next_id() or ""})
    pages = (
        "/",
        "/records",
        "/duplicates",
        "/conflicts",
        "/team",
        "/import",
        "/criteria",
        "/evidence",
        "/export",
        "/nowhere/at/all",
    )
    for path in (*pages, f"/records/record?{record}"):
        answer = page.get(path, headers={"Accept": "text/html"})
        for address in re.findall(r'(?:href|src|action)="([^"#]+)"', answer.text):
            url = answer.url.join(address)
            own = url.host == page.base_url.host
            assert url.path.startswith(page.base_url.path) if own else url.scheme == "https", (path, address)
            if own:
                assert page.get(url).status_code == 200, (path, address)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1.evil.example:{port}"])
def test_another_host_is_refused_even_with_the_cookie(page: httpx.Client, host: str) -> None:
    assert page.get("/", headers={"Host": host.format(port=page.base_url.port)}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1"])
def test_what_another_page_writes_is_refused(page: httpx.Client, session: ReviewerSession, origin: str) -> None:
    wanted, own = decision(session.next_id() or ""), page.headers.pop("Origin")
    foreign = {"Origin": origin.format(port=page.base_url.port)}
    neighbour = {"Origin": own, "Sec-Fetch-Site": "same-site"}  # another port of this computer
    for headers in (foreign, {}, neighbour):
        assert page.post("/screen/decisions", json=wanted, headers=headers).status_code == 403
    assert session.counts().screened == 0


def test_every_answer_forbids_what_comes_from_elsewhere(page: httpx.Client) -> None:
    for path in ("/", "/static/screen.js", "/nowhere", "/screen/record"):
        answer = page.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, name)
    text = page.get("/").text
    assert "default-src 'self'" in HEADERS["Content-Security-Policy"]
    assert "<script>" not in text
    assert "style=" not in text
    assert "://" not in text.replace("https://doi.org/", "").replace("https://pubmed.ncbi.nlm.nih.gov/", "")


def test_too_much_is_refused_whatever_length_is_announced(page: httpx.Client) -> None:
    assert page.post("/screen/decisions", content=b"x" * 2**21).status_code == 413
    pieces = (b"x" * 2**16 for _ in range(40))  # sent without a length
    assert page.post("/screen/decisions", content=pieces).status_code == 413


def test_a_title_that_is_a_script_stays_text(tmp_path: Path, serve: Callable[[ReviewerSession], str]) -> None:
    hostile = tmp_path / "hostile.csv"
    columns = ("record_id", "title", "abstract", "doi", "pmid", "journal", "authors", "keywords")
    hostile.write_text(",".join(columns) + "\n" + ",".join(f'"{SCRIPT}"' for _ in columns) + "\n")
    with Review.create(tmp_path / "review") as review:
        review.add([hostile])
        review.learn()
        with closing(ReviewerSession(review)) as session, entered(serve(session)) as client:
            text = client.get("/").text
            assert "<script>document" not in text
            assert "&lt;script&gt;document" in text
            answer = client.post("/screen/decisions", json=decision(SCRIPT, reason=SCRIPT, note=SCRIPT))
            assert answer.status_code == 200
            shown = client.get("/screen/record", params={"show": SCRIPT}).json()
        assert "<script>" not in shown["record"] + shown["why"] + shown["counts"]


def test_a_decision_is_stored_before_the_next_record_comes(page: httpx.Client, review: Review) -> None:
    first = page.get("/screen/record").json()
    answer = page.post(
        "/screen/decisions", json=decision(first["record_id"], reason="wrong outcome", note="mice")
    ).json()
    with Review(review.folder) as other:  # as another program reads it
        label = other.labels("eva")[first["record_id"]]
    assert (label.decision, label.reason) == (Decision.EXCLUDE, "wrong outcome")
    assert answer["message"] == "Excluded: wrong outcome."
    assert answer["record_id"] not in ("", first["record_id"])
    shown = page.get("/screen/record", params={"show": first["record_id"]}).json()
    assert "mice" in shown["record"]


def test_a_decision_that_is_sent_twice_is_stored_once(
    page: httpx.Client, review: Review, session: ReviewerSession
) -> None:
    wanted = decision(session.next_id() or "")
    first, second = (page.post("/screen/decisions", json=wanted) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert sum(event.kind == "labelled" for event in review.events()) == 1


def test_a_decision_on_what_another_tab_decided_meanwhile_is_not_stored(
    page: httpx.Client, review: Review, session: ReviewerSession
) -> None:
    record_id = session.next_id() or ""
    with Review(review.folder) as other:
        event = other.label(record_id, "include", reviewer="eva")
    answer = page.post("/screen/decisions", json=decision(record_id))
    assert answer.status_code == 409
    assert "now 'include'" in answer.json()["error"]
    assert review.labels("eva")[record_id].decision is Decision.INCLUDE
    assert page.post("/screen/decisions", json=decision(record_id, seen=event.event_id)).status_code == 200
    assert review.labels("eva")[record_id].decision is Decision.EXCLUDE


def test_what_another_program_does_is_followed(session: ReviewerSession, review: Review) -> None:
    first = session.next_id() or ""
    with Review(review.folder) as other:
        other.label(first, "maybe", reviewer="eva")
        assert session.next_id() != first
        assert (session.counts().maybe, session.counts().left) == (1, 122)
        other.label(first, "include", reviewer="eva")
        assert (session.counts().maybe, session.counts().include, session.counts().found) == (0, 1, 1)
        other.undo("eva")
        other.undo("eva")
        assert (session.next_id(), session.counts().screened) == (first, 0)
        other.label(first, "include", reviewer="kim")  # somebody else's decision settles nothing for eva
        assert session.next_id() == first
        other.label(first, "include", prior=True)
        assert session.next_id() != first


def test_two_programs_at_once_lose_nothing(
    session: ReviewerSession, review: Review, until: Callable[[Callable[[], object]], None]
) -> None:
    ids = [record.record_id for record in review.snapshot.records][:60]
    with Review(review.folder) as reopened, closing(ReviewerSession(reopened, reviewer="eva")) as other:

        def screen(at: ReviewerSession, mine: list[str]) -> None:
            for record_id in mine:
                at.decide(record_id, Decision.EXCLUDE, token=f"both {record_id}", seen=0)

        threads = [Thread(target=screen, args=(at, ids[n::2])) for n, at in enumerate((session, other))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.counts() == other.counts()
        assert session.counts().exclude == 60
        for at in (session, other):
            at.refresh()  # each may have learned before the other's last decision
            until(lambda at=at: at.learning.wait(1))  # type: ignore[misc]
        assert session.next_id() == other.next_id() not in ids


def test_undo_shows_the_record_again(page: httpx.Client, session: ReviewerSession, held: Event) -> None:
    record_id = session.next_id() or ""
    page.post("/screen/decisions", json=decision(record_id))
    assert session.counts().screened == 1
    answer = page.post("/screen/undo", json={"token": "undo-it-1"}).json()
    assert (answer["record_id"], answer["seen"]) == (record_id, 0)
    assert session.counts().screened == 0
    assert session.next_id() == record_id
    assert page.post("/screen/undo", json={"token": "undo-it-2"}).json() == {"message": "There is no decision to undo."}


def test_a_note_outlives_undo_and_moving_away_and_goes_with_its_decision(
    page: httpx.Client, session: ReviewerSession, review: Review
) -> None:
    record_id = session.next_id() or ""

    def note() -> object:
        return page.get("/screen/record", params={"show": record_id}).json()["note"]

    def kept(text: str, seen: str) -> object:
        draft = {"record_id": record_id, "note": text, "seen": seen}
        return page.put("/screen/note", json=draft).raise_for_status().json()["note"]

    assert kept("read the full text", "") == "read the full text" == note()
    assert "read the full text</textarea>" in page.get("/records/record", params={"id": record_id}).text
    page.post("/screen/decisions", json=decision(record_id, note="read the full text"))
    assert "full text" not in next(review.folder.glob("drafts-*")).read_text()
    page.post("/screen/undo", json={"token": "undo-it-1"})
    assert note() == "read the full text"  # though no draft holds it
    assert kept("", "read the full text") == "" == note()
    assert kept("mice?", "") == "mice?"
    assert kept("rats", "") == "rats\nmice?"  # a second window that had not seen the first one's
    page.post("/screen/decisions", json=decision(record_id, note="mice", token="decision-again"))
    assert note() == "rats\nmice?"  # what is in no decision is kept
    with Review(review.folder) as other:
        assert other.note(record_id, reviewer="eva") == "rats\nmice?"
        assert other.note(record_id, reviewer="kim") is None
        other.label(record_id, "include", reviewer="eva", note="rats\nmice?")
        other.undo("eva")
    assert note() == "rats\nmice?"
    assert page.put("/screen/note", json={"record_id": "nobody", "note": "x"}).status_code == 404
    assert page.put("/screen/note", json={"record_id": record_id, "note": "x" * 6000}).status_code == 422


def test_the_note_of_a_file_goes_with_its_decision(
    page: httpx.Client, session: ReviewerSession, review: Review, tmp_path: Path
) -> None:
    record_id = session.next_id() or ""
    (tmp_path / "theirs.csv").write_text(f"record_id,decision,notes\n{record_id},include,from a file\n")
    review.add_labels(tmp_path / "theirs.csv", reviewer="eva")

    def note() -> object:
        return page.get("/screen/record", params={"show": record_id}).json()["note"]

    given = session.decision_on(record_id)
    assert given is not None
    assert note() == given.note == "from a file"
    page.post("/screen/undo", json={"token": "undo-it-1"})
    assert note() == ""


def test_drafts_that_were_damaged_stop_nothing(page: httpx.Client, session: ReviewerSession, review: Review) -> None:
    record_id = session.next_id() or ""
    page.put("/screen/note", json={"record_id": record_id, "note": "mice"}).raise_for_status()
    (file,) = review.folder.glob("drafts-*")
    for text in ("", "[" * 100_000, '{"labelled": {"x": 3}, "resolved": 7}', "\udcff"):
        file.write_text(text, encoding="utf-8", errors="surrogateescape")
        assert page.get("/screen/record", params={"show": record_id}).json()["note"] == ""
    page.put("/screen/note", json={"record_id": record_id, "note": "rats"}).raise_for_status()
    assert page.get("/screen/record", params={"show": record_id}).json()["note"] == "rats"


def test_what_is_learned_beside_orders_what_comes_next(
    page: httpx.Client,
    session: ReviewerSession,
    review: Review,
    held: Event,
    until: Callable[[Callable[[], object]], None],
) -> None:
    def learned() -> Learned:
        queue = review.queue("eva")
        assert queue is not None
        return queue.learned

    before = learned()
    answer = page.post("/screen/decisions", json=decision(session.next_id() or "", decision="include")).json()
    ranks = before.ranks
    assert answer["record_id"] == min(ranks.keys() - review.labels("eva").keys(), key=ranks.__getitem__)  # at once
    held.set()
    until(lambda: learned() is not before)
    ranks = learned().ranks
    assert learned().labels.keys() == review.labels("eva").keys()
    assert session.next_id() == min(ranks.keys() - review.labels("eva").keys(), key=ranks.__getitem__)


def test_what_is_skipped_comes_last(page: httpx.Client, session: ReviewerSession) -> None:
    first = session.next_id()
    second = session.next_id([first or ""])
    assert first != second
    everything = [record.record_id for record in session.review.snapshot.records]
    assert session.next_id(everything) == first
    assert page.get("/screen/record", params={"skip": [first, second]}).json()["record_id"] not in (first, second)


def test_to_the_end_and_never_complete_before(tmp_path: Path, serve: Callable[[ReviewerSession], str]) -> None:
    search = tmp_path / "search.csv"
    search.write_text("record_id,title\n" + "".join(f"{n},Study {n}\n" for n in range(12)))
    with Review.create(tmp_path / "review") as review:
        review.add([search])
        review.learn()
        with closing(ReviewerSession(review)) as session, entered(serve(session)) as page:
            for n in range(12):
                said = page.get("/screen/progress").json()["progress"].casefold()
                assert not re.search("complete|every record is screened", said)
                wanted = decision(session.next_id() or "", decision="exclude" if n % 4 else "include")
                page.post("/screen/decisions", json=wanted).raise_for_status()
            assert session.next_id() is None
            assert "Every record is screened" in page.get("/").text
            assert "Every record is screened" in page.get("/screen/progress").json()["progress"]


def test_what_may_be_missing_is_said_with_its_assumption_or_not_at_all(
    tmp_path: Path, serve: Callable[[ReviewerSession], str]
) -> None:
    search, lists = tmp_path / "search.csv", tmp_path / "lists.csv"
    search.write_text("record_id,title\n" + "".join(f"{n},Study {n}\n" for n in range(60)))
    lists.write_text("record_id,title,decision\n" + "".join(f"{n},Study {n},exclude\n" for n in range(20)))
    with Review.create(tmp_path / "review") as review:
        review.add([search])
        with closing(ReviewerSession(review)) as session, entered(serve(session)) as page:

            def progress() -> str:
                return str(page.get("/screen/progress").json()["progress"])

            assert "Too early to tell what may be missing." in progress()
            review.add_labels(lists, reviewer="")
            assert "What may be missing is not known: decisions were imported." in progress()
            assert "not known, as decisions were imported" in progress()
            assert "Assumes that" not in progress()
            for n in range(20, 25):
                review.label(str(n), "exclude")
            # None among 5 of 40 has a chance of C(23, 5)/C(40, 5) = 0.051 where 17 are relevant, and less where 18 are.
            assert "Up to 17 relevant records may remain unread (95% confidence)." in progress()
            opened = progress().split("<details>")[0]
            assert "Assumes that relevant records come up no later than they would in random order." in opened
            for n in range(25, 59):
                review.label(str(n), "exclude")
            assert "Upper bound on relevant records among the unread: 0 (95% confidence)." in progress()
            assert not re.search("unlikely|probab", progress())


def test_a_mistake_in_the_criteria_file_loses_no_decision(
    page: httpx.Client, review: Review, session: ReviewerSession
) -> None:
    first, file = session.next_id() or "", review.folder / "criteria.toml"
    sound = file.read_bytes()
    file.write_text('title = "x"\npopulatoin = 3\n', encoding="utf-8")
    answer = page.post("/screen/decisions", json=decision(first)).raise_for_status().json()
    assert answer["message"] == "Excluded."
    assert "line 2" in answer["record"]
    assert page.get("/").status_code == 400
    file.write_bytes(sound)
    assert page.get("/screen/record").json()["record_id"] not in ("", first)
    assert review.labels("eva")[first].decision is Decision.EXCLUDE


def test_rank_and_score_can_be_hidden(page: httpx.Client, session: ReviewerSession) -> None:
    assert "score" in page.get("/screen/record").json()["why"]
    wanted = {"hide_rank": True, "words": ["leptin"], "exclude_words": ["rat*"], "roles_off": ["outcome"]}
    kept = page.put("/screen/settings", json=wanted)
    assert kept.status_code == 200
    shown = page.get("/screen/record").json()
    assert "score" not in shown["why"].replace("Rank, score and explanations are hidden.", "")
    assert 'data-role="outcome"' not in shown["record"]
    assert '<b class="own include">leptin</b>' in shown["record"]


def test_reasons_and_labels_are_those_of_all_reviewers(page: httpx.Client, review: Review) -> None:
    many = [f"reason {n}" for n in range(12)]
    assert page.put("/screen/settings", json={"reasons": many, "labels": ["pilot"]}).status_code == 200
    assert (review.choices.read().reasons, review.choices.read().tags) == (tuple(many), ("pilot",))
    bar = page.get("/").text
    assert 'data-reason="reason 11"' in bar
    assert 'data-reason="reason 8" aria-keyshortcuts="9"' in bar
    assert 'data-tag="pilot" aria-keyshortcuts="Shift+1"' in bar
    assert page.put("/screen/settings", json={"reasons": []}).status_code == 404


def test_mistakes_are_said_to_scripts_and_to_people(page: httpx.Client) -> None:
    assert page.get("/screen/record", params={"show": "nobody"}).status_code == 404
    assert "no record 'nobody'" in page.get("/screen/record", params={"show": "nobody"}).json()["error"]
    answer = page.get("/?record=nobody", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.post("/screen/decisions", json={"decision": "perhaps"}).status_code == 422


def test_a_port_that_is_taken_is_said() -> None:
    with listen(0) as taken:
        assert taken.getsockname()[0] == "127.0.0.1"  # and so no other computer reaches it
        with pytest.raises(TiabError, match=r"port \d+ is in use"):
            listen(taken.getsockname()[1])
