"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = 1 << 20  # bytes: a disk with less free space counts as full


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """A temporary name beside ``path``, renamed to ``path`` if the block ends without a fault.

    Raises
    ------
    OSError
        With ENOSPC if the disk is full. HDF5 itself reports "permission denied" or similar.
    """
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    unfinished.touch(exist_ok=False)  # so its mode follows the umask
    try:
        yield unfinished
        unfinished.replace(target)
    except (OSError, RuntimeError) as fault:
        full = getattr(fault, "errno", None) == errno.ENOSPC
        if full or shutil.disk_usage(target.parent).free < FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from fault
        raise
    finally:
        unfinished.unlink(missing_ok=True)


def remove_unfinished(path: str | Path) -> None:
    """Remove incomplete files of ``path`` left by killed processes; nobody else may write now."""
    target = Path(path)
    digit = "[0-9a-f]"
    for unfinished in target.parent.glob(f".{glob.escape(target.name)}.{digit * 8}"):
        unfinished.unlink(missing_ok=True)
