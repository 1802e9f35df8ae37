"""Ranking: the estimator, its solver, a pool ranked with its reasons, and the file of a kept model."""
