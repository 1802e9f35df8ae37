from __future__ import annotations

import pytest

from tiab.errors import LabelError
from tiab.labels import Decision, Label, as_labels, standing


@pytest.mark.parametrize(
    ("value", "decision"),
    [
        ("Included", "include"),
        (1, "include"),
        (True, "include"),
        ("0", "exclude"),
        (0.0, "exclude"),
        ("maybe", "maybe"),
    ],
)
def test_decisions_are_read_in_their_usual_spellings(value: object, decision: str) -> None:
    assert Decision.parse(value) == decision


@pytest.mark.parametrize("value", ["", "2", "perhaps not", None, -1])
def test_anything_else_is_an_error_that_says_what_to_write(value: object) -> None:
    with pytest.raises(LabelError, match="include, exclude or maybe"):
        Decision.parse(value)


def test_the_last_label_stands() -> None:
    labels = [Label(record_id="a", decision=d) for d in (Decision.INCLUDE, Decision.MAYBE, Decision.EXCLUDE)]
    assert standing(labels)["a"].decision is Decision.EXCLUDE
    assert as_labels(labels) == standing(labels)


def test_labels_may_come_as_a_mapping_or_not_at_all() -> None:
    assert as_labels({7: "include"})["7"].decision is Decision.INCLUDE  # type: ignore[dict-item]
    assert as_labels({"7": 1, "8": None, "9": float("nan")}).keys() == {"7"}
    assert as_labels(None) == {}
