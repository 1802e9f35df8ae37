"""make: a new review, with its criteria and the first entry in its log."""

from __future__ import annotations

from pathlib import Path

from tiab.criteria import Criteria, read_criteria
from tiab.errors import ReviewError
from tiab.review.criteriafile import CRITERIA_NAME, CriteriaFile
from tiab.review.snapshot import criteria_payload
from tiab.store import FILE_NAME, Entry, Store

__all__ = ["make"]


def make(folder: str | Path, criteria: Criteria | str | Path | None, *, seed: int) -> None:
    """Makes a review. The criteria come first: a folder is a review only once the SQLite file is there.

    Args:
        seed: makes what is drawn by chance repeatable.

    Raises:
        CriteriaError: there is a mistake in the criteria file.
        ReviewError: there is a review already, or other criteria; or the folder cannot be written.
    """
    place = Path(folder)
    if (place / FILE_NAME).exists():
        raise ReviewError("there is a review here already", path=place, hint="Open it, or name another folder.")
    source = Path(criteria) if isinstance(criteria, str) else criteria
    wanted = read_criteria(source) if isinstance(source, Path) else source
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise ReviewError(f"cannot be made ({error.strerror})", path=place, hint=hint) from error
    file = CriteriaFile(place / CRITERIA_NAME)
    there = file.read()
    if source is not None and there is None:
        file.write(source)
    elif wanted is not None and there != wanted:
        hint = "Leave --criteria out to use them, or move them away."
        raise ReviewError("there are other criteria here already", path=place / CRITERIA_NAME, hint=hint)
    payload = criteria_payload(file.read(), seed=seed)
    with Store.create(place) as store:
        store.append(Entry(kind="criteria", payload=payload))
