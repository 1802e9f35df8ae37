"""Scanning takes as much memory for many files as for one."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tiab.assets import corpus_path

_PROGRAM = """
import resource, sys
from pathlib import Path
from tiab.criteria import read_criteria
from tiab.scan import scan
criteria, work, files = read_criteria(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
scan(files[:1], work=work / "one", criteria=criteria, top=50)
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + (24 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
print(scan(files, work=work / "all", criteria=criteria, top=50).n_records)
"""


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc")
def test_fifteen_thousand_records_take_no_more_memory_than_three(
    pubmed_file: Callable[..., Path], tmp_path: Path
) -> None:
    """With every record in memory it would be 60 MB more; 24 are allowed, for what Python leaves behind."""
    dice = random.Random(0)
    words = [
        *(f"word{number}" for number in range(3000)),
        *["exercise", "training", "multiple", "sclerosis", "cytokine"],
    ]

    def citations(first: int) -> Iterator[tuple[int, int, str, str]]:
        for pmid in range(first, first + 3000):
            yield pmid, 20200101, " ".join(dice.choices(words, k=12)), " ".join(dice.choices(words, k=130))

    files = [pubmed_file(f"pubmed{n}.xml.gz", citations(1 + 3000 * n)) for n in range(5)]
    arguments = [corpus_path() / "criteria.toml", tmp_path / "work", *files]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "15000"), done.stderr[-2000:]
