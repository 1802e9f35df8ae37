"""PMIDs as databases, spreadsheets and data frames write them: bare, with a prefix, as an address, as a number."""

from __future__ import annotations

import re

__all__ = ["is_rounded", "pmid_in", "pmid_said"]

_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|"
    r"europepmc\.org/(?:article|abstract)/med)/(?:\?term=)?0*([1-9]\d{0,8})(?!\d)\S*",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"[\[(]?(?:(?:pmid|medline|med|pubmed(?:[ _-]?id)?|nlm)\s*[:#=-]?\s*){0,3}0*([1-9]\d{0,8})(?:\.0*)?[\])]?"
    r"(?:\s*[\[(].*[\])])?[.;,]?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:[ \u00a0\u202f']\d{3})+")
_EXPONENT = re.compile(r"(\d)(?:[.,](\d*))?E\+?0*(\d{1,2})", re.IGNORECASE)
_SAID = re.compile(
    r"(?:^|[.;,|\n(])\s*(?:PMID|PubMed ID|Medline PMID)\s*[:=]?\s*(?:NLM\s*)?0*([1-9]\d{0,8})(?!\w)", re.IGNORECASE
)
_KEYED = re.compile(r"""['"](?:pmid|pubmed)['"]\s*:\s*['"]?0*([1-9]\d{0,8})(?!\w)""", re.IGNORECASE)


def pmid_in(text: str) -> str:
    """The PMID that `text` is, in whatever dress; "" where it is something else, or a number that was rounded.

    >>> pmid_in("PMID: 031999902"), pmid_in("31999903.0"), pmid_in("31,999,904"), pmid_in("3.1999905E7")
    ('31999902', '31999903', '31999904', '31999905')
    >>> pmid_in("https://pubmed.ncbi.nlm.nih.gov/31999907/"), pmid_in("PMC6999901"), pmid_in("3.2E+07")
    ('31999907', '', '')
    """
    text = text.strip()
    match = _PLAIN.fullmatch(text) or _ADDRESS.fullmatch(text)
    if match:
        return match[1]
    if _GROUPED.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        return digits if len(digits) <= 9 else ""
    return _unfolded(text)


def _unfolded(text: str) -> str:
    """The whole number that `text` writes with an exponent, if all of its digits are there."""
    match = _EXPONENT.fullmatch(text)
    if match is None:
        return ""
    digits, places = match[1] + (match[2] or ""), 1 + int(match[3])
    whole = len(digits) >= places and not digits[places:].strip("0") and places <= 9
    return digits[:places] if whole and digits[0] != "0" else ""


def is_rounded(text: str) -> bool:
    """Whether `text` is a number of which a spreadsheet kept the first digits.

    >>> is_rounded("3.20E+07"), is_rounded("3.1999905E7")
    (True, False)
    """
    return bool(_EXPONENT.fullmatch(text.strip())) and not _unfolded(text.strip())


def pmid_said(text: str) -> str:
    """The one PMID that a note names as that of its record; "" for none, or for several.

    >>> pmid_said("Language: English. NLM UID: 0372344. PMID: NLM28472846."), pmid_said("Comment on PMID: 7")
    ('28472846', '')
    >>> pmid_said("{'DOI': '10.5555/a', 'PubMed': '31999901'}")
    '31999901'
    """
    found = {*_SAID.findall(text), *_KEYED.findall(text)}
    return found.pop() if len(found) == 1 else ""
