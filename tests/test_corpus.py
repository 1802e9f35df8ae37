"""The embedded corpus: whole, honest about its labels, and true to the facts that it was written from."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

import tiab
from tiab.drafting import draft
from tiab.evaluation.gold import read_gold

Row = dict[str, str]

FOLDER = Path(__file__).resolve().parent.parent / "corpora" / "exercise-ms-cytokines"
COLUMNS = [
    "record_id",
    "title",
    "abstract",
    "authors",
    "year",
    "journal",
    "doi",
    "pmid",
    "keywords",
    "publication_types",
    "language",
    "label_included",
]
UNDECIDED = {
    "bansi-2013-jneurol",
    "grazioli-2020",
    "devasahayam-2020",
    "aerobic-il10-no-iran",
    "mokhtarzade-2017-umj",
    "rt-il17-ifnb-iran",
    "rt-il17-jpah",
    "rt-cytokine-abstract",
}
TITLE_ALONE = {
    "asvar-2020",
    "hosseini-2021",
    "maroto-izquierdo-2024",
    "munteis-2024",
    "elgammal-2015",
    "mets-adiponectin-il8-2023",
    "rt-il17-jpah",
}
GIVEAWAY = re.compile(
    r"hard.negative|near.miss|adjudicat|\bgold\b|\btier\b"
    r"|(fails|passes) (all|population|intervention|outcome|design|species|pico)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
SMALL = {word: n for n, word in enumerate(f"{_SMALL} eighteen nineteen".split())}
TENS = {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
SPELLED = re.compile(rf"\b(?:({'|'.join(TENS)})(?:[- ]({'|'.join(SMALL)}))?|({'|'.join(SMALL)}))\b")


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def numbers(text: str) -> set[float]:
    """The numbers of a text, in figures or words; "one" to "three" are left out, which are ordinary words too."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    figures = {float(found) for found in NUMBER.findall(re.sub(r"(?<!\d)\.(?=\d)", "0.", plain))}
    spelled = {
        float(TENS.get(tens, 0) + SMALL.get(unit, 0) + SMALL.get(alone, 0))
        for tens, unit, alone in SPELLED.findall(plain.casefold())
    }
    return figures | {n for n in spelled if n > 3}


@pytest.fixture(scope="module")
def pool() -> list[Row]:
    return read(FOLDER / "records.csv")


@pytest.fixture(scope="module")
def update() -> list[Row]:
    return read(FOLDER / "update.csv")


@pytest.fixture(scope="module")
def every(pool: list[Row], update: list[Row]) -> dict[str, Row]:
    return {row["record_id"]: row for row in [*pool, *update]}


@pytest.fixture(scope="module")
def studies(shared: Path) -> dict[str, Row]:
    return {row["key"]: row for row in read(shared / "studies" / "studies.csv")}


def test_counts_columns_and_unique_ids(pool: list[Row], update: list[Row], every: dict[str, Row]) -> None:
    assert (len(pool), len(update), len(every)) == (123, 11, 134)
    assert {tuple(row) for row in [*pool, *update]} == {tuple(COLUMNS)}
    assert all(row["title"] for row in every.values())


def test_labels(pool: list[Row], update: list[Row]) -> None:
    label = {row["record_id"]: row["label_included"] for row in pool}
    gold = {row["record_id"] for row in read(FOLDER / "gold.csv")}
    assert len(gold) == 12
    assert {key for key, value in label.items() if value == "1"} == gold
    assert {key for key, value in label.items() if value == ""} == UNDECIDED
    assert sum(value == "0" for value in label.values()) == 103
    assert not any(row["label_included"] for row in update)


def test_digests_have_90_to_160_words(every: dict[str, Row]) -> None:
    lengths = {key: len(row["abstract"].split()) for key, row in every.items()}
    assert {key for key, length in lengths.items() if length == 0} == TITLE_ALONE
    assert {key: n for key, n in lengths.items() if n and not 90 <= n <= 160} == {}


def test_about_two_in_five_digests_are_structured(every: dict[str, Row]) -> None:
    heading = re.compile(r"\. (?:Results|RESULTS|Discussion|DISCUSSION|Dissemination)[.:] ")
    digests = [row["abstract"] for row in every.values() if row["abstract"]]
    assert 0.35 <= sum(bool(heading.search(digest)) for digest in digests) / len(digests) <= 0.45


def test_no_record_gives_its_role_away(every: dict[str, Row]) -> None:
    # Not the authors: one of them is called Gold.
    texts = {key: " ".join((row["title"], row["abstract"], row["keywords"])) for key, row in every.items()}
    told = {key: found[0] for key, text in texts.items() if (found := GIVEAWAY.search(text))}
    assert told == {}


