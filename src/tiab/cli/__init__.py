"""The commands of tiab: each parses, calls and prints; the work is done in the packages below."""

from tiab.cli.root import app, main

__all__ = ["app", "main"]
