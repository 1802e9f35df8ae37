"""The words of records as TF-IDF rows, in three blocks of columns.

    exercise           each word
    exercise*          each word whatever its form (see `stems`)
    title: exercise*   the same for the title alone

In the first two the title counts twice, because it says most in the fewest words. A record's part in each block has a
fixed length, so that a record without an abstract can still be compared by its title. What each block adds is measured
on labelled reviews (docs/benchmarks/ablation.md); pairs of words added nothing (docs/benchmarks/tried.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack, vstack

from tiab.features.counting import TITLE, Ints, Tokens, count, parts_of, read_tokens
from tiab.features.stems import stem
from tiab.records import Record

__all__ = ["WordSpace", "make_word_space", "word_of"]

IN_TITLE, ANY_FORM = "title: ", "*"
_SHARES = {"words": 1.0, "forms": 0.5, "titles": 0.2}
_LENGTHS = [float(np.sqrt(share / sum(_SHARES.values()))) for share in _SHARES.values()]
"""How long a record's part in each block is; together they have length 1."""
_TITLE_TIMES = 2.0


def word_of(name: str) -> str:
    """The word that a column of this name stands for, whatever its block; another column's name as it is.

    >>> word_of("title: exercise*"), word_of("criterion: exercise")
    ('exercise', 'criterion: exercise')
    """
    return name.removeprefix(IN_TITLE).removesuffix(ANY_FORM)


@dataclass(frozen=True, eq=False)
class WordSpace:
    """The words that are columns, and how rare each is.

    Attributes:
        words: the columns' names: words, forms, titles; each kind in alphabetical order; shape (V,).
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
        return self._weighted(_counted(tokens, self._columns))

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
        words: word -> its column.
        forms, titles: stem -> its column within the block.
    """

    words: Mapping[str, int]
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
    kept = _frequent(tokens, np.arange(len(tokens.words)), n_records, least)
    words = [tokens.words[number] for number in np.flatnonzero(kept).tolist()]
    forms = _forms(tokens, n_records, least)
    titles = _forms(tokens, n_records, least, part=TITLE)
    names = [
        *words,
        *(f"{word}{ANY_FORM}" for word in forms),
        *(f"{IN_TITLE}{word}{ANY_FORM}" for word in titles),
    ]
    columns = _Columns(
        words={word: column for column, word in enumerate(words)},
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


def _forms(tokens: Tokens, n_records: int, least: int, *, part: int | None = None) -> list[str]:
    """The commonest word of each stem that is frequent, in alphabetical order."""
    stems, stem_of = np.unique([stem(word) for word in tokens.words], return_inverse=True)
    kept = _frequent(tokens, stem_of, n_records, least, part=part)
    number = tokens.number if part is None else tokens.number[tokens.part == part]
    times = np.bincount(number, minlength=len(tokens.words))
    commonest: dict[int, int] = {}
    for word in np.lexsort((np.arange(len(times)), -times)).tolist():
        commonest.setdefault(int(stem_of[word]), word)
    return sorted(tokens.words[commonest[form]] for form in np.flatnonzero(kept).tolist() if form < len(stems))


def _counted(tokens: Tokens, columns: _Columns) -> list[csr_array]:
    """How often each column's word stands in each text, block by block; shapes (n_texts, columns of the block)."""
    word = _looked_up(tokens.words, columns.words)
    stems = [stem(word) for word in tokens.words]
    form, title = _looked_up(stems, columns.forms), _looked_up(stems, columns.titles)
    chunks = [_counted_here(chunk, columns, word, form, title) for chunk in tokens.chunks()]
    if not chunks:
        widths = (len(columns.words), len(columns.forms), len(columns.titles))
        return [cast(csr_array, csr_array((0, width), dtype=np.float32)) for width in widths]
    return [blocks[0] if len(blocks) == 1 else _stacked(blocks) for blocks in zip(*chunks, strict=True)]


def _stacked(blocks: Sequence[csr_array]) -> csr_array:
    stacked: csr_array = vstack(blocks, format="csr")
    return stacked


def _counted_here(tokens: Tokens, columns: _Columns, word: Ints, form: Ints, title: Ints) -> tuple[csr_array, ...]:
    """The counts of one chunk, given the column of each word in each block, -1 for none."""
    in_title = tokens.part == TITLE
    once, twice = in_title.astype(np.float32), np.where(in_title, _TITLE_TIMES, 1.0).astype(np.float32)

    def block(column_of: Ints, weight: NDArray[np.float32], n_columns: int) -> csr_array:
        column = column_of[tokens.number]
        here = (column >= 0) & (weight > 0)
        return count(tokens.n_texts, n_columns, tokens.text[here], column[here], weight[here])

    return (
        block(word, twice, len(columns.words)),
        block(form, twice, len(columns.forms)),
        block(title, once, len(columns.titles)),
    )


def _looked_up(words: Sequence[str], columns: Mapping[str, int]) -> Ints:
    """The column of each word, -1 for none."""
    return np.array([columns.get(word, -1) for word in words], dtype=np.int32)


def _read_columns(names: Sequence[str]) -> _Columns:
    """What columns of these names stand for."""
    any_form = [name.removesuffix(ANY_FORM) for name in names if name.endswith(ANY_FORM)]
    forms = [name for name in any_form if not name.startswith(IN_TITLE)]
    titles = [name.removeprefix(IN_TITLE) for name in any_form if name.startswith(IN_TITLE)]
    return _Columns(
        words={name: column for column, name in enumerate(name for name in names if not name.endswith(ANY_FORM))},
        forms={stem(word): column for column, word in enumerate(forms)},
        titles={stem(word): column for column, word in enumerate(titles)},
    )
