"""Which source files a job runs, as one digest: edit any of them and the job is out of date.

Snakemake itself watches only a rule's script, and by time stamp. The digest taken here
covers the script and every module of this package that it imports, directly or not, by
content: a fresh clone or a mere touch changes nothing, an edit does.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import os
from pathlib import Path

PACKAGE = Path(__file__).parent


def digest(script: Path, *modules: str) -> str:
    """Digest of ``script``, of ``modules`` (dotted names) and of all they import from here."""
    files = {script}
    for name in (*modules, *_imports(script)):
        _collect(name, files)
    content = hashlib.sha256()
    for file in sorted(files, key=lambda file: (file.name, str(file))):
        content.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return content.hexdigest()[:16]


def run_from(source: Path) -> None:
    """Let the processes that this one starts import the package from the folder ``source``."""
    others = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(source), others]))


def closure(*modules: str) -> set[Path]:
    """The files of this package that ``modules`` run, themselves included.

    Raises
    ------
    ModuleNotFoundError
        If a name is no module of this package.
    """
    files: set[Path] = set()
    for name in modules:
        _collect(name, files)
    return files


def _collect(name: str, files: set[Path]) -> None:
    file = _file(name)
    if file is None:
        raise ModuleNotFoundError(f"no module {name} in {PACKAGE.name}")
    if file not in files:
        files.add(file)
        for imported in _imports(file):
            _collect(imported, files)


@functools.cache
def _imports(file: Path) -> tuple[str, ...]:
    """Modules of this package that ``file`` imports, at the top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(sorted(name for name in found if _file(name)))


@functools.cache
def _file(name: str) -> Path | None:
    package, *rest = name.split(".")
    if package != PACKAGE.name or not rest:
        return None  # the package's own __init__ holds a docstring and the version only
    path = PACKAGE.joinpath(*rest)
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
