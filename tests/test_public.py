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


@pytest.mark.parametrize("name", sorted(set(tiab.__all__) - {"TiabWarning"}))
def test_each_public_name_has_an_example(name: str) -> None:
    assert ">>> " in (getattr(tiab, name).__doc__ or "")


def test_nothing_a_user_is_handed_can_run_code(root: Path) -> None:
    forbidden = re.compile(r"\bimport pickle\b|\bpickle\.load|joblib\.load|allow_pickle=True|\beval\(|\bexec\(")
    for path in (root / "src").rglob("*.py"):
        assert not forbidden.search(path.read_text(encoding="utf-8")), path


def test_nothing_that_ranks_can_read_gold(root: Path) -> None:
    """The layers hold that it isn't imported; this holds that its files aren't opened either."""
    for room in ("ranking", "features", "pico", "formats", "scan"):
        place = root / "src" / "tiab" / room
        assert place.exists(), room
        for path in [place] if place.is_file() else place.rglob("*.py"):
            assert not re.search(r"evaluation\.gold|gold\.csv|read_gold", path.read_text(encoding="utf-8")), path


def test_the_package_needs_no_script(root: Path) -> None:
    scripts = {path.stem for path in (root / "scripts").iterdir()}
    for path in (root / "src").rglob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not scripts & set(imported), path
