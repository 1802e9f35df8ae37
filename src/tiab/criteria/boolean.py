"""A line of a search strategy ► a tree of terms: what Ovid, Cochrane, PubMed, EBSCO and Web of Science write alike.

Strategies are typed by hand and copied through word processors: a bracket is missing, a field tag is misspelt, quotes
are curly. So the reader never refuses: what it cannot use it leaves out and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tiab.criteria.boolean_tokens import NUMBER, Token, read_tokens
from tiab.criteria.dialects import TIED

__all__ = ["And", "Near", "Next", "Node", "Not", "Or", "Parsed", "Reference", "Term", "parse_line"]

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "″": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "})
_SUFFIX = re.compile(r"[.:](?P<tag>[a-z]{2}(?:[,;.]\s*[a-z]{2})*|all|mp)\.?(?:\s*\[[^\]]*\])?$", re.IGNORECASE)
"""Ovid's .ti,ab. and Cochrane's :ti,ab,kw behind a word or a bracket."""
_JOINED = re.compile(r"(?i)(?P<how>or|and)\s*/\s*(?P<list>[#\w ,\-–+]+)$|(?P<list2>[\d #,\-–]+)/(?P<how2>or|and)$")
_RANGE = re.compile(rf"({NUMBER})\s*(?:-|–|\bto\b)\s*({NUMBER})", re.IGNORECASE)
_LOOSE = re.compile(r"(?i)^(or|and)\s+([#sl]?\d+\s*(?:[-,–]\s*[#sl]?\d+\s*)+)$")
_WRITTEN_OTHERWISE = (
    (re.compile(r"""\[mh\s+\^?"?([^\]"]+)"?\]""", re.IGNORECASE), r"exp \1/"),  # Cochrane
    (re.compile(r"""\bM[HMJ]\s+"([^"]+?)\+?\""""), r"exp \1/"),  # EBSCO
    (re.compile(r"\b(?:TS|TI|AB|SU|KW|AK|TX|ALL|TITLE-ABS-KEY)\s*=\s*|\bTITLE-ABS-KEY\s*(?=\()"), ""),
    (re.compile(r"(^|\(|\bOR |\bAND )(?:TI|AB|SU|KW|AK|TX) (?=[\w(\"])"), r"\1"),
)
"""What other databases write for what Ovid's lines say."""
_MOST_NESTED = 50
_DATES = re.compile(r"\d{4}(?:/\d\d?(?:/\d\d?)?)?(?::\S*)?\s*\[|\d{4}/\d\d/\d\d:|:\s*\d{4}")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase, or the heading of a thesaurus; `field` is the tag that it carries, in lower case."""

    text: str
    heading: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """The result of an earlier line."""

    line: int


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """All of these, some words from each other, in this order or another."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """All of these, one behind the other in this order."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The one without the other."""

    wanted: Node
    unwanted: Node


Node = Term | Reference | Or | And | Near | Next | Not


@dataclass(slots=True)
class Parsed:
    """A line as it was read.

    Attributes:
        node: what it asks for; None where nothing of it could be used.
        ignored: pieces that were not understood.
    """

    node: Node | None = None
    ignored: list[str] = field(default_factory=list)


def parse_line(text: str, *, lines: int = 0) -> Parsed:
    """What one line of a strategy asks for.

    Args:
        lines: how many lines stand before it; a bare number up to that is a reference to a line.

    >>> parse_line("(yoga or tai chi).ti,ab.").node
    Or(parts=(Term(text='yoga', heading=False, field='ti,ab'), Term(text='tai chi', heading=False, field='ti,ab')))
    >>> parse_line("1 and or/2-3", lines=3).node
    And(parts=(Reference(line=1), Or(parts=(Reference(line=2), Reference(line=3)))))
    """
    cleaned = " ".join(text.translate(_QUOTES).split())
    for pattern, instead in _WRITTEN_OTHERWISE:
        cleaned = pattern.sub(instead, cleaned)
    listed = _listed(cleaned, lines)
    if listed is not None:
        return Parsed(listed)
    tokens = list(read_tokens(cleaned, lines))
    if sum(token.kind in ("open", "not") for token in tokens) > _MOST_NESTED and _is_deep(tokens):
        return Parsed(None, [cleaned[:200]])
    reader = _Reader(tokens)
    return Parsed(reader.read(), reader.ignored)


def _is_deep(tokens: list[Token]) -> bool:
    """Whether brackets within brackets, or NOT after NOT, go deeper than anyone searches."""
    depth = deepest = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        deepest = max(deepest, depth)
    return max(deepest, sum(token.kind == "not" for token in tokens)) > _MOST_NESTED


def _listed(text: str, lines: int) -> Node | None:
    """A line that only joins lines: "or/1-5", "1-5/or", "OR 1-14"."""
    bare = text.strip().strip("().")
    found = _JOINED.match(bare) or _LOOSE.match(bare)
    if found is None:
        return None
    how, numbers = found[1] or found[3], found[2] or (found[3] if found.re is _LOOSE else found["list2"])
    if found.re is _JOINED and found["how2"]:
        how, numbers = found["how2"], found["list2"]
    parts: list[Node] = [Reference(number) for number in _numbers(numbers) if 1 <= number <= lines]
    return _join(Or if how.lower() == "or" else And, parts)


def _numbers(text: str) -> Iterator[int]:
    for first, last in _RANGE.findall(text):
        low, high = int(re.sub(r"\D", "", first)), int(re.sub(r"\D", "", last))
        yield from range(low, min(high, low + 500) + 1)
    rest = _RANGE.sub(" ", text)
    yield from (int(number) for number in re.findall(r"\d+", rest))


