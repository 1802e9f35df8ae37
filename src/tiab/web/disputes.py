"""Disputes: the records on which reviewers disagree, as far as the one at the desk may know of them."""

from __future__ import annotations

from dataclasses import dataclass

from tiab.evaluation.agreement import Agreement
from tiab.labels import Decision
from tiab.records import Record
from tiab.review import Conflict
from tiab.store import GivenLabel
from tiab.web.desk import Desk, Moved

__all__ = ["Disputes", "Settled", "read_disputes", "settle", "unsettle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A conflict that was settled: its record, how, and whether the one at the desk did it."""

    record: Record
    given: GivenLabel
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputes:
    """What there is to settle, and how far reviewers agree.

    Attributes:
        now: the conflict that is looked at; None where none is open.
        number: its number, from 1.
        before, after: the records of the conflicts beside it, "" for none.
        agreement: (first reviewer, second reviewer, how far they agree on what both screened).
        settled: last first.
    """

    now: Conflict | None
    number: int
    total: int
    before: str
    after: str
    agreement: tuple[tuple[str, str, Agreement], ...]
    settled: tuple[Settled, ...]


def read_disputes(desk: Desk, record_id: str = "") -> Disputes:
    """The open conflicts, at the one on `record_id`, else at the first.

    Who is blinded sees a conflict, open or settled, once they have decided on the record themselves.
    """
    found, viewer = desk.conflicts(), desk.reviewer if desk.blind else None
    at = next((place for place, one in enumerate(found) if one.record_id == record_id), 0)
    return Disputes(
        now=found[at] if found else None,
        number=at + 1,
        total=len(found),
        before=found[at - 1].record_id if at else "",
        after=found[at + 1].record_id if at + 1 < len(found) else "",
        agreement=tuple(
            (first, second, agreement) for (first, second), agreement in desk.review.agreement(viewer).items()
        ),
        settled=tuple(
            Settled(record=record, given=given, own=given.label.reviewer == desk.reviewer)
            for record, given in desk.review.resolved(viewer)
        ),
    )


def settle(desk: Desk, record_id: str, decision: Decision, *, reason: str, note: str, token: str) -> None:
    """Settles a conflict that the one at the desk may see.

    Raises:
        Moved: there is none on this record; somebody else may have settled it.
    """
    if not desk.review.is_stored(token) and record_id not in {one.record_id for one in desk.conflicts()}:
        raise Moved("there is no conflict on this record", hint="Somebody else may have settled it: look again.")
    desk.review.resolve(record_id, decision, reviewer=desk.reviewer, reason=reason, note=note, token=token)
    desk.follow()


def unsettle(desk: Desk, record_id: str, *, token: str) -> None:
    """Opens a conflict again that the one at the desk settled; a LabelError where they settled none."""
    desk.review.unresolve(record_id, reviewer=desk.reviewer, token=token)
    desk.follow()
