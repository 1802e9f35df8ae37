from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tiab.records import Record, normalise_doi

texts = st.text(max_size=40)
lines = texts.map(lambda text: " ".join(text.split()))


@given(title=lines, abstract=texts, keywords=st.lists(lines, max_size=3))
def test_sections_cut_the_text_into_its_fields(title: str, abstract: str, keywords: list[str]) -> None:
    record = Record(record_id="1", title=title, abstract=abstract, keywords=tuple(keywords))
    parts = {name: record.text[start:end] for name, start, end in record.sections}
    assert parts["title"] == record.text[: len(title)].rstrip("\n") or parts["title"] == title
    assert parts["keywords"] == "; ".join(keywords).rstrip("\n")
    if keywords and "; ".join(keywords):
        assert parts["abstract"] == abstract


def test_fingerprint_ignores_case_punctuation_and_accents() -> None:
    one = Record(record_id="1", title="Kjølhede: Résistance — training!", year=2016)
    two = Record(record_id="2", title="kjølhede  resistance training", year=2016)
    assert one.fingerprint == two.fingerprint
    assert one.fingerprint != Record(record_id="3", title=one.title, year=2017).fingerprint


def test_a_doi_is_found_in_whatever_surrounds_it() -> None:
    assert normalise_doi("doi: 10.1080/02640410500357036 [pii]") == "10.1080/02640410500357036"
    assert normalise_doi("no identifier") == ""
