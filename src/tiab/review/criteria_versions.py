"""The text of an open review's criteria file as people edit it, and the versions of it that the log keeps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from tiab.criteria import Concept, Criteria, parse_criteria
from tiab.errors import CriteriaError, InputError, LabelError, ReviewError
from tiab.reading import read_whole
from tiab.review.criteria_file import CRITERIA_NAME, as_toml
from tiab.review.criteria_text import edit_text
from tiab.review.snapshot import SnapshotReader
from tiab.store import Event, Store
from tiab.writing import write_bytes

__all__ = ["CriteriaText", "CriteriaVersion", "CriteriaVersions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaText:
    """The text of the criteria file, and a mark that changes with it; "" where there are none."""

    text: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaVersion:
    """Criteria that held from some time on: the number of their entry in the log, the time, and their title."""

    event_id: int
    time: str
    title: str
    terms: int


class CriteriaVersions:
    """The criteria of an open review as text: the version in the file, and those that have held."""

    def __init__(self, store: Store, reader: SnapshotReader) -> None:
        self._store, self._reader = store, reader
        self._path = store.folder / CRITERIA_NAME

    def text(self) -> CriteriaText:
        """The text of the criteria file, mistakes and all; where there is no file, what the log says.

        Raises:
            CriteriaError: the file cannot be read as text.
        """
        text = self._written() if self._path.exists() else self._logged()
        return CriteriaText(text=text, mark=hashlib.sha256(text.encode()).hexdigest()[:16])

    def save(self, text: str, *, mark: str) -> CriteriaText:
        """Puts `text` into the criteria file, whole or not at all, and notes the criteria in the log.

        Args:
            mark: that of the text which was edited.

        Raises:
            CriteriaError: there is a mistake in the text; the file is as it was.
            InputError: the file cannot be written.
            ReviewError: somebody else changed the file since.
        """
        edited, text = self.text(), text.replace("\r\n", "\n")
        parse_criteria(text, path=CRITERIA_NAME)
        if edited.mark != mark:
            hint = "Copy your text, load the page again, and see what is different."
            raise ReviewError("the criteria were changed elsewhere since you opened them", hint=hint)
        write_bytes(self._path, text.encode())
        _ = self._reader.snapshot  # which logs criteria that changed
        return self.text()

    def all(self) -> tuple[CriteriaVersion, ...]:
        """The criteria that have held, last first."""
        found = []
        for event in self._store.events(kinds=["criteria"]):
            if event.payload.get("criteria"):
                criteria = Criteria.from_dict(event.payload["criteria"])
                terms = sum(len(concept.terms) + len(concept.abbreviations) for concept in criteria.concepts)
                found.append(
                    CriteriaVersion(event_id=event.event_id, time=event.time, title=criteria.title, terms=terms)
                )
        return tuple(reversed(found))

    def read(self, event_id: int) -> str:
        """The text of the criteria that the log noted under that number, as TOML.

        Earlier versions of tiab noted the criteria without the comments that the file had.

        Raises:
            LabelError: it noted none there.
        """
        for event in self._store.events(kinds=["criteria"]):
            if event.event_id == event_id and event.payload.get("criteria"):
                return str(event.payload.get("text") or as_toml(Criteria.from_dict(event.payload["criteria"])))
        raise LabelError(f"entry {event_id} of the log holds no criteria", hint="Look again.")

    def change_term(self, concept: str, key: str, term: str, *, added: bool) -> CriteriaText:
        """Adds a term to a list of a concept, or removes it; comments stay where they were.

        Args:
            key: "terms", "abbreviations" or "against".

        Raises:
            CriteriaError: there is no such concept, or it would have no term left.
            InputError: the file cannot be written.
        """
        before = self.text()
        wanted = _with_term(parse_criteria(before.text), concept, key, term, added)
        return self.save(edit_text(before.text, wanted), mark=before.mark)

    def undo(self) -> CriteriaText:
        """Brings back the criteria as they were before their last change that was not undone; the log keeps all.

        Raises:
            LabelError: there are no earlier ones.
        """
        _ = self._reader.snapshot  # which logs criteria that changed
        held: list[Event] = []
        for event in self._store.events(kinds=["criteria"]):
            undoes = len(held) > 1 and event.payload.get("fingerprint") == held[-2].payload.get("fingerprint")
            held = held[:-1] if undoes else [*held, event]
        if len(held) < 2 or not held[-2].payload.get("criteria"):
            raise LabelError("there are no earlier criteria to bring back", hint="Edit the criteria file instead.")
        return self.save(self.read(held[-2].event_id), mark=self.text().mark)

    def _written(self) -> str:
        try:
            return read_whole(self._path).decode("utf-8-sig")
        except (InputError, UnicodeDecodeError) as error:
            raise CriteriaError("cannot be read as text", path=CRITERIA_NAME, hint="Save it as UTF-8 text.") from error

    def _logged(self) -> str:
        criteria = self._reader.snapshot.criteria
        return as_toml(criteria) if criteria else ""


def _with_term(criteria: Criteria, name: str, key: str, term: str, added: bool) -> Criteria:
    if all(concept.name != name for concept in criteria.concepts):
        raise CriteriaError(f"there is no concept '{name}'", hint="It may have been renamed since.")
    return replace(
        criteria,
        concepts=tuple(_changed(one, key, term, added) if one.name == name else one for one in criteria.concepts),
    )


def _changed(concept: Concept, key: str, term: str, added: bool) -> Concept:
    before: tuple[str, ...] = getattr(concept, key)
    after = (*before, term) if added and term not in before else tuple(t for t in before if added or t != term)
    if not after and key == "terms" and not (concept.designs or concept.against_designs):
        raise CriteriaError(f"'{term}' is the only term of '{concept.name}'", hint="Remove the concept instead.")
    lists: dict[str, Any] = {key: after}
    return replace(concept, **lists)
