"""ReadingProcess: PICO in a process of its own, so that the one that answers people has the interpreter to itself.

Records go there and findings come back as JSON, one line for some records. It ends once nothing comes in any more,
however the process that started it has ended; the signals of the terminal do not reach it.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from queue import Empty, SimpleQueue
from typing import IO, Any

from tiab.criteria import Criteria
from tiab.pico.pipeline import Progress, find_spans
from tiab.pico.spans import Span
from tiab.records import Record

__all__ = ["ReadingProcess"]

_log = logging.getLogger(__name__)

_SOME = 20
"""Records that are sent at once: some tenths of a second."""
_TURN = 0.1
"""Seconds after which whoever waits for an answer may leave off."""
_PATIENCE = 5.0
"""Seconds that the process is given to end by itself."""
_NAMES = tuple(field.name for field in fields(Span))
_APART: dict[str, Any] = {"start_new_session": True}
if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.BELOW_NORMAL_PRIORITY_CLASS}


class ReadingProcess:
    """A process that finds PICO for the same criteria until it is closed.

    Where it cannot be started, or ends before its time, the rest is read in this process: the findings are the same.
    """

    def __init__(self, criteria: Criteria | None) -> None:
        self._criteria = criteria
        self._answers: SimpleQueue[bytes] = SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = _started()
            self._send(None if criteria is None else criteria.to_dict())
        except OSError as error:
            _log.warning("abstracts are read in this process, as no other could be started (%s)", error)
        threading.Thread(target=self._listen, name="tiab: reading process", daemon=True).start()

    def find_spans(self, records: Sequence[Record], *, progress: Progress | None = None) -> list[tuple[Span, ...]]:
        """The findings in each record, without numbers, as `tiab.pico.find_spans` has them.

        Args:
            progress: called with the number of records read since its last call, and with 0 while it waits; what it
                raises ends the reading.
        """
        found: list[tuple[Span, ...]] = []
        tell = progress or (lambda _: None)
        while len(found) < len(records):
            some = records[len(found) : len(found) + _SOME]
            answer = self._ask(some, tell)
            if answer is None:
                return found + find_spans(records[len(found) :], self._criteria, numbers=False, progress=progress)
            found += answer
            tell(len(some))
        return found

    def close(self) -> None:
        """Ends the process; a second time does nothing."""
        if self._process is None:
            return
        for pipe in filter(None, (self._process.stdin,)):
            with suppress(OSError):
                pipe.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, records: Sequence[Record], tell: Progress) -> list[tuple[Span, ...]] | None:
        """The findings in some records; None where the process is gone."""
        try:
            self._send([[one.title, one.abstract, one.keywords, one.journal] for one in records])
        except OSError:
            return None
        while True:
            try:
                line = self._answers.get(timeout=_TURN)
                break
            except Empty:
                tell(0)
        if not line.endswith(b"\n"):
            _log.warning("the process that reads abstracts has ended; the rest is read in this one")
            return None
        return [tuple(Span(**dict(zip(_NAMES, row, strict=True))) for row in rows) for rows in json.loads(line)]

    def _send(self, value: object) -> None:
        if self._process is None or self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(json.dumps(value).encode() + b"\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        """Takes in the answers as they come; the last, which is none, says that the process is gone."""
        pipe = self._process.stdout if self._process else None
        while pipe and (line := pipe.readline()).endswith(b"\n"):
            self._answers.put(line)
        self._answers.put(b"")
        if pipe:
            pipe.close()


def _started() -> subprocess.Popen[bytes]:
    """The process, which finds the same modules as this one, and none in the folder that it is started in."""
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    command = [sys.executable, "-P", "-m", "tiab.pico.reading_process"]
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, **_APART)


def _answer(asked: IO[bytes], answers: IO[bytes]) -> None:
    """What the process does: finds PICO in each line of records, until there are no more."""
    if hasattr(os, "nice"):
        os.nice(10)
    said = json.loads(asked.readline())
    criteria = None if said is None else Criteria.from_dict(said)
    for line in asked:
        records = [
            Record(record_id="", title=title, abstract=abstract, keywords=tuple(keywords), journal=journal)
            for title, abstract, keywords, journal in json.loads(line)
        ]
        found = find_spans(records, criteria, numbers=False)
        rows = [[[getattr(span, name) for name in _NAMES] for span in spans] for spans in found]
        answers.write(json.dumps(rows).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # whoever asked is gone
        _answer(sys.stdin.buffer, sys.stdout.buffer)
