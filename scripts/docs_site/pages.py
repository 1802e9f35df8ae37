"""The pages of the documentation, and the blocks on them that a reader can run."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "Block", "blocks"]

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for path in DOCS.rglob("*.md")
    if path.name != "evidence.md" and path.parent.name != "benchmarks"
)
"""The pages that are written by hand; the others come from measurements."""

_BLOCK = re.compile(
    r"^(?P<indent> *)(?:<!-- not run: (?P<reason>[^>]+) -->\n(?P=indent))?```(?P<language>\w*)[^\n]*\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        line: where it begins on its page, from 1.
        not_run: the reason, as the page's source gives it, why it can't be run by a test; "" where it can.
        printed: what the page says that it prints, or None: the `text` block that follows it.
    """

    line: int
    language: str
    text: str
    not_run: str = ""
    printed: str | None = None


def blocks(page: str) -> list[Block]:
    """The blocks of a page in their order, those of output with what printed them."""
    source = (DOCS / page).read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for match in _BLOCK.finditer(source):
        text = textwrap.dedent(match["text"])
        if match["language"] == "text" and found and not source[end : match.start()].strip():
            last = found.pop()
            found.append(Block(last.line, last.language, last.text, last.not_run, printed=text))
        else:
            line = source.count("\n", 0, match.start()) + 1
            found.append(Block(line, match["language"], text, (match["reason"] or "").strip()))
        end = match.end()
    return found
