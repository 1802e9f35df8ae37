"""Decisions reach the records that they were made on, in whichever file those stand."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import tiab
from tiab.cli import app
from tiab.decisions import Decided, RecordIndex, labels_on, match_decisions, pool_labels
from tiab.errors import LabelError
from tiab.formats.pool import Pool, read_pool
from tiab.labels import Decision
from tiab.records import Record
from tiab.review import Review

INCLUDE, EXCLUDE = Decision.INCLUDE, Decision.EXCLUDE
RATS, HIPS, NETS = "Rats on wheels", "Repair of the hip", "Nets against malaria"
AQUA, YOGA, FISH = "Aquatic exercise in multiple sclerosis", "Yoga and leptin in multiple sclerosis", "Fish farming"


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def numbered(path: Path, titles: list[str], labels: list[object] | None = None, *, first: int = 1) -> Path:
    rows: list[dict[str, object]] = [
        {"record_id": n, "title": title, "abstract": f"{title} in full."} for n, title in enumerate(titles, first)
    ]
    for row, label in zip(rows, labels or [], strict=False):
        row["label_included"] = label
    return table(path, rows)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two files that number their records from 1; the second carries decisions."""
    return numbered(tmp_path / "a.csv", [RATS, HIPS, NETS]), numbered(tmp_path / "b.csv", [AQUA, YOGA, FISH], [1, 1, 0])


def by_title(pool: Pool, labels: dict[str, Decision]) -> dict[str, Decision]:
    titles = {record.record_id: record.title for record in pool.records}
    return {titles[record_id]: said for record_id, said in labels.items()}


