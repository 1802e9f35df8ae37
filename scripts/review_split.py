"""Which labelled reviews tune and which only judge, as docs/benchmarks/split.md says it."""

from __future__ import annotations

__all__ = ["LEFT_OUT", "is_tuning"]

LEFT_OUT = {
    *("Dimitrov_SNHL", "Ouafik_MSM_Syndemic", "Hannousse_Alhammad_2018"),  # too small to score
    # most records are relevant: nothing to be saved
    *("Feagins_PartialNesting", "Gedge_ForeignObjectIngestion", "Hakim_DrugSafety_ML", "Tarmey_ConfounderSelection"),
}
_TUNING = (
    *("Cohen_", "Wallace_", "Hall_", "Kitchenham_", "Radjenovic_", "Wahono_", "Yu_", "Bannach", "Kwok_", "Nagtegaal_"),
    *("Mentesana_", "SanchezTojar_", "Santostefano_"),
)


def is_tuning(name: str) -> bool:
    """Whether settings may be chosen on the review of this name; all others are only to judge.

    >>> is_tuning("Cohen_ADHD"), is_tuning("Sep_2021")
    (True, False)
    """
    return name.startswith(_TUNING)
