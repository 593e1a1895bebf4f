"""Pages of the documentation that are written from the package: the glossary, the library."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from plmemory.figures.shared.glossary import SYMBOLS, TERMS, Entry
from plmemory.plan.registry import PACKAGE

# Folders of the package, and the titles of their pages.
ROOMS = {
    "estimator": "Memory, beneath",
    "theory": "Theory",
    "networks": "Networks",
    "learning": "Learning rules",
    "measures": "Measures",
    "datasets": "Data sets",
    "files": "Files",
    "machine": "Machine",
    "plan": "Plan",
}


def glossary() -> str:
    """Symbols and terms, each with its meaning."""
    symbols = [Entry(f"${name}$", meaning) for name, meaning in SYMBOLS]
    parts = ["# Symbols and terms", "## Symbols", _table("symbol", symbols)]
    return "\n\n".join([*parts, "## Terms", _table("term", TERMS)]) + "\n"


def _table(head: str, entries: Iterable[Entry]) -> str:
    rows = [f"| {entry.name} | {entry.meaning} |" for entry in entries]
    return "\n".join([f"| {head} | meaning |", "|---|---|", *rows])


def library() -> dict[str, str]:
    """The public functions and classes, a page a room, for mkdocstrings to fill in."""
    rooms = {
        room: "\n\n".join([f"# {title}", *(f"::: {name}" for name in modules(room))]) + "\n"
        for room, title in ROOMS.items()
    }
    return {"index": FACE, **rooms}


def modules(room: str) -> list[str]:
    """The modules of a room that have something public."""
    files = sorted((PACKAGE / room).rglob("*.py"))
    return [_dotted(file) for file in files if _public(file)]


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)


def _public(file: Path) -> bool:
    defined = (ast.FunctionDef, ast.ClassDef)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(node, defined) and node.name[0] != "_" for node in tree.body)


FACE = """# Library

What `import plmemory` offers is on this page. The other pages are of the modules beneath it, a page
a folder.

::: plmemory.Memory

::: plmemory.InputError

::: plmemory.TrainingError

::: plmemory.border

::: plmemory.seeds
"""
