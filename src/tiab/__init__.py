"""tiab ranks the records of a literature search for title-abstract screening.

>>> import tiab
>>> records = [
...     tiab.Record(record_id="1", title="Tax law in the Hanseatic League"),
...     tiab.Record(record_id="2", title="Yoga for low back pain: a randomised controlled trial"),
... ]
>>> tiab.rank(records, labels={"2": "include"}).order
('2', '1')
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # typing's own costs more time to load than all else here, in which Ctrl-C meets a bare Python
if TYPE_CHECKING:
    from typing import Any

    from tiab.criteria import Criteria, read_criteria
    from tiab.decisions import read_labels
    from tiab.drafting import draft_criteria
    from tiab.errors import TiabError, TiabWarning
    from tiab.evaluation.evaluate import Evaluation, evaluate
    from tiab.evaluation.simulation import simulate
    from tiab.features.extract import extract_pico
    from tiab.formats import read_records, write_records
    from tiab.labels import Decision, Label
    from tiab.ranking.model_file import read_model, write_model
    from tiab.ranking.rank import Ranking, RankingModel, rank, train
    from tiab.records import Record
    from tiab.review import Review
    from tiab.suggesting import suggest_terms

__version__ = "0.2.0"

__all__ = [
    "Criteria",
    "Decision",
    "Evaluation",
    "Label",
    "Ranking",
    "RankingModel",
    "Record",
    "Review",
    "TiabError",
    "TiabWarning",
    "draft_criteria",
    "evaluate",
    "extract_pico",
    "rank",
    "read_criteria",
    "read_labels",
    "read_model",
    "read_records",
    "simulate",
    "suggest_terms",
    "train",
    "write_model",
    "write_records",
]

_HOMES = {
    "Criteria": "criteria",
    "Decision": "labels",
    "Evaluation": "evaluation.evaluate",
    "Label": "labels",
    "Ranking": "ranking.rank",
    "RankingModel": "ranking.rank",
    "Record": "records",
    "Review": "review",
    "TiabError": "errors",
    "TiabWarning": "errors",
    "draft_criteria": "drafting",
    "evaluate": "evaluation.evaluate",
    "extract_pico": "features.extract",
    "rank": "ranking.rank",
    "read_criteria": "criteria",
    "read_labels": "decisions",
    "read_model": "ranking.model_file",
    "read_records": "formats",
    "simulate": "evaluation.simulation",
    "suggest_terms": "suggesting",
    "train": "ranking.rank",
    "write_model": "ranking.model_file",
    "write_records": "formats",
}


def __getattr__(name: str) -> Any:
    """The public name, from the module that defines it: spaCy and scikit-learn load only when they are needed."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tiab' has no attribute {name!r}")
    return getattr(import_module(f"tiab.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
