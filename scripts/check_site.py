"""What axe finds wrong with every page of the built documentation, light and dark, on a desktop and on a phone.

    make docs && python scripts/check_site.py [SITE]

It prints each violation once, with the pages that have it, and exits with status 1 if there are any. It needs Chromium
and takes some three minutes; `tests/test_docs_site.py` does the same for one page of each kind.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

SITE = Path(__file__).resolve().parents[1] / "site"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def wrong_with(page: Page) -> Iterator[str]:
    """What is wrong with a page that is open, one line for each violation."""
    for violation in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
        for node in violation["nodes"]:
            yield f"{violation['id']}: {node['html'][:120]}"
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "wider than its window"


def check(site: Path) -> dict[str, list[str]]:
    """Each violation, and where it was found."""
    found = defaultdict(list)
    pages = sorted(path for path in site.rglob("*.html") if path.name != "404.html")  # which is only right on a server
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, CHROMIUM)), None),
            args=["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else [],
        )
        for scheme in SCHEMES:
            for width in WIDTHS:
                page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 840})
                for path in pages:
                    page.goto(path.as_uri())
                    for line in wrong_with(page):
                        found[line].append(f"{path.relative_to(site)}, {scheme}, {width} px")
                page.close()
        browser.close()
    return dict(found)


def main() -> None:
    """Checks the site in the folder that is given, or in `site`."""
    found = check(Path(sys.argv[1]) if len(sys.argv) > 1 else SITE)
    for line, places in found.items():
        print(line, *places[:5], f"… {len(places)} in all" if len(places) > 5 else "", sep="\n    ")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
