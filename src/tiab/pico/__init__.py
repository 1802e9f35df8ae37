"""PICO: what a record says of its participants, interventions, comparators, outcomes and design, found by rules.

A spaCy pipeline of small components reads each text once. What it finds are plain spans with offsets, role, label and
provenance; features are a pure function of records and spans, so a cache needs to keep the spans alone.
"""

# ruff: isort: off
from tiab.pico.spacy_loading import load_spacy

load_spacy()  # before any other module here imports spaCy

from tiab.pico.pipeline import find_spans, make_pipeline  # noqa: E402
from tiab.pico.spans import Span  # noqa: E402

__all__ = ["Span", "find_spans", "make_pipeline"]
