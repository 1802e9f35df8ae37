"""What databases put into texts beside words: tags and entities.

Every text is cleaned here once, when it is read, so that criteria, PICO, duplicates, the page and exports see the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html.entities import html5

from tiab.formats.text import clean_text

__all__ = ["are_plain", "plain_value", "without_markup"]

_TAG = re.compile(r"<(/?)(?:([A-Za-z][\w.-]{0,20}):)?([A-Za-z][\w.-]{0,30})((?:\s[^<>]*)?)/?>")
_CLOSING = re.compile(r"</(?:[A-Za-z][\w.-]{0,20}:)?([A-Za-z][\w.-]{0,30})\s*>")
_ATTRIBUTES = re.compile(r"""(?:\s+[\w:.-]+\s*=\s*(?:""?[^"]*"?"|'[^']*'|[^\s"'=<>]+))*\s*""")
_ALT = re.compile(r"""\salt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<!--[^<>]{0,2000}-->|<!\[CDATA\[|\]\]>|"
    r"<((?:[a-z]{1,5}:)?(?:tex-math|annotation|script|style))(?:\s[^<>]*)?>[^<]*</\1\s*>",
    re.IGNORECASE,
)
"""What no reader of a page sees: comments, and formulas given a second time in TeX."""
_POWER = re.compile(r"(?<=\d)<sup>\s*([+\u2212-]?\d{1,3})\s*</sup>", re.IGNORECASE)
_RAISED = str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_BLOCKS = frozenset({
    "abstract", "abstracttext", "address", "article", "article-title", "blockquote", "body", "br", "break", "caption",
    "center", "dd", "div", "dl", "dt", "fig", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hr", "html", "li", "line-break", "list", "list-item", "main", "newline", "object-id", "ol",
    "p", "para", "pre", "sec", "section", "simple-para", "speech", "table", "tbody", "td", "tfoot", "th", "thead",
    "title", "tr", "trans-abstract", "ul",
})  # fmt: skip
"""Elements that begin a line of their own; the words before and behind them are two."""
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "bi", "big", "bold", "cite", "code", "del", "dfn", "em", "email",
    "emph", "emphasis", "etx", "ext-link", "fn", "font", "formula", "i", "img", "inf", "inline-formula",
    "inline-graphic", "ins", "italic", "kbd", "label", "mark", "math", "monospace", "named-content", "nobr",
    "original", "overline", "q", "roman", "s", "samp", "sans-serif", "sc", "scp", "small", "span", "strike", "strong",
    "styled-content", "sub", "sup", "tt", "u", "underline", "uri", "url", "var", "wbr", "xref",
})  # fmt: skip
_PREFIXES = re.compile(r"jats|mml|m|math|html|xhtml|ns\d{1,2}|ce|o|w", re.IGNORECASE)
_DOUBTFUL = frozenset("abiqsu")
"""Names of one letter, which also stand between the signs for less and more; they are tags where one is closed."""
_ENTITY = re.compile(r"&((?:amp;|#38;|#x26;)*)(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon " \
         "phi chi psi omega"  # fmt: skip
_SHORT = "a b g d e z ee th i k l m n x o p r s t u ph kh ps oh"
_ISO = {
    f"{short if small else short.upper()}gr": html5[f"{name if small else name.capitalize()};"]
    for short, name in zip(_SHORT.split(), _GREEK.split(), strict=True)
    for small in (True, False)
} | {"sfgr": "ς", "phis": "φ", "epsis": "ϵ", "thetas": "θ"}
"""The Greek entities of ISO 8879, which older exports have and HTML has not."""
_BRACED = re.compile(rf"\{{({_GREEK.replace(' ', '|')})\}}", re.IGNORECASE)


def are_plain(texts: Sequence[str]) -> bool:
    """Whether `plain_value` has nothing to do with any of `texts`; asked once for a record, this costs little."""
    together = "\n".join(texts)
    return "&" not in together and "<" not in together and "{" not in together


def plain_value(text: str) -> str:
    """`text` as it is where it is plain, else its lines without markup.

    >>> plain_value("Effect of IL<sub>6</sub> &amp;amp; TNF-&alpha;"), plain_value("p < 0.05 and n > 3")
    ('Effect of IL6 & TNF-α', 'p < 0.05 and n > 3')
    >>> plain_value("<h4>Background</h4>Ten adults.")
    'Background\\nTen adults.'
    """
    said = without_markup(text)
    return text if said == text else clean_text(said)


def without_markup(text: str) -> str:
    """`text` with entities as characters and without tags; elements that stand alone become line breaks.

    What an entity stands for is read, too, so that `&lt;i&gt;` is a tag. A sign for less or more is left where it is.

    >>> without_markup("10<sup>6</sup> cells, <i>n</i> &lt;5 in CO<sub>2</sub>;<br/>see &lt;b&gt;here&lt;/b&gt;")
    '10⁶ cells, n <5 in CO2;\\nsee here'
    """
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    if "<" in text and ">" in text:
        text = _untagged(text)
    if "{" in text:
        text = _BRACED.sub(_letter, text)
    return text


def _untagged(text: str) -> str:
    closed = frozenset(name.casefold() for name in _CLOSING.findall(text))

    def shown(match: re.Match[str]) -> str:
        closing, prefix, name, attributes = match[1], match[2] or "", match[3].casefold(), match[4]
        if not closing and name not in closed and not _is_known(prefix, name, attributes.removesuffix("/")):
            return match[0]
        if name == "img" and (alt := _ALT.search(attributes)):
            return alt[1] or alt[2] or ""
        return "\n" if name in _BLOCKS and prefix.casefold() != "mml" else ""

    return _TAG.sub(shown, _POWER.sub(_power, _HIDDEN.sub("", text)))


def _is_known(prefix: str, name: str, attributes: str) -> bool:
    """Whether an element is one that databases use, though nothing closes it."""
    known = name in _BLOCKS or (name in _INLINE and name not in _DOUBTFUL) or bool(_PREFIXES.fullmatch(prefix))
    return known and bool(_ATTRIBUTES.fullmatch(attributes))


def _power(match: re.Match[str]) -> str:
    return match[1].translate(_RAISED)


def _letter(match: re.Match[str]) -> str:
    return html5[f"{match[1]};"] if f"{match[1]};" in html5 else html5[f"{match[1].casefold()};"]


def _character(match: re.Match[str]) -> str:
    """What an entity stands for, however often its ampersand was escaped; one that nobody knows stays."""
    escaped, name = match[1], match[2]
    if name.startswith("#"):
        return html.unescape(f"&{name};")
    return html5.get(f"{name};") or _ISO.get(name) or (f"&{name};" if escaped else match[0])
