"""Preparing: what the first list, search and filter need, made in a thread before anybody asks for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tiab.errors import TiabError

__all__ = ["Preparing"]

_log = logging.getLogger(__name__)


class Preparing:
    """Takes the steps of `make_ready` after each `wake`, one by one, and none while anybody waits for an answer.

    Both want the one interpreter: a step that has begun is all that an answer has to share it with.
    """

    def __init__(self, make_ready: Callable[[], Iterator[None]]) -> None:
        self._make_ready = make_ready
        self._changed = threading.Condition()
        self._answering = 0
        self._woken = self._working = self._closing = False
        self._thread = threading.Thread(target=self._run, name="tiab-preparing", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Says that there may be something to prepare; begins anew with what has changed meanwhile."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """Somebody waits for an answer until the block ends."""
        with self._changed:
            self._answering += 1
        try:
            yield
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Waits until all is prepared, no longer than that; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._woken and not self._working, seconds)

    def close(self) -> None:
        """Ends the thread after the step that is under way."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while self._may(lambda: self._woken):
            with self._changed:
                self._woken, self._working = False, True
            try:
                self._work()
            except TiabError as error:  # a mistake in the criteria file, say, of which the pages speak
                _log.debug("cannot prepare: %s", error)
            except Exception:  # a defect: whoever asks for a list will meet it, and be told
                _log.exception("cannot prepare")
            with self._changed:
                self._working = False
                self._changed.notify_all()

    def _work(self) -> None:
        for _ in self._make_ready():
            if not self._may(lambda: not self._answering) or self._woken:
                break

    def _may(self, ready: Callable[[], bool]) -> bool:
        """Waits until `ready` holds, or the end has come; whether to go on."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or ready())
            return not self._closing
