"""A Jupyter notebook as a page: its cells in order, and what they printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["notebook_page"]


def notebook_page(path: Path) -> str:
    """The notebook in Markdown, with a link to the notebook itself."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    head, *rest = (block for cell in cells for block in _blocks(cell))
    link = f"[Download this page as a notebook]({path.name}){{ download }}"
    return "\n\n".join([head, link, *rest]) + "\n"


def _blocks(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    yield source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```"
    printed = "".join("".join(output.get("text", [])) for output in cell.get("outputs", []))
    if printed:
        yield f"```text\n{printed.rstrip()}\n```"
