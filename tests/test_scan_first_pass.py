"""The first pass of a scan: what it reads from raw bytes, and that it never rules out what could be found."""

from __future__ import annotations

import gzip
import html
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiab.assets import corpus_path, model_path
from tiab.criteria import read_criteria
from tiab.errors import InputError
from tiab.features import make_features, parts_of, read_tokens
from tiab.folding import GREEK
from tiab.formats import iter_records
from tiab.formats.input_file import open_source
from tiab.formats.pubmed_articles import Articles, Revision, read_article, read_quick, read_revision
from tiab.pico.text import plain_form, split_words
from tiab.ranking.model_file import read_model
from tiab.records import Record
from tiab.scan import scan
from tiab.scan.bounding import Bound
from tiab.scan.previews import Preview
from tiab.scan.scanning import model_of
from tiab.scan.triggers import Triggers, has_odd_letters

CRITERIA = read_criteria(corpus_path() / "criteria.toml")
MODELS = {"criteria": model_of(CRITERIA), "model": read_model(model_path())}


def _raw(title: str, abstract: str = "", keywords: str = "") -> bytes:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="2">17</PMID><Article><ArticleTitle>{title}</ArticleTitle>'
        f"{abstract}</Article>{keywords}</MedlineCitation></PubmedArticle>"
    ).encode()


@pytest.mark.parametrize(
    "raw",
    [
        _raw("IL<sub>6</sub> &amp; TNF-α in <i>MS</i>"),
        _raw("Exer&#x63;ise"),
        _raw("Exercise in &lt;i&gt;MS&lt;/i&gt;"),
        _raw("A", "<Abstract><AbstractText>TNF-&amp;alpha; fell.</AbstractText></Abstract>"),
        _raw("A", "", "<KeywordList><Keyword>CO&lt;sub&gt;2&lt;/sub&gt;</Keyword></KeywordList>"),
        _raw("Exer<!-- no -->cise"),
        _raw("Exer<![CDATA[cise]]>"),
        _raw('<b>Yoga</b>\n  in  MS <mml:math xmlns:mml="x">β</mml:math>'),
        _raw("A", '<Abstract><AbstractText Label="AIM &amp; SCOPE">x &lt; 3</AbstractText><AbstractText/></Abstract>'),
        _raw("A", '<Abstract><AbstractText Label="UNLABELLED">One.</AbstractText></Abstract>'),
        _raw("A", "<OtherAbstract><AbstractText>Zwei.</AbstractText></OtherAbstract>"),
        _raw("[Not Available].", "<VernacularTitle>Übung</VernacularTitle>"),
        _raw("A", "", "<KeywordList><Keyword>il<sup>6</sup></Keyword></KeywordList>"),
        _raw(
            "A",
            "",
            "<MeshHeadingList><MeshHeading><DescriptorName>Exercise</DescriptorName>"
            "<QualifierName>methods</QualifierName></MeshHeading></MeshHeadingList>",
        ),
    ],
)
def test_the_quick_look_sees_what_the_parser_sees_or_nothing(raw: bytes) -> None:
    record, quick = read_article(raw, "a.xml"), read_quick(raw)
    assert quick is None or (quick.parts, quick.publication_types) == (parts_of(record), record.publication_types)
    assert read_revision(raw) == (17, Revision(2, 0))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30), min_size=3, max_size=3))
def test_the_quick_look_sees_any_text_as_the_parser_does(texts: list[str]) -> None:
    title, abstract, keyword = map(html.escape, texts)
    raw = _raw(
        title,
        f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract>",
        f"<KeywordList><Keyword>{keyword}</Keyword></KeywordList>",
    )
    quick = read_quick(raw)
    assert quick is None or quick.parts == parts_of(read_article(raw, ""))


