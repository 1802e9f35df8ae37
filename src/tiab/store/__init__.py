"""The store of a review: one SQLite file that holds its records and the log of everything that happened.

Records and the log are only ever added to, and the hash of each event covers all before it. What stands now (labels,
links between duplicates) is computed from the log by `advance`; a decision is undone by another entry that names it.
"""

from tiab.store.anchor import ANCHOR_NAME
from tiab.store.chain import LogEnd
from tiab.store.checking import Check, check_folder
from tiab.store.copies import CopiedEvent, CopiedRecord, Copy, unrolled, without
from tiab.store.events import KINDS, LOCAL_KINDS, Entry, Event, label_entry
from tiab.store.file import Store
from tiab.store.imports import Import
from tiab.store.joining import Joined
from tiab.store.opening import FILE_NAME
from tiab.store.rows import Source
from tiab.store.share_file import SUFFIX, ShareHeader, read_share, write_share
from tiab.store.state import GivenLabel, LogState, Merge, advance

__all__ = [
    "ANCHOR_NAME",
    "FILE_NAME",
    "KINDS",
    "LOCAL_KINDS",
    "SUFFIX",
    "Check",
    "CopiedEvent",
    "CopiedRecord",
    "Copy",
    "Entry",
    "Event",
    "GivenLabel",
    "Import",
    "Joined",
    "LogEnd",
    "LogState",
    "Merge",
    "ShareHeader",
    "Source",
    "Store",
    "advance",
    "check_folder",
    "label_entry",
    "read_share",
    "unrolled",
    "without",
    "write_share",
]
