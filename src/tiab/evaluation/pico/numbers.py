"""How well the rules find numbers of participants and their ages, measured on abstracts in which people marked them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tiab.evaluation.pico.span_sets import MarkedArticle, read_pico_corpus
from tiab.pico import find_spans
from tiab.pico.design_scores import design_scores
from tiab.pico.quantities import NUMBER, number_of
from tiab.pico.spans import Span

__all__ = ["NumberResult", "Share", "measure_numbers", "score_numbers"]

_WHOLE_NUMBER = re.compile(NUMBER, re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.·]\d+)?")
_ARMS = ("intervention-participants", "control-participants")
_LIKELY = 0.5


class Share(NamedTuple):
    """So many of so many."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """The share; NaN of none.

        >>> Share(3, 4).value
        0.75
        """
        return self.right / self.of if self.of else float("nan")

    def to_dict(self) -> dict[str, int | float | None]:
        """The share in plain JSON types."""
        return {"right": self.right, "of": self.of, "share": round(self.value, 4) if self.of else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberResult:
    """What the rules found of the numbers that people marked.

    Attributes:
        articles: how many were read.
        totals: of the articles with a total that is a number, how many have the first such number as sample size.
        given: of the same articles, how many have any sample size.
        arms: of the articles in which arms of both kinds are marked with numbers, how many have one of each.
        arms_said: of the different sizes of arms given in these articles, how many are marked.
        ages: of the marked ages with a number, how many are within what was found, number by number.
        trials: of all articles, how many score .5 or more as randomised trials; in a set of such trials a recall.
    """

    articles: int
    totals: Share
    given: Share
    arms: Share
    arms_said: Share
    ages: Share
    trials: Share

    def to_dict(self) -> dict[str, Any]:
        """The figures in plain JSON types."""
        names = ("totals", "given", "arms", "arms_said", "ages", "trials")
        return {"articles": self.articles, **{name: getattr(self, name).to_dict() for name in names}}


def measure_numbers(path: str | Path) -> NumberResult:
    """How well numbers are found in the abstracts of a folder or tar file of brat files.

    Raises:
        InputError: it cannot be read.
    """
    return score_numbers(read_pico_corpus(path))


def score_numbers(articles: Sequence[MarkedArticle]) -> NumberResult:
    """How well numbers are found in these articles."""
    pairs = list(zip(articles, find_spans([article.record for article in articles]), strict=True))
    totals = [pair for pair in pairs if any(map(_is_number, pair[0].marked("total-participants")))]
    arms = [(sizes, _values(spans, "arm size")) for article, spans in pairs if all(sizes := _arms(article))]
    ages = [(article, spans) for article, spans in pairs if article.marked("age")]
    scores = [design_scores(spans).get("randomised trial", 0.0) for _, spans in pairs]
    return NumberResult(
        articles=len(pairs),
        totals=Share(sum(_has_total(*pair) for pair in totals), len(totals)),
        given=Share(sum(bool(_values(spans, "sample size")) for _, spans in totals), len(totals)),
        arms=Share(sum(all(kind & said for kind in sizes) for sizes, said in arms), len(arms)),
        arms_said=Share(sum(len(set.union(*sizes) & said) for sizes, said in arms), sum(len(said) for _, said in arms)),
        ages=_joined(_ages(*pair) for pair in ages),
        trials=Share(sum(score >= _LIKELY for score in scores), len(scores)),
    )


def _is_number(text: str) -> bool:
    return _WHOLE_NUMBER.fullmatch(text.strip()) is not None


def _numbers(texts: Iterable[str]) -> list[int]:
    return [number_of(text.strip()) for text in texts if _is_number(text)]


def _values(spans: Iterable[Span], label: str) -> set[int]:
    return {int(span.value) for span in spans if span.label == label and span.provenance.startswith("rule:")}


def _has_total(article: MarkedArticle, spans: Sequence[Span]) -> bool:
    return _numbers(article.marked("total-participants"))[0] in _values(spans, "sample size")


def _arms(article: MarkedArticle) -> list[set[int]]:
    return [set(_numbers(article.marked(kind))) for kind in _ARMS]


def _ages(article: MarkedArticle, spans: Sequence[Span]) -> Share:
    found = [span for span in spans if span.label == "age"]
    right = total = 0
    for kind, start, end in article.marks:
        wanted = set(_NUMBER.findall(article.record.text[start:end])) if kind == "age" else set()
        if wanted:
            said = {n for span in found if span.start < end and span.end > start for n in _NUMBER.findall(span.text)}
            right += wanted <= said
            total += 1
    return Share(right, total)


def _joined(shares: Iterable[Share]) -> Share:
    shares = list(shares)
    return Share(sum(share.right for share in shares), sum(share.of for share in shares))
