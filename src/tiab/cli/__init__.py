"""The commands of tiab: each parses, calls and prints; the work is done in the rooms below."""

from __future__ import annotations

from tiab.cli import (
    criteria,
    demo,
    evaluate,
    label,
    pico,
    plan,
    rank,
    report,
    review,
    screening,
    simulate,
    train,
    update,
)
from tiab.cli.app import app, main

__all__ = [
    "app",
    "criteria",
    "demo",
    "evaluate",
    "label",
    "main",
    "pico",
    "plan",
    "rank",
    "report",
    "review",
    "screening",
    "simulate",
    "train",
    "update",
]
