"""What `tiab` and `python -m tiab` start: Ctrl-C while the program is still loading ends it without a word."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_INTERRUPTED = 130
try:
    import signal  # with enum and collections, which takes long enough for Ctrl-C to come
    from importlib import import_module
except KeyboardInterrupt:
    raise SystemExit(_INTERRUPTED) from None

__all__ = ["load_module", "main"]


def main() -> None:
    """Runs the command line."""
    run = load_module("tiab.cli").main
    try:
        run()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is done and said: nothing is left to clean up


def load_module(name: str) -> ModuleType:
    """The module of this name; an interrupt in the middle of an import would be taken for a broken package."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    try:
        return import_module(name)
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    main()
