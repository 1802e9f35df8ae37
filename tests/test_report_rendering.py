"""How a report looks: HTML, Markdown and JSON against golden files, hostile titles, figures.

TIAB_UPDATE_GOLDEN=1 writes the golden files anew; read the difference before you commit it.
"""

from __future__ import annotations

import csv
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree
from typer.testing import CliRunner, Result

from tiab.cli import app
from tiab.errors import InputError
from tiab.evaluation.gold_studies import GoldReport, GoldStudy
from tiab.report.building import build_report
from tiab.report.curves import draw_found, draw_missing
from tiab.report.data import ReportData
from tiab.report.flow import flow_lines
from tiab.report.rendering import FIGURES, render_html, render_markdown, write_figures, write_report
from tiab.report.texts import make_texts
from tiab.review import Policy, Review
from tiab.review.log_summary import Provenance, SearchRow
from tiab.review.summary import summarise_review

HOSTILE = "<script src='x'> & \"a\" | b *c* `d` [e](javascript:f) $x^{2}$ \x00\x1b\u202e"
MADE = Provenance(
    tool="tiab",
    version="0.0.0",
    at="2026-01-02T03:04:05+00:00",
    seed=7,
    software=(("Python", "3.11"), ("numpy", "2.0")),
    criteria_hash="",
    data_hash="d" * 16,
    model_hash="e" * 16,
    order_hash="f" * 16,
    events=33,
    rankings=2,
    versions=("0.0.0",),
    anchor=f"33:{'a' * 64}",
    first_event_at="2026-01-01T00:00:00",
    last_event_at="2026-01-02T00:00:00",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review of thirty records by two people, with a conflict, prior knowledge, a duplicate and hostile names."""
    place = tmp_path_factory.mktemp("reports")
    with (place / "sea$rch^{2}<b>.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["record_id", "title", "abstract", "year"])
        for n in range(1, 31):
            title = HOSTILE.replace("\x00", "") if n == 4 else f"Study {n} of {'yoga' if n % 3 == 0 else 'tax law'}"
            writer.writerow([n, title, "" if n in (4, 9) else f"Words {n}.", 2000 + n if n != 9 else ""])
    with Review.create(place / "ms") as review:
        review.add([place / "sea$rch^{2}<b>.csv"])
        review.set_policy(Policy(scheme="one", blinded=False))
        review.add_prior(["30"])
        review.merge("29", "28", reviewer="Eva <i>")
        for n in (3, 1, 2, 6, *range(10, 22)):
            review.label(str(n), "include" if n % 3 == 0 and n < 10 else "exclude", reviewer="Eva <i>")
        for n in (3, 1, 2, 6):
            review.label(str(n), "exclude" if n == 6 else "include" if n == 3 else "exclude", reviewer="Bo|b")
        review.label("9", "maybe", reviewer="Bo|b")
        review.label("8", "exclude", reviewer="Bo|b")
        review.undo("Bo|b")
    return place


@pytest.fixture(scope="module")
def data(folder: Path) -> ReportData:
    """What is reported, with a fixed clock and without what another numpy would compute otherwise."""
    with Review(folder / "ms") as review:
        made = build_report(review, ["3", "6", "9", "30", "99"], target=0.8)
        summary = replace(summarise_review(review, None), provenance=MADE)
        texts = make_texts(
            summary,
            made.frontier,
            made.stopping,
            made.gold,
            len(made.reviewers),
            review.policy.method(2),
            evaluation="How well it works on other reviews: see its evidence sheet.",
        )
    assert made.gold is not None
    later = SearchRow(query="yo|ga <b>[ti]", since="2026-01-01", until="2026-01-02", found=2, at="2026-01-02T09:00:00")
    own = SearchRow(query="yoga", since="", until="", found=None, at="")
    timeless = tuple(replace(one, days=(("2026-01-02", one.decided),), pace=None) for one in made.team.progress)
    team = replace(made.team, progress=timeless)
    return replace(made, made=MADE, texts=texts, gold=_with_evidence(made.gold), searches=(own, later), team=team)


def _with_evidence(gold: GoldReport) -> GoldReport:
    """The gold records with evidence of which no digit depends on the model."""

    def told(study: GoldStudy) -> GoldStudy:
        rank = None if study.status == "not in the review" else 4
        return replace(study, rank_unlearned=rank, missing="yo|ga <b>", against="tax (-0.10)", weighed_for="")

    studies = tuple(told(study) for study in gold.studies)
    return replace(gold, studies=studies, evaluation=dict(gold.evaluation))


def golden(root: Path, name: str, text: str) -> None:
    path = root / "tests" / "golden" / name
    if os.environ.get("TIAB_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} differs: see the head of this test"


def test_html_as_it_was(root: Path, data: ReportData) -> None:
    text = re.sub(r"<svg.*?</svg>", "<svg></svg>", render_html(data), flags=re.S)
    golden(root, "report.html", re.sub(r"<style>.*?</style>", "<style></style>", text, flags=re.S))


def test_markdown_as_it_was(root: Path, data: ReportData) -> None:
    golden(root, "report.md", render_markdown(data))


def test_json_as_it_was(root: Path, data: ReportData, tmp_path: Path) -> None:
    write_report(tmp_path / "r.json", data)
    golden(root, "report.json", (tmp_path / "r.json").read_text(encoding="utf-8"))


class _Page(HTMLParser):
    """The tags of a page, its ids, what refers to them, and the levels of its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.wanted: list[str] = []
        self.links: list[str] = []
        self.levels: list[int] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        self.ids += [said["id"] or ""] if "id" in said else []
        self.wanted += (said.get("aria-labelledby") or "").split()
        self.links += [said.get(name) or "" for name in ("href", "src", "xlink:href") if name in said]
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_closed_accessible_and_alone(data: ReportData) -> None:
    text = render_html(data)
    page = _Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.wanted) <= set(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)  # nothing outside the page
    assert page.tags.count("h1") == 1
    assert all(later - before <= 1 for before, later in zip(page.levels, page.levels[1:], strict=False))
    assert page.tags.count("svg") == len(FIGURES) == text.count('role="img"')
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert re.findall(r"url\((?!#)[^)]*\)|@import|https?://(?!www\.w3\.org)", text) == []
    assert '<html lang="en">' in text
    assert "@page" in text
    assert "prefers-color-scheme: dark" in text


