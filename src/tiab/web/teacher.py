"""Teacher: learns from decisions in a thread beside the reading, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from tiab.errors import TiabError

__all__ = ["Teacher"]

_log = logging.getLogger(__name__)

_QUIET, _LONGEST = 0.25, 2.0
"""Seconds without a decision after which learning begins, and after which it begins in any case: whoever decides faster
than that should not wait for it, as both want the one interpreter."""


class Teacher:
    """Calls `learn` once after each `wake`; of several that come while it learns, once after all of them.

    Attributes:
        wrong: why it could not learn the last time; None where it could.
    """

    def __init__(self, learn: Callable[[], object]) -> None:
        self._learn = learn
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._learned = threading.Event()
        self.wrong: TiabError | None = None
        self._last = 0.0
        self._thread = threading.Thread(target=self._run, name="tiab-teacher", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Says that something happened from which may be learned."""
        self._last = time.monotonic()
        self._learned.clear()
        self._woken.set()

    def hurry(self, seconds: float) -> None:
        """Has it learn at once, for somebody who waits for it, but no longer than that."""
        self.wake()
        self._last = 0.0
        self._learned.wait(seconds)

    def close(self) -> None:
        """Ends the thread once it has learned what it is at."""
        self._closing.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._woken.wait()
            latest = time.monotonic() + _LONGEST
            while time.monotonic() < min(self._last + _QUIET, latest):
                if self._closing.wait(_QUIET / 4):
                    break
            if self._closing.is_set():
                return
            self._woken.clear()
            try:
                self._learn()
                self.wrong = None
            except TiabError as error:
                self.wrong = error
                # A mistake in the criteria file, say: reading goes on from the ranking there is, and the pages say why.
                _log.warning("cannot rank anew: %s", error)
            except Exception:  # a defect: it is shown in the terminal, and must not end the learning for good
                _log.exception("cannot rank anew")
            if not self._woken.is_set():
                self._learned.set()
