"""The paths of the files that a configuration names."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PACKAGED = "package:"


def packaged(name: str) -> str | None:
    """The file ``package:<distribution>/<file>``, None if the package or the file is missing.

    Found through the metadata of the package, which is not imported.
    """
    package, _, inside = name.removeprefix(PACKAGED).partition("/")
    try:
        path = Path(str(distribution(package).locate_file(f"{package}/{inside}")))
    except (PackageNotFoundError, ValueError):
        return None
    return str(path) if path.is_file() else None


def expanded(path: str) -> str:
    """The path with ``~`` and environment variables replaced."""
    return os.path.expanduser(os.path.expandvars(path))
