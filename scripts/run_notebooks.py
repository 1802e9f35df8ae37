"""Runs the notebooks of the documentation, without Jupyter, and stores what each cell prints.

    python scripts/run_notebooks.py

Each runs in a folder of its own that holds the embedded corpus. `tests/test_docs_site.py` holds that what is stored is
what the cells print today.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tiab.assets import corpus_path

DOCS = Path(__file__).parents[1] / "docs"


def printed_by(notebook: dict[str, Any]) -> list[str]:
    """What each code cell prints, in order, run in the current folder; "" where it prints nothing."""
    names: dict[str, Any] = {}
    printed = []
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
        printed.append(out.getvalue())
    return printed


def stored_in(notebook: dict[str, Any]) -> list[str]:
    """What the notebook says that each code cell prints."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join("".join(output["text"]) for output in cell["outputs"]) for cell in cells]


def store(notebook: dict[str, Any], printed: list[str]) -> None:
    """Puts what the code cells print into the notebook."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, (cell, text) in enumerate(zip(cells, printed, strict=True), 1):
        output = {"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}
        cell["execution_count"], cell["outputs"] = number, [output] if text else []


def main() -> None:
    """Runs every notebook and stores what it prints."""
    for path in sorted(DOCS.rglob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(corpus_path(), folder, dirs_exist_ok=True)
            before = Path.cwd()
            os.chdir(folder)
            try:
                store(notebook, printed_by(notebook))
            finally:
                os.chdir(before)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(path.relative_to(DOCS))


if __name__ == "__main__":
    main()
