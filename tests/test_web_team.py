"""The page of the team: settings, progress, a copy that goes out and one that comes back."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tiab.review import Policy, Review
from tiab.review.criteria_file import CRITERIA_NAME
from tiab.review.merging import make_from_copy
from tiab.web import ReviewerSession

SCRIPT = "<script>document.title='taken'"
CRITERIA = 'title = "Yoga {0}"\n[[intervention]]\nname = "yoga"\nterms = ["yoga", "{0}"]\n'


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "s.csv").write_text("record_id,title\n" + "".join(f"{n},Study {n} of yoga\n" for n in range(8)))
    (tmp_path / "c.toml").write_text(CRITERIA.format("asana"), encoding="utf-8")
    with Review.create(tmp_path / "eva", tmp_path / "c.toml") as made:
        made.add([tmp_path / "s.csv"])
        made.set_policy(Policy(scheme="two"))
        made.label("0", "include", reviewer="eva", note="note of eva")
        yield made


@pytest.fixture
def kim(review: Review, tmp_path: Path) -> Iterator[Review]:
    review.share(tmp_path / "start.tiab", decisions="none")
    make_from_copy(tmp_path / "kim", tmp_path / "start.tiab")
    with Review(tmp_path / "kim") as made:
        made.label("0", "exclude", reviewer="kim", note=f"note of kim {SCRIPT}")
        made.label("1", "exclude", reviewer="kim")
        yield made


def merged(page: httpx.Client, path: Path, name: str = "review-kim.tiab") -> httpx.Response:
    return page.post("/team/merge", params={"name": name}, content=path.read_bytes())


def test_a_file_that_is_dropped_is_merged(page: httpx.Client, review: Review, kim: Review, tmp_path: Path) -> None:
    assert "7 records left for you" in page.get("/team").text
    kim.share(tmp_path / "kim.tiab", reviewer="kim")
    answer = merged(page, tmp_path / "kim.tiab").json()
    assert "new decisions: kim 2" in answer["report"]
    assert "1 of them awaiting a second reviewer" in answer["progress"]
    assert "note of kim" not in answer["report"] + answer["progress"] + page.get("/team").text
    assert [one.record_id for one in review.conflicts("eva")] == ["0"]
    assert "Nothing new" in merged(page, tmp_path / "kim.tiab").json()["report"]


def test_a_copy_is_saved(page: httpx.Client, kim: Review, tmp_path: Path) -> None:
    for decisions, name, holds in (("own", "eva-eva.tiab", True), ("none", "eva-none.tiab", False)):
        answer = page.post("/team/share", json={"decisions": decisions})
        assert answer.headers["content-disposition"].endswith(name)
        assert ("note of eva" in gzip.decompress(answer.content).decode()) is holds
    (tmp_path / "eva.tiab").write_bytes(page.post("/team/share", json={"decisions": "own"}).content)
    assert kim.merge_copy(tmp_path / "eva.tiab").decisions == {"eva": 1}
    assert page.post("/team/share", json={"decisions": "theirs"}).status_code == 422


@pytest.mark.parametrize("content", [b"", b"TY  - JOUR", b"\x1f\x8b\x08\x00broken"])
def test_what_is_no_copy_changes_nothing(page: httpx.Client, review: Review, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    before = len(review.events())
    answer = merged(page, tmp_path / "x", name="../<b>x.tiab")
    assert answer.status_code == 400
    assert str(tmp_path) not in answer.text
    assert len(review.events()) == before


def test_settings_are_changed_by_their_owner(page: httpx.Client, review: Review) -> None:
    wanted = {"scheme": "calibration", "calibration": 3, "resolvers": ["lee", "lee", " "], "owner": "eva"}
    assert page.post("/team/settings", json=wanted).status_code == 200
    assert (review.policy.scheme, len(review.policy.sample), review.policy.resolvers) == ("calibration", 3, ("lee",))
    assert 'value="calibration" checked' in page.get("/team").text
    review.set_policy(Policy(owner="lee"), reviewer="eva")
    assert "Only lee may change these settings." in page.get("/team").text
    answer = page.post("/team/settings", json={"scheme": "one"})
    assert (answer.status_code, "only lee may change" in answer.text) == (400, True)
    for absurd in ({"scheme": "three"}, {"scheme": "calibration", "calibration": 0}, {"scheme": "one", "owner": 7}):
        assert page.post("/team/settings", json=absurd).status_code in (400, 422)


def test_criteria_that_were_changed_in_two_copies_are_chosen(
    page: httpx.Client, review: Review, kim: Review, tmp_path: Path
) -> None:
    (kim.folder / CRITERIA_NAME).write_text(CRITERIA.format("pranayama"), encoding="utf-8")
    (review.folder / CRITERIA_NAME).write_text(CRITERIA.format("hatha"), encoding="utf-8")
    _ = review.snapshot, kim.snapshot
    kim.share(tmp_path / "kim.tiab", reviewer="kim")
    text = merged(page, tmp_path / "kim.tiab").json()["progress"]
    assert "Yoga hatha" in text
    assert "Yoga pranayama" in text
    conflict = review.criteria_conflict()
    assert conflict is not None
    other = next(one for one in conflict.versions if one != conflict.holds)
    answer = page.post("/team/criteria", json={"version": other}).json()
    assert "Use this version" not in answer["progress"]
    assert review.criteria_conflict() is None
    assert page.post("/team/criteria", json={"version": other}).status_code == 404


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_in_a_browser(
    session: ReviewerSession,
    kim: Review,
    tmp_path: Path,
    open_page: Callable[..., AbstractContextManager[Page]],
    accessible: Callable[[Page, str], None],
    scheme: str,
    width: int,
) -> None:
    kim.share(tmp_path / "kim.tiab", reviewer="kim")
    with open_page(session, "/team", scheme, width) as page:
        accessible(page, "team")
        page.set_input_files("#files", tmp_path / "kim.tiab")
        page.get_by_text("new decisions: kim 2").wait_for()
        accessible(page, "team, merged")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save copy").click()
        assert saved.value.suggested_filename == "eva-eva.tiab"
        page.get_by_label("Two for a first sample, then one").check()
        page.get_by_label("Records in the sample").fill("4")
        with page.expect_navigation():  # the page loads itself anew once the settings are kept
            page.get_by_role("button", name="Save settings").click()
    assert session.review.policy.calibration == 4
