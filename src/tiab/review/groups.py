"""ReportGroups: which records are reports of one study, as the log links them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tiab.store import Merge

__all__ = ["ReportGroups", "group_reports"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGroups:
    """Records that are linked as duplicates count as one, their main record: the one that was there first.

    Attributes:
        main_of: duplicate's id -> the id of its main record.
    """

    main_of: Mapping[str, str] = field(default_factory=dict)
    _duplicates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def main_id(self, record_id: str) -> str:
        """The id under which a record is screened: its own, or that of the record it is a duplicate of."""
        return self.main_of.get(record_id, record_id)

    def duplicates(self, record_id: str) -> tuple[str, ...]:
        """The ids of the duplicates of a main record, without its own."""
        return self._duplicates.get(record_id, ())


def group_reports(merges: Iterable[Merge], *, without: Collection[str] = ()) -> ReportGroups:
    """The groups that links make; a link to a record that is itself a duplicate leads on to its main record.

    Args:
        without: records that are in the pool no more. Where one is a main record, the first of its duplicates takes
            its place.

    >>> links = [Merge(event_id=1, record_id="b", into="a"), Merge(event_id=2, record_id="c", into="b")]
    >>> group_reports(links).main_of
    {'b': 'a', 'c': 'a'}
    """
    gone = frozenset(without)
    above: dict[str, str] = {}

    def main_id(record_id: str) -> str:
        while record_id in above:
            record_id = above[record_id]
        return record_id

    for merge in merges:  # two people may link one record to two others, or two records to each other
        lower, upper = main_id(merge.record_id), main_id(merge.into)
        if lower != upper:
            above[lower] = upper
    main_of = {record_id: main_id(record_id) for record_id in above}
    if gone:
        main_of = _without(main_of, gone)
    duplicates: dict[str, tuple[str, ...]] = {}
    for record_id, main in main_of.items():
        if record_id not in gone:
            duplicates[main] = (*duplicates.get(main, ()), record_id)
    return ReportGroups(main_of=main_of, _duplicates=duplicates)


def _without(main_of: Mapping[str, str], gone: frozenset[str]) -> dict[str, str]:
    """`main_of`, with the first that is left as the main record of each group whose own is gone."""
    successors: dict[str, str] = {}
    for record_id, main in main_of.items():
        if main in gone and record_id not in gone:
            successors.setdefault(main, record_id)
    moved = {record_id: successors.get(main, main) for record_id, main in main_of.items()} | successors
    return {record_id: main for record_id, main in moved.items() if record_id != main}
