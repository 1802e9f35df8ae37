"""What MkDocs calls while it builds the site: adds the pages that are written elsewhere, and mends links to them."""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # MkDocs loads this file by its path

from docs_site.architecture import architecture_svg
from docs_site.commands import commands_page
from docs_site.file_formats import formats_tables
from docs_site.notebook import notebook_page

__all__ = ["on_files", "on_page_content", "on_page_markdown", "on_post_page"]

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {
    "CHANGELOG.md": "contributing/changelog.md",
    "CODE_OF_CONDUCT.md": "contributing/conduct.md",
    "CONTRIBUTING.md": "contributing/index.md",
    "RELEASING.md": "contributing/releasing.md",
    "SECURITY.md": "understand/security.md",
    "src/tiab/web/static/icon.svg": "assets/icon.svg",
    **{f"models/{path.name}": f"reference/models/{path.name}" for path in sorted((ROOT / "models").glob("*.md"))},
}
"""Pages (and the icon) of the repository that stand outside `docs`, and where the site shows them."""
_TABLE = "<!-- the table of formats -->"
_LINK = re.compile(r"(?<=\]\()([^)\s#]+)(?=[)\s#])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made, or that stand elsewhere in the repository."""
    made = {site: (ROOT / path).read_text(encoding="utf-8") for path, site in ELSEWHERE.items()}
    made["reference/commands.md"] = commands_page()
    made["contributing/architecture.svg"] = architecture_svg(ROOT, "light")
    made["contributing/architecture-dark.svg"] = architecture_svg(ROOT, "dark")
    for path in sorted((ROOT / "docs").rglob("*.ipynb")):
        made[path.relative_to(ROOT / "docs").with_suffix(".md").as_posix()] = notebook_page(path)
    for site, text in made.items():
        files.append(File.generated(config, site, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page with the table of formats where it asks for it, and with its links as they are on the site."""
    site = page.file.src_uri
    source = next((path for path, shown in ELSEWHERE.items() if shown == site), f"docs/{site}")
    if _TABLE in markdown:
        markdown = markdown.replace(_TABLE, formats_tables())
    return _LINK.sub(lambda found: _on_site(found[1], source, site), markdown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page with the empty corners of its tables as cells: a heading needs words."""
    return re.sub(r"<th([^>]*)></th>", r"<td\1></td>", html)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """The whole page with a name for the dialog of the search, which Material leaves without one."""
    return output.replace('role="dialog">', 'role="dialog" aria-label="Search">')


def _on_site(target: str, source: str, site: str) -> str:
    """The link to `target`, from a file of the repository, as it is from the page `site`; others stay as they are."""
    if "://" in target:
        return target
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    shown = ELSEWHERE.get(path) or (path.removeprefix("docs/") if path.startswith("docs/") else None)
    return posixpath.relpath(shown, posixpath.dirname(site) or ".") if shown else target
