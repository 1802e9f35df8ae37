"""Sample size: of all numbers that may count participants, the one that is best spoken for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import fsum

from spacy.language import Language
from spacy.tokens import Doc

from tiab.pico.abbreviations import get_abbreviations
from tiab.pico.arms import find_arms
from tiab.pico.counts import Count, find_counts, read_numbers
from tiab.pico.layout import add_spans, get_layout, get_text, make_span
from tiab.pico.vocabulary import vocabulary

__all__ = ["SampleSizeFinder", "best_count", "make_sample_size"]

_SURE = 6.0  # a sum of weights at which hardly any number was wrong on PICO-Corpus


class SampleSizeFinder:
    """The component `tiab_sample_size`: at most one span "sample size", and a span "arm size" for each group.

    Randomised and analysed people speak for a number; the screened, the excluded, a single arm, background and
    conclusions speak against it. Where only arms are counted ("n = 14 … n = 15"), the span covers them and the value is
    their sum.
    """

    def __call__(self, doc: Doc) -> Doc:
        text, layout = get_text(doc), get_layout(doc)
        sentences = read_numbers(text, layout)
        counts = find_counts(text, layout, sentences, get_abbreviations(doc))
        best = best_count(counts)
        if best is not None:
            count, score = best
            add_spans(doc, [make_span(
                doc, count.start, count.end, role="population", label="sample size", value=str(count.value),
                provenance="rule:sample_size_sum" if count.summed else "rule:sample_size",
                weight=round(min(1.0, score / _SURE), 3),
            )])  # fmt: skip
        add_spans(doc, [make_span(
            doc, arm.start, arm.end, role="population", label="arm size", value=str(arm.value),
            provenance="rule:arm_size",
        ) for arm in find_arms(text, sentences, counts, best[0] if best else None)])  # fmt: skip
        return doc


def best_count(counts: Iterable[Count]) -> tuple[Count, float] | None:
    """The count with the highest sum of weights, and that sum; None where none reaches the threshold."""
    weights = _weights()
    scored = [(count, fsum(weights[name] for name in count.evidence)) for count in counts]  # in any order the same
    best = max(scored, key=lambda item: (item[1], -item[0].start), default=None)
    return best if best is not None and best[1] >= vocabulary("sample_size")["threshold"] else None


@cache
def _weights() -> dict[str, float]:
    lists = vocabulary("sample_size")
    return {**lists["weights"], **{item["name"]: item["weight"] for item in lists["evidence"]}}


@Language.factory("tiab_sample_size")
def make_sample_size(nlp: Language, name: str) -> SampleSizeFinder:
    """The component `tiab_sample_size`."""
    return SampleSizeFinder()
