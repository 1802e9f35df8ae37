"""Scanning: all of PubMed, or any pile of files, ranked in flat memory, on one machine or on many."""

from tiab.scan.found import EVIDENCE, Found
from tiab.scan.progress import Progress
from tiab.scan.scanning import Scan, scan
from tiab.scan.work import FileLine

__all__ = ["EVIDENCE", "FileLine", "Found", "Progress", "Scan", "scan"]
