"""BibTeX: TeX as text, and entries that their exporters got wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiab.formats import read_records
from tiab.formats.latex import decoded, encoded

ENTRY = r"""@article{key1,
  title = {{\'E}tude of {IL}-6: 5\% of $\beta$-cells},
  author = {M{\"u}ller, J{\"o}rg and {World Health and Care} and \O{}re, \AA{}},
  journal = jy,
  year = 2004,
  abstract = "First {"}quoted{"} part
     and the rest",
  keywords = {yoga, pain},
  doi = {10.1000/a\_b},
  month = mar,
  odd-field = {kept},
}
"""


def read(tmp_path: Path, text: str) -> list[str]:
    return [record.title for record in read_records(write(tmp_path, text))]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "refs.bib"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_field(tmp_path: Path) -> None:
    path = write(tmp_path, '@comment{x}\n@string{jy = "Journal of " # "yoga"}\n' + ENTRY)
    (record,) = read_records(path)
    assert record.title == "Étude of IL-6: 5% of β-cells"
    assert record.authors == ("Müller, Jörg", "World Health and Care", "Øre, Å")
    assert (record.journal, record.year, record.doi) == ("Journal of yoga", 2004, "10.1000/a_b")
    assert record.abstract == 'First "quoted" part\nand the rest'
    assert record.keywords == ("yoga", "pain")
    assert record.extra == (("ENTRYTYPE", "article"), ("KEY", "key1"), ("month", "mar"), ("odd-field", "kept"))


@pytest.mark.parametrize(
    "text",
    [
        "@article{a,title={One}}\n@article{a,title={Two}}",
        "@article{a, title={One},\n@article{b, title={Two}}",
        "@article{a, title={One}, keywords={x}, keywords={y}}\n@article{b, title={Two}}",
        "@article{a, title={One}, abstract={a } b}, year={2001}}\n@article{b, title={Two}}",
        "@article{a, title={One}, abstract={a { b}, year={2001}}\n@article{b, title={Two}}",
        "@article{, title={One}}\n@article{two words, title={Two}}",
        "@article{title={One}}\n@book{\nb,\ntitle={Two}}",
        "@article{a, title={One}}@article{b, title={Two}}",
        "@article {a,\n  title = {One}\n  year = {2001}\n}\n\n@ARTICLE(b, title = {Two})",
        "Scopus\nEXPORT DATE: 1 May\n\n@article{a, title={One}, note={a @b{c} d@e.org}}\n% x\n@article{b, title={Two}}",
        '@article{a, title="One"}\n@article{b, title={Two}, year="2001}',
        "@article{a,\r  title={One}\r}\r@article{b,\r title={Two}}",
    ],
)
def test_every_entry_of_a_damaged_file_is_read(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ["One", "Two"]


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2FFF)))
def test_encoding_is_undone(text: str) -> None:
    assert decoded(encoded(text)) == text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\c{c}a \v{s} \~n \^{\i} \=a \H{o} \k{a}", "ça š ñ î ā ő ą"),
        (r"{\ss} {\o} \ae{} \L{}ód\'z", "ß ø æ Łódź"),
        (r"p $<$ 0.05 and $\alpha$ \& \textit{in vivo}", "p < 0.05 and α & in vivo"),
        (r"a title&apos;s \textless b", "a title's <b"),
        (r"\unknowncommand stays", r"\unknowncommand stays"),
    ],
)
def test_tex(tex: str, text: str) -> None:
    assert decoded(tex) == text


def test_others_are_no_author(tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text("@article{a, title={Yoga}, author={Smith, John and Doe, Ann and others}, abstract={We looked.}}\n")
    (record,) = read_records(path)
    assert record.authors == ("Smith, John", "Doe, Ann")
