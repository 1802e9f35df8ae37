"""A person who has only typed `tiab`: from two files to ten decisions, an export and a report, in a real Chromium."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tiab.review import Review

Window = Callable[..., AbstractContextManager[Page]]
Start = Callable[..., AbstractContextManager[subprocess.Popen[str]]]

RIS = "TY  - JOUR\nTI  - {title}\nAB  - {abstract}\nPY  - {year}\nDO  - 10.5555/{number}\nER  - \n\n"
STUDIES = [("Yoga for asthma", "A randomised trial in adults with asthma; lung function improved after yoga.")] * 8
OTHERS = [("Tax law in small towns", "The law of taxes, and of fees that towns may ask for.")] * 12


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person of their own, and where their reviews are."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("TIAB_HOME", str(tmp_path / "reviews"))
    return tmp_path / "reviews"


@pytest.fixture
def exports(tmp_path: Path) -> list[Path]:
    """Two search exports."""
    files = []
    for name, rows in (("pubmed.ris", [*STUDIES, *OTHERS[:4]]), ("embase.ris", OTHERS[4:])):
        path = tmp_path / name
        text = [
            RIS.format(title=f"{title}, part {n}", abstract=f"{abstract} Part {n}.", year=2000 + n, number=f"{name}{n}")
            for n, (title, abstract) in enumerate(rows)
        ]
        path.write_text("".join(text))
        files.append(path)
    return files


def told(running: subprocess.Popen[str]) -> str:
    """The address that it prints."""
    return (running.stdout.readline() if running.stdout else "").strip()


def shown(page: Page) -> str:
    return page.locator("#record").get_attribute("data-record") or ""


def press(page: Page, key: str) -> str:
    """Presses a key that leads to another record; the one that was shown before."""
    expect(page.locator("#record")).to_have_attribute("data-record", re.compile("."))
    before = shown(page)
    page.keyboard.press(key)
    expect(page.locator("#record")).not_to_have_attribute("data-record", before)
    return before


def make_review(page: Page, exports: list[Path], *, accessible: Callable[[Page, str], None]) -> None:
    """From the page of all reviews to the first record."""
    accessible(page, "the page of somebody new")
    page.get_by_role("link", name="New review").click()
    accessible(page, "a new review")
    page.get_by_label("Title").fill("Yoga in asthma")
    page.get_by_role("button", name="Create review").click()
    page.locator("input[type=file]").set_input_files(exports)
    expect(page.locator("#reports")).to_contain_text("embase.ris")
    expect(page.locator("#next")).to_contain_text("20 records to screen")
    accessible(page, "files that were imported")
    page.get_by_role("link", name="Criteria").click()
    page.get_by_label("Population").fill("asthma")
    page.get_by_label("Intervention").fill("yoga, asana*")
    page.get_by_label("Comparator").fill("usual care")
    page.get_by_label("Outcome").fill("lung function")
    page.get_by_label("Study designs").fill("RCT")
    page.get_by_role("button", name="Save criteria").click()
    expect(page.locator("#message")).to_contain_text("Saved")
    expect(page.locator("#counts")).to_contain_text("8 of 20 records have every required concept")
    page.get_by_role("link", name="Start screening").click()
    expect(page.locator("#title")).to_contain_text("Yoga")
    page.wait_for_load_state()  # keys are heard from here on


def test_from_nothing_to_an_export_and_a_report(
    window: Window,
    home: Path,
    exports: list[Path],
    start: Start,
    port: int,
    accessible: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    with start("--port", port) as running, window() as page:
        page.goto(told(running))
        make_review(page, exports, accessible=accessible)
        first, said = shown(page), {}
        page.get_by_role("button", name="Include").click()
        expect(page.locator("#record")).not_to_have_attribute("data-record", first)
        for key in "iieeuieie":
            record = press(page, key)
            said[record] = {"i": "include", "e": "exclude", "u": "maybe"}[key]
        expect(page.locator("#counts")).to_contain_text("10 screened")
        press(page, "z")
        assert shown(page) == record
        expect(page.locator("#counts")).to_contain_text("9 screened")
        page.get_by_role("link", name="Conflicts").click()
        expect(page.get_by_text("No conflicts to resolve")).to_be_visible()
        page.get_by_role("link", name="Export", exact=True).click()
        page.locator("#format").select_option("ris")
        with page.expect_download() as saving:
            page.get_by_role("button", name="Export").click()
        saving.value.save_as(tmp_path / "out.ris")
        with page.expect_download() as saving:
            page.get_by_role("button", name="report").click()
        saving.value.save_as(tmp_path / "report.html")
        page.get_by_role("link", name="all reviews").click()
        expect(page.locator("#reviews")).to_contain_text("9 of 20 records screened")
        accessible(page, "the page of all reviews")
    assert (tmp_path / "out.ris").read_text().count("ER  -") == 20
    assert "Yoga in asthma" in (tmp_path / "report.html").read_text()
    with Review(home / "yoga-in-asthma") as review:
        labels = {key: str(label.decision) for key, label in review.labels("").items()}
        assert len(labels) == 9
        assert {key: value for key, value in said.items() if key != record}.items() <= labels.items()
        assert review.replay().identical


def test_two_windows_a_reload_and_a_killed_server_lose_nothing(
    window: Window,
    home: Path,
    exports: list[Path],
    start: Start,
    port: int,
    accessible: Callable[[Page, str], None],
) -> None:
    with start("--port", port) as running, window() as page:
        address = told(running)
        page.goto(address)
        make_review(page, exports, accessible=accessible)
        here = page.url.split("?")[0]
        said = [press(page, "i")]
        second = page.context.new_page()
        second.goto(here)
        said.append(press(second, "e"))
        page.reload()
        said.append(press(page, "i"))
        last = shown(page)
        running.kill()
        running.wait()
        page.keyboard.press("i")
        expect(page.get_by_role("alert")).to_contain_text("not running")
        assert shown(page) == last
        with start("--port", port) as again:
            assert told(again) == address
            page.goto(here)  # a bookmark
            expect(page.locator("#counts")).to_contain_text(f"{len(set(said))} screened")
            press(page, "e")
    with Review(home / "yoga-in-asthma") as review:
        assert set(said) <= set(review.labels(""))
        assert Review.check(home / "yoga-in-asthma").sound
