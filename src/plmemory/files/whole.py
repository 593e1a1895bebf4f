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

FULL = 1 << 20  # bytes: a disk with less is called full


@contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """A temporary name beside ``path`` that becomes ``path`` if the block ends well.

    Raises
    ------
    OSError
        With ENOSPC if the disk is full. HDF5 itself calls that "permission denied" and the like.
    """
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    unfinished.touch(exist_ok=False)  # its mode is the umask's
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
    """Remove what killed processes left of ``path``, which nobody else is to write now."""
    target = Path(path)
    digit = "[0-9a-f]"
    for unfinished in target.parent.glob(f".{glob.escape(target.name)}.{digit * 8}"):
        unfinished.unlink(missing_ok=True)
