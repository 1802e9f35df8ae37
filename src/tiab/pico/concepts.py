"""Concepts: where a record speaks of what the review's criteria name, and where it only seems to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from tiab.criteria import Concept, Criteria
from tiab.pico.abbreviations import Abbreviation, get_abbreviations
from tiab.pico.layout import Layout, add_spans, get_journal, get_layout, get_text, make_span
from tiab.pico.lexicon import Found, Lexicon, longest
from tiab.pico.scope import is_meant
from tiab.pico.spans import Span
from tiab.pico.text import normal_words, plain_form, split_words

__all__ = ["ConceptFinder", "criteria_config", "make_concepts"]

_TERM, _SHORT, _AGAINST = "term", "short", "against"
_DENIED_WEIGHT = 0.2
_LONG = 7  # a word that short can be a long one with a letter missing
_MISSPELT_WEIGHT = 0.8


class _Meaning(NamedTuple):
    concept: int
    kind: str
    term: str


class ConceptFinder:
    """The component `tiab_concepts`: a span for each place where a concept of the criteria is named.

    A term counts wherever it stands. An abbreviation counts where the record spells out a term of its concept, and
    not where the record defines it as something else; if that something is a term of `against`, it counts against.
    Short forms that the record makes from a term ("relapsing-remitting multiple sclerosis (RRMS)") count as well. Where
    no term is spelled out, the journal or a second abbreviation of the concept can speak for the first.

    A span says in its provenance what it rests on, where that is not a term as the criteria have it.
    """

    def __init__(self, vocab: Vocab, concepts: tuple[Concept, ...]) -> None:
        self._concepts = concepts
        self._lexicon = Lexicon(vocab, _phrases(concepts), misspelt=True)
        self._names = [{normal_words(term.rstrip("*")) for term in concept.terms} for concept in concepts]

    def __call__(self, doc: Doc) -> Doc:
        layout = get_layout(doc)
        found = [item for item in self._lexicon.find(doc) if _in_one_field(layout, item)]
        by_concept: dict[int, list[Found[_Meaning]]] = {}
        for item in found:
            by_concept.setdefault(item.meaning.concept, []).append(item)
        for index in sorted(by_concept):
            found_here = longest(by_concept[index])
            journal = normal_words(get_journal(doc))
            named = any(_holds(journal, name) for name in self._names[index])
            spans = _spans(self._concepts[index], doc, found_here, "the journal" if named else "")
            add_spans(doc, [self._told(span) for span in spans])
        return doc

    def _told(self, span: Span) -> Span:
        """The span, saying so where its term has one letter wrong."""
        if len(span.text) < _LONG or not self._lexicon.is_misspelt(span.text):
            return span
        weight = min(span.weight, _MISSPELT_WEIGHT)
        return replace(span, provenance=f"{span.provenance} (one letter differs)", weight=weight)


def _phrases(concepts: tuple[Concept, ...]) -> Iterator[tuple[str, _Meaning]]:
    for index, concept in enumerate(concepts):
        for kind, terms in ((_AGAINST, concept.against), (_TERM, concept.terms), (_SHORT, concept.abbreviations)):
            for term in terms:
                yield term, _Meaning(index, kind, term)


def _in_one_field(layout: Layout, item: Found[Any]) -> bool:
    return layout.field(item.start) == layout.field(item.end - 1)


def _holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether a name stands among the words of a journal; a single short word there is no sign of anything."""
    long = len(name) > 1 or len("".join(name)) >= _LONG
    return long and any(words[i : i + len(name)] == name for i in range(len(words)))


def _spans(concept: Concept, doc: Doc, found: list[Found[_Meaning]], journal: str) -> Iterator[Span]:
    """The spans of one concept, of which `found` holds terms, abbreviations and terms against it.

    Args:
        journal: "the journal" where its name holds a term of the concept.
    """
    text, abbreviations = get_text(doc), get_abbreviations(doc)
    kinds: dict[str, list[Found[_Meaning]]] = {_TERM: [], _AGAINST: [], _SHORT: []}
    for item in found:
        if item.meaning.kind != _SHORT or _same_case(text, item):
            kinds[item.meaning.kind].append(item)
    standing = {a.short: _standing(a, kinds[_TERM], kinds[_AGAINST], concept) for a in abbreviations}
    for item in kinds[_TERM]:
        weight = 1.0 if _is_meant(doc, item, concept.role) else _DENIED_WEIGHT
        yield _span(concept, concept.role, doc, item.start, item.end, item.meaning.term, weight)
    for item in kinds[_AGAINST]:
        yield _span(concept, "against", doc, item.start, item.end, item.meaning.term)
    kinds[_SHORT] = _outside_longer(text, kinds[_SHORT], concept, abbreviations)
    unknown = [item for item in kinds[_SHORT] if not _lookup(standing, text[item.start : item.end])]
    others = sorted({item.meaning.term for item in unknown})
    for item in kinds[_SHORT]:
        kind = _lookup(standing, text[item.start : item.end]) or (_TERM if kinds[_TERM] else _SHORT)
        support = journal or next((term for term in others if _is_other(term, item.meaning.term)), "")
        if kind == _SHORT and support and not kinds[_AGAINST]:
            span = _span(concept, concept.role, doc, item.start, item.end, item.meaning.term)
            yield replace(span, provenance=f"{span.provenance} (supported by {support})")
        elif role := {_TERM: concept.role, _AGAINST: "against", _SHORT: "unexpanded"}.get(kind):
            weight = 1.0 if role != concept.role or _is_meant(doc, item, role) else _DENIED_WEIGHT
            yield _span(concept, role, doc, item.start, item.end, item.meaning.term, weight)
    taken = [item for items in kinds.values() for item in items]
    for abbreviation in abbreviations:
        role = {_TERM: concept.role, _AGAINST: "against"}.get(standing[abbreviation.short])
        if role:
            yield from _made_in_record(concept, role, doc, abbreviation, taken)


