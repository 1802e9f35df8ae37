"""Reading: which way a sentence says that something went, by the grammar of how results are told.

A word of change ("rose", "no difference", "lower") speaks of a target as its subject ("IL-6 was lower") or as its
object ("reduced IL-6", "no change in IL-6, CRP or leptin"). Where neither holds, nothing is said of the target. A
change may govern another: "attenuated the increase in IL-6" is a decrease.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from tiab.pico.findings.directions import Statement
from tiab.pico.findings.object_side import with_objects
from tiab.pico.findings.subject_side import as_compound, as_left, as_next_share, as_subject, as_topic, is_measure
from tiab.pico.findings.tokens import Token

__all__ = ["statements"]


def statements(tokens: Sequence[Token]) -> list[Statement]:
    """What the tokens of a sentence say of its targets: at most one statement for a word of change and a target."""
    found: dict[tuple[int, int], Statement] = {}
    places = [i for i, token in enumerate(tokens) if token.target >= 0]
    for place in places:
        for one in (
            *as_subject(tokens, place),
            *as_topic(tokens, place),
            *as_left(tokens, place),
            *as_compound(tokens, place),
        ):
            found.setdefault((one.cue, one.target), one)
    taken = {target for _, target in found}
    for cue in (i for i, token in enumerate(tokens) if token.cue[0] not in ("", "undo")):
        for one in with_objects(tokens, cue):
            if one.target not in taken:
                found.setdefault((one.cue, one.target), one)
    for more in (_shared, _set_apart):
        for one in more(tokens, places, list(found.values())):
            found.setdefault((one.cue, one.target), one)
    if any(token.word == "respectively" for token in tokens):
        return _without_respective(found.values())
    return sorted(found.values())


def _shared(tokens: Sequence[Token], places: Sequence[int], said: Sequence[Statement]) -> Iterator[Statement]:
    """Statements of targets that share the verb of another: "IL-6 fell by 20% and CRP by 15%"."""
    for place in places:
        if not any(one.target == tokens[place].target for one in said):
            yield from as_next_share(tokens, place, said)


def _set_apart(tokens: Sequence[Token], places: Sequence[int], said: Sequence[Statement]) -> Iterator[Statement]:
    """Statements of targets that are set apart: "IL-6, but not TNF, fell", "raised IL-10 but not IL-6 or leptin"."""
    spoken = {one.target for one in said}
    for place, behind in pairwise(places):
        between = [token.word for token in tokens[place + 1 : behind]]
        words = [word for word in between if word not in (",", "of") and not is_measure(word)]
        if words[:2] != ["but", "not"] or words[2:] not in ([], ["in"], ["for"], ["on"]):
            continue
        for one in said:
            if one.target == tokens[place].target and one.direction in ("up", "down"):
                for other in _listed(tokens, behind):
                    if tokens[other].target not in spoken:
                        yield one._replace(target=tokens[other].target, direction="same", tendency=False)


def _listed(tokens: Sequence[Token], begin: int) -> Iterator[int]:
    """The targets of the list that begins at `begin`: up to the first word that is no part of a list."""
    for i in range(begin, len(tokens)):
        if tokens[i].target >= 0:
            yield i
        elif not (is_measure(tokens[i].word) or tokens[i].word in (",", "or", "and", "nor")):
            return


def _without_respective(found: Iterable[Statement]) -> list[Statement]:
    """The statements but those of targets of which opposite things are said: "A and B rose and fell, respectively"."""
    told: dict[int, set[str]] = {}
    for one in found:
        told.setdefault(one.target, set()).add(one.direction)
    return sorted(one for one in found if len(told[one.target]) == 1)
