"""Reads damaged files until time is up, and says when a reader does anything but give records or one clear error.

    python scripts/fuzz_formats.py --seconds 600 --reader RIS
    python scripts/fuzz_formats.py --seconds 60 --samples ../shared/samples      # each reader in turn

The seeds are the small files in tests/data/formats, one of each format that tiab writes, and the beginnings of the real
exports in a folder, if one is given. They are damaged byte by byte and line by line. What goes wrong is made as small
as Hypothesis can, printed, and kept in a file; then the fuzzing goes on. A file that is refused because its counts
differ is no finding, but is counted, and the first ones are kept, too.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tiab.errors import TiabError
from tiab.formats import read, read_records, write_records

SEEDS = Path(__file__).resolve().parent.parent / "tests" / "data" / "formats"
SLOW = 5.0
"""Seconds of processor time that no small file may take."""
MEMORY = 1 << 30
"""Bytes that reading a small file may take beyond what the program has taken when it starts."""
SAMPLE = 6_000
"""Bytes of a real export that are taken as a seed; all of it where it cannot be cut there."""
TOKENS = [
    b"TY  - JOUR\n", b"ER  - \n", b"ER", b"AB  - ", b"CI  - 95%", b"PMID- 7\n", b"OWN - NLM\n", b"PT J\n", b"%0 x\n",
    b"<record>", b"</record>", b"<PubmedArticle>", b"</PubmedArticle>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;",
    b"<![CDATA[", b"@article{a,", b"@string{", b"{", b"}", b'"', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\n\n",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\x81", b"\xe9", b"\xc3\xa9", b"title", b"tiab:[[", b"]]",
    b'C8  - tiab:[["year",99999999999999999999]]\n', b'C8  - tiab:[["breaks",[-1,7]]]\n', b"\\", b"#", b"$", b"<1>\n",
    b"Record #1 of 2\n", b"1. ", b"10.1000/a", b"=1+1", b"\x1f\x8b", b"PK\x03\x04", b"\xe2\x80\xa8", b"\x85", b"9" * 40,
]  # fmt: skip

Change = Callable[[bytes], bytes]


@st.composite
def changes(draw: st.DrawFn, others: list[bytes]) -> Change:
    """One way to damage a file, by bytes or by whole lines."""
    kind = draw(st.sampled_from([*_by_bytes(b"", 0, 1, b"", b"", 2), *_by_lines([], 0, 1, b"", 2), "encode"]))
    at, length = draw(st.floats(0, 1)), draw(st.integers(1, 200))
    token = draw(st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=8)))
    other = draw(st.sampled_from(others))
    times = draw(st.integers(2, 50))
    encoding = draw(st.sampled_from(["utf-16", "utf-16-le", "cp1252", "utf-32", "gzip"]))

    def change(data: bytes) -> bytes:
        if kind == "encode":
            return _encoded(data, encoding)
        lines = data.splitlines(keepends=True)
        by_lines = _by_lines(lines, int(at * len(lines)), 1 + length // 20, token, times)
        return (
            by_lines[kind]
            if kind in by_lines
            else _by_bytes(data, int(at * len(data)), length, token, other, times)[kind]
        )

    return change


def _by_bytes(data: bytes, place: int, length: int, token: bytes, other: bytes, times: int) -> dict[str, bytes]:
    before, piece, after = data[:place], data[place : place + length], data[place + length :]
    return {
        "insert": before + token + piece + after,
        "delete": before + after,
        "repeat": before + piece * times + after,
        "reverse": before + piece[::-1] + after,
        "flip": before + bytes([piece[0] ^ (1 << length % 8)]) + piece[1:] + after if piece else data,
        "splice": before + other[place % (len(other) + 1) :],
        "nulls": before + bytes(length) + after,
        "cut": before,
    }


def _by_lines(lines: list[bytes], place: int, length: int, token: bytes, times: int) -> dict[str, bytes]:
    before, piece, after = lines[:place], lines[place : place + length], lines[place + length :]
    first = piece[0] if piece else b""
    changed = {
        "lines deleted": [*before, *after],
        "lines repeated": [*before, *piece * times, *after],
        "lines swapped": [*before, *after[:1], *piece, *after[1:]],
        "lines joined": [*before, *(line.strip() for line in piece), *after],
        "line lengthened": [*before, first.rstrip(), first * 20 * times, *piece[1:], *after],
        "line indented": [*before, b"      ", *piece, *after],
        "line broken": [*before, first[: len(first) // 2], b"\n", first[len(first) // 2 :], *piece[1:], *after],
        "tag doubled": [*before, first[:6], first, *piece[1:], *after],
        "tag lower": [*before, first.lower(), *piece[1:], *after],
        "token before line": [*before, token, *piece, *after],
    }
    return {name: b"".join(parts) for name, parts in changed.items()}


def _encoded(data: bytes, encoding: str) -> bytes:
    import gzip

    if encoding == "gzip":
        return gzip.compress(data, mtime=0)
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def check(path: Path, data: bytes) -> str:
    """The error that reading `data` ends in, if any.

    Raises:
        AssertionError: it does anything but give records or one clear error.
    """
    path.write_bytes(data)
    start = time.process_time()
    said = ""
    try:
        reading = read(path)
        strict = list(reading.records) if reading.unreadable else read_records(path)
    except TiabError as error:
        said = str(error) or "nothing"
    if said:
        assert "\n" not in said, f"the error has several lines: {said!r}"
        assert len(said) < 600, f"the error is too long: {said[:1000]!r}"
    else:
        assert strict == list(reading.records), "two readings differ"
        ids = [record.record_id for record in strict]
        assert len(set(ids)) == len(ids), "two records have one id"
        assert all(ids), "a record has no id"
        assert not any("\n" in record.title for record in strict), "a title has line breaks"
    assert time.process_time() - start < SLOW, "it took too long"
    return said


class Findings:
    """Where it went wrong so far, so that one mistake is told once; and how many files were read or refused."""

    def __init__(self, reader: str, kept: Path) -> None:
        self.reader, self.kept = reader, kept
        self.places: set[str] = set()
        self.read = self.refused = 0

    def check(self, path: Path, data: bytes) -> None:
        """Raises what `check` raises, unless that place is known."""
        self.read += 1
        try:
            said = check(path, data)
        except Exception as error:
            if _place(error) in self.places:
                return
            raise
        if "records start in it, but" in said:
            self.refused += 1
            if self.refused <= 5:
                (self.kept / f"refused-{self.refused}-{path.name}").write_bytes(data)

    def keep(self, path: Path, error: Exception) -> None:
        """Notes a finding and keeps its file."""
        self.places.add(_place(error))
        kept = self.kept / f"finding-{len(self.places)}-{path.name}"
        kept.write_bytes(path.read_bytes())
        print(f"{self.reader}: a finding, kept as {kept}", file=sys.stderr)
        traceback.print_exception(error, limit=-4)


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {last.filename}:{last.lineno}"


def fuzz(paths: dict[Path, bytes], others: list[bytes], seconds: float, found: Findings) -> None:
    """Fuzzes a reader's seeds for `seconds` of the clock."""
    end = time.monotonic() + seconds

    @settings(
        max_examples=200,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(list(paths)), st.lists(changes(others), min_size=1, max_size=6))
    def one(path: Path, many: list[Change]) -> None:
        if time.monotonic() < end:
            damaged = paths[path]
            for change in many:
                damaged = change(damaged)[:200_000]
            found.check(path, damaged)
            path.unlink()

    while time.monotonic() < end:
        try:
            one()
        except Exception as error:
            found.keep(next(path for path in paths if path.exists()), error)