class _Reader:
    """Reads tokens by precedence: near binds before and, and before or; a missing operator is an and."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self.ignored: list[str] = []

    def read(self) -> Node | None:
        parts: list[Node] = []
        while self._place < len(self._tokens):
            node = self._mixed()
            if node is not None:
                parts.append(node)
            if self._kind() == "close":  # one bracket too many
                self._place += 1
                if self._kind() in ("and", "or", "not", "near", "next") and parts:
                    how = self._kind()
                    self._place += 1
                    rest = self._mixed()
                    parts = [_combine(how, parts, rest)]
        return _join(And, parts)

    def _kind(self) -> str:
        return self._tokens[self._place].kind if self._place < len(self._tokens) else ""

    def _mixed(self) -> Node | None:
        """Operands and operators up to the next closing bracket."""
        operands: list[Node] = []
        operators: list[str] = []
        pending = ""
        while self._kind() not in ("", "close"):
            kind = self._kind()
            if kind in ("or", "and", "not", "near", "next"):
                pending = "not" if kind == "not" else (pending or kind)
                self._place += 1
                continue
            node = self._operand()
            if node is None:
                continue
            if operands:
                operators.append(pending or "and")
            elif pending == "not":
                node = Not(Term(""), node)
            operands.append(node)
            pending = ""
        return _by_precedence(operands, operators)

    def _operand(self) -> Node | None:
        token = self._tokens[self._place]
        self._place += 1
        node: Node | None
        if token.kind == "open":
            node = self._mixed()
            self._place += self._kind() == "close"
        elif token.kind == "reference":
            node = Reference(int(token.text))
        elif token.kind == "joined":
            node = _listed(token.text, 10**6)
        elif token.kind == "tag":
            return None
        else:
            node = self._term(token.text)
        return self._tagged(node)

    def _term(self, text: str) -> Node | None:
        """A term, its Ovid suffix taken off; a bare suffix belongs to the bracket before it and is dropped."""
        if re.fullmatch(r"[.:]?[a-z]{2}([,;.]\s?[a-z]{2})*\.?", text, re.IGNORECASE) and text[0] in ".:":
            return None
        suffix = _SUFFIX.search(text)
        tag = suffix["tag"].lower() if suffix else ""
        bare = text[: suffix.start()] if suffix else text
        return _term(bare, tag, self.ignored)

    def _tagged(self, node: Node | None) -> Node | None:
        """The node with the tags that follow it."""
        while self._kind() == "tag":
            tag = self._tokens[self._place].text
            self._place += 1
            if isinstance(node, Term):
                heading = node.heading or tag.startswith(("mesh", "mh", "majr", "supplementary"))
                text = re.sub(r"/[\w ,&]+$", "", node.text) if heading else node.text
                node = Term(re.sub(r"(?i)^exp\s+", "", text), heading, tag)
        if self._kind() == "term" and node is not None:
            follows = self._tokens[self._place].text
            if re.fullmatch(r"[.:][a-z]{2}([,;.]\s?[a-z]{2})*\.?(\s*\[.*)?", follows, re.IGNORECASE):
                self._place += 1
                node = _with_field(node, follows.strip(".: ").lower())
        return node


def _with_field(node: Node, tag: str) -> Node:
    if isinstance(node, Term):
        return node if node.field else Term(node.text, node.heading or tag in ("sh", "mh"), tag)
    if isinstance(node, Or):
        return Or(tuple(_with_field(part, tag) for part in node.parts))
    return node


def _term(text: str, tag: str, ignored: list[str]) -> Node | None:
    text = text.replace(TIED, " ")
    heading = re.fullmatch(
        r"(?i)(?:exp(?:lode)?\s+)?\*?(?P<name>[^/]*[^/\s])\s*/\s*(?:exp\b.*|[a-z]{2}(?:,\s*[a-z]{2})*)?\.?", text
    )
    marked = re.match(r"(?i)(?:\*|exp(?:lode)?\s+|mesh descriptor:?\s+)", text)
    if heading or marked or tag in ("sh", "mh"):
        name = heading["name"] if heading else text
        name = re.sub(r"(?i)^(?:exp(?:lode)?\s+|mesh descriptor:?\s+)", "", name.strip().lstrip("*").strip()).strip(
            " */'\"."
        )
        return Term(name, True, tag) if name else None
    cleaned = text.strip(" .,;:'/").replace("$", "*")
    if not re.search(r"\w", cleaned) or _DATES.search(text):
        if cleaned:
            ignored.append(text)
        return None
    return Term(cleaned, False, tag)


def _by_precedence(operands: list[Node], operators: list[str]) -> Node | None:
    """Near before and, and before or where both stand in one bracket; not takes away from all before it."""
    if not operands:
        return None
    for name, kind in _KINDS.items():
        kept: list[Node] = [operands[0]]
        rest: list[str] = []
        for operator, operand in zip(operators, operands[1:], strict=True):
            if operator == name:
                kept[-1] = _extend(kind, kept[-1], operand)
            else:
                kept.append(operand)
                rest.append(operator)
        operands, operators = kept, rest
    node = operands[0]
    for operand in operands[1:]:
        node = Not(node, operand)
    return node


def _combine(how: str, before: list[Node], after: Node | None) -> Node:
    node = _join(And, before) or Term("")
    if after is None:
        return node
    return Not(node, after) if how == "not" else _extend(_KINDS[how], node, after)


_Joining = type[Or] | type[And] | type[Near] | type[Next]
_KINDS: dict[str, _Joining] = {"next": Next, "near": Near, "and": And, "or": Or}


def _extend(kind: _Joining, node: Node, more: Node) -> Node:
    parts = node.parts if isinstance(node, kind) else (node,)
    return kind((*parts, more))


def _join(kind: type[Or] | type[And], parts: list[Node]) -> Node | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else kind(tuple(parts))
