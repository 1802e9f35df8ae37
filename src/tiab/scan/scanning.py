"""scan: files of records ► the best of all of them, with the newest revision of each citation."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import tiab
from tiab.criteria import Criteria
from tiab.errors import InputError, TiabError
from tiab.features import FeatureSpace, WordSpace
from tiab.formats.reader_notes import unique
from tiab.ranking.rank import RankingModel
from tiab.reading import check_input
from tiab.scan.candidates import Candidate
from tiab.scan.choosing import choose
from tiab.scan.engine import Task, read_files
from tiab.scan.progress import ScanProgress, Watch
from tiab.scan.work import FileLine, Work, open_work

__all__ = ["Scan", "find_files", "model_of", "scan"]

_RESERVE = 2
"""So many times the wanted records are followed, because revisions and deletions take some of them away."""
_KEPT = 1.25
"""So many times the wanted records are kept of a file: within one file, revisions and deletions take few away."""
_MORE = 4
"""So many times as many records are kept of a file that is read again because too many were taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a scan found.

    Attributes:
        found: the best records, best first.
        lines: what the manifest says of each file, in the order of the files.
    """

    found: tuple[Candidate, ...]
    lines: tuple[FileLine, ...]

    @property
    def n_records(self) -> int:
        """The records that could be read."""
        return sum(line.records for line in self.lines)

    @property
    def n_read_whole(self) -> int:
        """Those of them that got the full pass; how many depends on the order in which the files were finished."""
        return sum(line.read_whole for line in self.lines)

    @property
    def damaged(self) -> tuple[FileLine, ...]:
        """The files that could not be read whole."""
        return tuple(line for line in self.lines if not line.whole)


def scan(
    paths: Iterable[str | Path],
    *,
    work: str | Path,
    criteria: Criteria | None = None,
    model: RankingModel | None = None,
    top: int = 1000,
    jobs: int = 1,
    cluster: str = "",
    full: bool = False,
    on_progress: Callable[[ScanProgress], object] | None = None,
) -> Scan:
    """The best `top` records of all files: of each citation the newest revision, and none that was deleted.

    The same files and model give the same records, scores and order, whatever the number of processes, and whether or
    not the scan was interrupted. A score doesn't depend on the other records: how rare a word is comes from the model,
    and criteria alone rank by their evidence alone (`tiab.scan.scanning`).

    Args:
        paths: files, and folders of them.
        work: a folder for what was done; a scan that was interrupted goes on there.
        model: a kept model, whose criteria are used; or else `criteria` alone.
        jobs, cluster: as `tiab.scan.engine.read_files` takes them.
        full: whether every record is read whole; without, those are that could be among the best.
        on_progress: called whenever a file is finished.

    Raises:
        TiabError: there is nothing to rank by, or no cluster.
        InputError: a path does not exist, or the work folder cannot be used.
    """
    known = _model(model, criteria)
    if top < 1:
        raise TiabError(f"the best {top} records are none", hint="Ask for at least one.")
    files = [str(path) for path in find_files(paths)]
    settings = {"tiab": tiab.__version__, "model": _fingerprint(known), "top": top, "full": full}
    place = open_work(work, known, settings)
    lines = {path: line for path, line in place.lines().items() if path in set(files) and _is_current(line, place)}
    watch = Watch(files, lines, place, size=_RESERVE * top, on_progress=on_progress)
    keep, todo = round(_KEPT * top), [path for path in files if path not in lines]
    while True:
        _read(todo, lines, place, watch, keep=keep, jobs=jobs, cluster=cluster, full=full)
        choice = choose(place, lines, files, top=top, reach=_RESERVE * top)
        if not choice.short:
            return Scan(found=_named_apart(choice.found), lines=tuple(lines[path] for path in files))
        keep, todo, watch.floored = keep * _MORE, list(choice.short), False


def _model(model: RankingModel | None, criteria: Criteria | None) -> RankingModel:
    if model is not None and criteria is None:
        return model
    if criteria is not None and model is None:
        return model_of(criteria)
    raise TiabError("a scan needs a kept model or criteria, one of the two", hint="A model has its criteria in it.")


def _read(
    todo: Sequence[str],
    lines: dict[str, FileLine],
    work: Work,
    watch: Watch,
    *,
    keep: int,
    jobs: int,
    cluster: str,
    full: bool,
) -> None:
    """Reads files; their lines go to the manifest and into `lines`."""

    def task_of(path: str) -> Task:
        return Task(path=path, work=str(work.folder), keep=keep, floor=watch.floor, full=full)

    for line in read_files(todo, task_of, jobs=jobs, cluster=cluster):
        work.add(line)
        lines[line.path] = line
        watch.add(line)


def _named_apart(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The same with record ids of which no two are equal."""
    taken: dict[str, int] = {}
    return tuple(
        replace(one, record=replace(one.record, record_id=unique(one.record.record_id, taken))) for one in found
    )


def _is_current(line: FileLine, work: Work) -> bool:
    """Whether a file was read to its end, is as it was then, and its best records are there."""
    try:
        status = Path(line.path).stat()
    except OSError:
        return False
    same = (status.st_size, status.st_mtime_ns) == (line.size, line.modified)
    return same and not line.error and work.holds(line.path)


def _fingerprint(model: RankingModel) -> str:
    """16 hex digits that change with any change of the model's scores."""
    digest = hashlib.sha256("\n".join(model.space.names).encode())
    digest.update(model.space.criteria.fingerprint.encode() if model.space.criteria else b"")
    digest.update(model.coef.tobytes() + model.space.words.idf.tobytes() + repr(model.intercept).encode())
    return digest.hexdigest()[:16]


def model_of(criteria: Criteria) -> RankingModel:
    """The model that scores by the evidence for the criteria alone."""
    space = FeatureSpace(words=WordSpace(words=(), idf=np.empty(0, dtype=np.float32)), criteria=criteria)
    coef = np.zeros(len(space.names)) if space.prior_coef is None else space.prior_coef
    return RankingModel(space=space, coef=coef, intercept=0.0)


_SUFFIXES = (
    ".xml",
    ".nbib",
    ".ris",
    ".csv",
    ".tsv",
    ".bib",
    ".enw",
    ".ciw",
    ".txt",
    ".json",
    ".jsonl",
    ".zip",
    ".xlsx",
)


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and in the folders named those whose suffix is an export's, in the order of their names.

    A baseline's and its update files' names ascend with time, whatever folders they lie in.

    Raises:
        InputError: a path does not exist, or a folder holds no export.
    """
    found = {Path(os.path.realpath(file)) for path in map(Path, paths) for file in _files(path)}
    return sorted(found, key=lambda file: (file.name, file))


def _files(path: Path) -> Iterator[Path]:
    if not os.path.isdir(path):  # which says no, where Path.is_dir raises
        check_input(path)
        yield path
        return
    inside = [file for file in path.rglob("*") if _is_export(file)]
    if not inside:
        raise InputError("is a folder without search exports", path=path, hint="Name a folder of .xml.gz files.")
    yield from inside


def _is_export(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return not name.startswith((".", "readme")) and name.endswith(_SUFFIXES) and path.is_file()
