"""BibTeX and BibLaTeX.

The tokeniser is our own: bibtexparser 2.1, sound as it is, hands back as failed what real exports hold (2 of the 8
records of a Scopus file and 1 of 2 of an EBSCO file among our samples, entries with equal keys, a field given twice).
Here a record ends where the next begins, whatever its braces do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from tiab.errors import InputError
from tiab.formats.guard import watched
from tiab.formats.input_file import InputFile
from tiab.formats.latex import decoded, encoded
from tiab.formats.mapping import Rules, build, note_lines, year_in
from tiab.formats.reader_notes import ReaderNotes, RecordAt
from tiab.formats.round_trip import packed
from tiab.formats.text import clean_line, clean_text
from tiab.records import Record

__all__ = ["RULES", "found_at", "parse", "render"]

RULES = Rules(
    title=("title", "booktitle"),
    abstract=("abstract",),
    authors=("author",),
    year=("year", "date", "publicationdate"),
    journal=("journal", "journaltitle", "fjournal", "booktitle", "series"),
    doi=("doi",),
    pmid=("pmid", "pubmed_id", "pubmedid", "pubmed-id"),
    keywords=("keywords", "keyword", "author_keywords", "keywords-plus"),
    publication_types=("document_type", "publication_type", "type"),
    language=("language", "langid"),
    doi_hints=("url", "note", "unique-id", "key"),
    pmid_hints=("note", "key", "eprint"),
    one_keyword_each=False,
    notes=("annote",),
    carry=("tiab",),
)
MAX_ENTRY = 8 << 20
"""Characters of one entry."""
_HEAD = re.compile(r"\s*@\s*([A-Za-z][\w-]*)\s*[{(]\s*(?:$|(?=[^}]*,)|(?=[^{(]*=))")
_ON_ONE_LINE = re.compile(r"(?<=})\s*(?=@[A-Za-z]+{[^,={}\"]*,)")
_OTHER = frozenset({"comment", "string", "preamble"})
_GAP = re.compile(r"[\s,]*")
_NAME = re.compile(r"([A-Za-z][\w:.+/*-]*)\s*=\s*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r"\\.|[{}\"]", re.DOTALL)
_AFTER = re.compile(r"\s*(?:[,#})]|$|[A-Za-z][\w:.+/*-]*\s*=)")
_WORD = re.compile(r"[^\s,#{}\"]+")
_JOINT = re.compile(r"\s*#\s*")
_AND = re.compile(r"\\.|[{}]|\s+and\s+", re.DOTALL)
_NEXT_FIELD = re.compile(r"[}\"]?\s*,\s*\n\s*[A-Za-z][\w:.+/*-]*\s*=\s*[{\"\w]|[}\"]\s*,?\s*\n?\s*[})]\s*$")
_KIND = re.compile(r"[A-Za-z]{2,30}")
_KEY = re.compile(r"[^\s,={}()\"#%\\]+")
_KEY_OUT = re.compile(r"[\s,={}()\"#%\\]+")
_FIELD = re.compile(r"[A-Za-z][\w:.+/*-]*")
_OWN = frozenset({"tiab", "author", "annote", "entrytype", "key", "n1"})
_RAW = frozenset({"url", "file", "tiab", "eprint", "biburl", "link"})


def found_at(lines: Sequence[str]) -> int | None:
    """The place in `lines`, the beginning of a file, of the first entry."""
    for place, line in enumerate(lines):
        match = _HEAD.match(line)
        if match and any("=" in later for later in lines[place : place + 6]):
            return place
    return None


def parse(source: InputFile, noted: ReaderNotes) -> Iterator[RecordAt]:
    """The records of `source` with the lines at which they start.

    Raises:
        InputError: an entry is longer than `MAX_ENTRY`; see also `watched`.
    """
    words: dict[str, str] = {}
    for line, kind, text in _chunks(source, watched(source, noted, "BibTeX")):
        if kind == "string":
            words.update((name.lower(), value) for name, value in _fields(text, words))
        elif kind not in _OTHER:
            yield line, _record(kind, text, words, source.name)


def _chunks(source: InputFile, lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """(line, kind, text behind the opening brace) of each entry; an entry ends where the next begins."""
    start, kind, parts, size = 0, "", list[str](), 0
    pieces = ((number, piece) for number, line in enumerate(lines, 1) for piece in _ON_ONE_LINE.split(line))
    for number, line in pieces:
        match = _HEAD.match(line) or re.match(r"\s*@\s*(comment|string|preamble)\s*[{(]?()", line, re.IGNORECASE)
        if match:
            if start:
                yield start, kind, "\n".join(parts)
            start, kind, parts, size = number, match[1].lower(), [], 0
            line = line[match.end(1) :].lstrip()[1:]
        parts.append(line)
        size += len(line)
        if size > MAX_ENTRY:
            raise InputError(f"has an entry of more than {MAX_ENTRY >> 20} MB", path=source.path, line=start or 1)
    if start:
        yield start, kind, "\n".join(parts)


def _record(kind: str, text: str, words: Mapping[str, str], source: str) -> Record:
    key, comma, rest = text.partition(",")
    if not comma or "=" in key:
        key, rest = "", text
    pairs = [("ENTRYTYPE", kind), ("KEY", " ".join(key.split()))]
    for name, value in _fields(rest, words):
        low = name.lower()
        if low == "author":
            pairs.extend((name, clean_line(decoded(person))) for person in _people(value))
        elif low == "annote":
            pairs.extend(note_lines(name, clean_text(decoded(value))))
        else:
            pairs.append((name, clean_text(value if low in _RAW else decoded(value))))
    return build(pairs, RULES, source, [name.lower() for name, _ in pairs])


def _fields(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The names and raw values of an entry, whose braces need not balance."""
    at = 0
    while True:
        at = _GAP.match(text, at).end()  # type: ignore[union-attr]
        if at >= len(text) or text[at] in "})":
            return
        match = _NAME.match(text, at)
        if match:
            value, at = _value(text, match.end(), words)
            yield match[1], value
        else:
            at = min(place for place in (text.find(",", at), text.find("\n", at), len(text)) if place >= 0) + 1


