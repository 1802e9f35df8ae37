from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tiab.errors import InputError
from tiab.writing import protecting, replacing, write_bytes, write_json


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


def test_permissions_and_links_of_an_existing_file_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o604)
    link.symlink_to("real")
    write_bytes(link, b"new")
    assert (os.readlink(link), real.read_bytes(), stat.S_IMODE(real.stat().st_mode)) == ("real", b"new", 0o604)
    (tmp_path / "dangling").symlink_to("made")
    write_bytes(tmp_path / "dangling", b"1")
    assert (tmp_path / "made").read_bytes() == b"1"
    assert sorted(os.listdir(tmp_path)) == ["dangling", "link", "made", "real"]


@pytest.mark.parametrize("lead", ["itself", "link", "hard link", "other spelling"])
def test_what_is_protected_is_not_written_over(tmp_path: Path, lead: str) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"precious")
    output = {"itself": kept, "other spelling": tmp_path / "." / ".." / tmp_path.name / "kept"}.get(lead)
    if output is None:
        output = tmp_path / "out"
        output.symlink_to(kept) if lead == "link" else os.link(kept, output)
    with protecting([kept, tmp_path / "missing"]), pytest.raises(InputError, match="would be lost"):
        write_bytes(output, b"new")
    assert kept.read_bytes() == b"precious"
    write_bytes(output, b"new")


def test_pipes_and_devices_are_written_to_and_nothing_else_that_is_no_file(tmp_path: Path) -> None:
    pipe, port = tmp_path / "pipe", tmp_path / "port"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_bytes(pipe, b"through")
    reader.join()
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    write_bytes("/dev/null", b"nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(port))
        with pytest.raises(InputError, match="neither a file nor a pipe"):
            write_bytes(port, b"")
    assert sorted(os.listdir(tmp_path)) == ["pipe", "port"]


def test_standard_output_is_written_to_where_it_goes(tmp_path: Path) -> None:
    write = "from tiab.writing import write_bytes; write_bytes('/dev/stdout', b'1\\n')"
    program = f"print('before'); {write}; print('after')"
    output = tmp_path / "out"
    with output.open("wb") as stream:
        subprocess.run([sys.executable, "-c", program], stdout=stream, check=True)
    assert output.read_text() == "before\n1\nafter\n"
    piped = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True, text=True)
    assert piped.stdout == "before\n1\nafter\n"


@pytest.mark.parametrize("name", ["a." + "b" * 253, "ä" * 127, "λ" * 100 + "." + "β" * 26])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_bytes(tmp_path / name, b"1")
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("name", ["n" * 256, "x/" * 3000 + "y", "a\0b", "loop/x"])
def test_names_that_no_file_can_have_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="cannot be written"):
        write_bytes(tmp_path / name, b"1")
    assert os.listdir(tmp_path) == ["loop"]