def test_digests_share_no_long_run_of_words(every: dict[str, Row]) -> None:
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key, row in every.items():
        text = words(row["abstract"])
        for start in range(len(text) - 9):
            holders[tuple(text[start : start + 10])].add(key)
    assert [run for run, keys in holders.items() if len(keys) > 3] == []


def test_gold_says_how_sure_it_is(every: dict[str, Row]) -> None:
    for row in read(FOLDER / "gold.csv"):
        record = every[row["record_id"]]
        assert record["title"] in row["citation"]
        assert (row["pmid"], row["doi"]) == (record["pmid"], record["doi"])
        assert "inferred" in row["membership"].casefold()
        doubtful = "no" in (row["pmid_verified"], row["doi_verified"])
        assert doubtful == ("unverified" in row["membership"] or "not seen on any page" in row["membership"])


def test_update_key_covers_the_update(update: list[Row]) -> None:
    key = read(FOLDER / "update_key.csv")
    assert {row["record_id"] for row in key} == {row["record_id"] for row in update}
    tiers = [row["tier"] for row in key]
    assert sorted({tier: tiers.count(tier) for tier in tiers}.items()) == [
        ("update_acute", 3),
        ("update_borderline", 1),
        ("update_non_english", 1),
        ("update_training", 6),
    ]
    assert all(len(row["why"].split()) > 5 for row in key)


@pytest.mark.shared
def test_every_study_is_there_as_the_facts_cite_it(
    studies: dict[str, Row], every: dict[str, Row], pool: list[Row]
) -> None:
    assert set(every) == set(studies)
    assert {row["record_id"] for row in pool} == {key for key, s in studies.items() if s["role"] != "update"}
    for key, study in studies.items():
        for column in ("title", "year", "journal", "doi", "pmid"):
            assert every[key][column] == study[column], (key, column)
        assert every[key]["authors"].removesuffix(" et al.") == study["first_author"]


@pytest.mark.shared
def test_labels_and_keys_agree_with_the_facts(studies: dict[str, Row], pool: list[Row]) -> None:
    for row in pool:
        study = studies[row["record_id"]]
        undecided = study["tier"] == "x_possibly_eligible_adjudicate"
        assert row["label_included"] == ("" if undecided else str(int(study["role"] == "gold")))
    for row in read(FOLDER / "gold.csv"):
        study = studies[row["record_id"]]
        assert all(row[column] == study[column] for column in ("pmid", "doi", "pmid_verified", "doi_verified"))
    for row in read(FOLDER / "update_key.csv"):
        assert row["tier"] == studies[row["record_id"]]["tier"]


@pytest.mark.shared
def test_no_clause_of_the_verdict_slipped_into_a_record(studies: dict[str, Row], every: dict[str, Row]) -> None:
    slipped = [
        (key, clause)
        for key, study in studies.items()
        for clause in re.split(r"[;:.()]", study["why_eligible_or_not"])
        if len(words(clause)) >= 3
        and " ".join(words(clause)) in " ".join(words(every[key]["abstract"] + " " + every[key]["keywords"]))
    ]
    assert slipped == []


@pytest.mark.shared
def test_no_digest_invents_a_number(studies: dict[str, Row], every: dict[str, Row]) -> None:
    given = ("title", "population", "n_total", "intervention", "comparator", "outcomes", "result_direction")
    invented = {}
    for key, study in studies.items():
        more = numbers(every[key]["abstract"]) - numbers(" ".join(study[column] for column in given))
        if more:
            invented[key] = more
    assert invented == {}


def test_the_draft_of_the_founding_review_is_what_the_command_makes() -> None:
    text = (FOLDER / "drafting.txt").read_text(encoding="utf-8")
    assert draft(text).to_toml() == (FOLDER / "drafted.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["criteria.toml", "drafted.toml"])
def test_the_ranks_of_the_12_by_each_criteria_are_those_in_the_readme(name: str) -> None:
    records = tiab.read_records(FOLDER / "records.csv")
    gold = set(read_gold(FOLDER / "gold.csv", records))
    order = tiab.rank(records, criteria=tiab.read_criteria(FOLDER / name)).order
    ranks = ", ".join(str(rank) for rank, record_id in enumerate(order, 1) if record_id in gold)
    assert f"| `{name}` | {ranks} |" in (FOLDER / "README.md").read_text(encoding="utf-8")
