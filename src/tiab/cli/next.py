"""tiab next: records in the terminal, one after the other, decided on by single keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from tiab.cli.options import FolderArgument, JobsOption, JsonOption, ReviewerOption
from tiab.cli.outputs import Commands
from tiab.cli.pico_card import highlighted
from tiab.cli.review_folder import make_ready, must_be_named, opened
from tiab.cli.show import console, counted, print_json
from tiab.errors import TiabError
from tiab.review import Review, Suggestion

__all__ = ["read_key", "show_next"]

commands = Commands()

_DECISIONS = {"i": "include", "e": "exclude", "u": "maybe"}
_HELP = """i include   e exclude   u maybe   z undo your last decision
1–9 exclude with a reason:
{reasons}
r exclude with another reason   n note for this record   q quit (everything is saved)"""


@commands.command("next")
def show_next(
    folder: FolderArgument,
    reviewer: ReviewerOption = "",
    reason: Annotated[
        list[str] | None,
        typer.Option("--reason", help="A reason for the keys 1 to 9, in place of the review's; may be repeated."),
    ] = None,
    jobs: JobsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Screen the next records in the terminal.

    Keys: i include, e exclude, u maybe, z undo, n note, 1–9 a reason, q leave.

    With --json it prints the next record and leaves.

    [dim]Example:[/dim] tiab next ms-review --reviewer eva
    """
    with opened(folder, jobs=jobs) as review:
        must_be_named(review, reviewer)
        make_ready(review, reviewer)
        if as_json:
            suggestion = review.next(reviewer)
            print_json(_plain(suggestion) if suggestion else None)
            return
        _Screening(review, reviewer, tuple(reason or review.choices.read().reasons)[:9]).screen()


@dataclass
class _Screening:
    """One reviewer before one review."""

    review: Review
    reviewer: str
    reasons: tuple[str, ...]
    decided: int = 0

    def screen(self) -> None:
        while (suggestion := self.review.next(self.reviewer)) is not None:
            _show(self.review, suggestion)
            if not self._answer(suggestion):
                break
        else:
            console.print(Text("Every record of this review is screened.", style="bold"))
        console.print(Text(f"{counted(self.decided, 'decision')} stored.", style="dim"))

    def _answer(self, suggestion: Suggestion) -> bool:
        """Reads keys until one decides on the record or goes back; whether to go on."""
        while True:
            self._prompt(suggestion)
            key = read_key()
            if key in ("q", "\x04", ""):
                return False
            if key == "z":
                return self._undo()
            if key == "n":
                record_id = suggestion.record.record_id
                text = _line("note", self._note(suggestion))
                self.review.keep_note(record_id, text, reviewer=self.reviewer)
            elif key == "r":
                return self._decide(suggestion, "exclude", _line("reason"))
            elif key in _DECISIONS:
                return self._decide(suggestion, _DECISIONS[key])
            elif key.isdecimal() and 1 <= int(key) <= len(self.reasons):
                return self._decide(suggestion, "exclude", self.reasons[int(key) - 1])
            else:
                reasons = "\n".join(f"    {number} {text}" for number, text in enumerate(self.reasons, 1))
                console.print(Text(_HELP.format(reasons=reasons)))

    def _decide(self, suggestion: Suggestion, decision: str, reason: str = "") -> bool:
        note = self._note(suggestion)
        self.review.label(suggestion.record.record_id, decision, reviewer=self.reviewer, reason=reason, note=note)
        beside = "; ".join(text for text in (reason, note) if text)
        console.print(Text(f"{decision}{f' ({beside})' if beside else ''}\n", style="bold"))
        self.decided += 1
        return True

    def _note(self, suggestion: Suggestion) -> str:
        """What is being written on the record, here or on the page, or was beside a decision that was taken back."""
        return self.review.note(suggestion.record.record_id, reviewer=self.reviewer) or ""

    def _undo(self) -> bool:
        undone = self.review.undo(self.reviewer)
        if undone is None:
            console.print(Text("There is no decision to undo.\n"))
        else:
            console.print(Text(f"Undone: {self.review.record(undone.record_id).title}\n", style="bold"))
        return True

    def _prompt(self, suggestion: Suggestion) -> None:
        keys = "i include · e exclude · u maybe · z undo · n note · 1–9 r reason · ? help · q leave"
        note = self._note(suggestion)
        told = f"{suggestion.left} left" + (f" · note: {note}" if note else "")
        console.print(Text(f"[{told}] {keys}", style="dim"))


def _show(review: Review, suggestion: Suggestion) -> None:
    record, spans = suggestion.record, review.spans(suggestion.record)
    title, *rest = highlighted(record.text, spans).split("\n")
    title.stylize("bold")
    console.rule(Text(f"{record.record_id} · rank {suggestion.rank}"), align="left", style="dim")
    console.print(title if record.title else Text("(no title)", style="bold"))
    beside = ("; ".join(record.authors[:3]), record.journal, str(record.year or ""), record.doi, record.source)
    console.print(Text(" · ".join(text for text in beside if text), style="dim"))
    for paragraph in rest:
        console.print(Padding(paragraph, (0, 0, 0, 2)))
    if not record.abstract:
        console.print(Text("  (no abstract)", style="yellow"))
    if suggestion.duplicates:
        console.print(Text(f"  other reports of it: {', '.join(suggestion.duplicates)}", style="dim"))


def _plain(suggestion: Suggestion) -> dict[str, object]:
    record = suggestion.record
    said = {
        name: getattr(record, name) for name in ("record_id", "title", "abstract", "year", "journal", "doi", "pmid")
    }
    return {
        **said,
        "authors": list(record.authors),
        "rank": suggestion.rank,
        "score": suggestion.score,
        "left": suggestion.left,
        "duplicates": list(suggestion.duplicates),
    }


def read_key(*, hint: str = "Use tiab next --json and tiab label.") -> str:
    """One key; "q" at the end of the input. Where there is no terminal, the error's `hint` says what to do instead."""
    try:
        return typer.getchar().casefold()
    except EOFError:
        return "q"
    except OSError as error:
        raise TiabError("there is no terminal to read keys from", hint=hint) from error


def _line(what: str, before: str = "") -> str:
    return str(typer.prompt(what, default=before, show_default=bool(before))).strip()
