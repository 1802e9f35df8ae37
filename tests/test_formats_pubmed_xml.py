"""PubMed XML: what an article can hold, what a hostile file tries, and 50,788 real records."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from tiab.errors import InputError
from tiab.formats import read_records
from tiab.records import Record

ARTICLE = """<PubmedArticle><MedlineCitation><PMID Version="1">101</PMID><Article>
<Journal><ISSN>1234-5678</ISSN><JournalIssue><Volume>3</Volume><Issue>2</Issue>
<PubDate><Year>2004</Year><Month>Feb</Month></PubDate></JournalIssue><Title>Journal of yoga</Title></Journal>
<ArticleTitle>CO<sub>2</sub> and <i>yoga</i>:
 a trial.</ArticleTitle>
<Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/Right</ELocationID>
<Abstract><AbstractText Label="AIM" NlmCategory="OBJECTIVE">To see &lt;5&#956;m.</AbstractText>
<AbstractText Label="UNLABELLED">We <b>looked</b>.</AbstractText><AbstractText Label="NONE"/>
<CopyrightInformation>(c) Us</CopyrightInformation></Abstract>
<AuthorList><Author><LastName>Roe</LastName><ForeName>Richard</ForeName><Initials>R</Initials></Author>
<Author><CollectiveName>Yoga Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><Language>fre</Language>
<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
<AccessionNumber>NCT01</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType UI="D1">Journal Article</PublicationType></PublicationTypeList></Article>
<MedlineJournalInfo><Country>Norway</Country><MedlineTA>J Yog</MedlineTA></MedlineJournalInfo>
<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance>Interleukin-6</NameOfSubstance></Chemical>
</ChemicalList>
<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="N">Exercise</DescriptorName>
<QualifierName MajorTopicYN="Y">physiology</QualifierName></MeshHeading></MeshHeadingList>
<KeywordList Owner="NOTNLM"><Keyword>asana</Keyword></KeywordList>
<OtherAbstract><AbstractText>Autre.</AbstractText></OtherAbstract></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/other</ArticleId><ArticleId IdType="pmc">PMC9</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId>
</ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>"""

SPARSE = """<PubmedArticle><MedlineCitation><PMID>102</PMID><Article>
<Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate></JournalIssue></Journal>
<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Joga og smerte.</VernacularTitle></Article>
<OtherAbstract Language="nor"><AbstractText>Om joga.</AbstractText></OtherAbstract></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/Two</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>"""

BOOK = """<PubmedBookArticle><BookDocument><PMID>103</PMID><ArticleIdList>
<ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>Press</PublisherName></Publisher><BookTitle>Reviews of genes</BookTitle>
<PubDate><Year>1993</Year></PubDate></Book><Language>eng</Language>
<AuthorList Type="authors"><Author><LastName>Doe</LastName><ForeName>J</ForeName></Author></AuthorList>
<PublicationType UI="D2">Review</PublicationType><Abstract><AbstractText>Genes.</AbstractText></Abstract>
</BookDocument></PubmedBookArticle>"""


def document(*articles: str, head: str = '<?xml version="1.0"?>\n') -> bytes:
    text = f"{head}<PubmedArticleSet>{''.join(articles)}<DeleteCitation><PMID>1</PMID><PMID>2</PMID></DeleteCitation>"
    return f"{text}</PubmedArticleSet>\n".encode()


def write(tmp_path: Path, data: bytes, name: str = "pubmed.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_every_field(tmp_path: Path) -> None:
    first, second, third = read_records(write(tmp_path, document(ARTICLE, SPARSE, BOOK)))
    assert first == Record(
        record_id="101",
        title="CO2 and yoga: a trial.",
        abstract="AIM: To see <5μm.\nWe looked.",
        authors=("Roe, Richard", "Yoga Group"),
        year=2004,
        journal="Journal of yoga",
        doi="10.1000/right",
        pmid="101",
        keywords=("Exercise/physiology", "asana"),
        publication_types=("Journal Article",),
        language="eng; fre",
        source="pubmed.xml",
        extra=(
            ("DP", "2004 Feb"),
            ("VI", "3"),
            ("IP", "2"),
            ("PG", "1-9"),
            ("TA", "J Yog"),
            ("IS", "1234-5678"),
            ("PL", "Norway"),
            ("PMC", "PMC9"),
            ("SI", "ClinicalTrials.gov/NCT01"),
            ("RN", "0 (Interleukin-6)"),
        ),
    )
    assert (second.title, second.abstract, second.year) == ("Joga og smerte.", "Om joga.", 1998)
    assert (second.doi, second.pmid) == ("10.1000/two", "102")
    assert (third.title, third.abstract, third.year, third.pmid) == ("Reviews of genes", "Genes.", 1993, "103")
    assert (third.authors, third.publication_types, third.extra) == (("Doe, J",), ("Review",), (("PB", "Press"),))


@pytest.mark.parametrize("name", ["pubmed.xml", "results.txt", "no suffix"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_and_names(tmp_path: Path, name: str, encoding: str) -> None:
    text = document(ARTICLE, SPARSE, head="").decode()
    titles = [r.title for r in read_records(write(tmp_path, text.encode(encoding), name))]
    assert titles == ["CO2 and yoga: a trial.", "Joga og smerte."]
    packed = write(tmp_path, gzip.compress(text.encode(encoding)), name)
    assert [r.title for r in read_records(packed)] == titles


def test_an_entity_of_the_dtd_is_text(tmp_path: Path) -> None:
    head = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "http://example.org/none.dtd">'
    (record,) = read_records(write(tmp_path, document(ARTICLE.replace("yoga</i>", "&alpha;-yoga</i>"), head=head)))
    assert record.title == "CO2 and α-yoga: a trial."


def test_start_tags_are_counted_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 7, 64, 1000):
        monkeypatch.setattr("tiab.formats.input_file.CHUNK", size)
        assert len(read_records(write(tmp_path, document(*[SPARSE] * 7, "\n", BOOK)))) == 8


def test_a_lost_record_is_named_by_its_line(tmp_path: Path) -> None:
    hidden = f"\n\n<Odd><![CDATA[{SPARSE}]]></Odd>"
    with pytest.raises(InputError, match=r"pubmed\.xml, line \d+: 3 records start in it, but 2 were read"):
        read_records(write(tmp_path, document(ARTICLE, hidden, BOOK)))


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    path = write(tmp_path, document(ARTICLE, SPARSE)[:-300])
    with pytest.raises(InputError, match=r"pubmed\.xml, line \d+: its XML is damaged or breaks off"):
        read_records(path)


ENTITIES = '<!DOCTYPE PubmedArticleSet [<!ENTITY a "{0}">]>'


@pytest.mark.parametrize("declared", ["x" * 10, "&b;&b;&b;"])
def test_entities_are_refused(tmp_path: Path, declared: str) -> None:
    data = document(SPARSE.replace("Joga", "&a;"), head=ENTITIES.format(declared))
    with pytest.raises(InputError, match="declares XML entities"):
        read_records(write(tmp_path, data))


def test_external_entities_are_refused(tmp_path: Path) -> None:
    secret = write(tmp_path, b"secret", "secret.txt")
    head = f'<!DOCTYPE PubmedArticleSet [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(InputError, match="declares XML entities"):
        read_records(write(tmp_path, document(SPARSE.replace("Joga", "&a;"), head=head)))


@pytest.mark.parametrize("filling", ["<a>xxxx</a>" * 1_600_000, "x" * 40_000_000, "<a>" * 100_000])
def test_an_endless_record_is_refused_in_bounded_memory(tmp_path: Path, filling: str) -> None:
    path = write(tmp_path, f"<PubmedArticleSet><PubmedArticle>{filling}".encode())
    with pytest.raises(InputError, match=r"one record|damaged"):
        read_records(path)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count", "abstracts", "pmid"),
    [("pubmed21n1298.xml.gz", 20788, 18445, "34049259"), ("pubmed20n0014.xml.gz", 30000, None, "399296")],
)
def test_real_files_in_flat_memory(shared: Path, name: str, count: int, abstracts: int | None, pmid: str) -> None:
    command = [sys.executable, "-c", _COUNT, str(shared / "pubmed" / name), pmid]
    read, ids, with_abstract, found, peak = map(int, subprocess.check_output(command, text=True).split())
    assert read == ids == count
    assert found == 1
    assert abstracts is None or with_abstract == abstracts
    assert peak < 150_000  # KiB; the first file is 233 MB of XML


_COUNT = """
import pathlib, re, sys
from tiab.formats import iter_records
read, abstracts, ids = 0, 0, set()
for record in iter_records(sys.argv[1]):
    read, abstracts = read + 1, abstracts + bool(record.abstract)
    ids.add(record.record_id)
status = pathlib.Path("/proc/self/status")
peak = re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1] if status.exists() else 0
print(read, len(ids), abstracts, int(sys.argv[2] in ids), peak)
"""