def run(*args: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == code, result.output
    return result.output if code else result.stdout


MEANT = {AQUA: INCLUDE, YOGA: INCLUDE, FISH: EXCLUDE}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_label_file_that_is_one_of_the_pool_labels_its_own_records(
    files: tuple[Path, Path], order: tuple[int, int]
) -> None:
    pool = read_pool([files[place] for place in order])
    labels, doubts = pool_labels(pool, [files[1]])
    assert by_title(pool, labels) == MEANT
    assert doubts == []


def test_it_may_be_named_by_another_path(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(files[1])
    os.link(files[1], tmp_path / "hard.csv")
    pool = read_pool(files)
    for name in ("link.csv", "hard.csv", "x/../b.csv"):
        (tmp_path / "x").mkdir(exist_ok=True)
        assert by_title(pool, pool_labels(pool, [tmp_path / name])[0]) == MEANT


def test_a_file_of_the_pool_is_not_read_again_for_its_decisions(files: tuple[Path, Path]) -> None:
    pool = read_pool(files)
    numbered(files[1], [AQUA, YOGA, FISH], [0, 0, 0])  # behind the pool's back, into the same file
    labels, _ = pool_labels(pool, [files[1]])
    assert by_title(pool, labels) == {AQUA: INCLUDE, YOGA: INCLUDE, FISH: EXCLUDE}


def test_several_label_files_that_number_their_records_alike(files: tuple[Path, Path], tmp_path: Path) -> None:
    pool = read_pool(files)
    more = numbered(tmp_path / "more.csv", [NETS, HIPS, RATS], [0, "maybe", 0], first=0)
    labels, _ = pool_labels(pool, [files[1], more])
    assert by_title(pool, labels) == MEANT | {NETS: EXCLUDE, HIPS: Decision.MAYBE, RATS: EXCLUDE}


def test_a_record_of_both_files_is_labelled_through_either(tmp_path: Path) -> None:
    rows = [{"record_id": 1, "title": AQUA, "pmid": "11"}, {"record_id": 2, "title": RATS, "pmid": "12"}]
    one = table(tmp_path / "one.csv", rows)
    two = table(tmp_path / "two.csv", [row | {"included": 1} for row in rows])
    pool = read_pool([one, two])
    assert (len(pool.records), pool.repeated) == (2, 2)
    assert pool_labels(pool, [two])[0] == {"1": INCLUDE, "2": INCLUDE}


def test_three_files_of_one_name_lose_no_record(tmp_path: Path) -> None:
    paths = []
    for number, title in enumerate((RATS, HIPS, NETS)):
        (tmp_path / str(number)).mkdir()
        paths.append(numbered(tmp_path / str(number) / "export.csv", [title], [number % 2]))
    pool = read_pool(paths)
    assert [record.title for record in pool.records] == [RATS, HIPS, NETS]
    assert by_title(pool, pool_labels(pool, paths)[0]) == {RATS: EXCLUDE, HIPS: INCLUDE, NETS: EXCLUDE}


def test_an_export_that_numbers_from_elsewhere_is_matched_by_what_its_records_are(tmp_path: Path) -> None:
    pool = read_pool([numbered(tmp_path / "pool.csv", [RATS, AQUA, HIPS, NETS])])
    labelled = numbered(tmp_path / "labelled.csv", [AQUA, HIPS, NETS], [1, 0, 0])
    assert by_title(pool, pool_labels(pool, [labelled])[0]) == {AQUA: INCLUDE, HIPS: EXCLUDE, NETS: EXCLUDE}


def test_where_titles_disagree_under_equal_ids_the_first_pair_is_named(files: tuple[Path, Path]) -> None:
    pool = read_pool([files[0]])
    with pytest.raises(LabelError, match=f'b.csv: record \'1\' is "{AQUA}" there, but "{RATS}" in the pool') as caught:
        pool_labels(pool, [files[1]])
    assert "\n" not in str(caught.value)


def test_a_bare_id_that_two_files_have_stops(files: tuple[Path, Path], tmp_path: Path) -> None:
    bare = table(tmp_path / "bare.csv", [{"record_id": "1", "label_included": 1}])
    assert pool_labels(read_pool([files[0]]), [bare])[0] == {"1": INCLUDE}
    with pytest.raises(LabelError, match=f'\'1\' is the id of 2 records of different files: "{RATS}", "{AQUA}"'):
        pool_labels(read_pool(files), [bare])


def test_opposite_decisions_are_warned_of(files: tuple[Path, Path], tmp_path: Path) -> None:
    pool = read_pool(files)
    other = numbered(tmp_path / "other.csv", [FISH, AQUA], [1, 1])
    labels, doubts = pool_labels(pool, [files[1], other])
    assert by_title(pool, labels)[FISH] is INCLUDE
    assert len(doubts) == 1
    assert "decides otherwise than an earlier file on 1 records" in doubts[0]
    twice = table(tmp_path / "twice.csv", [{"title": AQUA, "included": 1}, {"title": f"{AQUA}.", "included": 0}])
    assert "is decided on twice (include, then exclude)" in pool_labels(pool, [twice])[1][0]


def test_rank_train_and_simulate_agree(files: tuple[Path, Path], tmp_path: Path) -> None:
    ranked = json.loads(run("rank", *files, "--labels", files[1], "--json"))
    assert {row["title"]: row["label"] for row in ranked if row["label"]} == {
        key: str(said) for key, said in MEANT.items()
    }
    trained = json.loads(run("train", *files, "-l", files[1], "-o", tmp_path / "m.safetensors", "--json"))
    assert (trained["included"], trained["excluded"]) == (2, 1)
    alone = json.loads(run("train", files[1], "-l", files[1], "-o", tmp_path / "n.safetensors", "--json"))
    assert trained["data_hash"] == alone["data_hash"]
    simulated = json.loads(run("simulate", *files, "-l", files[1], "--json"))
    first = simulated["runs"][0]
    found = {record_id for record_id, _ in first["evaluation"]["relevant_ranks"]}
    assert found | set(first["prior"][:1]) == {"b.csv:1", "b.csv:2"}
    run("rank", files[0], "--labels", files[1], code=2)


def test_gold_reaches_the_records_that_it_means(files: tuple[Path, Path], tmp_path: Path) -> None:
    ranked = tmp_path / "ranked.csv"
    run("rank", *files, "--labels", files[1], "-o", ranked)
    said = json.loads(run("evaluate", ranked, "--gold", files[1], "--json"))
    assert {record_id for record_id, _ in said["relevant_ranks"]} == {"b.csv:1", "b.csv:2"}
    run("rank", files[0], "--labels", numbered(tmp_path / "c.csv", [RATS], [1]), "-o", ranked)
    assert f'"{AQUA}" there, but "{RATS}"' in run("evaluate", ranked, "--gold", files[1], code=2)


def test_a_review_takes_decisions_by_what_their_records_are(files: tuple[Path, Path], tmp_path: Path) -> None:
    with Review.create(tmp_path / "r") as review:
        review.add(files)
        matching = review.add_labels(files[1], reviewer="eva")
        assert matching.missing == ()
        titles = {record.record_id: record.title for record in review.snapshot.records}
        assert {titles[key]: label.decision for key, label in review.labels("eva").items()} == MEANT


def test_python_holds_labels_of_one_file_and_records_of_another(files: tuple[Path, Path], tmp_path: Path) -> None:
    records = tiab.read_records(numbered(tmp_path / "pool.csv", [FISH, RATS, YOGA, AQUA]))
    titles = {record.record_id: record.title for record in records}
    labels = tiab.read_labels(files[1])
    assert labels == {"1": INCLUDE, "2": INCLUDE, "3": EXCLUDE}
    ranking = tiab.rank(records, labels=labels)
    assert {titles[key]: label.decision for key, label in ranking.labels.items()} == MEANT
    assert tiab.train(records, labels=labels).n_included == 2
    run = tiab.simulate(records, labels, prior=["4", "1"])
    assert {titles[key] for key in run.relevant} == {AQUA, YOGA}
    with pytest.raises(LabelError, match="in the pool"):
        tiab.rank(tiab.read_records(files[0]), labels=labels)


def test_python_is_warned_of_opposite_decisions(tmp_path: Path) -> None:
    path = table(tmp_path / "x.csv", [{"record_id": 1, "title": AQUA, "included": said} for said in (1, 0)])
    with pytest.warns(UserWarning, match="record '1' is decided on twice"):
        labels_on(tiab.read_records(path), tiab.read_labels(path))


TITLES = st.lists(
    st.text("abcde ", min_size=1, max_size=8).map(lambda text: " ".join(text.split())).filter(bool),
    unique=True,
    min_size=1,
    max_size=8,
)


@given(TITLES, st.data())
def test_no_permutation_of_ids_moves_a_label(titles: list[str], data: st.DataObject) -> None:
    """Whatever ids the label file gives, each label reaches the record of that title, or none."""
    n = len(titles)
    ids = data.draw(st.permutations(range(n)))
    kept = data.draw(st.lists(st.integers(0, n - 1), unique=True))
    pool = [Record(record_id=str(place), title=title) for place, title in enumerate(titles)]
    decided = [
        Decided(
            record=Record(record_id=str(ids[place]), title=titles[place]), decision=INCLUDE if place % 2 else EXCLUDE
        )
        for place in range(n)
    ]
    matching = match_decisions(decided, RecordIndex([pool[place] for place in kept]))
    assert {(record_id, one.record.title) for record_id, one in matching.found} == {
        (str(place), titles[place]) for place in kept
    }
    assert len(matching.missing) == n - len(kept)


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_identifiers_count_before_titles_and_ids(ids: list[int], shown: list[int]) -> None:
    """The title may be spelt in any way where a PMID or DOI says which record it is."""
    pool = [
        Record(record_id=str(n), title=f"Study {n} of it", pmid=str(100 + n) if n % 2 else "", doi=f"10.1000/{n}")
        for n in range(6)
    ]
    decided = [
        Decided(
            record=Record(record_id=str(ids[n]), title=f"Study {shown[n]} of it", pmid=pool[n].pmid, doi=pool[n].doi),
            decision=INCLUDE,
        )
        for n in range(6)
    ]
    assert [record_id for record_id, _ in match_decisions(decided, RecordIndex(pool)).found] == [
        str(n) for n in range(6)
    ]


def test_a_title_alone_does_not_make_two_records_one() -> None:
    pool = [Record(record_id="9", title="Editorial", year=2001, authors=("Muster, M.",))]
    for other in (
        Record(record_id="9", title="Editorial", year=2010),
        Record(record_id="9", title="Editorial", year=2001, authors=("Zwei, Z.",)),
    ):
        assert match_decisions([Decided(record=other, decision=INCLUDE)], RecordIndex(pool)).found == ()
    same = Record(record_id="1", title="EDITORIAL.", year=2002, authors=("M Muster",))
    assert len(match_decisions([Decided(record=same, decision=INCLUDE)], RecordIndex(pool)).found) == 1


def test_the_abstracts_of_a_supplement_share_a_doi() -> None:
    pool = [Record(record_id=title, title=title, doi="10.1000/s") for title in (RATS, HIPS, NETS)]
    decided = [
        Decided(record=Record(record_id="x", title=title, doi="10.1000/s"), decision=INCLUDE) for title in (HIPS, AQUA)
    ]
    matching = match_decisions(decided, RecordIndex(pool))
    assert [record_id for record_id, _ in matching.found] == [HIPS]
    assert matching.missing == (AQUA,)


CASES = [
    ("label_final_included.csv", ["include", "exclude"], 1),
    ("label_included_final.csv", ["include", "exclude"], 1),
    ("label_included_after_abstract.csv", ["include", "exclude"], 1),
    ("metagear.csv", ["include", "exclude"], 1),
    ("endnote_label.xml", ["exclude", "include"], 0),
    ("mac_zipped.asreview", ["include", "exclude"], 0),
]


@pytest.mark.parametrize(("name", "said", "undecided"), CASES)
def test_the_inputs_that_people_report(shared: Path, name: str, said: list[str], undecided: int) -> None:
    labels = tiab.read_labels(shared / "cases" / name)
    assert ([str(one) for one in labels.values()], labels.undecided) == (said, undecided)
