"""The root of the command line: the list of commands, and what becomes of their errors."""

from __future__ import annotations

import io
import os
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, Any, NoReturn

import typer

import tiab
from tiab.__main__ import load_module
from tiab.cli.commands import COMMANDS, ListedCommand
from tiab.cli.show import note, visible
from tiab.errors import TiabError, TiabWarning

__all__ = ["ExitStatus", "app", "main"]


class ExitStatus(IntEnum):
    """The exit status of a command; the README has the same table.

    Attributes:
        OK: done, or the program that read the output closed it.
        FAULT: `tiab replay` or `tiab check` found a difference, or tiab itself failed, with a traceback.
        MISTAKE: an error in the options, the input or a file; one line on standard error says what and where.
        DAMAGED: done, but `tiab scan` found damaged files.
        HUNG_UP, INTERRUPTED, TERMINATED: stopped by SIGHUP, by Ctrl-C, by SIGTERM.
    """

    OK = 0
    FAULT = 1
    MISTAKE = 2
    DAMAGED = 3
    HUNG_UP = 128 + 1
    INTERRUPTED = 128 + signal.SIGINT
    TERMINATED = 128 + signal.SIGTERM


class _Group(typer.core.TyperGroup):
    """Says a mistake in one line, and leaves with the status that `ExitStatus` has for it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: ListedCommand(name) for name in COMMANDS} | dict(self.commands)

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the table, not of the alphabet."""
        return list(self.commands)

    def invoke(self, ctx: Any) -> Any:
        try:
            with _told_warnings():
                return super().invoke(ctx)
        except TiabError as error:
            _say(error)
            raise typer.Exit(ExitStatus.MISTAKE) from error
        except (KeyboardInterrupt, typer.Abort):  # Abort: at a question
            _say("interrupted; no file was left incomplete")
            raise typer.Exit(ExitStatus.INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(ExitStatus.OK) from None
        except (OSError, MemoryError, RecursionError) as error:
            _say(_told_by_the_system(error))
            raise typer.Exit(ExitStatus.MISTAKE) from error


@contextmanager
def _told_warnings() -> Iterator[None]:
    """Afterwards each warning of tiab's within is a line on standard error, unless a mistake is told there."""
    said: dict[str, None] = {}

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, TiabWarning):
            said[str(message)] = None
        else:
            others(message, category, *place, **more)

    with warnings.catch_warnings():
        others = warnings.showwarning
        warnings.simplefilter("always", TiabWarning)
        warnings.showwarning = show
        try:
            yield
        except typer.Exit:
            _tell(said)
            raise
    _tell(said)


def _tell(warnings: Iterable[str]) -> None:
    for warning in warnings:
        note(warning)


def _say(message: object) -> None:
    sys.stderr.write(f"tiab: {visible(' '.join(str(message).split()))}\n")


def _told_by_the_system(error: OSError | MemoryError | RecursionError) -> str:
    """What the system could not do, for whatever part of tiab; more precise errors are `TiabError`s."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this. Give fewer records at a time, or a smaller file."
    if isinstance(error, RecursionError):
        return "something in a file is nested too deeply to be read. Export it again."
    where = f"{error.filename}: " if error.filename is not None else ""
    return f"{where}{error.strerror or error}. Check the path, its permissions and the free space on the disk."


app = typer.Typer(
    name="tiab",
    cls=_Group,
    invoke_without_command=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"tiab {tiab.__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Without a command: open the page in the browser.")
    ] = True,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Without a command: the port; 0 for any that is free.", show_default=False),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Rank the records of a literature search, so that you read the relevant titles and abstracts first.

    [bold]tiab[/bold] alone opens your reviews in the browser. Every command has its own --help with an example.
    """
    if context.invoked_subcommand is None:
        load_module("tiab.cli.home").open_home(port=port, browser=browser)


def main() -> None:
    """What the command `tiab` runs; told to end (SIGTERM, SIGHUP), it cleans up as it does after Ctrl-C."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a code page lacks signs that people's names have
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except KeyboardInterrupt:  # before a command began
        sys.exit(ExitStatus.INTERRUPTED)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)
