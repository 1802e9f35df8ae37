"""Reads damaged files until time is up, and says when a reader does anything but give records or one clear error.

    python scripts/fuzz_formats.py --seconds 600 --format ris
    python scripts/fuzz_formats.py --seconds 60              # each format in turn

The seeds are the small files in tests/data/formats, and one of each format that tiab writes. What goes wrong is made as
small as Hypothesis can, printed, and kept in a file.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tiab.errors import TiabError
from tiab.formats import read, read_records, write_records

SEEDS = Path(__file__).resolve().parent.parent / "tests" / "data" / "formats"
SLOW = 5.0
"""Seconds of processor time that no small file may take."""
MEMORY = 3 << 30
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
    """One way to damage a file."""
    kind = draw(st.sampled_from(["insert", "delete", "repeat", "swap", "flip", "splice", "encode", "cut"]))
    at, length = draw(st.floats(0, 1)), draw(st.integers(1, 200))
    token = draw(st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=8)))
    other = draw(st.sampled_from(others))
    times = draw(st.integers(2, 50))
    encoding = draw(st.sampled_from(["utf-16", "utf-16-le", "cp1252", "utf-32", "gzip"]))

    def change(data: bytes) -> bytes:
        place = int(at * len(data))
        piece = data[place : place + length]
        if kind == "encode":
            return _encoded(data, encoding)
        return {
            "insert": data[:place] + token + data[place:],
            "delete": data[:place] + data[place + length :],
            "repeat": data[:place] + piece * times + data[place:],
            "swap": data[:place] + piece[::-1] + data[place + length :],
            "flip": data[:place] + bytes([data[place] ^ (1 << length % 8)]) + data[place + 1 :] if piece else data,
            "splice": data[:place] + other[int(at * len(other)) :],
            "cut": data[:place],
        }[kind]

    return change


def _encoded(data: bytes, encoding: str) -> bytes:
    import gzip

    if encoding == "gzip":
        return gzip.compress(data, mtime=0)
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def check(path: Path, data: bytes) -> None:
    """Raises AssertionError where reading `data` does anything but give records or one clear error."""
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


def fuzz(name: str, seed: bytes, others: list[bytes], seconds: float, folder: Path) -> int:
    """Fuzzes one seed for `seconds`; how many files were read."""
    path, count, end = folder / name, 0, time.process_time() + seconds

    @settings(
        max_examples=500,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(changes(others), min_size=1, max_size=6))
    def one(many: list[Change]) -> None:
        nonlocal count
        data = seed
        for change in many:
            data = change(data)[:200_000]
        count += 1
        if time.process_time() < end:
            check(path, data)

    while time.process_time() < end:
        try:
            one()
        except BaseException:
            kept = Path.cwd() / f"fuzz-finding-{name}"
            kept.write_bytes(path.read_bytes())
            print(f"{name}: a finding, kept as {kept}", file=sys.stderr)
            raise
    return count


def seeds(folder: Path) -> dict[str, bytes]:
    """File name -> content, for each format."""
    found = {path.name: path.read_bytes() for path in sorted(SEEDS.iterdir())}
    records = read_records(SEEDS / "table.csv")
    for suffix in (".xlsx", ".ris", ".csv", ".bib", ".xml", ".nbib"):
        path = folder / f"written{suffix}"
        write_records(path, records, columns={"rank": {"1": 1}, "decision": {"1": "include"}})
        found[path.name] = path.read_bytes()
    return found


def main() -> None:
    """Fuzzes each format, or those whose seed's name has the word given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60, help="of processor time, for each seed")
    parser.add_argument("--format", default="", help="a word in the seed's name, such as ris or pubmed")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with tempfile.TemporaryDirectory() as name:
        all_seeds = seeds(Path(name))
        for seed, data in all_seeds.items():
            if asked.format in seed:
                count = fuzz(seed, data, list(all_seeds.values()), asked.seconds, Path(name))
                print(f"{seed:24} {count:7} files read in {asked.seconds:.0f} s, nothing found", flush=True)


if __name__ == "__main__":
    main()
