"""What every test may ask for."""

from __future__ import annotations

import gc
import gzip
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import httpx
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import socket

    import uvicorn
    from playwright.sync_api import Browser, Page

    from tiab.review import Review
    from tiab.web import OpenReviews, ReviewerSession

# How long an example takes, or is in the making, hangs on what else the machine does.
settings.register_profile("tiab", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tiab")

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120
"""Seconds that a busy machine is given for what an idle one does at once; only what never comes takes as long."""


@pytest.fixture(scope="session", autouse=True)
def _own_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither read nor change what tiab keeps for whoever runs them."""
    folder = tmp_path_factory.mktemp("person")
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        changed.setenv("TIAB_HOME", str(folder / "tiab"))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data for measuring; a test that asks for it is skipped where a user doesn't have it."""
    folder = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
    if not (folder / "README.md").is_file():
        pytest.skip(f"no data for measuring in {folder.name}: set TIAB_SHARED to its folder")
    return folder.resolve()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits until something holds, however long that takes a busy machine."""

    def wait(holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, "it never came"
            time.sleep(0.02)

    return wait


@pytest.fixture
def port() -> int:
    """A port of this computer that no test is given by chance: those below 32768 are handed out to nobody."""
    from tiab.errors import TiabError
    from tiab.web import listen

    for number in range(20_000 + os.getpid() % 10_000, 32_000):
        try:
            listen(number).close()
        except TiabError:
            continue
        return number
    pytest.fail("every port is taken")


@pytest.fixture
def start() -> Callable[..., AbstractContextManager[subprocess.Popen[str]]]:
    """Runs tiab as somebody types it, with these words and without a browser, until Ctrl-C ends it."""

    @contextmanager
    def started(*words: object) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "tiab", *map(str, words), "--no-browser"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            try:
                yield running
                running.send_signal(signal.SIGINT)
                running.wait(PATIENCE)
            finally:
                running.kill()

    return started


@contextmanager
def _running(server: uvicorn.Server, listening: socket.socket) -> Iterator[None]:
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _served(session: ReviewerSession) -> Iterator[str]:
    from tiab.web.serving import listen, make_server

    with _letting_go(), listen(0) as listening:
        server, address = make_server(session, listening)
        with _running(server, listening):
            yield address
        del server


@pytest.fixture
def serve_home() -> Callable[[OpenReviews, str], AbstractContextManager[str]]:
    """Serves the page of all reviews with a token; gives the address that opens it."""
    import uvicorn

    from tiab.web.home import make_home
    from tiab.web.serving import entrance, listen

    @contextmanager
    def served(reviews: OpenReviews, token: str) -> Iterator[str]:
        with _letting_go(), listen(0) as listening:
            port = listening.getsockname()[1]
            app = make_home(reviews, token=token, port=port)
            with _running(uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none")), listening):
                yield entrance(token, port)
            del app

    return served


@contextmanager
def _letting_go() -> Iterator[None]:
    """Collects what a browser connected to while the server went down: that is nobody's to close, and no leak."""
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture
def serve() -> Iterator[Callable[[ReviewerSession], str]]:
    """Serves a session until the test ends; gives the address that a reviewer would open."""
    with ExitStack() as stack:
        yield lambda session: stack.enter_context(_served(session))


@pytest.fixture
def pubmed_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a PubMed file: `pubmed_file(name, [(pmid, day revised, title, abstract), …], deleted=[pmid, …])`."""

    def write(name: str, citations: Iterable[tuple[int, int, str, str]], deleted: Iterable[int] = ()) -> Path:
        articles = "".join(
            f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
            f"<DateRevised><Year>{day // 10000}</Year><Month>{day // 100 % 100}</Month><Day>{day % 100}</Day>"
            f"</DateRevised><Article><ArticleTitle>{title}</ArticleTitle>"
            f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract><Language>eng</Language></Article>"
            "</MedlineCitation></PubmedArticle>\n"
            for pmid, day, title, abstract in citations
        )
        gone = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
        tail = f"<DeleteCitation>{gone}</DeleteCitation>" if gone else ""
        path = tmp_path / name
        path.write_bytes(gzip.compress(f"<PubmedArticleSet>{articles}{tail}</PubmedArticleSet>".encode()))
        return path

    return write


@contextmanager
def _entered(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address.split("/?")[0], trust_env=False, timeout=PATIENCE) as client:
        assert client.get(address, follow_redirects=True).status_code == 200
        client.headers["Origin"] = f"http://{client.base_url.netloc.decode()}"
        yield client


@pytest.fixture
def enter(serve: Callable[[ReviewerSession], str]) -> Iterator[Callable[[ReviewerSession], httpx.Client]]:
    """Serves a session; gives a client that came by its address, as a browser does, and writes as its page does."""
    with ExitStack() as stack:
        yield lambda session: stack.enter_context(_entered(serve(session)))


@pytest.fixture
def session(review: Review) -> Iterator[ReviewerSession]:
    """Eva's session on the module's own `review`."""
    from tiab.web import ReviewerSession

    made = ReviewerSession(review, reviewer="eva")
    yield made
    made.close()


@pytest.fixture
def page(session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]) -> httpx.Client:
    """What Eva's browser sends and gets, where no browser is needed."""
    return enter(session)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, but not where a machine ran them to be sure."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * PATIENCE)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium here: install the package chromium")
    # Every name leads to this computer, so that a page elsewhere can be played.
    options = ["--host-resolver-rules=MAP * 127.0.0.1", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=chromium, args=options)
        yield launched
        launched.close()


@pytest.fixture
def window(browser: Browser) -> Callable[..., AbstractContextManager[Page]]:
    """Opens a window in a colour scheme and a width; in it nothing may go wrong unseen."""

    @contextmanager
    def open_window(scheme: Literal["light", "dark"] = "light", width: int = 1280) -> Iterator[Page]:
        context = browser.new_context(
            color_scheme=scheme,
            viewport={"width": width, "height": 840},
            reduced_motion="reduce",  # no contrast is measured while something fades
        )
        opened, wrong = context.new_page(), []
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.set_default_timeout(1000 * PATIENCE)
        try:
            yield opened
        finally:
            context.close()
        assert not wrong

    return open_window


@pytest.fixture
def open_page(
    window: Callable[..., AbstractContextManager[Page]], serve: Callable[[ReviewerSession], str]
) -> Callable[..., AbstractContextManager[Page]]:
    """Opens one of a session's pages, such as "/criteria", in a window."""

    @contextmanager
    def entered(session: ReviewerSession, path: str, scheme: Literal["light", "dark"], width: int) -> Iterator[Page]:
        with window(scheme, width) as page:
            page.goto(serve(session))
            page.goto(page.url.rstrip("/") + path)
            yield page

    return entered


@pytest.fixture
def accessible() -> Callable[[Page, str], None]:
    """Says what axe finds wrong with a page, or that it is wider than its window."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: Page, what: str) -> None:
        page.wait_for_load_state()  # a link's page may have arrived by half
        found = Axe().run(page)
        assert found.violations_count == 0, f"{what}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{what} is too wide"

    return check
