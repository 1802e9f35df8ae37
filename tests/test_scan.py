"""tiab scan: the best of many files, the same whatever way it is done."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tiab
from tiab.cli import app
from tiab.criteria import Concept, Criteria
from tiab.errors import InputError, TiabError
from tiab.formats import iter_records
from tiab.ranking.rank import RankingModel, rank, train
from tiab.scan import Scan, scan
from tiab.scan.scanning import model_of

PubmedFile = Callable[..., Path]
Citation = tuple[int, int, str, str]

CRITERIA = Criteria(
    title="Yoga for back pain",
    concepts=(
        Concept(role="population", name="back pain", terms=("back pain", "lumbago"), abbreviations=("LBP",)),
        Concept(role="intervention", name="yoga", terms=("yoga", "asana*"), against=("yoga mat",)),
        Concept(role="design", name="trial", terms=(), designs=("randomised trial",), against_designs=("review",)),
    ),
)
_WORDS = re.findall(
    r"\S+",
    "yoga asanas back pain lumbago patients trial randomized were assigned review protein kinase cells rats LBP weeks "
    "children school law tax cohort of the in and with mat controlled study disability low",
)


def _citations(n: int, first: int = 1, seed: int = 0) -> list[Citation]:
    dice = random.Random(seed)
    text = [" ".join(dice.choices(_WORDS, k=dice.randint(4, 40))) for _ in range(2 * n)]
    return [(first + i, 20200101 + dice.randint(0, 27), text[2 * i][:60], text[2 * i + 1]) for i in range(n)]


def _listed(result: Scan) -> list[tuple[str, float, tuple[str, ...]]]:
    return [(found.record.pmid, found.score, found.evidence) for found in result.found]


@pytest.fixture
def files(pubmed_file: PubmedFile) -> list[Path]:
    return [pubmed_file(f"pubmed{n}.xml.gz", _citations(300, 1 + 300 * n, seed=n)) for n in range(3)]


@pytest.fixture(scope="module")
def model() -> RankingModel:
    records = [tiab.Record(record_id=str(i), title=t, abstract=a) for i, _, t, a in _citations(200, seed=9)]
    labels = {r.record_id: "include" if "yoga" in r.text and "pain" in r.text else "exclude" for r in records}
    return train(records, labels=labels, criteria=CRITERIA)


@pytest.mark.parametrize("kind", ["criteria", "model"])
def test_a_scan_finds_what_ranking_everything_finds(
    files: list[Path], tmp_path: Path, model: RankingModel, kind: str
) -> None:
    known = model if kind == "model" else model_of(CRITERIA)
    ranking = rank([record for file in files for record in iter_records(file)], model=known)
    result = scan(files, work=tmp_path / "w", model=known, top=40)
    assert [found.record for found in result.found] == ranking.ranked[:40]
    assert [found.score for found in result.found] == ranking.table["score"].tolist()[:40]
    assert [found.evidence[2] for found in result.found] == ranking.table["weighed_for"].tolist()[:40]
    assert result.n_records == 900


def test_the_first_pass_spares_work_and_changes_nothing(files: list[Path], tmp_path: Path, model: RankingModel) -> None:
    quick = scan(files, work=tmp_path / "quick", model=model, top=20)
    full = scan(files, work=tmp_path / "full", model=model, top=20, full=True)
    assert _listed(quick) == _listed(full)
    assert full.n_read_whole == 900
    assert quick.n_read_whole < 600


def test_the_order_and_the_split_of_the_files_do_not_matter(
    files: list[Path], pubmed_file: PubmedFile, tmp_path: Path
) -> None:
    everything = [citation for n in range(3) for citation in _citations(300, 1 + 300 * n, seed=n)]
    alone = pubmed_file("all.xml.gz", everything)
    apart = scan(files[::-1], work=tmp_path / "apart", criteria=CRITERIA, top=50)
    whole = scan([alone], work=tmp_path / "whole", criteria=CRITERIA, top=50)
    assert _listed(apart) == _listed(whole)
    assert _listed(scan([tmp_path / "all.xml.gz"], work=tmp_path / "w2", criteria=CRITERIA, top=50)) == _listed(whole)


GOOD = "Yoga for back pain: a randomized controlled trial"
POOR = "Protein kinase in rats"


def test_the_newest_revision_counts_though_it_scores_less(pubmed_file: PubmedFile, tmp_path: Path) -> None:
    """The older copy is among the best of its file, the newer isn't of its own; and the other way round."""
    fill = [(100 + i, 20200101, f"Yoga {i}", "Back pain.") for i in range(8)]
    old = pubmed_file("a.xml.gz", [(1, 20200101, GOOD, "Yoga."), (2, 20200101, POOR, ""), *fill])
    new = pubmed_file("b.xml.gz", [(1, 20210101, POOR, ""), (2, 20210101, GOOD, "Yoga."), *_citations(50, 1000)])
    result = scan([old, new], work=tmp_path / "w", criteria=CRITERIA, top=3)
    pmids = [found.record.pmid for found in result.found]
    assert "1" not in pmids
    assert pmids[0] == "2"
    assert result.found[0].record.source == "b.xml.gz"


def test_an_older_revision_in_a_later_file_does_not_count(pubmed_file: PubmedFile, tmp_path: Path) -> None:
    new = pubmed_file("a.xml.gz", [(1, 20210101, POOR, ""), (2, 20200101, GOOD, "")])
    old = pubmed_file("b.xml.gz", [(1, 20200101, GOOD, "")])
    result = scan([old, new], work=tmp_path / "w", criteria=CRITERIA, top=5)
    assert [found.record.pmid for found in result.found] == ["2", "1"]
    assert result.found[1].record.title == POOR


