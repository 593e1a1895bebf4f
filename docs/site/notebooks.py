"""Notebooks as pages: their text, their code, and its stored output."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

PICTURE = "![What this code draws]({name})"


def page(path: Path) -> tuple[str, dict[str, bytes]]:
    """A notebook in Markdown, and the pictures that lie beside the page, by name."""
    notebook = nbformat.read(path, as_version=4)
    pictures: dict[str, bytes] = {}
    parts: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(_fenced(cell.source, "python"))
        for kind, content in _outputs(cell):
            if kind == "text":
                parts.append(_fenced(content, "text"))
            else:
                name = f"{path.stem}_{len(pictures) + 1}.png"
                pictures[name] = base64.b64decode(content)
                parts.append(PICTURE.format(name=name))
    parts.append(f"This page is the notebook `docs/tutorials/{path.name}`, run as it stands.")
    return "\n\n".join(parts) + "\n", pictures


def _outputs(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """What a cell printed (text) and drew (png, base64), as ``docs/tutorials/run.py`` keeps it."""
    for output in cell.outputs:
        yield ("png", output.data["image/png"]) if "data" in output else ("text", output.text)


def _fenced(text: str, language: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"
