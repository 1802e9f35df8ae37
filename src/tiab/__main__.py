"""What `tiab` and `python -m tiab` start: Ctrl-C while the program is still loading ends it without a word."""

from __future__ import annotations

import os

_INTERRUPTED = 130
try:
    import signal  # with enum and collections, which takes long enough for Ctrl-C to come
except KeyboardInterrupt:
    raise SystemExit(_INTERRUPTED) from None

__all__ = ["main"]


def main() -> None:
    """Runs the command line."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # an interrupt in the middle of an import is taken for a broken package
        signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    from tiab.cli import main as run

    signal.signal(signal.SIGINT, before)
    try:
        run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is done and said: nothing is left to clean up


if __name__ == "__main__":
    main()