def test_deleted_citations_are_gone_unless_they_come_again(pubmed_file: PubmedFile, tmp_path: Path) -> None:
    first = pubmed_file("a.xml.gz", [(pmid, 20200101, GOOD, f"Yoga {pmid}.") for pmid in (1, 2, 3)])
    second = pubmed_file("b.xml.gz", [(9, 20200101, POOR, "")], deleted=[1, 2])
    third = pubmed_file("c.xml.gz", [(2, 20220101, GOOD, "Yoga is back.")])
    result = scan([first, second, third], work=tmp_path / "w", criteria=CRITERIA, top=10)
    assert {found.record.pmid for found in result.found} == {"2", "3", "9"}


def test_when_too_many_are_deleted_the_files_are_read_again(pubmed_file: PubmedFile, tmp_path: Path) -> None:
    """The best 40 of one file are deleted by the next: what that file kept does not suffice."""
    citations = [(pmid, 20200101, GOOD, " ".join(["Yoga."] * (1 + pmid % 7))) for pmid in range(1, 41)]
    citations += [(pmid, 20200101, "Yoga", f"Back pain {pmid}.") for pmid in range(41, 60)]
    first = pubmed_file("a.xml.gz", citations)
    second = pubmed_file("b.xml.gz", [(99, 20200101, POOR, "")], deleted=range(1, 41))
    result = scan([first, second], work=tmp_path / "w", criteria=CRITERIA, top=5)
    full = scan([first, second], work=tmp_path / "full", criteria=CRITERIA, top=59, full=True)
    assert len(result.found) == 5
    assert _listed(result) == _listed(full)[:5]


def test_a_damaged_file_is_reported_and_the_rest_goes_on(files: list[Path], tmp_path: Path) -> None:
    data = files[1].read_bytes()
    files[1].write_bytes(data[: len(data) // 2])
    text = gzip.decompress(files[2].read_bytes())
    broken = text.replace(b"<ArticleTitle>", b"<ArticleTitle><i>", 1).replace(b"</PubmedArticle>", b"", 7)
    files[2].write_bytes(gzip.compress(broken.replace(b"</PubmedArticleSet>", b"")))
    result = scan([*files, tmp_path], work=tmp_path / "w", criteria=CRITERIA, top=400)
    assert [line.whole for line in result.lines] == [True, False, False]
    assert "breaks off" in result.lines[1].error
    assert 0 < result.lines[1].records < 300
    assert result.lines[2].n_unreadable >= 7
    assert result.lines[2].records == 300 - 7
    files[1].write_bytes(data)
    mended = scan(files, work=tmp_path / "w", criteria=CRITERIA, top=400)
    assert mended.lines[1].records == 300


def test_a_scan_goes_on_where_it_stopped(files: list[Path], tmp_path: Path) -> None:
    straight = scan(files, work=tmp_path / "straight", criteria=CRITERIA, top=30)
    scan(files[:1], work=tmp_path / "w", criteria=CRITERIA, top=30)
    with (tmp_path / "w" / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
        manifest.write('{"path": "half a li')
    seen: list[int] = []
    result = scan(files, work=tmp_path / "w", criteria=CRITERIA, top=30, on_progress=lambda p: seen.append(p.files))
    assert seen == [2, 3]
    assert _listed(result) == _listed(straight)


def test_another_scan_does_not_go_on_there(files: list[Path], tmp_path: Path) -> None:
    scan(files[:1], work=tmp_path / "w", criteria=CRITERIA, top=30)
    with pytest.raises(InputError, match="another scan"):
        scan(files, work=tmp_path / "w", criteria=CRITERIA, top=31)


def test_any_format_can_be_scanned(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text(f"record_id,title,abstract\n1,{GOOD.replace(',', '')},\n2,{POOR},\n", encoding="utf-8")
    twin = tmp_path / "b.csv"
    twin.write_text("record_id,title,abstract\n1,Yoga,Back pain\n", encoding="utf-8")
    result = scan([tmp_path], work=tmp_path / "w", criteria=CRITERIA, top=5)
    assert [found.record.record_id for found in result.found] == ["1", "1#2", "2"]


def test_what_cannot_be_scanned_says_so(tmp_path: Path, model: RankingModel) -> None:
    with pytest.raises(TiabError, match="one of the two"):
        scan([tmp_path], work=tmp_path / "w", criteria=CRITERIA, model=model)
    with pytest.raises(InputError, match="without search exports"):
        scan([tmp_path], work=tmp_path / "w", criteria=CRITERIA)
    with pytest.raises(InputError, match="does not exist"):
        scan([tmp_path / "none.xml"], work=tmp_path / "w", criteria=CRITERIA)


def test_the_command(files: list[Path], tmp_path: Path, root: Path) -> None:
    files[2].write_bytes(files[2].read_bytes()[:-20])
    criteria = root / "corpora" / "exercise-ms-cytokines" / "criteria.toml"
    output = tmp_path / "top.csv"
    arguments = ["scan", *map(str, files), "--criteria", str(criteria), "-o", str(output), "--top", "7", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 3, result.output
    said = json.loads(result.stdout)
    assert [row["rank"] for row in said["found"]] == [1, 2, 3, 4, 5, 6, 7]
    assert [Path(one["path"]).name for one in said["damaged"]] == ["pubmed2.xml.gz"]
    assert "3 of 3 files (100%)" in result.stderr
    records = tiab.read_records(output)
    assert [record.pmid for record in records] == [row["record_id"] for row in said["found"]]
    assert (tmp_path / "top.csv.scan" / "manifest.jsonl").read_text(encoding="utf-8").count("\n") == 3
    plain = CliRunner().invoke(app, arguments[:-1])
    assert "damaged: 1 of 3 files" in plain.stdout
