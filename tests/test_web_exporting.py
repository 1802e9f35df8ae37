"""What is taken along from the page: records, labels, the report; and who is blinded takes only their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tiab.decisions import read_labels
from tiab.formats import read_records
from tiab.review import Policy, Review
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'"  # unclosed, so that it outlives the cleaning of texts


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "s.csv").write_text(
        "record_id,title,abstract\n" + "".join(f'{n},Study {n} {SCRIPT},"About {n}"\n' for n in range(6))
    )
    with Review.create(tmp_path / "the réview") as made:
        made.add([tmp_path / "s.csv"])
        made.set_policy(Policy(scheme="one", blinded=False))
        for record_id, eva, kim in (
            ("0", "include", "include"),
            ("1", "exclude", "exclude"),
            ("2", "maybe", "exclude"),
        ):
            made.label(record_id, eva, reviewer="eva", reason="mine" if eva == "exclude" else "")
            made.label(record_id, kim, reviewer="kim", reason="of kim")
        made.label("3", "include", reviewer="kim")
        made.learn("eva")
        yield made


def saved(answer: httpx.Response, path: Path) -> Path:
    assert answer.status_code == 200
    path.write_bytes(answer.content)
    return path


@pytest.mark.parametrize("kind", ["ris", "csv", "xlsx", "nbib", "bib", "xml"])
def test_records_in_each_format(
    session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client], tmp_path: Path, kind: str
) -> None:
    answer = enter(session).post("/export/records", json={"format": kind, "own": False})
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''the%20r%C3%A9view.{kind}"
    path = saved(answer, tmp_path / f"out.{kind}")
    assert len(read_records(path)) == 6


def test_by_decision_and_whose(
    session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client], tmp_path: Path
) -> None:
    page = enter(session)
    for own, only, ids in (
        (False, ["include"], {"0", "3"}),
        (True, ["include"], {"0"}),
        (True, ["include", "maybe"], {"0", "2"}),
    ):
        wanted = {"format": "csv", "own": own, "only": only}
        path = saved(page.post("/export/records", json=wanted), tmp_path / "out.csv")
        assert {record.record_id for record in read_records(path)} == ids
    labels = page.post("/export/records", json={"what": "decisions", "format": "xlsx", "own": True})
    path = saved(labels, tmp_path / "labels.csv")
    assert {key: str(decision) for key, decision in read_labels(path).items()} == {
        "0": "include",
        "1": "exclude",
        "2": "maybe",
    }
    assert "About" not in path.read_text()
    assert sum(event.kind == "exported" for event in session.review.events()) == 4


def test_the_report(session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]) -> None:
    answer = enter(session).post("/export/report", json={})
    assert answer.headers["content-disposition"].endswith("-report.html")
    assert answer.headers["content-type"] == "application/octet-stream"  # saved, never shown as a page of this address
    assert "<html" in answer.text
    assert "<script>document" not in answer.text


def test_who_is_blinded_takes_their_own_alone(review: Review, enter: Callable[[ReviewerSession], httpx.Client]) -> None:
    blind = ReviewerSession(review, reviewer="eva", blind=True)
    page = enter(blind)
    assert "You are blinded" in page.get("/export").text
    for wanted in ({"format": "csv", "own": False}, {"what": "decisions", "own": False}):
        text = page.post("/export/records", json=wanted).text
        assert "mine" in text
        assert "kim" not in text
    assert page.post("/export/report", json={}).status_code == 404
    blind.close()


def test_attacks(session: ReviewerSession, enter: Callable[[ReviewerSession], httpx.Client]) -> None:
    page = enter(session)
    assert page.post("/export/records", json={"format": "../../x"}).status_code == 422
    assert page.post("/export/records", json={"only": ["everything"]}).status_code == 422
    assert page.get("/export/report").status_code == 405
    page.headers["Origin"] = "http://evil.example"
    assert page.post("/export/records", json={}).status_code == 403


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_a_file_is_saved_by_the_browser(
    session: ReviewerSession,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with open_page(session, "/export", scheme, width) as page:
        accessible(page, "export")
        page.locator("input[value=include]").check()
        with page.expect_download() as saving:
            page.get_by_role("button", name="Export").press("Enter")
        assert saving.value.suggested_filename == "the réview.ris"
        assert len(read_records(saving.value.path())) == 2
