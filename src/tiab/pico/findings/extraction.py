"""Extraction: what a record says of its markers and outcomes, as spans."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.abbreviations import get_abbreviations
from tiab.pico.findings.comparison import Comparison, Wording, is_control, named_controls, p_values, read_comparison
from tiab.pico.findings.directions import Statement
from tiab.pico.findings.parts import is_in_cells, is_of_the_start
from tiab.pico.findings.reading import statements
from tiab.pico.findings.subjects import find_outcomes, find_targets
from tiab.pico.findings.tokens import Target, Token, closing, is_kind, plain, split_tokens
from tiab.pico.layout import Layout, add_spans, get_layout, get_spans, get_text, make_span
from tiab.pico.lexicon import Found
from tiab.pico.spans import Span

__all__ = ["MARKER", "OUTCOME", "Finding", "FindingFinder", "findings_in", "make_findings", "study_begins"]

MARKER, OUTCOME = "rule:direction", "rule:outcome_direction"
"""Where the spans of findings on markers, and on other outcomes, say that they come from."""


_LABELS = {"up": "increased", "down": "decreased", "same": "unchanged"}
_FLIPPED = {"up": "down", "down": "up", "same": "same"}
_TOLD = frozenset(("results", "conclusions"))
_STUDY = re.compile(
    r"\b(?:we|our|this\s+study|this\s+trial|the\s+(?:present|current)\s+study|aim|purpose|objective"
    r"|participants?|enrol\w+|recruited|"
    r"assigned|allocated|randomi[sz]ed|divided|investigated|examined|compared|measured|assessed|underwent"
    r"|completed|n\s?=\s?\d+)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:previous(?:ly)?|prior\s+stud\w+|have\s+been|has\s+been|known|literature|baseline\s+characteristics"
    r"|reported\s+to|suggest\w*\s+that|(?:no|few)\s+(?:\w+\s+)?(?:trials?|stud(?:y|ies)|data|reports?)\s+(?:has|have|had)"
    r"|(?:recent|several|many|other|some|earlier|numerous|animal|observational)\s+(?:\w+\s+)?(?:studies|trials|reports)"
    r"|unclear|is\s+unknown|remains?\s+to\s+be)\b",
    re.IGNORECASE,
)
_WITH_RESULTS = re.compile(
    r"[^a-z:.]{0,30}\b(?:RESULTS|FINDINGS)\b|methods?\s(?:and|&)\s(?:results|findings)\b", re.IGNORECASE
)
_BOUT = re.compile(
    r"\bacute\s(?:\S+\s){0,4}exercis|\b(?:bouts?|single\ssession)\b|\bduring\s(?:\S+\s){0,2}exercise\b", re.IGNORECASE
)
_PROGRAMME = re.compile(
    r"\b(?:train\w*|chronic|program\w*|weeks?|months?|regular|supplement\w*|interventions?)\b", re.IGNORECASE
)
_SIGNIFICANT_FOR = re.compile(r"\b(?:was|were)\s(?:statistically\s)?significant\s(?:only\s)?for\b", re.IGNORECASE)
_STEADY = frozenset(("unchanged", "unaffected", "unaltered", "stable", "constant", "steady"))
_TAKEN_BACK = re.compile(
    r"(?:\b(?:but|although|though|albeit|however|yet)\b|,)[^.;]{0,60}?\b(?:(?:not|n['’]t|non-?|without"
    r"|fail\w+\s+to|in|short\s+of"
    r"|miss\w+|below)\s?|none\s[^.;]{0,40})(?:reach\w*\s+|achiev\w+\s+|attain\w*\s+)?(?:the\s+)?(?:level\s+of\s+)?"
    r"(?:statistical(?:ly)?\s+)?significan(?:t|ce|tly(?=\s*(?:[.,;)]|$)))\b",
    re.IGNORECASE,
)
_CONCEDED = re.compile(
    r"\b(?:although|though|while|whilst|despite)\b[^.;]{0,160}?\b(?:not|no|non-?)\s?(?:reach\w*\s+|achiev\w+\s+)?"
    r"(?:statistical(?:ly)?\s+)?significan",
    re.IGNORECASE,
)
"""What takes the same sentence's "a clinically relevant rise" back: "although the effect was not significant"."""
_STATES = frozenset(("elevated", "raised", "increased", "reduced", "decreased", "lowered"))
_WITH = re.compile(
    r"\b(?:patients|adults|subjects|people|women|men|children|individuals)\swith\b[^.:;?]*$", re.IGNORECASE
)
_PASSIVE_REACH = 4
_EFFECTS = frozenset(("effect", "effects"))
_EARLY = 9  # words within which "In group 2, however, …" opens a sentence
_PHRASE = 5  # words before a target within which its effect is named
_SIGNIFICANT, _NEARLY = 0.05, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one sentence says of one marker or outcome.

    Attributes:
        name: what was measured.
        direction: "increased", "decreased" or "unchanged"; between groups, in the treated against the others.
        certainty: "tendency", or "" where it is told as a fact.
        comparison: how it was told; see `Comparison`.
        start, end: offsets of the word of change.
        denies: the direction that it only denies ("no rise"), or "".
    """

    name: str
    direction: str
    certainty: str
    comparison: Comparison
    start: int
    end: int
    denies: str = ""

    @property
    def detail(self) -> str:
        """The circumstances in words: "between groups; tendency; against placebo; in women"."""
        how = self.comparison
        group, part = ("only " if how.only == name else "" for name in ("group", "part"))
        parts = (
            how.kind, self.certainty, how.against and f"against {how.against}", how.group and f"{group}in {how.group}",
            how.part and f"{part}{how.part}", "after one bout" if how.acute else "",
        )  # fmt: skip
        return "; ".join(part for part in parts if part)


class FindingFinder:
    """The component `tiab_findings`: a span for each word of change, its value what it speaks of, joined by "; ".

    It reads the markers and the outcomes that other components found, so it comes last. Aims, background and
    possibilities say nothing of results, so they are passed over.
    """

    def __call__(self, doc: Doc) -> Doc:
        text, layout, spans = get_text(doc), get_layout(doc), get_spans(doc)
        markers = [Found(span.start, span.end, span.value) for span in spans if span.label == "marker"]
        targets = find_targets(text, sorted(markers))
        others = find_outcomes(text, targets, [span for span in spans if span.role == "outcome"])
        if targets or others:
            controls = named_controls(text, [(a.short, a.long) for a in get_abbreviations(doc)])
            found = _consistent(list(_findings(text, layout, sorted([*targets, *others]), controls)))
            if _is_of_one_bout(text, layout):
                found = [replace(one, comparison=one.comparison._replace(acute=True)) for one in found]
            names = {target.name for target in targets}
            add_spans(doc, _spans(doc, [f for f in found if f.name in names], MARKER))
            add_spans(doc, _spans(doc, [f for f in found if f.name not in names], OUTCOME))
        return doc


def _is_of_one_bout(text: str, layout: Layout) -> bool:
    """Whether the title tells of one bout of exercise, and of no training."""
    title = next((text[a:b] for a, b, name in layout.fields if name == "title"), "")
    return _BOUT.search(title) is not None and _PROGRAMME.search(title) is None


def _consistent(findings: Sequence[Finding]) -> list[Finding]:
    """The findings but those that only deny the opposite of another: "no rise in IL-6" beside "IL-6 fell"."""
    told = {(finding.name, finding.direction) for finding in findings}
    opposite = {"increased": "decreased", "decreased": "increased"}
    return [f for f in findings if f.denies not in opposite or (f.name, opposite[f.denies]) not in told]


def _spans(doc: Doc, findings: Sequence[Finding], provenance: str) -> list[Span]:
    grouped: dict[tuple[int, int, str, str, str], list[str]] = {}
    for finding in findings:
        key = (finding.start, finding.end, finding.direction, finding.detail, finding.certainty)
        names = grouped.setdefault(key, [])
        if finding.name not in names:
            names.append(finding.name)
    return [
        make_span(
            doc, start, end, role="outcome", label=direction, value="; ".join(names), provenance=provenance,
            weight=0.5 if certainty else 1.0, detail=detail,
        )
        for (start, end, direction, detail, certainty), names in grouped.items()
    ]  # fmt: skip


def _findings(text: str, layout: Layout, targets: Sequence[Target], controls: frozenset[str]) -> Iterator[Finding]:
    by_sentence: dict[int, list[Target]] = {}
    for target in targets:
        by_sentence.setdefault(layout.sentence(target.start), []).append(target)
    begins = study_begins(text, next((a for a, _, name in layout.fields if name == "abstract"), 0)) if targets else 0
    for number, mine in by_sentence.items():
        start, end = layout.sentence_bounds(number, len(text))
        if _tells_results(text, layout, start, end, begins) and not _is_in_cells(text, start, end):
            told = findings_in(text, start, end, mine, controls)
            title = layout.field(start) == "title"
            yield from (one for one in told if not (title and _describes_patients(text, start, one)))


def _describes_patients(text: str, start: int, finding: Finding) -> bool:
    """Whether a title only tells whom it is about: "… in patients with diabetes, elevated CRP and obesity"."""
    state = text[finding.start : finding.end].lower() in _STATES
    return state and _WITH.search(text, start, finding.start) is not None


def study_begins(text: str, begin: int) -> int:
    """Where an abstract without headings, which begins at `begin`, comes to the study itself, behind its background."""
    found = _STUDY.search(text, begin)
    return found.start() if found else begin


def _tells_results(text: str, layout: Layout, start: int, end: int, begins: int) -> bool:
    section, field = layout.section(end - 1), layout.field(start)
    if section == "methods" and _WITH_RESULTS.match(
        text, layout.section_starts[bisect_right(layout.section_starts, end - 1) - 1]
    ):
        section = ""
    told = field == "title" or section in _TOLD or (section == "" and end > begins)
    return told and field != "keywords" and _ELSEWHERE.search(text, start, end) is None


def _is_in_cells(text: str, start: int, end: int) -> bool:
    """Whether a sentence tells of cells, and of nothing that people were given or did."""
    return is_in_cells(text[start:end]) and not any(
        is_kind(token.word, "given") for token in split_tokens(text, start, end, ())
    )


def findings_in(
    text: str, start: int, end: int, targets: Sequence[Target], controls: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """The findings on `targets` in the sentence `text[start:end]`; `controls` are names of groups of controls."""
    inside = [target for target in targets if start <= target.start and target.end <= end]
    tokens = split_tokens(text, start, end, inside)
    every = statements(tokens)
    said = [one for one in every if one.direction in _LABELS]
    conceded = {
        inside[one.target].name for one in said if one.direction == "same" and _CONCEDED.search(text, start, end)
    }
    for one in said:
        together = {inside[other.target].name for other in every if other.cue == one.cue}
        finding = _finding(text, tokens, one, inside, (start, end), [other.cue for other in every], together, controls)
        if finding is not None and not (inside[one.target].name in conceded and finding.direction != "unchanged"):
            yield finding


def _finding(
    text: str, tokens: Sequence[Token], said: Statement, targets: Sequence[Target], bounds: tuple[int, int],
    cues: Sequence[int], together: set[str], controls: frozenset[str],
) -> Finding | None:  # fmt: skip
    cue, target = tokens[said.cue], targets[said.target]
    begin, stop = _clause(tokens, said, cues, bounds)
    wording = _wording(text, tokens, said, target, (begin, stop), cues, bounds)
    if is_of_the_start(wording.sentence, wording.own, text[begin : target.start]):
        return None
    if said.direction == "same" and _is_mere_effect(tokens, said, target):
        return None
    if said.direction != "same" and _is_significant_for_others(text, target, targets, bounds):
        return None
    how = read_comparison(wording).named(controls)
    if how.only and not (how.group or how.part):
        return None
    if said.governed and is_control(how.group) and not how.against:
        how = how._replace(group="")  # "prevented the rise seen in controls" is not told of the controls
    direction, tendency = said.direction, said.tendency
    others = [t.start for t in targets[said.target + 1 :] if t.start > cue.end and t.name not in together]
    chance = _chance(text, target, cue, min([stop, *others]))
    if chance is not None and direction != "same":
        if chance > _NEARLY or (chance > _SIGNIFICANT and not tendency and chance == 1.0):
            direction = "same"
        elif chance > _SIGNIFICANT:
            tendency = True
    if direction != "same" and _is_taken_back(text, max(cue.end, target.end), bounds[1], targets):
        direction = "same"
    if direction != "same" and _is_of_controls(how):
        if direction == "down" and cue.cue[1] != "degree":
            return None  # that the controls' fell more says nothing of which way the others' went
        direction, how = _FLIPPED[direction], how.turned()
    return Finding(
        name=target.name, direction=_LABELS[direction], comparison=how, start=cue.start,
        certainty="tendency" if tendency and direction != "same" else "",
        end=cue.end,
        denies=_LABELS[cue.cue[0]] if direction == "same" and cue.cue[0] in ("up", "down") else "",
    )  # fmt: skip


def _wording(
    text: str, tokens: Sequence[Token], said: Statement, target: Target, clause: tuple[int, int], cues: Sequence[int],
    bounds: tuple[int, int],
) -> Wording:  # fmt: skip
    cue, (begin, stop) = tokens[said.cue], clause
    steady = cue.word in _STEADY or any(
        token.word.startswith("remain") for token in tokens[max(0, said.cue - 2) : said.cue]
    )
    alike = (cue.cue == ("same", "degree") and not steady) or cue.word.startswith("differ") or said.governed
    differs = (cue.cue[1] == "degree" and not steady) or alike
    place = max(cue.end, target.end)
    rest = min(
        [bounds[1], *(t.start for i, t in enumerate(tokens) if t.start > place and (i in cues or t.target >= 0))]
    )
    return Wording(
        sentence=plain(text, *bounds),
        clause=plain(text, begin, stop),
        own=plain(text, _own_start(tokens, said, cues, begin), stop),
        before=plain(text, begin, cue.start) if cue.start < target.start else "",
        behind=plain(text, cue.start, stop),
        rest=plain(text, place, max(place, rest)),
        differs=differs,
        alike=alike,
        moves=not differs and target.start < cue.start and not _is_passive(tokens, said.cue),
    )


def _is_significant_for_others(text: str, target: Target, targets: Sequence[Target], bounds: tuple[int, int]) -> bool:
    """Whether the sentence goes on to say for which others the change was significant: "… was significant for CRP"."""
    found = _SIGNIFICANT_FOR.search(text, target.end, bounds[1])
    return found is not None and not any(t.name == target.name and t.start >= found.end() for t in targets)


def _is_mere_effect(tokens: Sequence[Token], said: Statement, target: Target) -> bool:
    """Whether an effect is only said to be like another: "the effect on TNF was similar" leaves its direction open."""
    cue = tokens[said.cue]
    before = [token.word for token in tokens if token.end <= target.start][-_PHRASE:]
    behind = [token for token in tokens if token.start >= max(target.end, cue.end)]
    if cue.word in _EFFECTS or (cue.cue[0] == "same" and _EFFECTS & set(before)):
        denied = any(is_kind(token.word, "negation") or is_kind(token.word, "insignificant") for token in tokens)
        return not denied and not any(token.word in ("between", "among") for token in behind)
    if cue.cue[0] != "same" or cue.word in _STEADY:
        return False
    return any(one.word == "with" and _falls(behind[i + 1 : i + 7]) for i, one in enumerate(behind))


def _falls(tokens: Sequence[Token]) -> bool:
    """Whether a rise or a fall is named before the next comma."""
    return any(token.cue[0] in ("up", "down") for token in takewhile(lambda token: token.word != ",", tokens))


def _is_of_controls(how: Comparison) -> bool:
    """Whether a difference is told of the controls, so that it holds for the others the other way round."""
    return how.kind.startswith("between") and is_control(how.group) and not is_control(how.against)


def _is_passive(tokens: Sequence[Token], cue: int) -> bool:
    """Whether a form of "to be" stands before the word of change, so that it may tell a state: "IL-6 was raised"."""
    before = tokens[max(0, cue - _PASSIVE_REACH) : cue]
    return any(token.word in ("was", "were", "is", "are", "been", "be") for token in before)


def _is_taken_back(text: str, place: int, stop: int, targets: Sequence[Target]) -> bool:
    """Whether the sentence goes on to say that the change was not significant, before it comes to another target."""
    stop = min([stop, *(target.start for target in targets if target.start > place)])
    return _TAKEN_BACK.search(text, place, stop) is not None


def _clause(tokens: Sequence[Token], said: Statement, cues: Sequence[int], bounds: tuple[int, int]) -> tuple[int, int]:
    """(start, end) of the clause of a statement: up to words of contrast and the next word that says something."""
    begin = stop = said.cue
    place = next(i for i, token in enumerate(tokens) if token.target == said.target)
    while begin > 0 and (tokens[begin].word == "not" or not _ends_clause(tokens, begin - 1)):
        if begin < said.cue and _is_after_clause(tokens, begin, place):
            break
        begin -= 1
    parted = False
    while stop + 1 < len(tokens) and not _ends_clause(tokens, stop + 1) and (stop + 1 not in cues):
        parted |= tokens[stop + 1].word in (",", "and")
        if parted and (tokens[stop + 1].cue[1] in ("degree", "past", "verb") or _is_next_verb(tokens, stop + 1)):
            break
        stop += 1
    return (tokens[begin].start if begin else bounds[0]), (tokens[stop].end if stop + 1 < len(tokens) else bounds[1])


def _is_next_verb(tokens: Sequence[Token], i: int) -> bool:
    """Whether "and" brings a second verb for the same subject: "had no effect on CRP and had no other benefit"."""
    return tokens[i - 1].word == "and" and tokens[i].word in ("had", "did", "was", "were", "showed", "resulted", "led")


def _own_start(tokens: Sequence[Token], said: Statement, cues: Sequence[int], begin: int) -> int:
    """The offset at which a statement's own words begin: behind "and" where its subject has another verb before."""
    if not any(begin <= tokens[i].start and i < said.cue for i in cues):
        return begin
    joints = [token for token in tokens[: said.cue] if token.word in ("and", ",", "but") and token.start >= begin]
    return joints[-1].end if joints else begin


