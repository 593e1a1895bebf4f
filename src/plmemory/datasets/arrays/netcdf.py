"""NetCDF files opened safely: damaged files may crash the library or take gigabytes of memory."""

from __future__ import annotations

import faulthandler
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from plmemory.datasets.limits import ALWAYS_READ
from plmemory.datasets.readable import readable
from plmemory.errors import InputError

if TYPE_CHECKING:
    import netCDF4

LINUX = sys.platform.startswith("linux")
MOST = 2 * ALWAYS_READ
"""Most memory to open a file, or to read some texts of it."""

SECONDS = 5
"""Most time to open a file, of the processor."""


@contextmanager
def opened(path: Path) -> Iterator[netCDF4.Dataset]:
    """An open NetCDF file; missing values come out masked, packed ones unpacked.

    On Linux a copy of this process, which may crash, opens the file first, with at most ``MOST``
    additional bytes of memory.

    Raises
    ------
    InputError
        If the file cannot be read, when it is opened or within the block.
    """
    import netCDF4

    with readable(path, "a file", (Exception,)):  # it raises many exceptions on damaged files
        if LINUX:
            _survive(path)
        with little_memory():
            dataset = netCDF4.Dataset(path)
        with dataset:
            yield dataset


def _survive(path: Path) -> None:
    """Raise InputError if a process that opens the file dies of it."""
    import resource

    import netCDF4

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about threads, which the child does not need
        child = os.fork()
    if child == 0:
        try:
            faulthandler.disable()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            with little_memory():
                netCDF4.Dataset(path).close()
        finally:
            os._exit(0)  # this process will raise the same exception
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        raise InputError(
            f"{path}: found a file on which the NetCDF library fails "
            f"(signal {os.WTERMSIG(status)}), expected a sound one"
        )


@contextmanager
def little_memory() -> Iterator[None]:
    """Limit the additional memory of this process to ``MOST`` bytes, on Linux."""
    if not LINUX:
        yield
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + MOST
    resource.setrlimit(
        resource.RLIMIT_AS, (most if soft == resource.RLIM_INFINITY else min(most, soft), hard)
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
