"""Background: work that is done in a thread beside the answering, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tiab.errors import TiabError

__all__ = ["Background"]

_log = logging.getLogger(__name__)

_DEFECT = "The terminal that tiab runs in shows the details. Try again; if it fails again, please report it."


class _LeftOff(Exception):
    """The work is no longer wanted, or is to begin anew."""


class Background:
    """Does `work` in a thread of its own, once after each `wake`; of several that come meanwhile, once after all.

    Work that fails, whatever the error, does not end the thread: the error is kept, to be shown to whoever waits, and
    the work is done again when it is woken or started again.

    Attributes:
        name: what the work is, in words that people read: "Ranking".
    """

    def __init__(
        self, work: Callable[[], object], *, name: str, anew: bool = False, quiet: float = 0.0, longest: float = 0.0
    ) -> None:
        """Starts the thread, which waits to be woken.

        Args:
            anew: when it is woken while it works, leave off at the next `pause` and begin again.
            quiet: seconds without a further wake after which it begins, so that it isn't in the way of a quick hand.
            longest: seconds after which it begins in any case.
        """
        self.name = name
        self._work, self._anew, self._quiet, self._longest = work, anew, quiet, longest
        self._changed = threading.Condition()
        self._due = self._working = self._closing = self._stale = False
        self._first = self._begin = 0.0
        self._answering = 0
        self._error: TiabError | None = None
        self._thread = threading.Thread(target=self._run, name=f"tiab: {name}", daemon=True)
        self._thread.start()

    @property
    def error(self) -> TiabError | None:
        """Why the work could not be done the last time; None where it could, or is being done again."""
        with self._changed:
            return None if self._due or self._working else self._error

    def wake(self) -> None:
        """Says that there is something to do."""
        with self._changed:
            now = time.monotonic()
            self._first = self._first if self._due else now
            self._due, self._begin = True, min(now + self._quiet, self._first + self._longest)
            self._changed.notify_all()

    def start(self) -> None:
        """Has the work done at once, unless that is under way."""
        with self._changed:
            self._due, self._begin = self._due or not self._working, 0.0
            self._changed.notify_all()

    def restart(self) -> None:
        """Has the work done at once and from its beginning: what is under way is left off at its next `pause`."""
        with self._changed:
            self._due, self._begin, self._stale = True, 0.0, self._working
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Waits until there is nothing left to do, no longer than that; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._due and not self._working, seconds)

    def pause(self) -> None:
        """To be called by the work between two steps: waits while others are answered; leaves off where it should."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over() or not self._answering)
            if self._is_over():
                raise _LeftOff

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """Somebody waits for an answer until the block ends: the work takes no step until then.

        Both want the one interpreter; a step that has begun is all that an answer has to share it with.
        """
        with self._changed:
            self._answering += 1
        try:
            yield
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Ends the thread, at the next `pause` of the work that is under way, or once that is done."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _is_over(self) -> bool:
        return self._closing or self._stale or (self._anew and self._due)

    def _run(self) -> None:
        while self._waits_for_work():
            error: TiabError | None = None
            try:
                self._work()
            except _LeftOff:
                pass
            except TiabError as mistake:  # in the criteria file, say
                _log.warning("%s failed: %s", self.name, mistake)
                error = mistake
            except Exception as defect:
                _log.exception("%s failed", self.name)
                error = TiabError(f"unexpected error ({type(defect).__name__}: {defect})", hint=_DEFECT)
            with self._changed:
                self._working, self._error = False, error
                self._changed.notify_all()

    def _waits_for_work(self) -> bool:
        """Waits until the work is to begin; False when the thread is to end."""
        with self._changed:
            while not self._closing:
                left = self._begin - time.monotonic()
                if self._due and left <= 0:
                    self._due, self._working, self._stale = False, True, False
                    return True
                self._changed.wait(left if self._due else None)
            return False
