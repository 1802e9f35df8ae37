"""Reviews on network drives and in synchronised folders are recognised where the system tells."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from typer.testing import CliRunner

from tiab.cli import app
from tiab.review import Review
from tiab.store.places import mounted_type, place_warning, sync_program


@pytest.mark.parametrize(
    ("path", "program"),
    [
        (PurePosixPath("/home/eva/Dropbox/reviews/ms"), "Dropbox"),
        (PurePosixPath("/home/eva/Dropbox (Ward 3)/ms"), "Dropbox"),
        (PurePosixPath("/Users/eva/Library/CloudStorage/OneDrive-Charity/ms"), "OneDrive"),
        (PurePosixPath("/Users/eva/Library/CloudStorage/Box-Box/ms"), "Box"),
        (PurePosixPath("/Users/eva/Library/Mobile Documents/com~apple~CloudDocs/ms"), "iCloud"),
        (PurePosixPath("/home/eva/Nextcloud/ms"), "Nextcloud"),
        (PureWindowsPath(r"C:\Users\eva\OneDrive - University of Somewhere\ms"), "OneDrive"),
        (PurePosixPath("/Volumes/GoogleDrive/My Drive/ms"), "Google Drive"),
        (PureWindowsPath(r"C:\Users\eva\iCloudDrive\ms"), "iCloud"),
        (PureWindowsPath(r"G:\My Drive\ms"), "Google Drive"),
        (PurePosixPath("/home/eva/reviews/dropbox-and-onedrive-compared"), ""),
        (PurePosixPath("/home/eva/reviews/box"), ""),
        (PurePosixPath("/home/eva/reviews/onedriven"), ""),
        (PurePosixPath("/"), ""),
    ],
)
def test_synchronised_folders_by_their_names(path: PurePosixPath, program: str) -> None:
    assert sync_program(path, environment={}) == program


def test_onedrive_by_what_the_system_says_of_it() -> None:
    environment = {"OneDriveCommercial": r"D:\Work", "OneDrive": ""}
    assert sync_program(PureWindowsPath(r"D:\Work\ms"), environment=environment) == "OneDrive"
    assert sync_program(PureWindowsPath(r"D:\Workshop\ms"), environment=environment) == ""


@pytest.mark.parametrize(("marker", "program"), [(".dropbox.cache", "Dropbox"), (".stfolder", "Syncthing")])
def test_synchronised_folders_by_what_lies_in_them(tmp_path: Path, marker: str, program: str) -> None:
    (tmp_path / marker).mkdir()
    assert sync_program(tmp_path / "reviews" / "ms", environment={}) == program


def test_a_link_into_a_synchronised_folder(tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "ms").mkdir(parents=True)
    (tmp_path / "ms").symlink_to(tmp_path / "Dropbox" / "ms")
    assert "synchronised by Dropbox" in place_warning(tmp_path / "ms")


def test_the_file_system_of_a_folder() -> None:
    mounts = [("/", "ext4"), ("/mnt", "ext4"), ("/mnt/a b", "nfs4"), ("/mnt/a b/local", "xfs"), ("/mnt/a", "cifs")]
    for folder, kind in (
        ("/mnt/a b/ms", "nfs4"),
        ("/mnt/a b/local/ms", "xfs"),
        ("/mnt/a", "cifs"),
        ("/mnt/ab", "ext4"),
    ):
        assert mounted_type(PurePosixPath(folder), iter(mounts)) == kind
    assert mounted_type(PurePosixPath("/ms"), iter([("/", "ext4"), ("/", "cifs")])) == "cifs"
    assert mounted_type(PurePosixPath("/ms"), iter([])) == ""


def test_a_network_drive_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("tiab.store.places._linux_mounts", lambda: iter([("/", "ext4"), (str(tmp_path), "cifs")]))
    assert "is on a network drive or shared folder (cifs)" in place_warning(tmp_path / "ms")


def test_who_makes_or_opens_a_review_there_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "Dropbox" / "ms"
    for command in ("new", "status"):
        done = CliRunner().invoke(app, [command, str(folder)])
        assert done.exit_code == 0
        assert " ".join(done.stderr.split()).startswith("Note: ms is synchronised by Dropbox")
    with Review(folder) as review:
        assert "synchronised by Dropbox" in review.warnings[0]


def test_a_review_on_a_disk_of_this_computer_is_not_warned_of(tmp_path: Path) -> None:
    with Review.create(tmp_path / "ms") as review:
        assert review.warnings == ()
