"""The doctests at the end of docstrings, as examples: griffe takes bare ones for prose."""

from __future__ import annotations

import re
from typing import Any

import griffe

__all__ = ["DoctestsAsExamples"]

_DOCTEST = re.compile(r"(?:\A|\n\n)(>>> .*)\Z", re.DOTALL)


class DoctestsAsExamples(griffe.Extension):
    """Puts the doctest that ends a docstring into a section of examples."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Changes the docstring of `obj`, where it ends in a doctest."""
        if obj.docstring is not None:
            obj.docstring.value = _DOCTEST.sub(_as_section, obj.docstring.value)


def _as_section(found: re.Match[str]) -> str:
    return "\n\nExamples:\n" + "\n".join(f"    {line}".rstrip() for line in found[1].splitlines())