def test_what_records_say_is_never_markup(data: ReportData) -> None:
    html, markdown = render_html(data), render_markdown(data)
    for text in (html, markdown):
        assert "<script" not in text
        assert "<i>" not in text.replace("<i></i>", "")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    assert "&lt;script src" in html
    assert "\\[e\\](javascript:f)" in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("| ") and "Bo" in line]
    assert rows[0] == "| Bo\\|b | 1 | 1 | 3 |"


def test_the_assumption_stands_wherever_the_frontier_does(data: ReportData) -> None:
    html = render_html(data)
    for section in ("found", "missing", "limits"):
        part = html.split(f'<section aria-labelledby="{section}">')[1].split("</section>")[0]
        assert "in no worse than random order" in part
    assert html.count("no guarantee") >= 3
    assert "in no worse than random order" in render_markdown(data).split("## Where rules")[1].split("## ")[0]
    thumbs = [point for point in data.stopping if point.guarantee == "no guarantee"]
    assert len(thumbs) == 4
    assert all(point.chance_of_all is not None for point in thumbs)  # beside each, what it was worth in simulation
    assert "28 records, 3 of them relevant, as many as were found so far" in data.texts.chances


def test_unscreened_records_are_never_called_excluded(data: ReportData) -> None:
    boxes = {line.strip() for _, left, right in flow_lines(data) for line in (*left, *right)}
    counts = data.counts
    assert f"Records not screened (n = {counts.unscreened})" in boxes
    assert f"Records excluded by people (n = {counts.excluded})" in boxes
    assert "marked ineligible by automation (n = 0)" in boxes
    assert counts.unscreened > 0
    assert counts.excluded == 14


def test_the_numbers_in_the_diagram_add_up(data: ReportData) -> None:
    lines = [line for _, left, right in flow_lines(data) for line in (*left, *right)]
    numbers = {line.split(" (n =")[0].strip(): number(line) for line in lines if re.search(r"\(n = \d", line)}
    assert numbers["Records identified"] == numbers[data.sources[0].name] == 30
    removed = sum(numbers[name] for name in ("duplicates", "marked ineligible by automation", "could not be read"))
    assert numbers["Records identified"] - removed == numbers["Records to screen"] == 29
    read, known = numbers["Records screened"], numbers["Known beforehand"]
    assert numbers["Records to screen"] == read + known + numbers["Records not screened"]
    gone = ("Records excluded by people", "by automation", "Known to be ineligible", "In conflict, not resolved")
    assert read + known == sum(numbers[name] for name in gone) + numbers["Reports to be sought"]
    (sought,) = [line for line in lines if line.strip().startswith("included")]
    assert sum(int(one) for one in re.findall(r"\d+", sought)) == numbers["Reports to be sought"] == 3


