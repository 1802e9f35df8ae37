"""The commands of tiab: the module of each, loaded when the command is called, and its line in the list."""

from __future__ import annotations

from typing import Any, NamedTuple

import typer

from tiab.__main__ import load_module

__all__ = ["COMMANDS", "Command", "ListedCommand", "load"]


class Command(NamedTuple):
    """Where a command lives, and what the list of commands says of it."""

    module: str
    summary: str


COMMANDS = {
    "demo": Command("demo", "Rank the embedded corpus and evaluate the ranking against the 12 studies of its review."),
    "criteria": Command("criteria", "Work on a review's criteria file."),
    "fetch": Command("fetch", "Fetch records from PubMed."),
    "dedupe": Command("dedupe", "Find duplicates in search exports, and write each record once."),
    "rank": Command("rank", "Rank the records of search exports, those most likely to be relevant first."),
    "pico": Command("pico", "Show population, intervention, comparator, outcome, design and numbers in abstracts."),
    "train": Command("train", "Learn from decisions, and save what was learned to rank the next search."),
    "scan": Command("scan", "Rank all of PubMed, or any set of files; a scan that was stopped is resumed."),
    "evaluate": Command("evaluate", "Measure a ranking, or the order of a review, against the known relevant records."),
    "plan": Command("plan", "Before screening: what each stopping rule will cost, and what it may miss."),
    "simulate": Command("simulate", "Screen a finished review again, to see how much reading tiab would have saved."),
    "new": Command("review", "Create a review: a folder that keeps its records, criteria and every decision."),
    "add": Command("review", "Add the records of search exports to a review."),
    "duplicates": Command("duplicates", "Link the duplicates of a review, and decide on the doubtful pairs."),
    "prior": Command("decisions", "Say which records are known to be relevant, before any screening."),
    "screen": Command("screen", "Screen in the browser."),
    "next": Command("next", "Screen the next records in the terminal."),
    "label": Command("decisions", "Store a decision on a record, or all decisions that a file carries."),
    "undo": Command("decisions", "Undo your last decision, or a whole import. The log keeps everything."),
    "show": Command(
        "record", "Show one record of a review: why it ranks where it does, its labels, and who decided what and when."
    ),
    "status": Command("status", "Show the progress of a review: records, decisions, conflicts, what may be missing."),
    "team": Command("team", "Show or change who screens a review and how: reviewers per record, blinding, roles."),
    "share": Command("merge", "Write a copy of a review into one file, for a colleague to merge."),
    "merge": Command(
        "merge",
        "Merge other copies of a review into this one: records, decisions, notes, links and settings.",
    ),
    "conflicts": Command("conflicts", "List the records on which reviewers disagree."),
    "resolve": Command("conflicts", "Resolve a conflict between reviewers."),
    "map": Command("map", "Map the evidence: studies by outcomes, with what their abstracts say, and counts."),
    "update": Command("update", "Add a later search, and rank its new records by what the review has learned."),
    "export": Command("review", "Write the records of a review, best first, with decisions, reasons and notes."),
    "report": Command("report", "Write the supplement of a review: counts, figures, drafts for the paper."),
    "replay": Command("check", "Repeat every ranking from the log, and say whether each is the same."),
    "check": Command("check", "Check that no record and no event of the log was changed or lost."),
}
"""The commands in the order in which they are met: without a review, then with one."""


class ListedCommand(typer.core.TyperCommand):
    """A command that is known by its line in the list until it is called: only then its module is loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=COMMANDS[name].summary)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the real command."""
        return load(str(self.name)).make_context(info_name, args, parent, **extra)


def load(name: str) -> Any:
    """The command of this name, or the group of commands, from its module."""
    module = load_module(f"tiab.cli.{COMMANDS[name].module}")
    return typer.main.get_group(module.commands).commands[name]