def seeds(folder: Path, samples: Path | None) -> dict[str, dict[Path, bytes]]:
    """Reader -> file to write -> content, for each reader."""
    found = {path.name: path.read_bytes() for path in sorted(SEEDS.iterdir())}
    records = read_records(SEEDS / "table.csv")
    for suffix in (".xlsx", ".ris", ".csv", ".bib", ".xml", ".nbib"):
        path = folder / f"written{suffix}"
        write_records(path, records, columns={"rank": {"1": 1}, "decision": {"1": "include"}})
        found[path.name] = path.read_bytes()
    for path in sorted(samples.rglob("*")) if samples else []:
        if path.is_file() and path.suffix != ".md":
            found[path.name] = path.read_bytes()
    found["searches.zip"] = _zipped({name: found[name] for name in ("search.ris", "table.csv", "written.xml")})
    by_reader: dict[str, dict[Path, bytes]] = {}
    for name, whole in found.items():
        path = folder / name
        for data in (whole[:SAMPLE], whole[: 20 * SAMPLE]):
            path.write_bytes(data)
            with contextlib.suppress(TiabError):
                reader = "zip archive" if path.suffix == ".zip" else read(path).format
                by_reader.setdefault(reader, {})[path] = data
                break
        path.unlink()
    return by_reader


def _zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def main() -> None:
    """Fuzzes each reader, or the one given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60, help="for each reader")
    parser.add_argument("--reader", default="", help="the reader's name, such as RIS or PubMed XML; else each in turn")
    parser.add_argument("--samples", type=Path, help="a folder of real exports")
    parser.add_argument("--kept", type=Path, default=Path.cwd(), help="where findings are kept")
    asked = parser.parse_args()
    asked.kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        by_reader = seeds(Path(name), asked.samples)
        limit = MEMORY + int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        others = [data for paths in by_reader.values() for data in paths.values()]
        for reader in [asked.reader] if asked.reader else by_reader:
            found = Findings(reader, asked.kept)
            fuzz(by_reader[reader], others, asked.seconds, found)
            print(
                f"{reader:16} {len(by_reader[reader]):3} seeds {asked.seconds:.0f} s {found.read:7} files read, "
                f"{found.refused} refused for their counts, {len(found.places)} findings",
                flush=True,
            )


if __name__ == "__main__":
    main()
