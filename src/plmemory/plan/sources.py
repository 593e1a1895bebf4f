"""A digest of all source files that a job runs: after an edit of any, the job is outdated.

Snakemake itself watches only a rule's script, and by time stamp. The digest taken here covers the
script and every module of this package that it imports, directly or not, by content without
comments and docstrings. A fresh clone, a new time stamp or better prose changes nothing; an edit of
running code does. Modules that a job loads by name are named by the plan; at its end every job
checks that all code that ran was hashed (``files.jobs``).
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from plmemory.files import syntax

PACKAGE = Path(__file__).parents[1]


class Code(NamedTuple):
    """The code of a job: one digest of all, and digests of content and syntax of each source.

    ``sources``: by the dotted names of modules of this package, and the path of the script.
    """

    digest: str
    sources: dict[str, tuple[str, str]]


@functools.cache
def code(script: Path, *modules: str) -> Code:
    """Digest of ``script``, of ``modules`` (dotted names) and of all they import from here.

    Raises
    ------
    ModuleNotFoundError
        If a name is no module of this package.
    """
    ran = syntax.read(script)
    whole = hashlib.sha256(ran.syntax.encode())
    sources = {str(script): (ran.content, ran.syntax)}
    for name in closure(*modules, *_imports(script)):
        source = syntax.read(_existing(name))
        whole.update(f"\0{name}\0{source.syntax}".encode())
        sources[name] = (source.content, source.syntax)
    return Code(whole.hexdigest()[:16], sources)


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
    """Let child processes import the package from the folder ``source``.

    They draw without a screen: the matplotlib backend of a notebook could not be imported there.
    """
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(source), *(path for path in others if path not in ("", str(source)))]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    os.environ["MPLBACKEND"] = "agg"


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _imports(file: Path) -> tuple[str, ...]:
    """Modules of this package that ``file`` imports, at the top or inside a function."""
    return tuple(name for name in syntax.read(file).imported if _file(name))


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
