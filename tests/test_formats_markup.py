"""Texts are cleaned once, where they are read: what is a tag, what is an entity, what is neither, and what stays."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab.criteria import read_criteria
from tiab.dedupe import find_duplicates
from tiab.features.matches import count_hits
from tiab.formats import read_records, write_records
from tiab.formats.markup import plain_value
from tiab.formats.writing import SUFFIXES
from tiab.pico import find_spans
from tiab.records import Record
from tiab.review import Review
from tiab.store import Source, Store

CLEAN = {
    "IL<sub>6</sub> and VO<inf>2</inf>max": "IL6 and VO2max",
    "CD4<sup>+</sup> in <i>Mus musculus</i>": "CD4+ in Mus musculus",
    "10<sup>6</sup> cells per m<sup>2</sup>, 10<sup>-3</sup> M": "10⁶ cells per m2, 10⁻³ M",
    "<jats:title>Aim</jats:title><jats:p>To see.</jats:p><jats:p>Done.</jats:p>": "Aim\nTo see.\nDone.",
    "<h4>Background</h4>Ten adults.<br>Five fell.<BR/>": "Background\nTen adults.\nFive fell.",
    '<mml:math xmlns:mml="http://x.org/M"><mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mn>2</mml:mn></mml:math>': "x=2",
    '<span class="a b" style="x: y;">bold</span> <Emphasis Type="Italic">in vivo</Emphasis>': "bold in vivo",
    'an <img src="/tex/2.gif" alt="(m, k)">-firm task': "an (m, k)-firm task",
    "<sec><title>Methods</title><p>We <b>ran</b>.</p></sec>": "Methods\nWe ran.",
    "one<!-- not seen -->two <tex-math>\\alpha</tex-math>three": "onetwo three",
    "<virus>A</virus> <unknown>b</unknown>": "A b",
    "p &lt; 0.05 &amp; q &gt; 2": "p < 0.05 & q > 2",
    "p &amp;lt; 0.05 &amp;amp; q": "p < 0.05 & q",
    "TNF-&alpha;, IL-1&#946;, &#x3B3;, 3 &mgr;g, &Dgr; and {beta}-blockers": "TNF-α, IL-1β, γ, 3 μg, Δ and β-blockers",
    "&lt;i&gt;Rattus&lt;/i&gt;": "Rattus",
    "M&uuml;ller&rsquo;s 5&nbsp;mg &#150; or more": "Müller’s 5 mg – or more",
}
PLAIN = (
    "p < 0.05 and n > 3", "<5 years", "aged <18 or >65", "a<b and c>d", "a <b and c> d", "x<y>z", "R&D; AT&T", "Q&A",
    "<Learning objective: read more.>", "<virus name>", "if i<n>0", "a & b; c", "{set} {alphabet}", "<", "<>", "&;",
    "<https://example.org/a>", "<me@example.org>", "10.1002/(sici)17:15<1661::aid-sim968>3.0.co;2-2",
)  # fmt: skip


@pytest.mark.parametrize("text", CLEAN)
def test_markup_goes_and_its_words_stay(text: str) -> None:
    assert plain_value(text) == CLEAN[text]


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert plain_value(text) is text


@given(st.text(max_size=40))
def test_text_without_the_signs_of_markup_is_left_alone(text: str) -> None:
    assert plain_value(bare := text.translate(dict.fromkeys(map(ord, "&<{")))) == bare


@given(st.lists(st.sampled_from([*CLEAN, *PLAIN, *CLEAN.values()]), max_size=4).map(" ".join))
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    once = plain_value(text)
    assert plain_value(once) == once


@pytest.mark.parametrize(
    "piece", ["<", "&amp;", "<b", "</", '<a b="', "&", "<!--", "<b>", "{alpha", "<script>", "<sup>1"]
)
def test_hostile_text_takes_no_long(piece: str) -> None:
    start = time.process_time()
    plain_value(piece * (400_000 // len(piece)))
    assert time.process_time() - start < 5


TITLE, ABSTRACT = "IL<sub>6</sub> after yoga", "<p>AIM: To see TNF-&amp;alpha;.</p><p>RESULTS: p &lt; 0.05.</p>"
READ = ("IL6 after yoga", "AIM: To see TNF-α.\nRESULTS: p < 0.05.", ("TNF-α", "CO2"))


def ris(path: Path) -> None:
    path.write_text(
        f"TY  - JOUR\nTI  - {TITLE}\nAB  - {ABSTRACT}\nKW  - TNF-&alpha;\nKW  - CO<sub>2</sub>\nID  - a&lt;1\nER  - \n"
    )


def csv(path: Path) -> None:
    path.write_text(
        f"record_id,title,abstract,keywords\na&lt;1,{TITLE},{ABSTRACT},TNF-&alpha;; CO<sub>2</sub>\n", encoding="utf-8"
    )


def bib(path: Path) -> None:
    path.write_text(
        f"@article{{a,\n title = {{{TITLE}}},\n abstract = {{{ABSTRACT}}},\n"
        " keywords = {TNF-&alpha;; CO<sub>2</sub>}\n}\n"
    )


def nbib(path: Path) -> None:
    path.write_text(f"PMID- 7\nTI  - {TITLE}\nAB  - {ABSTRACT}\nOT  - TNF-&alpha;\nOT  - CO<sub>2</sub>\n")


def pubmed(path: Path) -> None:
    title, abstract = (text.replace("&", "&amp;").replace("<", "&lt;") for text in (TITLE, ABSTRACT))
    path.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article>"
        f"<ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>{abstract}</AbstractText></Abstract></Article>"
        "<KeywordList><Keyword>TNF-α</Keyword><Keyword>CO<sub>2</sub></Keyword></KeywordList>"
        "</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )


def endnote(path: Path) -> None:
    title, abstract = (text.replace("&", "&amp;").replace("<", "&lt;") for text in (TITLE, ABSTRACT))
    path.write_text(
        f"<xml><records><record><titles><title>{title}</title></titles><abstract>{abstract}</abstract><keywords>"
        "<keyword>TNF-&amp;alpha;</keyword><keyword>CO&lt;sub>2&lt;/sub></keyword></keywords></record></records></xml>"
    )


def a_json(path: Path) -> None:
    path.write_text(
        json.dumps(
            [{"title": TITLE, "abstract": ABSTRACT, "keywords": ["TNF-&alpha;", "CO<sub>2</sub>"], "year": 2019}]
        )
    )


@pytest.mark.parametrize("write", [ris, csv, bib, nbib, pubmed, endnote, a_json])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_reader_cleans_and_every_export_is_clean(tmp_path: Path, write, suffix: str) -> None:  # type: ignore[no-untyped-def]
    write(tmp_path / "search.txt")
    (record,) = read_records(tmp_path / "search.txt")
    assert (record.title, record.abstract, record.keywords) == READ
    write_records(tmp_path / f"out{suffix}", [record])
    assert read_records(tmp_path / f"out{suffix}") == [replace(record, source=f"out{suffix}")]
    if suffix != ".xlsx":
        assert "sub>" not in (written := (tmp_path / f"out{suffix}").read_text("utf-8"))
        assert "&amp;alpha" not in written


def test_what_the_file_had_is_kept_where_it_was_cleaned_alone(tmp_path: Path) -> None:
    csv(tmp_path / "search.csv")
    (record,) = read_records(tmp_path / "search.csv")
    assert record.record_id == "a&lt;1", "labels name it so"
    assert dict(record.extra) == {
        "tiab raw title": TITLE,
        "tiab raw abstract": ABSTRACT,
        "tiab raw keywords": "TNF-&alpha;; CO<sub>2</sub>",
    }
    (tmp_path / "plain.csv").write_text("title,abstract\nYoga,We saw n<5.\n")
    assert read_records(tmp_path / "plain.csv")[0].extra == ()


def test_an_export_of_an_earlier_version_loses_no_letter(tmp_path: Path) -> None:
    """It holds markup, and tells line breaks by their place in that text."""
    (tmp_path / "old.ris").write_text(
        'TY  - JOUR\nTI  - Yoga\nAB  - <p>Ten</p> <i>old</i> women. Two men.\nC8  - tiab:[["breaks",[25]]]\nER  - \n'
    )
    (record,) = read_records(tmp_path / "old.ris")
    assert record.abstract.replace("\n", " ") == "Ten old women. Two men."


CRITERIA = """
title = "Cytokines"
question = "Does yoga change cytokines?"
[[intervention]]
name = "exercise"
terms = ["yoga"]
[[outcome]]
name = "cytokines"
terms = ["IL6", "TNF-alpha", "VO2max"]
"""


def test_criteria_and_spans_see_the_clean_text(tmp_path: Path) -> None:
    csv(tmp_path / "search.csv")
    (tmp_path / "criteria.toml").write_text(CRITERIA)
    records, criteria = read_records(tmp_path / "search.csv"), read_criteria(tmp_path / "criteria.toml")
    assert dict(count_hits(records, criteria).singles) == {"cytokines": 1, "exercise": 1}
    (found,) = find_spans(records, criteria)
    said = {span.text for span in found if span.role == "outcome"}
    assert {"IL6", "TNF-α"} <= said
    assert all(records[0].text[span.start : span.end] == span.text for span in found)


def test_one_record_with_and_without_markup_is_one(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text(
        "title,abstract,year\nIL<sub>6</sub> after yoga in adults,<p>Ten &amp; two.</p>,2019\n"
    )
    (tmp_path / "bare.csv").write_text("title,abstract,year\nIL6 after yoga in adults,Ten & two.,2019\n")
    (tags,), (bare,) = read_records(tmp_path / "tags.csv"), read_records(tmp_path / "bare.csv")
    assert (tags.fingerprint, tags.record_id) == (bare.fingerprint, bare.record_id)
    raw = replace(bare, record_id="raw", title=dict(tags.extra)["tiab raw title"], pmid="7")
    assert find_duplicates([raw, replace(bare, pmid="7")]).certain


def test_a_review_that_an_earlier_version_filled_knows_the_same_export(tmp_path: Path) -> None:
    words = " ".join(f"word{n}" for n in range(30))
    (tmp_path / "search.csv").write_text(
        "title,abstract,authors,year\n"
        f"IL<sub>6</sub> after yoga,<p>{words} &amp; more.</p>,M&uuml;ller A,2019\n"
        "Short <i>note</i>,[No abstract available],Example B,2018\n"
    )
    old = [
        Record(record_id="tiab:1", title="IL<sub>6</sub> after yoga", abstract=f"<p>{words} &amp; more.</p>",
               authors=("M&uuml;ller A",), year=2019, source="search.csv"),
        Record(record_id="tiab:2", title="Short <i>note</i>", abstract="[No abstract available]",
               authors=("Example B",), year=2018, source="search.csv"),
    ]  # fmt: skip
    with Review.create(tmp_path / "review") as review:
        with Store(review.folder) as store:
            store.add(Source(name="search.csv", sha256="0" * 64, found=2, new=2), old)
        (report,) = review.add([tmp_path / "search.csv"])
        assert (report.known, report.new, report.duplicates) == (2, 0, 0)
        assert [record.record_id for record in review.snapshot.records] == ["tiab:1", "tiab:2"]
