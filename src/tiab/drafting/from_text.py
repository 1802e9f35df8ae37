"""Eligibility criteria in prose or bullets ► drafted concepts: roles by headings, else by words; phrases by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tiab.criteria import ROLES, Limits
from tiab.drafting.draft import HEADED, STANDS, Draft, DraftConcept, DraftTerm
from tiab.drafting.members import people_in
from tiab.drafting.phrases import noun_phrases
from tiab.drafting.questions import asks_for_accuracy, asks_for_effects, question_phrases
from tiab.drafting.roles import content_words, named_role, role_of
from tiab.drafting.titles import with_title
from tiab.drafting.widening import widened
from tiab.drafting.words import designs_in, languages_in, years_in
from tiab.pico.abbreviations import find_abbreviations

__all__ = ["draft_from_text"]

_EXCLUDED = re.compile(
    r"(?i)\bexclu(?:de|ded|sion|ding)\b|\bineligible\b|\bnot (?:be )?(?:eligible|included|considered)\b"
)
_INCLUDED = re.compile(r"(?i)\binclu(?:de|ded|sion)\b|\beligib(?:le|ility)\b")
_TURNED = re.compile(r"(?i)\bother than\b|\bwithout\b|\bnot\b|\bonly\b|\bsolely\b|\bno\b|\bthan\b")
"""What makes an exclusion name the thing that is wanted."""
_ASKS = re.compile(
    r"(?i)^\W*(?:review )?(?:questions?|objectives?|aims?)\b\s*:\s*|^\W*to (?:assess|determine|examine|evaluate)"
)
_TITLE = re.compile(r"(?i)^\W*(?:review )?title\s*:\s*")
_HEADING = re.compile(r"^\W*(?P<name>[A-Z][^:.?!]{2,60}):\s*(?P<rest>.*)$")
_LONGEST_TITLE = 250
_COMPARED = re.compile(r"(?i)\b(?:control|comparison) (?:groups?|animals|arms?|conditions?)\b|\bcontrols\b")
_ANIMALS = re.compile(r"(?i)\b(?:rodents?|rats?|mice|mouse|animal models?|farm animals|livestock|preclinical)\b")
_TRIALS = ("randomised trial", "non-randomised trial", "crossover trial")
_TRIAL_WORDS = ("randomized controlled trial", "double-blind", "placebo", "comparative trial")
_EFFECT_WORDS = (
    *("efficacy", "effectiveness", "tolerability", "adverse event", "adverse effect", "side effect"),
    *("quality of life", "mortality", "safety", "symptom improvement", "response rate", "relapse"),
)
_ACCURACY_DESIGNS = ("cross-sectional study", "cohort study", "case-control study")
_ACCURACY_WORDS = (
    *("diagnostic accuracy", "sensitivity and specificity", "sensitivity", "specificity", "predictive value"),
    *("likelihood ratio", "ROC curve", "area under the curve", "reference standard", "gold standard"),
)
_REVIEW_WORDS = ("systematic review", "literature review", "literature survey", "meta-analysis", "mapping study")
_ASKED_FOR = re.compile(r"(?i)\b(?:which|what|how many) ((?:[\w-]+ ){0,4}?(?:reviews|trials|studies))\b")
"""What a question asks for, where that is a kind of study."""
_NO_STUDIES = ("case report", "animal study", "laboratory study", "letter")
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
    excluded, role = False, ""
    for line, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            role = ""
            continue
        if _begins(found, line, raw):
            continue
        heading = _HEADING.match(raw)
        if heading:
            excluded = _said_of(heading["name"], excluded)
            role = named_role(heading["name"]) or role
            raw = heading["rest"] if named_role(heading["name"]) or not heading["rest"] else raw
        elif len(raw.split()) <= 4 and not raw.rstrip().endswith("."):
            excluded, named = _said_of(raw, excluded), named_role(raw)
            if named or _EXCLUDED.search(raw) or _INCLUDED.search(raw):
                role = named
                continue
        for sentence in re.split(r"(?<=[.;])\s+(?=[A-Z])", raw):
            if sentence.strip():
                _take(found, line, sentence, role, excluded or bool(_EXCLUDED.search(sentence)))
    return _drafted(found, text)


def _said_of(heading: str, before: bool) -> bool:
    return True if _EXCLUDED.search(heading) else False if _INCLUDED.search(heading) else before


def _begins(found: _Found, number: int, raw: str) -> bool:
    """Whether a line is the title or a question."""
    line = raw.strip(" -*•\t#")
    if _TITLE.match(line):
        found.title, found.title_line = _TITLE.sub("", line), number
        return True
    if _ASKS.match(line) or line.endswith("?"):
        asked = re.sub(r"(?i)^\W*(?:review )?(?:questions?|objectives?|aims?)\b\s*:\s*", "", line)
        found.question.append((number, asked))
        return True
    plain = len(line) <= _LONGEST_TITLE and not line.endswith((".", ":", ";")) and raw.strip() == line
    if not found.title and not found.question and plain and not _is_heading(line) and len(line.split()) > 2:
        found.title, found.title_line = line, number
        return True
    return False


def _is_heading(line: str) -> bool:
    """Whether a line begins with a heading; the first part of a title with a colon is longer, and names no role."""
    found = _HEADING.match(line)
    return found is not None and (
        len(found["name"].split()) < 4 or bool(_EXCLUDED.search(found["name"]) or _INCLUDED.search(found["name"]))
    )


def _take(found: _Found, line: int, sentence: str, role: str, excluded: bool) -> None:
    """One sentence: its limits, its designs, and its noun phrases for its role."""
    if _limit(found, sentence, excluded):
        return
    turned = excluded and bool(_TURNED.search(sentence))
    designs = () if turned else designs_in(sentence)
    (found.against_designs if excluded else found.designs).extend(designs)
    if role == "design" or (designs and not role and len(sentence.split()) < _SHORT):
        return
    if turned:
        found.not_used.append((line, sentence, "says what is excluded by what is not"))
        return
    into = found.against if excluded else found.terms
    for guessed, phrase, why in _phrases_of(sentence, role, found.title):
        found.because.setdefault(guessed, why)
        if not excluded or role or " " in phrase:  # a single word of an exclusion in prose says too little
            into[guessed].append(DraftTerm(text=phrase, line=line, source=sentence.strip(" -*•")))


def _phrases_of(sentence: str, role: str, title: str) -> Iterator[tuple[str, str, str]]:
    """(role, phrase, why that role) of a sentence: by its heading, by its words, or by where the phrase stands."""
    phrases = [phrase for phrase in noun_phrases(sentence) if not designs_in(phrase)]
    if not role and _COMPARED.search(sentence):
        role = "comparator"
    guessed, why = (role, HEADED) if role else role_of(phrases, title)
    if guessed:
        for phrase in phrases:
            people = not role and people_in(phrase) == phrase
            yield ("population" if people else guessed), phrase, why
    else:
        yield from ((stands, phrase, STANDS) for stands, phrase in question_phrases(sentence) if phrase in phrases)


def _limit(found: _Found, sentence: str, excluded: bool) -> bool:
    """Whether a sentence was only about languages or years."""
    languages = languages_in(sentence)
    if languages and re.search(r"(?i)\bnon[- ]|\blanguage|\bwritten|\bpublished|\bin english", sentence):
        found.languages = languages
        return len(sentence.split()) < _SHORT
    if re.search(r"(?i)\b(?:published|since|from|between|before|after)\b[^.]*\b(?:19|20)\d\d\b", sentence):
        found.years = years_in(sentence)
        return len(sentence.split()) < _SHORT
    if excluded and re.search(r"(?i)\banimals?\b", sentence) and "human" not in sentence.casefold():
        found.species = ("human",)
    return False


def _drafted(found: _Found, text: str) -> Draft:
    shorts = {found_.long.casefold(): found_.short for found_ in find_abbreviations(text)}
    _take_question(found)
    asked = f"{found.title} {' '.join(asked for _, asked in found.question)}"
    accuracy = asks_for_accuracy(asked)
    if asks_for_effects(asked) and not accuracy and not _ANIMALS.search(text):
        why = "a usual outcome, as the question asks what a treatment does"
        found.because.setdefault("outcome", why)
        found.terms["outcome"] += [DraftTerm(text=word, line=1, source=why) for word in _EFFECT_WORDS]
    wanted = content_words([found.title, *(t.text for terms in found.terms.values() for t in terms)])
    said = list(_concepts(found, shorts, wanted))
    concepts = widened(with_title(said, found.title, max(found.title_line, 1), accuracy=accuracy), asked, text)
    question = " ".join(asked for _, asked in found.question)
    concepts += _designs(found, asked, animals=bool(_ANIMALS.search(text)))
    return Draft(
        title=found.title or (found.question[0][1] if found.question else "Untitled review"),
        question=question,
        concepts=tuple(concepts),
        limits=Limits(
            year_from=found.years[0], year_to=found.years[1], languages=found.languages, species=found.species
        ),
        not_used=tuple(found.not_used),
    )


def _designs(found: _Found, asked: str, *, animals: bool) -> list[DraftConcept]:
    """The designs that the text names; else those of trials, where the question is what a treatment does to people."""
    designs = tuple(dict.fromkeys((*found.designs, *_asked_for(asked))))
    against = tuple(dict.fromkeys(design for design in found.against_designs if design not in designs))
    why = "by name"
    if animals and not designs:
        designs, why = ("animal study",), "the text is about animals"
    elif asks_for_accuracy(asked):
        why = "by name" if designs else "the question asks how accurate a test is, and no design is named"
        designs = designs or tuple(design for design in _ACCURACY_DESIGNS if design not in against)
    elif not designs and asks_for_effects(asked):
        designs, why = _TRIALS, "the question asks what a treatment does, and no design is named"
        against = tuple(dict.fromkeys((*against, *_NO_STUDIES)))
    if not designs and not against:
        return []
    usual = _usual_words(designs, asked)
    terms = tuple(DraftTerm(text=text, line=1, source=why) for text in usual)
    return [
        DraftConcept(
            role="design", name="study design", terms=terms, designs=designs, against_designs=against, because=why
        )
    ]


def _usual_words(designs: tuple[str, ...], asked: str) -> tuple[str, ...]:
    """What abstracts of the studies that are asked for usually say."""
    if asks_for_accuracy(asked):
        return _ACCURACY_WORDS
    if "systematic review" in _asked_for(asked):
        return _REVIEW_WORDS
    return _TRIAL_WORDS if designs == _TRIALS else ()


def _asked_for(asked: str) -> tuple[str, ...]:
    """The designs of the studies that a question asks for.

    >>> _asked_for("Which systematic literature reviews are there?"), _asked_for("Does yoga help?")
    (('systematic review',), ())
    """
    return tuple(design for found in _ASKED_FOR.finditer(asked) for design in designs_in(found[1]))


def _take_question(found: _Found) -> None:
    """The question's phrases, for the roles of which the text says nothing else."""
    silent = [role for role in ROLES if not found.terms[role]]
    for line, asked in found.question:
        for role, phrase in question_phrases(asked):
            if role in silent:
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
