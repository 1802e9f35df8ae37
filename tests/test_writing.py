from __future__ import annotations

import os
from pathlib import Path

import pytest

from tiab.errors import InputError
from tiab.writing import replacing, write_bytes, write_json


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a", b"1")
    write_json(tmp_path / "b", {"ä": 1})
    assert (tmp_path / "a").read_bytes() == b"1"
    assert (tmp_path / "b").read_text(encoding="utf-8") == '{\n  "ä": 1\n}\n'


def test_when_writing_fails_the_old_file_stands_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail() -> None:
        with replacing(path) as beside:
            beside.write_bytes(b"half of the n")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_that_is_missing_or_in_the_way_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_bytes(tmp_path / "none" / "a", b"")
    with pytest.raises(InputError, match="cannot be written"):
        write_bytes(tmp_path, b"")


def test_permissions_are_those_of_a_new_file(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode
