"""Figures on the pages written by hand are those of the code, or of the page or file that they come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from make_evidence_sheet import CRITERIA, LABELS, compared, figure, tables
from tiab import metrics, stopping
from tiab.evaluation.agreement import measure_agreement
from tiab.ranking.linear import LinearRanker
from tiab.web.app import UPLOADS

DOCS = Path(__file__).parents[1] / "docs"
RANKS = (1, 2, 3, 5, 8, 12, 17, 25, 38, 60, 95, 210)
"""The ranks of 12 relevant records among 907 that the page on the numbers takes as its example."""


def text(page: str) -> str:
    """A page, its line breaks as spaces."""
    return " ".join((DOCS / page).read_text(encoding="utf-8").split())


def rows(page: str, first: str) -> list[list[str]]:
    """The rows of the table whose first column has that name."""
    return next(cells for _, names, cells in tables(f"docs/{page}") if names[0] == first)


def test_the_plan_is_the_one_that_tiab_makes() -> None:
    made = [row.outcome for row in stopping.plan(907, 0.013).rows]
    assert rows("metrics.md", "rule") == [
        [
            one.rule,
            one.guarantee,
            f"{one.records_mean:.0f} ({one.records_low:.0f} to {one.records_high:.0f})",
            f"{one.chance_of_target:.1%}",
            f"{one.chance_of_all:.1%}",
        ]
        for one in made
    ]


def test_the_examples_of_the_page_on_numbers() -> None:
    page, n = text("metrics.md"), 907
    assert f"WSS@95 is {metrics.wss(RANKS, n, target=0.95):.3f} here" in page
    eleven = (n - RANKS[10]) / n - 0.05
    assert f"{eleven:.3f} with rounding" in page
    assert f"for 12 of 12, the 95% interval begins at {metrics.clopper_pearson(12, 12)[0]:.2f}" in page
    perfect = [True] * 12 + [False] * (n - 12)
    assert f"a recall of 0.95 is assured after {stopping.stop_at(perfect, n)} records" in page
    known = [rank in RANKS for rank in range(1, n + 1)]
    assert f"it takes {stopping.stop_at(known, n, target=0.8)} records" in page
    assert f"{stopping.elusion_size(800, 0)} of 800 unread records" in page
    sizes = [stopping.control_set_size(target) for target in ("0.95", "0.8")]
    assert f"{sizes[0]} relevant records for a recall of 0.95, or {sizes[1]} for 0.8" in page


def test_the_example_of_agreement() -> None:
    found = measure_agreement(["include", *["exclude"] * 29], ["exclude"] * 30)
    assert found.kappa == 0
    assert found.kappa_low is not None
    low = f"{found.kappa_low:.2f}".replace("-", "−")
    assert f"(here {low} to {found.kappa_high:.2f})" in text("metrics.md")


def test_when_to_stop_says_what_the_exact_test_costs() -> None:
    cost = stopping.stop_at([True] * 12 + [False] * 895, 907)
    assert f"with 12 among 907, at least {cost} records" in text("how-to/when-to-stop.md")


def test_how_many_duplicates_are_found() -> None:
    sets = ("digital_work", "respiratory", "stroke")
    found = [float(figure("docs/benchmarks/formats.md", one, "sensitivity")) for one in sets]
    said = f"it found {min(found):.0%} to {max(found):.0%} of the pairs and linked none wrongly"
    assert said in text("how-to/bring-your-search.md")
    assert {figure("docs/benchmarks/formats.md", one, "false merges") for one in sets} == {"0"}


def test_how_fast_exports_are_read() -> None:
    speeds = [int(cells[4].replace(",", "")) for cells in rows("benchmarks/formats.md", "file")]
    said = re.search(r"seconds: ([\d,]+) to ([\d,]+) records a second", text("how-to/large-reviews.md"))
    assert said
    low, high = (int(number.replace(",", "")) for number in said.groups())
    assert (low, high) == (min(speeds) // 500 * 500, max(speeds) // 1000 * 1000)


def test_how_well_tiab_ranks_beside_asreview() -> None:
    better = [compared(mode, "loss")["better"] for mode in (CRITERIA, LABELS)]
    assert f"better than ASReview's default on {better[0]} finished reviews" in text("index.md")
    assert f"without criteria, on {better[1]}" in text("index.md")


def test_drafted_criteria_rank_between_those_by_hand_and_a_title() -> None:
    page = "docs/benchmarks/drafting.md"
    by_hand, drafted, _, title = map(float, figure(page, "mean, all", "AUC").split(" / "))
    assert by_hand > drafted > title
    reviews = re.search(r"mean, all \((\d+)\)", text("benchmarks/drafting.md"))
    assert reviews
    assert f"on average over {reviews[1]} reviews" in text("how-to/write-criteria.md")


def test_how_decisions_and_criteria_are_weighed() -> None:
    page = text("understand/ranking.md")
    assert f"weigh {LinearRanker.ratio} times as much as all excluded ones together" in page
    assert f"with {LinearRanker.prior_fades:.0f} included, it counts half as much" in page


@pytest.mark.parametrize("page", ["how-to/bring-your-search.md", "reference/file-formats.md"])
def test_how_large_a_file_may_be(page: str) -> None:
    assert {limit // 1024**2 for limit in UPLOADS.values() if limit >= 1024**2} == {512}
    assert "512 MB" in text(page)


def test_what_pico_finds_is_what_the_model_cards_say() -> None:
    cards = "".join(path.read_text(encoding="utf-8") for path in (DOCS.parent / "models").glob("pico-*.md"))
    said = set(re.findall(r"(?<!\d)\.\d{3}\b", text("understand/pico.md")))
    assert len(said) > 5
    assert said <= set(re.findall(r"(?<!\d)\.\d{3}\b", cards))
