"""Real exports of databases and reference managers: how many records each holds, and what is in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tiab.decisions import read_labels
from tiab.formats import read, read_records, write_records
from tiab.labels import Decision
from tiab.records import Record

# file, format, records, records with an abstract, the first title that is not blank, the last title
SAMPLES = [
    (
        "asreview/baseline_tag-notes_labels.ris",
        "RIS",
        32,
        0,
        'Record which is labeled "relevant"',
        "Record without a no",
    ),
    ("asreview/embase.csv", "table", 6, 6, "Duplication cysts: Diagnosis", "Completely Isolated Retroperitoneal"),
    ("asreview/embase.ris", "RIS", 6, 6, "Duplication cysts: Diagnosis", "Completely Isolated Retroperitoneal"),
    ("asreview/embase_newpage.csv", "table", 6, 6, "Duplication cysts: Diagnosis", "Completely Isolated Retroperit"),
    ("asreview/faulty_year.ris", "RIS", 1, 1, "The Value of Radiologic Interventions", "The Value of Radiologic"),
    ("asreview/generic_semicolon.csv", "table", 2, 2, "Title of reference", "The title of the reference"),
    ("asreview/ovid_psycinfo.ris", "RIS", 6, 6, "The influence of self-criticism", "Psychological outcomes of a co"),
    ("asreview/ovid_zotero.ris", "RIS", 6, 6, "The influence of self-criticism", "Psychological outcomes of a cogn"),
    ("asreview/proquest.ris", "RIS", 6, 6, "Predictors of posttraumatic stress", "Bayesian PTSD-trajectory analysis"),
    ("asreview/pubmed_endnote.txt", "RIS", 6, 6, "Boswellia serrata: an overall", "Indigo Naturalis Ameliorates"),
    (
        "asreview/pubmed_zotero.ris",
        "RIS",
        6,
        6,
        "The importance of cognitive flexibility",
        "Efficacy and safety of Tri",
    ),
    ("asreview/ris_issue_1099.txt", "RIS", 7, 7, "Design and prototyping of directly", "Influence of the motor load"),
    ("asreview/ris_issue_992.txt", "RIS", 19, 8, "Overcoming Medication Reconciliation", "Behavioral health care q"),
    ("asreview/ris_many_authors.ris", "RIS", 1, 1, "This is the title", "This is the title"),
    ("asreview/scopus.ris", "RIS", 6, 6, "Stress and the brain-gut axis", "Role of brain imaging in disorders"),
    ("asreview/web_of_science.txt", "RIS", 10, 10, "Holding Yourself Captive", "On the power of secondary confession"),
    ("colrev/abi_inform_proquest_bib.bib", "BibTeX", 2, 2, "This is a dummy title", "This title is from proceedings"),
    ("colrev/abi_inform_proquest_ris.ris", "RIS", 2, 2, "Thesis title", "Title of a journal article"),
    ("colrev/acm_bib.bib", "BibTeX", 2, 2, "This is a dummy article", "This is the reference citation entry"),
    ("colrev/ais_enl.txt", "EndNote tags", 6, 4, "How Trust Leads to Commitment", "IT INNOVATIONS AND ENTREPREN"),
    ("colrev/crossref_bib.bib", "BibTeX", 1, 0, "Sensemaking and Sustainable Practicing", "Sensemaking and"),
    ("colrev/crossref_feed.bib", "BibTeX", 3, 3, "Product Meaning in Digital Product", "Social Capital Accumulation"),
    ("colrev/dblp_bib.bib", "BibTeX", 2, 0, "This is a dummy article", "This is a dummy proceedings"),
    ("colrev/ebsco_bib.bib", "BibTeX", 2, 2, "Paper title.", "When sharing fixes prices."),
    ("colrev/eric_nbib.nbib", "NBIB", 1, 1, "Paper title", "Paper title"),
    ("colrev/europe_pmc_bib.bib", "BibTeX", 2, 2, "When there is a PERCENTAGE symbol", "This title is a misc"),
    ("colrev/files_dir_bib.bib", "BibTeX", 3, 0, "THE RHETORIC OF CULTURE", "47. How Emerging Technologies"),
    ("colrev/google_scholar.json", "JSON", 7, 7, "How Trust Leads to Commitment", "Microsourcing--using information"),
    ("colrev/ieee_csv.csv", "table", 2, 2, "Rural Outsourcing: Delivering ITO", "Within-individual Increases in"),
    ("colrev/ieee_ris.ris", "RIS", 2, 0, "Title of a conference paper", "Title of a journal paper"),
    ("colrev/jstor_ris.ris", "RIS", 4, 3, "This is the title - charset UTF-8 used", "This title is of type RPRT"),
    ("colrev/psycinfo_ris.ris", "RIS", 1, 1, "Primary Title", "Primary Title"),
    ("colrev/pubmed-chatbot.csv", "table", 6, 0, "Chatbot-Delivered Psychotherapy", "Chatbot use cases in the Covid"),
    ("colrev/pubmed_csv.csv", "table", 1, 0, "Paper title", "Paper title"),
    ("colrev/scopus_bib.bib", "BibTeX", 11, 0, "Article classified as document_type", "Conference classified as"),
    ("colrev/springer_csv.csv", "table", 1, 0, "Publication tilte", "Publication tilte"),
    ("colrev/taylor_and_francis_bib.bib", "BibTeX", 2, 0, "This is a dummy title from", "This is a dummy title from"),
    ("colrev/test_records.bib", "BibTeX", 1, 0, "Bridging the service divide", "Bridging the service divide"),
    ("colrev/trid_ris.ris", "RIS", 3, 3, "Title of this citation", "Title of this citation"),
    ("colrev/unknown_source_bib.bib", "BibTeX", 1, 0, "Dummy: write down your ideas", "Dummy: write down"),
    ("colrev/web_of_science_bib.bib", "BibTeX", 2, 0, "Inproceedings Title", "A dummy title's"),
    ("colrev/wiley_bib.bib", "BibTeX", 2, 2, "Dummy: write down your ideas", "Dummy title"),
    ("endnote/copper.xml", "EndNote XML", 505, 498, "Zinc, copper, CD4 T-cell count", "2nd National Congress"),
    ("endnote/tafenoquine.xml", "EndNote XML", 179, 170, "8-Aminoquinoline Therapy", "Validation of the quantitative"),
    ("one-search-three-formats/mlagisz_scopus.bib", "BibTeX", 8, 8, "Per- and polyfluoroalkyl", "Meta-analysis of t"),
    ("one-search-three-formats/mlagisz_scopus.csv", "table", 8, 8, "Per- and polyfluoroalkyl", "Meta-analysis of to"),
    ("one-search-three-formats/mlagisz_scopus.ris", "RIS", 8, 8, "Per- and polyfluoroalkyl", "Meta-analysis of toxi"),
    ("pubmed/biopython_pubmed1.xml", "PubMed XML", 2, 1, "The treatment of AIDS behind the walls", "Magnetic studies"),
    ("pubmed/biopython_pubmed2.xml", "PubMed XML", 2, 2, "Is cryopreservation a homogeneous", "Proton MRI of (13)C"),
    ("pubmed/biopython_pubmed4.xml", "PubMed XML", 1, 1, "Leucocyte telomere length", "Leucocyte telomere length"),
    ("pubmed/biopython_pubmed5.xml", "PubMed XML", 1, 1, "Occupational pesticide exposure", "Occupational pesticide"),
    ("pubmed/biopython_pubmed6.xml", "PubMed XML", 1, 1, 'A "Blood Relationship"', 'A "Blood Relationship"'),
    ("pubmed/biopython_pubmed7.xml", "PubMed XML", 1, 1, "Development of a pulmonary imaging", "Development of a pul"),
    ("pubmed/biopython_pubmed_result1.nbib", "NBIB", 1, 1, "The Bio* toolkits", "The Bio* toolkits"),
    ("pubmed/biopython_pubmed_result2.nbib", "NBIB", 4, 4, "A high level interface to SCOP", "PDB file parser"),
    ("pubmed/biopython_pubmed_result3.nbib", "NBIB", 1, 1, "Effects of different parameters", "Effects of different"),
    ("pubmed/marcelis-20301770.nbib", "NBIB", 1, 1, "Feingold Syndrome 1.", "Feingold Syndrome 1."),
    ("pubmed/pubmed-29768149.xml", "PubMed XML", 1, 1, "Inhaled Combined Budesonide", "Inhaled Combined Budesonide"),
    ("rispy/example_bom.ris", "RIS", 1, 0, "", ""),
    ("rispy/example_empty_tag.ris", "RIS", 1, 1, "Outcome Measures After Shoulder", "Outcome Measures After"),
    ("rispy/example_extraneous_data.ris", "RIS", 2, 2, "Title of reference", "The title of the reference"),
    ("rispy/example_full_without_whitespace.ris", "RIS", 2, 2, "Title of reference", "The title of the reference"),
    ("rispy/example_multiline.ris", "RIS", 3, 3, "", ""),
    ("rispy/example_wos.ris", "Web of Science", 2, 2, "Interactions stabilizing the structure", "Proximal and dist"),
]
"""Counted by hand or by grep in the files themselves, not by the readers."""

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(("name", "kind", "count", "abstracts", "first", "last"), SAMPLES, ids=[s[0] for s in SAMPLES])
def test_sample(shared: Path, name: str, kind: str, count: int, abstracts: int, first: str, last: str) -> None:
    reading = read(shared / "samples" / name)
    records = reading.records
    assert (reading.format, len(records), reading.unreadable) == (kind, count, ())
    assert sum(bool(record.abstract) for record in records) == abstracts
    assert next((record.title for record in records if record.title), "").startswith(first)
    assert records[-1].title.startswith(last)
    assert len({record.record_id for record in records}) == count


def test_no_sample_is_left_out(shared: Path) -> None:
    folder = shared / "samples"
    there = {path.relative_to(folder).as_posix() for path in folder.glob("*/*")}
    assert there == {name for name, *_ in SAMPLES}


def test_one_search_is_the_same_in_three_formats(shared: Path) -> None:
    folder = shared / "samples" / "one-search-three-formats"
    table, ris, bib = (read_records(folder / f"mlagisz_scopus.{suffix}") for suffix in ("csv", "ris", "bib"))
    for name in ("title", "abstract", "year", "doi", "journal", "language"):
        values = [[getattr(record, name) for record in records] for records in (table, ris, bib)]
        assert values[0] == values[1] == values[2], name
    # Scopus itself parts keywords with commas here and there in BibTeX.
    assert [record.keywords for record in table] == [record.keywords for record in ris]
    assert [record.pmid for record in table] == [record.pmid for record in bib]
    assert [len(record.authors) for record in table] == [len(record.authors) for record in ris]


@pytest.fixture(scope="module")
def read_samples(shared: Path) -> dict[str, list[Record]]:
    """The records of each sample."""
    return {name: read_records(shared / "samples" / name) for name, *_ in SAMPLES}


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".ris", ".nbib", ".bib", ".xml"])
def test_every_sample_survives_every_format(read_samples: dict[str, list[Record]], tmp_path: Path, suffix: str) -> None:
    for name, records in read_samples.items():
        path = tmp_path / f"out{suffix}"
        write_records(path, records)
        assert read_records(path) == [replace(record, source=path.name) for record in records], name


def test_labels_of_asreview(shared: Path) -> None:
    labels = read_labels(shared / "samples" / "asreview" / "baseline_tag-notes_labels.ris")
    decided = list(labels.values())
    assert (decided.count(Decision.INCLUDE), decided.count(Decision.EXCLUDE)) == (10, 10)


def test_known_duplicates_keep_their_captions(shared: Path) -> None:
    records = read_records(shared / "samples" / "endnote" / "tafenoquine.xml")
    assert sum("caption" in dict(record.extra) for record in records) == 114
