"""A search of PubMed: how much it finds, and which records, in parts that are small enough to be fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lxml import etree

from tiab.errors import TiabError
from tiab.pubmed.server import PassingTrouble, Server

__all__ = ["DATE_TYPES", "Found", "Part", "search"]

DATE_TYPES = {"edat": "the day on which PubMed took a record in", "pdat": "the day on which it was published"}
_FIRST = date(1700, 1, 1)
_AHEAD = 3
"""Years from today that a record may be dated ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Records that one search of the history server holds.

    Attributes:
        pmids: of all of them, in the order in which they are fetched.
        webenv, query_key: where the history server keeps them; "" for records that are fetched by their PMIDs.
    """

    pmids: tuple[str, ...]
    webenv: str = ""
    query_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search finds.

    Attributes:
        total: how many records, as PubMed counts them.
        translation: the query as PubMed understood it.
        warnings: what it didn't understand.
    """

    total: int
    parts: tuple[Part, ...]
    translation: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    count: int
    part: Part
    translation: str
    warnings: tuple[str, ...]


def search(
    server: Server, query: str, *, until: date | None = None, by: str = "edat", today: date | None = None
) -> Found:
    """What `query` finds in PubMed; a search of more than 9,999 records is split by date until each part is small.

    Args:
        until: the last day that counts; None for all.
        by: a key of `DATE_TYPES`.

    Raises:
        TiabError: PubMed cannot be reached or doesn't answer; the query is empty or refused; the parts don't add up to
            the whole; one day holds more than can be fetched.
    """
    if not query.strip():
        raise TiabError("the query is empty", hint='Give one, such as "multiple sclerosis[mesh] AND exercise".')
    today = today or date.today()
    first, last = _FIRST, until or date(today.year + _AHEAD, 12, 31)
    whole = _ask(server, query, (first, last) if until else None, by)
    parts: tuple[Part, ...] = (whole.part,) if whole.count else ()
    if whole.count > server.settings.most:
        parts = tuple(_split(server, query, first, last, by, whole.count))
    got = sum(len(part.pmids) for part in parts)
    if got != whole.count:
        raise TiabError(
            f"PubMed counts {whole.count} records, but its parts by date hold {got}",
            hint="Records without such a date may be the reason: try the other kind of date, or narrow the query.",
        )
    return Found(total=whole.count, parts=parts, translation=whole.translation, warnings=whole.warnings)


def _split(server: Server, query: str, first: date, last: date, by: str, count: int) -> Iterator[Part]:
    """The parts of a range of days that holds `count` records, too many for one."""
    if first == last:
        raise TiabError(
            f"PubMed holds {count} records of {first:%Y/%m/%d} alone, and hands out {server.settings.most}",
            hint="Narrow the query, or split it by --by pdat.",
        )
    middle = first + (last - first) // 2
    for start, end in ((first, middle), (middle + timedelta(days=1), last)):
        answer = _ask(server, query, (start, end), by)
        if answer.count > server.settings.most:
            yield from _split(server, query, start, end, by, answer.count)
        elif answer.count:
            yield answer.part


def _ask(server: Server, query: str, days: tuple[date, date] | None, by: str) -> _Answer:
    fields = {"db": "pubmed", "term": query, "usehistory": "y", "retmode": "xml", "retmax": str(server.settings.most)}
    if days:
        fields |= {"datetype": by, "mindate": f"{days[0]:%Y/%m/%d}", "maxdate": f"{days[1]:%Y/%m/%d}"}
    most = server.settings.most
    return server.ask("esearch.fcgi", fields, lambda answer: _read(answer, most))


def _read(answer: bytes, most: int) -> _Answer:
    """One answer of esearch.

    Raises:
        PassingTrouble: it is damaged, or the search server behind it failed.
        TiabError: it refuses the query.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError as error:
        raise PassingTrouble("an answer to the search is damaged") from error
    said = _texts(root, "ERROR")
    count = root.findtext("Count") or ""
    if said and not count.isdigit():
        if "Backend" in said[0] or "temporar" in said[0].casefold():
            raise PassingTrouble(said[0][:200])
        raise TiabError(f"PubMed refuses the query: {said[0][:200]}", hint="Try it on PubMed's own page.")
    pmids = tuple(_texts(root, "IdList/Id"))
    webenv, query_key = root.findtext("WebEnv") or "", root.findtext("QueryKey") or ""
    if not count.isdigit() or len(pmids) != min(int(count), most) or (pmids and not (webenv and query_key)):
        raise PassingTrouble(f"an answer to the search counts {count or 'no'} records and names {len(pmids)}")
    lost = [*_texts(root, "ErrorList/PhraseNotFound"), *_texts(root, "WarningList/QuotedPhraseNotFound")]
    unknown = _texts(root, "ErrorList/FieldNotFound")
    warnings = [f"PubMed doesn't know the phrase {phrase}" for phrase in lost]
    warnings += [f"PubMed doesn't know the field {name}" for name in unknown]
    part = Part(pmids=pmids, webenv=webenv, query_key=query_key)
    return _Answer(int(count), part, root.findtext("QueryTranslation") or "", tuple(warnings))


def _texts(root: etree._Element, path: str) -> list[str]:
    return [" ".join((element.text or "").split()) for element in root.iterfind(path)]