def _is_after_clause(tokens: Sequence[Token], begin: int, place: int) -> bool:
    """Whether ", and" parts what begins here, with its target at `place`, from what another word of change says."""
    parted = begin > 1 and tokens[begin - 1].word == "and" and tokens[begin - 2].word == ","
    return parted and place >= begin and any(token.cue[0] for token in tokens[:begin])


def _ends_clause(tokens: Sequence[Token], i: int) -> bool:
    """Whether the word at `i` parts clauses, and is no "however" between commas."""
    if tokens[i].word == "however" and 0 < i < len(tokens) - 2:
        return not (tokens[i - 1].word == "," == tokens[i + 1].word and (i < _EARLY or tokens[i + 2].word == "in"))
    return is_kind(tokens[i].word, "break")


def _chance(text: str, target: Target, cue: Token, stop: int) -> float | None:
    """The P value that belongs to a statement: that in the bracket behind the target, else the first behind both."""
    own = re.match(r"\s*(?:levels?\s*|concentrations?\s*)?(?=[(\[])", text[target.end : stop])
    if own:
        place = target.end + own.end()
        found = p_values(text[place : closing(text, place, len(text))])
        if found:
            return _worth(*found[0])
    found = p_values(text[max(target.end, cue.end) : stop])
    return _worth(*found[0]) if found else None


def _worth(sign: str, number: float) -> float:
    return 1.0 if sign in ">≥" else number


@Language.factory("tiab_findings")
def make_findings(nlp: Language, name: str) -> FindingFinder:
    """The component `tiab_findings`."""
    return FindingFinder()
