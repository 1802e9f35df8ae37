"""Scanning: all of PubMed, or any pile of files, ranked in flat memory, on one machine or on many."""

from tiab.scan.candidates import EVIDENCE, Candidate
from tiab.scan.progress import ScanProgress
from tiab.scan.scanning import Scan, scan
from tiab.scan.work import FileLine

__all__ = ["EVIDENCE", "Candidate", "FileLine", "Scan", "ScanProgress", "scan"]