def number(line: str) -> int:
    found = re.search(r"\(n = ([\d,]+)\)", line)
    return int(found.group(1).replace(",", "")) if found else 0


def test_the_diagram_of_a_finished_screening_has_no_unread(data: ReportData) -> None:
    done = replace(data, counts=replace(data.counts, unscreened=0, conflicts=0, prior=0, prior_included=0))
    boxes = " ".join(line for _, left, right in flow_lines(done) for line in (*left, *right))
    assert "not screened" not in boxes
    assert "Known" not in boxes
    many = replace(data, sources=data.sources * 9)
    assert "3 more files" in " ".join(flow_lines(many)[0][1])


def test_figures_are_files_that_say_what_they_show(data: ReportData, tmp_path: Path) -> None:
    files = write_figures(tmp_path / "figures", data)
    assert sorted(path.name for path in files) == sorted(
        f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")
    )
    for path in files:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG")
            continue
        tree = etree.fromstring(path.read_bytes())
        said = " ".join(tree.itertext())
        assert "Records identified" in said if path.stem == "flow" else "records read" in said
        assert path.stem != "frontier" or "in no worse than random order" in said
    flow = (tmp_path / "figures" / "flow.svg").read_text(encoding="utf-8")
    assert "sea$rch^{2}&lt;b&gt;.csv" in flow
    again = write_figures(tmp_path / "again", data)
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]


def test_figures_of_a_large_pool_show_what_was_read_of_it(data: ReportData) -> None:
    large = replace(data, gold=None, frontier=replace(data.frontier, n_records=10_000))
    for draw in (draw_found, draw_missing):
        axes = draw(large).axes[-1]
        assert axes.get_xlim() == (0, 4 * data.frontier.screened)
        assert f"the first {4 * data.frontier.screened} of 10,000" in axes.get_xlabel()
    assert draw_missing(data).axes[-1].get_xlim() == (0, data.frontier.n_records)


def test_long_lists_are_cut_and_say_so(data: ReportData) -> None:
    many = replace(data, no_abstract=data.no_abstract * 60)
    assert "And 20 more" in render_html(many)
    assert "and 20 more" in render_markdown(many)


def test_another_suffix_or_place_is_a_mistake(data: ReportData, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a kind of report"):
        write_report(tmp_path / "r.docx", data)
    with pytest.raises(InputError, match="cannot be written"):
        write_report(tmp_path / "nowhere" / "r.html", data)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be made"):
        write_figures(tmp_path / "file", data)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_writes_what_it_is_asked_for(folder: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("record_id\n3\n6\n9\n99\n", encoding="utf-8")
    outputs = [option for kind in ("html", "md", "json") for option in ("-o", tmp_path / f"r.{kind}")]
    result = run("report", folder / "ms", *outputs, "--gold", gold, "--figures", tmp_path / "f", "--target", 0.8)
    assert result.exit_code == 0, result.output
    made = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert made["frontier"]["target"] == 0.8
    assert made["gold"]["n"] == 4
    assert Review.check(folder / "ms", anchors=[made["made"]["anchor"]]).sound
    assert len(list((tmp_path / "f").iterdir())) == 2 * len(FIGURES)
    assert made["frontier"]["sentence"] in " ".join(result.stdout.split())
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    wrong = run("report", tmp_path, "-o", tmp_path / "x.html")
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (2, 1)


def test_evaluate_takes_a_review_too(folder: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    gold.write_text("record_id\n3\n6\n", encoding="utf-8")
    read = json.loads(run("evaluate", folder / "ms", "--gold", gold, "--json").stdout)
    assert read["last_relevant_rank"] == 4  # as it was screened: 3, 1, 2, 6
    ranked = run("evaluate", folder / "ms", "--gold", gold, "--order", "ranking", "--json")
    assert "has learned from" in ranked.stderr
    assert json.loads(ranked.stdout)["n_relevant"] == 2
    wrong = run("evaluate", folder / "ms", "--gold", gold, "--order", "alphabet")
    assert wrong.exit_code == 2
    assert all(word in wrong.stderr for word in ("--order", "'alphabet'", "'screening'", "'ranking'"))
