"""Groups: which records are reports of one study, as the log links them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tiab.store import Merge

__all__ = ["Groups", "group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Records that are linked as duplicates stand as one: the record that was there first.

    Attributes:
        heads: record id -> the id that it stands under; only of records that are linked to another.
    """

    heads: Mapping[str, str] = field(default_factory=dict)
    _under: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def head(self, record_id: str) -> str:
        """The id under which a record is screened: its own, or that of the record it is a duplicate of."""
        return self.heads.get(record_id, record_id)

    def duplicates(self, record_id: str) -> tuple[str, ...]:
        """The ids of the records that stand under `record_id`, without itself."""
        return self._under.get(record_id, ())


def group(merges: Iterable[Merge], *, without: Collection[str] = ()) -> Groups:
    """The groups that links make; a link to a record that is itself a duplicate leads on to its head.

    Args:
        without: records that are in the pool no more. Where one is a head, the first of its duplicates takes its place.

    >>> links = [Merge(event_id=1, record_id="b", into="a"), Merge(event_id=2, record_id="c", into="b")]
    >>> group(links).heads
    {'b': 'a', 'c': 'a'}
    """
    gone = frozenset(without)
    into = {merge.record_id: merge.into for merge in merges if merge.record_id != merge.into}
    heads: dict[str, str] = {}
    for record_id in into:
        head, seen = into[record_id], {record_id}
        while head in into and head not in seen:  # a ring, which tiab never writes, ends where it began
            seen.add(head)
            head = into[head]
        if head != record_id:
            heads[record_id] = head
    if gone:
        heads = _led_anew(heads, gone)
    under: dict[str, tuple[str, ...]] = {}
    for record_id, head in heads.items():
        if record_id not in gone:
            under[head] = (*under.get(head, ()), record_id)
    return Groups(heads=heads, _under=under)


def _led_anew(heads: Mapping[str, str], gone: frozenset[str]) -> dict[str, str]:
    """`heads`, with the first that is left as the head of each group whose head is gone."""
    leaders: dict[str, str] = {}
    for record_id, head in heads.items():
        if head in gone and record_id not in gone:
            leaders.setdefault(head, record_id)
    moved = {record_id: leaders.get(head, head) for record_id, head in heads.items()} | leaders
    return {record_id: head for record_id, head in moved.items() if record_id != head}
