"""Builds models/exercise-ms-cytokines.safetensors, the founding review's kept model, from the embedded corpus.

    python scripts/build_model.py

The same corpus, criteria and tiab give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import tiab

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpora" / "exercise-ms-cytokines"
MODEL = ROOT / "models" / "exercise-ms-cytokines.safetensors"


def main() -> None:
    records = CORPUS / "records.csv"
    model = tiab.train(
        tiab.read_records(records),
        labels=tiab.read_labels(records),
        criteria=tiab.read_criteria(CORPUS / "criteria.toml"),
    )
    tiab.write_model(MODEL, model)
    print(
        f"{MODEL.name}: {model.n_included} included, {model.n_excluded} excluded, {MODEL.stat().st_size / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
