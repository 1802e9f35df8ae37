"""The words of records as TF-IDF rows, in three blocks of columns.

    exercise, exercise training    each word, and each pair of neighbouring words
    exercise*                      each word whatever its form (see `stems`)
    title: exercise*               the same for the title alone

In the first two the title counts twice, because it says most in the fewest words. A record's part in each block has a
fixed length, so that a record without an abstract can still be compared by its title. What each block adds is measured
on labelled reviews (docs/benchmarks/ranking.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from tiab.features.counting import TITLE, Ints, Tokens, count, parts_of, read_tokens
from tiab.features.stems import stem
from tiab.records import Record

__all__ = ["WordSpace", "make_word_space"]

IN_TITLE, ANY_FORM = "title: ", "*"
_SHARES = {"words": 1.0, "forms": 0.5, "titles": 0.2}
_LENGTHS = [float(np.sqrt(share / sum(_SHARES.values()))) for share in _SHARES.values()]
"""How long a record's part in each block is; together they have length 1."""
_TITLE_TIMES = 2.0


@dataclass(frozen=True, eq=False)
class WordSpace:
    """The words that are columns, and how rare each is.

    Attributes:
        words: the columns' names: words, pairs, forms, titles; each kind in alphabetical order; shape (V,).
        idf: smoothed inverse document frequency of each; float32, shape (V,).
    """

    words: tuple[str, ...]
    idf: NDArray[np.float32]

    def rows(self, records: Iterable[Record]) -> csr_array:
        """TF-IDF rows of length 1 (less where a block is empty), float32, shape (number of records, V).

        An unknown word has no column, though its form may have one.
        """
        return self._weighted(_counted(read_tokens(map(parts_of, records)), self._columns))

    def row(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """One row for phrases that belong together but do not follow each other, each as if a title; shape (V,)."""
        blocks = _counted(read_tokens([(phrase, "", "") for phrase in phrases]), self._columns)
        together = [csr_array(block.sum(axis=0).reshape(1, -1), dtype=np.float32) for block in blocks]
        return np.asarray(self._weighted(together).toarray().ravel(), dtype=np.float32)

    @cached_property
    def _columns(self) -> _Columns:
        return _read_columns(self.words)

    def _weighted(self, blocks: Sequence[csr_array]) -> csr_array:
        """(1 + ln tf) · idf, each row of each block brought to the block's length."""
        start, weighted = 0, []
        for block, length in zip(blocks, _LENGTHS, strict=True):
            values = (1 + np.log(block.data)) * self.idf[start + block.indices]
            row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
            norms = np.sqrt(np.bincount(row, weights=values**2, minlength=block.shape[0]))
            data = (values * (length / np.where(norms > 0, norms, 1))[row]).astype(np.float32)
            weighted.append(csr_array((data, block.indices, block.indptr), shape=block.shape))
            start += block.shape[1]
        joined: csr_array = hstack(weighted, format="csr")
        return joined


@dataclass(frozen=True, eq=False, kw_only=True)
class _Columns:
    """What the columns stand for.

    Attributes:
        singles: word -> its column.
        pairs: the numbers of the pairs, ascending: first word's column · number of singles + second word's column.
        forms, titles: stem -> its column within the block.
    """

    singles: Mapping[str, int]
    pairs: Ints
    forms: Mapping[str, int]
    titles: Mapping[str, int]


def make_word_space(
    records: Sequence[Record], *, beside: Sequence[str] = (), min_records: int = 2
) -> tuple[WordSpace, csr_array]:
    """The word space of a pool, and the pool's rows in it.

    Args:
        beside: phrases whose words are columns too, though no record may have them: the criteria.
        min_records: a word in fewer records than this is no column, unless `beside` has it; in a pool of under a
            thousand every word is one.
    """
    least = min_records if len(records) >= 1000 else 1
    tokens = read_tokens([*map(parts_of, records), *((phrase, "", "") for phrase in beside)])
    columns, names = _choose(tokens, len(records), least)
    blocks = [csr_array(block[: len(records)]) for block in _counted(tokens, columns)]
    held = np.concatenate([np.bincount(block.indices, minlength=block.shape[1]) for block in blocks])
    idf = (np.log((1 + len(records)) / (1 + held)) + 1).astype(np.float32)
    space = WordSpace(words=names, idf=idf)
    space.__dict__["_columns"] = columns  # known already: no need to read them from the names
    return space, space._weighted(blocks)


def _choose(tokens: Tokens, n_records: int, least: int) -> tuple[_Columns, tuple[str, ...]]:
    """The columns for these tokens, those beyond `n_records` being `beside`, and their names."""
    kept = _frequent(tokens.text, tokens.number, len(tokens.words), n_records, least)
    singles = [tokens.words[number] for number in np.flatnonzero(kept).tolist()]
    place = np.cumsum(kept) - 1
    firsts = tokens.firsts
    firsts = firsts[kept[tokens.number[firsts]] & kept[tokens.number[firsts + 1]]]
    met, number = np.unique(
        place[tokens.number[firsts]] * len(singles) + place[tokens.number[firsts + 1]], return_inverse=True
    )
    pairs = met[_frequent(tokens.text[firsts], number, len(met), n_records, least)]
    forms = _forms(tokens, np.ones(len(tokens.number), dtype=bool), n_records, least)
    titles = _forms(tokens, tokens.part == TITLE, n_records, least)
    names = [
        *singles,
        *(f"{singles[pair // len(singles)]} {singles[pair % len(singles)]}" for pair in pairs.tolist()),
        *(f"{word}{ANY_FORM}" for word in forms),
        *(f"{IN_TITLE}{word}{ANY_FORM}" for word in titles),
    ]
    columns = _Columns(
        singles={word: column for column, word in enumerate(singles)},
        pairs=pairs,
        forms={stem(word): column for column, word in enumerate(forms)},
        titles={stem(word): column for column, word in enumerate(titles)},
    )
    return columns, tuple(names)


def _frequent(text: Ints, thing: Ints, n_things: int, n_records: int, least: int) -> NDArray[np.bool_]:
    """Which things stand in at least `least` records, or in a text that is no record."""
    texts = count(int(text.max(initial=0)) + 1, n_things, text, thing, np.ones(len(text), dtype=np.float32))
    held = np.bincount(texts[:n_records].indices, minlength=n_things)
    beside = np.zeros(n_things, dtype=bool)
    beside[thing[text >= n_records]] = True
    return np.asarray((held >= least) | beside)


def _forms(tokens: Tokens, counted: NDArray[np.bool_], n_records: int, least: int) -> list[str]:
    """The commonest word of each stem that is frequent among the counted tokens, in alphabetical order."""
    stems, of_word = np.unique([stem(word) for word in tokens.words], return_inverse=True)
    number = tokens.number[counted]
    kept = _frequent(tokens.text[counted], of_word[number], len(stems), n_records, least)
    times = np.bincount(number, minlength=len(tokens.words))
    commonest: dict[int, int] = {}
    for word in np.lexsort((np.arange(len(times)), -times)).tolist():
        commonest.setdefault(int(of_word[word]), word)
    return sorted(tokens.words[commonest[form]] for form in np.flatnonzero(kept).tolist())


def _counted(tokens: Tokens, columns: _Columns) -> list[csr_array]:
    """How often each column's word stands in each text, block by block; shapes (n_texts, columns of the block)."""
    weight = np.where(tokens.part == TITLE, _TITLE_TIMES, 1.0).astype(np.float32)
    single = _looked_up(tokens.words, columns.singles)[tokens.number]
    firsts = tokens.firsts
    firsts = firsts[(single[firsts] >= 0) & (single[firsts + 1] >= 0)]
    wanted = single[firsts] * len(columns.singles) + single[firsts + 1]
    place = np.searchsorted(columns.pairs, wanted)
    known = columns.pairs[np.minimum(place, len(columns.pairs) - 1)] == wanted if len(columns.pairs) else place < 0
    alone = single >= 0
    row = np.concatenate([tokens.text[alone], tokens.text[firsts[known]]])
    column = np.concatenate([single[alone], len(columns.singles) + place[known]])
    weights = np.concatenate([weight[alone], weight[firsts[known]]])
    blocks = [count(tokens.n_texts, len(columns.singles) + len(columns.pairs), row, column, weights)]
    stems = [stem(word) for word in tokens.words]
    for block, part in ((columns.forms, slice(None)), (columns.titles, tokens.part == TITLE)):
        found = _looked_up(stems, block)[tokens.number[part]]
        there = found >= 0
        some = weight[part][there] if block is columns.forms else np.ones(int(there.sum()), dtype=np.float32)
        blocks.append(count(tokens.n_texts, len(block), tokens.text[part][there], found[there], some))
    return blocks


def _looked_up(words: Sequence[str], columns: Mapping[str, int]) -> Ints:
    """The column of each word, -1 for none."""
    return np.array([columns.get(word, -1) for word in words], dtype=np.int64)


def _read_columns(names: Sequence[str]) -> _Columns:
    """What columns of these names stand for."""
    plain = [name for name in names if not name.endswith(ANY_FORM)]
    singles = {name: column for column, name in enumerate(name for name in plain if " " not in name)}
    couples = [name.split(" ") for name in plain if " " in name]
    any_form = [name.removesuffix(ANY_FORM) for name in names if name.endswith(ANY_FORM)]
    forms = [name for name in any_form if not name.startswith(IN_TITLE)]
    titles = [name.removeprefix(IN_TITLE) for name in any_form if name.startswith(IN_TITLE)]
    return _Columns(
        singles=singles,
        pairs=np.array([singles[one] * len(singles) + singles[other] for one, other in couples], dtype=np.int64),
        forms={stem(word): column for column, word in enumerate(forms)},
        titles={stem(word): column for column, word in enumerate(titles)},
    )
