"""What every test may ask for."""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tiab.web import Desk

ROOT = Path(__file__).resolve().parent.parent


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


@contextmanager
def _served(desk: Desk) -> Iterator[str]:
    from tiab.web.serving import listen, make_server

    with listen(0) as listening:
        server, address = make_server(desk, listening)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Desk], str]]:
    """Serves a desk until the test ends; gives the address that a reviewer would open."""
    with ExitStack() as stack:
        yield lambda desk: stack.enter_context(_served(desk))


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