@pytest.mark.shared
def test_the_quick_look_at_real_articles(shared: Path) -> None:
    path, left = shared / "pubmed" / "pubmed21n1298.xml.gz", 0
    articles = Articles(open_source(path))
    for raw, record in zip(articles.read(), iter_records(path), strict=True):
        quick = read_quick(raw)
        left += quick is None
        assert quick is None or (quick.parts, quick.publication_types) == (parts_of(record), record.publication_types)
        assert read_revision(raw)[0] == int(record.pmid)
    assert (articles.n_starts, len(articles.deleted), articles.unreadable) == (20_788, 20, [])
    assert left < 300


def test_an_article_without_an_end_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<PubmedArticleSet>" + _raw("A")[:-16] + _raw("B") + b"</PubmedArticleSet>")
    articles = Articles(open_source(path))
    assert [read_article(raw, "").title for raw in articles.read()] == ["B"]
    assert [lost.line for lost in articles.unreadable] == [1]
    path.write_bytes(b"<PubmedArticleSet>" + _raw("A") + _raw("B")[:-30])
    with pytest.raises(InputError, match="breaks off after 1 records"):
        list(Articles(open_source(path)).read())


_PIECES = st.sampled_from(
    re.findall(
        r"[^|]+",
        "multiple sclerosis|MS|RRMS|(MS)|mass spectrometry|Exercise training|EXERCISE|exer\u00adcise|"
        "IL-6|IL\u20116|il 6|"
        "TNF\u03b1|TNFalpha|TNF-alpha|"
        "tumour necrosis factor|Interleukins|sedentary|wait-list|non-training|pre\u2013post|"
        "randomised|RCT|trial|trials|were randomly assigned|case reports|review of|rats|women|cytokine's|leptins|"
        "Pil\u00e2tes|before and after|people with|walking programmes|(PwMS)|of|the|.|;|,|protocol|"
        "cohort|\u200b|e\u0301|"
        "HIIT|healthy controls|interlukin|cytokins|sclerosys|exercize|trainning|swiming|sclerossis",
    )
)


@settings(max_examples=300)
@given(
    st.tuples(
        *(st.lists(st.tuples(_PIECES, st.sampled_from([" ", "", "-", "\n", "  "])), max_size=9) for _ in range(3))
    ),
    st.sampled_from([(), ("Randomized Controlled Trial",), ("Review", "Case Reports")]),
    st.sampled_from(sorted(MODELS)),
)
def test_no_score_passes_its_bound(parts: tuple[list[tuple[str, str]], ...], types: tuple[str, ...], kind: str) -> None:
    title, abstract, keywords = ("".join(word + gap for word, gap in part) for part in parts)
    record = Record(
        record_id="1", title=title, abstract=abstract, keywords=(keywords,) if keywords else (), publication_types=types
    )
    model = MODELS[kind]
    preview = Preview(0, Revision(), parts_of(record), types, lambda: record)
    score = model.score(make_features([record], space=model.space))[0]
    assert score <= Bound(model).of([preview])[0][0]


