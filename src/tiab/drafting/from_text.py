"""Eligibility criteria in prose or bullets ► drafted concepts: roles by headings, else by words; phrases by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tiab.criteria import ROLES, Limits
from tiab.drafting.draft import Draft, DraftConcept, DraftTerm
from tiab.drafting.members import members_of
from tiab.drafting.phrases import noun_phrases
from tiab.drafting.questions import asks_for_effects, question_phrases
from tiab.drafting.roles import content_words, named_role, role_of
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
_HEADED, _STANDS = "by its heading", "by where it stands in the sentence"
_COMPARED = re.compile(r"(?i)\b(?:control|comparison) (?:groups?|animals|arms?|conditions?)\b|\bcontrols\b")
_KIND = re.compile(r"(?i)\breviews?\b|\bmeta-?analys|\btrials?$|\bprotocol\b")
"""What a title says of the review itself."""
_ANIMALS = re.compile(r"(?i)\b(?:rodents?|rats?|mice|mouse|animal models?|farm animals|livestock|preclinical)\b")
_TRIALS = ("randomised trial", "non-randomised trial", "crossover trial")
_TRIAL_WORDS = ("randomized controlled trial", "double-blind", "placebo", "comparative trial")
_EFFECT_WORDS = (
    *("efficacy", "effectiveness", "tolerability", "adverse event", "adverse effect", "side effect"),
    *("quality of life", "mortality", "safety", "symptom improvement", "response rate", "relapse"),
)
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
    guessed, why = (role, _HEADED) if role else role_of(phrases, title)
    if guessed:
        yield from ((guessed, phrase, why) for phrase in phrases)
    else:
        yield from ((stands, phrase, _STANDS) for stands, phrase in question_phrases(sentence) if phrase in phrases)


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
    if asks_for_effects(asked) and not _ANIMALS.search(text):
        why = "a usual outcome, as the question asks what a treatment does"
        found.because.setdefault("outcome", why)
        found.terms["outcome"] += [DraftTerm(text=word, line=1, source=why) for word in _EFFECT_WORDS]
    wanted = content_words([found.title, *(t.text for terms in found.terms.values() for t in terms)])
    concepts = _with_title(list(_concepts(found, shorts, wanted)), list(_of_title(found)))
    concepts = [_with_initials(concept, text) for concept in concepts]
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
    designs = tuple(dict.fromkeys(found.designs))
    against = tuple(dict.fromkeys(design for design in found.against_designs if design not in designs))
    why = "by name"
    if animals and not designs:
        designs, why = ("animal study",), "the text is about animals"
    elif not designs and asks_for_effects(asked):
        designs, why = _TRIALS, "the question asks what a treatment does, and no design is named"
        against = tuple(dict.fromkeys((*against, *_NO_STUDIES)))
    if not designs and not against:
        return []
    terms = tuple(DraftTerm(text=text, line=1, source=why) for text in _TRIAL_WORDS) if designs == _TRIALS else ()
    return [
        DraftConcept(
            role="design", name="study design", terms=terms, designs=designs, against_designs=against, because=why
        )
    ]


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
            terms=_with_members(terms),
            abbreviations=short,
            against=tuple({term.text.casefold(): term for term in against}.values()),
            required=role != "outcome" and (role != "population" or found.because.get(role) == _HEADED),
            because=found.because.get(role, ""),
        )


def _with_initials(concept: DraftConcept, text: str) -> DraftConcept:
    """The concept with the abbreviations in the text that are the initials of one of its terms."""
    used = dict.fromkeys(re.findall(r"(?<![\w-])[A-Z]{3,6}(?![\w-])", text))
    known = {short.text for short in concept.abbreviations}
    more = tuple(
        DraftTerm(text=short, line=term.line, source=f"the initials of {term.text}")
        for short in used
        for term in concept.terms
        if short not in known and short.casefold() == "".join(word[0] for word in term.text.casefold().split())
    )
    return replace(concept, abbreviations=concept.abbreviations + more)


def _with_members(terms: tuple[DraftTerm, ...]) -> tuple[DraftTerm, ...]:
    """The terms, and the members of the groups that they name."""
    known = {term.text.casefold() for term in terms}
    more = {
        member.casefold(): DraftTerm(text=member, line=term.line, source=f"one of {term.text}")
        for term in terms
        for member in members_of(term.text)
    }
    return terms + tuple(member for text, member in more.items() if text not in known)


def _with_title(said: list[DraftConcept], titled: list[DraftConcept]) -> list[DraftConcept]:
    """The text's concepts with the title's terms, which are the surest; what nothing gave a role to is optional."""
    roles = {concept.role: concept for concept in titled}
    made = []
    for concept in said:
        more = roles.pop(concept.role, None)
        if more is not None:
            known = {term.text.casefold() for term in more.terms}
            placed = concept.because == _STANDS  # a single word by its place alone says less than the title
            others = (term for term in concept.terms if not placed or " " in term.text)
            terms = (*more.terms, *(term for term in others if term.text.casefold() not in known))
            concept = replace(concept, name=more.name, terms=_with_members(terms))
        made.append(replace(concept, required=concept.required and (more is not None or concept.because != _STANDS)))
    return [*roles.values(), *made]


def _of_title(found: _Found) -> Iterator[DraftConcept]:
    """Concepts from the title: what stands before its "for" or "in", and what stands behind."""
    parts = re.split(r"(?i)(?<![\w-])(?:for|in|among|to|on)(?![\w-])", re.split(r"[:?]", found.title)[0])
    phrases = [[phrase for phrase in noun_phrases(part) if not _KIND.search(phrase)] for part in parts]
    phrases = [part for part in phrases if part]
    roles = (role_of(phrases[0])[0] or "intervention",) if len(phrases) == 1 else ("intervention", "population")
    for role, part in zip(roles, [phrases[0], phrases[-1]] if phrases else [], strict=False):
        line = max(found.title_line, 1)
        terms = tuple(DraftTerm(text=phrase, line=line, source=found.title) for phrase in part)
        yield DraftConcept(
            role=role,
            name=part[0],
            terms=_with_members(terms),
            required=role != "population",  # what is searched for in all records need not be said in each
            because="from the title",
        )
