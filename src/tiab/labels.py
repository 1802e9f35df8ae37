"""Decision and Label: what a reviewer decided on a record, and which decision counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tiab.errors import LabelError

__all__ = ["EXCLUSION_REASONS", "Decision", "Label", "as_labels", "standing"]

EXCLUSION_REASONS = (
    "wrong population",
    "wrong intervention",
    "wrong comparator",
    "wrong outcome",
    "wrong study design",
    "wrong publication type",
    "wrong language",
    "outside the years",
    "no original data",
)
"""The usual reasons why a record is excluded, in the order of the keys 1 to 9."""

_SPELLINGS = {
    "include": "include", "included": "include", "1": "include", "1.0": "include", "yes": "include",
    "y": "include", "true": "include", "relevant": "include", "selected": "include", "accepted": "include",
    "exclude": "exclude", "excluded": "exclude", "0": "exclude", "0.0": "exclude", "no": "exclude",
    "n": "exclude", "false": "exclude", "irrelevant": "exclude", "not relevant": "exclude", "rejected": "exclude",
    "maybe": "maybe", "unsure": "maybe", "unclear": "maybe", "uncertain": "maybe",
}  # fmt: skip


class Decision(StrEnum):
    """A reviewer's decision in title-abstract screening.

    >>> Decision("include") is Decision.INCLUDE, str(Decision.EXCLUDE)
    (True, 'exclude')
    """

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"

    @classmethod
    def parse(cls, value: object) -> Decision:
        """The decision that `value` spells: include/exclude/maybe, 1/0, True/False, yes/no.

        Raises:
            LabelError: it spells none.

        >>> Decision.parse("Included"), Decision.parse(0)
        (<Decision.INCLUDE: 'include'>, <Decision.EXCLUDE: 'exclude'>)
        """
        spelt = _SPELLINGS.get(str(value).strip().casefold())
        if spelt is None:
            raise LabelError(f"'{value}' is not a decision", hint="Use include, exclude or maybe (or 1 and 0).")
        return cls(spelt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One decision on one record.

    Attributes:
        reviewer: who decided; "" where nobody said.
        reason: the exclusion reason or note; "" where none was given.
        prior: known before screening began (prior knowledge), not a result of it.

    >>> Label(record_id="16815786", decision=Decision.EXCLUDE, reason="wrong population").decision.value
    'exclude'
    """

    record_id: str
    decision: Decision
    reviewer: str = ""
    reason: str = ""
    prior: bool = False


def standing(labels: Iterable[Label]) -> dict[str, Label]:
    """The label that stands for each record: the last one given.

    >>> first = Label(record_id="1", decision=Decision.INCLUDE)
    >>> second = Label(record_id="1", decision=Decision.EXCLUDE)
    >>> standing([first, second])["1"].decision
    <Decision.EXCLUDE: 'exclude'>
    """
    return {label.record_id: label for label in labels}


def as_labels(labels: Iterable[Label] | Mapping[str, object] | None) -> dict[str, Label]:
    """The standing labels from either form that a caller may hold: Labels, or record id -> decision.

    None and NaN are no decision, as in a table where nobody wrote one.

    Raises:
        LabelError: a value that spells no decision.

    >>> as_labels({"1": 1})["1"].decision
    <Decision.INCLUDE: 'include'>
    """
    if labels is None:
        return {}
    if isinstance(labels, Mapping):
        given = {str(key): value for key, value in labels.items() if value is not None and value == value}
        return {key: Label(record_id=key, decision=Decision.parse(value)) for key, value in given.items()}
    return standing(labels)
