"""The words of records as TF-IDF rows, in three blocks of columns.

    exercise, exercise training    each word, and each pair of neighbouring words
    exercise*                      each word whatever its form (see `stems`)
    title: exercise*               the same for the title alone

In the first two the title counts twice, because it says most in the fewest words. A record's part in each block has a
fixed length, so that a record without an abstract can still be compared by its title. What each block adds is measured
on labelled reviews (docs/benchmarks/ablation.md, docs/benchmarks/tried.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from tiab.features.counting import TITLE, Ints, Tokens, count, parts_of, pausing, read_tokens
from tiab.features.stems import stem
from tiab.records import Record

__all__ = ["ANY_FORM", "IN_TITLE", "WordSpace", "make_word_space"]

IN_TITLE, ANY_FORM = "title: ", "*"
_SHARES = {"words": 1.0, "forms": 0.5, "titles": 0.2}
_LENGTHS = [float(np.sqrt(share / sum(_SHARES.values()))) for share in _SHARES.values()]
"""How long a record's part in each block is; together they have length 1."""
_TITLE_TIMES = 2.0

_Blocks = Sequence[csr_array]
"""The three blocks of some texts; shapes (n_texts, columns of the block)."""


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
        return self.rows_of(read_tokens(map(parts_of, records)))

    def rows_of(self, tokens: Tokens) -> csr_array:
        """The same for records whose words have been read."""
        if not self.words:
            return csr_array(np.empty((tokens.n_texts, 0), dtype=np.float32))
        return self._weighted(_counted(tokens, self._columns))

    def row(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """One row for phrases that belong together but do not follow each other, each as if a title; shape (V,)."""
        chunks = _counted(read_tokens([(phrase, "", "") for phrase in phrases]), self._columns)
        sums = [sum(block.sum(axis=0) for block in blocks) for blocks in zip(*chunks, strict=True)]
        together: _Blocks = [csr_array(np.asarray(one, dtype=np.float32).reshape(1, -1)) for one in sums]
        return np.asarray(self._weighted_blocks(together).toarray().ravel(), dtype=np.float32)

    @cached_property
    def _columns(self) -> _Columns:
        return _read_columns(self.words)

    def _weighted(self, chunks: list[_Blocks]) -> csr_array:
        """The weighted rows of all chunks; `chunks` is emptied on the way, so that nothing is held twice."""
        n_cells = sum(block.nnz for blocks in chunks for block in blocks)
        kind = np.int32 if n_cells <= np.iinfo(np.int32).max else np.int64
        data, indices = np.empty(n_cells, dtype=np.float32), np.empty(n_cells, dtype=kind)
        starts, at = [np.zeros(1, dtype=kind)], 0
        while chunks:
            rows = self._weighted_blocks(chunks.pop(0))
            data[at : at + rows.nnz], indices[at : at + rows.nnz] = rows.data, rows.indices
            starts.append((rows.indptr[1:] + at).astype(kind))
            at += rows.nnz
        indptr = np.concatenate(starts)
        return csr_array((data, indices, indptr), shape=(len(indptr) - 1, len(self.words)))

    def _weighted_blocks(self, blocks: _Blocks) -> csr_array:
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
    records: Sequence[Record],
    *,
    beside: Sequence[str] = (),
    min_records: int = 2,
    pause: Callable[[], object] = lambda: None,
) -> tuple[WordSpace, csr_array]:
    """The word space of a pool, and the pool's rows in it.

    Args:
        beside: phrases whose words are columns too, though no record may have them: the criteria.
        min_records: a word in fewer records than this is no column, unless `beside` has it; in a pool of under a
            thousand every word is one.
        pause: called between steps of less than a second each for some thousand records; what it raises ends the work.
    """
    least = min_records if len(records) >= 1000 else 1
    tokens = read_tokens(pausing([*map(parts_of, records), *((phrase, "", "") for phrase in beside)], pause))
    pause()
    columns, names = _choose(tokens, len(records), least)
    pause()
    chunks = _counted(tokens.between(0, len(records)), columns)
    pause()
    del tokens  # which are large
    held = np.concatenate([sum(map(_held, blocks)) for blocks in zip(*chunks, strict=True)])
    idf = (np.log((1 + len(records)) / (1 + held)) + 1).astype(np.float32)
    space = WordSpace(words=names, idf=idf)
    space.__dict__["_columns"] = columns  # known already: no need to read them from the names
    return space, space._weighted(chunks)


def _held(block: csr_array) -> Ints:
    """In how many rows each column is."""
    return np.bincount(block.indices, minlength=block.shape[1])


def _choose(tokens: Tokens, n_records: int, least: int) -> tuple[_Columns, tuple[str, ...]]:
    """The columns for these tokens, those beyond `n_records` being `beside`, and their names."""
    kept = _frequent(tokens, np.arange(len(tokens.words)), n_records, least)
    singles = [tokens.words[number] for number in np.flatnonzero(kept).tolist()]
    pairs = _frequent_pairs(tokens, np.where(kept, np.cumsum(kept) - 1, -1), n_records, least)
    forms = _forms(tokens, n_records, least)
    titles = _forms(tokens, n_records, least, part=TITLE)
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


