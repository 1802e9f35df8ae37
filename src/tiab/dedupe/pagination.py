"""Volume, issue and pages of a record, found in its `extra` under the names that any format gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Pagination", "find_pagination", "first_known"]

_VOLUME = ("vl", "vi", "volume", "vol", "journal volume", "volume number")
_ISSUE = ("ip", "issue", "number", "journal issue", "issue number", "is", "m1")
_FIRST_PAGE = ("sp", "bp", "start page", "page start", "first page", "beginning page")
_LAST_PAGE = ("ep", "end page", "page end", "last page", "ending page")
_PAGES = ("pages", "page", "pg", "page range", "pagination", "article number", "art no", "ar", "c7")
_CITATION = ("citation", "so")
_CITED = re.compile(
    r"[;,]\s*(?P<volume>\w{1,9})?\s*(?:\((?P<issue>[^()]{1,20})\))?\s*:\s*(?P<pages>[a-z]?\d[\w-]{0,20})", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:-\w+)?")
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]|.*\((?:Print|Electronic|Linking)")
_UNKNOWN = frozenset({"", "unknown", "n/a", "na", "none", "nan", "null", "-", "?"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pagination:
    """Volume, issue and pages; "" or empty is not known.

    Attributes:
        pages: where it begins, with letters ("s42", "e505", "xi"); more than one if it stands in print in pieces.
        last_page: that of the first piece.
    """

    volume: str = ""
    issue: str = ""
    pages: tuple[str, ...] = ()
    last_page: str = ""


def find_pagination(extra: Mapping[str, str]) -> Pagination:
    """Volume, issue and pages in `extra`, whose names are spelt as headings are (lower case, no punctuation).

    >>> find_pagination({"vl": "37 Suppl 1", "is": "1234-5678", "pg": "1297-306"})
    Pagination(volume='37', issue='', pages=('1297',), last_page='1306')
    >>> find_pagination({"citation": "Brain. 2010 Jan;12(3):45-50."}).pages
    ('45',)
    """
    volume, issue = first_known(extra, _VOLUME), _issue(extra)
    first, last = first_known(extra, _FIRST_PAGE) or first_known(extra, _PAGES), first_known(extra, _LAST_PAGE)
    if not first and not volume:
        cited = _CITED.search(first_known(extra, _CITATION))
        if cited:
            volume, issue, first = (cited[name] or "" for name in ("volume", "issue", "pages"))
    pieces = [piece.replace("–", "-").replace("--", "-").partition("-") for piece in re.split(r"[,+]", first[:200])]
    pages = tuple(filter(None, (_page(start) for start, _, _ in pieces)))
    last = _page(last or pieces[0][2])
    if pages and len(last) < len(pages[0]) and last.isdigit():
        last = pages[0][: len(pages[0]) - len(last)] + last
    volume = "" if _YEAR.fullmatch(volume) else _number(volume)
    if pages == ("1",) and not volume:  # a proof counts from 1
        pages, last = (), ""
    return Pagination(volume=volume, issue=_number(issue), pages=pages, last_page=last)


def first_known(extra: Mapping[str, str], names: Iterable[str]) -> str:
    """The value of the first of `names` that has one; "UNKNOWN", "n/a" and the like are none."""
    for name in names:
        value = extra.get(name, "").strip()
        if value.casefold() not in _UNKNOWN:
            return value
    return ""


def _issue(extra: Mapping[str, str]) -> str:
    """The issue; in MEDLINE's tags `IS` is the ISSN."""
    for name in _ISSUE:
        value = extra.get(name, "")
        if value and not _ISSN.match(value):
            return value
    return ""


def _number(text: str) -> str:
    """The first number in a volume or issue."""
    match = re.search(r"[0-9]{1,6}", text)
    return match[0].lstrip("0") if match else ""


def _page(text: str) -> str:
    """A page as letters and digits; "" for anything else."""
    text = text.strip().casefold()
    match = re.search(r"([a-z]{0,6})\.?\s*0*([0-9]{1,9})", text)
    if match:
        return f"{match[1]}{match[2]}"
    return text if re.fullmatch(r"[ivxlc]{1,8}", text) else ""
