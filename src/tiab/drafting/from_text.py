"""Eligibility criteria in prose or bullets ► drafted concepts: roles by headings, else by words; phrases by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tiab.criteria import ROLES, Limits
from tiab.drafting.clauses import Clause, clauses, is_about_methods
from tiab.drafting.draft import HEADED, STANDS, UNTITLED, Draft, DraftConcept, DraftTerm
from tiab.drafting.headings import heading_of
from tiab.drafting.members import people_in
from tiab.drafting.passages import Passage, read_passages, sentences
from tiab.drafting.phrases import noun_phrases
from tiab.drafting.questions import (
    VERSUS,
    asks_for_accuracy,
    asks_for_effects,
    question_phrases,
    statement_phrases,
)
from tiab.drafting.roles import content_words, role_of
from tiab.drafting.titles import roles_in_title, with_title
from tiab.drafting.usual import EFFECT_WORDS, is_about_animals, usual_designs
from tiab.drafting.widening import widened
from tiab.drafting.words import designs_in, languages_in, years_in
from tiab.pico.abbreviations import find_abbreviations

__all__ = ["draft_from_text"]

_ASKS = re.compile(
    r"(?i)^\W*(?:the (?:aim|objective|purpose) \w+ )?to "
    r"(?:assess|determine|examine|evaluate|compare|identify|explore|estimate|investigate|quantify|summari[sz]e)\b"
)
_COMPARED = re.compile(r"(?i)\b(?:control|comparison) (?:groups?|animals|arms?|conditions?)\b|\bcontrols\b")
_ANIMALS = re.compile(
    r"(?i)^\W*(?:only )?(?:laboratory )?animals?(?: only)?\W*$"
    r"|\b(?:non-?human )?animal (?:stud|model|experiment|research|or)\w*"
)
_HUMANS = re.compile(
    r"(?i)\bhuman (?:stud(?:y|ies)|subjects|participants|trials)\b|\b(?:in|on) humans\b|^\W*humans?(?: only)?\b"
)
_ANY_AGE = re.compile(
    r"(?i)\badults?,? (?:and|or|and/or) (?:\w+ )?(?:child|adolesc|pa?ediatric)|\b(?:any|all) ages?\b"
    r"|\b(?:child\w*|adolescents|pa?ediatric)(?: patients)?,? (?:and|or|and/or) (?:older )?adult"
)
"""What says that age does not matter."""
_DEFINED = re.compile(r"(?i)\((?:as )?(?:defined|according|diagnosed|assessed|measured|based)\b[^()]*\)")
_OF_LANGUAGES = re.compile(
    r"(?i)\bnon[- ]|\blanguage|\bwritten|\bpublished|\bin english|\bonly\b|\b(?:papers?|articles?)\b|^\W*\w+\W*$"
)
_OF_YEARS = re.compile(
    r"(?i)\b(?:published|publication|since|from|between|before|after|until|limits?)\b[^.]*\b(?:19|20)\d\d\b"
)
_OTHER_YEARS = re.compile(r"(?i)\bsampled?\b|\bdiagnos|\bborn\b|\bcriteria\b")
_SHORT = 12
"""Words; a longer sentence that names a language, a year or a design says other things, too."""


@dataclass(slots=True)
class _Found:
    """What was gathered so far."""

    title: str = ""
    title_line: int = 0
    question: list[tuple[int, str]] = field(default_factory=list)
    terms: dict[str, list[DraftTerm]] = field(default_factory=lambda: {role: [] for role in ROLES})
    against: dict[str, list[DraftTerm]] = field(default_factory=lambda: {role: [] for role in ROLES})
    because: dict[str, str] = field(default_factory=dict)
    designs: list[str] = field(default_factory=list)
    against_designs: list[str] = field(default_factory=list)
    languages: tuple[str, ...] = ()
    species: tuple[str, ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    not_used: list[tuple[int, str, str]] = field(default_factory=list)


def draft_from_text(text: str, title: str = "") -> Draft:
    """The draft that a protocol, a methods section, a list of bullets or a plain question makes."""
    found = _Found(title=title)
    for passage in read_passages(text):
        if passage.kind == "title":
            found.title, found.title_line = found.title or passage.text, found.title_line or passage.line
        elif passage.kind == "other":
            found.not_used.append((passage.line, passage.text, "stands below a heading that is not about eligibility"))
        else:
            for sentence in sentences(passage.text):
                within = heading_of(sentence) if passage.kind in ROLES else None
                if within and within.rest and within.kind in ROLES:  # "Drugs: statins; Control: placebo"
                    passage = replace(passage, kind=within.kind)
                    sentence = within.rest
                _take(found, passage, sentence)
    return _drafted(found, text)


def _take(found: _Found, passage: Passage, sentence: str) -> None:
    """One sentence: a question, what is searched or limited, or what eligible studies have or do not have."""
    if passage.kind == "question" or sentence.endswith("?") or (not passage.kind and _ASKS.match(sentence)):
        found.question.append((passage.line, sentence.strip(" -*•")))
    elif is_about_methods(sentence):
        found.not_used.append((passage.line, sentence, "says how the review is done"))
    else:
        for clause in clauses(sentence, excluded=passage.excluded):
            _take_clause(found, passage, clause, sentence)


def _take_clause(found: _Found, passage: Passage, clause: Clause, sentence: str) -> None:
    """One clause: its limits, its designs, and its noun phrases for its role."""
    text, role = clause.text, "" if passage.kind == "limits" else passage.kind
    if _limit(found, clause, headed=passage.kind == "limits"):
        return
    if clause.denied:
        found.not_used.append((passage.line, text, "says what is excluded by what is not"))
        return
    designs = designs_in(text)
    (found.against_designs if clause.excluded else found.designs).extend(designs)
    if role == "design" or passage.kind == "limits" or (designs and not role and len(text.split()) < _SHORT):
        return
    into = found.against if clause.excluded else found.terms
    for guessed, phrase, why in _phrases_of(text, role, found.title):
        found.because.setdefault(guessed, why)
        if not clause.excluded or role or " " in phrase:  # a single word of an exclusion in prose says too little
            into[guessed].append(DraftTerm(text=phrase, line=passage.line, source=sentence.strip(" -*•")))


def _phrases_of(text: str, role: str, title: str) -> Iterator[tuple[str, str, str]]:
    """(role, phrase, why that role) of a clause: by its heading, by the title, or by where the phrase stands."""
    text = _DEFINED.sub(" ", text)
    phrases = [phrase for phrase in noun_phrases(text) if not designs_in(phrase)]
    if _ANY_AGE.search(text):
        phrases = [phrase for phrase in phrases if people_in(phrase) != phrase]
    if not role and _COMPARED.search(text):
        role = "comparator"
    if role:
        before = VERSUS.split(text, maxsplit=1)[0] if role == "intervention" else text
        for phrase in phrases:
            people = role != "population" and people_in(phrase) == phrase
            other = "population" if people else role if phrase in before else "comparator"
            yield other, phrase, HEADED
        return
    named = roles_in_title(title)
    usual, why = role_of(phrases, title)
    for guessed, phrase in statement_phrases(text, usual):
        if phrase in phrases:
            yield *_placed(guessed, phrase, named), why or STANDS


def _placed(role: str, phrase: str, named: Mapping[str, set[str]]) -> tuple[str, str]:
    """(role, phrase) of what stands where that role does: people are the population; else the title is surer.

    Args:
        named: role ► the words that the title says of it.
    """
    if role == "comparator":
        return role, phrase
    if people := people_in(phrase):
        return "population", people
    words = content_words([phrase])
    by_title = [one for one, said in named.items() if said & words]
    return (by_title[0] if len(by_title) == 1 else role), phrase


def _limit(found: _Found, clause: Clause, *, headed: bool) -> bool:
    """Whether a clause was only about languages, years or species.

    Args:
        headed: whether its heading says so.
    """
    text = clause.text
    languages = languages_in(text) if headed or _OF_LANGUAGES.search(text) else ()
    found.languages = languages or found.languages
    years = (None, None) if clause.denied else years_in(text) if headed or _OF_YEARS.search(text) else (None, None)
    if years != (None, None) and not _OTHER_YEARS.search(text):
        found.years = years
    if not clause.denied:
        found.species = _species(text, excluded=clause.excluded) or found.species
    return bool(languages or years != (None, None)) and len(text.split()) < _SHORT


def _species(text: str, *, excluded: bool) -> tuple[str, ...]:
    """The species that a clause limits the review to."""
    animals, humans = bool(_ANIMALS.search(text)), bool(_HUMANS.search(text))
    if animals == humans or (humans and re.search(r"(?i)\banimals?\b", text)):
        return ()
    return ("human",) if animals == excluded else ("animal",)


def _drafted(found: _Found, text: str) -> Draft:
    shorts = {found_.long.casefold(): found_.short for found_ in find_abbreviations(text)}
    _take_question(found)
    asked = f"{found.title} {' '.join(asked for _, asked in found.question)}"
    accuracy = asks_for_accuracy(asked)
    animals = is_about_animals(text) or found.species == ("animal",)
    if asks_for_effects(asked) and not accuracy and not animals:
        why = "a usual outcome, as the question asks what a treatment does"
        found.because.setdefault("outcome", why)
        found.terms["outcome"] += [DraftTerm(text=word, line=1, source=why) for word in EFFECT_WORDS]
    wanted = content_words([found.title, *(t.text for terms in found.terms.values() for t in terms)])
    said = list(_concepts(found, shorts, wanted))
    concepts = widened(with_title(said, found.title, max(found.title_line, 1), accuracy=accuracy), asked, text)
    question = " ".join(asked for _, asked in found.question)
    concepts += usual_designs(found.designs, found.against_designs, asked, animals=animals)
    return Draft(
        title=found.title or (found.question[0][1] if found.question else _title_of(concepts)),
        question=question,
        concepts=tuple(concepts),
        limits=Limits(
            year_from=found.years[0], year_to=found.years[1], languages=found.languages, species=found.species
        ),
        not_used=tuple(found.not_used),
    )


def _title_of(concepts: list[DraftConcept]) -> str:
    """A title for a text without one: what is done, in whom."""
    names = {concept.role: concept.name for concept in reversed(concepts)}
    what, whom = names.get("intervention") or names.get("outcome", ""), names.get("population", "")
    return f"{what} in {whom}" if what and whom else what or whom or UNTITLED


def _take_question(found: _Found) -> None:
    """The question's phrases, with what the text says of their roles."""
    for line, asked in found.question:
        for said, part in question_phrases(asked):
            role, phrase = _placed(said, part, {})
            found.because.setdefault(role, "from the question")
            found.terms[role].append(DraftTerm(text=phrase, line=line, source=asked))


def _concepts(found: _Found, shorts: dict[str, str], wanted: set[str]) -> Iterator[DraftConcept]:
    for role in ROLES:
        terms = tuple({term.text.casefold(): term for term in reversed(found.terms[role])}.values())[::-1]
        if not terms or role == "design":
            continue
        short = tuple(
            DraftTerm(text=shorts[long], line=term.line, source=f"{shorts[long]} stands for {long}")
            for term in terms
            for long in [term.text.casefold()]
            if long in shorts
        )
        against = tuple(term for term in found.against[role] if not content_words([term.text]) <= wanted)
        yield DraftConcept(
            role=role,
            name=terms[0].text,
            terms=terms,
            abbreviations=short,
            against=tuple({term.text.casefold(): term for term in against}.values()),
            required=role != "outcome" and (role != "population" or found.because.get(role) == HEADED),
            because=found.because.get(role, ""),
        )
