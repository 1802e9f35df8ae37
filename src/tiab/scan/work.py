"""The work folder of a scan: what is to be done, a line for each file that is done, and the best records of each.

    scan.json           what is scanned for; another scan cannot go on in the folder
    model.safetensors   the model, which every process reads there
    manifest.jsonl      a line for each finished file; the last one on a file counts
    found/              the best records of each file, a line of JSON for each
    index/              every PMID of each file with its revision, and the PMIDs that it deletes

Every file is written whole or not at all, and the line in the manifest comes last, so a scan that is killed goes on
where it stopped.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiab.errors import InputError
from tiab.ranking.model_file import read_model, write_model
from tiab.ranking.rank import RankingModel
from tiab.reading import parse_json, read_whole
from tiab.scan.candidates import LAST, Candidate, Key
from tiab.writing import check_output, replacing, write_bytes, write_json

__all__ = ["FileLine", "Index", "Work", "open_work"]

_LARGEST = 1 << 30
"""Bytes of a manifest: a line for each file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """What the manifest says of one file.

    Attributes:
        path: the file.
        size, modified, sha256: of the file as it was read; bytes, nanoseconds, hex digits.
        records: those that could be read at all.
        read_whole: those of them that got the full pass.
        kept: those of them whose text lies in the work folder.
        edge: every record of the file whose place is not behind this one is kept.
        deleted: citations that the file deletes.
        unreadable: records that start in the file and could not be read, the first of them.
        n_unreadable: all of them.
        warnings: what looks doubtful in the file.
        error: why the file could not be read to its end, "" where it could.
        seconds, cpu_seconds: how long it took.
    """

    path: str
    size: int = 0
    modified: int = 0
    sha256: str = ""
    records: int = 0
    read_whole: int = 0
    kept: int = 0
    edge: Key
    deleted: int = 0
    unreadable: tuple[str, ...] = ()
    n_unreadable: int = 0
    warnings: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether all of the file could be read."""
        return not self.error and not self.n_unreadable

    def to_json(self) -> str:
        """One line; what is written last closes it."""
        edge = None if self.edge == LAST else self.edge
        return json.dumps({**asdict(self), "edge": edge})  # in ASCII, as a path may not be text

    @classmethod
    def from_json(cls, text: str) -> FileLine:
        """What `to_json` gave.

        Raises:
            ValueError, TypeError, KeyError: `text` is not such a line, or only half of one.
        """
        data = parse_json(text)
        score, fingerprint, record_id = data["edge"] or LAST
        edge = (float(score), str(fingerprint), str(record_id))
        said = {name: tuple(data.get(name, ())) for name in ("unreadable", "warnings")}
        return cls(**{**data, "edge": edge, **said})


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Every citation of one file.

    Attributes:
        pmids, versions, revised: PMID and revision of each; shape (n,).
        deleted: the PMIDs that the file deletes.
    """

    pmids: NDArray[np.int64]
    versions: NDArray[np.int64]
    revised: NDArray[np.int64]
    deleted: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Work:
    """The work folder; `open_work` makes it."""

    folder: Path

    def model(self) -> RankingModel:
        """The model of the scan."""
        return read_model(self.folder / "model.safetensors")

    def lines(self) -> dict[str, FileLine]:
        """The last line on each file; a line that was cut short by a crash is none."""
        lines: dict[str, FileLine] = {}
        manifest = self.folder / "manifest.jsonl"
        whole = read_whole(manifest, largest=_LARGEST).decode("utf-8", "replace") if manifest.exists() else ""
        for text in whole.splitlines():
            try:
                line = FileLine.from_json(text)
            except (ValueError, TypeError, KeyError):
                continue
            lines[line.path] = line
        return lines

    def add(self, line: FileLine) -> None:
        """Adds a line to the manifest, and sees it to the disk."""
        manifest = self.folder / "manifest.jsonl"
        check_output(manifest)
        with manifest.open("ab+") as stream:
            if stream.tell() and not _ends_well(stream.fileno(), stream.tell()):
                stream.write(b"\n")
            stream.write(line.to_json().encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def write_found(self, path: str, found: Sequence[Candidate]) -> None:
        """Keeps the best records of a file."""
        text = "".join(json.dumps(one.to_dict(), ensure_ascii=False) + "\n" for one in found)
        packed = gzip.compress(text.encode("utf-8", "replace"), 3, mtime=0)
        write_bytes(self._place("found", path, ".jsonl.gz"), packed)

    def read_found(self, path: str) -> Iterator[Candidate]:
        """The best records of a file, best first.

        Raises:
            InputError: they are gone or damaged.
        """
        place = self._place("found", path, ".jsonl.gz")
        try:
            with gzip.open(place, "rt", encoding="utf-8") as stream:
                for text in stream:
                    yield Candidate.from_dict(parse_json(text))
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            hint = "Delete the work folder, and scan again."
            raise InputError("is not as the scan left it", path=place, hint=hint) from error

    def write_index(self, path: str, index: Index) -> None:
        """Keeps the index of a file."""
        with replacing(self._place("index", path, ".npz")) as beside, beside.open("wb") as stream:
            np.savez_compressed(
                stream, pmids=index.pmids, versions=index.versions, revised=index.revised, deleted=index.deleted
            )

    def read_index(self, path: str) -> Index:
        """The index of a file.

        Raises:
            InputError: it is gone or damaged.
        """
        place = self._place("index", path, ".npz")
        try:
            with np.load(place, allow_pickle=False) as arrays:
                return Index(arrays["pmids"], arrays["versions"], arrays["revised"], arrays["deleted"])
        except (OSError, ValueError, KeyError, EOFError) as error:
            hint = "Delete the work folder, and scan again."
            raise InputError("is not as the scan left it", path=place, hint=hint) from error

    def holds(self, path: str) -> bool:
        """Whether what a line of the manifest speaks of is there."""
        return self._place("found", path, ".jsonl.gz").exists() and self._place("index", path, ".npz").exists()

    def _place(self, kind: str, path: str, suffix: str) -> Path:
        digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        return self.folder / kind / f"{Path(path).name[:60]}.{digest}{suffix}"


def _ends_well(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"


def open_work(folder: str | Path, model: RankingModel, settings: Mapping[str, Any]) -> Work:
    """The work folder, made if need be.

    Raises:
        InputError: it cannot be made, or belongs to a scan with other settings.
    """
    place = Path(os.path.realpath(folder))
    try:
        for inside in ("found", "index"):
            (place / inside).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made ({error.strerror})", path=place, hint="Choose another folder.") from error
    said = place / "scan.json"
    if said.exists():
        try:
            before = parse_json(read_whole(said))
        except (InputError, ValueError):
            before = None
        if before != dict(settings):
            hint = "Delete it to begin anew, or choose another with --work."
            raise InputError("is the work folder of another scan", path=place, hint=hint)
        return Work(place)
    write_model(place / "model.safetensors", model)
    write_json(said, dict(settings))
    return Work(place)
