"""PICO: what a record says of its participants, interventions, comparators, outcomes and design, found by rules.

A spaCy pipeline of small components reads each text once. What it finds are plain spans with offsets, role, label and
provenance; features are a pure function of records and spans, so a cache needs to keep the spans alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tiab.pico.spans import Span

if TYPE_CHECKING:
    from tiab.pico.extract import Pico, extract_pico, pico_table
    from tiab.pico.features import pico_features
    from tiab.pico.pipeline import find_spans, make_pipeline

__all__ = ["Pico", "Span", "extract_pico", "find_spans", "make_pipeline", "pico_features", "pico_table"]

_HOMES = {
    "Pico": "extract",
    "extract_pico": "extract",
    "find_spans": "pipeline",
    "make_pipeline": "pipeline",
    "pico_features": "features",
    "pico_table": "extract",
}


def __getattr__(name: str) -> Any:
    """The public name, from the module where it lives: spaCy takes a second to load, and spans alone need none."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tiab.pico' has no attribute {name!r}")
    return getattr(import_module(f"tiab.pico.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
