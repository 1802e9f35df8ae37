"""Writes src/tiab/pico/words/real_words.toml: the words that differ in one letter from another word.

    python scripts/list_real_words.py

"Addition" is no slip of "addiction", nor "infection" of "injection". Listed are the words of eight letters or more, in
normal form, that stand in at least five abstracts of the data for measuring (TIAB_SHARED) and from which another such
word, or one of seven letters, is one mistake away; a word a hundred times as rare as that other is a slip itself.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tiab.evaluation.pico.designs import read_articles
from tiab.formats import read_records
from tiab.pico.misspelling import LongWords
from tiab.pico.text import normal_words
from tiab.records import Record

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
PUBMED = ("pubmed21n1298.xml.gz", "pubmed20n0014.xml.gz")
OUTPUT = ROOT / "src" / "tiab" / "pico" / "words" / "real_words.toml"
_LEAST = 5  # abstracts in which a word stands
_SHORTEST = 7  # letters; a long word with one letter missing has as many
_RARER = 100  # "acitivity" is no word
_LINE = 116  # characters


def records() -> Iterator[Record]:
    """The records in whose titles and abstracts words are counted."""
    for name in PUBMED:
        yield from read_records(SHARED / "pubmed" / name)
    yield from read_articles(SHARED / "pico" / "evidence-inference-abstracts.json.gz")


def real_words() -> list[str]:
    """The words that are one mistake away from another."""
    counts: Counter[str] = Counter()
    for record in records():
        counts.update(word for word in set(normal_words(record.text)) if len(word) >= _SHORTEST and word.isalpha())
    frequent = [word for word, count in counts.items() if count >= _LEAST and word.isascii()]
    known: LongWords[str] = LongWords()
    for word in frequent:
        known.add(word, word)
    pairs = ((word, other) for word in frequent for other in known.alike(word))
    real = [pair for pair in pairs if max(map(counts.__getitem__, pair)) <= _RARER * min(map(counts.__getitem__, pair))]
    return sorted({word for pair in real for word in pair})


def main() -> None:
    """Writes the list."""
    lines, line = [], " "
    for word in real_words():
        if len(line) + len(word) + 4 > _LINE:
            lines.append(line)
            line = " "
        line += f' "{word}",'
    head = "# Words that differ in one letter from another word, and so are no slips of it: scripts/list_real_words.py."
    OUTPUT.write_text("\n".join([head, "words = [", *lines, line, "]", ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
