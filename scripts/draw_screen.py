"""The pictures of the pages in the README and the docs, from the embedded corpus as somebody would see it on the way.

    python scripts/draw_screen.py [NAME…]

It draws all of them, or those named, light and dark, into docs/pictures. Some records are decided as the corpus has
them labelled, the last of them at the pace of a reader, so that it takes some minutes. It needs Chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Literal

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tiab.assets import corpus_path
from tiab.decisions import read_labels
from tiab.labels import Decision
from tiab.report.building import build_report
from tiab.report.rendering import render_html
from tiab.review import Policy
from tiab.web import OpenReviews, ReviewerSession, listen
from tiab.web.home import make_home
from tiab.web.pages.home import address_of
from tiab.web.serving import entrance
from tiab.web.user_files import HomeFile

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SCALE, COLOURS = 1.5, 128
AT_ONCE, SLOWLY, SECONDS = 22, 6, 12
TITLE = "Yoga for chronic low back pain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page of the review (`review`), or of all reviews; `part` is the one element of it that is drawn."""

    path: str = ""
    review: bool = True
    part: str = ""
    size: tuple[int, int] = (1280, 860)


ALL = {
    "home": Picture(review=False, size=(1280, 760)),
    "new-review": Picture(path="new", review=False, size=(1280, 760)),
    "import": Picture(path="import"),
    "criteria": Picture(path="criteria", size=(1280, 1000)),
    "screen": Picture(size=(1280, 1000)),
    "records": Picture(path="records", size=(1280, 900)),
    "progress": Picture(part="#progress"),
    "evidence": Picture(path="evidence"),
    "report": Picture(path="report", size=(1280, 1100)),
    "screen-phone": Picture(size=(390, 844)),
}


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


@contextmanager
def served() -> Iterator[tuple[str, str, ReviewerSession]]:
    """The address of the page of all reviews, that of the review which is screened, and the session on it."""
    reviews = OpenReviews(HomeFile())
    reviews.home.set_person("eva")
    reviews.create(TITLE, "", "eva", Policy())
    key = reviews.example()
    with listen(0) as listening:
        port = listening.getsockname()[1]
        app = make_home(reviews, token="drawn", port=port)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            home = entrance("drawn", port)
            yield home, home.split("?")[0] + address_of(key), reviews.session(key)
        finally:
            server.should_exit = True
            thread.join()


def draw(browser: Browser, home: str, review: str, name: str, scheme: Literal["light", "dark"]) -> None:
    """One picture, small enough for a page of the docs."""
    picture = ALL[name]
    width, height = picture.size
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": height}, device_scale_factor=SCALE
    )
    page = context.new_page()
    page.goto(home)
    page.goto(picture.path if "://" in picture.path else (review if picture.review else page.url) + picture.path)
    page.wait_for_load_state("networkidle")
    taken = page.locator(picture.part).screenshot() if picture.part else page.screenshot()
    suffix = "-dark" if scheme == "dark" else ""
    few = Image.open(BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}{suffix}.png", optimize=True)
    context.close()


def main(names: list[str]) -> int:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as person:
        os.environ["HOME"] = person  # whose reviews are in ~/tiab
        for variable in ("XDG_CONFIG_HOME", "TIAB_HOME"):
            os.environ.pop(variable, None)
        with served() as (home, review, session):
            screen(session)
            report = Path(person) / "report.html"
            report.write_text(render_html(build_report(session.review)), encoding="utf-8")
            ALL["report"] = replace(ALL["report"], path=report.as_uri())
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                for name in names or ALL:
                    draw(browser, home, review, name, "light")
                    draw(browser, home, review, name, "dark")
                browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
