"""The folder in which numba stores compiled code."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def give_a_folder() -> None:
    """Let numba compile if neither the folder of this package nor the home can be written.

    It then stores its code in a temporary folder of this process; otherwise it would fail. To be
    called before numba is imported.
    """
    caches = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    if "NUMBA_CACHE_DIR" in os.environ or any(map(_writable, (PACKAGE / "__pycache__", caches))):
        return
    os.environ["NUMBA_CACHE_DIR"] = folder = tempfile.mkdtemp(prefix="plmemory-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _writable(folder: Path) -> bool:
    """Whether the folder can be written to or created."""
    while not os.path.exists(folder):
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
