"""Arms: the numbers of participants that the groups of a study have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import combinations, pairwise

from tiab.pico.counts import COMPARED_NEXT, LABEL_BEFORE, LOST_BEFORE, Count, SentenceNumbers
from tiab.pico.quantities import NUMBER, Quantity, number_of
from tiab.pico.vocabulary import has_any

__all__ = ["find_arms"]

_MOST_ARMS = 5
_MOST_ARMS_EACH = 8
_MOST_OF_ALL = 0.7
_SMALLEST = 3
_REACH = 300  # characters from the first arm to the last
_MOST_NUMBERS = 10  # of one sentence that are tried with one another
_GROUPED = re.compile(
    r"random|assign|allocat|divided|group|\barms?\b|control|experimental|placebo|sham|intervention|usual care|[(\[]",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?:from|between|of)\s$")  # "rose from 742 to 859"
_TREATED_APART = re.compile(
    r"random|assign|allocat|divided|\bgroups?\b|\barms?\b|control|placebo|sham|usual care|receiv|treated|compar",
    re.IGNORECASE,
)
_GOES = re.compile(
    r"(?:\s\([^()]{0,12}\))?\s(?:[a-z]+\s)?(?:(?:were|was)\s)?(?:(?:randomly\s)?(?:assigned|allocated|randomi[sz]ed)\s)?"
    r"(?:to(?!\s\d)|received|receiving|in\s(?:the\s)?(?:[\w-]+\s){1,4}(?:group|arm|unit|condition|cohort))\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    rf"(?:(?<=n=)|(?<=n = )|(?<=n= )|(?<=of )|(?<![\w.,]))(?P<size>{NUMBER})"
    r"(?:\s?\(\d{1,3}(?:\.\d+)?\s?%\))?(?:(?:\s+[a-z]+){0,2}?\s+(?:each|per\s+(?:group|arm)|in\s+(?:each|every)(?:\s+(?:group|arm)s?)?)|\s?/\s?(?:group|arm))\b"
    rf"|\b(?:each|both|per)\s+(?:[a-z]+\s+)?(?:group|arm)s?\s*\(?\s*n\s*=\s*(?P<of_each>{NUMBER})",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"\d\s?(?:\(\s?\d{1,3}(?:[.·]\d+)?\s?%\s?\)\s?)?of\s+(?:the\s+)?(?P<size>\d{1,6})\s+(?:\(\d[^()]{0,8}%\)\s+)?"
    r"(?:of\s+)?(?:[a-z-]+\s+){0,3}?(?:in|of|from)\s+(?:the\s+)?(?:[\w-]+\s+){1,4}(?:group|arm|strategy|cohort)\b"
)  # "4 (12%) of 34 patients in the walking group"
_LEFT = re.compile(r"[^.;]{0,40}?\b(?:available|completed|analy[sz]ed|evaluable|remained|dropped)\b", re.IGNORECASE)
_PER = re.compile(r"\s+\w+\s+per\s", re.IGNORECASE)  # "40 rabbits per cage"
_EACH_SIGNS = ("each", "every", "both", "per", "/group", "/arm")
_MEASURED = re.compile(
    r"(?:\s|[-\u2010-\u2015])*(?:months?|weeks?|days?|years?|hours?|min\w*|h|s|%|mg|kg|g|ml|mm|cm|times|sessions?|points?|items?"
    r"|cycles?|doses?|deaths?|events?|cent(?:er|re)s?|hospitals?|sites?|countries|clinics?|points|minutes)\b",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"(?:\s*\([^()]{0,20}\))?(?:\s+[a-z]+){0,2}\s+(?:(?:were|was|had)\s+)?(?:exclu|withdrew|withdrawn|dropped|lost|died|discontinu|declin|refus)",
    re.IGNORECASE,
)
_PART = re.compile(r"(?:\s*\([^()]{0,20}\))?\s+(?:out\s+)?of\s+(?:the\s+)?\d")  # "8 of 51 eyes"
_DATE_BEFORE = re.compile(r"\b(?:from|in|to|until|since|between|and|[A-Z][a-z]{2,8}|of)\s+$")
_NAME_BEFORE = re.compile(r"\w[(]$")  # CoQ(10)
_SIGNS = frozenset("±+-−–")  # of a spread, or of an interval
_YEARS = range(1900, 2041)
_LOST_ONES = frozenset({"lost next", "screened next"})
_FROM_SEX = re.compile(
    r"(?:\s*\([^()]{0,20}\))?\s+(?:from|were)\s+(?:(?:fe)?males?|(?:wo)?men)\b|\s?[fm]\b"
    r"|\s+(?:(?:fe)?males?|(?:wo)?men|boys|girls)\s*(?:[/,;&]|and)\s*\d",
    re.IGNORECASE,
)
_COMPARED_WITH = re.compile(r"\b(?:compared\s+(?:with|to)|versus|vs)\b", re.IGNORECASE)
_NAMED_GROUP = re.compile(r"\b(?:groups?|arms?)\b", re.IGNORECASE)
_CONSISTS = re.compile(
    rf"\bgroup\s(?:(?:[A-Z]|\d)\s)?(?:consisted\sof|comprised|included|contained)\s(?P<size>{NUMBER})\s(?!(?:[a-z]+\s)?(?:(?:wo)?m[ae]n|(?:fe)?males?|boys|girls)\b)[a-z]",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<=\w)\s?=\s?(?P<size>\d{1,6})(?=\s?[,;)\]]|\s+and\b)")  # "(group A = 72, group B = 78)"


def find_arms(
    text: str, sentences: Sequence[SentenceNumbers], counts: Sequence[Count], total: Count | None
) -> tuple[Quantity, ...]:
    """The sizes of the arms, which stand in one sentence; the first of these that there is:

    several "n =" that add up to the total or to another count, the size of "each group", other numbers that add up,
    several "n =", several numbers that go to, or receive, something, and several that shares are told of. Women and men
    are no arms, nor are those who were lost.
    """
    equal = [_counted(counts, sentence) for sentence in sentences]
    several = [group for group in equal if 1 < len(group) <= _MOST_ARMS]
    wholes = _wholes(counts, total)
    beside = [a + b for a, b in pairwise(equal) if a and b and len(a + b) <= _MOST_ARMS]
    sums = (group for group in (*several, *beside) if sum(arm.value for arm in group) in wholes)
    if group := next(sums, None):
        return group
    if each := next(_each(text, sentences, total), None):
        return (each,)
    if total is None or not total.summed or not several:
        worth_it = [sentence for sentence in sentences if len(sentence.numbers) + sentence.lower.count("=") > 1]
        grouped = [sentence for sentence in worth_it if _GROUPED.search(text, sentence.begin, sentence.end)]
        adding_up = (
            group for whole in wholes
            for group in _adding_up(text, worth_it if total and whole == total.value else grouped, counts, whole)
        )  # fmt: skip
        if group := next(adding_up, None):
            return group
    ways = (_going, partial(_compared, counts), _of_shares)
    others = (find(text, sentence) for find in ways for sentence in sentences)
    compared = (_parts_of(text, sentence, group, total) for sentence, group in zip(sentences, equal, strict=True))
    apart = (_apart(text, sentences, counts, total), _consisting(text, sentences))
    return next((group for group in (*compared, *others, *apart) if 1 < len(group) <= _MOST_ARMS), ())


def _parts_of(
    text: str, sentence: SentenceNumbers, group: tuple[Quantity, ...], total: Count | None
) -> tuple[Quantity, ...]:
    """Several "n =" that add up to nothing: those of a sentence on groups which are less than the total."""
    if len(group) < 2 or not _TREATED_APART.search(text, sentence.begin, sentence.end):
        return ()
    return tuple(arm for arm in group if total is None or total.summed or arm.value < total.value)


def _apart(
    text: str, sentences: Sequence[SentenceNumbers], counts: Sequence[Count], total: Count | None
) -> tuple[Quantity, ...]:
    """Groups that are told of in a sentence each, and add up: "Ten people in the yoga group … Eleven in the other"."""
    if total is None or total.summed:
        return ()
    told = [s for s in sentences if _NAMED_GROUP.search(text, s.begin, s.end)]
    split = _by_sex(counts)
    people = [
        count for count in counts
        if count.start not in split and "counts a noun" in count.evidence and _SMALLEST <= count.value < total.value
        and not count.evidence & _LOST_ONES and any(s.begin <= count.start < s.end for s in told)
    ]  # fmt: skip
    return next(
        (
            tuple(Quantity(count.start, count.end, count.value) for count in group)
            for size in (2, 3, 4) for group in zip(*(people[i:] for i in range(size)), strict=False)
            if sum(count.value for count in group) == total.value and group[-1].end - group[0].start <= 2 * _REACH
        ),
        (),
    )  # fmt: skip


def _consisting(text: str, sentences: Sequence[SentenceNumbers]) -> tuple[Quantity, ...]:
    """What groups consist of: "the yoga group consisted of 50 adults, while the other group included 51"."""
    worth_it = (s for s in sentences if s.numbers and "group" in s.lower)
    found = (match for s in worth_it for match in _CONSISTS.finditer(text, s.begin, s.end))
    return tuple(Quantity(*match.span("size"), number_of(match["size"])) for match in found)


def _wholes(counts: Sequence[Count], total: Count | None) -> tuple[int, ...]:
    """What the arms may add up to: the total, else another count of most people, such as the analysed."""
    least = _MOST_OF_ALL * total.value if total else 0.0
    others = (
        count.value for count in counts
        if not count.summed and "lost next" not in count.evidence and count.value >= least
    )  # fmt: skip
    return tuple(dict.fromkeys([*([total.value] if total else []), *others]))


def _counted(counts: Sequence[Count], sentence: SentenceNumbers) -> tuple[Quantity, ...]:
    """The "n =" of a sentence, but for those of women and men, and of the lost."""
    mine = [c for c in counts if sentence.begin <= c.start < sentence.end and "n =" in c.evidence and not c.summed]
    split = _by_sex(mine)
    return tuple(
        Quantity(c.start, c.end, c.value) for c in mine if c.start not in split and "lost next" not in c.evidence
    )


def _by_sex(counts: Sequence[Count]) -> set[int]:
    """Where the counts of each sex start, if both sexes are counted."""
    sexes = {sex: {c.start for c in counts if sex in c.evidence} for sex in ("female", "male")}
    return set.union(*sexes.values()) if all(sexes.values()) else set()


def _each(text: str, sentences: Sequence[SentenceNumbers], total: Count | None) -> Iterator[Quantity]:
    """The size that every group has: "n = 16 each", "each group (n = 10)"."""
    worth_it = (sentence for sentence in sentences if has_any(sentence.lower, _EACH_SIGNS))
    for begin, end, *_ in worth_it:
        for found in _EACH.finditer(text, begin, end) if _GROUPED.search(text, begin, end) else ():
            name = "size" if found["size"] else "of_each"
            value = number_of(found[name])
            if _LEFT.match(text, found.end(), end):
                continue
            if value >= _SMALLEST and _is_share(value, total) and not _MEASURED.match(text, found.end(name)):
                yield Quantity(*found.span(name), value)


def _is_share(value: int, total: Count | None) -> bool:
    """Whether several groups of that size may be the whole."""
    return total is None or (
        value < total.value <= _MOST_ARMS_EACH * value and (total.value % value == 0 or total.summed)
    )


def _adding_up(
    text: str, sentences: Sequence[SentenceNumbers], counts: Sequence[Count], whole: int
) -> Iterator[tuple[Quantity, ...]]:
    """The fewest and then densest numbers of each sentence that add up to the whole."""
    for sentence in sentences:
        begin, end, numbers, _ = sentence
        split = _by_sex([count for count in counts if begin <= count.start < end and not count.summed])
        split |= {q.start for q in numbers if _FROM_SEX.match(text, q.end)}
        named = [Quantity(*found.span("size"), int(found["size"])) for found in _NAMED.finditer(text, begin, end)]
        every = sorted({q for q in (*numbers, *named) if _SMALLEST <= q.value < whole and q.start not in split})
        small = [q for q in every if _is_group(text, begin, q)][:_MOST_NUMBERS]
        for size in range(2, _MOST_ARMS + 1):
            groups = [group for group in combinations(small, size) if sum(q.value for q in group) == whole]
            dense = min(groups, key=_length, default=())
            if dense and _length(dense) <= _REACH:
                yield dense
                break


def _is_group(text: str, begin: int, number: Quantity) -> bool:
    """Whether a number may be the size of a group: it has no unit, and is not that of the lost."""
    if any(pattern.match(text, number.end) for pattern in (_MEASURED, _LOST, _PART)):
        return False
    if number.value in _YEARS and _DATE_BEFORE.search(text, max(begin, number.start - 12), number.start):
        return False
    if text[max(begin, number.start - 3) : number.start].rstrip()[-1:] in _SIGNS:
        return False
    if _NAME_BEFORE.search(text, max(begin, number.start - 4), number.start):
        return False
    if LABEL_BEFORE.search(text, max(begin, number.start - 24), number.start):
        return False
    return LOST_BEFORE.search(text, max(begin, number.start - 60), number.start) is None


def _length(group: Sequence[Quantity]) -> int:
    return group[-1].end - group[0].start


def _going(text: str, sentence: SentenceNumbers) -> tuple[Quantity, ...]:
    """The numbers of people that go to, or receive, something."""
    begin, end, numbers, _ = sentence
    if len(numbers) < 2 or not _GROUPED.search(text, begin, end):
        return ()
    people = (
        q for q in numbers if q.value >= _SMALLEST and _is_group(text, begin, q) and _GOES.match(text, q.end, end)
    )  # fmt: skip
    return tuple(q for q in people if not _FROM.search(text[max(begin, q.start - 8) : q.start]))


def _of_shares(text: str, sentence: SentenceNumbers) -> tuple[Quantity, ...]:
    """The groups that shares are told of: "4 of 34 patients in the walking group and 17 of 38 in the yoga group"."""
    if sentence.lower.count("of ") < 2 or len(sentence.numbers) < 2:
        return ()
    found = _SHARED.finditer(text, sentence.begin, sentence.end)
    return tuple(Quantity(*share.span("size"), int(share["size"])) for share in found)


def _compared(counts: Sequence[Count], text: str, sentence: SentenceNumbers) -> tuple[Quantity, ...]:
    """Patients and those whom they are compared with: "26 patients with gout and 26 healthy subjects".

    Of "170 patients were compared with 622 with stents and 604 with balloons", all three.
    """
    begin, end, *_ = sentence
    mine = [
        c for c in counts if begin <= c.start < end and "counts a noun" in c.evidence and not c.evidence & _LOST_ONES
    ]
    with_controls = len(mine) == 2 and COMPARED_NEXT.match(text, mine[1].end, end)
    if any(_PER.match(text, count.end, end) for count in mine):
        return ()
    named = 1 < len(mine) < 4 and _COMPARED_WITH.search(text, mine[0].end, mine[1].start)
    if not (with_controls or named) or mine[0].value == sum(count.value for count in mine[1:3]) != mine[1].value:
        return ()
    return tuple(Quantity(c.start, c.end, c.value) for c in mine)
