"""The documentation site: built strictly, read without a network, and with a place for everything that is public."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

import tiab
from docs_site.commands import commands_page
from docs_site.hooks import ELSEWHERE
from run_notebooks import printed_by, stored_in
from tiab.assets import corpus_path
from tiab.cli.commands import COMMANDS
from tiab.formats import FORMATS

LOADS = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "link": ("href",),
}
"""What a browser fetches by itself, and the attribute that says from where."""

KINDS = (
    "index.html",  # tabs and keys
    "how-to/bring-your-search.html",  # pictures, tables, commands and their output
    "how-to/python.html",  # Python
    "contributing/architecture.html",  # a drawing
    "reference/python.html",  # docstrings
    "benchmarks/speed.html",  # wide tables, some with an empty corner
)
"""Pages that between them have everything that a page can have."""


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


class _Loaded(HTMLParser):
    """What a page loads, and the pages that it links to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.loads += [given[name] for name in LOADS.get(tag, ()) if name in given]
        if tag == "a" and "href" in given:
            self.links.append(given["href"])


def text_of(path: Path) -> str:
    """The words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")).split())


def test_nothing_is_fetched_from_elsewhere_and_everything_is_there(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 35
    for page in pages:
        for target in _Loaded(page).loads:
            parts = urlsplit(target)
            assert not parts.scheme or parts.scheme == "data", f"{page.name} loads {target}"
            if parts.path and page.name != "404.html":  # which doesn't know where it is read from
                assert (page.parent / unquote(parts.path)).is_file(), f"{page.relative_to(site)} lacks {target}"
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//|@import", style.read_text(encoding="utf-8")), style


def test_it_opens_from_a_folder_and_its_search_works(
    site: Path, window: Callable[..., AbstractContextManager[Page]]
) -> None:
    with window() as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "index.html").as_uri())
        page.locator("input.md-search__input").click()
        page.keyboard.type("elusion")
        page.locator(".md-search-result__item a").first.wait_for()
        assert "metrics.html" in "".join(
            link.get_attribute("href") or "" for link in page.locator(".md-search-result__item a").all()
        )
        assert {urlsplit(url).scheme for url in asked} <= {"file", "data", "blob"}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_page_of_each_kind_is_accessible(
    site: Path,
    window: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    """`scripts/check_site.py` checks every page, which takes minutes."""
    with window(scheme, width) as page:
        for name in KINDS:
            page.goto((site / name).as_uri())
            accessible(page, f"{name}, {scheme}, {width} px")
            assert page.locator("img[alt='']").count() == 0, name


def test_every_command_and_every_public_name_has_its_place(site: Path) -> None:
    commands = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f'id="tiab-{name}"' in commands, name
    python = (site / "reference" / "python.html").read_text(encoding="utf-8")
    for name in tiab.__all__:
        assert re.search(rf'id="tiab\.(?:\w+\.)*{name}"', python), name
    formats = text_of(site / "reference" / "file-formats.html")
    for name in FORMATS:
        assert name in formats, name


def test_commands_are_shown_in_plain_words() -> None:
    page = commands_page()
    assert "tiab rank [OPTIONS] files…\n" in page
    assert "| `--top <number>` | How many records to show. *(default: 10; at least 0)* |" in page
    assert not re.search(r"x>=|<=x|int range|<str>|[{}]", page)


def test_doctests_are_shown_as_code(site: Path) -> None:
    python = (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert "&gt;&gt;&gt; " in re.sub(r"</?span[^>]*>", "", python)
    assert "<blockquote>" not in python


def test_the_first_page_leads_to_what_a_stranger_asks(site: Path) -> None:
    links = " ".join(_Loaded(site / "index.html").links)
    for answer in ("working-together", "your-data", "when-to-stop", "evidence", "limits", "tutorial"):
        assert f"{answer}.html" in links, answer


def test_pages_outside_of_docs_are_shown_where_they_are_named(root: Path, site: Path) -> None:
    for path, shown in ELSEWHERE.items():
        assert (root / path).is_file()
        assert (site / re.sub(r"\.md$", ".html", shown)).is_file(), shown


def test_a_notebook_prints_what_it_says(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = (root / "docs").rglob("*.ipynb")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    monkeypatch.chdir(corpus_path())
    assert printed_by(notebook) == stored_in(notebook)


def test_a_notebook_uses_public_names_alone(root: Path) -> None:
    (path,) = (root / "docs").rglob("*.ipynb")
    source = "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
    assert set(re.findall(r"\btiab\.([a-z]\w+)\(", source)) <= set(tiab.__all__)
    assert set(re.findall(r"from (tiab\S*) import", source)) <= {"tiab.metrics", "tiab.stopping"}


def test_the_site_is_kept_by_nobody(root: Path) -> None:
    """It is built, so it is neither committed nor shipped."""
    assert "site/" in (root / ".gitignore").read_text(encoding="utf-8").split()
