"""Dose: how long, how often and how hard an intervention was, whether exercise or another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.layout import add_spans, get_layout, get_text, make_span
from tiab.pico.quantities import NUMBER, has_number, number_of
from tiab.pico.spans import Span
from tiab.pico.vocabulary import alternatives, has_any, vocabulary

__all__ = ["DoseFinder", "make_dose", "middle"]

_LISTS = {name: words for name, words in vocabulary("dose").items() if isinstance(words, list)}
_MEASURES: dict[str, list[str]] = vocabulary("dose")["measures"]
_DASH = r"[-\u2010-\u2015]"
_NUMBER = rf"(?:\d{{1,9}}(?:\.\d{{1,6}})?|{NUMBER})"
_RANGE = (
    r"(?<![\w.,·/<>=±≥≤~])(?<![<>≥≤·]\s)(?<!or\s=\s)(?<!or\s=)"
    rf"(?P<low>{_NUMBER})(?:\s?(?:{_DASH}|to|or)\s?(?P<high>{_NUMBER}))?"
)


def _pattern(frame: str) -> re.Pattern[str]:
    """`frame` as a pattern, `{list}` in it the alternatives of a list of `words/dose.toml`."""
    for key in _LISTS:
        frame = frame.replace(f"{{{key}}}", alternatives(_LISTS, key)) if f"{{{key}}}" in frame else frame
    return re.compile(frame, re.IGNORECASE)


_WEEKS = {"d": 1 / 7, "w": 1.0, "m": 52 / 12, "y": 52.0}
_MULTIPLES = {"once": 1, "twice": 2, "thrice": 3}
_DURATION = _pattern(
    _RANGE
    + rf"(?:\s|{_DASH})?(?:(?:successive|consecutive)\s)?(?P<unit>weeks?|wks?|months?|mos?|years?|yrs?|days?)(?!\w)"
)
_DURATION_BEFORE = _pattern(r"\b{duration_before}$")
_DURATION_AFTER = _pattern(
    r"(?!\s+and\s+the\b)(?:\s+of:?|,)?(?:(?:\s+[\w,/()+-]+){0,5}?\s+(?:{treated}|{drug})|(?:\s+[\w,/+-]+){0,2}?\s+{tried}"
    r"|(?:[\s,]+{describing}){0,9}?[\s,]+(?:trials?|RCTs?)|\s+{dosed})\b"
)
_CHANGED_BEFORE = _pattern(r"\b{changed}(?:\s+\w+){0,2}?\s+(?:over|during|across|throughout|for)\s+(?:the\s+)?$")
_SEEN_BEFORE = _pattern(r"\b{seen}\s+(?:at\s+least\s+)?$")
_LASTED = re.compile(r"\b(?:lasts?|lasted|lasting)\s+(?:for\s+)?$", re.IGNORECASE)
_GIVEN = _pattern(r"\b{given}\b")
_WATCHED = _pattern(r"\b{watched}\b")
_DURATION_OF_YEARS = _pattern(r"(?:\s+of)?(?:\s+[\w,/+-]+){0,2}?\s+(?:{treated}|{drug})\b")
_AFTER_TREATMENT = _pattern(r"{after_of}")
_AFTER = re.compile(r"\b(?:after|following)\s+(?:the\s+)?$", re.IGNORECASE)
_UNIT = r"(?:weeks?|wks?|months?|mos?|years?|yrs?|days?)"
_LISTED = re.compile(
    rf"(?:\d|(?:\b{NUMBER}|\d)(?:\s|{_DASH})?{_UNIT})\s*(?:,|and|or)\s*(?:and\s+)?$", re.IGNORECASE
)  # times of measuring: "after 1, 3 and 6 months of treatment", "at one week, one month"
_TREATED = _pattern(r"\b(?:{treated}|{tried})\b")
_NO_DURATION_BEFORE = _pattern(r"\b{no_duration_before}\s*\(?(?:(?:of|was|is|for|the)\s*)*$")
_NO_DURATION_AFTER = _pattern(
    rf"(?:(?:\s|,|and\b|or\b)+{_NUMBER}(?:\s|{_DASH})?{_UNIT})*(?:\s|{_DASH}|\()*(?:{{no_duration_after}}\b|/)"
)
_SEVERAL = rf"(?:(?P<first>{_NUMBER})\s?,\s(?:{_NUMBER}\s?,\s)*?(?={_NUMBER}))?"  # "one, two or three times a week"
_FREQUENCY = _pattern(
    rf"(?:\b(?P<word>once|twice|thrice)|{_SEVERAL}{_RANGE}(?:\sor\s(?:more|fewer|less))?\s?{_DASH}?\s?"
    r"(?:{counted}|(?!min|h\b|hour|sec|s\b)(?:(?!and\b|or\b)\(?[a-z][\w-]*\)?\s|\d+-(?:min(?:ute)?|h(?:our)?)\s){1,4}?sessions?|(?=[/·⋅]\s?w)))"
    rf"(?:[\s·⋅/]|{_DASH})*(?:(?:per|a|each|every|in\s+a|of\s+(?:the|each)|/)(?:\s|{_DASH})*)?(?:weekly|week|wk)(?:[-−]1|⁻¹|\^-1)?(?!\w)"
)
_PER_WEEK = _pattern(
    _RANGE
    + r"\s?(?:[×x]\s?\d{1,3}\s?min(?:ute)?s?\s(?:per|a|each)\s(?:week|wk)|(?:week|wk)\s?(?:\(-1\)|⁻¹|\^-1|[-−]1))(?!\w)"
)  # "5×10 minutes per week", "3 week(-1)"
_WEEKLY_SESSIONS = _pattern(
    rf"{_RANGE}\s+(?:\d+{_DASH}?\s?min(?:ute)?s?\s+)?weekly\s+(?:[\w-]+\s+){{0,3}}?{{meetings}}\b"
)
_FOR_WEEKS = re.compile(r"[^.;]{0,40}?\b(?:for|over|during|across)\b")  # else "three weekly sessions" are one a week
_WEEKLY = _pattern(
    r"(?<![\w-])(?<!\d\s)(?<!\d\w\s)(?:once[ -])?weekly\s+(?:[\w-]+\s+){0,2}?(?:{meetings}|training)\b"
    r"|\b(?:{meetings}|program\w*|training)\s+(?:once\s+)?weekly(?!\w)"
    r"|\b(?:met|attended|trained|exercised|practi[sc]ed)\s+(?:once\s+)?weekly(?!\w)"
    rf"|(?<![\w-])(?<!two\s)(?<!\d\s)weekly\s+for\s+{_NUMBER}\s+(?:consecutive\s+)?weeks\b"
)
_TIMES_IN_WEEKS = _pattern(
    rf"\b(?P<times>{_NUMBER})\s+(?:times|sessions)\s+(?:in|over|within|during)\s+(?:a\s+period\s+of\s+)?"
    rf"(?P<weeks>{_NUMBER})\s?{_DASH}?\s?weeks?\b"
)
_ALTERNATE = re.compile(r"\b(?:every\s+(?:other|second)\s+day|on\s+alternat(?:e|ing)\s+days)\b", re.IGNORECASE)
_SPREAD_BEFORE = re.compile(r"±\s*$")
_DAILY = _pattern(r"\b(?:daily|every\s?day)\s+(?:\w+\s+)?(?:exercise|training|sessions?|walk\w*|practice|workouts?)\b")
_MINUTES = _pattern(_RANGE + rf"(?:\s|{_DASH})?(?P<unit>min(?:ute)?s?|h(?:ou)?rs?|h)(?!\w)")
_SESSION_NEAR = _pattern(r"\b{session_near}")
_NO_SESSION_BEFORE = re.compile(r"\b(?:within|until|at)\s+(?:the\s+)?(?:(?:first|last)\s+)?$", re.IGNORECASE)
_NO_SESSION_AFTER = _pattern(rf"(?:\s|{_DASH})*{{no_session_after}}\b")
_OF_MAXIMUM = re.compile(
    rf"(?<![\w.])(?P<low>\d{{2,3}})\s?%?(?:\s?(?P<join>{_DASH}|to|,?\s?and|,?\s?or)\s?(?P<high>\d{{2,3}}))?\s?%\s*"
    rf"(?:of\s+)?(?:{alternatives(_LISTS, 'whose')}\s+)*"
    rf"(?P<of>{'|'.join(alternatives(_MEASURES, name) for name in _MEASURES)})(?![a-z])",
    re.IGNORECASE,
)
_MORE_OF_MAXIMUM = re.compile(r"(?:(?<![\w.])\d{2,3}\s?%?\s?,\s?)+(?:and\s|or\s)?$")  # "at 40%, 60% and 80% of VO2max"
_DEGREE = "(?:very[ -])?(?:low|light|mild|moderate|vigorous|high|submaximal|maximal)"
_LEVEL = re.compile(
    rf"\b(?P<level>(?:{_DEGREE}(?:[\s-]+to[\s-]+|/|\s+or\s+))?{_DEGREE})(?:er)?[\s-]+(?:work[\s-]+)?intensity\b",
    re.IGNORECASE,
)
_EXERCISED_AFTER = _pattern(r"[\s,(-]+(?:[\w-]+\s+){0,2}?{exercised}\b")
_EXERCISED_BEFORE = _pattern(r"\b{exercised}[^.,;:]{0,40}$")
_EXERTION = re.compile(
    rf"\b(?:RPE|Borg(?:\sscale|\sscore)?|perceived\sexertion)\D{{0,12}}(?P<low>\d{{1,2}})(?:\s?(?:{_DASH}|to)\s?(?P<high>\d{{1,2}}))?"
    rf"(?!\d|[.]\d|%)|(?<![\w.,])(?P<from>\d{{1,2}})(?:\s?(?:{_DASH}|to)\s?(?P<to>\d{{1,2}}))?\s+(?:points\s+)?"
    r"(?:on|of)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}?(?:Borg|RPE)\b",
    re.IGNORECASE,
)
_BY = re.compile(
    r"\bby\s+(?:about\s+|approximately\s+|up\s+to\s+)?$", re.IGNORECASE
)  # "rose by 12% of baseline VO2max"
_A_WEEK = ("wk", "week", "daily", "every", "alternat")
_INTENSE = ("%", "intensity", "rpe", "borg", "exertion")
_UNITS_OF_TIME = ("day", "week", "wk", "month", "mo", "year", "yr")
_TIMES = ("times", "sessions")
_TIME_UNIT = re.compile(r"(?<![A-Za-z])(?:min(?:ute)?s?|h(?:ou)?rs?|h)(?!\w)", re.IGNORECASE)
_CONTEXT, _NEAR = 60, 40
_AMONG_TIMES = re.compile(
    r"\d\s?(?:h|hours?|min|days?)\s+(?:\w+\s+)?and\s+(?:then\s+)?daily\s+(?:for|over)\s+$", re.IGNORECASE
)
_MOST_EXERTION = 20  # on Borg's scale
_MOST_TIMES = 28  # a week; more is a count of something else
_SESSION_MINUTES = (3, 300)


class DoseFinder:
    """The component `tiab_dose`: spans "duration" (weeks), "frequency" (a week), "session" (minutes) and "intensity".

    A number of weeks is a duration where the text says "for" or "over" before it or names a treatment beside it, not
    where it is an age, a time of measuring, a history or a follow-up.
    """

    def __call__(self, doc: Doc) -> Doc:
        text, layout = get_text(doc), get_layout(doc)
        fields = [field for field in layout.fields if field[2] != "keywords"]
        bounds = (layout.sentence_bounds(n, len(text)) for n in range(len(layout.sentences)))
        sentences = [
            (begin, end, text[begin:end].lower()) for begin, end in bounds if layout.field(begin) != "keywords"
        ]  # fmt: skip
        for start, stop, _ in fields:
            for begin, end, lower in sentences:
                if start <= begin < stop and has_any(lower, _UNITS_OF_TIME) and has_number(lower):
                    add_spans(doc, list(_durations(doc, text, (begin, end), (start, stop))))
            if _TIME_UNIT.search(text, start, stop):
                add_spans(doc, list(_minutes(doc, text, start, stop)))
        add_spans(doc, _frequencies(doc, text, sentences))
        for begin, end, lower in sentences:
            if has_any(lower, _INTENSE):
                add_spans(doc, list(_intensities(doc, text, begin, end)))
        return doc


def middle(value: str) -> float:
    """The middle of the range that a dose's value is, or the value itself.

    >>> middle("30-40"), middle("12")
    (35.0, 12.0)
    """
    low, _, high = value.partition("-")
    return (float(low) + float(high or low)) / 2


def _durations(doc: Doc, text: str, sentence: tuple[int, int], field: tuple[int, int]) -> Iterator[Span]:
    """The durations of a sentence; what is beside them may stand in another one of the field."""
    begin, end = field
    for found in _DURATION.finditer(text, *sentence):
        before = text[max(begin, found.start() - _CONTEXT) : found.start()]
        after = text[found.end() : min(end, found.end() + _CONTEXT)]
        if _is_other_time(before, after):
            continue
        said = _DURATION_BEFORE.search(before) and not _CHANGED_BEFORE.search(before)
        named = (_DURATION_OF_YEARS if found["unit"][0] in "yY" else _DURATION_AFTER).match(after)
        weight = 0.5 * bool(said) + 0.5 * bool(named) + 0.2 * bool(_TREATED.search(before[-40:]))
        if named or _LASTED.search(before) or (said and _is_of_treatment(doc, text, found, before, after)):
            yield _span(doc, found, "duration", _scaled(found, _WEEKS[found["unit"][0].lower()]), min(1.0, weight))
    for found in _times_in_weeks(text, *sentence):
        yield _span(doc, found, "duration", f"{_value(found['weeks']):.15g}", 1.0)


def _times_in_weeks(text: str, begin: int, end: int) -> Iterator[re.Match[str]]:
    lower = text[begin:end].lower()
    return _TIMES_IN_WEEKS.finditer(text, begin, end) if "week" in lower and has_any(lower, _TIMES) else iter(())


def _is_other_time(before: str, after: str) -> bool:
    """Whether a number of weeks is an age, a time of measuring, a history or a follow-up."""
    listed = _LISTED.search(before) or _AMONG_TIMES.search(before)
    of_treatment = _AFTER.search(before) and not listed and _AFTER_TREATMENT.match(after)
    other = not of_treatment and (_NO_DURATION_BEFORE.search(before) or listed)
    return bool(other or _NO_DURATION_AFTER.match(after))


def _is_of_treatment(doc: Doc, text: str, found: re.Match[str], before: str, after: str) -> bool:
    """Whether the sentence of "for 12 weeks" (of years: near it) tells what was given, not how people fared."""
    layout = get_layout(doc)
    begin, end = layout.sentence_bounds(layout.sentence(found.start()), len(text))
    if _WATCHED.search(text, max(begin, found.start() - _NEAR), min(end, found.end() + _NEAR)):
        return False
    near = before + after if found["unit"][0] in "yY" else text[begin:end]
    return _GIVEN.search(near) is not None


def _frequencies(doc: Doc, text: str, sentences: Sequence[tuple[int, int, str]]) -> list[Span]:
    """How often a week; "daily" and "weekly" only where the record gives no number."""
    said = [(begin, end) for begin, end, lower in sentences if has_any(lower, _A_WEEK)]
    numbered = [span for begin, end in said for span in _numbered_frequencies(doc, text, begin, end)]
    return numbered or [
        _span(doc, found, "frequency", value, 0.6)
        for begin, end in said
        for pattern, value in ((_DAILY, "7"), (_WEEKLY, "1"))
        for found in pattern.finditer(text, begin, end)
    ]


def _numbered_frequencies(doc: Doc, text: str, begin: int, end: int) -> Iterator[Span]:
    weekly = (
        found for found in _WEEKLY_SESSIONS.finditer(text, begin, end) if _FOR_WEEKS.match(text, found.end(), end)
    )
    for found in (*_FREQUENCY.finditer(text, begin, end), *_PER_WEEK.finditer(text, begin, end), *weekly):
        said = found.groupdict()
        value = str(_MULTIPLES[said["word"].lower()]) if said.get("word") else _scaled(found, 1.0)
        if said.get("first"):
            value = f"{_value(said['first']):.15g}-{value.rpartition('-')[2]}"
        if _SEEN_BEFORE.search(text, max(begin, found.start() - _NEAR), found.start()):
            continue
        if middle(value) <= _MOST_TIMES and not _SPREAD_BEFORE.search(
            text, max(begin, found.start() - 3), found.start()
        ):
            yield _span(doc, found, "frequency", value, 1.0)
    for found in _times_in_weeks(text, begin, end):
        value = f"{round(_value(found['times']) / max(_value(found['weeks']), 1.0), 1):.15g}"
        yield _span(doc, found, "frequency", value, 1.0)
    for found in _ALTERNATE.finditer(text, begin, end):
        yield _span(doc, found, "frequency", "3.5", 0.6)


def _minutes(doc: Doc, text: str, begin: int, end: int) -> Iterator[Span]:
    for found in _MINUTES.finditer(text, begin, end):
        after = text[found.end() : min(end, found.end() + _CONTEXT)]
        before = text[max(begin, found.start() - _CONTEXT) : found.start()]
        value = _scaled(found, 60.0 if found["unit"][0] in "hH" else 1.0)
        low, high = _SESSION_MINUTES
        other = _NO_SESSION_BEFORE.search(before) or _NO_SESSION_AFTER.match(after)
        if low <= middle(value) <= high and _SESSION_NEAR.search(f"{before} {after}") and not other:
            yield _span(doc, found, "session", value, 0.8)


def _intensities(doc: Doc, text: str, begin: int, end: int) -> Iterator[Span]:
    for found in _OF_MAXIMUM.finditer(text, begin, end):
        before = text[max(begin, found.start() - _CONTEXT) : found.start()]
        if _BY.search(before):
            continue
        between = "between" in before[-12:].lower()
        parted = (found["join"] or "").strip(", ") in ("and", "or") and not between  # "45% and 65%" are two
        more = re.findall(r"\d+", listed[0]) if (listed := _MORE_OF_MAXIMUM.search(before)) else []
        for said in (*more, *((found["low"], found["high"]) if parted else (_scaled(found, 1.0),))):
            yield _span(doc, found, "intensity", f"{said}% {_measure(found['of'])}", 1.0)
    for found in _EXERTION.finditer(text, begin, end):
        low, high = (found[one] or found[other] for one, other in (("low", "from"), ("high", "to")))
        if int(high or low) <= _MOST_EXERTION:
            yield _span(doc, found, "intensity", f"RPE {low}-{high}" if high else f"RPE {low}", 0.9)
    for found in _LEVEL.finditer(text, begin, end):
        before, after = (
            text[max(begin, found.start() - _CONTEXT) : found.start()],
            text[found.end() : found.end() + _CONTEXT],
        )
        if _EXERCISED_AFTER.match(after) or _EXERCISED_BEFORE.search(before):
            level = re.sub(r"[\s-]+", " ", found["level"].lower()).replace("/", " to ").replace(" or ", " to ")
            yield _span(doc, found, "intensity", level, 0.7)


def _measure(text: str) -> str:
    """The short name of what a percentage is of."""
    return next((m for m in _MEASURES if re.fullmatch(alternatives(_MEASURES, m), text, re.IGNORECASE)), "")


def _scaled(found: re.Match[str], factor: float) -> str:
    """The number or range that was found, times `factor`, without needless decimals."""
    numbers = [_value(found[name]) * factor for name in ("low", "high") if found[name]]
    return "-".join(f"{round(number, 1):.15g}" for number in numbers)


def _value(text: str) -> float:
    return float(text) if "." in text else float(number_of(text))


def _span(doc: Doc, found: re.Match[str], label: str, value: str, weight: float) -> Span:
    return make_span(
        doc, found.start(), found.end(), role="intervention", label=label, value=value,
        provenance=f"rule:{label}", weight=round(weight, 2),
    )  # fmt: skip


@Language.factory("tiab_dose")
def make_dose(nlp: Language, name: str) -> DoseFinder:
    """The component `tiab_dose`."""
    return DoseFinder()
