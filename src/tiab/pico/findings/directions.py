"""Directions: which way a statement goes, once it is known what denies its word of change or governs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tiab.pico.findings.scope import Scope
from tiab.pico.findings.tokens import Token

__all__ = ["Statement", "composed", "direction_of", "lessened"]

_OPPOSITE = {"up": "down", "down": "up"}


class Statement(NamedTuple):
    """What one word of change says of one target.

    Attributes:
        target: the number of the target.
        cue: the index of the word of change among the tokens.
        direction: "up", "down", "same", or "change" for a difference whose direction is not told.
        tendency: whether it is told as a tendency.
        governed: whether another change governs it ("attenuated the increase").
    """

    target: int
    cue: int
    direction: str
    tendency: bool = False
    governed: bool = False


def direction_of(tokens: Sequence[Token], cue: int, scope: Scope, *, denied: bool = False) -> str:
    """The direction that the word of change gives, "" where its scope leaves it open."""
    kind = tokens[cue].cue[0]
    if scope.denied or denied:
        return "" if scope.outer is not None or kind == "same" else "same"
    if scope.outer is None:
        return kind
    outer, form = tokens[scope.outer].cue
    if form == "degree" and outer == "down":
        return lessened(kind)
    if tokens[cue].cue[1] in ("past", "degree") and outer == "up" and form != "degree":
        return "up"  # "raised the lowered IL-6": the inner word is a state, the outer one the change
    return composed(outer, kind)


def lessened(direction: str) -> str:
    """The direction of a change that is smaller than another one; "" for a fall, which may be a fall all the same."""
    return {"up": "down", "down": ""}.get(direction, direction)


def composed(outer: str, inner: str, *, denied: bool = False) -> str:
    """The direction of a change that another governs: what lessens or undoes an increase is a decrease."""
    if outer == "same" or (outer in ("change", "up") and denied):
        return "same"
    if inner not in _OPPOSITE or denied:
        return "" if inner not in ("same",) else inner
    return {"up": inner, "down": _OPPOSITE[inner], "undo": _OPPOSITE[inner]}.get(outer, "")
