"""Notes: what reviewers write beside their decisions, kept as a draft until the decision is stored."""

from __future__ import annotations

import threading
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal

from tiab.errors import InputError
from tiab.reading import parse_json, read_whole
from tiab.review.annotations import Annotations, place_of
from tiab.store import Event, Store
from tiab.writing import write_json

__all__ = ["DRAFTS", "NoteKind", "Notes"]

DRAFTS = "drafts-*.json"
"""The names of the files of drafts in a review's folder: one for each reviewer, so that none overwrites another's."""

NoteKind = Literal["labelled", "resolved"]
"""What the note belongs to: the reviewer's own decision, or how a conflict is resolved."""


class Notes:
    """The notes of all reviewers on all records: those in the log, and drafts of those that are being written.

    Drafts lie in the review's folder and not in the browser, which would forget them with each new port or window.
    Threads may share this; each write is on the disk when it returns.
    """

    def __init__(self, store: Store, annotations: Annotations) -> None:
        self._store, self._annotations = store, annotations
        self._lock = threading.Lock()

    def read(self, record_id: str, reviewer: str, kind: NoteKind) -> str | None:
        """The draft, else what the reviewer last noted, beside a decision, taken back or not, or alone; else None."""
        draft = self._drafts(reviewer).get(kind, {}).get(record_id)
        return self._logged(record_id, reviewer, kind) if draft is None else draft

    def keep(self, record_id: str, text: str, reviewer: str, kind: NoteKind, *, seen: str | None = None) -> str:
        """Keeps a draft; it, and what another window has written since its writer saw `seen`.

        Raises:
            InputError: it could not be written.
        """
        with self._lock:
            kept = self.read(record_id, reviewer, kind) or ""
            if seen is not None and kept not in (seen, text) and kept not in text:
                text = f"{text}\n{kept}".strip()
            logged = self._logged(record_id, reviewer, kind) or ""
            self._write(record_id, reviewer, kind, None if text == logged else text)
            return text

    def drop_draft(self, event: Event) -> None:
        """Drops the draft of the note that a decision was stored with; another, written in a second window, stays.

        The decision stands, whatever becomes of the draft: one that is left over says what the decision says.
        """
        kind: NoteKind = "resolved" if event.kind == "resolved" else "labelled"
        with self._lock, suppress(InputError):
            draft = self._drafts(event.reviewer).get(kind, {}).get(event.record_id)
            if draft == event.payload.get("note", ""):
                self._write(event.record_id, event.reviewer, kind, None)

    def _logged(self, record_id: str, reviewer: str, kind: NoteKind) -> str | None:
        event = self._store.last_decision(reviewer, record_id, kind=kind)
        alone = self._annotations.now.note_of(record_id, reviewer) if kind == "labelled" else None
        if alone is not None and (event is None or place_of(event) < alone.place):
            return alone.text
        if event is None or event.payload.get("ordered") is False:  # of a file: nobody typed it here
            return None
        return str(event.payload.get("note", ""))

    def _write(self, record_id: str, reviewer: str, kind: NoteKind, draft: str | None) -> None:
        before = self._drafts(reviewer)
        drafts = {key: text for key, text in before.get(kind, {}).items() if key != record_id}
        drafts |= {} if draft is None else {record_id: draft}
        if drafts != before.get(kind, {}):
            write_json(self._path(reviewer), {"reviewer": reviewer, **before, kind: drafts})

    def _drafts(self, reviewer: str) -> dict[str, dict[str, str]]:
        """Kind -> record id -> draft; whatever else a file holds is left out."""
        try:
            said = parse_json(read_whole(self._path(reviewer)))
        except (InputError, ValueError):
            return {}
        kinds = {kind: said.get(kind) for kind in ("labelled", "resolved")} if isinstance(said, dict) else {}
        return {
            kind: {key: text for key, text in drafts.items() if isinstance(text, str)}
            for kind, drafts in kinds.items()
            if isinstance(drafts, dict)
        }

    def _path(self, reviewer: str) -> Path:
        mark = sha256(reviewer.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return self._store.folder / DRAFTS.replace("*", mark)
