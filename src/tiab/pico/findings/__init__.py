"""Findings: which way an abstract says that an outcome went."""
