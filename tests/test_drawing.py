"""Figures as files: the same bytes from run to run, and text that stays text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tiab.errors import InputError
from tiab.evaluation.simulation import ScreeningRun
from tiab.report.drawing import save_figure
from tiab.report.recall import draw_bands, draw_recall

DRAW = """
import sys
from tiab.evaluation.simulation import ScreeningRun
from tiab.report.drawing import save_figure
from tiab.report.recall import draw_bands, draw_recall

def run(order):
    return ScreeningRun(
        order=tuple(order), prior=(), relevant=frozenset("ad"), seed=0, retrain="every", fits=1
    )

for kind in ("svg", "png", "pdf"):
    save_figure(draw_recall([1, 4], 9, title="one"), f"{sys.argv[1]}/recall.{kind}")
    save_figure(draw_bands([run("adbc"), run("cbad")], title="two"), f"{sys.argv[1]}/bands.{kind}")
"""


def run(order: str) -> ScreeningRun:
    return ScreeningRun(order=tuple(order), prior=(), relevant=frozenset("ad"), seed=0, retrain="every", fits=1)


def test_figures_are_the_same_from_run_to_run(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": str(number), "SOURCE_DATE_EPOCH": str(number * 10**6)}
        subprocess.run([sys.executable, "-c", DRAW, str(folder)], env=environment, check=True)
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert len(first) == 6
    assert first == second


def test_text_stays_text_and_both_curves_have_the_same_orders_beside_them(tmp_path: Path) -> None:
    shown = {}
    for name, figure in {"recall": draw_recall([1, 4], 9), "bands": draw_bands([run("adbc")])}.items():
        save_figure(figure, tmp_path / f"{name}.svg")
        shown[name] = re.findall(r"<text[^>]*>([^<]+)</text>", (tmp_path / f"{name}.svg").read_text(encoding="utf-8"))
    for texts in shown.values():
        assert {"perfect order", "random order", "100%", "recall of 2 relevant records"} <= set(texts)
    assert "records read, best first" in shown["recall"]
    assert "records read, in the order of screening" in shown["bands"]


def test_another_kind_of_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.gif.*Use \.svg, \.png or \.pdf"):
        save_figure(draw_recall([1], 2), tmp_path / "x.gif")
