"""People: how old those who were studied were, and of which sex."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.layout import Layout, add_spans, get_layout, get_spans, get_text, make_span, set_spans
from tiab.pico.one_sex import find_one_sex
from tiab.pico.quantities import NUMBER, has_number, number_of
from tiab.pico.vocabulary import has_any, vocabulary

__all__ = ["PeopleFinder", "make_people"]

_AGE = r"(?P<{name}>(?<!\d)\d{{1,3}}(?:[.·]\d{{1,2}})?)(?![\d%]|[.·]\d)"
_AGES = ("mean", "sd", "low", "high", "least", "most")
_PERCENT = r"(?P<{name}>(?<![\d.])\d{{1,3}}(?:[.·]\d{{1,2}})?)(?!\d)"
_COUNT = rf"(?P<{{name}}>{NUMBER.replace('{', '{{').replace('}', '}}')})(?![\d.,]\d)"
_NUMBERS = {
    **{name: _AGE.format(name=name) for name in _AGES},
    **{name: _PERCENT.format(name=name) for name in ("female_share", "male_share")},
    **{name: _COUNT.format(name=name) for name in ("women", "men")},
}
_DIGIT = re.compile(r"\d")
_SEX_SIGNS = ("wom", "girl", "boy", "male", "men")
_LETTER = re.compile(r"[:/\d][\s\u200b]*[fm]\b")
_AGE_SIGNS = ("age", "old", "younger", "year", "yr", "month", " y,", " y)", " y;")
_SPACE = "[\\s\u200b]+"  # zero-width spaces stand between numbers and signs in some abstracts
_QUARTILES = re.compile(r"\bIQR\b|interquartile|\bQ1\b|25th", re.IGNORECASE)
_DECIMAL = re.compile(r"\d+[.·]\d+")
_FRACTION_BEFORE = re.compile(r"\d\s?/\s?\d{1,6}\s?[(\[]\s?$")  # "27/238 (11.3 %) women" is no share of women
_LOST_BEFORE = re.compile(
    r"\b(?:withdr(?:ew|awn|awals?)\b|exclu|declin|refus|dropped|drop-?outs?|lost\b|died\b|deaths?\b)[^.;]{0,40}$",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(
    r"\b(?:follow(?:ed)?[- ]?up|durations?|intervals?|times?|stay|period|survival|delay|latency)\b[^.;]{0,50}$",
    re.IGNORECASE,
)
_NAMES_AGE = re.compile(r"\bM?_?age|\bold\b", re.IGNORECASE)
_BEFORE = 60
_PLACE = re.compile(r"\{([a-z_]+)\}")
_IN_YEARS = {"y": 1.0, "m": 1 / 12, "w": 7 / 365.25, "d": 1 / 365.25}
_OLDEST = 115.0


class PeopleFinder:
    """The component `tiab_people`: spans "age" (in years) and "sex" of role "population".

    The value of an age is what was written of "mean 54.2", "SD 8.1", "range 40-69", "40 or more" and "under 65", joined
    by commas; its detail is "eligibility" where it is the age of those who could take part. That of a sex is
    "60% female", "40% male" or "28 female, 30 male", and "female" or "20 male" where everybody was of one sex.
    """

    def __call__(self, doc: Doc) -> Doc:
        text, layout = get_text(doc), get_layout(doc)
        for number, begin in enumerate(layout.sentences):
            begin, end = layout.sentence_bounds(number, len(text))
            lower = text[begin:end].lower()
            if has_number(lower) and layout.field(begin) != "keywords":
                for label, read in (("age", _age), ("sex", _sex)):
                    add_spans(doc, [make_span(
                        doc, *found.span(), role="population", label=label, value=value, provenance=f"rule:{label}",
                        detail=_eligibility(found, text[begin:end]) if label == "age" else "",
                    ) for found, value in _found(label, read, text, begin, end, lower)])  # fmt: skip
        _add_one_sex(doc, text, layout)
        return doc


def _add_one_sex(doc: Doc, text: str, layout: Layout) -> None:
    """Adds that everybody was of one sex, unless a share of a sex is told; a count of some of them goes."""
    said = [span for span in get_spans(doc) if span.label == "sex"]
    size = next((int(span.value) for span in get_spans(doc) if span.label == "sample size"), None)
    found = None if any("%" in span.value for span in said) else find_one_sex(text, layout, size)
    if found and (not said or found.value[0].isdigit()):
        set_spans(doc, [span for span in get_spans(doc) if span.label != "sex"])
        add_spans(doc, [make_span(
            doc, found.start, found.end, role="population", label="sex", value=found.value, provenance="rule:sex",
        )])  # fmt: skip


def _eligibility(found: re.Match[str], sentence: str) -> str:
    """ "eligibility" where an age is a limit, or a range in a sentence on who could take part."""
    said = {name for name, value in found.groupdict().items() if value}
    limit = said & {"least", "most"} or (
        "low" in said and "mean" not in said and _frames("eligible")[0].search(sentence)
    )
    return "eligibility" if limit else ""


def _found(
    label: str, read: Callable[[re.Match[str]], str], text: str, begin: int, end: int, lower: str
) -> Iterator[tuple[re.Match[str], str]]:
    """(match, value) of what the frames of a label match; of two that overlap, that of the earlier frame."""
    sign, frames = _frames(label)
    if label == "age" and not (has_any(lower, _AGE_SIGNS) and _DIGIT.search(lower)):
        return
    if label == "sex" and not (has_any(lower, _SEX_SIGNS) or _LETTER.search(lower)):
        return
    if not sign.search(text, begin, end):
        return
    taken: list[tuple[int, int]] = []
    for frame in frames:
        for match in _with_next_group(frame.finditer(text, begin, end), text, end):
            free = all(match.end() <= start or match.start() >= stop for start, stop in taken)
            if free and (value := read(match)):
                taken.append(match.span())
                yield match, value


def _with_next_group(matches: Iterable[re.Match[str]], text: str, end: int) -> Iterator[re.Match[str]]:
    """Each match, and the mean of the next group behind it: "age (71.1 ± 7.1 vs. 73.4 ± 9.8)"."""
    for match in matches:
        yield match
        while (
            match
            and match.groupdict().get("sd")
            and (following := _frames("next_group")[1][0].match(text, match.end(), end))
        ):
            yield (match := following)


@cache
def _frames(label: str) -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    """(what a sentence must have, the frames) of a label."""
    frames = (re.compile(_filled(frame), re.IGNORECASE) for frame in vocabulary("people").get(label, ()))
    return re.compile(_filled(f"{{{label}_sign}}"), re.IGNORECASE), tuple(frames)


def _filled(frame: str) -> str:
    """`frame` as a regular expression: lists and numbers in place of their names, any space for each space."""
    lists = vocabulary("people")

    def fill(place: re.Match[str]) -> str:
        name = place[1]
        return _NUMBERS[name] if name in _NUMBERS else f"(?:{'|'.join(map(_filled, lists[name]))})"

    spaced = frame.replace(" ?", _SPACE[:-1] + "*").replace("[ ", r"[\s").replace(" ", _SPACE)
    return _PLACE.sub(fill, spaced)


def _age(match: re.Match[str]) -> str:
    said = match.groupdict()
    if not _NAMES_AGE.search(match[0]) and _TIME_BEFORE.search(_before(match)):
        return ""
    factor = _IN_YEARS[(said.get("unit") or "y")[0].lower()]
    factors = {"low": _IN_YEARS[(said.get("low_unit") or said.get("unit") or "y")[0].lower()]}
    years = {name: _number(said[name]) * factors.get(name, factor) for name in _AGES if said.get(name)}
    if _QUARTILES.search(match[0]):  # the half in the middle is no range of all
        years = {name: value for name, value in years.items() if name not in ("low", "high")}
    if not years or max(years.values()) > _OLDEST or years.get("low", 0.0) > years.get("high", _OLDEST):
        return ""
    shown = {name: f"{round(value, 1):.15g}" for name, value in years.items()}
    parts = (
        ("mean", "{centre} {mean}"), ("sd", "SD {sd}"), ("low", "range {low}-{high}"), ("least", "{least} or more"),
        ("most", "under {most}"),
    )  # fmt: skip
    centre = "median" if "median" in match[0].lower() else "mean"
    return ", ".join(part.format(centre=centre, **shown) for name, part in parts if name in shown)


def _sex(match: re.Match[str]) -> str:
    said = {name: value for name, value in match.groupdict().items() if value}
    if any(_number(value) > 100 for name, value in said.items() if name.endswith("share")):
        return ""
    if _FRACTION_BEFORE.search(_before(match)) or _LOST_BEFORE.search(_before(match)):
        return ""
    parts = (
        ("female_share", "{}% female"), ("male_share", "{}% male"), ("women", "{} female"), ("men", "{} male"),
    )  # fmt: skip
    return ", ".join(part.format(f"{_number(said[name]):.15g}") for name, part in parts if name in said)


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _BEFORE) : match.start()]


def _number(text: str) -> float:
    if _DECIMAL.fullmatch(text):
        return float(text.replace("·", "."))
    return float(number_of(text))


@Language.factory("tiab_people")
def make_people(nlp: Language, name: str) -> PeopleFinder:
    """The component `tiab_people`."""
    return PeopleFinder()
