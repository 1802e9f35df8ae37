from __future__ import annotations

import re
from pathlib import Path

import pytest

import tiab


def test_the_public_names_are_sorted_and_there() -> None:
    assert tiab.__all__ == sorted(tiab.__all__)
    assert set(tiab._HOMES) == set(tiab.__all__)
    for name in tiab.__all__:
        assert getattr(tiab, name).__doc__
    assert set(tiab.__all__) <= set(dir(tiab))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        tiab.nothing  # noqa: B018


def test_nothing_a_user_is_handed_can_run_code(root: Path) -> None:
    forbidden = re.compile(r"\bimport pickle\b|\bpickle\.load|joblib\.load|allow_pickle=True|\beval\(|\bexec\(")
    for path in (root / "src").rglob("*.py"):
        assert not forbidden.search(path.read_text(encoding="utf-8")), path


def test_nothing_that_ranks_can_read_gold(root: Path) -> None:
    for room in ("ranking.py", "ranker.py", "modelfile.py", "dual_svm.py", "features", "pico", "formats"):
        place = root / "src" / "tiab" / room
        for path in [place] if place.is_file() else place.rglob("*.py"):
            assert "gold" not in path.read_text(encoding="utf-8").casefold().replace("golden", ""), path