def _value(text: str, at: int, words: Mapping[str, str]) -> tuple[str, int]:
    """The value that begins at `at`, of one or more parts joined by #, and the place behind it."""
    parts: list[str] = []
    while True:
        if text.startswith("{", at):
            end = _closing(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        elif text.startswith('"', at):
            end = _quote(text, at)
            parts.append(text[at + 1 : end])
            at = end + 1
        else:
            word = _WORD.match(text, at)
            if word is None:
                return "".join(parts), at + 1
            parts.append(words.get(word[0].lower(), word[0]))
            at = word.end()
        joint = _JOINT.match(text, at)
        if joint is None:
            return "".join(parts), at
        at = joint.end()


def _closing(text: str, at: int) -> int:
    """The place of the brace that closes the one at `at`; where none does, the end of what looks like the field."""
    depth = 0
    for match in _BRACE.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            if _AFTER.match(text, match.end()):
                return match.start()
            break
    following = _NEXT_FIELD.search(text, at + 1)
    return following.start() if following else len(text)


def _quote(text: str, at: int) -> int:
    depth = 0
    for match in _QUOTE.finditer(text, at + 1):
        if match[0] == '"' and depth == 0:
            return match.start()
        depth += {"{": 1, "}": -1}.get(match[0], 0)
    following = _NEXT_FIELD.search(text, at + 1)
    return following.start() if following else len(text)


def _people(value: str) -> Iterator[str]:
    """The names in a list joined by "and"; an "and" within braces belongs to a name."""
    depth, start = 0, 0
    for match in _AND.finditer(value):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
        elif depth == 0 and not match[0].startswith("\\"):
            yield value[start : match.start()]
            start = match.end()
    yield value[start:]


def render(record: Record, shown: Collection[str]) -> str:
    """`record` as an entry; what is `shown` of its `extra` becomes an annotation, which Zotero shows as a note."""
    kind = next((v for n, v in record.extra if n == "ENTRYTYPE" and _KIND.fullmatch(v)), "article")
    key = next((v for n, v in record.extra if n == "KEY" and _KEY.fullmatch(v)), _KEY_OUT.sub("", record.record_id))
    notes = "\n".join(_notes(record, shown))
    fields = [*_plain(record, shown), ("annote", encoded(notes))]
    lines = [f"  {name} = {{{value}}}," for name, value in fields if value]
    carried = packed(record, _record(kind, "\n".join([f"{key},", *lines, "}"]), {}, ""))
    return "\n".join([f"@{kind}{{{key},", *lines, *([f"  tiab = {{{carried}}},"] if carried else []), "}", "", ""])


def _plain(record: Record, shown: Collection[str]) -> Iterator[tuple[str, str]]:
    """The fields as TeX, but for notes; the name of a group with an "and" in it is held together by braces."""
    people = (f"{{{encoded(name)}}}" if " and " in name else encoded(name) for name in record.authors)
    year = "" if record.year is None else str(record.year)
    if any(name.lower() in RULES.year and year_in(value) == record.year for name, value in record.extra):
        year = ""
    yield "author", " and ".join(people)
    for name, value in (
        ("title", record.title),
        ("journal", record.journal),
        ("year", year),
        ("abstract", record.abstract),
        ("doi", record.doi),
        ("pmid", record.pmid),
        ("keywords", "; ".join(record.keywords)),
        ("language", record.language),
        ("document_type", "; ".join(record.publication_types)),
    ):
        yield name, encoded(value)
    for name, value in record.extra:
        if name not in shown and _FIELD.fullmatch(name) and name.lower() not in _OWN:
            yield name, value if name.lower() in _RAW else encoded(value)


def _notes(record: Record, shown: Collection[str]) -> Iterator[str]:
    for name, value in record.extra:
        if name in shown:
            yield f"tiab_{name}: {value}"
        elif name == "annote" or (name == "N1" and value.startswith("ASReview_")):
            yield value
