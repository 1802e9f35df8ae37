"""tiab ranks the records of a literature search for title-abstract screening."""

__version__ = "0.1.0"
