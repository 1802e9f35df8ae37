"""The store of a review: one SQLite file that holds its records and the log of everything that happened.

Records and the log are only ever added to. What stands now (labels, links between duplicates) is computed from the log
by `advance`, and a decision is undone by another entry that names it.
"""

from tiab.store.events import KINDS, Entry, Event, label_entry
from tiab.store.file import Store
from tiab.store.opening import FILE_NAME
from tiab.store.rows import Source
from tiab.store.state import GivenLabel, LogState, Merge, advance

__all__ = [
    "FILE_NAME",
    "KINDS",
    "Entry",
    "Event",
    "GivenLabel",
    "LogState",
    "Merge",
    "Source",
    "Store",
    "advance",
    "label_entry",
]
