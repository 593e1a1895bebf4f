"""The syntax and the imports of a source file, without comments, docstrings and layout."""

from __future__ import annotations

import ast
import functools
import hashlib
from pathlib import Path
from typing import NamedTuple

_PROSE = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class Source(NamedTuple):
    """A source file: digests of its content and of its syntax alone, and what it imports."""

    content: str
    syntax: str
    imported: tuple[str, ...]


@functools.cache
def read(file: Path) -> Source:
    """Read a file; comments, docstrings and the layout of lines do not count as syntax."""
    words: list[str] = []
    imported: set[str] = set()
    content = file.read_bytes()
    waiting: list[object] = [ast.parse(content)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.AST):
            words.append(type(node).__name__)
            if isinstance(node, _PROSE) and node.body and _is_text(node.body[0]):
                del node.body[0]
            waiting += [getattr(node, name, None) for name in node._fields]
            if isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
                imported.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, list):
            words.append(str(len(node)))
            waiting += node
        else:
            words.append(repr(node))
    syntax = hashlib.sha256("\0".join(words).encode()).hexdigest()
    return Source(hashlib.sha256(content).hexdigest(), syntax, tuple(sorted(imported)))


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
