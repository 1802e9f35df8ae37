"""The commands of tiab: each parses, calls and prints; the work is done in the rooms below."""

from __future__ import annotations

from tiab.cli import (
    check,
    criteria,
    dedupe,
    demo,
    duplicates,
    evaluate,
    fetch,
    label,
    map,
    page,
    pico,
    plan,
    rank,
    report,
    review,
    scan,
    screening,
    simulate,
    train,
    update,
)
from tiab.cli.app import app, main

__all__ = [
    "app",
    "check",
    "criteria",
    "dedupe",
    "demo",
    "duplicates",
    "evaluate",
    "fetch",
    "label",
    "main",
    "map",
    "page",
    "pico",
    "plan",
    "rank",
    "report",
    "review",
    "scan",
    "screening",
    "simulate",
    "train",
    "update",
]
