from __future__ import annotations

import gzip
import json
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from playwright.sync_api import Page, expect
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner, Result
from werkzeug import Request, Response

from tiab.assets import corpus_path
from tiab.cli import app
from tiab.errors import InputError, TiabError
from tiab.formats import read_records
from tiab.pubmed import Server, Settings, fetch_found, fetch_pmids, read_pmids, search
from tiab.pubmed import server as server_module
from tiab.review import Review
from tiab.web import ReviewerSession

KEY = "secret-key"


def article(pmid: str, title: str = "") -> bytes:
    title = escape(title or f"Study number {pmid} of exercise & cytokines")
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article>'
        f"<Journal><Title>Brain</Title></Journal><ArticleTitle>{title}</ArticleTitle><Abstract>"
        f"<AbstractText>Ten trained – {pmid}.</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
    ).encode()


class FakePubMed:
    """Answers as the E-utilities do; `faults` are used up one a request, before it answers well again."""

    def __init__(self, articles: dict[str, bytes], days: dict[str, date] | None = None) -> None:
        self.articles = articles
        self.days = days or {pmid: date(2010, 1, 1) for pmid in articles}
        self.faults: list[Callable[[str, Response], Response]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._history: dict[str, list[str]] = {}

    def __call__(self, request: Request) -> Response:
        name, form = request.path.rsplit("/", 1)[-1], request.form.to_dict()
        assert request.method == "POST"
        self.asked.append((name, form))
        answer = self._search(form) if name == "esearch.fcgi" else self._fetch(form)
        if self.faults:
            return self.faults.pop(0)(name, answer)
        return answer

    def fetched(self) -> list[dict[str, str]]:
        return [form for name, form in self.asked if name == "efetch.fcgi"]

    def _search(self, form: dict[str, str]) -> Response:
        window = re.search(r"([\d/]+):([\d/]+)\[crdt\]", form["term"])
        days = window.groups() if window else (form.get("mindate", ""), form.get("maxdate", ""))
        first, last = (day.replace("/", "-") for day in days)
        found = [p for p, day in self.days.items() if not first or first <= day.isoformat() <= last]
        key = str(len(self._history) + 1)
        self._history[key] = found
        ids = "".join(f"<Id>{pmid}</Id>" for pmid in found[: int(form["retmax"])])
        extra = "<ErrorList><PhraseNotFound>yogga</PhraseNotFound></ErrorList>" if "yogga" in form["term"] else ""
        return Response(
            '<?xml version="1.0"?><!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "e.dtd">'
            f"<eSearchResult><Count>{len(found)}</Count><RetMax>{form['retmax']}</RetMax><QueryKey>{key}</QueryKey>"
            f"<WebEnv>MCID_1</WebEnv><IdList>{ids}</IdList><TranslationStack><TermSet><Count>99</Count></TermSet>"
            f"</TranslationStack><QueryTranslation>{form['term']}[All Fields]</QueryTranslation>{extra}</eSearchResult>"
        )

    def _fetch(self, form: dict[str, str]) -> Response:
        if "id" in form:
            pmids = form["id"].split(",")
        else:
            assert form["WebEnv"] == "MCID_1"
            start = int(form["retstart"])
            pmids = self._history[form["query_key"]][start : start + int(form["retmax"])]
        inner = b"\n".join(self.articles[pmid] for pmid in pmids if pmid in self.articles)
        return Response(b'<?xml version="1.0" ?><PubmedArticleSet>' + inner + b"</PubmedArticleSet>")


@pytest.fixture(autouse=True)
def _only_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        assert address[0] in ("127.0.0.1", "localhost", "::1"), f"a test asked {address}"
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.delenv("NCBI_API_KEY", raising=False)
    monkeypatch.delenv("NCBI_EMAIL", raising=False)


@pytest.fixture
def fake(httpserver: HTTPServer) -> FakePubMed:
    pubmed = FakePubMed({str(n): article(str(n)) for n in range(101, 124)})
    httpserver.expect_request(re.compile(r"/.*\.fcgi")).respond_with_handler(pubmed)
    return pubmed


@pytest.fixture
def naps() -> list[float]:
    """What was slept, instead of sleeping."""
    return []


@pytest.fixture
def server(httpserver: HTTPServer, fake: FakePubMed, naps: list[float]) -> Iterator[Server]:
    settings = Settings(
        url=httpserver.url_for("/"), per_second=1e6, pause=0.5, tries=4, batch=5, email="a@b", api_key=KEY
    )
    with Server(settings, sleep=naps.append) as opened:
        yield opened


def status(code: int, **headers: str) -> Callable[[str, Response], Response]:
    return lambda name, answer: Response(
        "busy", status=code, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def cut(name: str, answer: Response) -> Response:
    return Response(answer.get_data()[:-40])


def fewer(name: str, answer: Response) -> Response:
    return Response(re.sub(rb"<PubmedArticle>.*?</PubmedArticle>", b"", answer.get_data(), count=1))


def test_what_a_search_finds_comes_whole(server: Server, fake: FakePubMed, tmp_path: Path) -> None:
    told: list[int] = []
    found = search(server, "exercise AND yogga")
    fetched = fetch_found(server, found, tmp_path / "out.xml", progress=told.append)
    assert found.total == fetched.records == sum(told) == 23
    assert found.translation == "exercise AND yogga[All Fields]"
    assert found.warnings == ("PubMed doesn't know the phrase yogga",)
    records = read_records(tmp_path / "out.xml")
    assert [record.pmid for record in records] == [str(n) for n in range(101, 124)]
    assert records[0].title == "Study number 101 of exercise & cytokines"
    assert [path.name for path in tmp_path.iterdir()] == ["out.xml"]
    assert {(form["tool"], form["email"], form["api_key"]) for _, form in fake.asked} == {("tiab", "a@b", KEY)}
    assert fake.asked[0][1]["usehistory"] == "y"
    assert [form["retstart"] for form in fake.fetched()] == ["0", "5", "10", "15", "20"]


@pytest.mark.parametrize("name", ["out.xml.gz", "out.ris", "out.csv", "out.csv.gz"])
def test_other_formats(server: Server, tmp_path: Path, name: str) -> None:
    fetch_found(server, search(server, "x"), tmp_path / name)
    assert [record.pmid for record in read_records(tmp_path / name)] == [str(n) for n in range(101, 124)]
    if name.endswith("gz"):
        assert gzip.decompress((tmp_path / name).read_bytes())


def test_a_suffix_without_format_is_refused_before_anything_is_asked(
    server: Server, fake: FakePubMed, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="suffix"):
        fetch_pmids(server, ["101"], tmp_path / "out.docx")
    assert fake.asked == []


@pytest.mark.parametrize(("key", "interval"), [("", 1 / 3), ("k", 0.1)])
def test_requests_are_apart(httpserver: HTTPServer, fake: FakePubMed, key: str, interval: float) -> None:
    now = [0.0]
    starts: list[float] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    fake.faults = [lambda name, answer: starts.append(now[0]) or answer] * 6  # type: ignore[func-returns-value]
    with Server(Settings(url=httpserver.url_for("/"), api_key=key), sleep=sleep, clock=lambda: now[0]) as server:
        for _ in range(6):
            search(server, "x")
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps == pytest.approx([interval] * 5)


def test_429_waits_as_long_as_it_is_told(server: Server, fake: FakePubMed, naps: list[float]) -> None:
    fake.faults = [status(429, Retry_After="7")]
    assert search(server, "x").total == 23
    assert 7.0 in naps


def test_retry_after_may_be_a_date(server: Server, fake: FakePubMed, naps: list[float]) -> None:
    fake.faults = [status(503, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))]
    assert search(server, "x").total == 23
    assert 80 < max(naps) <= 90


def test_a_wait_of_an_hour_is_said(server: Server, fake: FakePubMed) -> None:
    fake.faults = [status(429, Retry_After="3600")]
    with pytest.raises(TiabError, match="wait 3600 seconds"):
        search(server, "x")


def test_500_is_tried_again_with_longer_waits(server: Server, fake: FakePubMed, naps: list[float]) -> None:
    fake.faults = [status(500), status(502), status(503)]
    assert search(server, "x").total == 23
    assert [nap for nap in naps if nap >= 0.5] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("fault", [status(500), cut, lambda name, answer: Response("<html>maintenance</html>")])
def test_trouble_that_stays_is_said_without_the_key(
    server: Server, fake: FakePubMed, tmp_path: Path, fault: Callable[[str, Response], Response]
) -> None:
    found = search(server, "x")
    fake.faults = [fault] * 4
    with pytest.raises(TiabError, match="gave up after 4 tries") as raised:
        fetch_found(server, found, tmp_path / "out.xml")
    assert KEY not in str(raised.value)
    assert len(fake.fetched()) == 4
    assert not (tmp_path / "out.xml").exists()


@pytest.mark.parametrize(
    "fault", [cut, fewer, lambda name, answer: Response("<eFetchResult><ERROR>lost</ERROR></eFetchResult>")]
)
def test_a_damaged_batch_is_fetched_again(
    server: Server, fake: FakePubMed, tmp_path: Path, fault: Callable[[str, Response], Response]
) -> None:
    found = search(server, "x")
    fake.faults = [fault, fault]
    assert fetch_found(server, found, tmp_path / "out.xml").records == 23
    assert len(fake.fetched()) == 7
    assert len(read_records(tmp_path / "out.xml")) == 23


def test_a_body_that_breaks_off_is_fetched_again(server: Server, fake: FakePubMed) -> None:
    def broken(name: str, answer: Response) -> Response:
        data = answer.get_data()
        return Response(data[:100], headers={"Content-Length": str(len(data))})

    fake.faults = [broken]
    assert search(server, "x").total == 23


def test_a_slow_answer_is_given_up_and_asked_for_again(httpserver: HTTPServer, fake: FakePubMed) -> None:
    given_up = threading.Event()

    def slow(name: str, answer: Response) -> Response:
        given_up.wait()
        return answer

    fake.faults = [slow]
    settings = Settings(url=httpserver.url_for("/"), per_second=1e6, pause=0.7, timeout=1.0)
    with Server(settings, sleep=lambda _: given_up.set()) as server:
        assert search(server, "x").total == 23
    assert len(fake.asked) >= 2


def test_records_that_never_come_are_counted(server: Server, fake: FakePubMed, tmp_path: Path) -> None:
    found = search(server, "x")
    del fake.articles["110"]
    with pytest.raises(TiabError, match="of 5 records in a batch 4 came"):
        fetch_found(server, found, tmp_path / "out.xml")
    assert not (tmp_path / "out.xml").exists()


def test_a_count_that_the_ids_belie_is_no_answer(server: Server, fake: FakePubMed) -> None:
    fake.faults = [lambda name, answer: Response(answer.get_data().replace(b"<Count>23<", b"<Count>24<"))] * 4
    with pytest.raises(TiabError, match="counts 24 records and names 23"):
        search(server, "x")


def spread(pubmed: FakePubMed) -> None:
    pubmed.days = {pmid: date(1990, 1, 1) + timedelta(days=97 * n) for n, pmid in enumerate(pubmed.articles)}


def test_a_large_search_is_split_by_date(server: Server, fake: FakePubMed, tmp_path: Path) -> None:
    spread(fake)
    server.settings = replace(server.settings, most=4)
    found = search(server, "x", by="pdat", today=date(2026, 1, 1))
    assert found.total == 23
    assert len(found.parts) > 5
    assert all(len(part.pmids) <= 4 for part in found.parts)
    assert "mindate" not in fake.asked[0][1]
    assert {form["datetype"] for _, form in fake.asked[1:]} == {"pdat"}
    fetched = fetch_found(server, found, tmp_path / "out.xml")
    assert fetched.records == 23
    assert {record.pmid for record in read_records(tmp_path / "out.xml")} == set(fake.articles)


def test_a_day_with_too_many_records_is_said(server: Server) -> None:
    server.settings = replace(server.settings, most=4)
    with pytest.raises(TiabError, match=r"23 records of 2010/01/01 alone"):
        search(server, "x", today=date(2026, 1, 1))


def test_parts_that_do_not_add_up_are_said(server: Server, fake: FakePubMed) -> None:
    """Three records bear no date: the whole search finds them, no range of days does."""
    spread(fake)
    for pmid in ("101", "102", "103"):
        fake.days[pmid] = date(1650, 1, 1)
    server.settings = replace(server.settings, most=4)
    with pytest.raises(TiabError, match="counts 23 records, but its parts by date hold 20"):
        search(server, "x", today=date(2026, 1, 1))


def test_until_limits_the_search(server: Server, fake: FakePubMed) -> None:
    spread(fake)
    assert search(server, "x", until=date(1991, 1, 1)).total == 4
    assert fake.asked[-1][1]["maxdate"] == "1991/01/01"
    assert fake.asked[-1][1]["datetype"] == "edat"


def test_a_fetch_that_broke_off_is_taken_up(server: Server, fake: FakePubMed, tmp_path: Path) -> None:
    whole = tmp_path / "whole.xml"
    fetch_found(server, search(server, "x"), whole, query="x")
    fake.asked.clear()
    found = search(server, "x")
    fake.faults = [lambda name, answer: answer] * 2 + [status(500)] * 4
    with pytest.raises(TiabError, match="what has come is kept"):
        fetch_found(server, found, tmp_path / "out.xml", query="x")
    assert len(fake.fetched()) == 6
    fake.asked.clear()
    fetch_found(server, search(server, "x"), tmp_path / "out.xml", query="x")
    assert [form["retstart"] for form in fake.fetched()] == ["10", "15", "20"]
    assert (tmp_path / "out.xml").read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.xml", "whole.xml"]


@pytest.mark.parametrize("change", ["other query", "other records", "damaged"])
def test_what_was_kept_of_another_search_is_not_used(
    server: Server, fake: FakePubMed, tmp_path: Path, change: str
) -> None:
    found = search(server, "x")
    fake.faults = [lambda name, answer: answer] * 2 + [status(500)] * 4
    with pytest.raises(TiabError):
        fetch_found(server, found, tmp_path / "out.xml", query="x")
    fake.asked.clear()
    if change == "other records":
        fake.articles["200"] = article("200")
        fake.days["200"] = date(2011, 1, 1)
    if change == "damaged":
        (kept,) = tmp_path.glob(".out.xml.partial/000001.xml")
        kept.write_bytes(kept.read_bytes()[:-30])
    fetched = fetch_found(
        server, search(server, "x"), tmp_path / "out.xml", query="y" if change == "other query" else "x"
    )
    assert fetched.records == len(fake.articles)
    assert len(fake.fetched()) == (4 if change == "damaged" else 5)


def test_a_redirect_is_not_followed(server: Server, fake: FakePubMed, httpserver: HTTPServer) -> None:
    fake.faults = [status(302, Location=httpserver.url_for("/elsewhere.fcgi"))]
    with pytest.raises(TiabError, match="sends on to another address"):
        search(server, "x")
    assert len(fake.asked) == 1


def test_an_endless_answer_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_ANSWER", 500)
    with pytest.raises(TiabError, match="more than"):
        search(server, "x")


def test_an_answer_with_entities_is_not_expanded(server: Server, fake: FakePubMed) -> None:
    entities = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    bomb = entities + b"<eSearchResult><Count>&b;</Count></eSearchResult>"
    fake.faults = [lambda name, answer: Response(bomb)] * 4
    with pytest.raises(TiabError, match="gave up"):
        search(server, "x")


def test_a_refused_query_is_said_at_once(server: Server, fake: FakePubMed) -> None:
    fake.faults = [
        lambda name, answer: Response("<eSearchResult><ERROR>Empty term and query_key</ERROR></eSearchResult>")
    ]
    with pytest.raises(TiabError, match="refuses the query: Empty term"):
        search(server, "x")
    fake.faults = [status(400)]
    with pytest.raises(TiabError, match="refuses: 400"):
        search(server, "x")
    with pytest.raises(TiabError, match="query is empty"):
        search(server, "  ")
    assert len(fake.asked) == 2


def test_pmids_that_pubmed_does_not_know_are_named(server: Server, tmp_path: Path) -> None:
    fetched = fetch_pmids(server, ["101", "999", "102", "101", "998", "997", "996", "995"], tmp_path / "out.xml")
    assert (fetched.records, fetched.missing) == (2, ("999", "998", "997", "996", "995"))
    with pytest.raises(TiabError, match="0 of 1 records came"):
        fetch_pmids(server, ["999"], tmp_path / "none.xml")


@pytest.mark.parametrize(
    ("text", "pmids"),
    [
        ("101\n\nPMID: 102\n00103\n101\n", ["101", "102", "103"]),
        ("record_id,pmid,doi\na,101,\nb,,10.1/x\nc,102,\n", ["101", "102"]),
        ("title;PMID\nYoga;101\n", ["101"]),
        ("PMID- 101\nTI  - Yoga\n\nPMID- 102\nTI  - Rowing\n", ["101", "102"]),
    ],
)
def test_pmids_from_a_file(tmp_path: Path, text: str, pmids: list[str]) -> None:
    path = tmp_path / "known.txt"
    path.write_text(text)
    assert read_pmids(path) == pmids


def test_a_line_that_is_no_pmid_is_named(tmp_path: Path) -> None:
    path = tmp_path / "known.txt"
    path.write_text("101\n10.1/x\n")
    with pytest.raises(InputError, match=r"line 2: '10\.1/x' is no PMID"):
        read_pmids(path)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_commands(httpserver: HTTPServer, fake: FakePubMed, tmp_path: Path) -> None:
    url = ("--server", httpserver.url_for("/"))
    result = run(
        "fetch", "pubmed", "--query", "yoga", "--until", "2017/10/31", "-o", tmp_path / "a.xml", *url, "--json"
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["records"] == 23
    assert fake.asked[0][1]["maxdate"] == "2017/10/31"
    (tmp_path / "known.txt").write_text("101\n999\n")
    result = run("fetch", "pmids", tmp_path / "known.txt", "-o", tmp_path / "b.ris", *url)
    assert result.exit_code == 0, result.output
    assert "doesn't know 1 of these PMIDs: 999" in result.stderr
    assert len(read_records(tmp_path / "b.ris")) == 1


def test_offline_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    result = run("fetch", "pubmed", "--query", "yoga", "-o", tmp_path / "a.xml", "--server", url)
    assert result.exit_code == 2
    assert re.fullmatch(
        r"tiab: cannot reach 127\.0\.0\.1:\d+\. Check the connection, then run it again\.\n", result.stderr
    )
    assert list(tmp_path.iterdir()) == []


def test_the_real_pool_of_a_review(httpserver: HTTPServer, fake: FakePubMed, tmp_path: Path) -> None:
    """Two of the 12 are outside the search, one PMID is unknown, and one leads to another study."""
    corpus = tmp_path / "corpus"
    shutil.copytree(corpus_path(), corpus)
    gold = [line.split(",")[0] for line in (corpus / "gold.csv").read_text().splitlines()[1:]]
    titles = {record.pmid: record.title for record in read_records(corpus / "records.csv") if record.record_id in gold}
    assert len(titles) == 12
    wrong, unknown, outside, *_ = titles
    for pmid, title in titles.items():
        fake.articles[pmid] = article(pmid, "Sleep in shift workers" if pmid == wrong else title)
        fake.days[pmid] = date(2016, 1, 1) if pmid != outside else date(2018, 1, 1)
    del fake.articles[unknown], fake.days[unknown]
    result = run("fetch", "review", corpus, "-o", tmp_path / "real", "--server", httpserver.url_for("/"), "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert [doubt["pmid"] for doubt in said["doubts"]] == [wrong]
    assert said["doubts"][0]["fetched_title"] == "Sleep in shift workers"
    assert said["missing"] == [unknown]
    assert set(said["outside"]) == {outside, unknown}
    assert said["searched"] == 23 + 10
    assert said["records"] == 23 + 11
    assert fake.asked[0][1]["maxdate"] == "2017/10/31"
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == ["gold.csv", "records.xml"]
    kept = {line.split(",")[0]: line for line in (tmp_path / "real" / "gold.csv").read_text().splitlines()}
    assert wrong not in "".join(kept.values())
    shown = run("fetch", "review", corpus, "-o", tmp_path / "real", "--server", httpserver.url_for("/"))
    assert "Sleep in shift workers" in shown.stdout
    assert "by DOI alone" in " ".join(shown.stdout.split())  # lines break where a path is long


CRITERIA = """
title = "Exercise and cytokines"
[intervention]
terms = ["exercise"]
[search]
pubmed = "exercise OR training"
until = 2009-12-31
"""


@pytest.fixture
def living(tmp_path: Path) -> Path:
    """A review whose search went to the end of 2009; it holds a record that PubMed calls 101."""
    criteria, known, folder = tmp_path / "criteria.toml", tmp_path / "known.nbib", tmp_path / "review"
    criteria.write_text(CRITERIA)
    known.write_text("PMID- 101\nTI  - Study number 101 of exercise & cytokines\nAB  - Ten trained – 101.\n")
    for arguments in (("new", folder, "--criteria", criteria), ("add", folder, known)):
        assert run(*arguments).exit_code == 0
    return folder


def round_of(folder: Path, httpserver: HTTPServer, *more: object) -> dict[str, Any]:
    result = run("update", folder, "--pubmed", *more, "--server", httpserver.url_for("/"), "--json")
    assert result.exit_code == 0, result.output
    said: dict[str, Any] = json.loads(result.stdout)
    return said


def test_a_living_review_asks_for_what_came_since(httpserver: HTTPServer, fake: FakePubMed, living: Path) -> None:
    """First from its criteria on, then from its last search on, a week before each; and what it has is known."""
    fake.days["110"] = date(2009, 12, 20)
    said = round_of(living, httpserver)
    assert (said["search"]["since"], said["search"]["found"]) == ("2009-12-24", 22)
    assert [(one["new"], one["known"] + one["duplicates"]) for one in said["files"]] == [(21, 1)]
    assert len(said["records"]) == 21
    term = fake.asked[0][1]["term"]
    assert term.startswith("(exercise OR training) AND (2009/12/24:")
    assert all(f"[{name}]" in term for name in ("edat", "crdt", "mhda"))
    assert (living / said["search"]["file"]).is_file()
    today = date.today()
    fake.articles["200"], fake.days["200"] = article("200"), today - timedelta(days=3)
    again = round_of(living, httpserver)
    assert (again["search"]["since"], again["search"]["found"]) == (str(today - timedelta(days=7)), 1)
    assert [row["record_id"] for row in again["records"]] == ["200"]
    assert round_of(living, httpserver)["records"] == []
    fake.days["200"] = date(2001, 1, 1)
    shown = run("update", living, "--pubmed", "--server", httpserver.url_for("/"))
    assert "PubMed has 0 records for the review's search from" in shown.stdout, shown.output
    assert "0 records are new" in shown.stdout
    assert round_of(living, httpserver, "--since", "2000-01-01")["search"]["found"] == 24
    with Review(living) as review:
        logged = [event.payload for event in review.events() if event.kind == "searched"]
    assert [payload["found"] for payload in logged] == [22, 1, 1, 0, 24]
    assert len({payload["file"] for payload in logged}) == 5
    assert run("report", living, "-o", living / "report.json").exit_code == 0
    own, first, *_ = searches = json.loads((living / "report.json").read_text())["searches"]
    assert own == {"query": "exercise OR training", "since": "", "until": "2009-12-31", "found": None, "at": ""}
    assert (first["since"], first["until"], first["found"]) == ("2009-12-24", str(today), 22)
    assert len(searches) == 6
    assert run("report", living, "-o", living / "report.md").exit_code == 0
    assert f"exercise OR training | 2009-12-24 to {today} | 22 |" in (living / "report.md").read_text()


def test_the_page_asks_pubmed_and_shows_what_is_new(
    httpserver: HTTPServer,
    fake: FakePubMed,
    living: Path,
    monkeypatch: pytest.MonkeyPatch,
    serve: Callable[[ReviewerSession], str],
    window: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
) -> None:
    settings = Settings(url=httpserver.url_for("/"), per_second=1e6, pause=0.001, tries=2, batch=5)
    monkeypatch.setattr(Settings, "from_environment", lambda: settings)
    today = date.today()
    with Review(living) as review, closing(ReviewerSession(review, reviewer="eva")) as session, window() as page:
        page.goto(serve(session))
        page.goto(page.url.split("?")[0] + "update")
        expect(page.locator(".query")).to_have_text("exercise OR training")
        fake.faults = [status(500)] * 2
        page.locator("#pubmed button").click()
        expect(page.locator("#reports .failed")).to_contain_text("gave up after 2 tries")
        assert review.searches() == ()
        page.locator("#pubmed button").click()
        report = page.locator("#reports li").first
        expect(report).to_contain_text(f"PubMed has 23 records for the review's search from 2009-12-24 to {today}")
        expect(report).to_contain_text("22 records are new; 1 the review had already.")
        expect(report).to_contain_text("20 of 22")
        accessible(page, "an update from PubMed")
        assert [search["found"] for search in review.searches()] == [23]
        page.get_by_label("Since").fill("2000-01-01")
        page.locator("#pubmed button").click()
        expect(page.locator("#reports li").first).to_contain_text("0 records are new")
        page.reload()
        expect(page.locator(".pubmed")).to_contain_text(f"2000-01-01 to {today}")
        assert review.status().left == 23


def test_another_search_goes_back_to_the_criteria(httpserver: HTTPServer, fake: FakePubMed, living: Path) -> None:
    round_of(living, httpserver)
    criteria = living / "criteria.toml"
    criteria.write_text(criteria.read_text().replace("OR training", "OR yoga"))
    assert round_of(living, httpserver)["search"]["since"] == "2009-12-24"


def test_an_update_that_broke_off_is_taken_up(
    httpserver: HTTPServer, fake: FakePubMed, living: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_tries = Settings(per_second=1e6, pause=0.001, batch=5, tries=2)
    monkeypatch.setattr(Settings, "from_environment", lambda: replace(slow_tries, url=httpserver.url_for("/")))
    fake.faults = [lambda name, answer: answer] * 3 + [status(500)] * 2
    broken = run("update", living, "--pubmed")
    assert broken.exit_code == 2
    assert "what has come is kept" in broken.stderr
    fake.asked.clear()
    assert run("update", living, "--pubmed").exit_code == 0
    assert [form["retstart"] for form in fake.fetched()] == ["10", "15", "20"]
    assert sorted(path.suffix for path in living.iterdir() if "pubmed" in path.name) == [".gz"]
    with Review(living) as review:
        assert review.status().left == 23


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        ('title = "T"\n[intervention]\nterms = ["yoga"]\n', "has no search to repeat"),
        (CRITERIA.replace("until = 2009-12-31", ""), "doesn't say how far the search went"),
    ],
)
def test_a_review_that_does_not_say_how_it_searched(
    httpserver: HTTPServer, fake: FakePubMed, living: Path, criteria: str, message: str
) -> None:
    (living / "criteria.toml").write_text(criteria)
    result = run("update", living, "--pubmed", "--server", httpserver.url_for("/"))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "[search]" in result.stderr
    assert fake.asked == []


def test_an_update_without_anything_to_add_is_refused(living: Path) -> None:
    assert "there is nothing to add" in run("update", living).stderr
    alone = run("update", living, "more.csv", "--since", "2020-01-01")
    assert alone.exit_code == 2
    assert "Give --pubmed, too" in alone.stderr


@pytest.mark.shared
def test_real_records(httpserver: HTTPServer, shared: Path, tmp_path: Path) -> None:
    """The first 450 of a real file, asked for as a search would be: what comes is what was there."""
    articles: dict[str, bytes] = {}
    with gzip.open(shared / "pubmed" / "pubmed21n1298.xml.gz") as stream:
        data = stream.read(8 << 20)
    for match in re.finditer(rb"<PubmedArticle>.*?</PubmedArticle>", data, re.DOTALL):
        pmid = re.search(rb"<PMID[^>]*>(\d+)<", match[0])
        assert pmid
        articles.setdefault(pmid[1].decode(), match[0])
        if len(articles) == 450:
            break
    pubmed = FakePubMed(articles)
    httpserver.expect_request(re.compile(r"/.*\.fcgi")).respond_with_handler(pubmed)
    with Server(Settings(url=httpserver.url_for("/"), per_second=1e6, pause=0.001)) as server:
        pubmed.faults = [cut, status(500)]
        fetch_found(server, search(server, "x"), tmp_path / "out.xml.gz")
    direct = tmp_path / "direct.xml"
    direct.write_bytes(b"<PubmedArticleSet>" + b"".join(articles.values()) + b"</PubmedArticleSet>")
    fetched = [replace(record, source="") for record in read_records(tmp_path / "out.xml.gz")]
    assert fetched == [replace(record, source="") for record in read_records(direct)]
