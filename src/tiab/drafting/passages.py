"""The text of a protocol ► its passages, each with what the headings before it say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tiab.criteria import ROLES
from tiab.drafting.headings import Heading, heading_of, plain_line, without_marks

__all__ = ["Passage", "read_passages", "sentences"]

_WRAPPED = 55
"""Characters; a shorter line that does not end a sentence is an item of a list, and goes on in no other line."""
_LONGEST_TITLE = 250
_TAIL = re.compile(r"(?i)\s*[:–—-]+\s*(?:(?:eligibility|inclusion|selection) criteria|(?:study )?protocol\b.*)$")
"""What is no part of the subject in a title."""
_BREAK = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!\bvs\.)(?<!etc\.)(?<=[.;?!])\s+(?=[A-Z(])"
    r"|(?<=[;,:])\s+(?:and\s+|or\s+)?(?=\(?[a-h1-9]\)\s)|\s+(?=\([a-h1-9]\)\s)"
)
"""Where a sentence, or a numbered part of one, ends."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of a text, or the lines that it was broken into.

    Attributes:
        line: its number in the text, from 1.
        text: without its bullet and without the heading in front.
        kind: as `Heading.kind`, by the heading that it stands below or behind.
        excluded: whether it says what is excluded.
    """

    line: int
    text: str
    kind: str = ""
    excluded: bool = False


@dataclass(slots=True)
class _Place:
    """The headings that a line stands below.

    Attributes:
        section, excluded: what the last heading in a line of its own said.
        within: whether that exclusion is one of the section's role alone.
        inline: what the heading in front of the last line said, up to a blank line.
    """

    section: str = ""
    excluded: bool = False
    within: bool = False
    filled: bool = True
    inline: tuple[str, bool] | None = None

    def takes(self, heading: Heading, *, after_blank: bool) -> None:
        """Goes on below a heading."""
        if heading.rest:
            kind = heading.kind or (self.section if self.section in ROLES else "")
            excluded = self.excluded and not self.within if heading.excluded is None else heading.excluded
            self.inline = kind, excluded
            self.filled = True
            return
        self.inline = None
        if heading.kind or heading.excluded is None:
            goes_on = self.excluded and not self.within and not (after_blank and self.filled)
            self.excluded = goes_on if heading.excluded is None else heading.excluded
            self.section, self.within = heading.kind, False
        else:
            self.within = self.section in ROLES and not after_blank and bool(self.filled or self.within)
            self.section = self.section if self.within else ""
            self.excluded = heading.excluded
        self.filled = False

    def passage(self, line: int, text: str) -> Passage:
        """A line as a passage of this place."""
        self.filled = True
        kind, excluded = self.inline or (self.section, self.excluded)
        return Passage(line, text.strip(" |\t"), kind, excluded)


def read_passages(text: str) -> Iterator[Passage]:
    """The passages of a protocol, a methods section, a list of bullets or a plain question.

    >>> text = "Yoga for gout\\n\\nParticipants\\n- adults\\nExclude: men"
    >>> [(passage.text, passage.kind, passage.excluded) for passage in read_passages(text)]
    [('Yoga for gout', 'title', False), ('adults', 'population', False), ('men', 'population', True)]
    """
    place, blank, titled = _Place(), True, False
    for number, raw in _unwrapped(text):
        if not raw.strip():
            blank, place.inline = True, None
            continue
        heading = heading_of(raw)
        if not titled and (place.section == "title" or _may_be_title(raw, heading)):
            yield Passage(number, _TAIL.sub("", without_marks(raw)), "title")
            titled, blank = True, False
            place.section = "" if place.section == "title" else place.section
            continue
        titled = titled or heading is None or heading.kind != "title"
        if heading:
            place.takes(heading, after_blank=blank)
        if heading is None or heading.rest:
            found = place.passage(number, heading.rest if heading else without_marks(raw))
            titled = titled or found.kind == "title"
            yield replace(found, text=_TAIL.sub("", found.text)) if found.kind == "title" else found
        blank = False


def _may_be_title(raw: str, heading: Heading | None) -> bool:
    """Whether the first line of a text is its title: no heading, no item of a list and no sentence."""
    line = raw.strip()
    sure = heading is not None and (heading.kind != "intervention" or not heading.rest or len(heading.rest.split()) > 9)
    return (
        not sure
        and plain_line(raw)
        and len(line.split()) > 2
        and len(line) <= _LONGEST_TITLE
        and not line.endswith((".", ":", ";", "?"))
    )


def _unwrapped(text: str) -> list[tuple[int, str]]:
    """(number, line), the lines of a sentence that was broken to fit a page joined."""
    joined: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        before = joined[-1][1] if joined else ""
        open_end = len(before) >= _WRAPPED and not before.rstrip().endswith((".", ";", ":", "?", "!"))
        if open_end and line[:80].strip()[:1].islower() and plain_line(line):
            joined[-1] = joined[-1][0], f"{before.rstrip()} {line.strip()}"
        else:
            joined.append((number, line))
    return joined


def sentences(text: str) -> list[str]:
    """The sentences of a passage, and the parts that are numbered within one.

    >>> sentences("Studies that (1) tested yoga; (2) were in adults, e.g. Dutch ones. No letters.")
    ['Studies that', '(1) tested yoga;', '(2) were in adults, e.g. Dutch ones.', 'No letters.']
    """
    return [part.strip() for part in _BREAK.split(text) if part.strip()]
