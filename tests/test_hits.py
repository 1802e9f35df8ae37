from __future__ import annotations

from tiab.criteria import Concept, Criteria
from tiab.features.matches import add_hits, count_hits
from tiab.records import Record

CRITERIA = Criteria(
    title="Yoga for back pain",
    concepts=(
        Concept(role="population", name="back pain", terms=("back pain", "lumbago"), abbreviations=("LBP",)),
        Concept(role="intervention", name="yoga", terms=("yoga", "asana*")),
        Concept(role="outcome", name="disability", terms=("disability",), required=False),
    ),
)
POOL = [
    Record(record_id="1", title="Yoga for back pain", abstract="Asanas lessened disability."),
    Record(record_id="2", title="Back pain and LBP"),
    Record(record_id="3", title="LBP", abstract="Yoga."),
    Record(record_id="4", title="Tax law", keywords=("yoga",)),
]


def test_concepts_and_pairs_are_counted() -> None:
    hits = count_hits(POOL, CRITERIA)
    assert dict(hits.singles) == {"back pain": 2, "yoga": 3, "disability": 1}
    assert hits.pairs == (("back pain", "yoga", 1), ("back pain", "disability", 1), ("yoga", "disability", 1))
    assert hits.all_required == 1
    assert hits.silent_terms == {"back pain": ("lumbago",)}
    assert hits.to_dict()["hits"]["yoga"] == 3


def test_terms_are_counted_one_by_one() -> None:
    hits = count_hits(POOL, CRITERIA)
    assert hits.terms["back pain"] == (("back pain", 2), ("lumbago", 0), ("LBP", 1))
    assert hits.terms["yoga"] == (("yoga", 3), ("asana*", 1))


def test_parts_of_a_pool_add_up() -> None:
    assert add_hits(count_hits(POOL[:1], CRITERIA), count_hits(POOL[1:], CRITERIA)) == count_hits(POOL, CRITERIA)