def _frequent(
    tokens: Tokens, thing_of: Ints, n_records: int, least: int, *, part: int | None = None
) -> NDArray[np.bool_]:
    """Which things stand in at least `least` records, or in a text that is no record.

    Args:
        thing_of: the thing that each word stands for; numbered from 0.
        part: count only what stands in this part of a text.
    """
    n_things = int(thing_of.max(initial=-1)) + 1
    held, beside = np.zeros(n_things, dtype=np.int64), np.zeros(n_things, dtype=bool)
    for chunk in tokens.chunks():
        here = slice(None) if part is None else chunk.part == part
        text, thing = chunk.text[here], thing_of[chunk.number[here]]
        texts = count(chunk.n_texts, n_things, text, thing, np.ones(len(text), dtype=np.float32))
        held += np.bincount(texts[: max(n_records - chunk.first_text, 0)].indices, minlength=n_things)
        beside[thing[text + chunk.first_text >= n_records]] = True
    return np.asarray((held >= least) | beside)


def _frequent_pairs(tokens: Tokens, single: Ints, n_records: int, least: int) -> Ints:
    """The numbers of the pairs that are frequent in that sense, ascending; `single` is each word's column or -1."""
    n_singles = int(single.max(initial=-1)) + 1
    n_pairs = max(n_singles, 1) ** 2
    held: list[Ints] = [np.empty(0, dtype=np.int64)]
    beside: list[Ints] = [np.empty(0, dtype=np.int64)]
    for chunk in tokens.chunks():
        firsts, pair = _pairs(chunk, single, n_singles)
        text = chunk.text[firsts].astype(np.int64)
        inside = text + chunk.first_text < n_records
        held.append(_distinct(text[inside] * n_pairs + pair[inside]) % n_pairs)
        beside.append(pair[~inside])
    met = np.concatenate(held)
    held.clear()
    met.sort()
    return _distinct(np.concatenate([_repeated(met, least), *beside]))


def _repeated(ordered: Ints, least: int) -> Ints:
    """The different numbers among ascending ones that are there at least so many times, ascending."""
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    times = np.diff(np.append(starts, len(ordered)))
    return np.asarray(ordered[starts[times >= least]])


def _distinct(numbers: Ints) -> Ints:
    """The different numbers, ascending; quicker than `np.unique`, which hashes them first."""
    ordered = np.sort(numbers)
    return np.asarray(ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]])


def _pairs(tokens: Tokens, single: Ints, n_singles: int) -> tuple[Ints, Ints]:
    """The tokens that begin a pair of two words with columns, and the numbers of those pairs."""
    firsts = tokens.firsts
    one, other = single[tokens.number[firsts]].astype(np.int64), single[tokens.number[firsts + 1]]
    known = (one >= 0) & (other >= 0)
    return firsts[known], one[known] * n_singles + other[known]


def _forms(tokens: Tokens, n_records: int, least: int, *, part: int | None = None) -> list[str]:
    """The commonest word of each stem that is frequent, in alphabetical order."""
    stems = [stem(word) for word in tokens.words]
    number_of = {one: number for number, one in enumerate(sorted(set(stems)))}
    stem_of = np.array([number_of[one] for one in stems], dtype=np.int32)
    kept = _frequent(tokens, stem_of, n_records, least, part=part)
    number = tokens.number if part is None else tokens.number[tokens.part == part]
    times = np.bincount(number, minlength=len(tokens.words))
    commonest: dict[int, int] = {}
    for word in np.lexsort((np.arange(len(times)), -times)).tolist():
        commonest.setdefault(int(stem_of[word]), word)
    return sorted(tokens.words[commonest[form]] for form in np.flatnonzero(kept).tolist())


def _counted(tokens: Tokens, columns: _Columns) -> list[_Blocks]:
    """How often each column's word stands in each text, chunk by chunk; at least one chunk."""
    single = _looked_up(tokens.words, columns.singles)
    stems = [stem(word) for word in tokens.words]
    form, title = _looked_up(stems, columns.forms), _looked_up(stems, columns.titles)
    texts = tokens.chunks() if tokens.n_texts else [tokens]
    return [_counted_here(chunk, columns, single, form, title) for chunk in texts]


def _counted_here(tokens: Tokens, columns: _Columns, single: Ints, form: Ints, title: Ints) -> _Blocks:
    """The counts of one chunk, given the column of each word in each block, -1 for none."""
    weight = np.where(tokens.part == TITLE, _TITLE_TIMES, 1.0).astype(np.float32)
    column = single[tokens.number]
    alone = column >= 0
    n = len(columns.singles)
    firsts, pair = _pairs(tokens, single, n)
    place = np.searchsorted(columns.pairs, pair)
    known = columns.pairs[np.minimum(place, len(columns.pairs) - 1)] == pair if len(columns.pairs) else place < 0
    words = count(
        tokens.n_texts,
        n + len(columns.pairs),
        np.concatenate([tokens.text[alone], tokens.text[firsts[known]]]),
        np.concatenate([column[alone], (n + place[known]).astype(column.dtype)]),
        np.concatenate([weight[alone], weight[firsts[known]]]),
    )
    form_column, title_column = form[tokens.number], title[tokens.number]
    in_form, in_title = form_column >= 0, (title_column >= 0) & (tokens.part == TITLE)
    once = np.ones(int(in_title.sum()), dtype=np.float32)
    forms = count(tokens.n_texts, len(columns.forms), tokens.text[in_form], form_column[in_form], weight[in_form])
    titles = count(tokens.n_texts, len(columns.titles), tokens.text[in_title], title_column[in_title], once)
    return words, forms, titles


def _looked_up(words: Sequence[str], columns: Mapping[str, int]) -> Ints:
    """The column of each word, -1 for none."""
    return np.array([columns.get(word, -1) for word in words], dtype=np.int32)


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
