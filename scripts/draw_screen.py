"""The pictures of the page in the README, made from the embedded corpus as somebody would see it after some screening.

    python scripts/draw_screen.py [NAME…]

It draws all of them, or those named. It decides on some records as the corpus has them labelled, some of them at the
pace of a reader, so that those of screening take two minutes. It needs Chromium.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tiab.assets import corpus_path
from tiab.decisions import read_labels
from tiab.labels import Decision
from tiab.review import Review
from tiab.web import ReviewerSession
from tiab.web.serving import listen, make_server

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = (
    ("screen.png", "", "light", 1280, 1000),
    ("screen-narrow.png", "", "dark", 390, 844),
    ("criteria.png", "criteria", "light", 1280, 900),
)
AT_ONCE, SLOWLY, SECONDS = 22, 6, 18


def screen(session: ReviewerSession) -> None:
    """Decides as the corpus has it; "maybe" where it leaves it open."""
    labels = read_labels(corpus_path() / "records.csv")
    for number in range(AT_ONCE + SLOWLY):
        session.review.learn(session.reviewer)
        record_id = session.next_id()
        if record_id is None:
            return
        session.decide(record_id, labels.get(record_id, Decision.MAYBE), token=f"drawn {number}", seen=0)
        time.sleep(SECONDS if number >= AT_ONCE else 0)


def draw(browser: Browser, address: str, name: str, path: str, scheme: str, width: int, height: int) -> None:
    """One picture of a page."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height})  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.goto(page.url + path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=DOCS / name)
    context.close()


def main(names: list[str]) -> int:
    chosen = [picture for picture in PICTURES if not names or picture[0] in names]
    with tempfile.TemporaryDirectory() as parent:
        Review.create(Path(parent) / "ms", corpus_path() / "criteria.toml").close()
        with Review(Path(parent) / "ms") as review, listen(0) as listening:
            review.add([corpus_path() / "records.csv"])
            session = ReviewerSession(review, reviewer="eva")
            if any(not path for _, path, *_ in chosen):
                screen(session)
            server, address = make_server(session, listening)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                for picture in chosen:
                    draw(browser, address, *picture)
                browser.close()
            server.should_exit = True
            thread.join()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