@pytest.fixture(scope="module")
def fifth(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every fifth record of the two PubMed files: to read all of them whole takes minutes."""
    folder = tmp_path_factory.mktemp("fifth")
    for path in sorted(shared.glob("pubmed/*.xml.gz")):
        raws = list(Articles(open_source(path)).read())[::5]
        packed = gzip.compress(b"<PubmedArticleSet>" + b"".join(raws) + b"</PubmedArticleSet>", 1)
        (folder / path.name).write_bytes(packed)
    return folder


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("kind", sorted(MODELS))
def test_the_list_is_the_same_with_and_without_the_first_pass(fifth: Path, tmp_path: Path, kind: str) -> None:
    quick = scan([fifth], work=tmp_path / "quick", model=MODELS[kind], top=100)
    full = scan([fifth], work=tmp_path / "full", model=MODELS[kind], top=100, full=True)
    assert [(f.key, f.evidence) for f in quick.found] == [(f.key, f.evidence) for f in full.found]
    assert full.n_read_whole == quick.n_records == 10_158
    assert quick.n_read_whole < 0.35 * full.n_read_whole


def test_every_single_letter_is_counted_as_the_search_sees_it_or_odd() -> None:
    """What stands for a letter or for several in the search must pull the same trigger, or make the text odd."""
    for code in [*range(0x80, 0x3000), *range(0x3100, 0x3400), *range(0xF900, 0x10000), *range(0x1D400, 0x1F200)]:
        letter = chr(code)
        plain = plain_form(letter)
        several = len(re.findall("[a-z]", plain)) > 1 and plain not in GREEK.values()
        assert not several or has_odd_letters(letter), hex(code)
        if letter.isalnum() and not has_odd_letters(letter):
            tokens, lower = (split_words(word)[0] for word in (f"a{letter}b", f"a{letter}b".lower()))
            assert [*map(plain_form, tokens)] == [*map(plain_form, lower)], hex(code)


def test_a_phrase_is_ruled_out_where_a_word_of_it_is_missing() -> None:
    triggers = Triggers()
    phrases = ("interval training", "cytokin*", "IL-6", "AIDS")
    needs = {phrase: triggers.of(phrase) for phrase in phrases}
    texts = [
        ("Cytokines", "", ""),
        ("il6 at intervals of Training", "", ""),
        ("training", "AIDS", "aid"),
        ("cell", "", ""),
    ]
    pulled = triggers.pulled(read_tokens(texts), texts)
    found = {phrase: pulled.possible(needs[phrase]).tolist() for phrase in phrases}
    assert found["cytokin*"] == [True, False, False, False]
    assert found["IL-6"] == [False, True, False, False]
    assert found["interval training"] == [False, True, False, False]
    assert found["AIDS"] == [False, False, True, False]
    assert pulled.possible(needs["AIDS"], title=True).tolist() == [False] * 4
    assert pulled.times(needs["AIDS"], title=False).tolist() == [0, 0, 2, 0]


def test_a_misspelt_word_is_not_ruled_out() -> None:
    triggers = Triggers()
    strict, loose = triggers.of("swimming training"), triggers.of("interleukin", misspelt=True)
    texts = [("Interlukin rose", "", ""), ("swiming training", "", "")]
    pulled = triggers.pulled(read_tokens(texts), texts)
    assert pulled.possible(loose).tolist() == [True, False]
    assert pulled.possible(strict).tolist() == [False, False]


@pytest.mark.parametrize(
    ("title", "abstract", "types"),
    [
        ("Interlukin in multipel sclerosis", "Exercize training.", ()),
        ("Walking in RRMS", "People with relapsing-remitting multiple sclerosis (RRMS) walked. RRMS is common.", ()),
        ("A randomised crossover trial", "Patients were randomly assigned. A case report in rats.", ("Review",)),
        ("Effects of training", "", ("Letter", "Randomized Controlled Trial")),
    ],
)
@pytest.mark.parametrize("kind", sorted(MODELS))
def test_the_bound_lies_above_the_score_and_not_far(
    title: str, abstract: str, types: tuple[str, ...], kind: str
) -> None:
    record = Record(record_id="1", title=title, abstract=abstract, publication_types=types)
    preview = Preview(0, Revision(), parts_of(record), types, lambda: record)
    score = MODELS[kind].score(make_features([record], space=MODELS[kind].space))[0]
    bound = Bound(MODELS[kind]).of([preview])[0][0]
    assert score <= bound <= score + 3.5


def test_a_record_that_its_type_makes_ineligible_is_bounded_lower() -> None:
    record = Record(record_id="1", title="Exercise training in multiple sclerosis", abstract="Ten women trained.")
    plain, review = (
        Preview(0, Revision(), parts_of(record), types, lambda: record) for types in ((), ("Case Reports",))
    )
    bounds, _ = Bound(MODELS["criteria"]).of([plain, review])
    assert bounds[1] < bounds[0] - 1
