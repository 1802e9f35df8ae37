"""Text in the form in which its spellings agree: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["GREEK", "folded", "folded_words", "heading"]

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
"""The names of Greek letters as `folded` leaves them."""
_NOT_WORD = re.compile(r"[\W_]+")
_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}
"""Each character of ASCII that is no letter or digit, as `str.translate` takes it."""


def folded(text: str) -> str:
    """`text` in lower case and without accents; characters such as "₂" and "ﬁ" as those that they stand for.

    >>> folded("Ménière, CO₂ and STRASSE"), folded("Straße")
    ('meniere, co2 and strasse', 'strasse')
    """
    if text.isascii():  # nothing to decompose, which is what takes long
        return text.casefold()
    text = unicodedata.normalize("NFKD", text)
    for mark in filter(unicodedata.combining, set(text)):
        text = text.replace(mark, "")
    return text.casefold()


def folded_words(text: str) -> str:
    """The words of `text`, folded, with one space between them.

    >>> folded_words("  Yoga, café-style_(2nd ed.)")
    'yoga cafe style 2nd ed'
    """
    text = folded(text)
    if text.isascii():  # several times quicker
        return " ".join(text.translate(_SPACES).split())
    return _NOT_WORD.sub(" ", text).strip()


def heading(name: str) -> str:
    """The name of a column or field in lower case without punctuation; accents stay.

    >>> heading("Journal/Book"), heading("Author(s)"), heading("record_id")
    ('journal book', 'author s', 'record id')
    """
    return _NOT_WORD.sub(" ", name).strip().casefold()