def _outside_longer(
    text: str, short: list[Found[_Meaning]], concept: Concept, abbreviations: tuple[Abbreviation, ...]
) -> list[Found[_Meaning]]:
    """The abbreviations but those within a longer one that the record defines: the MS of LC-MS."""
    longer = [a.short for a in abbreviations if any(s in a.short and s != a.short for s in concept.abbreviations)]
    places = [place for form in longer for place in _occurrences(text, form)]
    return [item for item in short if not any(start <= item.start and item.end <= end for start, end in places)]


def _made_in_record(
    concept: Concept, role: str, doc: Doc, abbreviation: Abbreviation, taken: list[Found[_Meaning]]
) -> Iterator[Span]:
    """The places of a short form that the record itself has made, where nothing else was found."""
    for start, end in _occurrences(get_text(doc), abbreviation.short):
        if not any(item.start < end and start < item.end for item in taken):
            yield _span(concept, role, doc, start, end, abbreviation.long)


def _standing(
    abbreviation: Abbreviation, terms: list[Found[_Meaning]], against: list[Found[_Meaning]], concept: Concept
) -> str:
    """What a short form stands for: a term, something against, or something else.

    It stands for a term where its long form ends with one; a listed abbreviation also where its long form holds one.
    """
    within = [t for t in terms if t.start >= abbreviation.start and t.end <= abbreviation.end]
    if any(t.end == abbreviation.end for t in within) or (within and abbreviation.short in concept.abbreviations):
        return _TERM
    if any(a.start < abbreviation.end and abbreviation.start < a.end for a in against):
        return _AGAINST
    tail = abbreviation.long.split()[-1]
    return _TERM if terms and tail in concept.abbreviations else "else"


def _lookup(standing: Mapping[str, str], short: str) -> str:
    return standing.get(short) or standing.get(short.removesuffix("s")) or ""


def _same_case(text: str, item: Found[_Meaning]) -> bool:
    """Whether the text has the capitals of the abbreviation: "ms" is a thousandth of a second."""
    there, wanted = _cased(text[item.start : item.end]), _cased(item.meaning.term)
    return there in (wanted, wanted + "s", wanted.upper())


def _cased(form: str) -> str:
    words = (word for word in split_words(form)[0] if not word.isspace())
    return "".join(word.rstrip() if word.rstrip().isascii() else plain_form(word) for word in words).replace("-", "")


def _is_other(term: str, than: str) -> bool:
    """Whether two abbreviations are apart: that RRMS is MS is no news of what MS is."""
    one, other = term.casefold(), than.casefold()
    return one not in other and other not in one


def _is_meant(doc: Doc, item: Found[_Meaning], role: str) -> bool:
    text, layout = get_text(doc), get_layout(doc)
    sentence = layout.sentence_bounds(layout.sentence(item.start), len(text))
    return layout.field(item.start) == "keywords" or is_meant(text, item.start, item.end, sentence, role)


def _occurrences(text: str, short: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(rf"(?<![\w-]){re.escape(short)}s?(?!\w)", text):
        yield match.span()


def _span(concept: Concept, role: str, doc: Doc, start: int, end: int, value: str, weight: float = 1.0) -> Span:
    provenance = f"dict:{concept.name}"
    return make_span(doc, start, end, role=role, label=concept.name, value=value, provenance=provenance, weight=weight)


def criteria_config(criteria: Criteria | None) -> dict[str, Any] | None:
    """The criteria in plain JSON types, as the config of a spaCy pipeline can hold them."""
    return None if criteria is None else json.loads(json.dumps(criteria.to_dict()))


@Language.factory("tiab_concepts", default_config={"criteria": None})
def make_concepts(nlp: Language, name: str, criteria: dict[str, Any] | None) -> ConceptFinder:
    """The component `tiab_concepts` for criteria as `criteria_config` gave them."""
    concepts: Iterable[Concept] = () if criteria is None else Criteria.from_dict(criteria).concepts
    return ConceptFinder(nlp.vocab, tuple(concepts))
