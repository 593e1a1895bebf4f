"""The paths of the files that an entry names."""

from __future__ import annotations

import stat
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from plmemory.errors import InputError

PACKAGE = "package:"


def locate(name: str | Path) -> Path:
    """The file that a config entry names: a path, or ``package:<distribution>/<file>``.

    Files in installed packages are found through their metadata; the package is not imported.

    Raises
    ------
    InputError
        If the package is not installed, or the file does not exist or cannot be accessed.
    """
    path = Path(name)
    if str(name).startswith(PACKAGE):
        package, _, inside = str(name).removeprefix(PACKAGE).partition("/")
        try:
            path = Path(str(distribution(package).locate_file(f"{package}/{inside}")))
        except (PackageNotFoundError, ValueError):
            raise InputError(f"{name}: the package {package} is not installed") from None
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{name}: no such file") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None
    if not stat.S_ISREG(mode):
        found = "a folder" if stat.S_ISDIR(mode) else "a device"
        raise InputError(f"{name}: found {found}, expected a file")
    return path
