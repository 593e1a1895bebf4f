"""Which source files a job runs, as one digest: edit any of them and the job is out of date.

Snakemake itself watches only a rule's script, and by time stamp. The digest taken here covers the
script and every module of this package that it imports, directly or not, by content without
comments and docstrings: a fresh clone, a mere touch or better prose changes nothing, an edit of
what runs does. Modules that a job picks by name are named by who plans it; every job checks at its
end that nothing ran which was not hashed (``files.jobs``).
"""

from __future__ import annotations

import ast
import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1]
_PROSE = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class Code(NamedTuple):
    """What a job runs: its digest, and the names of all modules of this package in it."""

    digest: str
    modules: tuple[str, ...]


@functools.cache
def code(script: Path, *modules: str) -> Code:
    """Digest of ``script``, of ``modules`` (dotted names) and of all they import from here.

    Raises
    ------
    ModuleNotFoundError
        If a name is no module of this package.
    """
    names = closure(*modules, *_imports(script))
    content = hashlib.sha256(_read(script).syntax.encode())
    for name in names:
        content.update(f"\0{name}\0{_read(_existing(name)).syntax}".encode())
    return Code(content.hexdigest()[:16], names)


def closure(*modules: str) -> tuple[str, ...]:
    """The modules of this package that ``modules`` run, themselves and all packages included."""
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [*_imports(_existing(name)), *_parents(name)]
    return tuple(sorted(found))


def run_from(source: Path) -> None:
    """Let the processes that this one starts import the package from the folder ``source``.

    They draw without a screen: the backend of a notebook could not be imported there.
    """
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(source), *(path for path in others if path not in ("", str(source)))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    os.environ["MPLBACKEND"] = "agg"


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


class _Source(NamedTuple):
    """A file's syntax as a digest, and the names that it imports."""

    syntax: str
    imported: tuple[str, ...]


@functools.cache
def _read(file: Path) -> _Source:
    """Comments, docstrings and the layout of lines do not count as syntax."""
    words: list[str] = []
    imported: set[str] = set()
    waiting: list[object] = [ast.parse(file.read_text(encoding="utf-8"))]
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
    return _Source(hashlib.sha256("\0".join(words).encode()).hexdigest(), tuple(sorted(imported)))


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _imports(file: Path) -> tuple[str, ...]:
    """Modules of this package that ``file`` imports, at the top or inside a function."""
    return tuple(name for name in _read(file).imported if _file(name))


def _existing(name: str) -> Path:
    file = _file(name)
    if file is None:
        raise ModuleNotFoundError(f"no module {name} in {PACKAGE.name}")
    return file


@functools.cache
def _file(name: str) -> Path | None:
    package, *rest = name.split(".")
    if package != PACKAGE.name:
        return None
    path = PACKAGE.joinpath(*rest)
    for candidate in (path / "__init__.py", path.with_suffix(".py") if rest else path):
        if candidate.is_file():
            return candidate
    return None
