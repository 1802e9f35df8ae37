"""Measures spaCy's own `ner` and `spancat` on the folds that tiab's network is measured on.

    python scripts/benchmark_spacy_spans.py [--kind ner|spancat] [--folds N] [--epochs N] [--pretrained FILE]

FILE is what `spacy pretrain` makes of scripts/pico_training/spacy_pretrain.cfg with trial texts: fill the config with
`spacy init fill-config --pretraining`, give the texts as `--paths.raw_text FILE.jsonl`, and name a module that imports
tiab.pico.pipeline as `--code`. Both learn from the abstracts that experts marked alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from time import process_time

from pico_training.building import FOLDS, expert_set, fold_of
from pico_training.pio_training import Prediction, score
from pico_training.spacy_spans import KINDS, label_words, trained_spacy
from tiab.errors import TiabError
from tiab.pico.learned.roles import RoleModel

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TIAB_SHARED", ROOT.parent / "shared"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, default="ner")
    parser.add_argument("--folds", type=int, default=FOLDS, choices=range(1, FOLDS + 1), help="how many are measured")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--pretrained", type=Path)
    parser.add_argument("--shared", type=Path, default=SHARED)
    given = parser.parse_args()
    try:
        measure(given)
    except TiabError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def measure(given: argparse.Namespace) -> None:
    """Prints F1 over tokens and spans, abstracts a second and megabytes."""
    items = expert_set(given.shared, RoleModel.from_disk(ROOT / "models" / "pico-roles.safetensors"))
    found: list[Prediction] = []
    seconds, size = 0.0, 0
    for fold in range(given.folds):
        taught = [item for item in items if fold_of(item.article.record) != fold]
        with trained_spacy(given.kind, taught, pretrained=given.pretrained, epochs=given.epochs) as nlp:
            began = process_time()
            found += [(item, label_words(nlp, item)) for item in items if fold_of(item.article.record) == fold]
            seconds += process_time() - began
            size = len(nlp.to_bytes(exclude=["vocab"]))
    scores = score(found)
    print(f"{given.kind}, {len(found)} abstracts, {len(found) / seconds:.0f} a second of one core, {size / 1e6:.1f} MB")
    print(f"  tokens: {scores.tokens}")
    print(f"  both ends right: {scores.spans}")
    print(f"  both ends right, marks tidied: {scores.tidy_spans}")


if __name__ == "__main__":
    sys.exit(main())
