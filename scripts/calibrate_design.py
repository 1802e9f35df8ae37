"""Fits models/pico-design.json, by which scores of study designs become probabilities, and prints how true they are.

    python scripts/calibrate_design.py [--shared DIR] [--output FILE]

DIR holds the data for measuring (TIAB_SHARED). The numbers are fitted to one half of the records, dealt out by the hash
of their titles; what is printed was measured on the other half, and on PICO-Corpus, which nothing was fitted to.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pico_training.design_calibration import (
    fit_designs,
    is_fitted_on,
    read_designs,
    reliability,
    share_of_trials,
)
from tiab.errors import TiabError

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))


def build(shared: Path, output: Path) -> None:
    """Fits, writes, measures and prints."""
    examples, corpus = read_designs(shared)
    model = fit_designs(filter(is_fitted_on, examples))
    model.to_disk(output)
    unseen = [example for example in examples if not is_fitted_on(example)]
    for design in model.weights:
        found = reliability(model, unseen, design)
        print(design, found.to_dict())
        print("   ", "  ".join(f"{said:.2f}: {true:.2f} of {count}" for count, said, true in found.bins))
    trials = [example for example in unseen if example.truth == corpus[0].truth]
    for name, group in (("Evidence Inference, unseen half", trials), ("PICO-Corpus", corpus)):
        chance, score = share_of_trials(model, group)
        print(f"{name}: {len(group)} trials, {chance:.3f} at .5 or more by chance, {score:.3f} by score")


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
