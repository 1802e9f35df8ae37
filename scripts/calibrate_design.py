"""Fits models/pico-design.json, by which cues to study designs become scores, and prints how true they are.

    python scripts/calibrate_design.py [--shared DIR] [--output FILE]

DIR holds the data for measuring (TIAB_SHARED). The numbers are fitted to records with even PMIDs (or ids); what is
printed was measured on the others, by what `tiab pico --evaluate --designs … --trials …` measures, too.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pico_training.design_calibration import fit_designs, read_designs
from tiab.errors import TiabError

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))


def build(shared: Path, output: Path) -> None:
    """Fits, writes and prints."""
    examples = read_designs(shared)
    for kind, count in sorted(Counter(example.kind for example in examples).items()):
        print(f"{count:6d} {kind}")
    model = fit_designs(examples)
    model.to_disk(output)
    for design, numbers in model.weights.items():
        print(f"{design:22s}", *(f"{number:7.3f}" for number in numbers))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--output", type=Path, default=ROOT / "models" / "pico-design.json")
    given = parser.parse_args()
    try:
        with threadpool_limits(limits=1):
            build(given.shared, given.output)
    except TiabError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
