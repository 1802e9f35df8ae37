"""Labels that reviewers put on records, notes beside no decision, batches, and the lists that all choose from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiab.errors import LabelError, ReviewError
from tiab.labels import EXCLUSION_REASONS
from tiab.review import Review
from tiab.review.batches import BatchWork
from tiab.review.policy import Policy

ROWS = "record_id,title,abstract\n" + "".join(f"r{n},Yoga study {n},Text {n}.\n" for n in range(6))


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    (tmp_path / "search.csv").write_text(ROWS)
    with Review.create(tmp_path / "review") as made:
        made.add([tmp_path / "search.csv"])
        yield made


def decided(review: Review, reviewer: str = "eva") -> dict[str, str]:
    return {key: str(label.decision) for key, label in review.labels(reviewer).items()}


def test_a_tag_is_put_on_and_taken_off(review: Review) -> None:
    assert review.annotations.tag("r1", " full  text ", reviewer="eva") == ("full text",)
    assert review.annotations.tag("r1", "ask, author", reviewer="eva") == ("full text", "ask author")
    review.annotations.tag("r1", "full text", reviewer="kim")
    assert review.annotations.tag("r1", "full text", on=False, reviewer="eva") == ("ask author",)
    assert review.annotations.now.tags_of("r1") == ("ask author", "full text")
    assert review.annotations.now.used_tags("kim") == {"full text": 1}
    for bad in ("  ", ";", "x" * 101):
        with pytest.raises(LabelError, match="needs a name"):
            review.annotations.tag("r1", bad, reviewer="eva")
    with pytest.raises(LabelError, match="no record"):
        review.annotations.tag("nobody", "full text", reviewer="eva")


def test_a_tag_is_renamed_on_all_records_and_in_the_list(review: Review) -> None:
    review.choices.save(tags=["animal", "ful text"], reviewer="eva")
    review.annotations.tag("r1", "ful text", reviewer="eva")
    review.annotations.tag("r1", "animal", reviewer="eva")
    review.annotations.tag("r2", "ful text", reviewer="kim")
    assert review.annotations.rename_tag("ful text", " full  text", reviewer="eva") == 2
    assert review.choices.rename_tag("ful text", "full text").tags == ("animal", "full text")
    assert review.annotations.now.tags_of("r1") == ("full text", "animal")
    assert review.annotations.now.tags_of("r2", "kim") == ("full text",)
    review.annotations.tag("r3", "ful text", reviewer="eva")  # the old name is free again
    assert review.annotations.now.used_tags() == {"full text": 2, "animal": 1, "ful text": 1}
    review.annotations.rename_tag("ful text", "full text")  # two become one
    review.annotations.rename_tag("animal", "animal")
    assert review.annotations.now.used_tags("eva") == {"full text": 2, "animal": 1}
    with Review(review.folder) as other:
        assert other.annotations.now == review.annotations.now
    for old, new in (("nothing", "x"), ("animal", " ; ")):
        with pytest.raises(LabelError):
            review.annotations.rename_tag(old, new)


def test_what_another_program_wrote_is_seen(review: Review) -> None:
    with Review(review.folder) as other:
        other.annotations.tag("r2", "animal", reviewer="eva")
        assert review.annotations.now.tags_of("r2") == ("animal",)


def test_a_batch_of_decisions_is_undone_as_a_whole(review: Review) -> None:
    review.label("r0", "include", reviewer="eva", note="mine")
    work = BatchWork(kind="decide", value="exclude", reason="animal study")
    done = review.batches.do(["r0", "r1", "r2", "r1"], work, reviewer="eva", token="batch-one")
    assert done.sentence == "3 records excluded (animal study)"
    assert review.batches.do(["r3"], work, reviewer="eva", token="batch-one") == done  # sent twice, done once
    assert decided(review) == dict.fromkeys(("r0", "r1", "r2"), "exclude")
    review.label("r2", "include", reviewer="eva")
    assert [one.token for one in review.batches.all("eva")] == ["batch-one"]
    assert review.batches.all("kim") == ()
    assert review.batches.undo("batch-one", reviewer="eva").undone
    assert decided(review) == {"r0": "include", "r2": "include"}  # what came since stays
    with pytest.raises(ReviewError, match="no such batch"):
        review.batches.undo("batch-one", reviewer="eva")
    with pytest.raises(ReviewError, match="no such batch"):
        review.batches.undo("batch-one", reviewer="kim")


def test_undo_takes_back_single_decisions_and_leaves_batches_whole(review: Review) -> None:
    review.label("r5", "include", reviewer="eva")
    review.batches.do(["r0", "r1"], BatchWork(kind="decide", value="exclude"), reviewer="eva")
    undone = review.undo("eva")
    assert undone is not None
    assert undone.record_id == "r5"
    assert decided(review) == {"r0": "exclude", "r1": "exclude"}
    named = review.undo("eva", record_id="r1")
    assert named is not None
    assert decided(review) == {"r0": "exclude"}


def test_a_batch_is_no_evidence_for_stopping(review: Review) -> None:
    from tiab.review.history import read_history

    review.batches.do(["r0", "r1", "r2"], BatchWork(kind="decide", value="exclude"), reviewer="eva")
    history = read_history(review.snapshot, "eva")
    assert (history.unordered, history.since, history.because) == (3, 3, "several records were decided at once")


def test_tags_and_notes_in_batches(review: Review) -> None:
    review.annotations.tag("r0", "animal", reviewer="eva")
    tagged = review.batches.do(["r0", "r1"], BatchWork(kind="tag", value="animal"), reviewer="eva")
    assert tagged.records == 1
    noted = review.batches.do(["r1", "r2"], BatchWork(kind="note", value="ask a vet"), reviewer="eva")
    assert review.note("r2", reviewer="eva") == "ask a vet"
    assert review.note("r2", reviewer="kim") is None
    review.batches.undo(tagged.token, reviewer="eva")
    assert review.annotations.now.used_tags() == {"animal": 1}
    review.batches.undo(noted.token, reviewer="eva")
    assert review.note("r2", reviewer="eva") is None
    with pytest.raises(LabelError, match="nothing would change"):
        review.batches.do(["r1"], BatchWork(kind="untag", value="animal"), reviewer="eva")
    with pytest.raises(LabelError, match="no record"):
        review.batches.do(["nobody"], BatchWork(kind="tag", value="animal"), reviewer="eva")


def test_a_note_in_a_batch_is_added_to_what_was_noted(review: Review) -> None:
    review.label("r1", "maybe", reviewer="eva", note="small")
    review.batches.do(["r1", "r2"], BatchWork(kind="note", value="ask a vet"), reviewer="eva")
    assert review.note("r1", reviewer="eva") == "small\nask a vet"
    review.label("r1", "include", reviewer="eva", note="small")
    assert review.note("r1", reviewer="eva") == "small"


@pytest.mark.parametrize("suffix", ["csv", "ris", "xlsx", "nbib", "bib", "xml"])
def test_labels_and_notes_go_out_and_come_back(review: Review, tmp_path: Path, suffix: str) -> None:
    review.annotations.tag("r1", "full text", reviewer="eva")
    review.annotations.tag("r1", "ask author", reviewer="kim")
    review.batches.do(["r2"], BatchWork(kind="note", value="a note"), reviewer="eva")
    review.label("r1", "include", reviewer="eva", note="beside")
    path = tmp_path / f"out.{suffix}"
    review.set_policy(Policy(blinded=False))
    review.export(path)
    with Review.create(tmp_path / "again") as again:
        again.add([tmp_path / "search.csv"])
        report = again.add_labels(path, reviewer="")
        assert report.annotations == 3
        assert again.annotations.now.tags == review.annotations.now.tags
        assert again.note("r2", reviewer="eva") == "a note"
        assert again.add_labels(path, reviewer="").annotations == 0
        again.undo_import(report.number)
        assert again.annotations.now.tags == {}
        assert again.note("r2", reviewer="eva") is None


def test_a_blinded_export_has_ones_own_labels_only(review: Review, tmp_path: Path) -> None:
    review.annotations.tag("r1", "mine", reviewer="eva")
    review.annotations.tag("r1", "hidden", reviewer="kim")
    review.export(tmp_path / "out.csv", reviewer="eva")
    assert "mine" in (tmp_path / "out.csv").read_text()
    assert "hidden" not in (tmp_path / "out.csv").read_text()


def test_an_export_without_a_name_keeps_to_the_policy(review: Review, tmp_path: Path) -> None:
    review.annotations.tag("r1", "of eva", reviewer="eva")
    review.annotations.tag("r2", "of kim", reviewer="kim")
    review.export(tmp_path / "blinded.csv")
    assert not re.search("of eva|of kim", (tmp_path / "blinded.csv").read_text())
    review.set_policy(Policy(blinded=False))
    review.export(tmp_path / "open.csv")
    assert re.search("of eva(.|\n)*of kim|of kim(.|\n)*of eva", (tmp_path / "open.csv").read_text())


def test_labels_of_rayyan_come_in(review: Review, tmp_path: Path) -> None:
    note = 'RAYYAN-INCLUSION: {""Ann""=>""Included""} | RAYYAN-LABELS: full text,pilot'
    (tmp_path / "rayyan.csv").write_text(f'key,title,abstract,notes\nr1,Yoga study 1,Text 1.,"{note}"\n')
    review.add_labels(tmp_path / "rayyan.csv", reviewer="ann")
    assert review.annotations.now.tags_of("r1", "ann") == ("full text", "pilot")


def test_the_reasons_are_the_reviews(review: Review) -> None:
    assert review.choices.read().reasons == EXCLUSION_REASONS
    many = [f"reason {n}" for n in range(12)]
    review.choices.save(reasons=[*many, " reason  3 ", ""], reviewer="kim")
    with Review(review.folder) as other:
        assert other.choices.read().reasons == tuple(many)
        other.choices.save(tags=["full text", "pilot", "full text"], reviewer="eva")
    assert review.choices.read().tags == ("full text", "pilot")
    assert review.choices.read().reasons == tuple(many)
    with pytest.raises(LabelError, match="empty or too long"):
        review.choices.save(reasons=[" "])


def test_the_log_stays_whole(review: Review) -> None:
    review.annotations.tag("r1", "mine", reviewer="eva")
    review.batches.do(["r0", "r1"], BatchWork(kind="decide", value="exclude"), reviewer="eva", token="x" * 8)
    review.batches.undo("x" * 8, reviewer="eva")
    review.choices.save(tags=["mine"])
    assert Review.check(review.folder).sound
