"""Prints how many records a second each reader reads on one core, and the peak memory of doing so.

    python scripts/benchmark_formats.py FILE...

Without a file, it writes synthetic ones to a temporary folder: 20,000 records of RIS, NBIB and CSV each, and 200 MB of
PubMed XML.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_SENTENCE = "Background: Interleukin-6 and leptin were measured in {0} women with multiple sclerosis who trained. "
_ONE = """
import pathlib, re, sys, time
from tiab.formats import iter_records
start = time.process_time()
count = sum(1 for _ in iter_records(sys.argv[1]))
seconds = time.process_time() - start
status = pathlib.Path("/proc/self/status")
peak = int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1]) / 1024 if status.exists() else float("nan")
print(f"{count:>7} records  {seconds:6.1f} s  {count / seconds:7.0f} records/s  peak {peak:5.0f} MB")
"""


def ris(number: int) -> str:
    """One record of about 3 kB, as a database exports it."""
    words = "".join(f"KW  - keyword {n}\n" for n in range(20))
    names = "".join(f"AU  - Author{n}, A. B.\n" for n in range(6))
    return (
        f"TY  - JOUR\n{names}TI  - Trial {number} of exercise\nT2  - Journal of trials\nPY  - 2017\nVL  - 3\nIS  - 2\n"
        f"SP  - 1\nEP  - 9\nDO  - 10.1000/{number}\nSN  - 1234-5678\nAB  - {_SENTENCE.format(number) * 16}\n{words}"
        "UR  - https://example.org\nLA  - English\nM3  - Article\nDB  - Base\nER  - \n\n"
    )


def nbib(number: int) -> str:
    """One record of about 3 kB, as PubMed exports it."""
    abstract = (_SENTENCE.format(number) * 16).replace("who ", "who\n      ")
    names = "".join(f"FAU - Author{n}, A B\nAU  - Author{n} AB\n" for n in range(6))
    words = "".join(f"MH  - Heading {n}/*therapy\n" for n in range(15))
    return (
        f"PMID- {number + 1}\nOWN - NLM\nDP  - 2017 Jan\nTI  - Trial {number} of exercise\nAB  - {abstract}\n{names}"
        f"LA  - eng\nPT  - Journal Article\nJT  - Journal of trials\n{words}LID - 10.1000/{number} [doi]\n\n"
    )


def table(number: int) -> str:
    """One row of about 2 kB."""
    abstract = _SENTENCE.format(number) * 16
    return f'"Author A., Bauthor B.","Trial {number} of exercise",2017,Journal,10.1000/{number},"{abstract}",a; b; c\n'


def article(number: int) -> str:
    """One article of about 9 kB, as PubMed's baseline files have it."""
    sections = "".join(f'<AbstractText Label="PART{n}">{_SENTENCE.format(n) * 4}</AbstractText>\n' for n in range(4))
    names = "".join(
        f"<Author><LastName>Author{n}</LastName><ForeName>A B</ForeName><AffiliationInfo><Affiliation>A place, "
        "a town, a country</Affiliation></AffiliationInfo></Author>\n"
        for n in range(8)
    )
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="D{n}">Heading {n}</DescriptorName></MeshHeading>\n' for n in range(14)
    )
    cited = "".join(
        f'<Reference><Citation>Someone. Journal. 2001;{n}</Citation><ArticleIdList><ArticleId IdType="pubmed">{n}'
        "</ArticleId></ArticleIdList></Reference>\n"
        for n in range(30)
    )
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{number + 1}</PMID><Article><Journal><JournalIssue><PubDate><Year>2017"
        f"</Year></PubDate></JournalIssue><Title>Journal</Title></Journal><ArticleTitle>Trial {number}</ArticleTitle>"
        f"<Abstract>{sections}</Abstract><AuthorList>{names}</AuthorList><Language>eng</Language></Article>"
        f"<MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation><PubmedData><ReferenceList>{cited}"
        "</ReferenceList></PubmedData></PubmedArticle>\n"
    )


def synthetic(folder: Path) -> Iterator[Path]:
    """The files that are read where none is named."""
    heading = "Authors,Title,Year,Source title,DOI,Abstract,Author Keywords\n"
    for name, start, one, count, end in (
        ("records.ris", "", ris, 20_000, ""),
        ("records.nbib", "", nbib, 20_000, ""),
        ("records.csv", heading, table, 20_000, ""),
        ("records.xml", "<PubmedArticleSet>\n", article, 28_000, "</PubmedArticleSet>\n"),
    ):
        path = folder / name
        with path.open("w", encoding="utf-8") as stream:
            stream.write(start)
            stream.writelines(one(number) for number in range(count))
            stream.write(end)
        yield path


def measure(path: Path) -> None:
    """Prints a line about reading `path`, in a process of its own so that the peak is its own."""
    done = subprocess.run([sys.executable, "-c", _ONE, str(path)], check=True, capture_output=True, text=True)
    print(f"{path.name:24} {path.stat().st_size / 1e6:6.1f} MB  {done.stdout.strip()}", flush=True)


def main() -> None:
    """Measures the files named, or synthetic ones."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    for path in files:
        measure(path)
    if not files:
        with tempfile.TemporaryDirectory() as folder:
            for path in synthetic(Path(folder)):
                measure(path)


if __name__ == "__main__":
    main()
