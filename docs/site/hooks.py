"""Hooks of MkDocs: pages that are not files in docs/, formulas, and their font."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import notebooks  # MkDocs finds it beside this file, as the next one
from fontTools import subset
from maths import Maths
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from plmemory.plan import gallery, pages

CHECKOUT = Path(__file__).parents[2]
# Pages elsewhere in the repository, and their names in the site.
ELSEWHERE = {
    "README.md": "index.md",
    "config/README.md": "configuration.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
NOTEBOOKS = {
    f"docs/tutorials/{file.name}": f"tutorials/{file.stem}.md"
    for file in sorted((CHECKOUT / "docs/tutorials").glob("*.ipynb"))
}
PAGES = ELSEWHERE | NOTEBOOKS
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
FONT = "site/STIXTwoMath.woff"

characters: set[str] = set()


def on_config(config: MkDocsConfig) -> None:
    """Add the extension for formulas."""
    config.markdown_extensions.append(Maths(characters))  # type: ignore[arg-type]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages that are not files in docs/, and fill in the folders of the navigation."""
    made: dict[str, str] = {page: (CHECKOUT / file).read_text() for file, page in ELSEWHERE.items()}
    plan = gallery.plan(CHECKOUT)
    pictures = gallery.pictures(plan, CHECKOUT)
    made["gallery.md"] = gallery.page(plan, pictures)
    made["glossary.md"] = pages.glossary()
    made |= {f"api/{name}.md": text for name, text in pages.library().items()}
    for file, page in NOTEBOOKS.items():
        made[page], drawn = notebooks.page(CHECKOUT / file)
        for name, content in drawn.items():
            files.append(File.generated(config, f"tutorials/{name}", content=content))
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    for name, picture in pictures.items():
        source = f"{gallery.PICTURES}/{name}.svg"
        files.append(File.generated(config, source, abs_src_path=str(picture)))
    config.nav = list(_navigation(config.nav, files))


def _navigation(nav: Any, files: Files) -> Iterator[Any]:
    """Entries that name a folder get all its pages, in order, and are removed if it has none."""
    for entry in nav:
        ((title, target),) = entry.items()
        if not isinstance(target, str):
            yield {title: list(_navigation(target, files))}
        elif target.endswith("/"):
            uris = (file.src_uri for file in files.documentation_pages())
            found = sorted(uri for uri in uris if uri.startswith(target))
            if found:
                first = ("README.md", "index.md")
                yield {title: sorted(found, key=lambda uri: not uri.endswith(first))}
        else:
            yield entry


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links between files of the repository into links between pages of the site."""
    sources = {uri: file for file, uri in PAGES.items()}
    uri = page.file.src_uri
    here = posixpath.dirname(sources.get(uri, f"docs/{uri}"))

    def turned(match: re.Match[str]) -> str:
        text, target, anchor = match.groups()
        if "://" in target:
            return match.group()
        file = posixpath.normpath(posixpath.join(here, target))
        there = PAGES.get(file, file.removeprefix("docs/"))
        if files.get_file_from_path(there) is not None:
            link = posixpath.relpath(there, posixpath.dirname(uri) or ".")
            return f"[{text}]({link}{anchor or ''})"
        return text if (CHECKOUT / file).exists() else match.group()

    # A picture with a width is no Markdown; docs/ is the root of the site.
    return LINK.sub(turned, markdown).replace('src="docs/', 'src="')


def on_post_build(config: MkDocsConfig) -> None:
    """Write the font of formulas, reduced to the characters in use, beside the pages."""
    ziamath = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True)
    drawn = subset.Subsetter(options)
    drawn.populate(text="".join(sorted(characters)))
    packed = io.BytesIO()
    with subset.load_font(str(ziamath), options) as font:
        drawn.subset(font)
        subset.save_font(font, packed, options)
    (Path(config.site_dir) / FONT).write_bytes(packed.getvalue())
