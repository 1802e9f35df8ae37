"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data for measuring; a test that asks for it is skipped where a user doesn't have it."""
    folder = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
    if not (folder / "README.md").is_file():
        pytest.skip(f"no data for measuring in {folder.name}: set TIAB_SHARED to its folder")
    return folder.resolve()
