"""Layout: which field, section and sentence of a record a place in its text belongs to."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from spacy.tokens import Doc

from tiab.pico.spans import Span

__all__ = [
    "Layout",
    "add_spans",
    "get_journal",
    "get_layout",
    "get_spans",
    "get_text",
    "keep_text",
    "make_span",
    "set_fields",
    "set_journal",
    "set_layout",
    "set_spans",
]

_TEXT, _FIELDS, _SPANS, _LAYOUT = "tiab_text", "tiab_fields", "tiab_spans", "tiab_layout"
_JOURNAL = "tiab_journal"


@dataclass(frozen=True, slots=True)
class Layout:
    """The cuts of one text: each tuple holds ascending start offsets, beside them the names that begin there.

    Attributes:
        fields: (start, end, name) of title, abstract and keywords.
        sentences: where each sentence begins.
        section_starts: where each section of a structured abstract begins; the first stands for "no heading yet".
        section_names: its name, "" for none.
    """

    fields: tuple[tuple[int, int, str], ...]
    sentences: tuple[int, ...] = (0,)
    section_starts: tuple[int, ...] = (0,)
    section_names: tuple[str, ...] = ("",)

    def field(self, place: int) -> str:
        """The name of the field that holds the character at `place`."""
        for start, end, name in reversed(self.fields):
            if start <= place < end:
                return name
        return "abstract"

    def section(self, place: int) -> str:
        """The name of the section that holds the character at `place`, "" for none."""
        return self.section_names[bisect_right(self.section_starts, place) - 1]

    def sentence(self, place: int) -> int:
        """The number of the sentence that holds the character at `place`."""
        return bisect_right(self.sentences, place) - 1

    def sentence_bounds(self, number: int, length: int) -> tuple[int, int]:
        """(start, end) of a sentence in a text of `length` characters."""
        last = number + 1 >= len(self.sentences)
        return self.sentences[number], length if last else self.sentences[number + 1]


def set_fields(doc: Doc, fields: tuple[tuple[str, int, int], ...]) -> None:
    """Tells `doc` where title, abstract and keywords lie; without it all of a text is an abstract."""
    doc.user_data[_FIELDS] = tuple((start, end, name) for name, start, end in fields)


def set_journal(doc: Doc, journal: str) -> None:
    """Tells `doc` the journal of its record."""
    doc.user_data[_JOURNAL] = journal


def get_journal(doc: Doc) -> str:
    """The journal of the record, "" where it is not known."""
    return str(doc.user_data.get(_JOURNAL, ""))


def get_layout(doc: Doc) -> Layout:
    """The layout of `doc`, as far as the components that ran have found it out."""
    found = doc.user_data.get(_LAYOUT)
    if isinstance(found, Layout):
        return found
    return Layout(fields=doc.user_data.get(_FIELDS) or ((0, len(get_text(doc)), "abstract"),))


def set_layout(doc: Doc, layout: Layout) -> None:
    """Keeps `layout` with `doc`."""
    doc.user_data[_LAYOUT] = layout


def get_text(doc: Doc) -> str:
    """`doc.text`, joined once: spaCy joins it anew at each call."""
    text = doc.user_data.get(_TEXT)
    if text is None:
        text = doc.user_data[_TEXT] = doc.text
    return str(text)


def keep_text(doc: Doc, text: str) -> None:
    """Keeps the text that `doc` was made of, which spaCy would have to join from its words."""
    doc.user_data[_TEXT] = text


def get_spans(doc: Doc) -> tuple[Span, ...]:
    """What the components have found so far, in the order in which they found it."""
    found: tuple[Span, ...] = doc.user_data.get(_SPANS, ())
    return found


def add_spans(doc: Doc, spans: list[Span]) -> None:
    """Adds findings to `doc`."""
    doc.user_data[_SPANS] = (*get_spans(doc), *spans)


def set_spans(doc: Doc, spans: list[Span]) -> None:
    """Puts findings in place of all that there were."""
    doc.user_data[_SPANS] = tuple(spans)


def make_span(
    doc: Doc, start: int, end: int, *, role: str, label: str, provenance: str, value: str = "", weight: float = 1.0,
    detail: str = "",
) -> Span:  # fmt: skip
    """The span of `doc` from `start` to `end`, with its text, field, section and sentence filled in."""
    layout = get_layout(doc)
    return Span(
        start=start,
        end=end,
        text=get_text(doc)[start:end],
        role=role,
        label=label,
        value=value,
        provenance=provenance,
        field=layout.field(start),
        section=layout.section(start),
        sentence=layout.sentence(start),
        weight=weight,
        detail=detail,
    )
