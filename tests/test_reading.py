from __future__ import annotations

import os
from pathlib import Path

import pytest

from tiab.errors import InputError
from tiab.reading import check_input, parse_json, read_whole


def test_a_file_is_read_whole_and_no_larger_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    assert read_whole(path) == b"x" * 100
    assert read_whole(path, largest=100) == b"x" * 100
    with pytest.raises(InputError, match="more than 0 MB"):
        read_whole(path, largest=99)


@pytest.mark.parametrize(
    "name", ["/dev/zero", "/dev/null", "n" * 5000, "a\0b", "loop", "missing", "\udcff", "pipe", "."]
)
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    for read in (check_input, read_whole):
        with pytest.raises(InputError, match=r"not a file|does not exist|cannot be read"):
            read(name)


def test_json_is_parsed_or_refused() -> None:
    assert parse_json(b'{"a": [1]}') == {"a": [1]}
    for text in ("[" * 200_000, '{"a":' * 200_000, "9" * 5000, "{", b"\xff"):
        with pytest.raises(ValueError, match=r".+"):
            parse_json(text)
