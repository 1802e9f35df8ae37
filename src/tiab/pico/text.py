"""Words: a fast tokenizer whose words keep their place in the text, and one normal form for all spellings of a word.

The tokenizer cuts between letters, digits and Greek letters and leaves a hyphen with the word before it, so that
"IL-6", "IL‑6", "IL6" and "IL 6" are all the two words `il` and `6`, and "TNF-α" is `tnf` and `alpha`. Nothing is
lost: the words and spaces of a Doc are the text itself, so offsets need no map beyond `token.idx`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from spacy.attrs import LIKE_NUM, NORM, SHAPE, SUFFIX
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from tiab.folding import GREEK, folded
from tiab.pico.layout import keep_text
from tiab.pico.spelling import american, singular

__all__ = ["WordTokenizer", "make_tokenizer", "normal_form", "normal_words", "plain_form", "split_words", "visible_end"]

_HYPHENS = "-\u00ad\u2010-\u2013\u2212\u2043\ufe63\uff0d"
_INSIDE = "\u00ad\u200b-\u200d\u2060\ufeff\u0300-\u036f"  # invisible or combining: they never end a word
_DIGITS = "\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089"
_GREEK = "\u00b5\u0370-\u03ff"
_BEYOND = rf"[^\W\d_{_DIGITS}{_GREEK}\x00-\x7f]"  # a letter beyond ASCII
_WORDS = re.compile(
    rf"""(
    (?: [A-Z]{{2,}}(?=(?:alpha|beta|gamma|delta|kappa)(?![a-z]))    # TNFalpha
      | (?:[A-Za-z]+|{_BEYOND}[A-Za-z]*)(?:(?:{_BEYOND}|[{_INSIDE}])+[A-Za-z]*)*(?:['’]s(?!\w))?
      | \d+(?:[.,]\d+)*
      | [{_GREEK}][{_INSIDE}]*
      | [{_DIGITS}]+
    )
    (?:[{_HYPHENS}][{_INSIDE}]*(?=\w))?
    (?:[^\S\x20]\s*|\x20(?=\s)\s*)?    # a line break or a double space must not part a phrase
    | .)
    (\x20?)""",
    re.VERBOSE | re.DOTALL,
)
_TRAILING = re.compile(rf"[{_HYPHENS}{_INSIDE}]+$")
_INVISIBLE = re.compile(rf"[{_INSIDE}]+")
_POSSESSIVE = re.compile(r"['’]s$")
_SHORT_CAPITALS = 4
_LEARNED = {SHAPE, SUFFIX, LIKE_NUM}  # of what spaCy can note of a word, what learned components read
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONE = dict.fromkeys(range(0xD800, 0xE000), "?")  # half a character, which spaCy cannot hold; offsets stay the same


def split_words(text: str) -> tuple[list[str], list[bool]]:
    """The words of `text` and whether one space follows each; joined again they are `text`.

    >>> split_words("TNF-α fell.")
    (['TNF-', 'α', 'fell', '.'], [False, True, False, False])
    """
    pairs = _WORDS.findall(text)
    return [word for word, _ in pairs], [bool(space) for _, space in pairs]


@lru_cache(maxsize=200_000)
def plain_form(word: str) -> str:
    """`word` in lower case, without accents, hyphen and possessive, Greek letters by name.

    >>> plain_form("Ménière's"), plain_form("α"), plain_form("IL-"), plain_form("₂")
    ('meniere', 'alpha', 'il', '2')
    """
    word = word.rstrip() or word
    if word.isascii():
        bare = _POSSESSIVE.sub("", word.rstrip("-") or word).lower()
        return bare or word
    if _TRAILING.fullmatch(word):
        return "-"
    bare = _POSSESSIVE.sub("", _TRAILING.sub("", _INVISIBLE.sub("", word)) or word)
    return "".join(GREEK.get(letter, letter) for letter in folded(bare)) or word


@lru_cache(maxsize=200_000)
def normal_form(word: str) -> str:
    """The form in which all spellings of a word agree: plain, American, singular.

    A short word in capitals is an acronym and keeps its s: AIDS is not the plural of aid.

    >>> [normal_form(w) for w in ("Tumours", "tumor", "randomised", "randomized", "AIDS", "RCTs", "sclerosis")]
    ['tumor', 'tumor', 'randomized', 'randomized', 'aids', 'rct', 'sclerosis']
    """
    plain = american(plain_form(word))
    if word.isupper() and len(plain) <= _SHORT_CAPITALS:
        return plain
    return singular(plain)


def normal_words(text: str) -> tuple[str, ...]:
    """The normal forms of the words of `text`.

    >>> normal_words("Interleukin‑6 (IL6)")
    ('interleukin', '6', '(', 'il', '6', ')')
    """
    return tuple(normal_form(word) for word in split_words(text)[0] if not word.isspace())


def visible_end(word: str, start: int) -> int:
    """The offset behind the last visible character of `word`, which begins at `start`: no hyphen, no line break.

    >>> visible_end("IL-", 10)
    12
    """
    bare = _TRAILING.sub("", word.rstrip())
    return start + len(bare or word)


class WordTokenizer:
    """A spaCy tokenizer over `split_words`; ten times as fast as spaCy's own, which splits by rule and exception."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words, spaces = split_words(text.translate(_LONE) if _SURROGATE.search(text) else text)
        doc = Doc(self.vocab, words=words, spaces=spaces)
        keep_text(doc, text)
        return doc

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterable[Doc]:
        """A Doc for each text."""
        return (self(text) for text in texts)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Nothing: the tokenizer has no state."""
        return b""

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> WordTokenizer:
        """The tokenizer itself."""
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Writes nothing: the tokenizer has no state."""

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> WordTokenizer:
        """The tokenizer itself."""
        return self


@registry.tokenizers("tiab_words.v1")  # type: ignore[untyped-decorator]
def make_tokenizer(shapes: bool = True) -> Callable[[Language], WordTokenizer]:
    """What spaCy calls to build the tokenizer named "tiab_words.v1" in a config.

    Args:
        shapes: whether words get what the learned components read of them; the rules do without, and sooner.
    """

    def create(nlp: Language) -> WordTokenizer:
        getters: dict[int, Callable[[str], Any]] = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
        getters[NORM] = normal_form  # so that token.norm_ and PhraseMatcher(attr="NORM") use it
        for unread in getters.keys() - {NORM} - (_LEARNED if shapes else set()):  # each takes its time for every word
            del getters[unread]
        return WordTokenizer(nlp.vocab)

    return create
