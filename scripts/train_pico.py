"""Builds models/pico-roles.safetensors and models/pico-pio.safetensors, the learned part of PICO.

    python scripts/train_pico.py [--only roles|spans] [--shared DIR] [--output DIR]
    python scripts/train_pico.py --cross-validate [--folds N]

DIR holds the data for measuring (TIAB_SHARED); its README says what lies where. The same data and tiab give the same
bytes on the same kind of machine. `--cross-validate` writes nothing and prints the scores of models that were learned
from four fifths of the abstracts that experts marked, and of EBM-NLP's, on the fifth that they never saw.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from pico_training.building import FOLDS, build_roles, build_spans, cross_validate, marked_sets
from pico_training.pio_training import Prediction, score
from tiab.errors import TiabError
from tiab.pico.learned.pio_model import PioModel
from tiab.pico.learned.roles import RoleModel

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))
ROLES, SPANS = "pico-roles.safetensors", "pico-pio.safetensors"


def say(line: str) -> None:
    print(line, flush=True)


def build(shared: Path, output: Path, only: str) -> None:
    """Writes the models that are asked for."""
    if only != "spans":
        build_roles(shared).to_disk(output / ROLES)
        say(f"{ROLES}: {(output / ROLES).stat().st_size / 1e6:.1f} MB")
    if only != "roles":
        build_spans(shared, RoleModel.from_disk(output / ROLES), say).to_disk(output / SPANS)
        say(f"{SPANS}: {(output / SPANS).stat().st_size / 1e6:.1f} MB")


def validate(shared: Path, output: Path, folds: int) -> None:
    """Prints the scores of cross-validation; word vectors, which know no labels, are those of the kept model."""
    sets = marked_sets(shared, RoleModel.from_disk(output / ROLES))
    vectors = PioModel.from_disk(output / SPANS).vectors
    found: dict[str, list[Prediction]] = {}
    for number, fold in enumerate(cross_validate(sets, vectors, range(folds)), start=1):
        for name, predictions in fold.items():
            say(f"{name}, fold {number}: {score(predictions).tokens}")
            found.setdefault(name, []).extend(predictions)
    for name, predictions in found.items():
        scores = score(predictions)
        say(f"{name}, {len(predictions)} abstracts")
        say(f"  tokens: {scores.tokens}")
        say(f"  both ends right: {scores.spans}")
        say(f"  both ends right, marks tidied: {scores.tidy_spans}")
        say(f"  overlapping: {scores.overlaps}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("roles", "spans"), default="")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--output", type=Path, default=ROOT / "models")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--folds", type=int, default=FOLDS, choices=range(1, FOLDS + 1), help="how many are measured")
    given = parser.parse_args()
    try:
        with threadpool_limits(limits=1):  # the order of sums, and with it the last bits, depends on the threads
            if given.cross_validate:
                validate(given.shared, given.output, given.folds)
            else:
                build(given.shared, given.output, given.only)
    except TiabError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
