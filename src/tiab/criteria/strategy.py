"""A search strategy ► its blocks: what stands between its ANDs, each a list of alternative terms.

Lines may be numbered (Ovid, Cochrane, EBSCO) and refer to one another, or one line may hold all (PubMed, Web of
Science). The last line that joins others is the search; from it the references are followed down to the terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from tiab.criteria.boolean import And, Near, Next, Node, Not, Or, Parsed, Reference, Term
from tiab.criteria.dialects import plain_lines
from tiab.criteria.strategy_lines import StrategyLine, read_parts

__all__ = ["Block", "Strategy", "is_strategy", "read_strategy"]

_MOST_PHRASES = 60
"""Phrases that one proximity search is spelled out into."""
_DEPTH = 60
_MANY = 5
"""How many times as many terms two blocks have together as what stands beside both, where they stay two."""
_LIMIT = re.compile(r"^\s*(?:\d+\.?\s+)?limit\s+[#sl]?(\d+)\s+to\s+(.*)$", re.IGNORECASE)
_SAME = re.compile(r"^\s*(?:remove duplicates from|dedup\w*|de-dup\w*)\s+[#sl]?(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerm:
    """A term of a strategy.

    Attributes:
        text: the word or phrase, with `*` where it is truncated.
        heading: whether it is a heading of a thesaurus.
        field: the fields that it is searched in, as the strategy writes them; "" where it does not say.
        line: the line of the text that it stands in, from 1.
        source: the words of the strategy that it was made from, where they differ.
    """

    text: str
    heading: bool = False
    field: str = ""
    line: int
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Alternatives, any of which a record must have.

    Attributes:
        name: what the strategy calls it, "" where it does not.
        terms: each once, in the order of the strategy.
    """

    name: str = ""
    terms: tuple[SearchTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A search strategy as it was read.

    Attributes:
        blocks: what is joined by AND.
        unwanted: what is taken away by NOT.
        limits: what the strategy limits the result to, in its own words.
        not_understood: (line of the text from 1, its words) that could not be used.
    """

    blocks: tuple[Block, ...]
    unwanted: tuple[SearchTerm, ...] = ()
    limits: tuple[str, ...] = ()
    not_understood: tuple[tuple[int, str], ...] = ()


def is_strategy(text: str) -> bool:
    """Whether a text is a search strategy and no prose.

    >>> is_strategy("1 exp Exercise/\\n2 yoga.ti,ab.\\n3 1 or 2"), is_strategy("We include trials of yoga or tai chi.")
    (True, False)
    """
    text = "\n".join(line.text for line in plain_lines(text))
    signs = re.findall(
        r"\b(?:OR|AND|NOT)\b|\.(?:ti|ab|tw|mp|pt|sh|af)\b|\[(?:tiab|tw|mesh|mh|ti|ab|pt)[^\]]*\]|(?im:^\s*(?:\d+\s+)?exp\b.*/)"
        r"|\badj\d|\b(?:or|and)/\d|(?im:^[\s#(]*(?:\d+\s+)?#?\d+\s+(?:or|and)\s+#?\d+)|:ti\b|/\s*$|\w[*$](?=[\s.,)])",
        text,
        re.MULTILINE,
    )
    words = len(re.findall(r"\w+", text))
    joined = len(re.findall(r"\b(?:OR|AND|NOT)\b", text)) >= 2 and not re.search(r"[a-z]{3}[.?!](?:\s|$)", text)
    return (len(signs) >= 3 or joined) and len(signs) * 25 >= words


def read_strategy(text: str, *others: str) -> Strategy:
    """The blocks of a search strategy, whichever database it was written for.

    Args:
        others: the same search as it was written for other databases.

    >>> found = read_strategy("exp Exercise/\\nyoga.ti,ab.\\n1 or 2\\nmultiple sclerosis.mp.\\n3 and 4")
    >>> [[term.text for term in block.terms] for block in found.blocks]
    [['Exercise', 'yoga'], ['multiple sclerosis']]
    """
    parts = [part for one in (text, *others) for part in read_parts(one)]
    return _merged([_Search(part).strategy() for part in parts] or [Strategy(blocks=())])


def _merged(strategies: list[Strategy]) -> Strategy:
    """One strategy for several databases: the blocks that share words are one, with the terms of all."""
    first, *others = [one for one in strategies if one.blocks] or strategies[:1]
    blocks = list(first.blocks)
    for other in others:
        alike = len(other.blocks) == len(first.blocks)
        for place, block in enumerate(other.blocks):
            words = _words(block)
            shared = [len(words & _words(known)) for known in blocks]
            best = shared.index(max(shared))
            if shared[best] or alike:
                at = best if shared[best] else place
                blocks[at] = replace(blocks[at], terms=tuple(_terms_once((*blocks[at].terms, *block.terms))))
            else:
                blocks.append(block)
    return Strategy(
        blocks=tuple(blocks),
        unwanted=tuple(_terms_once(term for one in strategies for term in one.unwanted)),
        limits=tuple(dict.fromkeys(limit for one in strategies for limit in one.limits)),
        not_understood=tuple(lost for one in strategies for lost in one.not_understood),
    )


def _size(blocks: list[Block]) -> int:
    return sum(len(block.terms) for block in blocks)


def _distributed(main: list[Block], plain: list[SearchTerm], others: list[list[Block]]) -> list[Block]:
    """(A and B) or C as (A or C) and (B or C): C goes to the blocks that share its words, else to each."""
    found = [list(block.terms) for block in main]
    words = [_words(block) for block in main]
    for term in plain:
        mine = _words(Block(terms=(term,)))
        shared = [place for place in range(len(main)) if mine & words[place]]
        for place in shared or range(len(main)):
            found[place].append(term)
    for blocks in others:
        for at, block in enumerate(blocks):
            mine = _words(block)
            alike = [len(mine & known) for known in words]
            place = alike.index(max(alike)) if any(alike) else min(at, len(main) - 1)
            found[place] += block.terms
    return [replace(block, terms=tuple(_terms_once(terms))) for block, terms in zip(main, found, strict=True)]


def _words(block: Block) -> set[str]:
    """The beginnings of the words of a block's terms."""
    return {word[:6] for term in block.terms for word in re.findall(r"[^\W\d_]{4,}", term.text.casefold())}


@dataclass(slots=True)
class _Search:
    lines: list[StrategyLine]
    unwanted: list[SearchTerm] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    blocks_of: dict[int, list[Block]] = field(default_factory=dict)
    terms_of: dict[int, list[SearchTerm]] = field(default_factory=dict)

    def strategy(self) -> Strategy:
        for place, line in enumerate(self.lines):
            self.limits += line.limits
            limit, same = _LIMIT.match(line.text), _SAME.match(line.text)
            if limit:
                self.limits.append(limit[2].strip())
            if found := limit or same:  # a line that was lost above it makes it refer to itself
                line.parsed = Parsed(Reference(min(int(found[1]), place)))
        blocks = [
            block
            for root in self._roots()
            for block in self._named(self._blocks(self.lines[root].parsed.node, root, 0), root)
        ]
        blocks = _once(blocks)
        return Strategy(
            blocks=tuple(blocks),
            unwanted=tuple(_terms_once(self.unwanted)),
            limits=tuple(dict.fromkeys(self.limits)),
            not_understood=tuple((line.place, text) for line in self.lines for text in self._lost(line)),
        )

    def _lost(self, line: StrategyLine) -> list[str]:
        if line.parsed.node is None:
            return [line.text]
        bad = [f"line {r.line}" for r in _references(line.parsed.node) if not 1 <= r.line <= len(self.lines)]
        return [*line.parsed.ignored, *bad]

    def _roots(self) -> list[int]:
        """The line that joins the others; where no line does, each line is a block, or all are one list."""
        joining = [n for n, line in enumerate(self.lines) if any(_references(line.parsed.node))]
        if joining:
            return [joining[-1]] if self._is_whole(joining[-1]) else self._loose_ends(joining)
        whole = [n for n, line in enumerate(self.lines) if line.parsed.node is not None]
        joined = [n for n in whole if isinstance(self.lines[n].parsed.node, And | Not)]
        return joined[-1:] if joined else whole

    def _is_whole(self, last: int) -> bool:
        """Whether the last line that joins others is the search, and not one of its blocks."""
        return last == len(self.lines) - 1 and not isinstance(self.lines[last].parsed.node, Or)

    def _loose_ends(self, joining: list[int]) -> list[int]:
        """The last line that joins others; of a strategy that was cut off, each list that no line joins."""
        last = joining[-1]
        behind = [n for n in range(last + 1, len(self.lines)) if self.lines[n].parsed.node is not None]
        used = {reference.line - 1 for n in joining for reference in _references(self.lines[n].parsed.node)}
        lists = [n for n in joining if isinstance(self.lines[n].parsed.node, Or) and n not in used]
        if lists != [n for n in joining if n not in used]:
            return [last]
        return [*lists, *behind]

    def _blocks(self, node: Node | None, at: int, depth: int) -> list[Block]:
        """What is joined by AND below a node of line `at`."""
        if node is None or depth > _DEPTH:
            return []
        if isinstance(node, Reference):
            there = self._line(node.line, at)
            if there is None:
                return []
            if there not in self.blocks_of:  # read once: lines may refer to lines that refer to lines
                below = self._blocks(self.lines[there].parsed.node, there, depth + 1)
                self.blocks_of[there] = _once(self._named(below, there))
            return self.blocks_of[there]
        if isinstance(node, And):
            return [block for part in node.parts for block in self._blocks(part, at, depth + 1)]
        if isinstance(node, Not):
            self.unwanted += self._terms(node.unwanted, at, depth + 1)
            return self._blocks(node.wanted, at, depth + 1)
        if isinstance(node, Or):
            return self._alternatives(node, at, depth)
        terms = self._terms(node, at, depth + 1)
        return [Block(terms=tuple(terms))] if terms else []

    def _named(self, blocks: list[Block], line: int) -> list[Block]:
        heading = self.lines[line].heading
        return [replace(block, name=block.name or heading) for block in blocks] if heading else blocks

    def _alternatives(self, node: Or, at: int, depth: int) -> list[Block]:
        """One block of all alternatives; the blocks of an alternative that is itself joined by AND and stands alone."""
        plain: list[SearchTerm] = []
        several: list[list[Block]] = []
        for part in node.parts:
            blocks = self._blocks(part, at, depth + 1)
            if len(blocks) == 1:
                plain += blocks[0].terms
            elif blocks:
                several.append(blocks)
        if not plain and len(several) == 1:
            return several[0]
        if not plain and several:
            widest = max(len(blocks) for blocks in several)
            return [
                Block(
                    terms=tuple(
                        _terms_once(t for blocks in several if place < len(blocks) for t in blocks[place].terms)
                    )
                )
                for place in range(widest)
            ]
        main = max(several, key=_size, default=[])
        if len(main) > 1 and _size(main) >= _MANY * len(plain):
            return _distributed(main, plain, [blocks for blocks in several if blocks is not main])
        for blocks in several:
            plain += list(_phrases([block.terms for block in blocks]))
        return [Block(terms=tuple(_terms_once(plain)))] if plain else []

    def _line(self, number: int, at: int) -> int | None:
        """The place of a line that is referred to; none that would go round in a circle."""
        place = number - 1
        return place if 0 <= place < len(self.lines) and place < at else None

    def _terms(self, node: Node | None, at: int, depth: int) -> list[SearchTerm]:
        """All terms below a node as alternatives, proximity spelled out into phrases."""
        if node is None or depth > _DEPTH:
            return []
        if isinstance(node, Term):
            return [_search_term(node, self.lines[at].place)] if node.text else []
        if isinstance(node, Reference):
            there = self._line(node.line, at)
            if there is None:
                return []
            if there not in self.terms_of:
                below = self._terms(self.lines[there].parsed.node, there, depth + 1)
                self.terms_of[there] = _terms_once(below)
            return self.terms_of[there]
        if isinstance(node, Near | Next):
            groups = [self._terms(part, at, depth + 1) for part in node.parts]
            return [*_phrases(groups), *(_turned(groups) if isinstance(node, Near) else ())]
        if isinstance(node, Not):
            return self._terms(node.wanted, at, depth + 1)
        if isinstance(node, And) and depth > 1:
            return list(_phrases([self._terms(part, at, depth + 1) for part in node.parts]))
        return [term for part in node.parts for term in self._terms(part, at, depth + 1)]


def _search_term(term: Term, line: int) -> SearchTerm:
    text = term.text
    if term.heading:
        text = _heading_words(text)
    return SearchTerm(
        text=text, heading=term.heading, field=term.field, line=line, source=term.text if text != term.text else ""
    )


def _heading_words(heading: str) -> str:
    """A heading as it is said: "Neoplasms, Breast" is breast neoplasms; "Aged, 80 and over" stays.

    >>> _heading_words("Carcinoma, squamous cell")
    'squamous cell Carcinoma'
    """
    parts = [part.strip() for part in heading.replace("-", " ").split(",")]
    if len(parts) == 2 and all(parts) and not any(char.isdigit() for char in heading) and " and " not in heading:
        return f"{parts[1]} {parts[0]}"
    return " ".join(heading.split())


def _phrases(
    groups: list[Iterable[SearchTerm]] | list[list[SearchTerm]] | list[tuple[SearchTerm, ...]],
) -> Iterator[SearchTerm]:
    """The phrases that one term of each group makes, in the order of the groups: a proximity's likeliest wording."""
    listed = [found for group in groups if (found := list(group))]
    for combination in _combinations(listed) if listed else ():
        words = [
            term.text.rstrip("*") if number < len(combination) - 1 else term.text
            for number, term in enumerate(combination)
        ]
        stems = any(term.text.endswith("*") for term in combination[:-1])
        if stems:  # only a last word can be truncated: a stem within a phrase would find nothing
            words = [term.text for term in combination]
        yield replace(combination[0], text=" ".join(words), heading=False, source="")


def _turned(groups: list[list[SearchTerm]]) -> Iterator[SearchTerm]:
    """The phrases of two groups in the other order: of (injur* adj3 thoracic), thoracic injur*.

    Only where they begin with a whole word, and end with one that was truncated: those are most often the nouns.
    """
    if len(groups) == 2 and prod(map(len, groups)) <= _MOST_PHRASES // 2:
        first = [term for term in groups[1] if not term.text.endswith("*")]
        last = [term for term in groups[0] if term.text.endswith("*")]
        if first and last:
            yield from _phrases([first, last])


def _combinations(groups: list[list[SearchTerm]]) -> Iterator[tuple[SearchTerm, ...]]:
    """One term of each group: all ways where they are few, else each term once with the first ones of the others."""
    if prod(map(len, groups)) <= _MOST_PHRASES:
        yield from product(*groups)
        return
    first = tuple(group[0] for group in groups)
    yield first
    for place, group in enumerate(groups):
        yield from ((*first[:place], term, *first[place + 1 :]) for term in group[1:])


def _references(node: Node | None) -> Iterator[Reference]:
    if isinstance(node, Reference):
        yield node
    elif isinstance(node, Or | And | Near | Next):
        for part in node.parts:
            yield from _references(part)
    elif isinstance(node, Not):
        yield from _references(node.wanted)
        yield from _references(node.unwanted)


def _terms_once(terms: Iterable[SearchTerm]) -> list[SearchTerm]:
    seen: dict[str, SearchTerm] = {}
    for term in terms:
        seen.setdefault(term.text.casefold(), term)
    return list(seen.values())


def _once(blocks: list[Block]) -> list[Block]:
    """Blocks without repetition: a line that is referred to twice is one block."""
    seen: dict[tuple[str, ...], Block] = {}
    for block in blocks:
        terms = tuple(_terms_once(block.terms))
        if terms:
            seen.setdefault(tuple(term.text.casefold() for term in terms), replace(block, terms=terms))
    return list(seen.values())
