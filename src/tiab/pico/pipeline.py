"""The pipeline: records in, spans out, in one process or in several."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from itertools import islice
from threading import Lock

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import tiab.pico.abbreviations
import tiab.pico.cues
import tiab.pico.design
import tiab.pico.sections
import tiab.pico.sentences  # noqa: F401  (importing a component's module registers its factory)
from tiab.assets import has_model
from tiab.criteria import Criteria
from tiab.errors import TiabWarning
from tiab.pico.concepts import criteria_config
from tiab.pico.layout import get_spans, set_fields, set_journal
from tiab.pico.spans import Span, in_reading_order
from tiab.records import Record

__all__ = ["Progress", "find_spans", "make_pipeline"]

Progress = Callable[[int], object]
"""Called with the number of records that have been read since the last call."""

_ALWAYS = ("tiab_design", "tiab_cues")
_NUMBERS = ("tiab_sample_size", "tiab_people", "tiab_dose", "tiab_markers")
_HOMES = {
    "tiab_sample_size": "sample_size",
    "tiab_people": "people",
    "tiab_dose": "dose",
    "tiab_markers": "markers",
    "tiab_findings": "findings.extraction",
    "tiab_roles": "learned.roles",
    "tiab_pio": "learned.pio",
}
"""The modules of the components that ranking does without: they are loaded, and so registered, where they are used."""
_LEARNED = {"tiab_roles": "pico-roles.safetensors", "tiab_pio": "pico-pio.safetensors"}
"""Each learned component, and its weights, which an installation may leave out."""

_ZONE = 4_000  # records whose words share one memory zone: fewer costs time, more costs memory
_TOLD = 5  # records after which it is told how far this is
_CHUNK = 500  # records that a worker process takes at once
_WORTH_A_PROCESS = 2_000  # below this many records, starting processes takes longer than reading
_WORTH_TWO = 5_000  # from this many on, two processes are quicker even where another program keeps a core busy


def make_pipeline(criteria: Criteria | None = None, *, numbers: bool = True, learned: bool = False) -> Language:
    """The spaCy pipeline that finds PICO: `get_spans(nlp(text))` gives the findings.

    Args:
        criteria: the review's criteria; without them only the general rules run.
        numbers: whether to look for sample sizes, durations and the like, too; this takes most of the rules' time.
        learned: whether the learned components run, too: roles of sentences, and spans of participants, interventions
            and outcomes that no list names. They take more time than the rules.

    Warns:
        TiabWarning: weights of learned components are not installed; the rules run without them.

    >>> [name for name, _ in make_pipeline(numbers=False).pipeline][:3]
    ['tiab_sentences', 'tiab_sections', 'tiab_abbreviations']
    """
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "tiab_words.v1", "shapes": learned}}})
    nlp.max_length = 10**9  # spaCy's limit is there for its parsers, which need memory by length; ours do not
    for name in ("tiab_sentences", "tiab_sections", "tiab_abbreviations"):
        nlp.add_pipe(name)
    if criteria is not None:
        nlp.add_pipe("tiab_concepts", config={"criteria": criteria_config(criteria)})
    findings = ("tiab_findings",) if numbers else ()  # last, as it reads what the others found
    for name in (*_ALWAYS, *(_NUMBERS if numbers else ()), *(_learned_components() if learned else ()), *findings):
        if name in _HOMES:
            import_module(f"tiab.pico.{_HOMES[name]}")
        nlp.add_pipe(name)
    return nlp


def _learned_components() -> list[str]:
    """The learned components whose weights are installed."""
    missing = [file for file in _LEARNED.values() if not has_model(file)]
    if missing:
        names = " and ".join(missing)
        hint = "Reinstall tiab to find what no rule names, too."
        warnings.warn(f"PICO is found by rules alone: {names} is not installed. {hint}", TiabWarning, stacklevel=3)
    return [name for name, file in _LEARNED.items() if file not in missing]


def find_spans(
    records: Sequence[Record],
    criteria: Criteria | None = None,
    *,
    jobs: int = 1,
    numbers: bool = True,
    learned: bool = False,
    progress: Progress | None = None,
) -> list[tuple[Span, ...]]:
    """The findings in each record, in the order of `records`, each record's sorted by (start, -end).

    Args:
        jobs: processes; -1 for one on each core; 0 for two where there are two cores and enough records to gain by
            it. A small pool is read in this process whatever `jobs` says. The result does not depend on it.
        numbers, learned: as for `make_pipeline`.
        progress: called with the number of records read since its last call.
    """
    jobs = jobs or (2 if len(records) >= _WORTH_TWO and _cores() > 1 else 1)
    if jobs == 1 or len(records) < _WORTH_A_PROCESS:
        return _read(records, *_pipeline(criteria, numbers, learned), progress)
    if learned:
        _learned_components()
    from joblib import Parallel, delayed  # loaded where there are processes to start

    chunks = [records[i : i + _CHUNK] for i in range(0, len(records), _CHUNK)]
    found: list[tuple[Span, ...]] = []
    with Parallel(n_jobs=jobs, return_as="generator") as parallel:
        for spans in parallel(delayed(_read_chunk)(chunk, criteria, numbers, learned) for chunk in chunks):
            found += spans
            if progress is not None:
                progress(len(spans))
    return found


def _cores() -> int:
    """How many cores this process may use."""
    from joblib import cpu_count

    return int(cpu_count())


def _read_chunk(
    records: Sequence[Record], criteria: Criteria | None, numbers: bool, learned: bool
) -> list[tuple[Span, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TiabWarning)  # the parent process has warned
        pipeline = _pipeline(criteria, numbers, learned)
    return _read(records, *pipeline, None)


def _read(records: Sequence[Record], nlp: Language, lock: Lock, progress: Progress | None) -> list[tuple[Span, ...]]:
    found: list[tuple[Span, ...]] = []
    rest = iter(records)
    while zone := list(islice(rest, _ZONE)):
        with lock, nlp.memory_zone():  # which is the pipeline's own: another thread would take words out of its hands
            docs = nlp.pipe(_make_doc(nlp, record) for record in zone)
            while some := list(islice(docs, _TOLD)):
                found += [in_reading_order(get_spans(doc)) for doc in some]
                if progress is not None:
                    progress(len(some))
    return found


def _make_doc(nlp: Language, record: Record) -> Doc:
    doc = nlp.make_doc(record.text)
    set_fields(doc, record.sections)
    set_journal(doc, record.journal)
    return doc


@lru_cache(maxsize=4)
def _pipeline(criteria: Criteria | None, numbers: bool, learned: bool) -> tuple[Language, Lock]:
    """Kept, because a screening page asks for one record at a time; who uses it holds its lock meanwhile."""
    return make_pipeline(criteria, numbers=numbers, learned=learned), Lock()
