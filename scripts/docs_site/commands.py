"""The page of all commands, from what each command's --help says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import typer

from tiab.cli import app
from tiab.cli.commands import COMMANDS, load
from tiab.cli.root import ExitStatus

__all__ = ["commands_page"]

_INTRODUCTION = """# Commands

`tiab COMMAND --help` prints what this page says about a command. Every command takes `--json`, which prints the result
as JSON for other programs. An error is one line on standard error: what happened, where, and what to do next.

"""

_PLAIN = {
    "Path": "path",
    "int range": "number",
    "float range": "number",
    "int": "number",
    "float": "number",
    "str": "text",
}
"""What Typer calls the kinds of values, and what people call them."""


def commands_page() -> str:
    """All commands in Markdown, a section each, in the order of `tiab --help`; then what a command exits with."""
    root = typer.main.get_command(app).make_context("tiab", ["demo"], resilient_parsing=True)
    sections = [section for name in COMMANDS for section in _sections(load(name), name, root)]
    return _INTRODUCTION + "\n".join(sections) + "\n" + _exit_statuses()


def _sections(command: Any, name: str, parent: Any) -> Iterator[str]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    if hasattr(command, "commands"):
        yield f"## tiab {name}\n\n{_prose(command.help)}\n"
        for inner, sub in command.commands.items():
            made = sub.make_context(inner, [], parent=context, resilient_parsing=True)
            yield f"### {made.command_path}\n\n" + _body(sub, made)
    else:
        yield f"## {context.command_path}\n\n" + _body(command, context)


def _body(command: Any, context: Any) -> str:
    """A command's prose, its usage with its examples, and the table of what it takes."""
    text, *examples = re.split(r"\s*\[dim\]Example:\[/dim\] ", command.help)
    usage = re.sub(r"[{}]", "", " ".join(command.collect_usage_pieces(context))).replace("...", "…")
    lines = [f"{context.command_path} {usage}", *(["", *examples] if examples else [])]
    records = [record for param in command.params if (record := param.get_help_record(context))]
    rows = "".join(f"| {_code(names)} | {_cell(help_text)} |\n" for names, help_text in records)
    return f"{_prose(text)}\n\n```text\n" + "\n".join(lines) + f"\n```\n\n| option | what it does |\n|---|---|\n{rows}"


def _prose(text: str) -> str:
    return re.sub(r"\[/?(?:bold|dim)\]", "", text).strip()


def _code(names: str) -> str:
    """`-o, --output <path>` as code, the kind of value in plain words; a bar would end the cell."""
    names = re.sub(r"\.\.\. <list\[(\w+)\]>", r"… <\1>", names)
    names = re.sub(r"<list\[(\w+)\]>", r"<\1> …", names)
    for kind, plain in _PLAIN.items():
        names = names.replace(f"<{kind}>", f"<{plain}>")
    return f"`{names}`".replace("|", "\\|")


def _cell(text: str) -> str:
    """Help text within a cell of a table: stars and angle brackets are themselves there."""
    text = re.sub(r"\b([\d.]+)<=x<=([\d.]+)", r"\1 to \2", re.sub(r"\bx>=([\d.]+)", r"at least \1", text))
    text = re.sub(r"\s+", " ", text).replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
    return re.sub(r" *\[((?:default|required|env var|at least|\d)[^\]]*)\]", r" *(\1)*", text)


def _exit_statuses() -> str:
    told = inspect.cleandoc(ExitStatus.__doc__ or "").split("Attributes:\n")[1]
    rows = []
    for names, meaning in re.findall(r"^ *([A-Z_, ]+): (.*(?:\n {8,}.*)*)", told, flags=re.M):
        numbers = ", ".join(str(int(ExitStatus[name.strip()])) for name in names.split(","))
        rows.append(f"| {numbers} | {' '.join(meaning.split())} |\n")
    return "## Exit status\n\n| status | meaning |\n|---|---|\n" + "".join(rows)
