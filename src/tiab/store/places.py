"""Where a review lies: network shares and folders that a program synchronises, and what to do about them.

SQLite's write-ahead log needs one computer's own disk: on a share its locks may not hold, and a program that
synchronises copies the file, its log and the anchor at different moments, or overwrites one with an older one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePath

__all__ = ["mounted_type", "place_warning", "sync_program"]

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afpfs|afs|9p|ncpfs|davfs|webdav|coda|ceph|glusterfs|lustre|gpfs|beegfs|vboxsf|prl_fs|"
    r"fuse\.(vmhgfs-fuse|sshfs|rclone|gvfsd-fuse|s3fs|gcsfuse|davfs2?|glusterfs|ceph|onedriver|google-drive-ocamlfuse)"
)
"""File systems that another computer serves, as /proc/mounts and `mount` call them."""

_NAMES = {
    r"onedrive": "OneDrive",
    r"dropbox": "Dropbox",
    r"google ?drive|my drive": "Google Drive",
    r"icloud ?drive|mobile documents": "iCloud",
    r"nextcloud": "Nextcloud",
    r"owncloud": "ownCloud",
    r"box sync": "Box",
    r"pcloud ?drive": "pCloud",
    r"seafile": "Seafile",
}
"""How a synchronised folder is called; " - Company" or " (Personal)" may follow."""

_MARKERS = {
    ".dropbox.cache": "Dropbox",
    ".tmp.driveupload": "Google Drive",
    ".tmp.drivedownload": "Google Drive",
    ".stfolder": "Syncthing",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
}
"""What such programs put into the folder that they synchronise."""

_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_DRIVE_REMOTE = 4


def place_warning(folder: str | Path) -> str:
    """What to do about where `folder` lies, in a sentence; "" where the system says nothing against it."""
    place = Path(os.path.abspath(folder))
    real = Path(os.path.realpath(folder))
    program = sync_program(place) or sync_program(real)
    if program:
        return (
            f"{place.name} is synchronised by {program}, which may damage a review that is open: "
            "move it to a folder that is not synchronised, and put copies there while tiab is closed."
        )
    kind = _network(real)
    if kind:
        return (
            f"{place.name} is on a network drive or shared folder ({kind}), where two programs may damage it: "
            "move it to a disk of this computer, and put copies there while tiab is closed."
        )
    return ""


def sync_program(folder: PurePath, *, environment: Mapping[str, str] | None = None) -> str:
    """The program that synchronises `folder`, by the names of the folders around it and what lies in them; "" if none.

    >>> sync_program(PurePath("/home/eva/Dropbox (Personal)/ms-review"), environment={})
    'Dropbox'
    """
    around = [folder, *folder.parents]
    said = os.environ if environment is None else environment
    if any(said.get(name) and type(folder)(said[name]) in around for name in _VARIABLES):
        return "OneDrive"
    for one in around:
        if one.parent.name == "CloudStorage":  # macOS: ~/Library/CloudStorage/OneDrive-Company
            return one.name.split("-")[0]
        for name, program in _NAMES.items():
            if re.fullmatch(rf"({name})( \(.*| - .*)?", one.name, re.IGNORECASE):
                return program
        for marker, program in _MARKERS.items():
            if os.path.lexists(os.path.join(one, marker)):
                return program
    return ""


def mounted_type(folder: PurePath, mounts: Iterator[tuple[str, str]]) -> str:
    """The type of the file system that `folder` lies on, among (where it is mounted, its type); "" where none is.

    >>> mounted_type(PurePath("/mnt/share/ms"), iter([("/", "ext4"), ("/mnt/share", "cifs")]))
    'cifs'
    """
    found, depth = "", 0
    around = {str(folder), *map(str, folder.parents)}
    for where, kind in mounts:
        if where in around and len(where) >= depth:  # the last one mounted on a place hides those before
            found, depth = kind, len(where)
    return found


def _network(folder: Path) -> str:
    """The kind of network drive that `folder` lies on; "" where it lies on none."""
    if sys.platform == "win32":
        return _windows_share(folder)
    kind = mounted_type(folder, _mac_mounts() if sys.platform == "darwin" else _linux_mounts())
    return kind if _NETWORK.fullmatch(kind) else ""


def _linux_mounts() -> Iterator[tuple[str, str]]:
    with suppress(OSError), open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            where, kind = line.split(" ")[1:3]
            # Spaces, tabs, line breaks and backslashes are written as octal numbers.
            yield re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), where), kind


def _mac_mounts() -> Iterator[tuple[str, str]]:
    with suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True).stdout
        for line in said.splitlines():
            found = re.fullmatch(r".+? on (/.*) \((\w+)[,)].*", line)
            if found:
                yield found[1], found[2]


def _windows_share(folder: Path) -> str:
    if folder.drive.startswith("\\\\"):
        return "SMB"
    if sys.platform == "win32":
        import ctypes

        if ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\") == _DRIVE_REMOTE:
            return "SMB"
    return ""
