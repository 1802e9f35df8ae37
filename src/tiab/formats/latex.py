"""The TeX of bibliographies as plain text, and back."""

from __future__ import annotations

import html
import re
import unicodedata

__all__ = ["decoded", "encoded"]

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
_SYMBOLS = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}",
    "textasciitilde": "~", "textasciicircum": "^", "textendash": "–",
    "textemdash": "—", "textdegree": "°", "textmu": "µ", "textquoteright": "’", "textquoteleft": "‘", "pm": "±",
    "times": "×", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "sim": "∼", "approx": "≈", "neq": "≠", "infty": "∞",
    "rightarrow": "→", "cdot": "·", "copyright": "©", "textregistered": "®", "texttrademark": "™", "ldots": "…",
    "dots": "…", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "S": "§", "textgreater": ">",
    "textless": "<", "textbar": "|",
}  # fmt: skip
_STYLES = "emph|textit|textbf|textsc|textrm|textsf|texttt|textup|text|mathrm|mathit|mathbf|textsuperscript|" \
          "textsubscript|underline|url|mbox|ensuremath|enquote"  # fmt: skip
_ACCENT = re.compile(
    r"\\([`'^~\"=.]|[uvHckrdb](?![A-Za-z]))\s*(?:\{\s*(\\[ij]|[^{}\\]?)\s*\}|(\\[ij](?![A-Za-z])|[^\W\d_]))"
)
_STYLE = re.compile(rf"\\(?:{_STYLES})\s*(?=\{{)|\\(?:em|it|bf|rm|sc|sf|tt)(?![A-Za-z])\s*")
_SYMBOL = re.compile(r"\\([A-Za-z]+)(?:\{\}|[ \t]+|(?![A-Za-z]))")
_MATHS = re.compile(r"(?<!\\)\$([^$\n]{1,80}?)(?<!\\)\$")
_ESCAPE = re.compile(r"\\([&%$#_{}~^\- ,/])")
_ENTITY = re.compile(r"(?<!\\)&#?\w{2,8};")
_SPECIAL = {
    "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}", "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_",
}  # fmt: skip
_TO_ENCODE = re.compile(r"[\\{}~^&%$#_]")


def decoded(text: str) -> str:
    r"""TeX as plain text: accents, symbols, escapes and stray entities of XML resolved, braces and styles gone.

    >>> decoded(r"{\'E}tude of $\beta$-blockers: 5\% {IL}-6 \emph{in vivo}, M{\"u}ller")
    'Étude of β-blockers: 5% IL-6 in vivo, Müller'
    """
    if not any(character in text for character in "\\{}$~&"):
        return text
    text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = _MATHS.sub(r"{\1}", text)
    text = _STYLE.sub("", _ACCENT.sub(_accented, text))
    # What an escape stands for must not be taken for syntax, so it waits in a private place until braces are gone.
    text = _ESCAPE.sub(lambda match: _kept({"-": "", ",": " ", "/": ""}.get(match[1], match[1])), text)
    text = _SYMBOL.sub(_symbol, text)
    text = text.replace("~", " ").replace("{", "").replace("}", "")
    return "".join(chr(ord(c) - _PRIVATE) if _PRIVATE <= ord(c) < _PRIVATE + 128 else c for c in text)


def encoded(text: str) -> str:
    r"""Plain text as TeX that `decoded` gives back and that any BibTeX program reads.

    >>> encoded("5% of {a}")
    '5\\% of \\textbraceleft{}a\\textbraceright{}'
    """
    return _TO_ENCODE.sub(lambda match: _SPECIAL[match[0]], text)


_PRIVATE = 0xF0000


def _kept(text: str) -> str:
    return "".join(chr(_PRIVATE + ord(character)) for character in text)


def _accented(match: re.Match[str]) -> str:
    letter = {"\\i": "i", "\\j": "j"}.get(match[2] or match[3] or "", match[2] or match[3] or "")
    if not letter:
        return _kept(match[1]) if match[1] in "~^" else match[1]
    return unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])


def _symbol(match: re.Match[str]) -> str:
    symbol = _SYMBOLS.get(match[1])
    if symbol is None:
        return match[0].replace("\\", _kept("\\"))
    return _kept(symbol) if symbol.isascii() else symbol
