"""Choosing a folder in the page: what is listed, what is not, and what it leads to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tiab.errors import InputError
from tiab.review import Review
from tiab.web import OpenReviews
from tiab.web.pages.folders import list_folder
from tiab.web.user_files import HomeFile


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home folder, with a review in a folder of theirs."""
    person = tmp_path / "eva"
    monkeypatch.setattr(Path, "home", lambda: person)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("TIAB_HOME", raising=False)
    for name in ("Documents/thesis", "Documents/Ängste & Ziele", ".hidden", "Downloads"):
        (person / name).mkdir(parents=True)
    (person / "Documents" / "notes.txt").touch()
    Review.create(person / "Documents" / "sleep").close()
    return person


@pytest.fixture
def address(person: Path, serve_home: Callable[[OpenReviews, str], AbstractContextManager[str]]) -> Iterator[str]:
    with serve_home(OpenReviews(HomeFile()), "t" * 43) as opened:
        yield opened


def test_reviews_come_first_and_hidden_folders_and_files_not_at_all(person: Path) -> None:
    found = list_folder(person / "Documents", [person])
    assert [one.name for one in found.reviews] == ["sleep"]
    assert [one.name for one in found.others] == ["thesis", "Ängste & Ziele"]
    assert found.above == (person,)
    assert [one.name for one in list_folder(person, [person]).others] == ["Documents", "Downloads"]


@pytest.mark.parametrize("elsewhere", ["..", "Documents/../..", "../eva2", "../../../../etc"])
def test_nothing_above_the_home_folder_is_listed(person: Path, elsewhere: str) -> None:
    (person.parent / "eva2").mkdir()
    with pytest.raises(InputError, match="only folders in your home folder"):
        list_folder(person / elsewhere, [person])


def test_what_cannot_be_listed_says_why(person: Path) -> None:
    assert list_folder(person / "gone", [person]).problem
    assert list_folder(person / "Documents" / "notes.txt", [person]).problem


def test_strangers_and_other_hosts_see_no_folder(address: str) -> None:
    inside = address.split("?")[0]
    with httpx.Client(trust_env=False, timeout=120) as stranger:
        assert stranger.get(f"{inside}folders").status_code == 403
        stranger.get(address)
        assert stranger.get(f"{inside}folders").status_code == 200
        assert stranger.get(f"{inside}folders", headers={"Host": "evil.example"}).status_code == 421
        for outside in (os.sep, "/etc", "\0", "x" * 5000):
            answer = stranger.get(f"{inside}folders", params={"at": outside})
            assert answer.status_code in (200, 400, 422)
            assert "passwd" not in answer.text


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_review_is_opened_and_a_place_chosen_by_clicks_alone(
    window: Callable[..., AbstractContextManager[Page]],
    address: str,
    person: Path,
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    with window(scheme, width) as page:
        page.goto(address)
        page.get_by_role("link", name="Choose a folder").first.click()
        accessible(page, "the home folder")
        page.get_by_role("link", name="Documents").click()
        page.get_by_role("link", name="Ängste").click()
        expect(page.get_by_text("No folders in here.")).to_be_visible()
        page.get_by_role("link", name="Documents").click()
        accessible(page, "a folder with a review")
        page.get_by_role("button", name="Open sleep").click()
        expect(page.get_by_role("heading", name="No records yet")).to_be_visible()
        page.get_by_role("link", name="all reviews").click()
        expect(page.locator("#reviews")).to_contain_text("sleep")
        page.get_by_text("Choose another place").click()
        page.get_by_role("link", name="Choose a folder").last.click()
        page.get_by_role("link", name="Downloads").click()
        page.get_by_role("button", name="Keep new reviews here").click()
        expect(page.locator("#reviews-folder")).to_have_text("~/Downloads")
