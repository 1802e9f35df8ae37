"""Evaluation: rankings, reviewers and PICO held against what is known; nothing that ranks imports it."""
