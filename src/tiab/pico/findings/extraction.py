"""Extraction: what a record says of its markers and outcomes, as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.findings.comparison import Comparison, is_control, p_values, read_comparison
from tiab.pico.findings.directions import Statement
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
    r"\b(?:previous(?:ly)?|prior\s+stud\w+|have\s+been|has\s+been|known|literature|at\s+baseline"
    r"|baseline\s+(?:characteristics|levels)|reported\s+to|suggest\w*\s+that)\b",
    re.IGNORECASE,
)
_STEADY = frozenset(("unchanged", "unaffected", "unaltered", "stable", "constant", "steady"))
_TAKEN_BACK = re.compile(
    r"(?:\b(?:but|although|though|albeit|however|yet)\b|,)[^.;]{0,60}?\b(?:(?:not|n['’]t|non-?|without"
    r"|fail\w+\s+to|in|short\s+of"
    r"|miss\w+|below)\s?|none\s[^.;]{0,40})(?:reach\w*\s+|achiev\w+\s+|attain\w*\s+)?(?:the\s+)?(?:level\s+of\s+)?"
    r"(?:statistical(?:ly)?\s+)?significan(?:t|ce|tly)\b",
    re.IGNORECASE,
)
_CONCEDED = re.compile(
    r"\b(?:although|though|while|whilst|despite)\b[^.;]{0,160}?\b(?:not|no|non-?)\s?(?:reach\w*\s+|achiev\w+\s+)?"
    r"(?:statistical(?:ly)?\s+)?significan",
    re.IGNORECASE,
)
"""What takes the same sentence's "a clinically relevant rise" back: "although the effect was not significant"."""
_PASSIVE_REACH = 4
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
        parts = (
            how.kind, self.certainty, how.against and f"against {how.against}", how.group and f"in {how.group}",
            "after one bout" if how.acute else "",
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
            found = _consistent(list(_findings(text, layout, sorted([*targets, *others]))))
            names = {target.name for target in targets}
            add_spans(doc, _spans(doc, [f for f in found if f.name in names], MARKER))
            add_spans(doc, _spans(doc, [f for f in found if f.name not in names], OUTCOME))
        return doc


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


def _findings(text: str, layout: Layout, targets: Sequence[Target]) -> Iterator[Finding]:
    by_sentence: dict[int, list[Target]] = {}
    for target in targets:
        by_sentence.setdefault(layout.sentence(target.start), []).append(target)
    begins = study_begins(text, next((a for a, _, name in layout.fields if name == "abstract"), 0)) if targets else 0
    for number, mine in by_sentence.items():
        start, end = layout.sentence_bounds(number, len(text))
        if _tells_results(text, layout, start, end, begins):
            yield from findings_in(text, start, end, mine)


def study_begins(text: str, begin: int) -> int:
    """Where an abstract without headings, which begins at `begin`, comes to the study itself, behind its background."""
    found = _STUDY.search(text, begin)
    return found.start() if found else begin


def _tells_results(text: str, layout: Layout, start: int, end: int, begins: int) -> bool:
    section, field = layout.section(end - 1), layout.field(start)
    if field == "keywords" or _ELSEWHERE.search(text, start, end):
        return False
    if field == "title" or section in _TOLD:
        return True
    return section == "" and end > begins


def findings_in(text: str, start: int, end: int, targets: Sequence[Target]) -> Iterator[Finding]:
    """The findings on `targets` in the sentence `text[start:end]`."""
    inside = [target for target in targets if start <= target.start and target.end <= end]
    tokens = split_tokens(text, start, end, inside)
    every = statements(tokens)
    said = [one for one in every if one.direction in _LABELS]
    conceded = {
        inside[one.target].name for one in said if one.direction == "same" and _CONCEDED.search(text, start, end)
    }
    for one in said:
        together = {inside[other.target].name for other in every if other.cue == one.cue}
        finding = _finding(text, tokens, one, inside, (start, end), [other.cue for other in every], together)
        if finding is not None and not (inside[one.target].name in conceded and finding.direction != "unchanged"):
            yield finding


def _finding(
    text: str, tokens: Sequence[Token], said: Statement, targets: Sequence[Target], bounds: tuple[int, int],
    cues: Sequence[int], together: set[str],
) -> Finding | None:  # fmt: skip
    cue, target = tokens[said.cue], targets[said.target]
    begin, stop = _clause(tokens, said, cues, bounds)
    alike = (
        (cue.cue[0] == "same" and cue.cue[1] == "degree" and cue.word not in _STEADY)
        or cue.word.startswith("differ")
        or said.governed
    )
    differs = cue.cue[1] == "degree" or alike
    moves = not differs and target.start < cue.start and not _is_passive(tokens, said.cue)
    how = read_comparison(
        plain(text, begin, stop),
        plain(text, begin, cue.start) if cue.start < target.start else "",
        plain(text, cue.start, stop),
        plain(text, *bounds),
        differs=differs,
        alike=alike,
        moves=moves,
    )
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
        name=target.name, direction=_LABELS[direction], certainty="tendency" if tendency else "", comparison=how,
        start=cue.start, end=cue.end,
        denies=_LABELS[cue.cue[0]] if direction == "same" and cue.cue[0] in ("up", "down") else "",
    )  # fmt: skip


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
    while begin > 0 and (tokens[begin].word == "not" or not is_kind(tokens[begin - 1].word, "break")):
        begin -= 1
    parted = False
    while stop + 1 < len(tokens) and not is_kind(tokens[stop + 1].word, "break") and (stop + 1 not in cues):
        parted |= tokens[stop + 1].word in (",", "and")
        if parted and tokens[stop + 1].cue[1] in ("degree", "past", "verb"):
            break
        stop += 1
    return (tokens[begin].start if begin else bounds[0]), (tokens[stop].end if stop + 1 < len(tokens) else bounds[1])


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
